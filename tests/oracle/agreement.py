"""The service's own judgement in the shape of the second reading, to compare the two."""

from collections.abc import Sequence
from dataclasses import replace

from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment, Completeness
from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import Reading, ReadingKey, ReferralCriteria
from cds_service.domain.judging import assess_contacts
from cds_service.domain.ledger import Tally
from cds_service.domain.referral import Person, Referral
from tests.oracle.second_reading import Answered, Part


def with_reading(criteria: ReferralCriteria, key: ReadingKey, value: str) -> ReferralCriteria:
    """The same criteria with one reading set otherwise."""

    def changed(reading: Reading) -> Reading:
        return replace(reading, value=value) if reading.key == key else reading

    return replace(criteria, readings=tuple(changed(reading) for reading in criteria.readings))


def assessed(
    contacts: Sequence[Contact],
    referral: Referral,
    person: Person,
    completeness: Completeness,
    criteria: ReferralCriteria,
) -> Assessment:
    """What the service says of the same contacts."""
    return assess_contacts(contacts, referral, criteria, person=person, completeness=completeness)


def as_answered(assessment: Assessment) -> Answered:
    """An assessment in the shape of the second reading."""
    findings = [finding for option in assessment.options for finding in option.findings]
    parts = {
        finding.criterion.id: Part(
            outcome=finding.outcome.label,
            causes=frozenset(finding.causes),
            certain=(finding.ledger.certain.sessions, finding.ledger.certain.days),
            possible=_possible(finding.ledger.possible),
            has_evidence=finding.ledger.has_evidence,
        )
        for finding in findings
    }
    return Answered(assessment.label, frozenset(assessment.causes), parts)


def _possible(tally: Tally) -> tuple[int | None, int]:
    return None if tally.is_unbounded else tally.sessions, tally.days


def our_criteria() -> ReferralCriteria:
    """The criteria in force, from our rule file."""
    return load_criteria().revisions[-1]
