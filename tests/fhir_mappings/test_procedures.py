import pytest

from cds_service.domain.contacts import ContactKind, ContactStatus, ProcedureMeaning, Profession
from cds_service.domain.lookback import DayRange
from tests.fhir_mappings.made_records import (
    SNOMED,
    Json,
    coded,
    contact_of,
    day,
    days,
    procedure,
    ref,
    role,
)

PHYSIOTHERAPY = coded("91251008", SNOMED)
PSYCHOTHERAPY = coded("76168009", SNOMED)
EXERCISE = coded("229065009", SNOMED)
VACCINATION = coded("33879002", SNOMED)
PHYSIO = frozenset({Profession.PHYSIOTHERAPIST})
PSYCHOLOGIST = frozenset({Profession.PSYCHOLOGIST})
NOBODY: frozenset[Profession] = frozenset()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"status": "completed"}, ContactStatus.TOOK_PLACE),
        ({"status": "unknown"}, ContactStatus.UNKNOWN),
        ({"status": None}, ContactStatus.UNKNOWN),
        ({"status": "in-progress"}, ContactStatus.OPEN),
        ({"status": "stopped"}, ContactStatus.OPEN),
        ({"status": "on-hold"}, ContactStatus.OPEN),
        ({"status": "suspended"}, ContactStatus.OPEN),  # STU3
        ({"status": "aborted"}, ContactStatus.OPEN),  # STU3
        ({"status": "preparation"}, ContactStatus.PLANNED),
        ({"status": "not-done"}, ContactStatus.VOID),
        ({"status": "entered-in-error"}, ContactStatus.VOID),
        ({"status": "completed", "notDone": True}, ContactStatus.VOID),  # STU3
        ({"status": "completed", "notDone": False}, ContactStatus.TOOK_PLACE),
    ],
)
def test_the_status_of_a_procedure(members: Json, expected: ContactStatus) -> None:
    assert contact_of(procedure(**members)).status is expected


@pytest.mark.parametrize(
    ("performed", "expected", "is_course", "has_open_end"),
    [
        ({"performedDateTime": "2025-03-24"}, day("2025-03-24"), False, False),
        ({"performedDateTime": "2025-03-24T23:30:00Z"}, day("2025-03-25"), False, False),
        ({"performedDateTime": "2025"}, days("2025-01-01", "2025-12-31"), False, False),
        (
            {"performedPeriod": {"start": "2025-03-24", "end": "2025-03-24"}},
            day("2025-03-24"),
            False,
            False,
        ),
        (
            {"performedPeriod": {"start": "2024-02-01", "end": "2024-06-29"}},
            days("2024-02-01", "2024-06-29"),
            True,
            False,
        ),
        ({"performedPeriod": {"start": "2025-03-24"}}, day("2025-03-24"), False, True),
        ({"performedString": "voorjaar 2025"}, None, False, False),
        ({"performedAge": {"value": 45}}, None, False, False),
        ({"occurrenceDateTime": "2025-03-24"}, day("2025-03-24"), False, False),  # R5
        (
            {"occurrencePeriod": {"start": "2025-01-06", "end": "2025-05-26"}},
            days("2025-01-06", "2025-05-26"),
            True,
            False,
        ),
        ({}, None, False, False),
    ],
)
def test_the_days_of_a_procedure(
    performed: Json,
    expected: DayRange | None,
    is_course: bool,  # noqa: FBT001
    has_open_end: bool,  # noqa: FBT001
) -> None:
    made = procedure(**performed)
    if "performedDateTime" not in performed:
        del made["performedDateTime"]
    contact = contact_of(made)
    assert contact.days == expected
    assert (contact.is_course, contact.has_open_end) == (is_course, has_open_end)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (PHYSIOTHERAPY, ProcedureMeaning.SESSION),
        (EXERCISE, ProcedureMeaning.SESSION),
        (VACCINATION, ProcedureMeaning.ANOTHER),
        ({"text": "Iets anders"}, ProcedureMeaning.ANOTHER),
        (None, ProcedureMeaning.ANOTHER),
    ],
)
def test_what_a_procedure_can_be(code: Json | None, meaning: ProcedureMeaning) -> None:
    contact = contact_of(procedure(code=code))
    assert (contact.procedure, contact.kind) == (meaning, ContactKind.TREATMENT)


ROLE = ref("PractitionerRole/r1")
BARE = ref("Practitioner/a")


@pytest.mark.parametrize(
    ("actors", "codes", "code", "expected"),
    [
        pytest.param([ROLE], ["0400"], PHYSIOTHERAPY, PHYSIO, id="they agree"),
        pytest.param([], [], PHYSIOTHERAPY, PHYSIO, id="code only, nobody named"),
        pytest.param([BARE], [], PHYSIOTHERAPY, PHYSIO, id="code only, somebody named"),
        pytest.param([ROLE], ["9401"], PHYSIOTHERAPY, PHYSIO | PSYCHOLOGIST, id="they differ"),
        pytest.param([ROLE], ["0400", "9401"], PHYSIOTHERAPY, PHYSIO, id="the code settles it"),
        pytest.param([ROLE], ["0400"], EXERCISE, PHYSIO, id="a method names no discipline"),
        pytest.param([ROLE], ["0400"], VACCINATION, PHYSIO, id="nor does a vaccination"),
        pytest.param([ROLE], ["0400"], None, PHYSIO, id="no code"),
        pytest.param([], [], EXERCISE, NOBODY, id="nobody, a method"),
        pytest.param([], [], VACCINATION, NOBODY, id="nobody, another procedure"),
        pytest.param([BARE], [], PSYCHOTHERAPY, PSYCHOLOGIST, id="psychotherapy"),
    ],
)
def test_role_and_code_of_a_procedure(
    actors: list[Json],
    codes: list[str],
    code: Json | None,
    expected: frozenset[Profession],
) -> None:
    made = procedure(*actors, code=code)
    assert contact_of(made, role("r1", *codes)).professions == expected


def test_a_code_does_not_make_up_for_a_role_that_was_lost() -> None:
    made = procedure(ROLE, code=PHYSIOTHERAPY)
    assert contact_of(made, lost=("PractitionerRole/r1",)).professions == NOBODY


@pytest.mark.parametrize("kind", ["Patient", "RelatedPerson", "Device"])
def test_what_the_patient_or_a_device_performed_is_no_therapy_whatever_its_code(kind: str) -> None:
    contact = contact_of(procedure(ref(f"{kind}/x"), code=PHYSIOTHERAPY))
    assert (contact.professions, contact.practitioner) == (frozenset({Profession.OTHER}), "")


def test_a_performer_that_is_an_organisation_is_nobody() -> None:
    contact = contact_of(procedure(ref("Organization/x")))
    assert (contact.professions, contact.practitioner) == (NOBODY, "")
