"""From a record and a referral to an assessment, without a call, a server or a clock."""

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from cds_service.assessing import assess_counted, assess_record, count_record
from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.criteria import CriterionId
from cds_service.domain.referral import Indication, Referral, ReferralKind
from fhir_mappings.reading.record import PatientRecord
from fhir_mappings.terminology.tables import load_terminology
from tests.contract.calls import PATIENT, patient, roles, weekly

DAY: Final = date(2026, 6, 15)
REFERRAL: Final = Referral("ServiceRequest/draft-1", DAY, ReferralKind.IMSR, Indication.PAIN)
CRITERIA: Final = load_criteria().in_force(DAY)
TERMS: Final = load_terminology()

RECORD: Final = PatientRecord(
    PATIENT,
    patient=patient(),
    encounters=(*weekly("2025-01-06", 13, "fysio"), *weekly("2025-05-05", 7, "poh-ggz")),
    referenced={f"{each['resourceType']}/{each['id']}": each for each in roles()},
)


def test_a_whole_record_is_judged() -> None:
    found = assess_record(RECORD, REFERRAL, CRITERIA, TERMS)
    assert found.label == "met"
    assert found.causes == ()
    assert found.referral is REFERRAL
    assert (found.lookback.first, found.lookback.last) == (date(2024, 6, 15), DAY)
    therapy = found.finding(CriterionId.ALLIED_HEALTH_THERAPY).ledger.certain
    assert (therapy.sessions, therapy.days) == (13, 84)


def test_an_empty_record_is_no_proof_of_absence() -> None:
    found = assess_record(PatientRecord(PATIENT, patient=patient()), REFERRAL, CRITERIA, TERMS)
    assert found.label == "indeterminate"
    assert [cause.value for cause in found.causes] == ["nothing_found"]


def test_what_is_known_to_be_missing_of_a_record_is_part_of_it() -> None:
    few = replace(RECORD, encounters=RECORD.encounters[:3])
    assert assess_record(few, REFERRAL, CRITERIA, TERMS).label == "not_met"
    incomplete = replace(few, completeness=Completeness(frozenset({RecordPart.PROCEDURES})))
    found = assess_record(incomplete, REFERRAL, CRITERIA, TERMS)
    assert found.label == "indeterminate"
    assert [cause.value for cause in found.causes] == ["record_incomplete"]


def test_a_patient_of_whom_nothing_is_known_has_an_unknown_age() -> None:
    few = replace(RECORD, patient=None, encounters=())
    found = assess_record(few, REFERRAL, CRITERIA, TERMS)
    assert [cause.value for cause in found.causes] == ["age_unknown", "nothing_found"]


@pytest.mark.parametrize(
    ("indication", "label"), [(Indication.PAIN, "met"), (Indication.OTHER, "not_applicable")]
)
def test_referrals_of_one_day_share_the_count(indication: Indication, label: str) -> None:
    ledger = count_record(RECORD, CRITERIA, CRITERIA.lookback(DAY), TERMS)
    referral = replace(REFERRAL, indication=indication)
    shared = assess_counted(RECORD, ledger, referral, CRITERIA)
    assert shared == assess_record(RECORD, referral, CRITERIA, TERMS)
    assert shared.label == label


def test_before_the_criteria_no_criteria_are_named() -> None:
    early = replace(REFERRAL, date=date(2026, 4, 19))
    found = assess_record(RECORD, early, load_criteria().in_force(early.date), TERMS)
    assert [cause.value for cause in found.causes] == ["before_effective_date"]
    assert found.criteria_in_force is None
    assert assess_record(RECORD, REFERRAL, CRITERIA, TERMS).criteria_in_force is CRITERIA
