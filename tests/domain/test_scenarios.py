"""The scenario table, held against count and assess."""

import pytest

from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.domain.judged import judge
from tests.domain.scenario_contacts import REFERRAL_KINDS, Story, story

ROWS = [row for row in read_scenarios() if row.referral_kind in REFERRAL_KINDS]


def _assess(told: Story) -> tuple[str, dict[str, str], tuple[str, ...]]:
    assessment = judge(
        told.contacts,
        referral=told.referral,
        person=told.person,
        completeness=told.completeness,
    )
    parts = {
        finding.criterion.id.value: finding.outcome.label
        for option in assessment.options
        for finding in option.findings
    }
    return assessment.label, parts, tuple(cause.value for cause in assessment.causes)


def test_only_orders_that_are_not_ours_are_left_out() -> None:
    assert {row.referral_kind for row in read_scenarios() if row not in ROWS} <= {
        "other",
        "other_rehab",
        "other_note",
    }
    assert len(ROWS) > 250


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id} {row.title}")
def test_the_domain_says_what_the_row_expects(row: Scenario) -> None:
    overall, parts, because = _assess(story(row))
    assert overall == row.expected.overall
    assert parts == row.expected.criteria
    assert because == row.expected.because


def test_an_empty_record_meets_nothing() -> None:
    assert judge([]).label == "indeterminate"
