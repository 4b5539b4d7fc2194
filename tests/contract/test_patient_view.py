"""patient-view: referrals that were sent, each judged at its own day, for who receives them."""
# ruff: noqa: N802 - a test is named after its item

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.clients.issuing import PUBLIC_URL, bearer, signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.calls import (
    PATIENT,
    Json,
    access,
    other_order,
    prefetch,
    record,
    searchset,
    without,
)
from tests.contract.checked_client import assessments, expressions, outcomes
from tests.contract.fhir_server import FhirServer, running
from tests.contract.patient_views import SENT_ON, patient_view, sent
from tests.contract.services import service


def test_a_referral_that_was_sent_is_judged_on_its_own_day() -> None:
    answer = service(IMSR_LANGUAGE="en").call(patient_view(sent()))
    (assessment,) = assessments(answer)
    assert assessment["referral"] == "ServiceRequest/sent-1"
    assert assessment["referralDate"] == SENT_ON
    assert assessment["lookback"] == {"start": "2024-06-01", "end": "2026-06-01"}
    assert assessment["outcome"] == "met"
    (card,) = answer.json()["cards"]
    assert card["indicator"] == "info"
    assert card["summary"] == (
        "iMSR for pain, referral of 1 June 2026: number and duration shown (option 1). "
        "Does it say why the result was insufficient?"
    )


def test_the_card_says_which_referral_and_discipline_number_and_period() -> None:
    (card,) = service(IMSR_LANGUAGE="en").call(patient_view(sent())).json()["cards"]
    assert card["detail"].startswith("About the referral of 1 June 2026.\n\n")
    assert "physiotherapy 13 sessions, 1 September 2025 to 24 November 2025" in card["detail"]
    assert "7 sessions, 2 June 2025 to 14 July 2025" in card["detail"]


def test_a_shortfall_is_no_warning_and_asks_nothing_of_a_referrer() -> None:
    body = patient_view(sent())
    found = body["prefetch"]["encounters"]["entry"]
    body["prefetch"]["encounters"]["entry"] = [
        each for each in found if each["resource"]["id"] not in {f"fysio-{n}" for n in range(8)}
    ]
    (card,) = service().call(body).json()["cards"]
    assert card["indicator"] == "info"
    assert card["summary"] == (
        "iMSR bij pijn, verwijzing van 01-06-2026: in dit dossier nog niet aangetoond. "
        "Eenmalig consult blijft mogelijk."
    )
    assert "uw verwijzing" not in card["detail"]
    assert "Vraag de patiënt" not in card["detail"]


@pytest.mark.parametrize(
    "referral",
    [
        pytest.param(sent(status="draft"), id="draft"),
        pytest.param(sent(status="revoked"), id="revoked"),
        pytest.param(sent(status="on-hold"), id="on hold"),
        pytest.param(sent(authoredOn=None), id="without a day"),
        pytest.param(sent(day="2026"), id="a year is no day"),
        pytest.param(sent(day="2025-05-10"), id="401 days ago"),
        pytest.param(sent(day="2026-06-16"), id="tomorrow"),
        pytest.param({**other_order(), "status": "active"}, id="for something else"),
        pytest.param(sent(subject={"reference": "Patient/another"}), id="of another patient"),
        pytest.param(sent(doNotPerform=True), id="not to be done"),
    ],
)
def test_without_a_referral_of_ours_it_is_silent(referral: Json) -> None:
    assert service().call(patient_view(referral)).json() == {"cards": []}


@pytest.mark.parametrize("status", ["active", "completed"])
def test_active_and_completed_referrals_of_400_days_are_judged(status: str) -> None:
    """On 11 May 2025 the criteria did not exist yet, so that is said and no card is shown."""
    answer = service().call(patient_view(sent(day="2025-05-11", status=status)))
    (assessment,) = assessments(answer)
    assert assessment["because"] == ["before_effective_date"]
    assert answer.json()["cards"] == []


def test_each_of_several_is_judged_at_its_own_day_the_newest_first() -> None:
    answer = service().call(
        patient_view(sent("a", "2026-04-30"), sent("b"), sent("c", "2026-05-15"))
    )
    days = [each["referralDate"] for each in assessments(answer)]
    assert days == ["2026-06-01", "2026-05-15", "2026-04-30"]
    assert [card["detail"].splitlines()[0] for card in answer.json()["cards"]] == [
        "Over de verwijzing van 01-06-2026.",
        "Over de verwijzing van 15-05-2026.",
        "Over de verwijzing van 30-04-2026.",
    ]


