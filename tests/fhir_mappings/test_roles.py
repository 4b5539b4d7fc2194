import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Profession
from fhir_mappings.reading.record import role_search_key
from tests.fhir_mappings.made_records import (
    COD016,
    KIND,
    ROLE_EXTENSION,
    UZI,
    Json,
    coded,
    contact_of,
    contacts_of,
    encounter,
    organization,
    practitioner,
    procedure,
    ref,
    role,
)

PHYSIO = frozenset({Profession.PHYSIOTHERAPIST})
PSYCHOLOGIST = frozenset({Profession.PSYCHOLOGIST})
POH_GGZ = frozenset({Profession.PRACTICE_NURSE_GGZ})
NOBODY: frozenset[Profession] = frozenset()
LOST = frozenset({Cause.RECORD_INCOMPLETE})
WITH_ROLE = ref("PractitionerRole/r1")
WITHOUT_ROLE = ref("Practitioner/a")
A = practitioner("a")


@pytest.mark.parametrize(
    ("actor", "others", "expected"),
    [
        pytest.param(WITH_ROLE, [role("r1", "0400")], PHYSIO, id="specialty"),
        pytest.param(
            ref("https://ehr.example.nl/fhir/PractitionerRole/r1/_history/2"),
            [role("r1", "0400")],
            PHYSIO,
            id="absolute and versioned",
        ),
        pytest.param(WITH_ROLE, [role("r1", code=[coded("0400")])], PHYSIO, id="code"),
        pytest.param(
            WITH_ROLE,
            [role("r1", code=[{"text": "POH-GGZ"}])],
            POH_GGZ,
            id="code with a text only",
        ),
        pytest.param(WITHOUT_ROLE, [A, role("r1", "0400", person="a")], PHYSIO, id="role search"),
        pytest.param(
            WITHOUT_ROLE,
            [practitioner("a", qualification=[{"code": coded("04.000", UZI)}])],
            PHYSIO,
            id="qualification",
        ),
        pytest.param(
            WITH_ROLE,
            [
                role("r1", person="a"),
                practitioner("a", qualification=[{"code": coded("04.000", UZI)}]),
            ],
            PHYSIO,
            id="qualification behind a role that says nothing",
        ),
        pytest.param(
            WITH_ROLE,
            [
                role("r1", "ZZZZ", person="a"),
                practitioner("a", qualification=[{"code": coded("04.000", UZI)}]),
            ],
            PHYSIO,
            id="qualification behind a role in a code of no table",
        ),
        pytest.param(
            {
                **WITHOUT_ROLE,
                "extension": [
                    {"url": "http://example.org/other"},
                    {"url": ROLE_EXTENSION, "valueReference": WITH_ROLE},
                ],
            },
            [A, role("r1", "0400")],
            PHYSIO,
            id="the extension of STU3",
        ),
        pytest.param(ref("Practitioner/a", "POH-GGZ"), [A], POH_GGZ, id="display of a reference"),
        pytest.param({"display": "POH-GGZ"}, [], POH_GGZ, id="display only"),
        pytest.param(WITHOUT_ROLE, [A], NOBODY, id="a name only"),
        pytest.param(ref("Practitioner/a", "J. Jansen"), [A], NOBODY, id="display is a name"),
        pytest.param(WITH_ROLE, [role("r1")], NOBODY, id="a role that says nothing"),
        pytest.param(WITH_ROLE, [role("r1", "ZZZZ")], NOBODY, id="a code of no table"),
        pytest.param(WITH_ROLE, [], NOBODY, id="a role that does not exist"),
        pytest.param(
            WITHOUT_ROLE,
            [
                practitioner(
                    "a",
                    identifier=[
                        {"system": "http://fhir.nl/fhir/NamingSystem/agb-z", "value": "04115923"}
                    ],
                )
            ],
            frozenset({Profession.PHYSIOTHERAPIST, Profession.OTHER}),
            id="only an AGB number: possibly a physiotherapist",
        ),
    ],
)
def test_the_profession_is_found_in_every_form(
    actor: Json, others: list[Json], expected: frozenset[Profession]
) -> None:
    for contact in contacts_of(encounter(actor), procedure(actor), *others):
        assert (contact.professions, contact.doubts) == (expected, frozenset())


