"""The domain and a second reading of the policy say the same of random records.

1,000 of them, the same in every run; in the profile `thorough` 20,000 new ones, in parts that
several processes share. IMSR_ORACLE_EXAMPLES asks for another number.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import READING_VALUES, CriterionId, ReadingKey, ReferralCriteria
from tests.kit.effort import examples
from tests.oracle.agreement import as_answered, assessed, our_criteria
from tests.oracle.second_reading import Answered, Part, second_reading
from tests.properties.strategies import completeness, persons_of, records, referral_days, referrals

EXAMPLES = int(os.environ.get("IMSR_ORACLE_EXAMPLES", examples(1000, thorough=20_000)))
IN_ONE_TEST = min(EXAMPLES, 2000)
CRITERIA = our_criteria()
ALTERNATIVES = [(key, value) for key, values in READING_VALUES.items() for value in values[1:]]

thoroughly = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

pytestmark = pytest.mark.usefixtures("part")


@pytest.fixture(scope="module", params=range(-(-EXAMPLES // IN_ONE_TEST)))
def part(request: pytest.FixtureRequest) -> int:
    """Each test once for each part."""
    number: int = request.param
    return number


@settings(thoroughly, max_examples=IN_ONE_TEST)
@given(st.data())
def test_both_readings_agree_on_outcomes_causes_and_numbers(data: st.DataObject) -> None:
    day = data.draw(referral_days)
    expected, found = _both(data, day, data.draw(records(day)), CRITERIA)
    assert _without_bounds(found) == _without_bounds(expected)
    assert _is_bounded(found, by=expected)


@settings(thoroughly, max_examples=IN_ONE_TEST // 2)
@given(st.data())
def test_both_readings_agree_where_a_site_reads_the_policy_otherwise(data: st.DataObject) -> None:
    key, value = data.draw(st.sampled_from(ALTERNATIVES))
    day = data.draw(referral_days)
    contacts = comparable(key, data.draw(records(day)))
    expected, found = _both(data, day, contacts, CRITERIA.read_as(key, value))
    assert found.outcome == expected.outcome
    assert _outcomes(found) == _outcomes(expected)
    if key not in {ReadingKey.POOLING, ReadingKey.LONGEST_GAP_DAYS}:
        # there the tally is that of the best pool or run, here of everything
        assert _numbers(found) == _numbers(expected)
        assert _is_bounded(found, by=expected)


@settings(thoroughly, max_examples=IN_ONE_TEST // 10)
@given(st.data())
def test_undated_contacts_bridge_gaps_in_the_domain_at_least_as_far(data: st.DataObject) -> None:
    """The domain does not ask whether each of them can lie in the very gap that it bridges."""
    value = data.draw(st.sampled_from(READING_VALUES[ReadingKey.LONGEST_GAP_DAYS][1:]))
    day = data.draw(referral_days)
    contacts = data.draw(records(day, most=6))
    criteria = CRITERIA.read_as(ReadingKey.LONGEST_GAP_DAYS, value)
    expected, found = _both(data, day, contacts, criteria)
    for each, outcome in _outcomes(found).items():
        assert (_outcomes(expected)[each], outcome) in {
            ("met", "met"),
            ("not_met", "not_met"),
            ("not_met", "indeterminate"),
            ("indeterminate", "indeterminate"),
        }


def comparable(key: ReadingKey, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """The record without what the two readings are known to take differently under a deviation.

    Contacts without a full date, where runs are sought: the domain is more generous, see above.
    """
    if key is ReadingKey.LONGEST_GAP_DAYS:
        return tuple(
            each for each in contacts if each.is_course or (each.days and each.days.is_exact)
        )
    return tuple(contacts)


def _both(
    data: st.DataObject, day: date, contacts: Sequence[Contact], criteria: ReferralCriteria
) -> tuple[Answered, Answered]:
    """What the second reading says, and what the domain says, of one record."""
    referral, gaps = data.draw(referrals(day)), data.draw(completeness)
    person = data.draw(persons_of(day, gaps))
    expected = second_reading(contacts, referral, person, gaps, criteria)
    return expected, as_answered(assessed(contacts, referral, person, gaps, criteria))


def _outcomes(answered: Answered) -> dict[str, str]:
    return {each.value: part.outcome for each, part in answered.parts.items()}


def _without_bounds(answered: Answered) -> Answered:
    """Without the possible number of sessions, of which the domain has a bound from above."""
    return replace(
        answered,
        parts={
            each: replace(part, possible=(0, part.possible[1]))
            for each, part in answered.parts.items()
        },
    )


def _numbers(answered: Answered) -> tuple[str, dict[CriterionId, Part]]:
    return answered.outcome, {
        each: replace(part, causes=frozenset())
        for each, part in _without_bounds(answered).parts.items()
    }


def _is_bounded(found: Answered, *, by: Answered) -> bool:
    """Whether no possible number of the domain is too low; None is without an upper bound."""
    pairs = [(part.possible[0], by.parts[each].possible[0]) for each, part in found.parts.items()]
    return all(bound is None or (exact is not None and exact <= bound) for bound, exact in pairs)
