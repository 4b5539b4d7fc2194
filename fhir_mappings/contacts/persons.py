"""The patient, as far as the rule needs one: when born, and whether alive (policy D1 to D4)."""

from collections.abc import Iterator, Mapping

from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Person
from fhir_mappings.reading.calendar_days import day_range


def person(patient: Mapping[str, object] | None) -> Person:
    """The Person that a Patient resource describes.

    A birth date that is missing, impossible or of the wrong type leaves the age unknown. Deceased
    is who has any date of death, also one after the referral, or is said to be dead.
    """
    if patient is None:
        return Person()
    return Person(_born(patient.get("birthDate")), is_deceased=_is_deceased(patient))


def _born(value: object) -> DayRange | None:
    return day_range(value) if isinstance(value, str) else None


def _is_deceased(patient: Mapping[str, object]) -> bool:
    """A date that cannot be read is a date of death all the same."""
    died = patient.get("deceasedDateTime")
    return patient.get("deceasedBoolean") is True or (isinstance(died, str) and bool(died.strip()))


_ELSEWHERE = frozenset({"replaced-by", "replaces", "refer"})
"""FHIR R4, link-type: the other resource holds more about the patient, or all that is new."""


def is_recorded_elsewhere(patient: Mapping[str, object] | None) -> bool:
    """Whether care can stand under another Patient: merged, replaced, or no longer in use.

    Such a record can show that care was given, never that it was not (policy 2.6).
    """
    if patient is None:
        return False
    return patient.get("active") is False or any(
        link in _ELSEWHERE for link in _link_types(patient.get("link"))
    )


def _link_types(links: object) -> Iterator[str]:
    for link in links if isinstance(links, list) else ():
        kind = link.get("type") if isinstance(link, Mapping) else None
        if isinstance(kind, str):
            yield kind
