from typing import Any

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
    Subject,
)
from tests.fhir_mappings.made_records import (
    ACT,
    BASE,
    KIND,
    NHG14,
    SNOMED,
    Json,
    coded,
    contact_of,
    contacts_of,
    day,
    days,
    encounter,
    organization,
    practitioner,
    procedure,
    ref,
    role,
)

PHYSIO = frozenset({Profession.PHYSIOTHERAPIST})
PSYCHOLOGIST = frozenset({Profession.PSYCHOLOGIST})
NOBODY: frozenset[Profession] = frozenset()
UNREADABLE = frozenset({Cause.RESOURCE_UNREADABLE})
PHYSIOTHERAPY = coded("91251008", SNOMED)
EXERCISE = coded("229065009", SNOMED)
VACCINATION = coded("33879002", SNOMED)
ACTOR, BARE = ref("PractitionerRole/r1"), ref("Practitioner/b")
ROLE = role("r1", "0400", person="a")
OF_E1 = {"encounter": ref("Encounter/e1")}


def who_and_when(contacts: list[Contact]) -> list[tuple[object, ...]]:
    return [(each.source, each.professions, each.practitioner, each.days) for each in contacts]


def undated(made: Json) -> Json:
    return {key: value for key, value in made.items() if key != "performedDateTime"}


def test_a_contact_holds_all_that_the_record_says() -> None:
    made = encounter(
        ref("PractitionerRole/r1", "Fysiotherapie"),
        serviceProvider=ref("Organization/o"),
        period={"start": "2025-03-24T09:30:00+01:00", "end": "2025-03-24T10:00:00+01:00"},
    )
    others = [ROLE, practitioner("a"), organization("o", coded("F1", KIND))]
    assert contact_of(made, *others) == Contact(
        source="Encounter/e1",
        days=day("2025-03-24"),
        professions=PHYSIO,
        practitioner="Practitioner/a",
        setting=CareSetting.THERAPY_PRACTICE,
        is_inpatient=False,
        kind=ContactKind.TREATMENT,
        status=ContactStatus.TOOK_PLACE,
        subject=Subject.THIS_PATIENT,
        procedure=ProcedureMeaning.NO_PROCEDURE,
        is_course=False,
        has_open_end=False,
        has_other_reason=False,
        doubts=frozenset(),
        practice="Praktijk o",
        practitioner_name="Therapeut a",
    )


@pytest.mark.parametrize("make", [encounter, procedure])
@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (ref("Patient/p1"), Subject.THIS_PATIENT),
        (ref(f"{BASE}/Patient/p1"), Subject.THIS_PATIENT),
        (ref("Patient/p2"), Subject.OTHER_PATIENT),
        (ref("https://other.example/fhir/Patient/p1"), Subject.UNCLEAR),
        ({"identifier": {"value": "P-1"}}, Subject.UNCLEAR),
        ({"display": "T. Proefpersoon"}, Subject.UNCLEAR),
        (None, Subject.UNCLEAR),
    ],
)
def test_whose_contact_it_is(make: Any, subject: object, expected: Subject) -> None:
    contact = contact_of(make(ACTOR, subject=subject), ROLE)
    assert (contact.subject, contact.professions) == (expected, PHYSIO)


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"status": ["finished"]}, id="status as a list"),
        pytest.param({"period": "2025-03-24"}, id="period as a string"),
        pytest.param({"period": {"start": 20250324}}, id="start as a number"),
        pytest.param({"class": 7}, id="class as a number"),
        pytest.param({"class": ["AMB"]}, id="class as a list of strings"),
        pytest.param({"participant": {"individual": ACTOR}}, id="participant as an object"),
        pytest.param({"participant": ["Practitioner/a"]}, id="participant as a string"),
        pytest.param({"participant": [{"individual": "x"}]}, id="individual as a string"),
        pytest.param({"type": ["consult"]}, id="type as a string"),
        pytest.param({"type": [{"coding": [{"code": 3}]}]}, id="a code as a number"),
        pytest.param({"location": [ref("Location/l"), "x"]}, id="location as a string"),
        pytest.param({"serviceProvider": "Organization/o"}, id="provider as a string"),
        pytest.param({"serviceType": "fysiotherapie"}, id="service type as a string"),
    ],
)
def test_an_encounter_that_cannot_be_read_is_one_possible_contact(members: Json) -> None:
    contact = contact_of(encounter(ACTOR, **members), ROLE)
    assert contact == Contact("Encounter/e1", None, doubts=UNREADABLE)


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"status": 1}, id="status as a number"),
        pytest.param({"performedDateTime": {"start": "2025"}}, id="a date as an object"),
        pytest.param({"performer": {"actor": ACTOR}}, id="performer as an object"),
        pytest.param({"code": "fysiotherapie"}, id="code as a string"),
        pytest.param({"location": [ref("Location/l")]}, id="location as a list"),
        pytest.param({"encounter": "Encounter/e1"}, id="encounter as a string"),
    ],
)
def test_a_procedure_that_cannot_be_read_is_one_possible_contact(members: Json) -> None:
    contact = contact_of(procedure(ACTOR, **members), ROLE)
    assert contact == Contact("Procedure/x1", None, doubts=UNREADABLE)


