import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import CareSetting
from tests.fhir_mappings.made_records import (
    KIND,
    SNOMED,
    Json,
    coded,
    contact_of,
    encounter,
    location,
    organization,
    procedure,
    ref,
    role,
)

HOSPITAL, PRACTICE, GP, UNKNOWN = (
    CareSetting.HOSPITAL,
    CareSetting.THERAPY_PRACTICE,
    CareSetting.GP_PRACTICE,
    CareSetting.UNKNOWN,
)
V6, F1, Z3 = coded("V6", KIND), coded("F1", KIND), coded("Z3", KIND)
BE = [{"country": "BE"}]
LOST = frozenset({Cause.RECORD_INCOMPLETE})

AT_HOSPITAL = {"location": [{"location": ref("Location/lh")}]}
HELD = (
    organization("h", V6),
    organization("f", F1),
    organization("z", Z3),
    organization("blank"),
    organization("child", partOf=ref("Organization/h")),
    organization("grandchild", partOf=ref("Organization/child")),
    organization("loop", partOf=ref("Organization/loop")),
    organization("abroad", F1, address=BE),
    organization("child-abroad", partOf=ref("Organization/abroad")),
    organization("rehab-abroad", coded("R8", KIND), address=BE),
    location("lh", "h"),
    location("lf", "f"),
    location("lz", "z"),
    location("nobody's"),
    location("typed", type=[V6]),
    location("typed-other", "f", type=[V6]),
    location("blank", "blank", type=[F1]),
    location("in-belgium", "f", address={"country": "België"}),
)


def at(*places: str) -> list[Json]:
    return [{"location": ref(f"Location/{place}")} for place in places]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({"location": at("lh")}, HOSPITAL, id="organisation of the location"),
        pytest.param({"location": at("typed")}, HOSPITAL, id="type of the location"),
        pytest.param({"location": at("typed-other")}, PRACTICE, id="its organisation goes first"),
        pytest.param({"location": at("blank")}, PRACTICE, id="an organisation without type"),
        pytest.param({"location": at("nobody's")}, UNKNOWN, id="a location that says nothing"),
        pytest.param({"location": at("lf", "nobody's")}, PRACTICE, id="one location that tells"),
        pytest.param({"location": at("lf", "lf")}, PRACTICE, id="two locations that agree"),
        pytest.param({"location": at("lh", "lz")}, UNKNOWN, id="two locations that disagree"),
        pytest.param({"location": at("lf", "in-belgium")}, UNKNOWN, id="one of two abroad"),
        pytest.param({"location": at("in-belgium")}, CareSetting.ABROAD, id="address abroad"),
        pytest.param({"serviceProvider": ref("Organization/h")}, HOSPITAL, id="provider"),
        pytest.param({"serviceProvider": ref("Organization/child")}, HOSPITAL, id="its parent"),
        pytest.param({"serviceProvider": ref("Organization/grandchild")}, HOSPITAL, id="and on"),
        pytest.param({"serviceProvider": ref("Organization/loop")}, UNKNOWN, id="part of itself"),
        pytest.param(
            {"serviceProvider": ref("Organization/abroad")}, CareSetting.ABROAD, id="abroad"
        ),
        pytest.param(
            {"serviceProvider": ref("Organization/child-abroad")},
            CareSetting.ABROAD,
            id="part of one abroad",
        ),
        pytest.param(
            {"serviceProvider": ref("Organization/rehab-abroad")},
            CareSetting.REHABILITATION_CENTRE,
            id="a rehabilitation centre stays one",
        ),
        pytest.param(
            {"location": at("lh"), "serviceProvider": ref("Organization/f")},
            HOSPITAL,
            id="the location goes before the provider",
        ),
        pytest.param(
            {"location": at("nobody's"), "serviceProvider": ref("Organization/f")},
            PRACTICE,
            id="the provider where the location says nothing",
        ),
        pytest.param(
            {"location": at("lh", "lz"), "serviceProvider": ref("Organization/f")},
            UNKNOWN,
            id="locations that disagree are an answer",
        ),
        pytest.param({"serviceProvider": {"display": "De Wende"}}, UNKNOWN, id="a name only"),
        pytest.param(
            {"serviceProvider": ref("Organization/404")}, UNKNOWN, id="one that does not exist"
        ),
        pytest.param({}, UNKNOWN, id="nothing"),
        pytest.param(
            {
                "contained": [organization("o", V6)],
                "serviceProvider": ref("#o"),
            },
            HOSPITAL,
            id="a contained organisation",
        ),
        pytest.param(
            {
                "contained": [
                    organization("o", V6),
                    {"resourceType": "Location", "id": "l", "managingOrganization": ref("#o")},
                ],
                "location": [{"location": ref("#l")}],
            },
            HOSPITAL,
            id="a contained location of a contained organisation",
        ),
    ],
)
def test_where_an_encounter_was(members: Json, expected: CareSetting) -> None:
    contact = contact_of(encounter(**members), *HELD)
    assert (contact.setting, contact.doubts) == (expected, frozenset())


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(procedure(location=ref("Location/lh")), HOSPITAL, id="location"),
        pytest.param(
            procedure(performer=[{"actor": ref("Organization/h")}]),
            HOSPITAL,
            id="a performer that is an organisation",
        ),
        pytest.param(
            procedure(performer=[{"actor": {"display": "X"}, "onBehalfOf": ref("Organization/h")}]),
            HOSPITAL,
            id="on behalf of",
        ),
        pytest.param(
            procedure(
                location=ref("Location/lf"),
                performer=[{"actor": {"display": "X"}, "onBehalfOf": ref("Organization/h")}],
            ),
            PRACTICE,
            id="the location goes first",
        ),
        pytest.param(procedure(), UNKNOWN, id="nothing"),
    ],
)
def test_where_a_procedure_was(made: Json, expected: CareSetting) -> None:
    assert contact_of(made, *HELD).setting == expected


