"""The two tallies of a criterion: what certainly counts, and what can count (policy 2.0)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from heapq import nlargest, nsmallest
from typing import TypeAlias

from cds_service.domain.causes import Cause
from cds_service.domain.criteria import (
    ReadingKey,
    ReferralCriteria,
    Threshold,
    TreatmentCriterion,
)
from cds_service.domain.ledger import LedgerEntry, Standing, Tally
from cds_service.domain.lookback import DayRange
from cds_service.domain.runs import bridged, unbroken
from cds_service.domain.sessions import fewest_sessions, most_sessions

Entries: TypeAlias = Sequence[LedgerEntry]


def reaches(tally: Tally, criterion: TreatmentCriterion, *, days: int | None = None) -> bool:
    """Whether a tally reaches the thresholds; `days` instead of the required ones where given."""
    if not tally.sessions and not tally.is_unbounded:
        return False  # the text asks for treatment: at least one session
    enough_sessions = tally.is_unbounded or tally.sessions >= criterion.sessions
    enough_days = tally.days >= (criterion.days if days is None else days)
    if criterion.threshold is Threshold.ALL:
        return enough_sessions and enough_days
    return enough_sessions or enough_days


def certain_tally(
    entries: Entries, criterion: TreatmentCriterion, criteria: ReferralCriteria
) -> Tally:
    """The fewest sessions and days that the record proves, in the best group of contacts."""
    certain = [
        _as_known(entry) if entry.is_course else entry
        for entry in entries
        if entry.standing is Standing.CERTAIN
    ]
    spanning = [entry for entry in entries if entry.lengthens is Standing.CERTAIN]
    groups = _groups(certain, criteria, belongs=_certainly)
    tallies = [
        _certain(run, spanning, is_clipped=_is_clipped(criteria))
        for group in groups
        for run in _runs(group, criteria)
    ]
    return _best(tallies, criterion)


def _as_known(entry: LedgerEntry) -> LedgerEntry:
    """What may be a running course is certainly one contact on its first day (policy B11)."""
    may_run = entry.is_course and not entry.contact.is_course
    if not may_run or entry.contact.days is None:
        return entry
    return entry._replace(days=entry.contact.days, is_course=False, most=1)


def possible_tally(
    entries: Entries, criterion: TreatmentCriterion, criteria: ReferralCriteria
) -> Tally:
    """The most sessions and days that the record can mean, in the best group of contacts."""
    counting = [entry for entry in entries if entry.standing is not Standing.NOT_COUNTED]
    spanning = [entry for entry in entries if entry.lengthens]
    groups = _groups(counting, criteria, belongs=_possibly)
    longest = criteria.reading(ReadingKey.LONGEST_GAP_DAYS)
    is_clipped = _is_clipped(criteria)
    if longest == "none":
        return _best(
            [_possible(each, spanning, is_clipped=is_clipped) for each in groups], criterion
        )
    tallies = [
        replace(tally, days=min(tally.days, run.days))
        for group in groups
        for run in bridged(group, int(longest))
        for tally in (_possible(run.entries, spanning, is_clipped=is_clipped),)
    ]
    return _best(tallies, criterion)


def _best(tallies: Sequence[Tally], criterion: TreatmentCriterion) -> Tally:
    """The tally that reaches most: the required days, else the borderline ones, else the most.

    Of equal ones the latest: that care can still be running.
    """

    def worth(tally: Tally) -> tuple[bool, bool, bool, int, int, date]:
        return (
            reaches(tally, criterion),
            reaches(tally, criterion, days=criterion.possible_from),
            tally.is_unbounded,
            tally.sessions,
            tally.days,
            tally.last or date.min,
        )

    return max(tallies, key=worth, default=Tally())


def _is_clipped(criteria: ReferralCriteria) -> bool:
    """Whether days before the window lend nothing to the duration (policy B8)."""
    return criteria.reading(ReadingKey.DURATION_BEFORE_WINDOW) == "not"


def _certain(entries: Entries, spanning: Entries, *, is_clipped: bool) -> Tally:
    if not entries:
        return Tally()
    days = _all_days((*entries, *spanning), is_clipped=is_clipped)
    first, last = min(d.first for d in days), max(d.last for d in days)
    return Tally(fewest_sessions(entries), (last - first).days, first, last)


def _possible(entries: Entries, spanning: Entries, *, is_clipped: bool) -> Tally:
    if not entries:
        return Tally()
    most = most_sessions(entries)
    return Tally(
        sessions=most if most is not None else fewest_sessions([_at_least(e) for e in entries]),
        days=longest_span((*entries, *spanning), is_clipped=is_clipped),
        is_unbounded=most is None,
    )


def _at_least(entry: LedgerEntry) -> LedgerEntry:
    """The entry as it counts where no upper bound is known: a vague day on its first one."""
    if entry.is_course or entry.days is None:
        return entry
    return entry._replace(days=DayRange.on(entry.days.first))


def longest_span(entries: Entries, *, is_clipped: bool) -> int:
    """The most days that can lie between the first and the last contact.

    A contact without a full date is one contact on one day, so it runs from or to another
    contact, never from itself to itself (policy B7); a course has a first and a last session.
    """
    ranges = _all_days(entries, is_clipped=is_clipped)
    courses = _all_days([e for e in entries if e.is_course], is_clipped=is_clipped)
    firsts = nsmallest(2, range(len(ranges)), key=lambda i: ranges[i].first)
    lasts = nlargest(2, range(len(ranges)), key=lambda i: ranges[i].last)
    spans = [days.days for days in courses] + [
        (ranges[last].last - ranges[first].first).days
        for first in firsts
        for last in lasts
        if first != last
    ]
    return max(0, *spans) if spans else 0


def _all_days(entries: Entries, *, is_clipped: bool) -> list[DayRange]:
    """The days that entries lend to the duration; before the window by reading only."""
    if is_clipped:
        return [entry.days for entry in entries if entry.days]
    return [days for entry in entries if (days := _span_days(entry))]


def _span_days(entry: LedgerEntry) -> DayRange | None:
    """With the days before the window of a single contact; a course stays clipped (policy B12)."""
    own = entry.contact.days
    if entry.lengthens:  # for whatever reason it is no session
        return own
    if entry.is_course or own is None or entry.days is None:
        return entry.days
    return DayRange(min(own.first, entry.days.first), entry.days.last)


Pool: TypeAlias = frozenset[str]
Belongs: TypeAlias = Callable[[Pool, Pool], bool]


def _groups(entries: Entries, criteria: ReferralCriteria, *, belongs: Belongs) -> Iterator[Entries]:
    """The contacts that must reach the thresholds together (policy A3)."""
    if criteria.reading(ReadingKey.POOLING) == "criterion":
        yield entries
        return
    pool = pool_of(criteria)
    keyed = [(entry, pool(entry)) for entry in entries]
    for group in {key for _, key in keyed}:
        yield [entry for entry, key in keyed if key == group or belongs(key, group)]


def pool_of(criteria: ReferralCriteria) -> Callable[[LedgerEntry], Pool]:
    """Whom the reading `pooling` keeps apart: nobody, disciplines, or therapists."""
    return _POOLS[criteria.reading(ReadingKey.POOLING)]


def _therapist(entry: LedgerEntry) -> Pool:
    contact = entry.contact
    return frozenset({contact.practitioner or f"unmapped:{contact.source}"})


_POOLS: dict[str, Callable[[LedgerEntry], Pool]] = {
    "criterion": lambda _: frozenset(),
    "discipline": lambda entry: entry.disciplines,
    "therapist": _therapist,
}


def _certainly(pool: Pool, group: Pool) -> bool:
    return pool == group


def _possibly(pool: Pool, group: Pool) -> bool:
    """A contact of an unmapped role may belong to any group (policy 2.10, `pooling`)."""
    return bool(pool & group) or any(name.startswith("unmapped:") for name in pool)


def _runs(entries: Entries, criteria: ReferralCriteria) -> Iterator[Entries]:
    """The runs of contacts without a longer gap than the reading allows (policy A4)."""
    longest = criteria.reading(ReadingKey.LONGEST_GAP_DAYS)
    if longest == "none":
        yield entries
    else:
        yield from unbroken(entries, int(longest))


def doubts(entries: Entries, certain: Tally, possible: Tally) -> frozenset[Cause]:
    """Why more can count than certainly does: the causes of the contacts, and of their sum.

    The entries are those that count or lengthen, which made both tallies.
    Where certain contacts alone leave the number open (two roles of one person on a day that has
    such a session already; a course and sessions in the same period) the sum is doubtful.
    """
    causes = frozenset(cause for entry in entries for cause in entry.causes)
    if causes or possible.sessions <= certain.sessions:
        return causes
    has_course = any(e.is_course for e in entries if e.standing is Standing.CERTAIN)
    return frozenset({Cause.NUMBER_UNCLEAR if has_course else Cause.PROFESSION_TO_CONFIRM})
