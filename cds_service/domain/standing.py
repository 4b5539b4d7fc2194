"""What one contact is worth for one criterion: certain, possible, or not counted (policy 2.0).

A contact is as weak as its weakest part: one part that never counts makes it not counted, else
one doubtful part makes it possible. What does not depend on the criterion is seen once.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import Contact, ContactKind, ContactStatus, Subject
from cds_service.domain.criteria import CriterionId, ReadingKey, ReferralCriteria
from cds_service.domain.ledger import LedgerEntry, SeenContact, Standing
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.parts import Part, of_kind, of_place, of_profession, of_status, of_subject
from cds_service.domain.professions import Service, serving

_NO_CAUSES: frozenset[Cause] = frozenset()


def see(contact: Contact, window: DayRange, criteria: ReferralCriteria) -> SeenContact:
    """The parts of a contact that are the same for all criteria, in the order of policy 2.12."""
    if contact.subject is Subject.OTHER_PATIENT:
        return SeenContact(contact, Reason.OTHER_PATIENT)
    if Cause.RESOURCE_UNREADABLE in contact.doubts:
        # one contact at most, of any profession, on any day; no evidence of anything (C20)
        unreadable = frozenset({Cause.RESOURCE_UNREADABLE})
        return SeenContact(contact, None, unreadable, days=window)
    fact = _if_still_running(contact, window, criteria)
    parts = _common_parts(fact, window, criteria)
    doubts = fact.doubts
    for part in parts:
        if isinstance(part, Reason):
            # what a reading of the site leaves out is a trace of care all the same (policy A2)
            is_trace = part is Reason.EXCLUDED_BY_READING and not _later_reason(parts, part)
            evidence = is_trace and _can_be_evidence(contact, window, criteria)
            return SeenContact(contact, part, can_be_evidence=evidence)
        if part is not None:
            doubts |= {part}
    return SeenContact(
        contact,
        None,
        doubts,
        _number_doubt(fact, window),
        _inside(fact.days, window),
        fact.is_course,
        _can_be_evidence(contact, window, criteria),
    )


def _common_parts(
    contact: Contact, window: DayRange, criteria: ReferralCriteria
) -> tuple[Part, ...]:
    return (
        of_subject(contact),
        of_status(contact, criteria),
        Reason.NOTE if contact.kind is ContactKind.NOTE else None,
        _time(contact, window),
    )


def _later_reason(parts: tuple[Part, ...], first: Part) -> bool:
    return any(isinstance(part, Reason) and part is not first for part in parts)


def _inside(days: DayRange | None, window: DayRange) -> DayRange | None:
    """The days inside the window; all of it where there is no date."""
    if days is None:
        return window
    return days if window.contains(days) else days.overlap(window)


def _if_still_running(contact: Contact, window: DayRange, criteria: ReferralCriteria) -> Contact:
    """An open status without an end may be a course that runs up to the referral (policy B11).

    Only its start is known, so it is certain of nothing where that may lie outside the window.
    """
    if not contact.has_open_end or contact.status is not ContactStatus.OPEN:
        return contact
    if criteria.reading(ReadingKey.STATUS_OPEN) == "not":
        return contact
    if contact.days is None:
        doubts = contact.doubts | {Cause.DATE_IMPRECISE}
        return replace(contact, is_course=True, days=window, doubts=doubts)
    doubts = contact.doubts
    if not contact.days.is_exact:
        doubts |= {Cause.DATE_IMPRECISE}
    if not window.contains(contact.days):
        doubts |= {Cause.COURSE_WITHOUT_NUMBER}
    last = max(contact.days.last, window.last)
    days = DayRange(contact.days.first, last)
    return replace(contact, is_course=True, days=days, doubts=doubts)


def _time(contact: Contact, window: DayRange) -> Part:
    """Policy B3, B4, B7: outside the window, doubtful, or inside."""
    days = contact.days
    if days is None:
        return Cause.DATE_IMPRECISE
    if days.last < window.first:
        return Reason.BEFORE_WINDOW
    if days.first > window.last:
        return Reason.AFTER_REFERRAL
    return None if contact.is_course or days.is_exact else Cause.DATE_IMPRECISE


def _number_doubt(contact: Contact, window: DayRange) -> Cause | None:
    """Policy B12 and 2.6: whether the number of sessions inside the window is known."""
    if not contact.is_course:
        return None
    if contact.sessions is None:
        return Cause.NUMBER_UNCLEAR if contact.is_stated else Cause.COURSE_WITHOUT_NUMBER
    inside = contact.days is not None and window.contains(contact.days)
    return None if inside else Cause.NUMBER_UNCLEAR


def _can_be_evidence(contact: Contact, window: DayRange, criteria: ReferralCriteria) -> bool:
    """Certainly in the window and this patient's; the profession is for the criterion to say.

    Policy A2. The place and the kind do not matter, a memo is no contact, and what was planned
    or cancelled is no care; those never come here. A course need only overlap the window.
    """
    if contact.days is None or contact.subject is not Subject.THIS_PATIENT:
        return False
    if contact.is_stated and criteria.reading(ReadingKey.STATED_CARE) == "not":
        return False
    is_certain_course = contact.is_course and Cause.DATE_IMPRECISE not in contact.doubts
    return is_certain_course or window.contains(contact.days)


def stand(seen: SeenContact, criterion: CriterionId, criteria: ReferralCriteria) -> LedgerEntry:
    """The contact as one criterion sees it."""
    contact = seen.contact
    if seen.reason is not None:
        return _before_or_never(seen, criterion, criteria)
    if Cause.RESOURCE_UNREADABLE in seen.causes:
        own = frozenset({f"unmapped:{contact.source}"})
        return LedgerEntry(contact, Standing.POSSIBLE, seen.causes, days=seen.days, disciplines=own)
    worth, disciplines = serving(contact.professions, criterion, contact.setting, criteria)
    evidence = seen.can_be_evidence and worth is Service.YES and bool(contact.professions)
    if not contact.professions:
        disciplines = frozenset({f"unmapped:{contact.practitioner or contact.source}"})
    reason, doubts = _for_criterion(contact, criterion, worth, criteria)
    causes = seen.causes | doubts if doubts else seen.causes
    standing = Standing.POSSIBLE if causes else Standing.CERTAIN
    if reason is not None:
        standing, causes = Standing.NOT_COUNTED, _NO_CAUSES
    elif seen.number is not None:
        causes |= {seen.number}
    return LedgerEntry(
        contact,
        standing,
        causes,
        reason,
        seen.days,
        disciplines,
        is_course=seen.is_course,
        most=_most(seen),
        is_evidence=evidence,
    )


def _before_or_never(
    seen: SeenContact, criterion: CriterionId, criteria: ReferralCriteria
) -> LedgerEntry:
    """A contact that never counts. Care before the window may lengthen the duration (policy B8)."""
    contact = seen.contact
    worth, _ = serving(contact.professions, criterion, contact.setting, criteria)
    evidence = seen.can_be_evidence and worth is Service.YES and bool(contact.professions)
    entry = LedgerEntry(contact, Standing.NOT_COUNTED, reason=seen.reason, is_evidence=evidence)
    by_reading = criteria.reading(ReadingKey.DURATION_BEFORE_WINDOW) == "counts"
    if seen.reason is not Reason.BEFORE_WINDOW or not by_reading:
        return entry
    ever = stand(see(seen.contact, DayRange(date.min, date.max), criteria), criterion, criteria)
    if ever.standing is Standing.NOT_COUNTED:
        return entry
    return entry._replace(lengthens=ever.standing, causes=ever.causes)


def _for_criterion(
    contact: Contact, criterion: CriterionId, worth: Service, criteria: ReferralCriteria
) -> tuple[Reason | None, set[Cause]]:
    """The first reason of what only this criterion sees, else its doubts."""
    doubts = set()
    for part in (
        of_profession(contact, criterion, worth),
        of_place(contact, criterion, criteria),
        of_kind(contact, criteria),
        _of_statement(contact, criteria),
    ):
        if isinstance(part, Reason):
            return part, set()
        if part is not None:
            doubts.add(part)
    return None, doubts


def _of_statement(contact: Contact, criteria: ReferralCriteria) -> Part:
    if contact.is_stated and criteria.reading(ReadingKey.STATED_CARE) == "not":
        return Reason.EXCLUDED_BY_READING
    return None


def _most(seen: SeenContact) -> int | None:
    if seen.is_course and seen.contact.sessions is not None:
        return seen.contact.sessions
    return None if seen.number else 1


def see_all(
    contacts: Iterable[Contact], lookback: LookbackPeriod, criteria: ReferralCriteria
) -> tuple[SeenContact, ...]:
    """Every contact as all criteria see it."""
    window = criteria.counting_days(lookback)
    return tuple(see(contact, window, criteria) for contact in contacts)


def explained(
    entries: list[LedgerEntry],
    criterion: CriterionId,
    lookback: LookbackPeriod,
    criteria: ReferralCriteria,
) -> list[LedgerEntry]:
    """The same entries, where the site reads the policy otherwise held against the default.

    What counts by default and does not here says so (`excluded_by_reading`).
    """
    if not criteria.deviations:
        return entries
    published = criteria.as_published()
    return [_by_the_site(entry, criterion, lookback, published) for entry in entries]


def _by_the_site(
    entry: LedgerEntry,
    criterion: CriterionId,
    lookback: LookbackPeriod,
    published: ReferralCriteria,
) -> LedgerEntry:
    """A contact that does not count, held against the default readings."""
    if entry.standing is not Standing.NOT_COUNTED:
        return entry
    default = stand(see(entry.contact, lookback, published), criterion, published)
    if default.standing is not Standing.NOT_COUNTED:
        return entry._replace(reason=Reason.EXCLUDED_BY_READING)
    is_said_of_site = entry.reason is Reason.EXCLUDED_BY_READING
    return entry._replace(reason=default.reason) if is_said_of_site else entry
