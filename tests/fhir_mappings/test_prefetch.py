from datetime import date
from typing import Any

import pytest

from cds_service.domain.lookback import LookbackPeriod
from fhir_mappings.queries.prefetch import KeyState, PrefetchReader

BASE = "https://ehr.example.nl/fhir"
TODAY = date(2026, 6, 20)
LOOKBACK = LookbackPeriod.before(date(2026, 6, 15), years=2)
PRESENT, FOLLOW, GAP, NOT_OFFERED = (
    KeyState.PRESENT,
    KeyState.FOLLOW_NEXT,
    KeyState.GAP,
    KeyState.NOT_OFFERED,
)


def reader(**prefetch: object) -> PrefetchReader:
    return PrefetchReader(prefetch, "p1", TODAY, BASE)


def encounter(subject: str = "Patient/p1") -> dict[str, Any]:
    return {"resourceType": "Encounter", "id": "e1", "subject": {"reference": subject}}


def bundle(*resources: object, **links: object) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": name.rstrip("_"), "url": url} for name, url in links.items()],
        "entry": [{"resource": resource} for resource in resources],
    }


OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
PATIENT = {"resourceType": "Patient", "id": "p1"}


@pytest.mark.parametrize(
    ("value", "state"),
    [
        pytest.param(PATIENT, PRESENT, id="the patient"),
        pytest.param({"resourceType": "Patient", "id": "p2"}, NOT_OFFERED, id="another patient"),
        pytest.param({"resourceType": "Patient"}, NOT_OFFERED, id="a patient without id"),
        pytest.param(OUTCOME, GAP, id="the client tried and could not"),
        pytest.param(None, NOT_OFFERED, id="null"),
        pytest.param(bundle(PATIENT), NOT_OFFERED, id="a Bundle for a read"),
        pytest.param("p1", NOT_OFFERED, id="a string"),
    ],
)
def test_the_patient_is_usable_only_as_the_patient_of_the_call(
    value: object, state: KeyState
) -> None:
    part = reader(patient=value).patient()
    assert part.state is state
    assert part.was_received is (state is PRESENT)


def test_a_patient_that_is_absent_is_not_offered() -> None:
    assert reader().patient().state is NOT_OFFERED


@pytest.mark.parametrize(
    ("value", "state", "was_received"),
    [
        pytest.param(bundle(encounter()), PRESENT, True, id="matches"),
        pytest.param(bundle(), PRESENT, True, id="an empty Bundle"),
        pytest.param(None, PRESENT, True, id="null: the client looked and found nothing"),
        pytest.param(OUTCOME, GAP, False, id="an OperationOutcome"),
        pytest.param(bundle(OUTCOME), GAP, False, id="a Bundle of OperationOutcomes"),
        pytest.param(bundle(encounter(), OUTCOME), GAP, True, id="matches and an error"),
        pytest.param(bundle(encounter(), next_="n"), FOLLOW, True, id="a further page"),
        pytest.param(bundle(next_="n"), FOLLOW, True, id="an empty first page of several"),
        pytest.param(bundle(encounter(), next_=None), GAP, True, id="a next link without url"),
        pytest.param(encounter(), NOT_OFFERED, False, id="a resource for a search"),
        pytest.param([], NOT_OFFERED, False, id="a list"),
        pytest.param(
            bundle(encounter("Patient/p2")), GAP, False, id="all matches of another patient"
        ),
        pytest.param(
            bundle({**encounter("Patient/p2"), "id": "e2"}, encounter()),
            PRESENT,
            True,
            id="some matches of another patient",
        ),
        pytest.param(
            bundle(self=f"{BASE}/Encounter?patient={{{{context.patientId}}}}"),
            NOT_OFFERED,
            False,
            id="a token that was never filled in",
        ),
        pytest.param(
            bundle(self=f"{BASE}/Encounter?patient=%7B%7Bcontext.patientId%7D%7D"),
            NOT_OFFERED,
            False,
            id="the same, encoded",
        ),
        pytest.param(
            bundle(self=f"{BASE}/Encounter?patient=Patient%2Fp2"),
            NOT_OFFERED,
            False,
            id="nothing of another patient",
        ),
        pytest.param(
            bundle(self=f"{BASE}/Encounter?subject=Patient/p1&patient=p1"),
            PRESENT,
            True,
            id="nothing of this patient",
        ),
        pytest.param(
            bundle(encounter(), self="Encounter?patient={{context.patientId}}"),
            PRESENT,
            True,
            id="matches of this patient under an odd self link",
        ),
    ],
)
def test_a_search_key_is_present_a_gap_or_not_offered(
    value: object,
    state: KeyState,
    was_received: bool,  # noqa: FBT001
) -> None:
    part = reader(encounters=value).encounters(LOOKBACK)
    assert (part.state, part.was_received) == (state, was_received)


def test_a_key_that_is_absent_is_not_offered() -> None:
    assert reader(encounters=bundle()).procedures(LOOKBACK).state is NOT_OFFERED
    assert reader().encounters(LOOKBACK).state is NOT_OFFERED
    assert not reader().encounters(LOOKBACK).was_received


