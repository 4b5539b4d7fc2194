"""The shapes of Dutch records on a real HAPI: nl-core places, roles in an extension, contained."""

import pytest

from tests.integration.records import (
    PHYSIOTHERAPIST,
    POH_GGZ,
    CareGiver,
    Json,
    Record,
    encounter,
    load,
    organization,
    record,
    referral,
)
from tests.integration.service import Service, sessions, verdict

pytestmark = pytest.mark.hapi

ROLE_EXTENSION = "http://nictiz.nl/fhir/StructureDefinition/practitionerrole-reference"
DAYS = ("2025-09-01", "2025-09-18", "2025-10-05", "2025-10-22", "2025-11-08", "2025-11-25")


def six_sessions(stem: str, participant: Json, *others: Json, **elements: object) -> Record:
    """Six contacts with a physiotherapist that all look the same, beside six with a POH-GGZ."""
    with_poh = record(stem, physiotherapy=0)
    visits = tuple(
        {
            **encounter(f"{stem}-{number}", stem, day, "#", **elements),
            "participant": [{"individual": participant}],
        }
        for number, day in enumerate(DAYS)
    )
    return Record(stem, (*with_poh.encounters, *visits), (*with_poh.others, *others))


def said_of(hapi: str, made: Record) -> Json:
    """The assessment of a record on the server, which is the same at the second call."""
    load(hapi, made.resources)
    with Service() as service:
        first = service.assessment(referral(made.id, fhirServer=hapi))
        assert service.assessment(referral(made.id, fhirServer=hapi)) == first
    return first


@pytest.mark.parametrize(
    ("organization_type", "expected", "certain"),
    [("F1", ("met", []), 6), ("V4", ("indeterminate", ["nothing_found"]), 0)],
    ids=["practice", "hospital"],
)
def test_the_place_is_the_managing_organization_of_the_location(
    hapi: str,
    fresh_id: str,
    organization_type: str,
    expected: tuple[str, list[str]],
    certain: int,
) -> None:
    """The role works for a practice; where the contact was is said by its location."""
    location = {
        "resourceType": "Location",
        "id": f"{fresh_id}-room",
        "managingOrganization": {"reference": f"Organization/{fresh_id}-place"},
    }
    made = six_sessions(
        fresh_id,
        {"reference": f"PractitionerRole/{fresh_id}-fysio"},
        organization(f"{fresh_id}-place", organization_type),
        location,
        location=[{"location": {"reference": f"Location/{fresh_id}-room"}}],
    )
    said = said_of(hapi, made)
    assert verdict(said) == expected
    assert sessions(said)["allied-health-therapy"]["certain"] == certain


def test_the_role_extension_of_stu3(hapi: str, fresh_id: str) -> None:
    role = {"reference": f"PractitionerRole/{fresh_id}-fysio"}
    participant = {
        "reference": f"Practitioner/{fresh_id}-fysio",
        "extension": [{"url": ROLE_EXTENSION, "valueReference": role}],
    }
    said = said_of(hapi, six_sessions(fresh_id, participant))
    assert verdict(said) == ("met", [])
    assert sessions(said)["allied-health-therapy"]["certain"] == 6


def test_the_role_extension_tells_which_of_two_roles_it_was(hapi: str, fresh_id: str) -> None:
    """The same person is a physiotherapist and a POH-GGZ, at two practices."""
    poh = CareGiver(f"{fresh_id}-other", POH_GGZ, "Z3").resources
    person = {"reference": f"Practitioner/{fresh_id}-fysio"}
    second_role = {**poh[2], "practitioner": person}
    participant = {
        **person,
        "extension": [
            {
                "url": ROLE_EXTENSION,
                "valueReference": {"reference": f"PractitionerRole/{fresh_id}-fysio"},
            }
        ],
    }
    with_extension = six_sessions(fresh_id, participant, *poh[:2], second_role)
    said = said_of(hapi, with_extension)
    assert verdict(said) == ("met", [])
    without = six_sessions(fresh_id, person, *poh[:2], second_role)
    said = said_of(hapi, without)
    assert sessions(said)["allied-health-therapy"]["certain"] == 0
    assert sessions(said)["allied-health-therapy"]["possible"] == 6


def test_a_contained_role_with_the_practice_on_the_server(hapi: str, fresh_id: str) -> None:
    contained = {
        "resourceType": "PractitionerRole",
        "id": "rol",
        "practitioner": {"reference": f"Practitioner/{fresh_id}-fysio"},
        "organization": {"reference": f"Organization/{fresh_id}-fysio"},
        "specialty": [PHYSIOTHERAPIST],
    }
    said = said_of(hapi, six_sessions(fresh_id, {"reference": "#rol"}, contained=[contained]))
    assert verdict(said) == ("met", [])
    assert sessions(said)["allied-health-therapy"] == {"certain": 6, "possible": 6, "required": 6}
