"""Records on which the two readings of the policy are known to differ.

Each has a test in `test_open_disagreements.py` with what the policy says. They are left out of the
random records, so that a new difference stands out.
"""

from collections.abc import Sequence

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, ContactStatus, Profession
from cds_service.domain.criteria import ReadingKey

_ERGO = frozenset({Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST})


def without_open_questions(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """The record without the contacts that are read in two ways under every reading."""
    has_statement = any(contact.is_stated for contact in contacts)
    return tuple(
        contact
        for contact in contacts
        if contact.professions != _ERGO
        and Profession.PSYCHOSOMATIC_THERAPIST not in contact.professions
        and Profession.MENTAL_HEALTH_NURSE not in contact.professions
        and not (not contact.professions and Cause.RECORD_INCOMPLETE in contact.doubts)
        and (contact.is_stated or _is_dated(contact) or not has_statement)
    )


def without_open_questions_of(key: ReadingKey, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """The same under one reading that is set otherwise."""
    if key is ReadingKey.LONGEST_GAP_DAYS:
        return tuple(each for each in contacts if each.is_course or _is_dated(each))
    if key is ReadingKey.SESSION_UNIT:
        return tuple(each for each in contacts if not each.is_stated)
    if key is ReadingKey.DURATION_BEFORE_WINDOW:
        return tuple(each for each in contacts if _is_certain(each))
    if key is ReadingKey.POOLING:
        found: dict[tuple[object, object], Contact] = {}
        for each in contacts:
            found.setdefault((each.days, each.professions), each)
        return tuple(found.values())
    return tuple(contacts)


def _is_dated(contact: Contact) -> bool:
    return contact.days is not None and contact.days.is_exact and not contact.has_open_end


def _is_certain(contact: Contact) -> bool:
    return (
        _is_dated(contact)
        and len(contact.professions) == 1
        and contact.status is ContactStatus.TOOK_PLACE
        and not contact.doubts
    )


def shares_a_doubtful_day(contacts: Sequence[Contact]) -> bool:
    """Whether two contacts fall on one day: the causes of the weaker one may be left unsaid."""
    days = [contact.days for contact in contacts if contact.days is not None]
    return len(set(days)) < len(days)
