"""From contacts to the ledger: what each is worth, and what they add up to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from cds_service.domain.adding_up import Pool, certain_tally, doubts, pool_of, possible_tally
from cds_service.domain.causes import Reason
from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import (
    CriterionId,
    ReferralCriteria,
    TreatmentCriterion,
)
from cds_service.domain.ledger import (
    CriterionLedger,
    Judged,
    Ledger,
    LedgerEntry,
    SeenContacts,
    Standing,
)
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.worth import explained, judge_all, see_all


def count(
    contacts: Iterable[Contact], criteria: ReferralCriteria, lookback: LookbackPeriod
) -> Ledger:
    """Every contact as every criterion sees it, with the certain and the possible tally.

    A contact that is given twice counts once; the order of contacts changes nothing.
    """
    seen = see_all(_distinct(contacts), lookback, criteria)
    return Ledger(
        lookback,
        tuple(_count(each, seen, lookback, criteria) for each in criteria.criteria()),
    )


def _distinct(contacts: Iterable[Contact]) -> Iterator[Contact]:
    """Each contact once; one entry of the record can be several contacts."""
    known: dict[str, list[Contact]] = {}
    for contact in contacts:
        of_entry = known.setdefault(contact.source, [])
        if contact not in of_entry:
            of_entry.append(contact)
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
    certain = certain_tally(counting, criterion, criteria)
    possible = possible_tally(counting, criterion, criteria)
    doubt = doubts(counting, certain, possible)
    return CriterionLedger(
        criterion, tuple(entries), certain, possible, doubt, seen, tuple(left_out)
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
        causes=frozenset(),
        lengthens=lengthens,
    )


def _larger_of_stated_and_found(
    entries: list[LedgerEntry], pool: Callable[[LedgerEntry], Pool]
) -> list[LedgerEntry]:
    """Where stated and found care overlap, the larger number counts, never the sum (policy 2.6).

    The smaller one is set aside only where it is certain which one that is, and, as on one day,
    never beside what it cannot count together with.
    """
    if not any(entry.is_course for entry in entries):
        return entries
    result = list(entries)
    for place, course in enumerate(entries):
        if not course.is_course or not _is_clear_statement(course):
            continue
        together = [at for at, entry in enumerate(result) if pool(entry) == pool(course)]
        found = [at for at in together if _is_inside(result[at], course)]
        certain = sum(result[at].standing is Standing.CERTAIN for at in found)
        undated = sum(_may_be_inside(result[at], course) for at in together)
        if course.least >= len(found) + undated:
            for at in found:
                result[at] = _set_aside(result[at], Reason.OVERLAPS_STATED_CARE)
        elif certain >= course.least:
            result[place] = _set_aside(course, Reason.OVERLAPS_STATED_CARE, lengthens=True)
    return result


def _is_clear_statement(entry: LedgerEntry) -> bool:
    if not entry.is_course or not entry.contact.is_stated:
        return False
    return entry.standing is Standing.CERTAIN and not entry.causes


def _is_inside(entry: LedgerEntry, course: LedgerEntry) -> bool:
    return _is_on_one_day(entry) and _is_found_in(entry, course)


def _may_be_inside(entry: LedgerEntry, course: LedgerEntry) -> bool:
    """A contact without a full date can be one more session that was found."""
    counts = entry.standing is not Standing.NOT_COUNTED
    is_single = counts and not entry.is_course and not _is_on_one_day(entry)
    return is_single and _is_found_in(entry, course)


def _is_found_in(entry: LedgerEntry, course: LedgerEntry) -> bool:
    return (
        not entry.contact.is_stated
        and entry.disciplines == course.disciplines
        and entry.days is not None
        and course.days is not None
        and course.days.contains(entry.days)
    )