@pytest.mark.parametrize("entry", ["e1", 7, None, ["e1"], {"id": "e1"}, {}])
def test_an_entry_that_is_no_resource_is_one_possible_contact(entry: object) -> None:
    contact = contact_of(entry)
    assert contact == Contact("Encounter 1", None, subject=Subject.UNCLEAR, doubts=UNREADABLE)


def test_an_unreadable_entry_of_another_patient_is_still_anothers() -> None:
    contact = contact_of(encounter(status=7, subject=ref("Patient/p2")))
    assert (contact.subject, contact.doubts) == (Subject.OTHER_PATIENT, UNREADABLE)


def test_unreadable_entries_without_an_id_are_told_apart() -> None:
    assert [each.source for each in contacts_of("x", "x")] == ["Encounter 1", "Encounter 2"]


def test_a_resource_that_stands_twice_is_one_contact() -> None:
    made = [encounter(ACTOR), procedure(ACTOR), encounter(ACTOR), procedure(ACTOR), ROLE]
    assert [each.source for each in contacts_of(*made)] == ["Encounter/e1", "Procedure/x1"]


def test_nothing_is_dropped() -> None:
    made = [
        encounter(status="cancelled"),
        encounter(id="e2", period=None),
        encounter(id="e3", subject=ref("Patient/p2")),
        procedure(status="not-done"),
        procedure(id="x2", code=VACCINATION, performedDateTime="1999-01-01"),
        "unreadable",
    ]
    assert len(contacts_of(*made)) == 6


# an Encounter and its Procedure (policy C4)


def test_a_procedure_without_a_date_takes_that_of_its_encounter() -> None:
    made = [encounter(), undated(procedure(ACTOR, **OF_E1)), ROLE]
    assert who_and_when(contacts_of(*made)) == [
        ("Encounter/e1", PHYSIO, "Practitioner/a", day("2025-03-24")),
        ("Procedure/x1", PHYSIO, "Practitioner/a", day("2025-03-24")),
    ]


def test_a_procedure_takes_the_roles_valid_on_the_day_of_its_encounter() -> None:
    roles = [
        role("r1", "9401", person="b", period={"end": "2025-01-31"}),
        role("r2", "0400", person="b", period={"start": "2025-02-01"}),
    ]
    made = [encounter(), undated(procedure(BARE, **OF_E1)), *roles]
    assert {each.professions for each in contacts_of(*made)} == {PHYSIO}


def test_a_procedure_with_a_date_of_its_own_is_one_contact_with_its_encounter_all_the_same() -> (
    None
):
    made = [encounter(), procedure(ACTOR, performedDateTime="2025-03-25", **OF_E1), ROLE]
    assert [each.days for each in contacts_of(*made)] == [day("2025-03-24"), day("2025-03-24")]


def test_a_procedure_without_a_date_is_one_contact_in_the_course_of_its_encounter() -> None:
    course = encounter(period={"start": "2025-01-06", "end": "2025-05-26"})
    of_course = undated(procedure(ACTOR, **OF_E1))
    _, contact = contacts_of(course, of_course, ROLE)
    assert (contact.days, contact.is_course) == (days("2025-01-06", "2025-05-26"), False)


def test_an_encounter_without_a_date_takes_that_of_its_procedure() -> None:
    made = [encounter(period=None), procedure(ACTOR, **OF_E1), ROLE]
    assert [each.days for each in contacts_of(*made)] == [day("2025-03-24"), day("2025-03-24")]