def test_of_very_many_the_newest_are_judged() -> None:
    day = date(2026, 6, 15)
    many = [sent(f"s{n}", (day - timedelta(days=n)).isoformat()) for n in range(25)]
    answer = service().call(patient_view(*many))
    assert [each["referral"] for each in assessments(answer)] == [
        f"ServiceRequest/s{n}" for n in range(20)
    ]


@pytest.mark.parametrize("given", [{}, {"referrals": None}, {"referrals": searchset([])}])
def test_without_any_referral_it_is_silent(given: Mapping[str, object]) -> None:
    body = patient_view()
    body["prefetch"] = {**prefetch(), **given}
    assert service().call(body).json() == {"cards": []}


def test_what_was_not_prefetched_is_searched_where_the_scope_allows() -> None:
    with running(FhirServer([*record(), sent()])) as server:
        body = {**patient_view(prefetch=None), **access(server.base)}
        assert outcomes(service().call(body)) == ["met"]
        (asked,) = {
            hit.path
            for hit in server.hits
            if "ServiceRequest?" in hit.path and "_elements" not in hit.path
        }
        assert f"patient={PATIENT}&authored=ge2025-05-10" in asked


def test_without_the_scope_nothing_is_searched_and_nothing_said(tmp_path: Path) -> None:
    with running(FhirServer([*record(), sent()])) as server:
        scope = "user/Patient.read user/Encounter.read user/Procedure.read"
        body = {**patient_view(prefetch=None), **access(server.base, scope=scope)}
        site = Site(tmp_path, {**ENTRY, "fhir_servers": [server.base]})
        token = signing_key().token(aud=f"{PUBLIC_URL}/cds-services/imsr-patient-view")
        assert site.client().call(body, **bearer(token)).json() == {"cards": []}
        assert server.hits == []


def test_a_first_page_of_referrals_is_searched_whole() -> None:
    with running(FhirServer([*record(), sent(), sent("sent-2", "2026-05-15")])) as server:
        body = {**patient_view(sent()), **access(server.base)}
        following = {"relation": "next", "url": f"{server.base}/next"}
        body["prefetch"]["referrals"]["link"] = [following]
        assert len(assessments(service().call(body))) == 2


def test_a_search_that_fails_says_nothing() -> None:
    with running(FhirServer(record())) as server:
        server.statuses = {"ServiceRequest": 500}
        body = {**patient_view(prefetch=None), **access(server.base)}
        answer = service().call(body)
        assert answer.status_code == 200
        assert answer.json() == {"cards": []}


@pytest.mark.parametrize("user", ["Practitioner/x", "Patient/pat-1", "RelatedPerson/mother"])
def test_H13_the_user_may_be_the_patient_or_a_relative(user: str) -> None:
    body = patient_view(sent())
    body["context"]["userId"] = user
    assert outcomes(service().call(body)) == ["met"]


@pytest.mark.parametrize("field", ["userId", "patientId"])
def test_what_patient_view_needs(field: str) -> None:
    body = patient_view(sent())
    del body["context"][field]
    answer = service().call(body)
    assert answer.status_code == 400
    assert expressions(answer) == [f"context.{field}"]


def test_an_encounter_may_be_named() -> None:
    body = patient_view(sent())
    body["context"]["encounterId"] = "enc-1"
    assert outcomes(service().call(body)) == ["met"]


def test_its_templates_look_back_400_days_further() -> None:
    found = service().get("/cds-services").json()["services"]
    (templates,) = [each["prefetch"] for each in found if each["hook"] == "patient-view"]
    assert templates["encounters"].startswith(
        "Encounter?patient={{context.patientId}}&date=ge2023-05-12"
    )
    assert templates["referrals"] == (
        "ServiceRequest?patient={{context.patientId}}&authored=ge2025-05-11&_count=200"
    )


def test_the_full_assessment_answers_it_too() -> None:
    answer = service().post("/assessments", patient_view(sent()))
    (referral,) = answer.json()["referrals"]
    assert referral["assessment"]["referralDate"] == SENT_ON
    assert len(referral["ledger"]) == 20


def test_without_a_record_it_is_refused_only_where_there_is_a_referral() -> None:
    body = patient_view(sent())
    body["prefetch"] = {"referrals": body["prefetch"]["referrals"]}
    assert service().call(body).status_code == 412
    assert service().call(without(patient_view(), "prefetch")).json() == {"cards": []}
