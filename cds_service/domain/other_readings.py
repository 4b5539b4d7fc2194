"""Which other readings of the policy would change the outcome of one patient (policy P5, 2.10).

The assessment is made again under each alternative, one at a time, and only those are named that
give this patient another outcome. Flags and cards of an alternative are nobody's concern.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cds_service.domain.assessment import Assessment, Outcome
from cds_service.domain.contacts import Contact, ContactStatus
from cds_service.domain.counting import count_again, count_all_again
from cds_service.domain.criteria import (
    READING_VALUES,
    ReadingKey,
    ReferralCriteria,
    TreatmentCriterion,
)
from cds_service.domain.findings import find_options
from cds_service.domain.judging import top
from cds_service.domain.ledger import CriterionLedger, Ledger
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.worth import is_judged_alike

_OF_STATUS = {
    ReadingKey.STATUS_UNKNOWN: frozenset({ContactStatus.UNKNOWN}),
    ReadingKey.STATUS_OPEN: frozenset({ContactStatus.OPEN, ContactStatus.PLANNED}),
}
_OF_TALLIES = frozenset({ReadingKey.POOLING, ReadingKey.LONGEST_GAP_DAYS})


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
    """The count by other criteria; only what a reading can change is counted again."""
    if _is_of_what_all_see(key):
        if not any(_concerns(key, contact, ledger.lookback) for contact in ledger.contacts):
            return ledger
        is_complete = not assessment.completeness.care_is_incomplete
        return count_all_again(ledger, criteria, is_complete=is_complete)
    rules = criteria.criteria()
    parts = (
        _part(part, rule, assessment.criteria, criteria, key)
        for part, rule in zip(ledger.criteria, rules, strict=True)
    )
    return Ledger(ledger.lookback, tuple(parts), ledger.contacts)


def _part(
    part: CriterionLedger,
    rule: TreatmentCriterion,
    criteria: ReferralCriteria,
    other: ReferralCriteria,
    key: ReadingKey,
) -> CriterionLedger:
    """One criterion, counted again where its rule or the worth of a contact is another."""
    is_alike = rule == part.criterion and is_judged_alike(part.seen, rule.id, criteria, other)
    if is_alike and key not in _OF_TALLIES:
        return part
    return count_again(rule.id, part.seen, other)


def _is_of_what_all_see(key: ReadingKey) -> bool:
    """Whether a reading is one of status, of days, or of what is evidence.

    All criteria see these alike, so the contacts themselves are then seen again.
    """
    return key in _OF_STATUS or key in {
        ReadingKey.WINDOW_START,
        ReadingKey.WINDOW_END,
        ReadingKey.STATED_CARE,
    }


def _concerns(key: ReadingKey, contact: Contact, lookback: LookbackPeriod) -> bool:
    """Whether such a reading can change anything that is seen of a contact."""
    if key is ReadingKey.STATED_CARE:
        return contact.is_stated
    if key in _OF_STATUS:
        return contact.status in _OF_STATUS[key]
    edge = lookback.first if key is ReadingKey.WINDOW_START else lookback.last
    days = contact.days  # one without a date can be on the edge; so can what goes on without end
    return days is None or contact.has_open_end or days.first <= edge <= days.last
