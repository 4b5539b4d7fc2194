"""What all criteria see alike of a contact: whose it is, whether it took place, and when.

A contact that fails here never counts, for no criterion; the rest is for each criterion to judge
(:mod:`cds_service.domain.standing`).
"""

from collections.abc import Iterable

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import Contact, ContactKind, ContactStatus, Facts, Subject
from cds_service.domain.criteria import ReadingKey, ReferralCriteria
from cds_service.domain.ledger import SeenContacts
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.parts import Part, of_status, of_subject


def see_all(
    contacts: Iterable[Contact], lookback: LookbackPeriod, criteria: ReferralCriteria
) -> tuple[SeenContacts, ...]:
    """Every contact as all criteria see it.

    Of contacts on one day that say the same, all before, in or after the window are seen alike.
    Not where a site deviates: the default is then seen too, in another window.
    """
    window = criteria.counting_days(lookback)
    first, last = window.first, window.last
    may_have_likes = not criteria.deviations
    known: dict[tuple[int, int], SeenContacts] = {}
    found: list[SeenContacts] = []
    for contact in contacts:
        _, days, facts = contact
        if days is None or days.first != days.last or not may_have_likes:
            found.append(see(contact, window, criteria))
            continue
        when = -1 if days.last < first else 1 if days.first > last else 0
        key = (id(facts), when)
        seen = known.get(key)
        if seen is not None:
            seen.contacts.append(contact)
            continue
        seen = see(contact, window, criteria)
        if _has_likes(facts):
            seen = known[key] = seen._replace(is_by_day=seen.days is not None)
        found.append(seen)
    return tuple(found)


def _has_likes(facts: Facts) -> bool:
    """Whether what is seen of a contact on one day hangs on its facts and its side of the window.

    Not that of a course, of what may still be running, and of nobody that the record names.
    """
    is_named = bool(facts.professions or facts.practitioner)
    is_course = facts.is_course or facts.is_stated or facts.has_open_end
    return is_named and not is_course and Cause.RESOURCE_UNREADABLE not in facts.doubts


def see(contact: Contact, window: DayRange, criteria: ReferralCriteria) -> SeenContacts:
    """The parts of a contact that are the same for all criteria, in the order of policy 2.12."""
    sort = contact.circumstances
    if contact.subject is Subject.OTHER_PATIENT:
        return SeenContacts([contact], None, sort, Reason.OTHER_PATIENT)
    if Cause.RESOURCE_UNREADABLE in contact.doubts:
        # one contact at most, of any profession, on any day; no evidence of anything (C20)
        unreadable = frozenset({Cause.RESOURCE_UNREADABLE})
        return SeenContacts([contact], window, sort, None, unreadable)
    fact = _if_still_running(contact, window, criteria)
    parts = _common_parts(fact, window, criteria)
    doubts = fact.doubts
    for part in parts:
        if part is None:
            continue
        if isinstance(part, Reason):
            # what a reading of the site leaves out is a trace of care all the same (policy A2)
            is_trace = part is Reason.EXCLUDED_BY_READING and not _later_reason(parts, part)
            evidence = is_trace and _can_be_evidence(contact, window, criteria)
            return SeenContacts([contact], None, sort, part, can_be_evidence=evidence)
        doubts |= {part}
    number, most = _number(fact, window)
    return SeenContacts(
        [contact],
        _inside(fact.days, window),
        sort,
        None,
        doubts,
        number,
        fact.is_course,
        most,
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
        return contact.but(days=window, is_course=True, doubts=doubts)
    doubts = contact.doubts
    if not contact.days.is_exact:
        doubts |= {Cause.DATE_IMPRECISE}
    if not window.contains(contact.days):
        doubts |= {Cause.COURSE_WITHOUT_NUMBER}
    last = max(contact.days.last, window.last)
    days = DayRange(contact.days.first, last)
    return contact.but(days=days, is_course=True, doubts=doubts)


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


def _number(contact: Contact, window: DayRange) -> tuple[Cause | None, int | None]:
    """Policy B12 and 2.6: why the number inside the window is not known, and the most it can be."""
    if not contact.is_course:
        return None, 1
    if contact.sessions is None:
        doubt = Cause.NUMBER_UNCLEAR if contact.is_stated else Cause.COURSE_WITHOUT_NUMBER
        return doubt, None
    inside = contact.days is not None and window.contains(contact.days)
    return None if inside else Cause.NUMBER_UNCLEAR, contact.sessions


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
