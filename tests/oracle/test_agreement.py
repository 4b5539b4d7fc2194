"""The domain and a second reading of the policy say the same of random records."""

import os
from collections.abc import Sequence

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import READING_VALUES, ReadingKey
from tests.oracle.agreement import as_answered, assessed, our_criteria
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
    contacts = data.draw(records(day))
    referral, gaps = data.draw(referrals(day)), data.draw(completeness)
    person = data.draw(persons_of(day, gaps))
    expected = second_reading(contacts, referral, person, gaps, CRITERIA)
    found = as_answered(assessed(contacts, referral, person, gaps, CRITERIA))
    assert found == expected


@settings(thoroughly, max_examples=EXAMPLES // 2)
@given(st.data())
def test_both_readings_agree_where_a_site_reads_the_policy_otherwise(data: st.DataObject) -> None:
    key, value = data.draw(st.sampled_from(ALTERNATIVES))
    criteria = CRITERIA.read_as(key, value)
    day = data.draw(referral_days)
    contacts = comparable(key, data.draw(records(day)))
    referral, gaps = data.draw(referrals(day)), data.draw(completeness)
    person = data.draw(persons_of(day, gaps))
    expected = second_reading(contacts, referral, person, gaps, criteria)
    found = as_answered(assessed(contacts, referral, person, gaps, criteria))
    if key in {ReadingKey.STATUS_OPEN, ReadingKey.STATUS_UNKNOWN}:
        # the domain takes what such a reading leaves out for no evidence either
        assume(
            all(
                found.parts[each].has_evidence == expected.parts[each].has_evidence
                for each in expected.parts
            )
        )
    assert found.outcome == expected.outcome
    assert {each: part.outcome for each, part in found.parts.items()} == {
        each: part.outcome for each, part in expected.parts.items()
    }
    if key not in {ReadingKey.POOLING, ReadingKey.LONGEST_GAP_DAYS}:
        # there the tally is that of the best pool or run, here of everything
        assert _without_causes(found) == _without_causes(expected)


def comparable(key: ReadingKey, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """The record without what the two readings are known to take differently under a deviation.

    An open contact without an end, where open contacts count: it may be a running course or not.
    Contacts without a full date, where runs are sought or care before the window lengthens: the
    domain is more generous. Stated care, where a session is not a discipline's day.
    """
    if key in {ReadingKey.LONGEST_GAP_DAYS, ReadingKey.DURATION_BEFORE_WINDOW}:
        return tuple(
            each for each in contacts if each.is_course or (each.days and each.days.is_exact)
        )
    if key is ReadingKey.STATUS_OPEN:
        return tuple(each for each in contacts if not each.has_open_end)
    if key is ReadingKey.SESSION_UNIT:
        return tuple(each for each in contacts if not each.is_stated)
    return tuple(contacts)


Numbers = tuple[str, tuple[int, int], tuple[int | None, int], bool]


def _without_causes(answered: Answered) -> tuple[str, dict[str, Numbers]]:
    return answered.outcome, {
        each.value: (part.outcome, part.certain, part.possible, part.has_evidence)
        for each, part in answered.parts.items()
    }
