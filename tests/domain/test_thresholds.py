"""Both sides of every threshold: 5 and 6 sessions, 76, 77, 83 and 84 days (policy A1, A5)."""

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Profession
from cds_service.domain.criteria import CriterionId
from tests.domain.judged import C1, C2, O2, judge, spread

PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST

CALLED: dict[str, tuple[str, tuple[Cause, ...]]] = {
    "met": ("met", ()),
    "not_met": ("not_met", ()),
    "indeterminate": ("indeterminate", (Cause.DURATION_BORDERLINE,)),
    "trace": ("indeterminate", (Cause.TRACE_ONLY,)),
    "borderline and trace": (
        "indeterminate",
        (Cause.DURATION_BORDERLINE, Cause.TRACE_ONLY),
    ),
    "interrupted and trace": ("indeterminate", (Cause.INTERRUPTED, Cause.TRACE_ONLY)),
}

BOTH_ARE_NEEDED = [
    pytest.param(5, 76, "not_met", id="5 in 76 days"),
    pytest.param(5, 77, "not_met", id="5 in 77 days"),
    pytest.param(5, 83, "not_met", id="5 in 83 days"),
    pytest.param(5, 84, "not_met", id="5 in 84 days"),
    pytest.param(5, 300, "not_met", id="5 in 300 days"),
    pytest.param(6, 0, "trace", id="6 records of one day"),
    pytest.param(6, 76, "not_met", id="6 in 76 days"),
    pytest.param(6, 77, "indeterminate", id="6 in 77 days"),
    pytest.param(6, 83, "indeterminate", id="6 in 83 days"),
    pytest.param(6, 84, "met", id="6 in 84 days"),
    pytest.param(6, 85, "met", id="6 in 85 days"),
    pytest.param(13, 76, "not_met", id="13 in 76 days"),
    pytest.param(12, 77, "indeterminate", id="12 weekly sessions"),
    pytest.param(13, 84, "met", id="13 weekly sessions"),
]


@pytest.mark.parametrize(("number", "days", "expected"), BOTH_ARE_NEEDED)
@pytest.mark.parametrize(
    ("criterion", "profession"),
    [
        pytest.param(C1, Profession.PHYSIOTHERAPIST, id="physiotherapist"),
        pytest.param(C1, Profession.EXERCISE_THERAPIST, id="exercise therapist"),
        pytest.param(C1, Profession.OCCUPATIONAL_THERAPIST, id="occupational therapist"),
        pytest.param(C1, PSYCHOSOMATIC, id="psychosomatic physiotherapist in option 1"),
        pytest.param(O2, PSYCHOSOMATIC, id="psychosomatic physiotherapist in option 2"),
    ],
)
def test_number_and_duration_are_both_needed(
    criterion: CriterionId, profession: Profession, number: int, days: int, expected: str
) -> None:
    finding = judge(spread("2025-01-06", days, number, profession)).finding(criterion)
    if criterion is O2 and expected == "trace":
        expected = "not_met"  # option 2 knows no evidence
    assert (finding.outcome.label, finding.causes) == CALLED[expected]


@pytest.mark.parametrize(
    ("number", "days", "expected"),
    [
        pytest.param(1, 0, "trace", id="1 session"),
        pytest.param(2, 76, "trace", id="2 in 76 days"),
        pytest.param(2, 77, "borderline and trace", id="2 in 77 days"),
        pytest.param(2, 83, "borderline and trace", id="2 in 83 days"),
        pytest.param(2, 84, "interrupted and trace", id="2 in 84 days: no treatment of 12 weeks"),
        pytest.param(3, 76, "not_met", id="3 in 76 days"),
        pytest.param(3, 84, "met", id="3 in 84 days: the duration is enough"),
        pytest.param(5, 10, "not_met", id="5 in 10 days"),
        pytest.param(5, 83, "indeterminate", id="5 in 83 days"),
        pytest.param(5, 84, "met", id="5 in 84 days"),
        pytest.param(6, 10, "met", id="6 in 10 days: the number is enough"),
        pytest.param(6, 80, "met", id="6 in 80 days: no borderline where the number decides"),
    ],
)
@pytest.mark.parametrize(
    "profession", [Profession.PSYCHOLOGIST, Profession.PRACTICE_NURSE_GGZ], ids=str
)
def test_for_psychological_care_number_or_duration_is_enough(
    profession: Profession, number: int, days: int, expected: str
) -> None:
    finding = judge(spread("2025-01-06", days, number, profession)).finding(C2)
    assert (finding.outcome.label, finding.causes) == CALLED[expected]


def test_six_records_of_one_day_are_one_session() -> None:
    finding = judge(spread("2025-01-06", 0, 6)).finding(C1)
    assert (finding.ledger.certain.sessions, finding.ledger.certain.days) == (1, 0)


def test_84_days_across_the_change_to_summer_time_are_84_days() -> None:
    contacts = spread("2025-01-06", 84, 6)  # until 31 March; the clock went on 30 March
    assert judge(contacts).finding(C1).ledger.certain.days == 84
