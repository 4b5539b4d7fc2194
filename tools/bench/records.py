"""Hook calls with records of a given size, for measurements."""

from datetime import date, timedelta
from typing import Any, Final

Json = dict[str, Any]

PATIENT: Final = "bench-1"
REFERRAL_DAY: Final = date(2026, 6, 15)
_FIRST_DAY: Final = date(2024, 6, 20)
_DAYS: Final = 700
_ROLES: Final = (  # AGB code of the role, code of its organisation
    ("0400", "0400"),
    ("0400", "0600"),
    ("0700", "0700"),
    ("8800", "8800"),
    ("9401", "9401"),
    ("0100", "0100"),
    ("9100", "0100"),
    ("0409", "0400"),
)
_AGB: Final = "urn:oid:2.16.840.1.113883.2.4.6.7"


def call(contacts: int, *, is_ours: bool = True) -> Json:
    """An order-sign call with a full prefetch: three Encounters to each Procedure."""
    directory = _directory()
    encounters = [_encounter(number) for number in range(contacts) if number % 4 < 3]
    procedures = [_procedure(number) for number in range(contacts) if number % 4 == 3]
    return {
        "hook": "order-sign",
        "hookInstance": "6a1f5d6e-6d5c-4f0a-9a43-2f0f3cf5f2aa",
        "context": {
            "userId": "Practitioner/gp",
            "patientId": PATIENT,
            "draftOrders": {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": _order(is_ours=is_ours)}],
            },
        },
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": PATIENT, "birthDate": "1980-05-17"},
            "encounters": _searchset(encounters, directory),
            "procedures": _searchset(procedures, []),
            "conditions": _searchset([], []),
        },
    }


def resources(contacts: int) -> list[Json]:
    """The same record as resources for a FHIR server."""
    patient = {"resourceType": "Patient", "id": PATIENT, "birthDate": "1980-05-17"}
    entries = [
        _encounter(number) if number % 4 < 3 else _procedure(number) for number in range(contacts)
    ]
    return [patient, *_directory(), *entries]


def _order(*, is_ours: bool) -> Json:
    text = "Interdisciplinaire medisch specialistische revalidatie (iMSR)"
    return {
        "resourceType": "ServiceRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "authoredOn": REFERRAL_DAY.isoformat(),
        "code": {"text": text if is_ours else "Verwijzing orthopedie"},
        "reasonCode": [{"text": "aanhoudende rugpijn"}],
    }


def _directory() -> list[Json]:
    directory: list[Json] = []
    for number, (role, organisation) in enumerate(_ROLES):
        directory += [
            {
                "resourceType": "Organization",
                "id": f"bench-org-{number}",
                "name": f"Praktijk {number}",
                "type": [{"coding": [{"system": _AGB, "code": organisation}]}],
            },
            {
                "resourceType": "Practitioner",
                "id": f"bench-person-{number}",
                "name": [{"family": f"Behandelaar {number}"}],
            },
            {
                "resourceType": "PractitionerRole",
                "id": f"bench-role-{number}",
                "practitioner": {"reference": f"Practitioner/bench-person-{number}"},
                "organization": {"reference": f"Organization/bench-org-{number}"},
                "specialty": [{"coding": [{"system": _AGB, "code": role}]}],
            },
        ]
    return directory


def _day(number: int) -> str:
    return (_FIRST_DAY + timedelta(days=number * 7 % _DAYS)).isoformat()


def _encounter(number: int) -> Json:
    who, day = number % len(_ROLES), _day(number)
    return {
        "resourceType": "Encounter",
        "id": f"bench-encounter-{number}",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "participant": [{"individual": {"reference": f"PractitionerRole/bench-role-{who}"}}],
        "period": {"start": f"{day}T10:00:00+02:00", "end": f"{day}T10:30:00+02:00"},
        "serviceProvider": {"reference": f"Organization/bench-org-{who}"},
    }


def _procedure(number: int) -> Json:
    who = number % len(_ROLES)
    return {
        "resourceType": "Procedure",
        "id": f"bench-procedure-{number}",
        "status": "completed",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91251008"}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "performer": [{"actor": {"reference": f"PractitionerRole/bench-role-{who}"}}],
        "performedDateTime": _day(number),
    }


def _searchset(matches: list[Json], included: list[Json]) -> Json:
    entries = [{"resource": each, "search": {"mode": "match"}} for each in matches]
    entries += [{"resource": each, "search": {"mode": "include"}} for each in included]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}
