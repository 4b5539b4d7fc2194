"""What each part of a contact says about it: it never counts, it is doubtful, or nothing.

One function per part, each a table or a rule of policy 2.2 to 2.4. What they make of a contact
together says :mod:`cds_service.domain.worth`.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import (
    CareSetting,
    Circumstances,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Subject,
)
from cds_service.domain.criteria import CriterionId, ReadingKey, ReferralCriteria
from cds_service.domain.lookback import DayRange
from cds_service.domain.professions import Service, left_open

_C1 = CriterionId.ALLIED_HEALTH_THERAPY
SECOND_LINE = frozenset(
    {
        CareSetting.HOSPITAL,
        CareSetting.MENTAL_HEALTH_INSTITUTION,
        CareSetting.LONG_TERM_CARE,
    }
)
"""The places that are never first line (policy 2.4, Where)."""

Part: TypeAlias = Reason | Cause | None
"""What one part of a contact says: it never counts (why), it is doubtful (why), or nothing."""


def _by_reading(value: str, doubt: Cause, reason: Reason) -> Part:
    """What a reading of `possible`, `counts` or `not` makes of a part."""
    return {"possible": doubt, "counts": None, "not": reason}[value]


# Parts that all criteria see alike: whose it is, whether it took place, and when


def of_subject(contact: Contact) -> Part:
    """Policy 2.6, Whose contact."""
    return _SUBJECTS.get(contact.subject)


_SUBJECTS: dict[Subject, Part] = {
    Subject.OTHER_PATIENT: Reason.OTHER_PATIENT,
    Subject.UNCLEAR: Cause.PATIENT_UNCLEAR,
}


def of_status(contact: Contact, referral_day: date, criteria: ReferralCriteria) -> Part:
    """Policy C11 to C14. What its words call cancelled was, whatever its status says."""
    if contact.kind is ContactKind.CANCELLED:
        return Reason.VOID
    match contact.status:
        case ContactStatus.TOOK_PLACE:
            return None
        case ContactStatus.VOID:
            return Reason.VOID
        case ContactStatus.PLANNED:
            # nobody closed an appointment of the past; on the day of the referral it is still to be
            if contact.days is None or contact.days.last >= referral_day:
                return Reason.PLANNED
            key, doubt = ReadingKey.STATUS_OPEN, Cause.STATUS_OPEN
        case ContactStatus.OPEN:
            key, doubt = ReadingKey.STATUS_OPEN, Cause.STATUS_OPEN
        case ContactStatus.NOT_RECORDED | ContactStatus.UNKNOWN:
            key, doubt = ReadingKey.STATUS_UNKNOWN, Cause.STATUS_UNKNOWN
    value = criteria.reading(key)
    if value == "by-source":
        value = "counts" if contact.status is ContactStatus.NOT_RECORDED else "possible"
    return _by_reading(value, doubt, Reason.EXCLUDED_BY_READING)


def of_note(contact: Contact) -> Part:
    """Policy C10 and C18: a note is no contact with the patient, and a programme no treatment."""
    return Reason.NOTE if contact.kind is ContactKind.NOTE else None


def of_time(contact: Contact, window: DayRange) -> Part:
    """Policy B3, B4, B7: outside the window, doubtful, or inside.

    Care stated by months is inside if some of it is, whenever it began and ended (policy 2.6).
    """
    days = contact.days
    if days is None:
        return Cause.DATE_IMPRECISE
    if days.last < window.first:
        return Reason.BEFORE_WINDOW
    if days.first > window.last:
        return Reason.AFTER_REFERRAL
    if contact.begins and contact.ends:
        is_inside = contact.begins.last <= window.last and contact.ends.first >= window.first
        return None if is_inside else Cause.DATE_IMPRECISE
    return None if contact.is_course or days.is_exact else Cause.DATE_IMPRECISE


# Parts that each criterion sees for itself: who, where, and what kind


def of_profession(contact: Circumstances, criterion: CriterionId, service: Service) -> Part:
    """Policy 2.4, Professions and Without a usable role."""
    return _SERVICES[service] if contact.professions else _without_role(contact, criterion)


_SERVICES: dict[Service, Part] = {
    Service.YES: None,
    Service.MAYBE: Cause.PROFESSION_TO_CONFIRM,
    Service.NO: Reason.OTHER_PROFESSION,
}


def _without_role(contact: Circumstances, criterion: CriterionId) -> Part:
    """What the place leaves open; a role that was lost is not unknown, it can be any (2.6)."""
    if contact.is_in_part_lost:
        return None
    in_therapy_practice = contact.setting is CareSetting.THERAPY_PRACTICE
    if contact.procedure is ProcedureMeaning.ANOTHER and not in_therapy_practice:
        return Reason.OTHER_PROCEDURE
    is_open = criterion in left_open(contact.setting)
    if not is_open or (criterion is _C1 and contact.is_inpatient):
        return Reason.OTHER_PROFESSION
    return Cause.UNMAPPED_ROLE


def of_place(contact: Circumstances, criterion: CriterionId, criteria: ReferralCriteria) -> Part:
    """Policy 2.4, Where. Care abroad stays care abroad, though for c1 a class may exclude it."""
    if contact.setting is CareSetting.REHABILITATION_CENTRE:
        return Reason.REHABILITATION_PROGRAMME
    if contact.setting is CareSetting.ABROAD and criterion is not _C1:
        return _elsewhere(contact, criterion, criteria)
    if contact.is_inpatient or contact.setting in SECOND_LINE:
        return _second_line(contact, criterion, criteria)
    return _elsewhere(contact, criterion, criteria)


def _second_line(
    contact: Circumstances, criterion: CriterionId, criteria: ReferralCriteria
) -> Part:
    """Never for c1; for the other two by A6. Care abroad stays doubtful."""
    key, reason = (
        (ReadingKey.HOSPITAL_ALLIED_HEALTH, Reason.NOT_PRIMARY_CARE)
        if criterion is _C1
        else (ReadingKey.SECONDARY_CARE, Reason.EXCLUDED_BY_READING)
    )
    if criteria.reading(key) == "not":
        return reason
    return _elsewhere(contact, criterion, criteria)


def _elsewhere(contact: Circumstances, criterion: CriterionId, criteria: ReferralCriteria) -> Part:
    """Abroad, or a place that the record does not tell. A place that was lost is not unknown."""
    excluded = Reason.EXCLUDED_BY_READING
    if contact.setting is CareSetting.ABROAD:
        return _by_reading(criteria.reading(ReadingKey.ABROAD), Cause.SETTING_ABROAD, excluded)
    binds = criterion is _C1 or criteria.reading(ReadingKey.SECONDARY_CARE) == "not"
    is_known = (
        contact.setting is not CareSetting.UNKNOWN
        or contact.is_inpatient
        or contact.is_stated
        or contact.is_in_part_lost
    )
    if is_known or not binds:
        return None
    value = criteria.reading(ReadingKey.SETTING_UNKNOWN)
    return _by_reading(value, Cause.SETTING_UNKNOWN, excluded)


def of_kind(contact: Circumstances, criteria: ReferralCriteria) -> Part:
    """Policy C5 to C9 and C19."""
    judge = _KINDS.get(contact.kind)
    return judge(criteria) if judge else None


def _if_not(key: ReadingKey, reason: Reason) -> Callable[[ReferralCriteria], Part]:
    return lambda criteria: reason if criteria.reading(key) == "not" else None


_KINDS: dict[ContactKind, Callable[[ReferralCriteria], Part]] = {
    ContactKind.INTAKE: _if_not(ReadingKey.INTAKE, Reason.EXCLUDED_BY_READING),
    ContactKind.SCREENING: _if_not(ReadingKey.SCREENING, Reason.SCREENING),
    ContactKind.REMOTE: _if_not(ReadingKey.REMOTE, Reason.EXCLUDED_BY_READING),
    ContactKind.ASYNCHRONOUS: lambda criteria: _by_reading(
        criteria.reading(ReadingKey.ASYNCHRONOUS),
        Cause.ASYNCHRONOUS_CONTACT,
        Reason.EXCLUDED_BY_READING,
    ),
    ContactKind.UNCLEAR: lambda _: Cause.KIND_UNCLEAR,
}


def of_reason(contact: Circumstances, criterion: CriterionId, criteria: ReferralCriteria) -> Part:
    """Policy A8: first-line treatment of something else is not certainly that of this pain."""
    is_asked = criterion is _C1 and contact.has_other_reason
    is_doubtful = is_asked and criteria.reading(ReadingKey.OTHER_REASON) == "possible"
    return Cause.REASON_TO_CONFIRM if is_doubtful else None


def is_place_of_evidence(
    contact: Circumstances, criterion: CriterionId, criteria: ReferralCriteria
) -> bool:
    """Policy A2: whether care given there says something of the care that a criterion asks for.

    A hospital says nothing of the first line, a rehabilitation centre nothing at all. A place that
    is unknown or abroad does.
    """
    if contact.setting is CareSetting.REHABILITATION_CENTRE or contact.is_in_part_lost:
        return False
    if contact.is_inpatient or contact.setting in SECOND_LINE:
        is_c1 = criterion is _C1
        key = ReadingKey.HOSPITAL_ALLIED_HEALTH if is_c1 else ReadingKey.SECONDARY_CARE
        return criteria.reading(key) == "counts"
    return True


def of_statement(contact: Circumstances, criteria: ReferralCriteria) -> Part:
    """Policy 2.6, Stated care."""
    is_left_out = contact.is_stated and criteria.reading(ReadingKey.STATED_CARE) == "not"
    return Reason.EXCLUDED_BY_READING if is_left_out else None
