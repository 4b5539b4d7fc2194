"""The second reading says of every row of the scenario table what the row expects."""

import pytest

from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.oracle.rows import NOT_OURS, told
from tests.oracle.second_reading import second_reading

ROWS = [row for row in read_scenarios() if row.referral_kind not in NOT_OURS]


def test_only_orders_for_another_service_are_left_out() -> None:
    assert [row.id for row in read_scenarios() if row not in ROWS] == ["S122", "S398", "N021"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id} {row.title}")
def test_the_second_reading_says_what_the_row_expects(row: Scenario) -> None:
    record = told(row)
    answered = second_reading(record.entries, record.case)
    parts = {criterion: part.outcome for criterion, part in answered.parts.items()}
    assert answered.outcome == row.expected.overall
    assert parts == row.expected.criteria
    assert tuple(sorted(answered.causes)) == row.expected.because