def test_an_encounter_without_a_date_stays_so_where_its_procedures_differ() -> None:
    later = procedure(ACTOR, id="x2", performedDateTime="2025-04-01", **OF_E1)
    contact, *_ = contacts_of(encounter(period=None), procedure(ACTOR, **OF_E1), later, ROLE)
    assert contact.days is None


def test_stu3_names_the_encounter_context() -> None:
    made = [encounter(), undated(procedure(ACTOR, context=ref("Encounter/e1"))), ROLE]
    assert [each.days for each in contacts_of(*made)] == [day("2025-03-24"), day("2025-03-24")]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param({}, id="no link"),
        pytest.param({"encounter": ref("Encounter/e9")}, id="an Encounter that is not there"),
        pytest.param({"context": ref("EpisodeOfCare/e1")}, id="an episode of care"),
    ],
)
def test_without_its_encounter_a_procedure_has_no_date(link: Json) -> None:
    _, contact = contacts_of(encounter(), undated(procedure(ACTOR, **link)), ROLE)
    assert contact.days is None


def test_an_encounter_of_another_patient_is_not_its_encounter() -> None:
    made = [encounter(subject=ref("Patient/p2")), undated(procedure(ACTOR, **OF_E1)), ROLE]
    assert who_and_when(contacts_of(*made)) == [
        ("Encounter/e1", NOBODY, "", day("2025-03-24")),
        ("Procedure/x1", PHYSIO, "Practitioner/a", None),
    ]


@pytest.mark.parametrize(
    ("actors", "others", "lost"),
    [
        pytest.param((), [], (), id="nobody is named"),
        pytest.param((BARE,), [practitioner("b")], (), id="somebody without a role"),
        pytest.param((ref("PractitionerRole/r9"),), [], ("PractitionerRole/r9",), id="lost"),
    ],
)
def test_an_encounter_without_a_usable_role_takes_that_of_its_procedure(
    actors: tuple[Json, ...], others: list[Json], lost: tuple[str, ...]
) -> None:
    made = [encounter(*actors), procedure(ACTOR, **OF_E1), ROLE, *others]
    contacts = contacts_of(*made, lost=lost)
    assert [each.professions for each in contacts] == [PHYSIO, PHYSIO]
    assert [each.practitioner for each in contacts] == ["Practitioner/a", "Practitioner/a"]
    assert all(not each.doubts for each in contacts)


def test_an_encounter_takes_the_discipline_that_the_code_of_its_procedure_names() -> None:
    made = [encounter(BARE), procedure(code=PHYSIOTHERAPY, **OF_E1), practitioner("b")]
    found = [(each.professions, each.practitioner) for each in contacts_of(*made)]
    assert found == [(PHYSIO, "Practitioner/b"), (PHYSIO, "Practitioner/b")]


def test_an_encounter_with_two_procedures_was_with_both() -> None:
    made = [
        encounter(),
        procedure(ACTOR, **OF_E1),
        procedure(ref("PractitionerRole/r2"), id="x2", **OF_E1),
        ROLE,
        role("r2", "9401", person="b"),
    ]
    found = [(each.source, each.professions) for each in contacts_of(*made)]
    assert found == [
        ("Encounter/e1", PHYSIO),
        ("Encounter/e1", PSYCHOLOGIST),
        ("Procedure/x1", PHYSIO),
        ("Procedure/x2", PSYCHOLOGIST),
    ]


def test_an_encounter_with_a_usable_role_keeps_it() -> None:
    made = [
        encounter(ref("PractitionerRole/r2")),
        procedure(ACTOR, **OF_E1),
        ROLE,
        role("r2", "9401", person="b"),
    ]
    assert [each.professions for each in contacts_of(*made)] == [PSYCHOLOGIST, PHYSIO]


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "preparation"])
def test_a_procedure_that_was_not_done_lends_no_role(status: str) -> None:
    contact, _ = contacts_of(encounter(), procedure(ACTOR, status=status, **OF_E1), ROLE)
    assert contact.professions == NOBODY


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(EXERCISE, PHYSIO, id="a treatment was given by them"),
        pytest.param(VACCINATION, PHYSIO, id="and so was whatever else was done there"),
    ],
)
def test_a_procedure_that_names_nobody_beside_an_encounter_that_does(
    code: Json, expected: frozenset[Profession]
) -> None:
    _, contact = contacts_of(encounter(ACTOR), procedure(code=code, **OF_E1), ROLE)
    assert contact.professions == expected


