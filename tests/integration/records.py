"""Invented patients for a FHIR server, and the referral that asks about their treatment.

All are referred on 15 June 2026 for chronic low back pain. Six physiotherapy sessions seventeen
days apart (85 days; twelve weeks are 84) and as many contacts with the POH-GGZ meet option 1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Literal

import requests

from tests.builders.hook_calls import transaction

Json = dict[str, Any]
Names = Literal["practitioner", "role"]

TODAY: Final = "2026-06-15"
UZI: Final = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
ORGANIZATION_TYPE: Final = "http://nictiz.nl/fhir/NamingSystem/organization-type"
SNOMED: Final = "http://snomed.info/sct"
PHYSIOTHERAPIST: Final[Json] = {"coding": [{"system": UZI, "code": "04.000"}]}
POH_GGZ: Final[Json] = {"text": "POH-GGZ"}
STATEMENT_FORM: Final = "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
_PER_BUNDLE: Final = 250
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class CareGiver:
    """A practitioner with one role, in one practice; `id` is that of all three."""

    id: str
    specialty: Json
    organization_type: str = "F1"

    @property
    def resources(self) -> tuple[Json, ...]:
        """The organisation, the practitioner and the role."""
        return (
            organization(self.id, self.organization_type),
            {"resourceType": "Practitioner", "id": self.id, "name": [{"family": "Akkerman"}]},
            role(self.id, self.specialty, practitioner=self.id, organization=self.id),
        )


@dataclass(frozen=True, slots=True)
class Record:
    """What a FHIR server holds of one patient; the patient has the id of the record."""

    id: str
    encounters: tuple[Json, ...]
    others: tuple[Json, ...] = field(default=())

    @property
    def resources(self) -> tuple[Json, ...]:
        """Everything, each after what it refers to."""
        patient: Json = {"resourceType": "Patient", "id": self.id, "birthDate": "1980-05-17"}
        return (patient, *self.others, *self.encounters)


def record(
    record_id: str, *, named: Names = "practitioner", physiotherapy: int = 6, poh_ggz: int = 6
) -> Record:
    """So many sessions with a physiotherapist and with a POH-GGZ in 2025, seventeen days apart.

    Six of each meet option 1 and five do not. The contacts name the practitioner or the role.
    """
    fysio = CareGiver(f"{record_id}-fysio", PHYSIOTHERAPIST)
    poh = CareGiver(f"{record_id}-poh", POH_GGZ, "Z3")
    encounters = (
        *visits(record_id, fysio.id, "2025-09-01", physiotherapy, named=named),
        *visits(record_id, poh.id, "2025-01-06", poh_ggz, named=named),
    )
    return Record(record_id, encounters, (*fysio.resources, *poh.resources))


def visits(
    patient: str, care_giver: str, first: str, number: int, *, named: Names = "practitioner"
) -> tuple[Json, ...]:
    """So many contacts with a care giver, seventeen days apart."""
    kind = "PractitionerRole" if named == "role" else "Practitioner"
    start = date.fromisoformat(first)
    days = (start + timedelta(days=17 * each) for each in range(number))
    return tuple(
        encounter(f"{care_giver}-{turn}", patient, day.isoformat(), f"{kind}/{care_giver}")
        for turn, day in enumerate(days)
    )


def encounter(
    encounter_id: str, patient: str, day: str, participant: str, **elements: object
) -> Json:
    """A finished contact on one day."""
    return {
        "resourceType": "Encounter",
        "id": encounter_id,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "period": {"start": f"{day}T10:00:00+02:00", "end": f"{day}T10:30:00+02:00"},
        "participant": [{"individual": {"reference": participant}}],
        **elements,
    }


def role(role_id: str, specialty: Json, *, practitioner: str, organization: str) -> Json:
    """A role in force."""
    return {
        "resourceType": "PractitionerRole",
        "id": role_id,
        "active": True,
        "practitioner": {"reference": f"Practitioner/{practitioner}"},
        "organization": {"reference": f"Organization/{organization}"},
        "specialty": [specialty],
    }


def organization(organization_id: str, code: str) -> Json:
    """An organisation of a type of the Dutch code list."""
    return {
        "resourceType": "Organization",
        "id": organization_id,
        "name": "De Linde",
        "type": [{"coding": [{"system": ORGANIZATION_TYPE, "code": code}]}],
    }


def referral(
    patient: str, *, order: Json | None = None, hook: str = "order-sign", **members: object
) -> Json:
    """A hook call. `order` replaces elements of the referral; `members` are of the request, and
    left out where they are None.
    """
    draft: Json = {
        "resourceType": "ServiceRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"text": "Interdisciplinaire medisch specialistische revalidatie (iMSR)"},
        "reasonCode": [{"coding": [{"system": SNOMED, "code": "278860009"}]}],
        "authoredOn": TODAY,
        **(order or {}),
    }
    context: Json = {
        "userId": "Practitioner/verwijzer",
        "patientId": patient,
        "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": draft}]},
    }
    if hook == "order-select":
        context["selections"] = ["ServiceRequest/draft-1"]
    return {
        "hook": hook,
        "hookInstance": "9f8c2f8c-6a53-4c3f-9a5e-1f7b2a0c9d11",
        "context": context,
        **{name: value for name, value in members.items() if value is not None},
    }


def load(base_url: str, resources: Iterable[Json]) -> None:
    """Put resources on the server, in transactions."""
    waiting: Sequence[Json] = tuple(resources)
    with requests.Session() as session:
        for start in range(0, len(waiting), _PER_BUNDLE):
            _put(session, base_url, transaction(waiting[start : start + _PER_BUNDLE]))


def _put(session: requests.Session, base_url: str, bundle: Json) -> None:
    """A server of little patience cuts a transaction that takes long; the next try is faster."""
    headers = {"Prefer": "return=minimal"}
    for _ in range(_TRIES):
        try:
            answer = session.post(base_url, json=bundle, headers=headers, timeout=300)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            continue
        assert answer.status_code == 200, answer.text[:2000]
        return
    raise AssertionError("the server closes the connection of each transaction")
