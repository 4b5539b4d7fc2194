"""The kind and the name of the organisations where a contact was."""

import pytest

from cds_service.domain.contacts import CareSetting
from tests.fhir_mappings.made_records import (
    KIND,
    Json,
    coded,
    contact_of,
    contacts_of,
    encounter,
    location,
    organization,
    ref,
)

F1, V6, HEALTH_CENTRE = coded("F1", KIND), coded("V6", KIND), coded("ZG", KIND)


def part_of(child: str, parent: str) -> Json:
    return organization(child, partOf=ref(f"Organization/{parent}"))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("1", CareSetting.HOSPITAL, id="five levels up"),
        pytest.param("0", CareSetting.HOSPITAL, id="six levels up"),
    ],
)
def test_how_far_up_the_kind_of_an_organisation_is_looked_for(
    start: str, expected: CareSetting
) -> None:
    chain = [part_of(str(level), str(level + 1)) for level in range(6)]
    made = encounter(serviceProvider=ref(f"Organization/{start}"))
    assert contact_of(made, *chain, organization("6", V6)).setting is expected


@pytest.mark.parametrize(
    "locations",
    [
        pytest.param((location("l1", "o1"), location("l2", "o2")), id="of their organisations"),
        pytest.param(
            (location("l1", type=[F1]), location("l2", type=[HEALTH_CENTRE])), id="of their own"
        ),
    ],
)
def test_a_practice_and_the_health_centre_around_it_are_first_line(
    locations: tuple[Json, Json],
) -> None:
    both = [{"location": ref(f"Location/{number}")} for number in ("l1", "l2")]
    organizations = organization("o1", F1), organization("o2", HEALTH_CENTRE)
    contact = contact_of(encounter(location=both), *locations, *organizations)
    assert contact.setting is CareSetting.PRIMARY_CARE


def test_contained_organisations_of_two_contacts_are_two() -> None:
    def contact(number: str, kind: Json) -> Json:
        inner = organization("o", kind, name=f"Praktijk van {number}")
        return encounter(id=number, contained=[inner], serviceProvider=ref("#o"))

    found = contacts_of(contact("e1", F1), contact("e2", V6))
    assert {each.source: (each.setting, each.practice) for each in found} == {
        "Encounter/e1": (CareSetting.THERAPY_PRACTICE, "Praktijk van e1"),
        "Encounter/e2": (CareSetting.HOSPITAL, "Praktijk van e2"),
    }


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        pytest.param(ref("Organization/child"), "Praktijk child", id="its own, not the parent's"),
        pytest.param(
            ref("Organization/nameless", "De Wende"), "De Wende", id="as the contact calls it"
        ),
    ],
)
def test_the_name_of_an_organisation(provider: Json, name: str) -> None:
    others = (
        part_of("child", "parent"),
        organization("parent", F1),
        organization("nameless", F1, name=None),
    )
    assert contact_of(encounter(serviceProvider=provider), *others).practice == name


def test_an_organisation_that_is_not_held_has_the_name_that_each_contact_gives_it() -> None:
    contacts = [
        encounter(id=number, serviceProvider=ref("Organization/elsewhere", name))
        for number, name in (("e1", "De Wende"), ("e2", "De Linde"))
    ]
    assert [each.practice for each in contacts_of(*contacts)] == ["De Wende", "De Linde"]
