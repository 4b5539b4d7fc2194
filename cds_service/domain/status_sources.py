"""Sources that record no status of any contact (policy C13)."""

from collections.abc import Callable, Iterable, Sequence

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, ContactStatus, Facts, ProcedureMeaning, Subject
from cds_service.domain.lookback import DayRange

_ENOUGH = 3  # so many contacts inside the window show that their source records none


def with_status_of_source(contacts: Sequence[Contact], window: DayRange) -> Sequence[Contact]:
    """The same contacts, those of a source without statuses marked `NOT_RECORDED`.

    Encounters and Procedures are looked at apart. A source records none if every contact of this
    patient has status unknown, whatever its profession, kind or day, and three or more of them lie
    inside the window. Meant for a complete record: what is missing may have a status.
    """
    without = [each for each in _SOURCES if _has_no_status(each, contacts, window)]
    if not without:
        return contacts
    return _marked(contacts, lambda facts: any(_is_of(each, facts) for each in without))


_SOURCES = (True, False)
"""Whether the entries are Procedures."""


def _is_of(is_procedures: bool, facts: Facts) -> bool:  # noqa: FBT001 which of two sources
    is_procedure = facts.procedure is not ProcedureMeaning.NO_PROCEDURE
    is_of_patient = facts.subject is Subject.THIS_PATIENT
    return is_procedure == is_procedures and is_of_patient and not facts.is_stated


def _has_no_status(
    is_procedures: bool,  # noqa: FBT001 which of two sources
    contacts: Iterable[Contact],
    window: DayRange,
) -> bool:
    inside: set[str] = set()
    for source, days, facts in contacts:
        if not _is_of(is_procedures, facts):
            continue
        if facts.status is not ContactStatus.UNKNOWN:
            if (
                days is not None
                or facts.professions
                or Cause.RESOURCE_UNREADABLE not in facts.doubts
            ):
                return False
        elif days is not None and window.contains(days):
            inside.add(source)
    return len(inside) >= _ENOUGH


def _marked(contacts: Sequence[Contact], is_without: Callable[[Facts], bool]) -> list[Contact]:
    """With those of a source without statuses marked; contacts go on sharing their facts."""
    marked: dict[int, Facts] = {}
    found: list[Contact] = []
    for contact in contacts:
        source, days, own = contact
        if is_without(own):
            new = marked.get(id(own))
            if new is None:
                new = marked[id(own)] = own._replace(status=ContactStatus.NOT_RECORDED)
            found.append(Contact.with_facts(source, days, new))
        else:
            found.append(contact)
    return found
