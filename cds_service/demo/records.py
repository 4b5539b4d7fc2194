"""The demo patients as FHIR R4 resources, their orders, and calls of the service about them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from cds_service.demo.care_providers import (
    CareGiver,
    Practice,
    location_of,
    participant,
    practice_of,
    shared_resources,
)
from cds_service.demo.fhir_json import Json, coding, concept, identifier, reference
from cds_service.demo.patients import REFERRAL_DATE, Course, DemoPatient, Visits
from cds_service.demo.statements import response
from cds_service.demo.stories import DEMO_PATIENTS

_PROFILES: Final = "http://nictiz.nl/fhir/StructureDefinition/"
_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_SNOMED: Final = "http://snomed.info/sct"
_CONTACT_KINDS: Final = "https://referentiemodel.nhg.org/tabellen/nhg-tabel-14-contactwijze"
_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_HALF_AN_HOUR: Final = timedelta(minutes=30)


def demo_resources() -> tuple[Json, ...]:
    """Everything that the demo puts on a FHIR server, each after what it refers to."""
    shared = shared_resources()
    return (*shared, *(item for each in DEMO_PATIENTS for item in patient_resources(each)))


def patient_resources(patient: DemoPatient) -> tuple[Json, ...]:
    """The Patient, its contacts, and what was stated about it."""
    return (
        _patient(patient),
        *encounters(patient),
        *procedures(patient),
        *statements(patient),
    )


def encounters(patient: DemoPatient) -> tuple[Json, ...]:
    """One Encounter per visit, numbered in the order of the story."""
    contacts = [(each, day) for each in patient.visits for day in each.days]
    return tuple(
        _encounter(f"{patient.id}-contact-{number}", patient, visits, day)
        for number, (visits, day) in enumerate(contacts, start=1)
    )


def procedures(patient: DemoPatient) -> tuple[Json, ...]:
    """One Procedure per course."""
    return tuple(
        _procedure(f"{patient.id}-traject-{number}", patient, course)
        for number, course in enumerate(patient.courses, start=1)
    )


def statements(patient: DemoPatient) -> tuple[Json, ...]:
    """One QuestionnaireResponse per stated course."""
    return tuple(
        response(f"{patient.id}-opgave-{number}", patient, stated)
        for number, stated in enumerate(patient.statements, start=1)
    )


def draft_order(patient: DemoPatient) -> Json:
    """The referral that is about to be signed. It is in the call, never on the server."""
    order: Json = {
        "resourceType": "ServiceRequest",
        "id": f"{patient.id}-verwijzing",
        "status": "draft",
        "intent": "order",
        "code": concept(text=patient.asks),
        "subject": reference("Patient", patient.id, patient.name),
        "authoredOn": REFERRAL_DATE.isoformat(),
        "requester": participant(CareGiver.GP),
        "performer": [
            reference("Organization", Practice.REHABILITATION.value, "Revalidatiecentrum Duinrand"),
        ],
    }
    if patient.reason:
        order["reasonCode"] = [concept(text=patient.reason)]
    return order


def order_sign_call(patient: DemoPatient, *, fhir_server: str) -> Json:
    """What a GP system sends when the referral is signed: the record is on its FHIR server."""
    return {**_call(patient), "fhirServer": fhir_server}


def order_sign_call_with_record(patient: DemoPatient) -> Json:
    """The same with the record in the call, for where there is no FHIR server."""
    shared = shared_resources()
    prefetch = {
        "patient": _patient(patient),
        "encounters": _searchset(encounters(patient), shared),
        "procedures": _searchset(procedures(patient), shared),
        "statements": _searchset(statements(patient), ()),
    }
    return {**_call(patient), "prefetch": prefetch}


def _call(patient: DemoPatient) -> Json:
    drafts = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": draft_order(patient)}],
    }
    return {
        "hook": "order-sign",
        "hookInstance": str(uuid5(NAMESPACE_URL, f"https://imsr-cds.nl/demo/{patient.key}")),
        "context": {
            "userId": participant(CareGiver.GP)["reference"],
            "patientId": patient.id,
            "draftOrders": drafts,
        },
    }


def _searchset(matches: Iterable[Json], included: Iterable[Json]) -> Json:
    """Without includes where nothing matched, as a server answers."""
    found = [_entry(each, "match") for each in matches]
    others = [_entry(each, "include") for each in included] if found else []
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    return {**bundle, "entry": [*found, *others]} if found else bundle


def _entry(resource: Json, mode: str) -> Json:
    return {"resource": resource, "search": {"mode": mode}}


def _patient(patient: DemoPatient) -> Json:
    name = {
        "use": "official",
        "text": patient.name,
        "family": patient.family,
        "given": [patient.given],
    }
    return {
        "resourceType": "Patient",
        "id": patient.id,
        "meta": _profile("nl-core-Patient"),
        "identifier": [identifier("patienten", patient.key)],
        "active": True,
        "name": [name],
        "gender": patient.gender,
        "birthDate": patient.born,
    }


def _encounter(encounter_id: str, patient: DemoPatient, visits: Visits, day: date) -> Json:
    encounter = {
        "resourceType": "Encounter",
        "id": encounter_id,
        "meta": _profile("nl-core-Encounter"),
        "status": visits.status,
        "class": coding(_ACT_CODE, "AMB", "Ambulant"),
        "subject": reference("Patient", patient.id, patient.name),
        "participant": [{"individual": participant(visits.giver)}],
        "period": _midnight(day) if visits.is_midnight_in_utc else _half_an_hour(day),
        "location": [{"location": location_of(visits.place or practice_of(visits.giver))}],
    }
    if visits.kind:
        encounter["type"] = [concept(coding(_CONTACT_KINDS, visits.kind, "Notitie"))]
    return encounter


def _half_an_hour(day: date) -> Json:
    begins = datetime.combine(day, time(10, 0), _AMSTERDAM)
    return {"start": begins.isoformat(), "end": (begins + _HALF_AN_HOUR).isoformat()}


def _midnight(day: date) -> Json:
    """The first instant of a Dutch day, as a system writes it that knows UTC only."""
    begins = datetime.combine(day, time(0, 0), _AMSTERDAM).astimezone(UTC)
    return {"start": f"{begins:%Y-%m-%dT%H:%M:%SZ}"}


def _procedure(procedure_id: str, patient: DemoPatient, course: Course) -> Json:
    return {
        "resourceType": "Procedure",
        "id": procedure_id,
        "meta": _profile("nl-core-Procedure-event"),
        "status": "completed",
        "code": concept(coding(_SNOMED, "91251008", "Fysiotherapie")),
        "subject": reference("Patient", patient.id, patient.name),
        "performedPeriod": {"start": course.first.isoformat(), "end": course.last.isoformat()},
        "performer": [{"actor": participant(course.giver)}],
        "location": location_of(practice_of(course.giver)),
    }


def _profile(name: str) -> Json:
    return {"profile": [f"{_PROFILES}{name}"]}
