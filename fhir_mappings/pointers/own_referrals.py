"""The practice's own referrals to the disciplines of the criteria (policy 2.6, Pointers)."""

from collections.abc import Iterator

from cds_service.domain.contacts import Profession, Subject
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.pointers import Pointer, PointerKind
from fhir_mappings.pointers.pointing import (
    concepts_in,
    named_in,
    people_named,
    pointers_to,
    text_in,
    texts_of,
)
from fhir_mappings.reading.calendar_days import dutch_day
from fhir_mappings.reading.concepts import is_one_of
from fhir_mappings.reading.record import PatientRecord, Resource, subject_of
from fhir_mappings.terminology.tables import Terminology
from fhir_mappings.terminology.therapist_categories import code_professions, professions

_SENT = frozenset({"active", "completed"})
_SNOMED = "http://snomed.info/sct"
_REFERRED_TO = {
    "308447003": Profession.PHYSIOTHERAPIST,
    "306170007": Profession.OCCUPATIONAL_THERAPIST,
    "308453003": Profession.PSYCHOLOGIST,
    "308459004": Profession.PSYCHOTHERAPIST,
}
"""SNOMED CT codes of referrals; they are in `value_sets/referral-other.json` too."""


def referral_pointers(
    record: PatientRecord, lookback: LookbackPeriod, terms: Terminology
) -> Iterator[Pointer]:
    """Those of the lookback that were sent."""
    references = record.references()
    for order in record.own_referrals:
        if not isinstance(order, dict) or order.get("resourceType") != "ServiceRequest":
            continue
        day = dutch_day(text_in(order, "authoredOn"))
        is_ours = subject_of(order, record.patient_id, references) is Subject.THIS_PATIENT
        if day is None or not is_ours or not lookback.first <= day <= lookback.last:
            continue
        if is_one_of(order.get("status"), _SENT) and order.get("doNotPerform") is not True:
            yield from pointers_to(_receivers(order, record, terms), PointerKind.REFERRAL, day)


def _receivers(order: Resource, record: PatientRecord, terms: Terminology) -> set[Profession]:
    called = concepts_in(order.get("code"))
    asked = concepts_in(order.get("performerType"))
    details = concepts_in(order.get("orderDetail"))
    who = set(people_named(order.get("performer"), order, record, terms))
    who |= professions(asked, terms=terms)
    who |= named_in(texts_of((*called, *details)), terms)
    for concept in called:
        who |= code_professions(concept, terms)
        keys = (terms.keys.key(coding) for coding in concept.codings)
        who |= {_REFERRED_TO[code] for system, code in keys if _is_referral(system, code)}
    return who


def _is_referral(system: str, code: str) -> bool:
    return system == _SNOMED and code in _REFERRED_TO