def test_a_contained_role_is_read() -> None:
    contained = [{**role("r", "9401", person="a"), "resourceType": "PractitionerRole"}]
    contact = contact_of(encounter(ref("#r"), contained=contained), A)
    assert contact.professions == PSYCHOLOGIST
    assert (contact.practitioner, contact.practitioner_name) == ("Practitioner/a", "Therapeut a")


def test_a_contained_practitioner_is_read() -> None:
    person = {**practitioner("q", qualification=[{"code": coded("9401")}])}
    contact = contact_of(encounter(ref("#q"), contained=["x", person]))
    assert contact.professions == PSYCHOLOGIST
    assert (contact.practitioner, contact.practitioner_name) == ("e1#q", "Therapeut q")


BOTH = [role("r1", "0400", person="a"), role("r2", "9401", person="a")]


@pytest.mark.parametrize(
    ("actor", "others", "expected"),
    [
        pytest.param(WITH_ROLE, BOTH, PHYSIO, id="the role on the contact goes first"),
        pytest.param(WITHOUT_ROLE, BOTH, PHYSIO | PSYCHOLOGIST, id="several roles: one of them"),
        pytest.param(
            WITHOUT_ROLE,
            [
                role("r1", "0400", person="a"),
                role("r2", person="a"),
                role("r3", "ZZZZ", person="a"),
            ],
            PHYSIO,
            id="roles that say nothing say nothing",
        ),
        pytest.param(
            WITHOUT_ROLE,
            [
                role("r1", "0400", person="a"),
                practitioner("a", qualification=[{"code": coded("9401")}]),
            ],
            PHYSIO | PSYCHOLOGIST,
            id="a role and a qualification that differ",
        ),
        pytest.param(
            WITH_ROLE,
            [role("r1", "0400", "0409")],
            PHYSIO | {Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST},
            id="two specialties of one role",
        ),
        pytest.param(
            WITH_ROLE,
            [role("r1", "0400", person="a", active=False), role("r2", "9401", person="a")],
            PSYCHOLOGIST,
            id="an inactive role on the contact: the others",
        ),
        pytest.param(
            WITHOUT_ROLE,
            [role("r1", "0400", person="a"), role("r2", "9401", person="a", active=False)],
            PHYSIO,
            id="an inactive role is ignored",
        ),
        pytest.param(
            WITHOUT_ROLE,
            [role("r1", "0400", person="a"), role("r2", "9401", person="b")],
            PHYSIO,
            id="the role of somebody else is ignored",
        ),
    ],
)
def test_which_roles_count(
    actor: Json, others: list[Json], expected: frozenset[Profession]
) -> None:
    assert contact_of(encounter(actor), A, *others).professions == expected


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        pytest.param({"end": "2025-03-23"}, PHYSIO, id="ended the day before"),
        pytest.param({"end": "2025-03-24"}, PHYSIO | PSYCHOLOGIST, id="ended on the day"),
        pytest.param({"start": "2025-03-24"}, PHYSIO | PSYCHOLOGIST, id="began on the day"),
        pytest.param({"start": "2025-03-25"}, PHYSIO, id="began the day after"),
        pytest.param({"start": "2025", "end": "2025"}, PHYSIO | PSYCHOLOGIST, id="partial ends"),
        pytest.param({"end": "2025-13-45"}, PHYSIO | PSYCHOLOGIST, id="an end that is no date"),
        pytest.param(
            {"start": "2025-12-31", "end": "2025-01-01"},
            PHYSIO | PSYCHOLOGIST,
            id="an end before the start: the wider reading",
        ),
        pytest.param({}, PHYSIO | PSYCHOLOGIST, id="no period"),
    ],
)
def test_a_role_counts_when_it_was_valid_on_the_day(
    period: Json, expected: frozenset[Profession]
) -> None:
    other = role("r2", "9401", person="a", period=period)
    qualified = practitioner("a", qualification=[{"code": coded("9401"), "period": period}])
    physio = role("r1", "0400", person="a")
    assert contact_of(encounter(WITHOUT_ROLE), A, physio, other).professions == expected
    assert contact_of(encounter(WITHOUT_ROLE), qualified, physio).professions == expected