ACTOR = ref("PractitionerRole/r1")
OF_HOSPITAL = role("r1", "0400", organization=ref("Organization/h"))


@pytest.mark.parametrize(
    ("members", "roles", "expected"),
    [
        pytest.param({}, [OF_HOSPITAL], HOSPITAL, id="organisation of the role"),
        pytest.param(
            {"serviceProvider": ref("Organization/f")},
            [OF_HOSPITAL],
            PRACTICE,
            id="the place of the contact goes first",
        ),
        pytest.param(
            {},
            [role("r1", "0400", organization=ref("Organization/blank"))],
            UNKNOWN,
            id="an organisation that says nothing",
        ),
        pytest.param(
            {},
            [role("r1", specialty=[coded("309402005", SNOMED)])],
            HOSPITAL,
            id="the code of the role itself",
        ),
        pytest.param(
            {"serviceProvider": ref("Organization/f")},
            [role("r1", specialty=[coded("309402005", SNOMED)])],
            PRACTICE,
            id="the code of the role comes last",
        ),
    ],
)
def test_the_role_tells_where_if_nothing_else_does(
    members: Json, roles: list[Json], expected: CareSetting
) -> None:
    assert contact_of(encounter(ACTOR, **members), *roles, *HELD).setting == expected


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        pytest.param(({}, {}), UNKNOWN, id="two roles, two places"),
        pytest.param(({}, {"end": "2025-01-01"}), HOSPITAL, id="one of them no longer held"),
    ],
)
def test_only_the_roles_of_that_day_tell_where(
    periods: tuple[Json, Json], expected: CareSetting
) -> None:
    roles = [
        role("r1", "0400", person="a", organization=ref("Organization/h"), period=periods[0]),
        role("r2", "0400", person="a", organization=ref("Organization/f"), period=periods[1]),
    ]
    made = encounter(ref("Practitioner/a"))
    assert contact_of(made, *roles, *HELD).setting == expected


@pytest.mark.parametrize(
    ("members", "lost"),
    [
        pytest.param({"location": at("x")}, "Location/x", id="the location"),
        pytest.param({"location": at("lf", "x")}, "Location/x", id="one of two locations"),
        pytest.param({"serviceProvider": ref("Organization/x")}, "Organization/x", id="provider"),
        pytest.param({}, "Organization/of-role", id="organisation of the role"),
        pytest.param({"location": at("of-x")}, "Organization/x", id="organisation of the location"),
        pytest.param(
            {"serviceProvider": ref("Organization/of-x")}, "Organization/x", id="the parent"
        ),
        pytest.param(
            {"location": at("x"), "serviceProvider": ref("Organization/f")},
            "Location/x",
            id="the location, though the provider is known",
        ),
    ],
)
def test_a_place_that_could_not_be_had_is_not_unknown(members: Json, lost: str) -> None:
    contact = contact_of(
        encounter(ACTOR, **members),
        role("r1", "0400", organization=ref("Organization/of-role")),
        location("of-x", "x"),
        organization("of-x", partOf=ref("Organization/x")),
        *HELD,
        lost=(lost,),
    )
    assert contact.doubts == LOST


@pytest.mark.parametrize(
    ("members", "lost"),
    [
        pytest.param({"location": at("lf")}, "Organization/of-role", id="the role's organisation"),
        pytest.param(
            {"location": at("lf"), "serviceProvider": ref("Organization/x")},
            "Organization/x",
            id="the provider",
        ),
    ],
)
def test_a_place_that_comes_later_may_be_lost(members: Json, lost: str) -> None:
    contact = contact_of(
        encounter(ACTOR, **members),
        role("r1", "0400", organization=ref("Organization/of-role")),
        *HELD,
        lost=(lost,),
    )
    assert (contact.setting, contact.doubts) == (PRACTICE, frozenset())


@pytest.mark.parametrize(
    "broken",
    [
        organization("x", type="ziekenhuis"),
        organization("x", V6, address="Utrecht"),
        organization("x", V6, name=["De Linde"]),
        organization("x", partOf="Organization/h"),
    ],
)
def test_a_place_that_cannot_be_read_is_not_unknown(broken: Json) -> None:
    contact = contact_of(encounter(serviceProvider=ref("Organization/x")), broken)
    assert (contact.setting, contact.doubts) == (UNKNOWN, LOST)


def test_a_place_on_another_server_is_lost() -> None:
    made = encounter(serviceProvider=ref("https://other.example/fhir/Organization/h"))
    assert contact_of(made, *HELD).doubts == LOST


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({"location": at("lf"), "serviceProvider": ref("Organization/h")}, "Praktijk f"),
        ({"serviceProvider": ref("Organization/h", "Zo heet het daar")}, "Praktijk h"),
        ({"serviceProvider": ref("Organization/404", "De Wende")}, "De Wende"),
        ({"serviceProvider": {"display": "De Wende"}}, "De Wende"),
        ({"location": [{"location": {"display": "Kamer 2"}}]}, "Kamer 2"),
        ({}, ""),
    ],
)
def test_the_name_of_the_practice(members: Json, name: str) -> None:
    assert contact_of(encounter(**members), *HELD).practice == name
