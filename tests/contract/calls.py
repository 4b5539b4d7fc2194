"""Literal hook calls: a referral for chronic low back pain, and the record behind it.

The record holds 13 weekly contacts with a physiotherapist (84 days) and 7 with a POH-GGZ in
2025: the referral of 15 June 2026 is met by option 1. All data is synthetic.
"""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]

TODAY = "2026-06-15"
PATIENT = "pat-1"
EHR = "https://ehr.example.nl/fhir"
TOKEN = "token-that-nobody-may-see"

UZI = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
ORGANIZATION_TYPE = "http://nictiz.nl/fhir/NamingSystem/organization-type"
SNOMED = "http://snomed.info/sct"


def order(identifier: str = "draft-1", **elements: object) -> Json:
    """An order for rehabilitation medicine because of chronic low back pain."""
    return {
        "resourceType": "ServiceRequest",
        "id": identifier,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "code": {
            "coding": [{"system": SNOMED, "code": "306289000"}],
            "text": "Interdisciplinaire medisch specialistische revalidatie (iMSR)",
        },
        "reasonCode": [{"coding": [{"system": SNOMED, "code": "278860009"}]}],
        "authoredOn": TODAY,
        **elements,
    }


def other_order(identifier: str = "draft-2") -> Json:
    """An order that is no referral to rehabilitation medicine."""
    return order(identifier, code={"text": "Verwijzing naar de oogarts"}, reasonCode=[])


def patient() -> Json:
    """An adult."""
    return {"resourceType": "Patient", "id": PATIENT, "birthDate": "1980-05-17"}


def encounter(identifier: str, day: str, role: str, **elements: object) -> Json:
    """A finished contact on one day with one role."""
    return {
        "resourceType": "Encounter",
        "id": identifier,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "period": {"start": f"{day}T10:00:00+02:00", "end": f"{day}T10:30:00+02:00"},
        "participant": [{"individual": {"reference": f"PractitionerRole/{role}"}}],
        **elements,
    }


def weekly(first_day: str, number: int, role: str) -> list[Json]:
    """So many contacts, a week apart."""
    start = date.fromisoformat(first_day)
    return [
        encounter(f"{role}-{week}", (start + timedelta(weeks=week)).isoformat(), role)
        for week in range(number)
    ]


def roles() -> list[Json]:
    """The roles and the organisations behind the contacts."""
    return [
        _organization("fysio-praktijk", "F1"),
        _organization("huisarts-praktijk", "Z3"),
        _role("fysio", {"coding": [{"system": UZI, "code": "04.000"}]}, "fysio-praktijk"),
        _role("poh-ggz", {"text": "POH-GGZ"}, "huisarts-praktijk"),
    ]


def encounters() -> list[Json]:
    """The contacts of the record."""
    return [*weekly("2025-09-01", 13, "fysio"), *weekly("2025-06-02", 7, "poh-ggz")]


def record() -> list[Json]:
    """Everything that a FHIR server holds of this patient."""
    return [patient(), *encounters(), *roles()]


def searchset(matches: list[Json], included: list[Json] | None = None, **members: object) -> Json:
    """A Bundle that a search brought."""
    entries = [
        *({"resource": each, "search": {"mode": "match"}} for each in matches),
        *({"resource": each, "search": {"mode": "include"}} for each in included or []),
    ]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **members}


def prefetch() -> Json:
    """The whole record as prefetch."""
    return {
        "patient": patient(),
        "encounters": searchset(encounters(), roles()),
        "procedures": searchset([]),
    }


def order_sign(*orders: Json, **members: object) -> Json:
    """A call at order-sign with the whole record; a member set to None is left out."""
    body: Json = {
        "hook": "order-sign",
        "hookInstance": "9f8c2f8c-6a53-4c3f-9a5e-1f7b2a0c9d11",
        "context": {
            "userId": "Practitioner/verwijzer",
            "patientId": PATIENT,
            "draftOrders": {
                "resourceType": "Bundle",
                "entry": [{"resource": each} for each in orders or (order(),)],
            },
        },
        "prefetch": prefetch(),
        **members,
    }
    return {name: value for name, value in body.items() if value is not None}


def order_select(*orders: Json, selections: object = None, **members: object) -> Json:
    """A call at order-select; without `selections` the first draft is selected."""
    body = order_sign(*orders, **members)
    body["hook"] = "order-select"
    chosen = ["ServiceRequest/draft-1"] if selections is None else selections
    body["context"]["selections"] = chosen
    return body


def access(server: str = EHR, **members: object) -> Json:
    """`fhirServer` and a token that opens everything."""
    authorization = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "user/*.read",
        "subject": "imsr-cds",
        **members,
    }
    kept = {name: value for name, value in authorization.items() if value is not None}
    return {"fhirServer": server, "fhirAuthorization": kept}


def with_context(body: Json, **members: object) -> Json:
    """The call with other members of its context; one set to None is left out."""
    changed = deepcopy(body)
    context = {**changed["context"], **members}
    changed["context"] = {name: value for name, value in context.items() if value is not None}
    return changed


def without(body: Json, *names: str) -> Json:
    """The call without some of its members."""
    return {name: value for name, value in body.items() if name not in names}


def _role(identifier: str, specialty: Json, organization: str) -> Json:
    return {
        "resourceType": "PractitionerRole",
        "id": identifier,
        "active": True,
        "practitioner": {"reference": f"Practitioner/{identifier}-person"},
        "organization": {"reference": f"Organization/{organization}"},
        "specialty": [specialty],
    }


def _organization(identifier: str, code: str) -> Json:
    return {
        "resourceType": "Organization",
        "id": identifier,
        "type": [{"coding": [{"system": ORGANIZATION_TYPE, "code": code}]}],
    }
