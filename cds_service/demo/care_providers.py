"""The practices and practitioners that the demo patients share. All of them are invented.

Shape: nl-core for FHIR R4, so the place of a contact is Encounter.location, and behind it the
organisation of that Location. Every id starts with `imsr-demo-`, so that loading them cannot
touch other data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cds_service.demo.fhir_json import Json, coding, concept, identifier, reference

_PROFILES: Final = "http://nictiz.nl/fhir/StructureDefinition/"
_UZI: Final = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
_COD016: Final = "urn:oid:2.16.840.1.113883.2.4.6.7"
_ORGANIZATION_TYPE: Final = "http://nictiz.nl/fhir/NamingSystem/organization-type"


class Practice(StrEnum):
    """Where care is given; the value is the id of the Organization."""

    GENERAL_PRACTICE = "imsr-demo-huisartsenpraktijk"
    PHYSIOTHERAPY = "imsr-demo-fysiotherapie"
    PSYCHOSOMATIC = "imsr-demo-psychosomatiek"
    PSYCHOLOGY = "imsr-demo-psychologie"
    HOSPITAL = "imsr-demo-ziekenhuis"
    REHABILITATION = "imsr-demo-revalidatiecentrum"


@dataclass(frozen=True, slots=True)
class _PracticeData:
    name: str
    city: str
    types: tuple[Json, ...]


_PRACTICES: Final[Mapping[Practice, _PracticeData]] = {
    Practice.GENERAL_PRACTICE: _PracticeData(
        "Huisartsenpraktijk De Meent",
        "Zwolle",
        (
            concept(coding(_ORGANIZATION_TYPE, "Z3", "Huisartspraktijk")),
            concept(coding(_COD016, "0100", "Huisartsenpraktijk")),
        ),
    ),
    Practice.PHYSIOTHERAPY: _PracticeData(
        "Fysiotherapie Het Kompas",
        "Zwolle",
        (concept(coding(_COD016, "0400", "Fysiotherapie")),),
    ),
    Practice.PSYCHOSOMATIC: _PracticeData(
        "Praktijk voor psychosomatische therapie De Golf",
        "Kampen",
        (concept(coding(_COD016, "0409", "Psychosomatische fysiotherapie")),),
    ),
    Practice.PSYCHOLOGY: _PracticeData(
        "Psychologenpraktijk Zuiderlicht",
        "Zwolle",
        (concept(coding(_ORGANIZATION_TYPE, "G7", "Praktijk voor psychologie")),),
    ),
    Practice.HOSPITAL: _PracticeData(
        "Ziekenhuis Rivierenoord",
        "Deventer",
        (concept(coding(_ORGANIZATION_TYPE, "V4", "Ziekenhuis")),),
    ),
    Practice.REHABILITATION: _PracticeData(
        "Revalidatiecentrum Duinrand",
        "Apeldoorn",
        (concept(coding(_ORGANIZATION_TYPE, "R8", "Revalidatiecentrum")),),
    ),
}


class CareGiver(StrEnum):
    """Who gives care; the value is the id of the Practitioner, and with `-rol` of the role."""

    GP = "imsr-demo-huisarts"
    POH_GGZ = "imsr-demo-poh-ggz"
    PHYSIOTHERAPIST = "imsr-demo-fysiotherapeut"
    HOSPITAL_PHYSIOTHERAPIST = "imsr-demo-fysiotherapeut-ziekenhuis"
    PSYCHOSOMATIC_THERAPIST = "imsr-demo-psychosomatisch-therapeut"
    PSYCHOLOGIST = "imsr-demo-psycholoog"
    WITHOUT_ROLE = "imsr-demo-medewerker"  # a name only, as many GP systems export a POH-GGZ


@dataclass(frozen=True, slots=True)
class _PersonData:
    initials: str
    family: str
    practice: Practice
    role: Json | None  # elements of the PractitionerRole that tell the profession


_PEOPLE: Final[Mapping[CareGiver, _PersonData]] = {
    CareGiver.GP: _PersonData(
        "M.",
        "Terpstra",
        Practice.GENERAL_PRACTICE,
        {"specialty": [concept(coding(_UZI, "01.015", "Huisarts"))]},
    ),
    CareGiver.POH_GGZ: _PersonData(
        "L.",
        "Vermeulen",
        Practice.GENERAL_PRACTICE,
        {"code": [concept(text="POH-GGZ")]},  # there is no code for this function
    ),
    CareGiver.PHYSIOTHERAPIST: _PersonData(
        "S.",
        "Hoekstra",
        Practice.PHYSIOTHERAPY,
        {"specialty": [concept(coding(_UZI, "04.000", "Fysiotherapeut"))]},
    ),
    CareGiver.HOSPITAL_PHYSIOTHERAPIST: _PersonData(
        "D.",
        "Oosterhuis",
        Practice.HOSPITAL,
        {"specialty": [concept(coding(_UZI, "04.000", "Fysiotherapeut"))]},
    ),
    CareGiver.PSYCHOSOMATIC_THERAPIST: _PersonData(
        "N.",
        "Rietveld",
        Practice.PSYCHOSOMATIC,
        {"specialty": [concept(coding(_COD016, "0409", "Psychosomatisch fysiotherapeut"))]},
    ),
    CareGiver.PSYCHOLOGIST: _PersonData(
        "E.",
        "Abdoelkarim",
        Practice.PSYCHOLOGY,
        {"specialty": [concept(coding(_UZI, "25.000", "Gz-psycholoog"))]},
    ),
    CareGiver.WITHOUT_ROLE: _PersonData("R.", "Zijlstra", Practice.GENERAL_PRACTICE, None),
}


def practice_of(giver: CareGiver) -> Practice:
    """Where this care giver works."""
    return _PEOPLE[giver].practice


def participant(giver: CareGiver) -> Json:
    """How a contact names this care giver: by the role, else by the person."""
    person = _PEOPLE[giver]
    display = f"{person.initials} {person.family}"
    if person.role is None:
        return reference("Practitioner", giver.value, display)
    return reference("PractitionerRole", f"{giver.value}-rol", display)


def location_of(practice: Practice) -> Json:
    """How a contact names its place."""
    return reference("Location", f"{practice.value}-locatie", _PRACTICES[practice].name)


def shared_resources() -> tuple[Json, ...]:
    """Every practice and practitioner, each after what it refers to."""
    organizations = tuple(_organization(each) for each in Practice)
    locations = tuple(_location(each) for each in Practice)
    practitioners = tuple(_practitioner(each) for each in CareGiver)
    roles = tuple(_role(each) for each in CareGiver if _PEOPLE[each].role is not None)
    return (*organizations, *locations, *practitioners, *roles)


def _organization(practice: Practice) -> Json:
    data = _PRACTICES[practice]
    return {
        "resourceType": "Organization",
        "id": practice.value,
        "meta": _profile("nl-core-HealthcareProvider-Organization"),
        "identifier": [identifier("organisaties", practice.value)],
        "active": True,
        "type": list(data.types),
        "name": data.name,
        "address": [{"use": "work", "city": data.city, "country": "Nederland"}],
    }


def _location(practice: Practice) -> Json:
    return {
        "resourceType": "Location",
        "id": f"{practice.value}-locatie",
        "meta": _profile("nl-core-HealthcareProvider"),
        "name": _PRACTICES[practice].name,
        "managingOrganization": reference("Organization", practice.value),
    }


def _practitioner(giver: CareGiver) -> Json:
    person = _PEOPLE[giver]
    name = {
        "use": "official",
        "text": f"{person.initials} {person.family}",
        "family": person.family,
        "given": [person.initials],
    }
    return {
        "resourceType": "Practitioner",
        "id": giver.value,
        "meta": _profile("nl-core-HealthProfessional-Practitioner"),
        "identifier": [identifier("zorgverleners", giver.value)],
        "active": True,
        "name": [name],
    }


def _role(giver: CareGiver) -> Json:
    person = _PEOPLE[giver]
    return {
        "resourceType": "PractitionerRole",
        "id": f"{giver.value}-rol",
        "meta": _profile("nl-core-HealthProfessional-PractitionerRole"),
        "active": True,
        "practitioner": reference("Practitioner", giver.value),
        "organization": reference("Organization", person.practice.value),
        **(person.role or {}),
    }


def _profile(name: str) -> Json:
    return {"profile": [f"{_PROFILES}{name}"]}
