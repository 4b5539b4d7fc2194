"""Which other readings of the policy would change the outcome of one patient (policy P5, 2.10).

The assessment is made again under each alternative, one at a time, and only those are named that
give this patient another outcome. Flags and cards of an alternative are nobody's concern.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cds_service.domain.assessment import Assessment, Outcome
from cds_service.domain.counting import count, count_again
from cds_service.domain.criteria import READING_VALUES, ReadingKey, ReferralCriteria
from cds_service.domain.findings import find_options
from cds_service.domain.judging import top
from cds_service.domain.ledger import Ledger

_OF_WHAT_ALL_SEE = frozenset(
    {
        ReadingKey.STATUS_UNKNOWN,
        ReadingKey.STATUS_OPEN,
        ReadingKey.WINDOW_START,
        ReadingKey.WINDOW_END,
        ReadingKey.STATED_CARE,
    }
)
"""The readings of status, days and evidence: contacts are then seen again, by all criteria."""


@dataclass(frozen=True, slots=True)
class OtherReading:
    """A reading, and the outcome that it would give. `id` is `key=value`."""

    id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class OtherReadings:
    """The alternatives that change an outcome, in the order of policy 2.10.

    `not_tried` are the ids of those for which there was no time: nothing is said of them.
    """

    changing: tuple[OtherReading, ...] = ()
    not_tried: tuple[str, ...] = ()


def other_readings(
    assessment: Assessment, *, has_time: Callable[[], bool] = lambda: True
) -> OtherReadings:
    """Every reading that would change the outcome; none where the criteria do not apply.

    `has_time` is asked before each alternative; from its first no on, the rest is not tried.
    """
    ledger, outcome = assessment.ledger, assessment.outcome
    if ledger is None or outcome is None:
        return OtherReadings()
    changing: list[OtherReading] = []
    not_tried: list[str] = []
    for key, value in _alternatives(assessment.criteria):
        name = f"{key}={value}"
        if not_tried or not has_time():
            not_tried.append(name)
            continue
        criteria = assessment.criteria.read_as(key, value)
        again = _count(ledger, assessment, criteria, key)
        other, _ = top(
            find_options(again, assessment.completeness, criteria),
            assessment.completeness,
            assessment.unknown,
        )
        if other is not outcome:
            changing.append(OtherReading(name, other))
    return OtherReadings(tuple(changing), tuple(not_tried))


def _alternatives(criteria: ReferralCriteria) -> Iterator[tuple[ReadingKey, str]]:
    """What each reading of a rule file could be beside what it is."""
    asked = {reading.key for reading in criteria.readings}
    for key, values in READING_VALUES.items():
        if key in asked:
            yield from ((key, value) for value in values if value != criteria.reading(key))


def _count(
    ledger: Ledger, assessment: Assessment, criteria: ReferralCriteria, key: ReadingKey
) -> Ledger:
    """The count by other criteria; what all of them see alike is seen again only where it must."""
    if key in _OF_WHAT_ALL_SEE:
        is_complete = not assessment.completeness.care_is_incomplete
        return count(ledger.contacts, criteria, ledger.lookback, is_complete=is_complete)
    parts = (count_again(part.criterion.id, part.seen, criteria) for part in ledger.criteria)
    return Ledger(ledger.lookback, tuple(parts))
