"""Words on a contact, the reasons of it, and who took no part in care (policy 2.4, A8)."""

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import CareSetting, Contact, Profession
from tests.fhir_mappings.made_records import (
    ACT,
    KIND,
    SNOMED,
    Json,
    coded,
    contact_of,
    contacts_of,
    encounter,
    location,
    organization,
    procedure,
    ref,
    role,
)

ICPC = "http://hl7.org/fhir/sid/icpc-1-nl"
PARTS = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ROLE = ref("PractitionerRole/r1")
PHYSIO = frozenset({Profession.PHYSIOTHERAPIST})
NOBODY: frozenset[Profession] = frozenset()
PERHAPS_POH_GGZ = frozenset({Profession.PRACTICE_NURSE_GGZ, Profession.OTHER})
UNREADABLE = frozenset({Cause.RESOURCE_UNREADABLE})
INCOMPLETE = frozenset({Cause.RECORD_INCOMPLETE})


def in_words(*texts: str) -> Json:
    return role("r1", specialty=[{"text": text} for text in texts])


@pytest.mark.parametrize(
    ("who", "members", "expected"),
    [
        pytest.param(
            role("r1", "0100"), {"type": [{"text": "POH-GGZ consult"}]}, PERHAPS_POH_GGZ, id="GP"
        ),
        pytest.param(
            in_words("POH"), {"type": [{"text": "Consult POH GGZ"}]}, PERHAPS_POH_GGZ, id="POH"
        ),
        pytest.param(
            role("r1", "9100"), {"serviceType": {"text": "POH-GGZ"}}, PERHAPS_POH_GGZ, id="nurse"
        ),
        pytest.param(
            role("r1", "ZZZZ"), {"type": [{"text": "POH-GGZ"}]}, PERHAPS_POH_GGZ, id="nobody known"
        ),
        pytest.param(
            role("r1", "0100"),
            {"type": [{"coding": [{"system": "x:his", "code": "1", "display": "POH-GGZ > 20"}]}]},
            PERHAPS_POH_GGZ,
            id="the display of a code of their own",
        ),
        pytest.param(
            in_words("POH-GGZ"),
            {"type": [{"text": "POH-GGZ consult"}]},
            frozenset({Profession.PRACTICE_NURSE_GGZ}),
            id="the POH-GGZ",
        ),
        pytest.param(role("r1", "0400"), {"type": [{"text": "POH-GGZ"}]}, PHYSIO, id="a therapist"),
        pytest.param(
            role("r1", "0100"),
            {"type": [{"text": "Consult"}]},
            frozenset({Profession.OTHER}),
            id="no such words",
        ),
    ],
)
def test_words_on_a_contact_name_the_practice_nurse(
    who: Json, members: Json, expected: frozenset[Profession]
) -> None:
    assert contact_of(encounter(ROLE, **members), who).professions == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"reasonCode": [coded("T90.02", ICPC)]}, True),
        ({"reasonCode": [coded("L03", ICPC)]}, True),
        ({"reasonCode": [coded("T90", ICPC), coded("P76", ICPC)]}, False),
        ({"reasonCode": [coded("Z05", ICPC)]}, False),
        ({"reasonCode": [{"text": "suiker"}]}, False),
        ({"reasonCode": [coded("73211009", SNOMED)]}, False),
        ({"reasonCode": [coded("T90", ICPC)], "type": [{"text": "GGZ-consult"}]}, False),
        ({"reasonCode": [coded("T90", ICPC), {"text": "psychische klachten"}]}, False),
        ({}, False),
    ],
)
def test_a_somatic_contact_is_told(members: Json, expected: bool) -> None:  # noqa: FBT001
    assert contact_of(encounter(ROLE, **members), in_words("POH")).has_somatic_reason is expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({"reasonReference": [ref("#c")]}, True, id="a contained Condition"),
        pytest.param({"reason": [{"reference": "#c"}]}, True, id="in a list of either"),
        pytest.param({"reason": [{"reference": ref("#c")}]}, True, id="R5"),
        pytest.param({"reasonReference": [ref("Condition/x")]}, False, id="not at hand"),
        pytest.param(
            {"reasonCode": [coded("K92", ICPC)], "reasonReference": [ref("Condition/x")]},
            False,
            id="one that is not at hand beside another reason",
        ),
    ],
)
def test_another_reason_may_stand_in_a_condition(members: Json, expected: bool) -> None:  # noqa: FBT001
    condition = {"resourceType": "Condition", "id": "c", "code": coded("K92.01", ICPC)}
    contact = contact_of(encounter(ROLE, contained=[condition], **members), role("r1", "0400"))
    assert contact.has_other_reason is expected


