from typing import Any

import pytest

from cds_service.domain.contacts import Subject
from fhir_mappings.reading.record import (
    PatientRecord,
    ResolvedReference,
    find,
    missing_references,
    names_only_others,
    practitioners_of_contacts,
    subject_of,
)
from fhir_mappings.reading.references import ReferenceReader

BASE = "https://ehr.example.nl/fhir"
READER = ReferenceReader(BASE)
EXTENSION = "http://nictiz.nl/fhir/StructureDefinition/practitionerrole-reference"


def ref(target: str) -> dict[str, str]:
    return {"reference": target}


def encounter(*actors: dict[str, Any], **members: object) -> dict[str, Any]:
    participants = [{"individual": actor} for actor in actors]
    return {"resourceType": "Encounter", "id": "e1", "participant": participants, **members}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(ref("Patient/p1"), Subject.THIS_PATIENT, id="relative"),
        pytest.param(ref(f"{BASE}/Patient/p1"), Subject.THIS_PATIENT, id="absolute"),
        pytest.param(ref("Patient/p1/_history/3"), Subject.THIS_PATIENT, id="versioned"),
        pytest.param(ref("Patient/p2"), Subject.OTHER_PATIENT, id="another"),
        pytest.param(ref(f"{BASE}/Patient/p2"), Subject.OTHER_PATIENT, id="another, absolute"),
        pytest.param(ref("https://x.example/fhir/Patient/p1"), Subject.UNCLEAR, id="other base"),
        pytest.param(ref("Group/p1"), Subject.UNCLEAR, id="a group"),
        pytest.param(ref("#p1"), Subject.UNCLEAR, id="contained"),
        pytest.param(ref("p1"), Subject.UNCLEAR, id="a bare id"),
        pytest.param({"identifier": {"value": "p1"}}, Subject.UNCLEAR, id="an identifier"),
        pytest.param({"display": "J. Jansen"}, Subject.UNCLEAR, id="a display"),
        pytest.param(None, Subject.UNCLEAR, id="absent"),
        pytest.param("Patient/p1", Subject.UNCLEAR, id="a string"),
    ],
)
def test_a_contact_is_this_patients_anothers_or_unclear(subject: object, expected: Subject) -> None:
    assert subject_of({"subject": subject}, "p1", READER) is expected


def test_a_patient_of_another_server_is_unclear_whatever_its_id() -> None:
    """Such an entry has its full URL for an id (policy 2.4, rule 9)."""
    other = "https://x.example/fhir/Patient/p1"
    reader = ReferenceReader(BASE, {other: f"Patient/{other}"})
    assert subject_of({"subject": ref(other)}, "p1", reader) is Subject.UNCLEAR


def test_a_thing_that_is_no_resource_has_no_subject() -> None:
    assert subject_of("e1", "p1", READER) is Subject.UNCLEAR


def test_only_others_means_at_least_one_and_no_doubt() -> None:
    other, ours = {"subject": ref("Patient/p2")}, {"subject": ref("Patient/p1")}
    assert names_only_others([other, other], "p1", READER)
    assert not names_only_others([other, ours], "p1", READER)
    assert not names_only_others([other, {}], "p1", READER)
    assert not names_only_others([], "p1", READER)


def test_everything_that_tells_who_and_where_is_missing_until_it_is_held() -> None:
    actor = {
        **ref("Practitioner/a"),
        "extension": [{"url": EXTENSION, "valueReference": ref("PractitionerRole/b")}],
    }
    record = PatientRecord(
        "p1",
        BASE,
        encounters=(
            encounter(
                actor,
                ref(f"{BASE}/PractitionerRole/c"),
                location=[{"location": ref("Location/d")}],
                serviceProvider=ref("Organization/e"),
                subject=ref("Patient/p1"),
                reasonReference=[ref("Condition/x")],
            ),
            "unreadable",
            encounter(
                ref("RelatedPerson/x"), ref("Patient/p1"), ref("https://x.example/Patient/1")
            ),
        ),
        procedures=(
            {
                "resourceType": "Procedure",
                "performer": [
                    {"actor": ref("Practitioner/f"), "onBehalfOf": ref("Organization/g")},
                    {"actor": ref("Organization/h")},
                ],
                "location": ref("Location/i"),
                "encounter": ref("Encounter/x"),
            },
            {"resourceType": "Procedure", "performer": "Practitioner/x"},
        ),
    )
    assert missing_references(record) == frozenset(
        {
            "Practitioner/a",
            "PractitionerRole/b",
            "PractitionerRole/c",
            "Location/d",
            "Organization/e",
            "Practitioner/f",
            "Organization/g",
            "Organization/h",
            "Location/i",
        }
    )


