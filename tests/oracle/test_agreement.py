"""The domain and a second reading of the policy say the same of random records.

1,000 of them, the same in every run; in the profile `thorough` 20,000 new ones, in parts that
several processes share. IMSR_ORACLE_EXAMPLES asks for another number.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.criteria import READING_VALUES
from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.kit.effort import IS_THOROUGH, examples
from tests.oracle.agreement import domain
from tests.oracle.entries import Entry
from tests.oracle.readings import READINGS, but
from tests.oracle.rows import NOT_OURS, told
from tests.oracle.second_reading import Answered, Part, second_reading
from tests.properties.strategies import cases, records, referral_days

EXAMPLES = int(os.environ.get("IMSR_ORACLE_EXAMPLES", examples(1000, thorough=20_000)))
IN_ONE_TEST = min(EXAMPLES, 2000)
ALTERNATIVES = [(key, value) for key, values in READINGS.items() for value in values[1:]]
ROWS = [row for row in read_scenarios() if row.referral_kind not in NOT_OURS]

thoroughly = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module", params=range(-(-EXAMPLES // IN_ONE_TEST)))
def part(request: pytest.FixtureRequest) -> int:
    """Each test once for each part."""
    number: int = request.param
    return number


def test_both_know_the_same_readings() -> None:
    assert {key.value: values for key, values in READING_VALUES.items()} == READINGS


@pytest.mark.usefixtures("part")
@settings(thoroughly, max_examples=IN_ONE_TEST)
@given(st.data())
def test_both_readings_agree_on_outcomes_causes_and_numbers(data: st.DataObject) -> None:
    day = data.draw(referral_days)
    record, case = data.draw(records(day)), data.draw(cases(day))
    expected, found = second_reading(record, case), domain(record, case)
    if _has_two_statements(record):
        found = _with_fewest(found, expected)
    assert _without_bounds(found) == _without_bounds(expected)
    assert _is_bounded(found, by=expected)


@pytest.mark.usefixtures("part")
@settings(thoroughly, max_examples=IN_ONE_TEST // 2)
@given(st.data())
def test_both_readings_agree_where_a_site_reads_the_policy_otherwise(data: st.DataObject) -> None:
    key, value = data.draw(st.sampled_from(ALTERNATIVES))
    day = data.draw(referral_days)
    record, case = data.draw(records(day)), data.draw(cases(day))
    expected = second_reading(record, case, but(key, value))
    found = domain(record, case, but(key, value))
    assert found.outcome == expected.outcome
    assert _outcomes(found) == _outcomes(expected)
    if key not in {"pooling", "longest-gap-days"}:
        # there the tally is that of the best pool or run, here of everything
        assert _numbers(found) == _numbers(expected)
        assert _is_bounded(found, by=expected)


@pytest.mark.parametrize(
    ("place", "row"), list(enumerate(ROWS)), ids=[f"{row.id} {row.title}" for row in ROWS]
)
def test_both_readings_say_the_same_of_a_row_under_other_readings(
    place: int, row: Scenario
) -> None:
    """`thorough` takes every reading for every row, `dev` a quarter of them, in turns."""
    alternatives = ALTERNATIVES if IS_THOROUGH else ALTERNATIVES[place % 4 :: 4]
    story = told(row)
    entries, case = story.entries, story.case
    expected = {at: _outcomes(second_reading(entries, case, but(*at))) for at in alternatives}
    found = {at: _outcomes(domain(entries, case, but(*at))) for at in alternatives}
    assert found == expected


def _outcomes(answered: Answered) -> dict[str, str]:
    return {name: part.outcome for name, part in answered.parts.items()}


def _without_bounds(answered: Answered) -> Answered:
    """Without the possible number of sessions, of which the domain has a bound from above.

    Evidence is counted up to the three sessions that are needed.
    """
    parts = {
        name: replace(part, possible=(0, part.possible[1]), evidence=min(part.evidence, 3))
        for name, part in answered.parts.items()
    }
    return replace(answered, parts=parts)


def _has_two_statements(record: Sequence[Entry]) -> bool:
    """Of one discipline: how many sessions they share the domain bounds from below."""
    stated = Counter(entry.who for entry in record if entry.is_stated)
    return any(number > 1 for number in stated.values())


def _with_fewest(found: Answered, expected: Answered) -> Answered:
    """With the exact certain number in place of a lower one, which is a bound and no fault."""
    parts = {}
    for name, part in found.parts.items():
        exact, days = expected.parts[name].certain
        is_bound = part.certain[0] < exact and part.certain[1] == days
        parts[name] = replace(part, certain=(exact, days)) if is_bound else part
    return replace(found, parts=parts)


def _numbers(answered: Answered) -> tuple[str, dict[str, Part]]:
    plain = _without_bounds(answered).parts.items()
    return answered.outcome, {
        name: replace(part, causes=frozenset(), evidence=0, run=None) for name, part in plain
    }


def _is_bounded(found: Answered, *, by: Answered) -> bool:
    """Whether no possible number of the domain is too low; None is without an upper bound."""
    pairs = [(part.possible[0], by.parts[name].possible[0]) for name, part in found.parts.items()]
    return all(bound is None or (exact is not None and exact <= bound) for bound, exact in pairs)