def part(*codes: str) -> list[Json]:
    return [coded(code, PARTS) for code in codes]


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([], PHYSIO),
        (part("PPRF"), PHYSIO),
        (part("REF"), NOBODY),
        (part("CALLBCK"), NOBODY),
        (part("ESC"), NOBODY),
        ([{"text": "Verwijzer"}], NOBODY),
        (part("REF", "PPRF"), PHYSIO),
        (part("REF", "ATND"), PHYSIO),
        ([coded("translator", "http://terminology.hl7.org/CodeSystem/participant-type")], NOBODY),
    ],
)
def test_who_referred_called_or_escorted_is_no_therapist_of_the_contact(
    types: list[Json], expected: frozenset[Profession]
) -> None:
    made = encounter(participant=[{"individual": ROLE, "type": types}])
    assert contact_of(made, role("r1", "0400")).professions == expected


@pytest.mark.parametrize(
    "words",
    [
        "Fysiotherapie-assistent",
        "Secretaresse fysiotherapie",
        "Medewerker receptie fysiotherapie",
        "Planner psychologie",
    ],
)
def test_support_staff_by_name_gives_no_care(words: str) -> None:
    assert contact_of(encounter(ROLE), in_words(words)).professions == {Profession.OTHER}


@pytest.mark.parametrize(
    "made",
    [
        pytest.param([encounter(ROLE, modifierExtension=[{"url": "x:no"}])], id="contact"),
        pytest.param([encounter(ROLE, implicitRules="x:rules")], id="rules"),
        pytest.param(
            [encounter(participant=[{"individual": ROLE, "modifierExtension": [{"url": "x:no"}]}])],
            id="participant",
        ),
        pytest.param([procedure(ROLE, modifierExtension=[{"url": "x:no"}])], id="procedure"),
    ],
)
def test_a_modified_contact_keeps_its_day_and_profession_and_is_doubtful(made: list[Json]) -> None:
    contact = contact_of(*made, role("r1", "0400"))
    assert (contact.professions, contact.doubts) == (PHYSIO, UNREADABLE)
    assert contact.days is not None


def test_a_modified_role_makes_the_contact_doubtful() -> None:
    modified = role("r1", "0400", modifierExtension=[{"url": "x:no"}])
    assert contact_of(encounter(ROLE), modified).doubts == UNREADABLE


@pytest.mark.parametrize(
    "label", [{"security": [{"code": "REDACTED"}]}, {"tag": [{"code": "SUBSETTED"}]}]
)
def test_a_contact_that_is_not_all_there_is_doubtful(label: Json) -> None:
    assert contact_of(encounter(ROLE, meta=label), role("r1", "0400")).doubts == INCOMPLETE


def admission(**members: object) -> Json:
    day_of_it = {"class": {"system": ACT, "code": "IMP"}, "id": "a1"}
    return encounter(**{**day_of_it, **members})


def visit(*others: Json, **members: object) -> Contact:
    made = encounter(ROLE, partOf=ref("Encounter/a1"), **members)
    return next(
        each
        for each in contacts_of(made, *others, role("r1", "0400"))
        if each.source == "Encounter/e1"
    )


def test_a_visit_that_is_part_of_an_admission_is_given_during_it() -> None:
    assert visit(admission()).is_inpatient


def test_a_visit_that_is_part_of_a_day_at_the_practice_is_not() -> None:
    ambulant = admission(**{"class": {"system": ACT, "code": "AMB"}})
    contact = visit(ambulant)
    assert (contact.is_inpatient, contact.doubts) == (False, frozenset())