def test_what_was_received_stays_usable() -> None:
    part = reader(encounters=bundle(encounter(), OUTCOME)).encounters(LOOKBACK)
    assert part.answer.matches == (encounter(),)


@pytest.mark.parametrize(
    ("referral", "state"),
    [
        pytest.param(date(2026, 6, 20), PRESENT, id="a referral of today"),
        pytest.param(date(2026, 5, 20), PRESENT, id="31 days ago: the first day is just covered"),
        pytest.param(date(2026, 5, 19), GAP, id="32 days ago: one day is missing"),
        pytest.param(date(2027, 1, 1), PRESENT, id="a referral in the future"),
    ],
)
def test_the_templates_reach_back_two_years_and_a_margin(referral: date, state: KeyState) -> None:
    lookback = LookbackPeriod.before(referral, years=2)
    part = reader(encounters=bundle(encounter()), procedures=None)
    assert part.encounters(lookback).state is state
    assert part.encounters(lookback).was_received
    assert part.procedures(lookback).state is state


@pytest.mark.parametrize(
    ("query", "state"),
    [
        pytest.param("date=ge2024-06-15", PRESENT, id="from the first day"),
        pytest.param("date=ge2024-06-16", GAP, id="from the second day"),
        pytest.param("date=gt2024-06-14", PRESENT, id="after the day before"),
        pytest.param("date=gt2024-06-15", GAP, id="after the first day"),
        pytest.param("date=sa2024-06-15", GAP, id="strictly after the first day"),
        pytest.param("date=ge2024-06-15T12:00:00Z", GAP, id="from noon of the first day"),
        pytest.param("date=ge2024-06-13T22:00:00Z", PRESENT, id="from the evening before"),
        pytest.param("date=ge2020-01-01", PRESENT, id="wider than our template"),
        pytest.param("date=ge2025-01-01,le2026-01-01", GAP, id="joined parameters"),
        pytest.param("date=le2026-12-01", PRESENT, id="no lower bound: that of the template"),
        pytest.param("date=gespring", PRESENT, id="no date: that of the template"),
        pytest.param("", PRESENT, id="no query: that of the template"),
    ],
)
def test_the_self_link_says_how_far_an_answer_reaches(query: str, state: KeyState) -> None:
    value = bundle(encounter(), self=f"{BASE}/Encounter?patient=p1&{query}")
    assert reader(encounters=value).encounters(LOOKBACK).state is state


def test_a_wider_self_link_makes_up_for_an_old_order() -> None:
    lookback = LookbackPeriod.before(date(2026, 1, 5), years=2)
    wide = bundle(self=f"{BASE}/Encounter?patient=p1&date=ge2024-01-05")
    assert reader(encounters=wide).encounters(lookback).state is PRESENT


def test_a_further_page_that_does_not_reach_far_enough_is_a_gap() -> None:
    lookback = LookbackPeriod.before(date(2026, 1, 5), years=2)
    assert reader(encounters=bundle(next_="n")).encounters(lookback).state is GAP


def test_the_margin_is_that_of_the_templates() -> None:
    lookback = LookbackPeriod.before(date(2025, 6, 20), years=2)
    wide = PrefetchReader({"encounters": bundle()}, "p1", TODAY, BASE, margin_days=400)
    assert wide.encounters(lookback).state is PRESENT


def test_a_self_link_that_is_no_url_says_nothing() -> None:
    value = bundle(self="http://[oops?patient=p2")
    assert reader(encounters=value).encounters(LOOKBACK).state is PRESENT


def test_without_a_base_the_full_urls_tell_it() -> None:
    value = {
        "resourceType": "Bundle",
        "entry": [{"fullUrl": f"{BASE}/Encounter/e1", "resource": encounter(f"{BASE}/Patient/p2")}],
    }
    assert PrefetchReader({"encounters": value}, "p1", TODAY).encounters(LOOKBACK).state is GAP


def test_conditions_know_no_lookback() -> None:
    value = bundle({"resourceType": "Condition", "id": "c1"}, self="Condition?date=ge2026-01-01")
    assert reader(conditions=value).conditions().state is PRESENT
    assert reader(conditions=OUTCOME).conditions().state is GAP


STATEMENT = {
    "resourceType": "QuestionnaireResponse",
    "id": "q1",
    "subject": {"reference": "Patient/p2"},
}


@pytest.mark.parametrize(
    ("prefetch", "state", "matches"),
    [
        pytest.param({}, NOT_OFFERED, 0, id="absent"),
        pytest.param({"statements": None}, PRESENT, 0, id="null"),
        pytest.param({"statements": bundle(STATEMENT)}, PRESENT, 1, id="of another patient"),
        pytest.param({"statements": bundle(STATEMENT, next="")}, GAP, 1, id="a lost page"),
        pytest.param({"statements": OUTCOME}, GAP, 0, id="an OperationOutcome"),
    ],
)
def test_statements_are_kept_whatever_the_state_of_their_key(
    prefetch: dict[str, Any], state: KeyState, matches: int
) -> None:
    part = reader(**prefetch).statements()
    assert (part.state, len(part.answer.matches)) == (state, matches)
