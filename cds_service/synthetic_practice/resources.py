"""What the GP's record shows of a patient, as FHIR R4 resources."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from cds_service.synthetic_practice.patients import (
    Discipline,
    FiledAs,
    Patient,
    Pointer,
    RecordedContact,
)

Json = dict[str, Any]

_UZI: Final = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
_COD016: Final = "urn:oid:2.16.840.1.113883.2.4.6.7"
_PLACE_TYPES: Final = "http://nictiz.nl/fhir/NamingSystem/organization-type"
_NHG14: Final = "https://referentiemodel.nhg.org/tabellen/nhg-tabel-14-contactwijze"
_ICPC: Final = "http://hl7.org/fhir/sid/icpc-1-nl"
_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_LOINC: Final = "http://loinc.org"

_ROLES: Final[dict[str, Json]] = {
    Discipline.PHYSIOTHERAPY: {"coding": [{"system": _UZI, "code": "04.000"}]},
    Discipline.EXERCISE_THERAPY: {"coding": [{"system": _UZI, "code": "94.000"}]},
    Discipline.OCCUPATIONAL_THERAPY: {"coding": [{"system": _UZI, "code": "90.000"}]},
    Discipline.PSYCHOSOMATIC: {"coding": [{"system": _COD016, "code": "0409"}]},
    Discipline.PSYCHOLOGY: {"coding": [{"system": _UZI, "code": "25.000"}]},
    FiledAs.POH_GGZ: {"text": "POH-GGZ"},
    FiledAs.PLAIN_POH: {"text": "Praktijkondersteuner"},
    FiledAs.POH_S: {"text": "POH-S"},
    FiledAs.GP: {"coding": [{"system": _UZI, "code": "01.015"}]},
    FiledAs.GP_WITH_WORDS: {"coding": [{"system": _UZI, "code": "01.015"}]},
}
DUTCH: Final = {
    Discipline.PHYSIOTHERAPY: "fysiotherapeut",
    Discipline.EXERCISE_THERAPY: "oefentherapeut",
    Discipline.OCCUPATIONAL_THERAPY: "ergotherapeut",
    Discipline.PSYCHOSOMATIC: "psychosomatisch fysiotherapeut",
    Discipline.PSYCHOLOGY: "psycholoog",
    Discipline.POH_GGZ: "POH-GGZ",
}
_PLACES: Final = {"gp": "Z3", "therapy": "F1", "psychology": "G7"}


@dataclass(frozen=True, slots=True)
class Resources:
    """The record of one patient."""

    patient: Json
    encounters: tuple[Json, ...]
    letters: tuple[Json, ...]
    own_referrals: tuple[Json, ...]
    supporting: tuple[Json, ...]  # roles and organisations that the contacts refer to


def resources(patient: Patient) -> Resources:
    """The record of a patient; every id starts with the patient's."""
    owner = f"p{patient.number}"
    encounters = tuple(
        _encounter(each, owner, at, has_status=patient.has_statuses)
        for at, each in enumerate(patient.contacts, start=1)
    )
    return Resources(
        patient={"resourceType": "Patient", "id": owner, "birthDate": patient.born.isoformat()},
        encounters=encounters,
        letters=tuple(_letter(each, owner, at) for at, each in enumerate(patient.letters)),
        own_referrals=tuple(
            _own_referral(each, owner, at) for at, each in enumerate(patient.own_referrals)
        ),
        supporting=tuple(_supporting({_role_of(each) for each in patient.contacts})),
    )


def _role_of(contact: RecordedContact) -> str:
    """The key of its role; empty where the record names nobody."""
    if contact.filed_as is FiledAs.NOBODY:
        return ""
    return contact.discipline if contact.filed_as is FiledAs.THERAPIST else contact.filed_as.value


def _place_of(role: str) -> str:
    if role == Discipline.PSYCHOLOGY:
        return "psychology"
    return "therapy" if role in set(Discipline) - {Discipline.POH_GGZ} else "gp"


def _identifier(role: str) -> str:
    return "role-" + "".join(each if each.isalnum() else "-" for each in role.lower())


def _encounter(contact: RecordedContact, owner: str, at: int, *, has_status: bool) -> Json:
    role = _role_of(contact)
    encounter: Json = {
        "resourceType": "Encounter",
        "id": f"{owner}-enc-{at}",
        "status": "finished" if has_status else "unknown",
        "class": {"system": _ACT_CODE, "code": "AMB"},
        "type": [_type(contact)],
        "subject": {"reference": f"Patient/{owner}"},
        "period": {"start": contact.day.isoformat(), "end": contact.day.isoformat()},
        "serviceProvider": {"reference": f"Organization/org-{_place_of(role)}"},
    }
    if role:
        actor = {"reference": f"PractitionerRole/{_identifier(role)}"}
        encounter["participant"] = [{"individual": actor}]
    if contact.reason:
        code = {"coding": [{"system": _ICPC, "code": contact.reason}]}
        encounter["reasonCode"] = [code]
    return encounter


def _type(contact: RecordedContact) -> Json:
    if contact.filed_as is FiledAs.GP_WITH_WORDS:
        return {"text": "POH-GGZ consult"}
    return {"coding": [{"system": _NHG14, "code": "11" if contact.is_memo else "03"}]}


def every_role() -> tuple[Json, ...]:
    """The roles and organisations of the whole practice and of the therapists around it."""
    return tuple(_supporting(set(_ROLES)))


def _supporting(roles: set[str]) -> Iterator[Json]:
    named = sorted(role for role in roles if role)
    for role in named:
        yield {
            "resourceType": "PractitionerRole",
            "id": _identifier(role),
            "active": True,
            "specialty": [_ROLES[role]],
            "organization": {"reference": f"Organization/org-{_place_of(role)}"},
        }
    for place in sorted({_place_of(role) for role in roles}):
        kind = {"coding": [{"system": _PLACE_TYPES, "code": _PLACES[place]}]}
        yield {
            "resourceType": "Organization",
            "id": f"org-{place}",
            "name": f"Praktijk {place}",
            "type": [kind],
        }


def _letter(pointer: Pointer, owner: str, at: int) -> Json:
    return {
        "resourceType": "DocumentReference",
        "id": f"{owner}-letter-{at}",
        "status": "current",
        "type": {"coding": [{"system": _LOINC, "code": "57133-1"}]},
        "subject": {"reference": f"Patient/{owner}"},
        "date": f"{pointer.day.isoformat()}T12:00:00+01:00",
        "author": [{"display": f"A. Bakker, {DUTCH[pointer.discipline]}"}],
        "content": [{"attachment": {"contentType": "application/pdf"}}],
    }


def _own_referral(pointer: Pointer, owner: str, at: int) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": f"{owner}-referred-{at}",
        "status": "completed",
        "intent": "order",
        "code": {"text": f"Verwijzing naar {DUTCH[pointer.discipline]}"},
        "subject": {"reference": f"Patient/{owner}"},
        "authoredOn": pointer.day.isoformat(),
    }