@pytest.mark.parametrize(
    ("members", "setting"),
    [
        pytest.param({}, CareSetting.HOSPITAL, id="that of its Encounter"),
        pytest.param(
            {
                "location": {"reference": "#l"},
                "contained": [{"resourceType": "Location", "id": "l"}],
            },
            CareSetting.HOSPITAL,
            id="where its own says nothing",
        ),
        pytest.param(
            {"performer": [{"actor": ref("Organization/f")}]},
            CareSetting.THERAPY_PRACTICE,
            id="its own organisation before the provider of the Encounter",
        ),
    ],
)
def test_a_procedure_takes_the_place_of_its_encounter(members: Json, setting: CareSetting) -> None:
    made = [
        encounter(serviceProvider=ref("Organization/h")),
        procedure(**members, **OF_E1),
        organization("h", coded("V6", KIND)),
        organization("f", coded("F1", KIND)),
    ]
    assert contacts_of(*made)[1].setting is setting


@pytest.mark.parametrize(
    ("members", "kind", "is_inpatient"),
    [
        ({"class": {"system": ACT, "code": "IMP"}}, ContactKind.TREATMENT, True),
        ({"type": [coded("11", NHG14)]}, ContactKind.NOTE, False),
        ({"type": [coded("12", NHG14)]}, ContactKind.ASYNCHRONOUS, False),
    ],
)
def test_a_procedure_takes_the_class_and_the_kind_of_its_encounter(
    members: Json,
    kind: ContactKind,
    is_inpatient: bool,  # noqa: FBT001
) -> None:
    _, contact = contacts_of(encounter(**members), procedure(code=PHYSIOTHERAPY, **OF_E1))
    assert (contact.kind, contact.is_inpatient) == (kind, is_inpatient)
    assert contact.procedure is ProcedureMeaning.SESSION


def test_ten_thousand_contacts_keep_their_days_and_roles() -> None:
    made = [
        encounter(
            ref(f"PractitionerRole/r{number % 20}"),
            id=f"e{number}",
            period={"start": f"2025-{1 + number % 12:02}-{1 + number % 28:02}"},
        )
        for number in range(10_000)
    ]
    roles = [role(f"r{number}", "0400", person=f"p{number}") for number in range(20)]
    contacts = contacts_of(*made, *roles)
    assert len(contacts) == 10_000
    assert {each.professions for each in contacts} == {PHYSIO}
    assert len({each.practitioner for each in contacts}) == 20
    assert contacts[41].days == day("2025-06-14")


ODD_VALUES: tuple[Any, ...] = (
    0,
    True,
    "",
    "x",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"reference": 5},
    {"reference": "#"},
    {"reference": "http://["},
    {"coding": "x"},
)


@pytest.mark.parametrize("value", ODD_VALUES, ids=str)
def test_no_odd_value_is_an_error_and_none_drops_a_contact(value: Any) -> None:
    whole: list[Json] = [
        encounter(ACTOR, BARE, ref("#c"), location=[{"location": ref("Location/l")}]),
        procedure(ACTOR, encounter=ref("Encounter/e1"), location=ref("Location/l")),
        {**ROLE, "organization": ref("Organization/o"), "period": {"start": "2025"}},
        practitioner("a", qualification=[{"code": PHYSIOTHERAPY}], identifier=[]),
        {"resourceType": "Location", "id": "l", "managingOrganization": ref("Organization/o")},
        organization("o", coded("F1", KIND), partOf=ref("Organization/p"), address=[]),
    ]
    for place, resource in enumerate(whole):
        for element in {*resource, "contained", "reasonCode", "serviceType"} - {
            "resourceType",
            "id",
        }:
            odd = {**resource, element: value}
            contacts = contacts_of(*whole[:place], odd, *whole[place + 1 :])
            assert {each.source for each in contacts} == {"Encounter/e1", "Procedure/x1"}


def test_a_contained_resource_of_an_odd_type_is_nobody() -> None:
    contact = contact_of(encounter(ref("#c"), contained=[{"resourceType": {}, "id": "c"}]))
    assert (contact.professions, contact.practitioner) == (NOBODY, "e1#c")