def test_hops_out_of_what_is_held_are_followed() -> None:
    held: dict[str, dict[str, Any]] = {
        "PractitionerRole/a": {
            "resourceType": "PractitionerRole",
            "practitioner": ref("Practitioner/b"),
            "organization": ref("Organization/c"),
        },
        "Location/d": {"resourceType": "Location", "managingOrganization": ref("Organization/e")},
        "Organization/f": {"resourceType": "Organization", "partOf": ref("Organization/g")},
        "Organization/h": {
            "resourceType": "Organization",
            "type": [{"text": "Huisartspraktijk"}],
            "partOf": ref("Organization/x"),
        },
    }
    record = PatientRecord("p1", BASE, referenced=held)
    assert missing_references(record) == frozenset(
        {"Practitioner/b", "Organization/c", "Organization/e", "Organization/g", "Organization/x"}
    )


def test_what_is_held_lost_or_absent_is_not_missing() -> None:
    record = PatientRecord(
        "p1",
        BASE,
        encounters=(
            encounter(ref("Practitioner/a"), ref("Practitioner/b"), ref("Practitioner/c")),
        ),
        referenced={"Practitioner/a": {"resourceType": "Practitioner"}},
        lost=frozenset({"Practitioner/b"}),
        absent=frozenset({"Practitioner/c"}),
    )
    assert missing_references(record) == frozenset()


def test_a_contained_role_refers_too() -> None:
    role = {"resourceType": "PractitionerRole", "id": "r", "organization": ref("Organization/a")}
    record = PatientRecord("p1", BASE, encounters=(encounter(ref("#r"), contained=[role, 7]),))
    assert missing_references(record) == frozenset({"Organization/a"})


def test_roles_are_searched_for_people_and_for_roles_that_may_not_hold() -> None:
    def role(person: str, **members: object) -> dict[str, Any]:
        practitioner = ref(f"Practitioner/{person}")
        return {"resourceType": "PractitionerRole", "practitioner": practitioner, **members}

    says = [{"text": "Fysiotherapeut"}]
    record = PatientRecord(
        "p1",
        BASE,
        encounters=(
            encounter(
                ref("Practitioner/a"),
                ref("PractitionerRole/valid"),
                ref("PractitionerRole/dated"),
                ref("PractitionerRole/inactive"),
                ref("PractitionerRole/mute"),
                ref("PractitionerRole/missing"),
                ref("PractitionerRole/odd"),
            ),
        ),
        referenced={
            "PractitionerRole/valid": role("x", specialty=says),
            "PractitionerRole/dated": role("b", specialty=says, period={"start": "2025"}),
            "PractitionerRole/inactive": role("c", specialty=says, active=False),
            "PractitionerRole/mute": role("d"),
            "PractitionerRole/odd": {"resourceType": "PractitionerRole", "practitioner": "x"},
        },
    )
    assert practitioners_of_contacts(record) == frozenset(
        {"Practitioner/a", "Practitioner/b", "Practitioner/c", "Practitioner/d"}
    )


HELD: dict[str, Any] = {"resourceType": "Location", "id": "l"}
INNER: dict[str, Any] = {"resourceType": "Organization", "id": "o"}
CONTAINER: dict[str, Any] = {"resourceType": "Encounter", "id": "e1", "contained": ["x", INNER]}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param("Location/l", ResolvedReference(HELD, container=HELD), id="held"),
        pytest.param("#o", ResolvedReference(INNER, container=CONTAINER), id="contained"),
        pytest.param(
            "#x",
            ResolvedReference(is_lost=True, container=CONTAINER),
            id="contained, but it is not: lost",
        ),
        pytest.param("Location/lost", ResolvedReference(is_lost=True), id="lost"),
        pytest.param("Location/other", ResolvedReference(), id="it does not exist"),
        pytest.param(
            "https://x.example/fhir/Location/l", ResolvedReference(is_lost=True), id="elsewhere"
        ),
        pytest.param("", ResolvedReference(), id="no reference"),
    ],
)
def test_what_stands_behind_a_reference(target: str, expected: ResolvedReference) -> None:
    record = PatientRecord(
        "p1", BASE, referenced={"Location/l": HELD}, lost=frozenset({"Location/lost", "Location/l"})
    )
    assert find(record, READER.read(ref(target), "x"), CONTAINER) == expected
