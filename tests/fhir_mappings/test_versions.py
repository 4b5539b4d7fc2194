"""One literal Encounter and Procedure per FHIR version, and what each version says its own way."""

from typing import Any, Final

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
)
from tests.fhir_mappings.made_records import (
    ACT,
    BASE,
    COD016,
    KIND,
    NHG14,
    ROLE_EXTENSION,
    SNOMED,
    coded,
    contact_of,
    contacts_of,
    day,
    days,
    encounter,
    location,
    organization,
    practitioner,
    procedure,
    ref,
    role,
)

Json = dict[str, Any]

PHYSIO: Final = frozenset({Profession.PHYSIOTHERAPIST})
PSYCHOLOGIST: Final = frozenset({Profession.PSYCHOLOGIST})
AMB: Final = {"system": ACT, "code": "AMB"}
AT_NINE: Final = {"start": "2025-03-24T09:00:00+01:00", "end": "2025-03-24T09:30:00+01:00"}
PHYSIO_ROLE: Final = role("r1", "0400", person="a", organization=ref("Organization/o1"))
PRACTICE: Final = organization("o1", coded("F1", KIND))
CARE: Final = (PHYSIO_ROLE, practitioner("a"), PRACTICE)

STU3_ENCOUNTER: Final[Json] = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "statusHistory": [{"status": "arrived", "period": {"start": "2025-03-24"}}],
    "class": {"system": "http://hl7.org/fhir/v3/ActCode", "code": "AMB"},
    "classHistory": [{"class": {"code": "IMP"}, "period": {"start": "2025-03-01"}}],
    "type": [coded("03", NHG14)],
    "subject": ref("Patient/p1"),
    "participant": [
        {
            "individual": {
                "reference": "Practitioner/a",
                "extension": [
                    {"url": ROLE_EXTENSION, "valueReference": ref("PractitionerRole/r1")}
                ],
            }
        }
    ],
    "period": AT_NINE,
    "reason": [coded("25064002", SNOMED)],
    "hospitalization": {"dischargeDisposition": {"text": "naar huis"}},
}
R4_ENCOUNTER: Final[Json] = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": AMB,
    "type": [coded("03", NHG14)],
    "serviceType": {"text": "zorg"},
    "subject": ref("Patient/p1"),
    "participant": [{"individual": ref("PractitionerRole/r1")}],
    "period": AT_NINE,
    "reasonCode": [coded("25064002", SNOMED)],
}
R5_ENCOUNTER: Final[Json] = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "completed",
    "class": [{"coding": [AMB]}],
    "type": [coded("03", NHG14)],
    "serviceType": [{"concept": {"text": "zorg"}}, {"reference": ref("HealthcareService/h")}],
    "subject": ref("Patient/p1"),
    "subjectStatus": {"text": "vertrokken"},
    "participant": [{"actor": ref("PractitionerRole/r1")}],
    "actualPeriod": AT_NINE,
    "plannedStartDate": "2025-03-31T09:00:00+02:00",
    "reason": [{"use": [{"text": "klacht"}], "value": [{"concept": coded("25064002", SNOMED)}]}],
    "admission": {"dischargeDisposition": {"text": "naar huis"}},
}


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(STU3_ENCOUNTER, id="STU3"),
        pytest.param(R4_ENCOUNTER, id="R4 and R4B"),
        pytest.param(R5_ENCOUNTER, id="R5"),
    ],
)
def test_an_encounter_says_the_same_in_every_version(resource: Json) -> None:
    assert contact_of(resource, *CARE) == Contact(
        source="Encounter/e1",
        days=day("2025-03-24"),
        professions=PHYSIO,
        practitioner="Practitioner/a",
        setting=CareSetting.THERAPY_PRACTICE,
        kind=ContactKind.TREATMENT,
        status=ContactStatus.TOOK_PLACE,
        has_other_reason=True,
        practice="Praktijk o1",
        practitioner_name="Therapeut a",
    )


