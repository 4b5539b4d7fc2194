"""What one contact is worth for one criterion: certain, possible, or not counted (policy 2.0).

A contact is as weak as its weakest part: one part that never counts makes it not counted, else
one doubtful part makes it possible.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import (
    Contact,
    ContactKind,
    ContactStatus,
    Subject,
)
from cds_service.domain.criteria import (
    CriterionId,
    ReadingKey,
    ReferralCriteria,
)
from cds_service.domain.ledger import LedgerEntry, Standing
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.parts import Part, of_kind, of_place, of_profession, of_status, of_subject
from cds_service.domain.professions import (
    Service,
    disciplines,
    service,
    service_of_any,
)


def stand_all(
    contacts: Iterable[Contact],
    criterion: CriterionId,
    lookback: LookbackPeriod,
    criteria: ReferralCriteria,
) -> list[LedgerEntry]:
    """Every contact as one criterion sees it.

    What counts by default and does not here, because the site reads the policy otherwise, says
    so (`excluded_by_reading`).
    """
    window = criteria.counting_days(lookback)
    entries = [_stand(contact, criterion, window, criteria) for contact in contacts]
    if not criteria.deviations:
        return entries
    published = criteria.as_published()
    usual = [_stand(entry.contact, criterion, lookback, published) for entry in entries]
    return [
        _by_reading_of_the_site(entry, default, criterion, window, criteria)
        for entry, default in zip(entries, usual, strict=True)
    ]


def _by_reading_of_the_site(
    entry: LedgerEntry,
    default: LedgerEntry,
    criterion: CriterionId,
    window: DayRange,
    criteria: ReferralCriteria,
) -> LedgerEntry:
    if entry.standing is not Standing.NOT_COUNTED:
        return entry
    if default.standing is not Standing.NOT_COUNTED:
        return replace(entry, reason=Reason.EXCLUDED_BY_READING)
    return replace(entry, lengthens=_lengthens(entry, criterion, window, criteria))


def _lengthens(
    entry: LedgerEntry, criterion: CriterionId, window: DayRange, criteria: ReferralCriteria
) -> bool:
    """Whether care before the window lengthens the duration: only by reading (policy B8)."""
    by_reading = criteria.reading(ReadingKey.DURATION_BEFORE_WINDOW) == "counts"
    if entry.reason is not Reason.BEFORE_WINDOW or not by_reading:
        return False
    ever = DayRange(date.min, window.last)
    return _stand(entry.contact, criterion, ever, criteria).standing is Standing.CERTAIN


def _stand(
    contact: Contact, criterion: CriterionId, window: DayRange, criteria: ReferralCriteria
) -> LedgerEntry:
    if Cause.RESOURCE_UNREADABLE in contact.doubts:
        return _unreadable(contact, window)
    fact = _if_still_running(contact, window, criteria)
    entry = LedgerEntry(
        contact=contact,
        standing=Standing.CERTAIN,
        days=window if fact.days is None else fact.days.overlap(window),
        disciplines=_disciplines(contact, criterion, criteria),
        is_course=fact.is_course,
        is_evidence=_is_evidence(contact, criterion, window, criteria),
    )
    parts = tuple(_parts(fact, criterion, window, criteria))
    for part in parts:
        if isinstance(part, Reason):
            return replace(entry, standing=Standing.NOT_COUNTED, reason=part)
    doubts = frozenset(part for part in parts if isinstance(part, Cause))
    number = _number_doubt(fact, window)
    return replace(
        entry,
        standing=Standing.POSSIBLE if doubts else Standing.CERTAIN,
        causes=doubts | ({number} if number else set()),
        most=_most(fact, number),
    )


def _if_still_running(contact: Contact, window: DayRange, criteria: ReferralCriteria) -> Contact:
    """An open status without an end may be a course that runs up to the referral (policy B11)."""
    may_be_running = contact.has_open_end and contact.status is ContactStatus.OPEN
    is_doubtful = criteria.reading(ReadingKey.STATUS_OPEN) == "possible"
    if contact.days is None or not (may_be_running and is_doubtful):
        return contact
    last = max(contact.days.last, window.last)
    return replace(contact, is_course=True, days=DayRange(contact.days.first, last))


def _unreadable(contact: Contact, window: DayRange) -> LedgerEntry:
    """One contact at most, of any profession, on any day; no evidence of anything (policy C20)."""
    return LedgerEntry(
        contact=contact,
        standing=Standing.POSSIBLE,
        causes=frozenset({Cause.RESOURCE_UNREADABLE}),
        days=window,
        disciplines=frozenset({f"unmapped:{contact.source}"}),
    )


def _parts(
    contact: Contact, criterion: CriterionId, window: DayRange, criteria: ReferralCriteria
) -> Iterator[Part]:
    """What each part says, in the order of policy 2.12: the first reason is the one to give."""
    yield of_subject(contact)
    yield of_status(contact, criteria)
    yield Reason.NOTE if contact.kind is ContactKind.NOTE else None
    yield _time(contact, window)
    yield of_profession(contact, criterion, criteria)
    yield of_place(contact, criterion, criteria)
    yield of_kind(contact, criteria)
    yield from contact.doubts
    if contact.is_stated and criteria.reading(ReadingKey.STATED_CARE) == "not":
        yield Reason.EXCLUDED_BY_READING


def _time(contact: Contact, window: DayRange) -> Part:
    """Policy B3, B4, B7: outside the window, doubtful, or inside."""
    days = contact.days
    if days is None:
        return Cause.DATE_IMPRECISE
    if days.last < window.first:
        return Reason.BEFORE_WINDOW
    if days.first > window.last:
        return Reason.AFTER_REFERRAL
    return None if days.is_exact or contact.is_course else Cause.DATE_IMPRECISE


def _number_doubt(contact: Contact, window: DayRange) -> Cause | None:
    """Policy B12 and 2.6: whether the number of sessions inside the window is known."""
    if not contact.is_course:
        return None
    if contact.sessions is None:
        return Cause.NUMBER_UNCLEAR if contact.is_stated else Cause.COURSE_WITHOUT_NUMBER
    inside = contact.days is not None and window.contains(contact.days)
    return None if inside else Cause.NUMBER_UNCLEAR


def _most(contact: Contact, number: Cause | None) -> int | None:
    if contact.is_course and contact.sessions is not None:
        return contact.sessions
    return None if number else 1


def _disciplines(
    contact: Contact, criterion: CriterionId, criteria: ReferralCriteria
) -> frozenset[str]:
    """The discipline that the contact is a session of, if it counts (policy C1)."""
    if not contact.professions:
        return frozenset({f"unmapped:{contact.practitioner or contact.source}"})
    serving = (
        profession
        for profession in contact.professions
        if service(profession, criterion, contact.setting, criteria)
    )
    return frozenset().union(*(disciplines(profession) for profession in serving))


def _is_evidence(
    contact: Contact, criterion: CriterionId, window: DayRange, criteria: ReferralCriteria
) -> bool:
    """A trace of this care: certainly in the window, this patient's, and of this profession.

    Policy A2. The place and the kind do not matter, a memo is no contact, and a contact that was
    planned or cancelled is no care.
    """
    return (
        contact.subject is Subject.THIS_PATIENT
        and contact.status not in {ContactStatus.VOID, ContactStatus.PLANNED}
        and contact.kind is not ContactKind.NOTE
        and bool(contact.professions)
        and not (contact.is_stated and criteria.reading(ReadingKey.STATED_CARE) == "not")
        and service_of_any(contact.professions, criterion, contact.setting, criteria) is Service.YES
        and _is_certainly_inside(contact, window)
    )


def _is_certainly_inside(contact: Contact, window: DayRange) -> bool:
    if contact.days is None:
        return False
    if contact.is_course and Cause.DATE_IMPRECISE not in contact.doubts:
        return contact.days.overlap(window) is not None
    return window.contains(contact.days)
