"""What one contact is worth for one criterion: certain, possible, or not counted (policy 2.0).

A contact is as weak as its weakest part: one part that never counts makes it not counted, else
one doubtful part makes it possible. What does not depend on the criterion was seen before
(:mod:`cds_service.domain.seen_contacts`).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import Circumstances
from cds_service.domain.criteria import CriterionId, ReadingKey, ReferralCriteria
from cds_service.domain.ledger import (
    CriterionLedger,
    Judged,
    LedgerEntry,
    SeenContacts,
    Standing,
)
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.parts import Part, of_kind, of_place, of_profession
from cds_service.domain.professions import Service, serving
from cds_service.domain.seen_contacts import see

_NO_CAUSES: frozenset[Cause] = frozenset()


class _Worth(NamedTuple):
    """What every contact in the same circumstances is worth for one criterion."""

    reason: Reason | None  # why none of them counts
    doubts: frozenset[Cause]
    disciplines: frozenset[str]
    is_this_care: bool  # by a profession that is certainly one of the criterion's


def stand_all(
    seen: Sequence[SeenContacts], criterion: CriterionId, criteria: ReferralCriteria
) -> list[Judged]:
    """Every contact as one criterion sees it, in the same order; those that are alike, once."""
    worths: dict[Circumstances, _Worth] = {}
    found: list[Judged] = []
    for each in seen:
        sort = each.circumstances
        worth = worths.get(sort)
        if worth is None:
            worth = worths[sort] = _worth(sort, criterion, criteria)
        if each.reason is None:
            entry = _entry(each, worth)
        else:
            entry = _before_or_never(each, worth, criteria)
        found.append(Judged(entry, each))
    return found


def certain_as_read(ledger: CriterionLedger, criteria: ReferralCriteria) -> list[LedgerEntry]:
    """The certain contacts of a count that are certain too if the criterion asks something else.

    For a reading of the circumstances; one of days or of status changes more than this shows.
    """
    is_certain: dict[int, bool] = {}
    found: list[LedgerEntry] = []
    for entry in ledger.counting:
        if entry.standing is Standing.CERTAIN:
            facts = entry[0][2]
            is_so = is_certain.get(id(facts))
            if is_so is None:
                worth = _worth(entry.contact.circumstances, ledger.criterion.id, criteria)
                is_so = is_certain[id(facts)] = not worth.reason and not worth.doubts
            if is_so:
                found.append(entry)
    return found


_MOST_KNOWN = 20_000  # sorts; a record has some tens


def _worth(sort: Circumstances, criterion: CriterionId, criteria: ReferralCriteria) -> _Worth:
    """What contacts of a sort are worth; the same sorts come again with every call."""
    known = criteria.known
    found: _Worth | None = known.get((criterion, sort))
    if found is None:
        if len(known) > _MOST_KNOWN:
            known.clear()
        found = known[criterion, sort] = _find_worth(sort, criterion, criteria)
    return found


def _find_worth(sort: Circumstances, criterion: CriterionId, criteria: ReferralCriteria) -> _Worth:
    service, disciplines = serving(sort.professions, criterion, sort.setting, criteria)
    is_this_care = service is Service.YES and bool(sort.professions)
    doubts = set()
    for part in (
        of_profession(sort, criterion, service),
        of_place(sort, criterion, criteria),
        of_kind(sort, criteria),
        _of_statement(sort, criteria),
    ):
        if isinstance(part, Reason):  # the first that applies
            return _Worth(part, _NO_CAUSES, disciplines, is_this_care)
        if part is not None:
            doubts.add(part)
    return _Worth(None, frozenset(doubts), disciplines, is_this_care)


def _entry(seen: SeenContacts, worth: _Worth) -> LedgerEntry:
    """A contact that may count, if it is worth something here."""
    contact, causes = seen.contact, seen.causes
    if causes and Cause.RESOURCE_UNREADABLE in causes:
        own = frozenset({f"unmapped:{contact.source}"})
        return LedgerEntry(contact, seen.days, Standing.POSSIBLE, causes, None, own, own)
    disciplines = worth.disciplines
    if not contact.professions:
        disciplines = frozenset({f"unmapped:{contact.practitioner or contact.source}"})
    if worth.reason is not None:
        standing, causes = Standing.NOT_COUNTED, _NO_CAUSES
    else:
        causes |= worth.doubts
        standing = Standing.POSSIBLE if causes else Standing.CERTAIN
        if seen.number is not None:
            causes |= {seen.number}
    return LedgerEntry(
        contact,
        seen.days,
        standing,
        causes,
        worth.reason,
        disciplines,
        disciplines,
        None,
        seen.is_course,
        seen.most,
        seen.can_be_evidence and worth.is_this_care,
    )


def _before_or_never(seen: SeenContacts, worth: _Worth, criteria: ReferralCriteria) -> LedgerEntry:
    """A contact that never counts; before the window it may lengthen the duration (policy B8).

    A course never does: its duration is clipped to the window (policy B12, which has no reading).
    """
    entry = LedgerEntry(
        seen.contact,
        None,
        Standing.NOT_COUNTED,
        reason=seen.reason,
        is_evidence=seen.can_be_evidence and worth.is_this_care,
    )
    by_reading = criteria.reading(ReadingKey.DURATION_BEFORE_WINDOW) == "counts"
    is_single_before = seen.reason is Reason.BEFORE_WINDOW and not seen.contact.is_course
    if not is_single_before or not by_reading:
        return entry
    ever = _entry(see(seen.contact, DayRange(date.min, date.max), criteria), worth)
    if ever.standing is Standing.NOT_COUNTED:
        return entry
    return entry._replace(lengthens=ever.standing, causes=ever.causes)


def _of_statement(sort: Circumstances, criteria: ReferralCriteria) -> Part:
    if sort.is_stated and criteria.reading(ReadingKey.STATED_CARE) == "not":
        return Reason.EXCLUDED_BY_READING
    return None


def explained(
    judged: list[Judged],
    criterion: CriterionId,
    lookback: LookbackPeriod,
    criteria: ReferralCriteria,
) -> list[Judged]:
    """The same contacts, where the site reads the policy otherwise held against the default.

    What counts by default and does not here says so (`excluded_by_reading`).
    """
    if not criteria.deviations:
        return judged
    published = criteria.as_published()
    seen = tuple(see(each.entry.contact, lookback, published) for each in judged)
    defaults = stand_all(seen, criterion, published)
    return [
        Judged(_by_the_site(each.entry, default.entry), each.seen)
        for each, default in zip(judged, defaults, strict=True)
    ]


def _by_the_site(entry: LedgerEntry, default: LedgerEntry) -> LedgerEntry:
    """A contact that does not count, held against the default readings."""
    if entry.standing is not Standing.NOT_COUNTED:
        return entry
    if default.standing is not Standing.NOT_COUNTED:
        return entry._replace(reason=Reason.EXCLUDED_BY_READING)
    is_said_of_site = entry.reason is Reason.EXCLUDED_BY_READING
    return entry._replace(reason=default.reason) if is_said_of_site else entry