STU3_PROCEDURE: Final[Json] = {
    "resourceType": "Procedure",
    "id": "x1",
    "status": "completed",
    "notDone": False,
    "code": coded("91251008", SNOMED),
    "subject": ref("Patient/p1"),
    "context": ref("Encounter/e1"),
    "performedDateTime": "2025-03-24",
    "performer": [{"actor": ref("Practitioner/a"), "onBehalfOf": ref("Organization/o1")}],
    "reasonCode": [coded("25064002", SNOMED)],
}
R4_PROCEDURE: Final[Json] = {
    "resourceType": "Procedure",
    "id": "x1",
    "status": "completed",
    "code": coded("91251008", SNOMED),
    "subject": ref("Patient/p1"),
    "encounter": ref("Encounter/e1"),
    "performedPeriod": {"start": "2025-03-24", "end": "2025-03-24"},
    "performer": [{"actor": ref("PractitionerRole/r1"), "function": {"text": "uitvoerder"}}],
    "reasonCode": [coded("25064002", SNOMED)],
}
R5_PROCEDURE: Final[Json] = {
    "resourceType": "Procedure",
    "id": "x1",
    "status": "completed",
    "code": coded("91251008", SNOMED),
    "subject": ref("Patient/p1"),
    "encounter": ref("Encounter/e1"),
    "occurrenceDateTime": "2025-03-24T09:00:00+01:00",
    "recorded": "2025-03-30",
    "performer": [{"actor": ref("PractitionerRole/r1"), "period": {"start": "2025-03-24"}}],
    "reason": [{"concept": coded("25064002", SNOMED)}],
}


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(STU3_PROCEDURE, id="STU3"),
        pytest.param(R4_PROCEDURE, id="R4 and R4B"),
        pytest.param(R5_PROCEDURE, id="R5"),
    ],
)
def test_a_procedure_says_the_same_in_every_version(resource: Json) -> None:
    assert contact_of(resource, *CARE) == Contact(
        source="Procedure/x1",
        days=day("2025-03-24"),
        professions=PHYSIO,
        practitioner="Practitioner/a",
        setting=CareSetting.THERAPY_PRACTICE,
        status=ContactStatus.TOOK_PLACE,
        procedure=ProcedureMeaning.SESSION,
        has_other_reason=True,
        practice="Praktijk o1",
        practitioner_name="Therapeut a",
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("planned", ContactStatus.PLANNED),
        ("arrived", ContactStatus.OPEN),
        ("triaged", ContactStatus.OPEN),
        ("in-progress", ContactStatus.OPEN),
        ("onleave", ContactStatus.OPEN),
        ("on-hold", ContactStatus.OPEN),
        ("discontinued", ContactStatus.OPEN),
        ("discharged", ContactStatus.TOOK_PLACE),
        ("finished", ContactStatus.TOOK_PLACE),
        ("completed", ContactStatus.TOOK_PLACE),
        ("cancelled", ContactStatus.VOID),
        ("entered-in-error", ContactStatus.VOID),
        ("unknown", ContactStatus.UNKNOWN),
        ("gedaan", ContactStatus.UNKNOWN),
        ("Finished", ContactStatus.UNKNOWN),
    ],
)
def test_the_status_words_of_an_encounter_in_all_versions(word: str, status: ContactStatus) -> None:
    assert contact_of(encounter(status=word)).status is status


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("preparation", ContactStatus.PLANNED),
        ("in-progress", ContactStatus.OPEN),
        ("suspended", ContactStatus.OPEN),
        ("on-hold", ContactStatus.OPEN),
        ("aborted", ContactStatus.OPEN),
        ("stopped", ContactStatus.OPEN),
        ("completed", ContactStatus.TOOK_PLACE),
        ("not-done", ContactStatus.VOID),
        ("entered-in-error", ContactStatus.VOID),
        ("unknown", ContactStatus.UNKNOWN),
    ],
)
def test_the_status_words_of_a_procedure_in_all_versions(word: str, status: ContactStatus) -> None:
    assert contact_of(procedure(status=word)).status is status
    assert contact_of(procedure(status=word, notDone=True)).status is ContactStatus.VOID


