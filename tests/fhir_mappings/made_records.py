"""Small literal records for the tests of the mapping."""

from datetime import date
from typing import Any, Final

from cds_service.domain.contacts import Contact
from cds_service.domain.lookback import DayRange, LookbackPeriod
from fhir_mappings.contacts.record_contacts import contacts
from fhir_mappings.reading.record import PatientRecord
from fhir_mappings.terminology.tables import load_terminology

Json = dict[str, Any]

BASE: Final = "https://ehr.example.nl/fhir"
LOOKBACK: Final = LookbackPeriod.before(date(2026, 6, 15), years=2)
COD016: Final = "urn:oid:2.16.840.1.113883.2.4.6.7"
UZI: Final = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
KIND: Final = "http://nictiz.nl/fhir/NamingSystem/organization-type"
SNOMED: Final = "http://snomed.info/sct"
ACT: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
NHG14: Final = "https://referentiemodel.nhg.org/tabellen/nhg-tabel-14-contactwijze"
ROLE_EXTENSION: Final = "http://nictiz.nl/fhir/StructureDefinition/practitionerrole-reference"


def day(text: str) -> DayRange:
    return DayRange.on(date.fromisoformat(text))


def days(first: str, last: str) -> DayRange:
    return DayRange(date.fromisoformat(first), date.fromisoformat(last))


def ref(target: str, display: str = "") -> Json:
    return {"reference": target, **({"display": display} if display else {})}


def coded(code: str, system: str = COD016) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def encounter(*actors: Json, **members: object) -> Json:
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"system": ACT, "code": "AMB"},
        "subject": ref("Patient/p1"),
        "participant": [{"individual": actor} for actor in actors],
        "period": {"start": "2025-03-24", "end": "2025-03-24"},
        **members,
    }


def procedure(*actors: Json, **members: object) -> Json:
    return {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "subject": ref("Patient/p1"),
        "performer": [{"actor": actor} for actor in actors],
        "performedDateTime": "2025-03-24",
        **members,
    }


def role(resource_id: str, *codes: str, person: str = "", **members: object) -> Json:
    return {
        "resourceType": "PractitionerRole",
        "id": resource_id,
        "specialty": [coded(code) for code in codes],
        **({"practitioner": ref(f"Practitioner/{person}")} if person else {}),
        **members,
    }


def practitioner(resource_id: str, **members: object) -> Json:
    name = [{"text": f"Therapeut {resource_id}"}]
    return {"resourceType": "Practitioner", "id": resource_id, "name": name, **members}


def organization(resource_id: str, *types: Json, **members: object) -> Json:
    return {
        "resourceType": "Organization",
        "id": resource_id,
        "name": f"Praktijk {resource_id}",
        "type": list(types),
        **members,
    }


def location(resource_id: str, manager: str = "", **members: object) -> Json:
    managed = {"managingOrganization": ref(f"Organization/{manager}")} if manager else {}
    return {"resourceType": "Location", "id": resource_id, **managed, **members}


def record(*resources: object, lost: tuple[str, ...] = (), **members: Any) -> PatientRecord:
    """A record that holds these resources; what is no Encounter or Procedure is referred to."""
    known = [each for each in resources if isinstance(each, dict)]
    return PatientRecord(
        "p1",
        BASE,
        encounters=tuple(r for r in resources if _type(r) in {"Encounter", ""}),
        procedures=tuple(r for r in known if _type(r) == "Procedure"),
        referenced={
            f"{_type(r)}/{r['id']}": r
            for r in known
            if _type(r) not in {"Encounter", "Procedure", ""}
        },
        lost=frozenset(lost),
        **members,
    )


def contacts_of(*resources: object, lost: tuple[str, ...] = (), **members: Any) -> list[Contact]:
    made = record(*resources, lost=lost, **members)
    return list(contacts(made, lookback=LOOKBACK, terms=load_terminology()))


def contact_of(*resources: object, lost: tuple[str, ...] = (), **members: Any) -> Contact:
    """The only contact of a record."""
    (contact,) = contacts_of(*resources, lost=lost, **members)
    return contact


def _type(resource: object) -> str:
    found = resource.get("resourceType", "") if isinstance(resource, dict) else ""
    return str(found)
