"""From contacts to the ledger: what each is worth, and what they add up to."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from cds_service.domain.adding_up import (
    Pool,
    certain_tallies,
    days_of,
    doubts,
    evidence,
    pool_of,
    possible_tallies,
)
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import (
    CriterionId,
    ReferralCriteria,
    TreatmentCriterion,
)
from cds_service.domain.days_inside import DaysInside
from cds_service.domain.ledger import (
    CriterionLedger,
    Judged,
    Ledger,
    LedgerEntry,
    SeenContacts,
    Standing,
)
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.status_sources import with_status_of_source
from cds_service.domain.time_check import Check, no_check
from cds_service.domain.worth import explained, judge_all, see_all


def count(
    contacts: Iterable[Contact],
    criteria: ReferralCriteria,
    lookback: LookbackPeriod,
    *,
    is_complete: bool,
    check: Check = no_check,
) -> Ledger:
    """Every contact as every criterion sees it, with the certain and the possible tally.

    A contact that is given twice counts once; the order of contacts changes nothing. Only a record
    that `is_complete` can show that its source records no statuses (policy C13). `check` is called
    between the parts of the count; what it raises ends the count.

    Example: two contacts with one physiotherapist on one day are one session (policy C1); if the
    second has no known status it is set aside beside the first, with the reason `same_day`.
    """
    distinct = tuple(_distinct(contacts))
    told = _with_statuses(distinct, criteria, lookback, is_complete=is_complete)
    seen = see_all(told, lookback, criteria)
    counted: list[CriterionLedger] = []
    for criterion in criteria.criteria():
        check()
        counted.append(_count(criterion, seen, lookback, criteria))
    return Ledger(lookback, tuple(counted), distinct)


def count_all_again(ledger: Ledger, criteria: ReferralCriteria, *, is_complete: bool) -> Ledger:
    """The count of the contacts of a ledger under another reading, also of status and days.

    It does not say which contacts a reading of the site excludes.
    """
    lookback = ledger.lookback
    told = _with_statuses(ledger.contacts, criteria, lookback, is_complete=is_complete)
    seen = see_all(told, lookback, criteria, is_explained=False)
    parts = (count_again(each.id, seen, criteria) for each in criteria.criteria())
    return Ledger(lookback, tuple(parts), ledger.contacts)


def _with_statuses(
    contacts: Sequence[Contact],
    criteria: ReferralCriteria,
    lookback: LookbackPeriod,
    *,
    is_complete: bool,
) -> Sequence[Contact]:
    if not is_complete:
        return contacts
    return with_status_of_source(contacts, criteria.counting_days(lookback))


def _distinct(contacts: Iterable[Contact]) -> Iterator[Contact]:
    """Each contact once; one entry of the record can be several contacts, seldom is."""
    first: dict[str, Contact] = {}
    several: dict[str, set[Contact]] = {}
    for contact in contacts:
        source = contact[0]
        if source not in first:
            first[source] = contact
            yield contact
            continue
        known = several.setdefault(source, {first[source]})
        if contact not in known:
            known.add(contact)
            yield contact


def count_again(
    criterion: CriterionId, seen: tuple[SeenContacts, ...], criteria: ReferralCriteria
) -> CriterionLedger:
    """The count of one criterion under a supposition: other contacts, or another reading of them.

    It does not say which contacts a reading of the site excludes.
    """
    rule = next(each for each in criteria.criteria() if each.id is criterion)
    return _tally(rule, judge_all(seen, criterion, criteria), seen, criteria)


def _count(
    criterion: TreatmentCriterion,
    seen: tuple[SeenContacts, ...],
    lookback: LookbackPeriod,
    criteria: ReferralCriteria,
) -> CriterionLedger:
    entries = judge_all(seen, criterion.id, criteria)
    told = explained(entries, criterion.id, lookback, criteria)
    return _tally(criterion, told, seen, criteria)


def _tally(
    criterion: TreatmentCriterion,
    judged: list[Judged],
    seen: tuple[SeenContacts, ...],
    criteria: ReferralCriteria,
) -> CriterionLedger:
    left_out: list[Judged] = []
    entries: list[LedgerEntry] = []
    for each in judged:
        if each.entry.standing is Standing.NOT_COUNTED:
            left_out.append(each)
        elif len(each.seen.contacts) == 1:
            entries.append(each.entry)
        else:
            entries += each.entries()
    pool = pool_of(criteria)
    entries = _larger_of_stated_and_found(_one_per_day(entries, pool), pool)
    counting = [e for e in entries if e.standing is not Standing.NOT_COUNTED or e.lengthens]
    certain = certain_tallies(counting, criterion, criteria)
    possible = possible_tallies(counting, criterion, criteria, certain)
    not_counted = (entry for each in left_out for entry in each.entries())
    return CriterionLedger(
        criterion=criterion,
        counting=tuple(entries),
        certain=certain.together,
        possible=possible.together,
        in_one_run=certain.in_one_run,
        possibly_in_one_run=possible.in_one_run,
        run=certain.named,
        doubts=doubts(counting, certain.together, possible.together),
        seen=seen,
        left_out=tuple(left_out),
        evidence=evidence(chain(entries, not_counted), criterion.evidence_sessions),
    )


def _one_per_day(
    entries: list[LedgerEntry], pool: Callable[[LedgerEntry], Pool]
) -> list[LedgerEntry]:
    """One session per discipline and day: a certain contact sets the others aside (C1, C21).

    Among doubtful ones each keeps its doubt. Contacts that cannot count together, because the
    site does not add therapists up, do not set each other aside.
    """
    slots: dict[tuple[date, frozenset[str], Pool], list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        if entry.days and _is_on_one_day(entry) and len(entry.disciplines) == 1:
            slots[entry.days.first, entry.disciplines, pool(entry)].append(place)
    result = list(entries)
    for places in slots.values():
        if len(places) == 1:
            continue
        best = min(places, key=lambda place: _strength(entries[place]))
        if entries[best].standing is Standing.CERTAIN:
            for place in places:
                if place != best:
                    result[place] = _set_aside(entries[place], Reason.SAME_DAY)
    return result


def _is_on_one_day(entry: LedgerEntry) -> bool:
    if entry.standing is Standing.NOT_COUNTED or entry.is_course or entry.days is None:
        return False
    return entry.days.is_exact


def _strength(entry: LedgerEntry) -> tuple[bool, int, str]:
    return (entry.standing is not Standing.CERTAIN, len(entry.causes), entry.contact.source)


def _set_aside(entry: LedgerEntry, reason: Reason, *, lengthens: bool = False) -> LedgerEntry:
    return entry._replace(
        standing=Standing.NOT_COUNTED,
        reason=reason,
        causes=entry.causes if lengthens else frozenset(),
        lengthens=lengthens,
    )


def _larger_of_stated_and_found(
    entries: list[LedgerEntry], pool: Callable[[LedgerEntry], Pool]
) -> list[LedgerEntry]:
    """Where stated and found care overlap, the larger number counts, never the sum (policy 2.6).

    The smaller one is set aside only where it is certain which one that is, and, as on one day,
    never beside what it cannot count together with.
    """
    stated = [place for place, entry in enumerate(entries) if _is_clear_statement(entry)]
    if not stated:
        return entries
    together: dict[tuple[Pool, frozenset[str]], dict[int, LedgerEntry]] = defaultdict(dict)
    for place, entry in enumerate(entries):
        if entry.standing is not Standing.NOT_COUNTED and entry.days and not entry.is_course:
            together[pool(entry), entry.disciplines][place] = entry
    found = {key: _FoundCare(contacts) for key, contacts in together.items()}
    statements = _Statements(entries)
    result = list(entries)
    for place in stated:
        course = entries[place]
        beside = found.get((pool(course), course.disciplines)) or _FoundCare({})
        if beside.has_certain_ones_at_the_edge(course):
            continue  # whether they lie inside is open: the fewest and the most of all are counted
        if course.least >= beside.most.number(*course.surely):
            for at in beside.taken(*course.surely):
                result[at] = _set_aside(result[at], Reason.OVERLAPS_STATED_CARE)
        elif beside.certain.number(*course.surely) >= course.least and not statements.has_another(
            course
        ):
            result[place] = _set_aside(course, Reason.OVERLAPS_STATED_CARE, lengthens=True)
    return result


class _Statements:
    """The stated courses that may count, by discipline."""

    def __init__(self, entries: Iterable[LedgerEntry]) -> None:
        self._days: dict[str, tuple[list[date], list[date]]] = defaultdict(lambda: ([], []))
        for entry in entries:
            may_count = entry.standing is not Standing.NOT_COUNTED
            if may_count and entry.is_course and entry.contact.is_stated:
                for name in entry.disciplines:
                    firsts, lasts = self._days[name]
                    firsts.append(days_of(entry).first)
                    lasts.append(days_of(entry).last)
        for both in self._days.values():
            for days in both:
                days.sort()

    def has_another(self, course: LedgerEntry) -> bool:
        """Whether a second one is about its days and discipline: the two can be added up."""
        days = days_of(course)
        about = map(self._days.__getitem__, course.disciplines)
        return any(
            bisect_right(firsts, days.last) - bisect_left(lasts, days.first) > 1
            for firsts, lasts in about
        )


def _is_clear_statement(entry: LedgerEntry) -> bool:
    if not entry.is_course or not entry.contact.is_stated:
        return False
    return entry.standing is Standing.CERTAIN and entry.causes <= {Cause.DATE_IMPRECISE}


class _FoundCare:
    """Contacts of one discipline that may count, by their places among all entries.

    `most` counts the most sessions that they can be, one a day and one for each vague date;
    `certain` those that certainly count. A contact is inside a period if it was then on whichever
    day it was.
    """

    def __init__(self, contacts: Mapping[int, LedgerEntry]) -> None:
        days = [(place, entry, entry.days) for place, entry in contacts.items() if entry.days]
        vague = [when for _, _, when in days if not when.is_exact]
        self.most = DaysInside([*{when for _, _, when in days if when.is_exact}, *vague])
        self.certain = DaysInside(
            when for _, entry, when in days if entry.standing is Standing.CERTAIN
        )
        self._places: dict[DayRange, list[int]] = defaultdict(list)
        for place, _, when in days:
            self._places[when].append(place)

    def has_certain_ones_at_the_edge(self, course: LedgerEntry) -> bool:
        """Whether some lie in a course of months as it may have been, not as it surely was."""
        days = days_of(course)
        widest = self.certain.number(days.first, days.last)
        return widest > self.certain.number(*course.surely)

    def taken(self, first: date, last: date) -> list[int]:
        """The places of those inside a period; from now on they are no longer here."""
        self.certain.take_out(first, last)
        return [
            place for when in self.most.take_out(first, last) for place in self._places.pop(when)
        ]