def test_a_visit_that_is_part_of_what_could_not_be_had_has_lost_its_place() -> None:
    contact = visit()
    assert (contact.setting, contact.doubts) == (CareSetting.UNKNOWN, INCOMPLETE)


V6 = coded("V6", KIND)
R8 = coded("R8", KIND)
F1 = coded("F1", KIND)
TEAM = coded("team", "http://terminology.hl7.org/CodeSystem/organization-type")
DEPT = coded("dept", "http://terminology.hl7.org/CodeSystem/organization-type")


@pytest.mark.parametrize(
    ("types", "above", "expected"),
    [
        pytest.param([TEAM], R8, CareSetting.REHABILITATION_CENTRE, id="team of a centre"),
        pytest.param([DEPT], V6, CareSetting.HOSPITAL, id="department"),
        pytest.param([coded("0400")], V6, CareSetting.HOSPITAL, id="practice group in a hospital"),
        pytest.param([], F1, CareSetting.THERAPY_PRACTICE, id="part of a practice"),
        pytest.param([TEAM], F1, CareSetting.THERAPY_PRACTICE, id="team of a practice"),
        pytest.param([V6], F1, CareSetting.HOSPITAL, id="an institution stays one"),
    ],
)
def test_what_an_organisation_is_part_of_decides(
    types: list[Json], above: Json, expected: CareSetting
) -> None:
    made = encounter(ROLE, serviceProvider=ref("Organization/d"))
    below = organization("d", *types, partOf=ref("Organization/h"))
    contact = contact_of(made, role("r1", "0400"), below, organization("h", above))
    assert (contact.setting, contact.doubts) == (expected, frozenset())


def test_a_room_is_where_its_building_is() -> None:
    made = encounter(ROLE, location=[{"location": ref("Location/room")}])
    room = location("room", partOf=ref("Location/building"))
    others = [room, location("building", "h"), organization("h", V6), role("r1", "0400")]
    assert contact_of(made, *others).setting is CareSetting.HOSPITAL


def test_a_lost_parent_leaves_the_place_in_doubt() -> None:
    made = encounter(ROLE, serviceProvider=ref("Organization/d"))
    below = organization("d", F1, partOf=ref("Organization/h"))
    contact = contact_of(made, role("r1", "0400"), below, lost=("Organization/h",))
    assert contact.doubts == INCOMPLETE


def test_a_lost_place_is_not_made_up_for_by_the_organisation_of_the_role() -> None:
    made = encounter(ROLE, location=[{"location": ref("Location/x")}])
    of_hospital = role("r1", "0400", organization=ref("Organization/h"))
    contact = contact_of(made, of_hospital, organization("h", V6), lost=("Location/x",))
    assert (contact.setting, contact.doubts) == (CareSetting.UNKNOWN, INCOMPLETE)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"active": False}, NOBODY),
        ({"active": False, "period": {"start": "2020-01-01", "end": "2026-03-31"}}, PHYSIO),
        ({"active": False, "period": {"start": "2020-01-01", "end": "2024-12-31"}}, NOBODY),
    ],
)
def test_a_role_that_ended_was_valid_in_its_period(
    members: Json, expected: frozenset[Profession]
) -> None:
    assert contact_of(encounter(ROLE), role("r1", "0400", **members)).professions == expected


@pytest.mark.parametrize(
    "reference",
    ["PractitionerRole?identifier=x|1", "PractitionerRole/" + "9" * 300, "r1", "#r9", "urn:uuid:1"],
)
def test_a_reference_of_an_odd_form_is_lost_and_never_nobody(reference: str) -> None:
    lost = (reference,) if reference.startswith("PractitionerRole/") else ()
    contact = contact_of(encounter(ref(reference)), lost=lost)
    assert (contact.professions, contact.doubts) == (NOBODY, INCOMPLETE)


def test_a_conditional_reference_leads_to_the_one_that_has_the_identifier() -> None:
    named = role("r1", "0400", identifier=[{"system": "x:nr", "value": "7"}])
    made = encounter(ref("PractitionerRole?identifier=x:nr|7"))
    assert contact_of(made, named).professions == PHYSIO