@pytest.mark.parametrize(
    "system", [ACT, "http://hl7.org/fhir/v3/ActCode", "urn:oid:2.16.840.1.113883.5.4"]
)
def test_an_admission_is_one_whether_class_is_a_code_or_a_list(system: str) -> None:
    inpatient = {"system": system, "code": "IMP"}
    for value in (inpatient, [{"coding": [AMB]}, {"coding": [inpatient]}], {"coding": [inpatient]}):
        assert contact_of(encounter(**{"class": value})).is_inpatient


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({"reasonCode": [coded("25064002", SNOMED)]}, True, id="R4"),
        pytest.param({"reason": [coded("25064002", SNOMED)]}, True, id="STU3"),
        pytest.param({"reason": [{"concept": coded("25064002", SNOMED)}]}, True, id="R5 Procedure"),
        pytest.param(
            {"reason": [{"value": [{"concept": coded("25064002", SNOMED)}]}]}, True, id="R5"
        ),
        pytest.param(
            {"reason": [{"value": [{"concept": coded("82423001", SNOMED)}]}]}, False, id="pain"
        ),
        pytest.param({"reason": [{"value": [{"reference": ref("Condition/c")}]}]}, False, id="ref"),
        pytest.param({"reason": "hoofdpijn"}, False, id="a text"),
    ],
)
def test_a_coded_reason_that_is_not_pain_is_seen(members: Json, expected: bool) -> None:  # noqa: FBT001
    assert contact_of(encounter(**members)).has_other_reason is expected


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        pytest.param({"event": ["2025-03-24"]}, (day("2025-03-24"), False, False), id="one event"),
        pytest.param(
            {"event": ["2025-03-31", "2025-03-24T10:00:00Z"]},
            (days("2025-03-24", "2025-03-31"), True, False),
            id="several",
        ),
        pytest.param(
            {"event": ["2025-03", "2025-05-06"]},
            (days("2025-03-01", "2025-05-06"), True, True),
            id="a vague one among them",
        ),
        pytest.param(
            {"repeat": {"boundsPeriod": {"start": "2025-03-03", "end": "2025-05-26"}}},
            (days("2025-03-03", "2025-05-26"), True, False),
            id="bounds",
        ),
        pytest.param({"repeat": {"frequency": 1}}, (None, True, False), id="only how often"),
        pytest.param({}, (None, True, False), id="nothing"),
    ],
)
def test_a_timing_is_a_course_unless_it_is_one_event(
    timing: Json, expected: tuple[object, bool, bool]
) -> None:
    made = procedure(occurrenceTiming=timing)
    del made["performedDateTime"]
    contact = contact_of(made)
    vague = Cause.DATE_IMPRECISE in contact.doubts
    assert (contact.days, contact.is_course, vague) == expected


def test_the_country_of_an_organisation_stands_elsewhere_in_r5() -> None:
    abroad = organization("o1", coded("F1", KIND), contact=[{"address": {"country": "BE"}}])
    at_home = organization("o1", coded("F1", KIND), contact=[{"address": {"country": "NL"}}])
    made = encounter(serviceProvider=ref("Organization/o1"))
    assert contact_of(made, abroad).setting is CareSetting.ABROAD
    assert contact_of(made, at_home).setting is CareSetting.THERAPY_PRACTICE


def test_in_stu3_a_location_has_one_type() -> None:
    made = encounter(location=[{"location": ref("Location/l")}])
    place = location("l", type=coded("GACH", "http://terminology.hl7.org/CodeSystem/v3-RoleCode"))
    assert contact_of(made, place).setting is CareSetting.HOSPITAL


@pytest.mark.parametrize("element", ["function", "role"])
def test_the_function_of_a_performer_speaks_where_nothing_else_does(element: str) -> None:
    named = {"actor": ref("Practitioner/a"), element: coded("36682004", SNOMED)}
    assert contact_of(procedure(performer=[named]), practitioner("a")).professions == PHYSIO
    psychologist = role("r2", "9401", person="a")
    told = contact_of(procedure(performer=[named]), practitioner("a"), psychologist)
    assert told.professions == PSYCHOLOGIST


