"""Dates, numbers and counts as they stand in a card."""

from collections.abc import Sequence
from datetime import date

from cds_service.cards.wording import Wording
from cds_service.domain.criteria import CriterionId, Threshold, TreatmentCriterion
from cds_service.domain.ledger import Tally

SHORT = {
    CriterionId.ALLIED_HEALTH_THERAPY: "c1",
    CriterionId.PSYCHOLOGICAL_CARE: "c2",
    CriterionId.PSYCHOSOMATIC_THERAPY: "o2",
}
"""The short names of the criteria in the keys of the wording (policy 1.5)."""

DAYS_IN_A_WEEK = 7


def day(day: date, wording: Wording) -> str:
    """`15-06-2026` in Dutch, `15 June 2026` in English."""
    return wording.say(
        "forms.date",
        d=str(day.day),
        dd=f"{day.day:02}",
        mm=f"{day.month:02}",
        month=wording.say(f"months.{day.month}"),
        yyyy=f"{day.year:04}",
    )


def long_day(day: date, wording: Wording) -> str:
    """`15 juni 2026`, with no break between day and month."""
    return wording.say(
        "forms.long_date",
        d=str(day.day),
        month=wording.say(f"months.{day.month}"),
        yyyy=f"{day.year:04}",
    )


def weeks(days: int, wording: Wording) -> str:
    """Days as weeks, rounded down to one decimal: 83 days are 11,8 weeks and never 12."""
    tenths = days * 10 // DAYS_IN_A_WEEK
    return f"{tenths // 10}{wording.say('forms.decimal')}{tenths % 10}"


def count(tally: Tally, wording: Wording, *, number_is_unknown: bool = False) -> str:
    """What a tally holds; `number_is_unknown` where a course without a number is among it."""
    key = _count_form(tally, number_is_unknown=number_is_unknown)
    return wording.say(f"forms.found.{key}", n=tally.sessions, weeks=weeks(tally.days, wording))


def _count_form(tally: Tally, *, number_is_unknown: bool) -> str:
    is_short = tally.days < DAYS_IN_A_WEEK
    if number_is_unknown and tally.sessions:
        return "course_week" if is_short else "course"
    if tally.sessions <= 1:
        return "one" if tally.sessions else "zero"
    return "week" if is_short else "weeks"


def need(criterion: TreatmentCriterion, wording: Wording) -> str:
    """What a criterion asks for; number *and* or *or* duration stands in bold."""
    form = "all" if criterion.threshold is Threshold.ALL else "any"
    return wording.say(
        f"forms.need.{form}",
        min_sessions=criterion.sessions,
        min_weeks=minimum_weeks(criterion),
    )


def minimum_weeks(criterion: TreatmentCriterion) -> int:
    """The required days as whole weeks: 84 days are 12."""
    return criterion.days // DAYS_IN_A_WEEK


def years(number: int, wording: Wording) -> str:
    """The length of the lookback: `twee jaar`."""
    key = f"forms.years.{number}"
    return wording.say(key if key in wording else "forms.years.other", n=number)


def part(criterion: CriterionId, wording: Wording) -> str:
    """How the text names a criterion: `Optie 1 (2)`."""
    return wording.say(f"forms.part.{SHORT[criterion]}")


def listed(items: Sequence[str], wording: Wording) -> str:
    """`a`, `a en b`, `a, b en c`."""
    *others, last = items
    return wording.say("forms.and").join([", ".join(others), last]) if others else last
