"""Number and period per discipline, to copy into the referral."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from cds_service.cards import phrases
from cds_service.cards.wording import Wording
from cds_service.domain.assessment import Assessment
from cds_service.domain.treatments import Treatment, treatments

MOST_SERIES = 3
"""Series of one discipline that are named apart; of more their number is named."""


def courses(assessment: Assessment, wording: Wording) -> str:
    """`fysiotherapie 6 keer, 02-09-2024 tot en met 27-09-2024; POH-GGZ 7 keer, ...`.

    Each series apart: a period never hides a pause of twelve weeks (policy A4).
    """
    return "; ".join(named_courses(treatments(assessment), wording))


def named_courses(found: Iterable[Treatment], wording: Wording) -> Iterator[str]:
    """The same, one by one."""
    for _, series in groupby(found, key=attrgetter("disciplines")):
        yield from _say(list(series), wording)


def _say(series: Sequence[Treatment], wording: Wording) -> Iterator[str]:
    is_known = not any(each.number_is_unknown for each in series)
    if len(series) > MOST_SERIES and is_known:
        sessions = sum(each.sessions for each in series)
        yield _filled("course_in_series", series, wording, n=sessions, k=len(series))
        return
    for each in series:
        key = "course_unknown" if each.number_is_unknown else "course"
        yield _filled(key, [each], wording, n=each.sessions)


def _filled(key: str, series: Sequence[Treatment], wording: Wording, **numbers: int) -> str:
    names = (wording.say(f"disciplines.{name}") for name in series[0].disciplines)
    return wording.say(
        f"forms.{key}",
        discipline=wording.say("forms.or").join(names),
        first=phrases.day(series[0].first, wording),
        last=phrases.day(max(each.last for each in series), wording),
        **numbers,
    )
