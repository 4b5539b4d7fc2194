import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import ContactKind, ContactStatus, Profession
from cds_service.domain.lookback import DayRange
from tests.fhir_mappings.made_records import (
    ACT,
    NHG14,
    SNOMED,
    Json,
    coded,
    contact_of,
    day,
    days,
    encounter,
    ref,
    role,
)

ICPC = "http://hl7.org/fhir/sid/icpc-1-nl"

TOOK_PLACE, OPEN, PLANNED, VOID, UNKNOWN = (
    ContactStatus.TOOK_PLACE,
    ContactStatus.OPEN,
    ContactStatus.PLANNED,
    ContactStatus.VOID,
    ContactStatus.UNKNOWN,
)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("finished", TOOK_PLACE),
        ("completed", TOOK_PLACE),  # R5
        ("discharged", TOOK_PLACE),  # R5
        ("unknown", UNKNOWN),
        (None, UNKNOWN),
        ("", UNKNOWN),
        ("finnished", UNKNOWN),
        ("Finished", UNKNOWN),
        ("in-progress", OPEN),
        ("arrived", OPEN),
        ("triaged", OPEN),
        ("onleave", OPEN),
        ("on-hold", OPEN),  # R5
        ("discontinued", OPEN),  # R5
        ("planned", PLANNED),
        ("booked", PLANNED),  # of an appointment
        ("proposed", PLANNED),
        ("pending", PLANNED),
        ("cancelled", VOID),
        ("noshow", VOID),  # of an appointment
        ("entered-in-error", VOID),
    ],
)
def test_the_status_of_an_encounter(status: object, expected: ContactStatus) -> None:
    assert contact_of(encounter(status=status)).status is expected


@pytest.mark.parametrize(
    ("period", "expected", "is_course", "has_open_end", "doubts"),
    [
        ({"start": "2025-03-24", "end": "2025-03-24"}, day("2025-03-24"), False, False, set()),
        (
            {"start": "2025-03-24T09:30:00+01:00", "end": "2025-03-24T10:00:00+01:00"},
            day("2025-03-24"),
            False,
            False,
            set(),
        ),
        ({"start": "2024-07-04T22:00:00+00:00"}, day("2024-07-05"), False, True, set()),
        ({"start": "2025-01-06", "end": "2025-05-26"}, days("2025-01-06", "2025-05-26"), True, False, set()),  # noqa: E501
        ({"start": "2025-10", "end": "2025-10"}, days("2025-10-01", "2025-10-31"), False, False, set()),  # noqa: E501
        (
            {"start": "2025-01", "end": "2025-05"},
            days("2025-01-01", "2025-05-31"),
            True,
            False,
            {Cause.DATE_IMPRECISE},
        ),
        ({}, None, False, False, set()),
        (None, None, False, False, set()),
    ],
)  # fmt: skip
def test_the_days_of_an_encounter(
    period: object,
    expected: DayRange | None,
    is_course: bool,  # noqa: FBT001
    has_open_end: bool,  # noqa: FBT001
    doubts: set[Cause],
) -> None:
    contact = contact_of(encounter(period=period))
    assert contact.days == expected
    assert (contact.is_course, contact.has_open_end) == (is_course, has_open_end)
    assert contact.doubts == doubts


