"""The domain and a second reading of the policy say the same of random records."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.criteria import READING_VALUES, ReadingKey
from tests.oracle.agreement import as_answered, assessed, our_criteria
from tests.oracle.open_questions import (
    shares_a_doubtful_day,
    without_open_questions,
    without_open_questions_of,
)
from tests.oracle.second_reading import Answered, second_reading
from tests.properties.strategies import completeness, persons_of, records, referral_days, referrals

EXAMPLES = int(os.environ.get("IMSR_ORACLE_EXAMPLES", "2000"))  # 20000 for a long look
IS_SHORT = EXAMPLES <= 2000  # the same examples in every short run: CI does not roll dice
CRITERIA = our_criteria()
ALTERNATIVES = [(key, value) for key, values in READING_VALUES.items() for value in values[1:]]

thoroughly = settings(
    deadline=None,
    derandomize=IS_SHORT,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(thoroughly, max_examples=EXAMPLES)
@given(st.data())
def test_both_readings_agree_on_outcomes_causes_and_numbers(data: st.DataObject) -> None:
    day = data.draw(referral_days)
    contacts = without_open_questions(data.draw(records(day)))
    referral, gaps = data.draw(referrals(day)), data.draw(completeness)
    person = data.draw(persons_of(day, gaps))
    expected = second_reading(contacts, referral, person, gaps, CRITERIA)
    found = as_answered(assessed(contacts, referral, person, gaps, CRITERIA))
    if shares_a_doubtful_day(contacts):
        assert _without_causes(found) == _without_causes(expected)
        assert found.causes <= expected.causes
    else:
        assert found == expected


@settings(thoroughly, max_examples=EXAMPLES // 2)
@given(st.data())
def test_both_readings_agree_where_a_site_reads_the_policy_otherwise(data: st.DataObject) -> None:
    key, value = data.draw(st.sampled_from(ALTERNATIVES))
    criteria = CRITERIA.read_as(key, value)
    day = data.draw(referral_days)
    contacts = without_open_questions_of(key, without_open_questions(data.draw(records(day))))
    referral, gaps = data.draw(referrals(day)), data.draw(completeness)
    person = data.draw(persons_of(day, gaps))
    expected = second_reading(contacts, referral, person, gaps, criteria)
    found = as_answered(assessed(contacts, referral, person, gaps, criteria))
    assert found.outcome == expected.outcome
    assert {each: part.outcome for each, part in found.parts.items()} == {
        each: part.outcome for each, part in expected.parts.items()
    }
    if key not in {ReadingKey.POOLING, ReadingKey.LONGEST_GAP_DAYS}:
        # there the tally is that of the best pool or run, here of everything
        assert _without_causes(found) == _without_causes(expected)


Numbers = tuple[str, tuple[int, int], tuple[int | None, int], bool]


def _without_causes(answered: Answered) -> tuple[str, dict[str, Numbers]]:
    return answered.outcome, {
        each.value: (part.outcome, part.certain, part.possible, part.has_evidence)
        for each, part in answered.parts.items()
    }
