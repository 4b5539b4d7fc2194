"""Calls as practices and servers send them, each with the answer that it must get.

They come from reports of real clients and servers and from a clinical review. What each is about
stands in its name; the answers are those of the policy (docs/policy), written down by hand.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.contract.services import service

Json = dict[str, Any]

_FILES: Final = Path(__file__).parents[1] / "data" / "cases"
_C1, _C2, _O2 = "allied-health-therapy", "psychological-care", "psychosomatic-therapy"

Case = tuple[str, str, dict[str, tuple[str, int, int | None]]]
"""File, outcome with its causes, and per criterion outcome, certain and possible sessions."""

CASES: Final[tuple[Case, ...]] = (
    # what is counted
    ("clinical/W06-75-GLI", "indeterminate nothing_found", {_C1: ("indeterminate", 0, 0)}),
    (
        "clinical/W07-18b-fysiofitness",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    ("clinical/W09-77-afgezegd-type", "not_met", {_C1: ("not_met", 5, 5)}),
    ("clinical/W11-79-overleg-fysio-ha", "not_met", {_C1: ("not_met", 5, 5)}),
    (
        "clinical/W12-101-physio-consultation-about-patient-in-gp",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    ("clinical/W01-109-met-one-contact-each", "indeterminate interrupted trace_only", {}),
    ("clinical/W02-54-knee6+back6", "indeterminate interrupted", {}),
    ("clinical/W04-09-psy2in13", "indeterminate interrupted trace_only", {_C1: ("met", 9, 9)}),
    (
        "clinical/W05-53-claudicatio-37x",
        "indeterminate reason_to_confirm",
        {_C1: ("indeterminate", 0, 20)},
    ),
    ("clinical/W36-95-status-unknown-all", "met", {_C1: ("met", 9, 9)}),
    ("clinical/W47-100-physio-6-phone", "met", {_C1: ("met", 7, 7)}),
    ("clinical/W13-27-earlier-rehab", "indeterminate nothing_found", {}),
    ("clinical/W15-71-rehab-one-consult", "indeterminate nothing_found", {}),
    ("clinical/W16-72-rehab-CVA-programme", "indeterminate nothing_found", {}),
    ("clinical/W17-39-one-psych-contact", "indeterminate trace_only", {}),
    ("clinical/W18-73-psf-outside-one-physio-found", "indeterminate trace_only", {}),
    (
        "clinical/W32-P2b-type-display-gp",
        "indeterminate nothing_found profession_to_confirm",
        {_C2: ("indeterminate", 0, 7)},
    ),
    (
        "clinical/W34-50-nophysio-poh-plain-diabetes",
        "indeterminate nothing_found",
        {_C2: ("indeterminate", 0, 0)},
    ),
    ("clinical/W35-70-planned-in-past", "indeterminate nothing_found status_open", {}),
    ("clinical/W38-102-stated-approx", "met", {_C1: ("met", 9, 9)}),
    # the indication
    ("clinical/W19-58-L92-iMSR", "indeterminate indication_unknown nothing_found", {}),
    ("clinical/W21-22-text-CRPS_hand_rechts", "indeterminate indication_unknown", {}),
    ("clinical/W22-22-text-artrose", "indeterminate indication_unknown", {}),
    ("clinical/W23-22-text-lumboischialgie", "not_met", {}),
    ("clinical/W25-22-text-pijnlijke_rug", "not_met", {}),
    ("clinical/W26-83-snomed-notable", "indeterminate indication_unknown nothing_found", {}),
    ("clinical/W44-59-K01", "not_applicable other_indication", {}),
    ("field/39-reason-with-https-snomed", "not_met", {}),
    # whose order, of which kind
    (
        "clinical/W27-84c-revalidatiegeneeskundige-behandeling",
        "indeterminate nothing_found",
        {},
    ),
    ("clinical/W29-23-kind-1x_consult_revalidatiearts", "not_applicable one_time_consult", {}),
    ("clinical/W31-23-kind-Consult_revalidatiearts", "not_met", {}),
    ("field/30-xray-with-note-on-rehab-doctor", "silent", {}),
    ("field/32-transport-to-rehab-centre", "silent", {}),
    ("field/33-lab-order-with-note", "silent", {}),
    ("field/34-referral-to-centre-named-otherwise", "not_met", {_C1: ("not_met", 3, 3)}),
    # who gave it
    (
        "field/03-mri-procedures-requested-by-physio",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    (
        "field/10-exercise-performed-by-patient",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    (
        "field/14-support-staff-by-name",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    ("field/38-role-ended-but-valid-then", "met", {_C1: ("met", 7, 7)}),
    ("reconciled/01", "not_met", {_C1: ("not_met", 5, 5)}),
    # where it was given
    (
        "field/05-team-of-rehabilitation-centre",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    (
        "field/06-physio-department-of-hospital",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    (
        "field/07-room-in-hospital-building",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    (
        "field/12-international-hospital-code",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    (
        "field/13-inpatient-class-without-system",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    ("field/37-country-holland", "met", {_C1: ("met", 7, 7)}),
    ("reconciled/04", "indeterminate record_incomplete", {_C1: ("indeterminate", 0, 7)}),
    # kinds in words
    ("field/08-no-show-wording", "indeterminate nothing_found", {_C1: ("indeterminate", 0, 0)}),
    (
        "field/09-report-and-letter-wording",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    ("field/28-screening-and-treatment", "met", {_C1: ("met", 8, 8)}),
    ("field/41-guard-course-of-physiotherapy", "met", {_C1: ("met", 7, 7)}),
    # references, versions, servers
    (
        "field/11-modifier-extension",
        "indeterminate nothing_found resource_unreadable",
        {_C1: ("indeterminate", 0, 7), _C2: ("met", 6, 6), _O2: ("not_met", 0, 0)},
    ),
    (
        "field/15-two-servers-same-role-id",
        "indeterminate nothing_found patient_unclear",
        {_C1: ("indeterminate", 0, 0)},
    ),
    (
        "field/17-hospital-conditional-reference",
        "indeterminate record_incomplete",
        {_C1: ("indeterminate", 0, 7)},
    ),
    (
        "field/18-procedure-role-conditional-reference",
        "indeterminate record_incomplete",
        {_C1: ("indeterminate", 3, 14)},
    ),
    ("field/20-procedure-role-contained-hash-id", "met", {_C1: ("met", 14, 14)}),
    ("field/24-same-id-other-fullurl", "met", {_C1: ("met", 7, 7)}),
    (
        "field/29-newer-version-entered-in-error",
        "indeterminate nothing_found",
        {_C1: ("indeterminate", 0, 0)},
    ),
    # answers that are not whole
    (
        "field/23-search-says-incomplete",
        "indeterminate record_incomplete",
        {_C1: ("indeterminate", 3, None)},
    ),
    (
        "field/26-self-link-upper-bound",
        "indeterminate record_incomplete",
        {_C1: ("indeterminate", 3, None)},
    ),
    (
        "field/27-self-link-other-filter",
        "indeterminate record_incomplete",
        {_C1: ("indeterminate", 3, None)},
    ),
    ("field/42-empty-search-with-remark", "not_met", {_C1: ("not_met", 3, 3)}),
    # what is stated
    ("reconciled/07", "not_met", {_C1: ("not_met", 5, 5)}),
    # odd, and harmless
    (  # its server does not answer, so what was stated is not known
        "field/35-expires-in-as-string",
        "indeterminate record_incomplete trace_only",
        {_C1: ("indeterminate", 3, 3)},
    ),
    ("field/36-patient-id-70-characters", "indeterminate nothing_found", {_C1: ("met", 7, 7)}),
)


@pytest.mark.parametrize(("file", "outcome", "criteria"), CASES, ids=[case[0] for case in CASES])
def test_a_call_gets_its_right_answer(
    file: str, outcome: str, criteria: dict[str, tuple[str, int, int | None]]
) -> None:
    assessment = _assessment(file)
    assert _outcome(assessment) == outcome
    found = {name: _criterion(assessment, name) for name in criteria}
    assert found == criteria


def _assessment(file: str) -> Json:
    """The only assessment of the answer; empty where there is none."""
    call = json.loads((_FILES / f"{file}.json").read_text(encoding="utf-8"))
    answer = service().call(call).json()
    assessments = answer.get("extension", {}).get("nl.imsr-cds.assessments", [{}])
    (only,) = assessments
    return dict(only)


def _outcome(assessment: Json) -> str:
    return " ".join((assessment.get("outcome", "silent"), *assessment.get("because", ())))


def _criterion(assessment: Json, name: str) -> tuple[str, int, int | None]:
    options = assessment["options"]
    (found,) = (each for option in options for each in option["criteria"] if each["id"] == name)
    sessions = found["sessions"]
    return found["outcome"], sessions["certain"], sessions.get("possible")