def test_the_role_on_the_contact_must_have_been_valid_too() -> None:
    others = [
        role("r1", "0400", person="a", period={"start": "2025-06-01"}),
        role("r2", "9401", person="a", period={"end": "2025-05-31"}),
    ]
    assert contact_of(encounter(WITH_ROLE), A, *others).professions == PSYCHOLOGIST


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param(
            {"period": {"start": "2025-01-06", "end": "2025-05-26"}},
            PHYSIO | PSYCHOLOGIST,
            id="a course on both sides of the change",
        ),
        pytest.param(
            {"period": {"start": "2024-01-08", "end": "2024-10-01"}},
            PHYSIO,
            id="a course from before the lookback: its days inside count",
        ),
        pytest.param(
            {"period": {"start": "2025-10", "end": "2025-10"}}, PSYCHOLOGIST, id="a month"
        ),
        pytest.param({"period": None}, PHYSIO | PSYCHOLOGIST, id="no date: the whole lookback"),
        pytest.param(
            {"period": {"start": "2023-01-09", "end": "2023-01-09"}},
            frozenset({Profession.OTHER}),
            id="outside the lookback: its own day",
        ),
    ],
)
def test_a_role_counts_for_the_days_of_a_contact_inside_the_lookback(
    members: Json, expected: frozenset[Profession]
) -> None:
    others = [
        role("r0", "0100", person="a", period={"end": "2024-06-14"}),
        role("r1", "0400", person="a", period={"start": "2024-06-15", "end": "2025-02-28"}),
        role("r2", "9401", person="a", period={"start": "2025-03-01"}),
    ]
    contact = contact_of(encounter(WITHOUT_ROLE, **members), A, *others)
    assert contact.professions == expected


def test_everybody_who_took_part_is_a_contact() -> None:
    made = encounter(
        WITH_ROLE,
        ref("PractitionerRole/r2"),
        ref("Practitioner/b"),
        ref("Patient/p1"),
        ref("RelatedPerson/x"),
        {"type": "RelatedPerson", "display": "Een dochter"},
        {"reference": "#daughter", "type": "RelatedPerson"},
        {},
    )
    made["participant"].append({"type": [{"text": "verwijzer"}]})
    others = [role("r1", "0400", person="a"), role("r2", "9401"), A, practitioner("b")]
    found = [(each.practitioner, each.professions) for each in contacts_of(made, *others)]
    assert found == [
        ("Practitioner/a", PHYSIO),
        ("PractitionerRole/r2", PSYCHOLOGIST),
        ("Practitioner/b", NOBODY),
    ]


def test_somebody_who_is_named_twice_is_one_contact() -> None:
    made = encounter(WITH_ROLE, WITH_ROLE)
    assert contact_of(made, role("r1", "0400", person="a"), A).professions == PHYSIO


@pytest.mark.parametrize("actors", [(), (ref("Patient/p1"),), ({},)])
def test_nobody_is_one_contact_too(actors: tuple[Json, ...]) -> None:
    contact = contact_of(encounter(*actors))
    assert (contact.professions, contact.practitioner, contact.doubts) == (NOBODY, "", frozenset())


@pytest.mark.parametrize(
    ("actor", "lost", "others"),
    [
        pytest.param(WITH_ROLE, ("PractitionerRole/r1",), [], id="the role"),
        pytest.param(
            ref("PractitionerRole/r1", "Fysiotherapeut"),
            ("PractitionerRole/r1",),
            [],
            id="the role, whatever its display says",
        ),
        pytest.param(WITHOUT_ROLE, ("Practitioner/a",), [], id="the practitioner"),
        pytest.param(
            WITHOUT_ROLE,
            (role_search_key("Practitioner/a"),),
            [practitioner("a", qualification=[{"code": coded("9401")}])],
            id="the search for roles",
        ),
        pytest.param(
            WITH_ROLE,
            ("Practitioner/a",),
            [role("r1", person="a")],
            id="the practitioner behind a role that says nothing",
        ),
        pytest.param(
            {**WITHOUT_ROLE, "extension": [{"url": ROLE_EXTENSION, "valueReference": WITH_ROLE}]},
            ("PractitionerRole/r1",),
            [A],
            id="the role of the extension",
        ),
        pytest.param(
            ref("https://other.example/fhir/PractitionerRole/r1"), (), [], id="on another server"
        ),
        pytest.param(ref("urn:uuid:1"), (), [], id="an entry that the Bundle does not hold"),
        pytest.param(
            WITH_ROLE, (), [role("r1", specialty="fysiotherapeut")], id="a role that is unreadable"
        ),
        pytest.param(
            WITHOUT_ROLE,
            (),
            [A, role("r1", "0400", person="a"), role("r2", person="a", specialty=7)],
            id="one of the roles is unreadable",
        ),
    ],
)
def test_who_could_not_be_had_is_not_unknown(
    actor: Json, lost: tuple[str, ...], others: list[Json]
) -> None:
    contact = contact_of(encounter(actor), *others, lost=lost)
    assert (contact.professions, contact.doubts) == (NOBODY, LOST)


