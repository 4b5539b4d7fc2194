"""The practice is made as assumed, the same each time, and its truth is what its care was."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds_service.synthetic_practice.assumptions import PRACTICE
from cds_service.synthetic_practice.patients import (
    Course,
    Discipline,
    FiledAs,
    Patient,
    patient,
    patients,
)
from cds_service.synthetic_practice.referrals import hook_call
from cds_service.synthetic_practice.resources import resources
from tools.synthetic_practice.answers import Answer
from tools.synthetic_practice.table import table
from tools.synthetic_practice.truth import Truth, truth

MADE = list(patients(3000, seed=7, assumptions=PRACTICE))


def test_a_seed_makes_the_same_practice_each_time() -> None:
    again = list(patients(20, seed=7, assumptions=PRACTICE))
    other = list(patients(20, seed=8, assumptions=PRACTICE))
    assert again == MADE[:20]
    assert other != MADE[:20]


def test_a_patient_depends_on_no_other_patient() -> None:
    later = next(patients(1, seed=7, assumptions=PRACTICE, first=15))
    assert later == MADE[14] == patient(15, seed=7, assumptions=PRACTICE)


def test_patients_are_made_one_by_one() -> None:
    endless = patients(10**9, seed=7, assumptions=PRACTICE)
    assert list(islice(endless, 3)) == MADE[:3]


def _shares(counted: Counter[str]) -> dict[str, float]:
    return {name: round(number / counted.total(), 2) for name, number in counted.items()}


def test_physiotherapy_is_complete_in_6_percent_a_trace_in_4_and_absent_in_90() -> None:
    counted: Counter[str] = Counter()
    for made in MADE:
        days = {each.day for each in made.contacts if each.discipline == "physiotherapy"}
        for course in made.courses:
            if course.discipline is Discipline.PHYSIOTHERAPY and len(course.days) > 2:
                seen = len(days & set(course.days))
                counted["complete" if seen == len(course.days) else "trace" if seen else "no"] += 1
    shares = _shares(counted)
    assert shares["complete"] == pytest.approx(0.06, abs=0.015)
    assert shares["trace"] == pytest.approx(0.04, abs=0.015)
    assert shares["no"] == pytest.approx(0.90, abs=0.02)


def test_poh_ggz_is_filed_in_four_ways() -> None:
    counted: Counter[str] = Counter()
    for made in MADE:
        ways = {each.filed_as for each in made.contacts if each.discipline == "POH-GGZ"}
        assert len(ways) <= 1
        counted.update("GP" if way is FiledAs.GP_WITH_WORDS else way.value for way in ways)
    shares = _shares(counted)
    assert shares["POH-GGZ"] == pytest.approx(0.30, abs=0.04)
    assert shares["POH"] == pytest.approx(0.30, abs=0.04)
    assert shares["GP"] == pytest.approx(0.25, abs=0.04)
    assert shares["nobody"] == pytest.approx(0.15, abs=0.04)


def test_half_of_the_courses_end_with_a_letter() -> None:
    courses = sum(len(made.courses) for made in MADE)
    letters = sum(len(made.letters) for made in MADE)
    assert letters / courses == pytest.approx(0.5, abs=0.03)


def _treated(*courses: Course) -> Patient:
    return replace(MADE[0], born=date(1980, 5, 17), courses=courses)


def _course(discipline: Discipline, *days: str) -> Course:
    return Course(discipline, tuple(date.fromisoformat(day) for day in days))


SIX_OVER_84 = ("2025-01-06", "2025-01-20", "2025-02-03", "2025-02-17", "2025-03-03", "2025-03-31")


@pytest.mark.parametrize(
    ("courses", "met"),
    [
        pytest.param(
            [_course(Discipline.PHYSIOTHERAPY, *SIX_OVER_84)],
            {"allied-health-therapy"},
            id="six over 84 days",
        ),
        pytest.param(
            [_course(Discipline.PHYSIOTHERAPY, *SIX_OVER_84[:5], "2025-03-30")], set(), id="83 days"
        ),
        pytest.param(
            [
                _course(Discipline.PHYSIOTHERAPY, *SIX_OVER_84[:3]),
                _course(Discipline.EXERCISE_THERAPY, "2025-04-28", "2025-05-05", "2025-05-12"),
            ],
            set(),
            id="a pause of twelve weeks",
        ),
        pytest.param(
            [_course(Discipline.POH_GGZ, "2025-01-06", "2025-03-03", "2025-03-31")],
            {"psychological-care"},
            id="twelve weeks of psychological care",
        ),
        pytest.param(
            [_course(Discipline.PSYCHOSOMATIC, *SIX_OVER_84)],
            {"allied-health-therapy", "psychosomatic-therapy"},
            id="psychosomatic",
        ),
        pytest.param(
            [_course(Discipline.PHYSIOTHERAPY, "2024-06-14", *SIX_OVER_84[:5])],
            set(),
            id="the first one a day before the two years",
        ),
    ],
)
def test_the_truth_is_counted_from_the_real_care(courses: list[Course], met: set[str]) -> None:
    told = truth(_treated(*courses))
    assert {name for name, is_met in told.criteria.items() if is_met} == met


def test_a_minor_and_a_one_time_consult_are_outside_the_criteria() -> None:
    adult = replace(
        MADE[0],
        born=date(1980, 5, 17),
        wish=replace(MADE[0].wish, is_one_time_consult=False, is_other_complaint=False),
    )
    assert truth(adult).is_applicable
    assert not truth(replace(adult, born=date(2012, 1, 1))).is_applicable
    assert not truth(
        replace(adult, wish=replace(adult.wish, is_one_time_consult=True))
    ).is_applicable


def test_every_call_is_made_of_valid_resources() -> None:
    for made in MADE[:60]:
        record = resources(made)
        order = hook_call(made)["context"]["draftOrders"]["entry"][0]["resource"]
        for resource in (
            record.patient,
            order,
            *record.encounters,
            *record.letters,
            *record.own_referrals,
            *record.supporting,
        ):
            get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_no_session_lies_behind_the_referral() -> None:
    last = max(day for made in MADE for course in made.courses for day in course.days)
    assert last <= date(2026, 6, 15) - timedelta(days=7)


def _answer(indicator: str, outcome: str, *, really: bool) -> Answer:
    """An answer that says the same of both parts of option 1."""
    criteria = [
        {"id": name, "outcome": outcome, "sessions": {"certain": 4, "possible": 4}}
        for name in ("allied-health-therapy", "psychological-care")
    ]
    assessment = {"outcome": outcome, "options": [{"criteria": criteria}]}
    met = dict.fromkeys(("allied-health-therapy", "psychological-care"), really)
    return Answer(
        patient=MADE[0],
        truth=Truth(is_applicable=True, criteria={**met, "psychosomatic-therapy": False}),
        card={"indicator": indicator, "summary": ""} if indicator else None,
        assessment=assessment if indicator else {},
    )


def test_the_table_counts_cards_and_what_is_wrong_with_them() -> None:
    given = [
        _answer("warning", "not_met", really=True),
        _answer("warning", "not_met", really=False),
        _answer("info", "met", really=True),
        _answer("", "", really=True),
    ]
    assert table(given).splitlines() == [
        "card              referrals  specific  right  specific and right",
        "warning: not_met          2         2      1                   1",
        "info: met                 1         1      1                   1",
        "no card                   1         0      0                   0",
        "all                       4         3      2                   2",
        "",
        "the criteria apply: 4 of 4, 100.0 %",
        "of these: the real care meets the numbers: 3 of 4, 75.0 %",
        "warnings that hit a patient whose real care met: 1 of 2, 50.0 % (aim: under 5 %)",
        "patients whose real care met, and who got a warning: 1 of 3, 33.3 % (aim: under 5 %)",
        "applicable referrals without a card: 1 of 4, 25.0 % (aim: under 1 %)",
    ]
