"""What one contact is worth for one criterion, by policy 2.0 to 2.4 and 2.6."""

from dataclasses import dataclass
from datetime import date

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, ContactKind, ContactStatus, Subject
from cds_service.domain.criteria import CriterionId
from cds_service.domain.lookback import DayRange
from tests.oracle.who_and_where import (
    ANSWER_OF,
    Answer,
    K,
    Readings,
    disciplines,
    one_profession,
    where,
    who,
)

UNBOUNDED = 10**6
OPEN_STATUSES = (ContactStatus.TOOK_PLACE, ContactStatus.UNKNOWN, ContactStatus.OPEN)


@dataclass(frozen=True)
class Worth:
    """A contact that counts or may count, ready to be added up."""

    contact: Contact
    is_certain: bool
    causes: frozenset[Cause]
    disciplines: frozenset[str]
    days: DayRange  # inside the window
    is_series: bool  # a course, or what may be one: its sessions can lie on all its days
    is_stated: bool
    least: int = 1  # sessions
    most: int = 1


def worth(contact: Contact, criterion: CriterionId, r: Readings, window: DayRange) -> Worth | None:
    """None: not counted."""
    days = days_inside(contact, window)
    if contact.is_stated and r[K.STATED_CARE] == "not":
        return None
    if contact.subject is Subject.OTHER_PATIENT or days is None:
        return None
    answers = [
        (Answer.YES if not contact.doubts else Answer.MAYBE, set(contact.doubts)),
        (Answer.YES, set())
        if contact.subject is Subject.THIS_PATIENT
        else (Answer.MAYBE, {Cause.PATIENT_UNCLEAR}),
        _status(contact, r),
        _kind(contact, r),
        who(contact, criterion, r),
        where(contact, criterion, r),
        _day(contact),
        _start(contact, window),
    ]
    weakest = min(answer for answer, _ in answers)
    if weakest is Answer.NO:
        return None
    least, most, unclear = _number(contact, window)
    causes = {cause for _, each in answers for cause in each} | unclear
    if Cause.RESOURCE_UNREADABLE in contact.doubts:
        causes = {Cause.RESOURCE_UNREADABLE}
    return Worth(
        contact=contact,
        is_certain=weakest is Answer.YES,
        causes=frozenset(causes),
        disciplines=disciplines(contact, criterion, r),
        days=days,
        is_series=contact.is_course or may_run(contact),
        is_stated=contact.is_stated,
        least=least,
        most=most,
    )


def days_inside(contact: Contact, window: DayRange) -> DayRange | None:
    """On which days of the window it can have been."""
    if contact.days is None:
        return window
    if may_run(contact):
        return DayRange(contact.days.first, max(date.max, window.last)).overlap(window)
    return contact.days.overlap(window)


def _status(contact: Contact, r: Readings) -> tuple[Answer, set[Cause]]:
    if contact.status in (ContactStatus.PLANNED, ContactStatus.VOID):
        return Answer.NO, set()
    if contact.status is ContactStatus.UNKNOWN:
        return _with(ANSWER_OF[r[K.STATUS_UNKNOWN]], Cause.STATUS_UNKNOWN)
    if contact.status is ContactStatus.OPEN:
        return _with(ANSWER_OF[r[K.STATUS_OPEN]], Cause.STATUS_OPEN)
    return Answer.YES, set()


def _kind(contact: Contact, r: Readings) -> tuple[Answer, set[Cause]]:
    kind = contact.kind
    if kind is ContactKind.NOTE:
        return Answer.NO, set()
    if kind is ContactKind.UNCLEAR:
        return Answer.MAYBE, {Cause.KIND_UNCLEAR}
    if kind is ContactKind.ASYNCHRONOUS:
        return _with(ANSWER_OF[r[K.ASYNCHRONOUS]], Cause.ASYNCHRONOUS_CONTACT)
    keys = {
        ContactKind.INTAKE: K.INTAKE,
        ContactKind.SCREENING: K.SCREENING,
        ContactKind.REMOTE: K.REMOTE,
    }
    return (ANSWER_OF[r[keys[kind]]] if kind in keys else Answer.YES), set()


def _with(answer: Answer, cause: Cause) -> tuple[Answer, set[Cause]]:
    return answer, {cause} if answer is Answer.MAYBE else set()


def _day(contact: Contact) -> tuple[Answer, set[Cause]]:
    """B7: without a full date it is possible; a course has a range of days by nature."""
    is_known = contact.days is not None and (contact.days.is_exact or contact.is_course)
    return (Answer.YES, set()) if is_known else (Answer.MAYBE, {Cause.DATE_IMPRECISE})


def may_run(contact: Contact) -> bool:
    """B11: open, and without an end."""
    return contact.has_open_end and contact.status is ContactStatus.OPEN


def _start(contact: Contact, window: DayRange) -> tuple[Answer, set[Cause]]:
    """B11: of what may run on only the start is known; outside the window that proves nothing."""
    is_out = may_run(contact) and not (contact.days and window.contains(contact.days))
    return (Answer.MAYBE if is_out else Answer.YES), set()


def _number(contact: Contact, window: DayRange) -> tuple[int, int, set[Cause]]:
    """B11, B12 and 2.6: least and most sessions of one entry, and why they differ."""
    if may_run(contact):
        return 1, UNBOUNDED, {Cause.COURSE_WITHOUT_NUMBER}
    if not contact.is_course:
        return 1, 1, set()
    if contact.sessions is None:
        cause = Cause.NUMBER_UNCLEAR if contact.is_stated else Cause.COURSE_WITHOUT_NUMBER
        return 1, UNBOUNDED, {cause}
    if contact.days is not None and window.contains(contact.days):
        return contact.sessions, contact.sessions, set()
    return 1, contact.sessions, {Cause.NUMBER_UNCLEAR}


def is_evidence(contact: Contact, criterion: CriterionId, r: Readings, window: DayRange) -> bool:
    """A2: a trace of this care, in whatever setting."""
    answers = {one_profession(each, contact, criterion, r) for each in contact.professions}
    return (
        contact.kind is not ContactKind.NOTE
        and contact.status in OPEN_STATUSES
        and contact.subject is Subject.THIS_PATIENT
        and Cause.RESOURCE_UNREADABLE not in contact.doubts
        and (not contact.is_stated or r[K.STATED_CARE] == "counts")
        and answers == {Answer.YES}
        and _is_certainly_inside(contact, window)
    )


def _is_certainly_inside(contact: Contact, window: DayRange) -> bool:
    if contact.days is None:
        return False
    if contact.is_course:
        return contact.days.overlap(window) is not None
    return window.contains(contact.days)