def test_the_type_of_participation_is_mostly_no_profession() -> None:
    attending = {
        "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
        "code": "ATND",
    }
    for kind, expected in (
        ({"coding": [attending]}, frozenset()),
        ({"text": "Psycholoog"}, PSYCHOLOGIST),
    ):
        made = encounter(participant=[{"type": [kind], "individual": ref("Practitioner/a")}])
        assert contact_of(made, practitioner("a")).professions == expected


def test_odd_functions_do_no_harm() -> None:
    made = encounter(participant=[{"type": 7, "individual": ref("PractitionerRole/r1")}])
    assert contact_of(made, *CARE).professions == PHYSIO


# by identifier

AGB: Final = "http://fhir.nl/fhir/NamingSystem/agb-z"


def logical(value: str, kind: str = "", system: str = AGB) -> Json:
    found: Json = {"identifier": {"system": system, "value": value}}
    return {**found, "type": kind} if kind else found


def identified(resource: Json, value: str, system: str = AGB) -> Json:
    return {**resource, "identifier": [{"system": system, "value": value}]}


@pytest.mark.parametrize("kind", ["", "Practitioner"])
def test_somebody_named_by_identifier_is_the_one_who_has_it(kind: str) -> None:
    person = identified(practitioner("a"), "04115923")
    contact = contact_of(
        encounter(logical("04115923", kind)), person, role("r1", "9401", person="a")
    )
    assert (contact.professions, contact.practitioner) == (PSYCHOLOGIST, "Practitioner/a")


def test_a_role_named_by_identifier_is_the_role_of_the_contact() -> None:
    first = identified(role("r1", "0400", person="a"), "R-1", "https://ehr.example.nl/rollen")
    made = encounter(logical("R-1", system="https://ehr.example.nl/rollen"))
    contact = contact_of(made, first, role("r2", "9401", person="a"), practitioner("a"))
    assert contact.professions == PHYSIO


def test_an_identifier_of_a_person_and_of_their_role_means_the_person() -> None:
    person, own = (
        identified(practitioner("a"), "04115923"),
        identified(role("r1", "0400", person="a"), "04115923"),
    )
    contact = contact_of(
        encounter(logical("04115923")), person, own, role("r2", "9401", person="a")
    )
    assert contact.professions == PHYSIO | PSYCHOLOGIST
    named = encounter(logical("04115923", "PractitionerRole"))
    assert contact_of(named, person, own, role("r2", "9401", person="a")).professions == PHYSIO


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(logical("999"), id="of nobody here"),
        pytest.param(logical("123", system=""), id="without a system"),
        pytest.param(logical("123", kind="Practitioner"), id="of two people"),
    ],
)
def test_an_identifier_that_does_not_tell_who_it_is_is_not_resolved(named: Json) -> None:
    people = [identified(practitioner(each), "123") for each in "ab"]
    roles = [role(f"r{each}", "9401", person=each) for each in "ab"]
    assert contact_of(encounter(named), *people, *roles).professions == frozenset()


def test_a_place_and_an_encounter_can_be_named_by_identifier() -> None:
    practice = identified(PRACTICE, "P-1", "https://ehr.example.nl/praktijken")
    visit = identified(
        encounter(serviceProvider=logical("P-1", system="https://ehr.example.nl/praktijken")), "E-1"
    )
    treatment = procedure(encounter=logical("E-1"), code=coded("91251008", SNOMED))
    del treatment["performedDateTime"]
    found = contacts_of(visit, treatment, practice)
    assert [(each.days, each.setting) for each in found] == [
        (day("2025-03-24"), CareSetting.THERAPY_PRACTICE)
    ] * 2


@pytest.mark.parametrize(
    "identifiers", [7, ["x"], [{"value": 7}], [{"system": AGB}], {"system": AGB, "value": "1"}]
)
def test_odd_identifiers_do_no_harm(identifiers: object) -> None:
    person = {**practitioner("a"), "identifier": identifiers}
    assert contact_of(encounter(logical("1")), person).professions == frozenset()


# contained, and in every spelling

