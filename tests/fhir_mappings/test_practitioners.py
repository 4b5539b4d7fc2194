"""Who the people of a contact are, and which of their roles speaks for them."""

import pytest

from cds_service.domain.contacts import CareSetting, Profession
from tests.fhir_mappings.made_records import (
    ROLE_EXTENSION,
    Json,
    coded,
    contact_of,
    contacts_of,
    encounter,
    organization,
    practitioner,
    ref,
    role,
)

PHYSIO = frozenset({Profession.PHYSIOTHERAPIST})
PSYCHOLOGIST = frozenset({Profession.PSYCHOLOGIST})
NOBODY: frozenset[Profession] = frozenset()
A = practitioner("a")
PSYCHOLOGIST_ELSEWHERE = role("r2", "9401", person="a")


@pytest.mark.parametrize(
    "on_contact",
    [
        pytest.param(role("r1", "ZZZZ", person="a"), id="specialty"),
        pytest.param(role("r1", person="a", code=[coded("ZZZZ")]), id="code"),
    ],
)
def test_a_role_of_an_unknown_profession_is_not_replaced_by_another_role(on_contact: Json) -> None:
    made = encounter(ref("PractitionerRole/r1"))
    assert contact_of(made, A, on_contact, PSYCHOLOGIST_ELSEWHERE).professions == NOBODY


def test_a_role_that_only_its_display_tells_is_not_joined_by_another_role() -> None:
    made = encounter(ref("PractitionerRole/r1", "Fysiotherapeut"))
    others = (A, role("r1", person="a"), PSYCHOLOGIST_ELSEWHERE)
    assert contact_of(made, *others).professions == PHYSIO


@pytest.mark.parametrize(
    "actor", [ref("Practitioner/a"), {"display": "J. Jansen"}, ref("PractitionerRole/r1")]
)
def test_somebody_whose_role_says_nothing_tells_no_place(actor: Json) -> None:
    contact = contact_of(encounter(actor), A, role("r1", person="a"))
    assert contact.setting is CareSetting.UNKNOWN


@pytest.mark.parametrize(
    "nobodys",
    [
        pytest.param(role("r1", "0400"), id="of nobody"),
        pytest.param(role("r1", specialty=7), id="of nobody, and unreadable"),
    ],
)
def test_a_role_of_nobody_is_not_that_of_somebody_without_reference(nobodys: Json) -> None:
    contact = contact_of(encounter({"display": "J. Jansen"}), nobodys)
    assert (contact.professions, contact.doubts) == (NOBODY, frozenset())


def test_contained_people_of_two_contacts_are_two() -> None:
    def contact(number: str, code: str) -> Json:
        person = practitioner("q", qualification=[{"code": coded(code)}])
        return encounter(ref("#q"), contained=[person], id=number)

    found = contacts_of(contact("e1", "0400"), contact("e2", "9401"))
    assert {each.source: (each.practitioner, each.professions) for each in found} == {
        "Encounter/e1": ("e1#q", PHYSIO),
        "Encounter/e2": ("e2#q", PSYCHOLOGIST),
    }


def test_a_role_in_the_extension_is_of_a_professional_whatever_the_actor_is() -> None:
    extension = {"url": ROLE_EXTENSION, "valueReference": ref("PractitionerRole/r1")}
    actor = {**ref("Organization/o"), "extension": [extension]}
    contact = contact_of(encounter(actor), organization("o"), role("r1", "0400"))
    assert contact.professions == PHYSIO


def test_the_agb_number_of_somebody_who_is_only_identified_is_a_hint() -> None:
    number = {"system": "http://fhir.nl/fhir/NamingSystem/agb-z", "value": "04115923"}
    contact = contact_of(encounter({"identifier": number, "display": "J. Jansen"}))
    assert contact.professions == {Profession.PHYSIOTHERAPIST, Profession.OTHER}