@pytest.mark.parametrize(
    ("actor", "lost"),
    [
        pytest.param(WITH_ROLE, "Practitioner/a", id="the practitioner behind a usable role"),
        pytest.param(
            WITH_ROLE,
            role_search_key("Practitioner/a"),
            id="other roles beside that of the contact",
        ),
        pytest.param(WITHOUT_ROLE, "Practitioner/a", id="a practitioner with a usable role"),
    ],
)
def test_what_could_not_change_anything_may_be_lost(actor: Json, lost: str) -> None:
    contact = contact_of(encounter(actor), role("r1", "0400", person="a"), lost=(lost,))
    assert (contact.professions, contact.doubts) == (PHYSIO, frozenset())


def test_what_does_not_exist_is_not_lost() -> None:
    contact = contact_of(encounter(WITH_ROLE), absent=frozenset({"PractitionerRole/r1"}))
    assert (contact.professions, contact.doubts) == (NOBODY, frozenset())


def test_a_role_is_found_by_its_full_url() -> None:
    contact = contact_of(
        encounter(ref("urn:uuid:1")),
        role("r1", "0400"),
        aliases={"urn:uuid:1": "PractitionerRole/r1"},
    )
    assert contact.professions == PHYSIO


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ([{"text": "Dr. J. Jansen"}], "Dr. J. Jansen"),
        ([{"given": ["Jan", "P."], "family": "Jansen"}], "Jan P. Jansen"),
        ([{"use": "old"}, {"family": "Jansen"}], "Jansen"),
        ({"text": "J. Jansen"}, "J. Jansen"),
        ([], "de therapeut"),
        ("J. Jansen", "de therapeut"),
    ],
)
def test_the_name_of_a_practitioner(name: object, expected: str) -> None:
    actor = ref("Practitioner/a", "de therapeut")
    assert contact_of(encounter(actor), practitioner("a", name=name)).practitioner_name == expected


@pytest.mark.parametrize(
    ("actor", "key"),
    [
        (ref("Practitioner/b"), "Practitioner/b"),
        (ref("PractitionerRole/r9"), "PractitionerRole/r9"),
        (ref("https://x.example/fhir/Practitioner/b"), "https://x.example/fhir/Practitioner/b"),
        ({"identifier": {"system": "s", "value": "7"}, "display": "J."}, "s|7"),
        ({"display": "J. Jansen"}, "J. Jansen"),
    ],
)
def test_practitioners_are_told_apart_by_what_the_record_says(actor: Json, key: str) -> None:
    assert contact_of(encounter(actor)).practitioner == key


@pytest.mark.parametrize(
    "qualification",
    ["arts", [7], [{"code": "arts"}], [{"code": coded("9401"), "period": "2025"}]],
)
def test_qualifications_that_cannot_be_read_say_nothing(qualification: object) -> None:
    person = practitioner("a", qualification=qualification, identifier="04115923")
    assert contact_of(encounter(WITHOUT_ROLE), person).professions == NOBODY


def test_the_same_participant_is_looked_up_for_each_day() -> None:
    others = [A, role("r1", "0400", person="a", period={"end": "2025-04-01"})]
    early, late = encounter(WITHOUT_ROLE), encounter(WITHOUT_ROLE, id="e2")
    late["period"] = {"start": "2025-05-01"}
    found = {each.source: each.professions for each in contacts_of(early, late, *others)}
    assert found == {"Encounter/e1": PHYSIO, "Encounter/e2": NOBODY}


def test_contained_roles_of_two_contacts_are_two() -> None:
    one = encounter(ref("#r"), contained=[role("r", "0400")])
    two = encounter(ref("#r"), contained=[role("r", "9401")], id="e2")
    found = {each.practitioner: each.professions for each in contacts_of(one, two)}
    assert found == {"e1#r": PHYSIO, "e2#r": PSYCHOLOGIST}


def test_a_role_can_carry_its_place_and_its_organisation() -> None:
    practice = organization("o", coded("F1", KIND))
    made = role("r1", organization=ref("Organization/o"), specialty=[coded("0400", COD016)])
    assert contact_of(encounter(WITH_ROLE), made, practice).practice == "Praktijk o"
