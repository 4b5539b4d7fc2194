"""The heart: from one record and one referral to an assessment. Pure: no clock, no I/O.

`assess_record` is what hook calls, the command line and tests share, so that nobody puts contacts,
count and judgement together a second time. Its two halves are there for many referrals about one
record: those of one day share the count.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cds_service.domain.assessment import Assessment
from cds_service.domain.counting import count
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.forecast import Forecast, forecasts
from cds_service.domain.judging import assess
from cds_service.domain.ledger import Ledger
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.other_readings import OtherReadings, other_readings
from cds_service.domain.referral import Referral
from cds_service.domain.time_check import Check, no_check
from fhir_mappings.contacts import contacts, person
from fhir_mappings.pointers import record_pointers
from fhir_mappings.reading.record import PatientRecord
from fhir_mappings.terminology.tables import Terminology


def assess_record(
    record: PatientRecord, referral: Referral, criteria: ReferralCriteria, terms: Terminology
) -> Assessment:
    """What a record shows about one referral.

    `criteria` are those in force on the day of the referral, `terms` the code tables. What is
    missing of the record is in `record.completeness`, `record.lost` and `record.absent`: a default
    there claims that nothing is missing. Nothing in a record raises.

    Example::

        criteria = load_criteria().in_force(referral.date)
        assess_record(record, referral, criteria, load_terminology()).label  # "met"
    """
    lookback = criteria.lookback(referral.date)
    ledger = count_record(record, criteria, lookback, terms)
    found = assess_counted(record, ledger, referral, criteria)
    return found.with_pointers(record_pointers(record, lookback, terms))


def count_record(
    record: PatientRecord,
    criteria: ReferralCriteria,
    lookback: LookbackPeriod,
    terms: Terminology,
    check: Check = no_check,
) -> Ledger:
    """Every contact of a record and what it is worth; the same for all referrals of one day.

    `check` is called between the pieces of the work, so that somebody with a clock can end it:
    what it raises is passed on.

    Example: of a record with 13 weekly sessions of a physiotherapist in primary care
    `count_record(...).of(CriterionId.ALLIED_HEALTH_THERAPY).certain` is 13 sessions over 84 days.
    """
    found = contacts(record, lookback=lookback, terms=terms, check=check)
    is_complete = not record.completeness.care_is_incomplete
    return count(found, criteria, lookback, is_complete=is_complete, check=check)


def assess_counted(
    record: PatientRecord,
    ledger: Ledger,
    referral: Referral,
    criteria: ReferralCriteria,
    check: Check = no_check,
) -> Assessment:
    """What a record shows about one referral, where `ledger` is the count of that record.

    `check` as for :func:`count_record`.
    """
    return assess(
        ledger,
        referral=referral,
        person=person(record.patient),
        completeness=record.completeness,
        criteria=criteria,
        check=check,
    )


@dataclass(frozen=True, slots=True)
class ExplainedAssessment:
    """An assessment, the readings that would give another outcome, and what is still to come."""

    assessment: Assessment
    readings: OtherReadings
    forecasts: tuple[Forecast, ...]


def explain(
    assessment: Assessment, *, has_time: Callable[[], bool] = lambda: True
) -> ExplainedAssessment:
    """All that can be said of an assessment beside its ledger (policy P5, B10).

    `has_time` is asked before each further reading of the policy; what there was no time for is
    named.
    """
    readings = other_readings(assessment, has_time=has_time)
    return ExplainedAssessment(assessment, readings, forecasts(assessment))