REFERENCES: Final = [
    "PractitionerRole/r1",
    "PractitionerRole/r1/_history/4",
    f"{BASE}/PractitionerRole/r1",
    f"{BASE}/PractitionerRole/r1/_history/4",
]


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("element", ["individual", "actor"])
def test_a_role_is_found_in_every_spelling(reference: str, element: str) -> None:
    made = encounter(participant=[{element: ref(reference)}])
    assert contact_of(made, *CARE).professions == PHYSIO


def test_everything_can_be_contained() -> None:
    own = [
        role("r1", "0409", person="", practitioner=ref("#a"), organization=ref("#o1")),
        {**practitioner("a"), "resourceType": "Practitioner"},
        organization("o1", coded("F1", KIND)),
    ]
    contact = contact_of(encounter(ref("#r1"), contained=own))
    assert contact.professions == {Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST}
    assert contact.setting is CareSetting.THERAPY_PRACTICE
    assert contact.practitioner_name == "Therapeut a"


@pytest.mark.parametrize("kind", ["RelatedPerson", "Patient", "Device"])
def test_a_contained_relative_is_no_professional(kind: str) -> None:
    relative = {"resourceType": kind, "id": "x"}
    made = encounter(ref("#x"), ref("PractitionerRole/r1"), contained=[relative])
    assert [each.professions for each in contacts_of(made, *CARE)] == [PHYSIO]


def test_a_contained_practitioner_shows_a_qualification_or_only_words() -> None:
    qualified = {**practitioner("a"), "qualification": [{"code": coded("9401", COD016)}]}
    assert contact_of(encounter(ref("#a"), contained=[qualified])).professions == PSYCHOLOGIST
    in_words = role("r1", specialty=[{"text": "Psychosomatisch fysiotherapeut"}])
    assert contact_of(encounter(ref("#r1"), contained=[in_words])).professions == {
        Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
    }


def test_a_contained_resource_that_is_not_there_is_nobody_known() -> None:
    assert contact_of(encounter(ref("#r9"), contained=[role("r1", "0400")])).professions == set()


# what is alike is read once, and only what is alike


def test_contacts_that_are_written_alike_differ_by_the_role_of_their_day() -> None:
    until, since = {"end": "2025-03-31"}, {"start": "2025-04-01"}
    roles = [
        role("r1", "0400", person="a", period=until),
        role("r2", "9401", person="a", period=since),
    ]
    found = contacts_of(
        encounter(ref("Practitioner/a")),
        encounter(ref("Practitioner/a"), id="e2", period={"start": "2025-04-01"}),
        encounter(ref("Practitioner/a"), id="e3", period={"start": "2025-03-31"}),
        *roles,
        practitioner("a"),
    )
    assert [each.professions for each in found] == [PHYSIO, PSYCHOLOGIST, PHYSIO]


def test_contacts_that_are_written_alike_differ_by_what_they_contain() -> None:
    found = contacts_of(
        encounter(ref("#r"), contained=[role("r", "0400")]),
        encounter(ref("#r"), id="e2", contained=[role("r", "9401")]),
        encounter(ref("#r"), id="e3"),
    )
    assert [each.professions for each in found] == [PHYSIO, PSYCHOLOGIST, frozenset()]
    assert len({each.practitioner for each in found}) == 3


def test_treatments_that_are_written_alike_differ_by_their_encounter() -> None:
    hospital = organization("o2", coded("V4", KIND))
    code = coded("91251008", SNOMED)
    found = contacts_of(
        encounter(serviceProvider=ref("Organization/o1")),
        encounter(id="e2", serviceProvider=ref("Organization/o2")),
        procedure(encounter=ref("Encounter/e1"), code=code),
        procedure(id="x2", encounter=ref("Encounter/e2"), code=code),
        procedure(id="x3", code=code),
        PRACTICE,
        hospital,
    )
    assert [each.setting for each in found] == [
        CareSetting.THERAPY_PRACTICE,
        CareSetting.HOSPITAL,
        CareSetting.THERAPY_PRACTICE,
        CareSetting.HOSPITAL,
        CareSetting.UNKNOWN,
    ]
