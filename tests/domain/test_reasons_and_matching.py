"""What mutation tests found untested: reasons, and the numbers of days with several disciplines."""

from dataclasses import replace
from datetime import date

import pytest

from cds_service.domain.assessment import FlagId
from cds_service.domain.causes import Reason
from cds_service.domain.contacts import CareSetting, Contact, ContactKind, ContactStatus, Profession
from cds_service.domain.criteria import ReadingKey
from cds_service.domain.ledger import Standing
from cds_service.domain.lookback import DayRange
from tests.domain.judged import C1, C2, CRITERIA, judge, session, spread

PHYSIO = Profession.PHYSIOTHERAPIST
EXERCISE = Profession.EXERCISE_THERAPIST
ERGO = Profession.OCCUPATIONAL_THERAPIST


def _stated(first: str, last: str, sessions: int) -> Contact:
    return Contact(
        source="QuestionnaireResponse/1",
        days=DayRange(session(first).days.first, session(last).days.first),  # type: ignore[union-attr]
        professions=frozenset({PHYSIO}),
        is_course=True,
        is_stated=True,
        sessions=sessions,
    )


@pytest.mark.parametrize(
    ("sessions", "reasons"),
    [
        (4, [None, Reason.OVERLAPS_STATED_CARE, Reason.OVERLAPS_STATED_CARE]),
        (2, [None, Reason.OVERLAPS_STATED_CARE, Reason.OVERLAPS_STATED_CARE]),
        (1, [Reason.OVERLAPS_STATED_CARE, None, None]),
    ],
)
def test_of_stated_and_found_care_the_smaller_is_set_aside(
    sessions: int, reasons: list[Reason | None]
) -> None:
    found = (session("2025-01-13"), session("2025-01-20"))
    ledger = judge([_stated("2025-01-06", "2025-02-03", sessions), *found]).finding(C1).ledger
    assert [entry.reason for entry in ledger.entries] == reasons


@pytest.mark.parametrize("narrow", [PHYSIO, ERGO])
def test_contacts_of_one_day_share_its_disciplines_as_well_as_they_can(narrow: Profession) -> None:
    """The first may be either of two; the second only one of them, as exercise therapy was had."""
    day = "2025-03-03"
    contacts = [
        session(day, EXERCISE),
        session(day, PHYSIO, ERGO, practitioner="bram"),
        session(day, narrow, EXERCISE, practitioner="carla"),
    ]
    assert judge(contacts).finding(C1).ledger.possible.sessions == 3


def test_what_never_counts_is_not_said_to_be_excluded_by_the_site() -> None:
    criteria = CRITERIA.read_as(ReadingKey.SECONDARY_CARE, "not")
    in_hospital = replace(
        session("2025-03-03", Profession.PSYCHOLOGIST), setting=CareSetting.HOSPITAL
    )
    screening = replace(in_hospital, source="Encounter/s", kind=ContactKind.SCREENING)
    entries = judge([in_hospital, screening], criteria=criteria).finding(C2).ledger.entries
    assert [entry.standing for entry in entries] == [Standing.NOT_COUNTED] * 2
    assert [entry.reason for entry in entries] == [Reason.EXCLUDED_BY_READING, Reason.SCREENING]


def test_an_intake_that_may_not_have_taken_place_gives_no_flag() -> None:
    plain = spread("2025-01-06", 91, 6)
    intake = replace(plain[2], kind=ContactKind.INTAKE, status=ContactStatus.UNKNOWN)
    assessment = judge([*plain[:2], intake, *plain[3:]])
    assert assessment.finding(C1).outcome.label == "indeterminate"
    assert FlagId.INTAKE_DECISIVE not in {flag.id for flag in assessment.flags}


def test_contacts_of_one_day_without_a_common_discipline_are_two_at_least() -> None:
    day = "2025-03-03"
    contacts = [
        session(day, PHYSIO, EXERCISE),
        session(day, EXERCISE, ERGO, practitioner="bram"),
        session(day, PHYSIO, ERGO, practitioner="carla"),
    ]
    assert judge(contacts).finding(C1).ledger.certain.sessions == 2


@pytest.mark.parametrize("month", ["2024-07", "2026-05"])
def test_an_undated_contact_far_from_a_run_adds_nothing_to_it(month: str) -> None:
    criteria = CRITERIA.read_as(ReadingKey.LONGEST_GAP_DAYS, "42")
    days = DayRange(date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{month}-30"))
    vague = replace(session(f"{month}-01"), days=days)
    finding = judge([*spread("2025-06-02", 91, 5), vague], criteria=criteria).finding(C1)
    assert finding.outcome.label == "not_met"


def test_how_a_criterion_was_met_is_said_of_met_ones_only_and_other_flags_always() -> None:
    """Six sessions in 80 days: indeterminate, and not met by one discipline or without intake."""
    plain = spread("2025-01-06", 80, 6)
    ergo = replace(plain[2], professions=frozenset({ERGO}))
    intake = replace(plain[3], kind=ContactKind.INTAKE)
    assessment = judge([*plain[:2], ergo, intake, *plain[4:]])
    assert assessment.finding(C1).outcome.label == "indeterminate"
    flags = {flag.id for flag in assessment.flags if flag.criterion is C1}
    assert FlagId.INTAKE_DECISIVE in flags
    assert FlagId.POOLED_ONLY not in flags