@pytest.mark.parametrize(
    ("members", "kind", "is_inpatient"),
    [
        pytest.param({}, ContactKind.TREATMENT, False, id="class AMB"),
        pytest.param({"class": None}, ContactKind.TREATMENT, False, id="no class"),
        pytest.param(
            {"class": {"system": ACT, "code": "VR"}}, ContactKind.REMOTE, False, id="class VR"
        ),
        pytest.param(
            {"class": [{"coding": [{"system": ACT, "code": "VR"}]}]},
            ContactKind.REMOTE,
            False,
            id="class as a list of concepts, R5",
        ),
        pytest.param(
            {"class": {"system": "http://hl7.org/fhir/v3/ActCode", "code": "IMP"}},
            ContactKind.TREATMENT,
            True,
            id="class IMP",
        ),
        pytest.param(
            {"class": [{"coding": [{"system": ACT, "code": "ACUTE"}]}]},
            ContactKind.TREATMENT,
            True,
            id="class ACUTE as a list",
        ),
        pytest.param({"type": [coded("03", NHG14)]}, ContactKind.TREATMENT, False, id="NHG 03"),
        pytest.param({"type": [coded("5", NHG14)]}, ContactKind.REMOTE, False, id="NHG 5"),
        pytest.param({"type": [coded("11", NHG14)]}, ContactKind.NOTE, False, id="NHG 11"),
        pytest.param({"type": coded("12", NHG14)}, ContactKind.ASYNCHRONOUS, False, id="no list"),
        pytest.param({"type": [coded("99", NHG14)]}, ContactKind.UNCLEAR, False, id="NHG 99"),
        pytest.param({"type": [{"text": "Intake"}]}, ContactKind.INTAKE, False, id="text"),
    ],
)
def test_the_kind_of_an_encounter(
    members: Json,
    kind: ContactKind,
    is_inpatient: bool,  # noqa: FBT001
) -> None:
    contact = contact_of(encounter(**members))
    assert (contact.kind, contact.is_inpatient) == (kind, is_inpatient)


@pytest.mark.parametrize(
    "service_type",
    [coded("91251008", SNOMED), [{"concept": coded("91251008", SNOMED)}]],
    ids=["R4", "R5"],
)
def test_the_service_type_speaks_where_the_role_does_not(service_type: object) -> None:
    made = encounter(ref("Practitioner/a"), serviceType=service_type)
    assert contact_of(made).professions == {Profession.PHYSIOTHERAPIST}


def test_the_service_type_settles_which_of_two_roles() -> None:
    made = encounter(ref("Practitioner/a"), serviceType=coded("91251008", SNOMED))
    roles = [role("r1", "0400", person="a"), role("r2", "9401", person="a")]
    assert contact_of(made, *roles).professions == {Profession.PHYSIOTHERAPIST}


def test_an_encounter_of_r5_is_read() -> None:
    made = encounter(
        status="completed",
        participant=[{"actor": ref("PractitionerRole/r1")}],
        actualPeriod={"start": "2025-03-25", "end": "2025-03-25"},
    )
    del made["period"]
    contact = contact_of(made, role("r1", "0400"))
    assert contact.professions == {Profession.PHYSIOTHERAPIST}
    assert contact.days == day("2025-03-25")


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        pytest.param([coded("K92.01", ICPC)], True, id="a code of another chapter"),
        pytest.param([coded("K92.01", ICPC), coded("T90", ICPC)], True, id="two of them"),
        pytest.param([coded("A97", ICPC)], False, id="a code of chapter A"),
        pytest.param([coded("L88.01", ICPC)], False, id="chapter L, though another indication"),
        pytest.param([coded("25064002", SNOMED)], True, id="headache"),
        pytest.param([coded("73211009", SNOMED)], False, id="a code in no table"),
        pytest.param([{**coded("K92.01", ICPC), "text": "met rugpijn"}], False, id="a text more"),
        pytest.param(
            [
                {
                    "coding": [{"system": ICPC, "code": "K92", "display": "Vaatziekte"}],
                    "text": "vaatziekte",
                }
            ],
            True,
            id="a text that repeats the display",
        ),
        pytest.param([{"text": "lage rugpijn"}], False, id="a text"),
        pytest.param([{"text": "griep"}], False, id="a text without a code"),
        pytest.param([coded("L03", ICPC)], False, id="low back pain"),
        pytest.param(
            [coded("K92.01", ICPC), {"text": "rugpijn"}],
            False,
            id="pain beside it",
        ),
        pytest.param([], False, id="none"),
        pytest.param("griep", False, id="unreadable"),
    ],
)
def test_a_coded_reason_that_is_not_pain_is_told(
    reasons: object,
    expected: bool,  # noqa: FBT001
) -> None:
    assert contact_of(encounter(reasonCode=reasons)).has_other_reason is expected
