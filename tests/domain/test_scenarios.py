"""The scenario table, held against count and assess, and against the second reading."""

import pytest

from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.domain.judged import CRITERIA, judge
from tests.domain.scenario_contacts import REFERRAL_KINDS, Story, story
from tests.oracle.second_reading import second_reading

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


def test_only_one_row_is_no_referral_at_all() -> None:
    assert [row.id for row in read_scenarios() if row not in ROWS] == ["S122"]
    assert len(ROWS) == 193


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id} {row.title}")
def test_the_domain_says_what_the_row_expects(row: Scenario) -> None:
    overall, parts, because = _assess(story(row))
    assert overall == row.expected.overall
    assert parts == row.expected.criteria
    assert because == row.expected.because


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id} {row.title}")
def test_the_second_reading_says_what_the_row_expects(row: Scenario) -> None:
    told = story(row)
    answered = second_reading(
        told.contacts, told.referral, told.person, told.completeness, CRITERIA
    )
    assert answered.outcome == row.expected.overall
    assert {each.value: part.outcome for each, part in answered.parts.items()} == (
        row.expected.criteria
    )
    assert tuple(sorted(answered.causes)) == row.expected.because


def test_an_empty_record_meets_nothing() -> None:
    assert judge([]).label == "indeterminate"
