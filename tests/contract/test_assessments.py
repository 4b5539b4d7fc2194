"""`POST /assessments`: who may ask, what is answered, and what is written down of it."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from cds_service.criteria_files import load_criteria
from cds_service.fhir_access import Deadline
from cds_service.hooks.assessment_document import SCHEMA_OF_DOCUMENT, document_json
from cds_service.hooks.cds_hooks import SCHEMA_OF_EXTENSION
from cds_service.hooks.order_hooks import ReferralCheck
from cds_service.hooks.requests import read_call
from cds_service.settings.site_access import fhir_access
from fhir_mappings.terminology.tables import load_terminology
from tests.contract.calls import (
    Json,
    encounter,
    order,
    order_select,
    order_sign,
    other_order,
    prefetch,
    searchset,
    weekly,
    without,
)
from tests.contract.checked_client import expressions
from tests.contract.services import service, settings

ASSESSMENTS = "/assessments"


def _validator() -> Draft202012Validator:
    extension = json.loads(SCHEMA_OF_EXTENSION.read_text(encoding="utf-8"))
    document = json.loads(SCHEMA_OF_DOCUMENT.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    known: Registry[Any] = Registry().with_resources(
        [(each["$id"], Resource.from_contents(each)) for each in (extension, document)]
    )
    return Draft202012Validator(document, registry=known)


SCHEMA = _validator()


def explained(body: Json, **environ: str) -> list[Json]:
    """The referrals of a document that holds to its schema."""
    answer = service(**environ).post(ASSESSMENTS, body)
    assert answer.status_code == 200
    assert list(answer.json()) == ["referrals"]
    SCHEMA.validate(answer.json())
    referrals: list[Json] = answer.json()["referrals"]
    return referrals


def test_it_holds_the_assessment_of_the_hook_call_and_every_contact_once() -> None:
    (referral,) = explained(order_sign())
    of_hook = service().call(order_sign()).json()["extension"]["nl.imsr-cds.assessments"]
    assert [referral["assessment"]] == of_hook
    assert [each["source"] for each in referral["ledger"]] == [
        *(f"Encounter/poh-ggz-{week}" for week in range(7)),
        *(f"Encounter/fysio-{week}" for week in range(13)),
    ]
    assert referral["ledger"][0] == {
        "source": "Encounter/poh-ggz-0",
        "first": "2025-06-02",
        "last": "2025-06-02",
        "professions": ["mental-health-practice-nurse"],
        "setting": "gp-practice",
        "kind": "treatment",
        "status": "took-place",
        "criteria": [
            {
                "id": "allied-health-therapy",
                "standing": "not-counted",
                "reason": "other_profession",
            },
            {"id": "psychological-care", "standing": "certain"},
            {
                "id": "psychosomatic-therapy",
                "standing": "not-counted",
                "reason": "other_profession",
            },
        ],
    }


def test_it_names_the_readings_that_would_change_the_outcome() -> None:
    """Seven weekly contacts with a POH-GGZ run 42 days: six sessions are enough by the OR."""
    (referral,) = explained(order_sign())
    assert referral["assessment"]["outcome"] == "met"
    assert referral["readings"] == [
        {"id": "psychological-care-threshold=all", "outcome": "not_met"}
    ]
    assert "readingsNotTried" not in referral
    assert "forecast" not in referral


def test_it_names_what_is_still_to_come_of_treatment_that_goes_on() -> None:
    body = order_sign()
    planned = encounter("later", "2026-07-27", "fysio", status="planned")
    going_on = [*weekly("2026-05-04", 4, "fysio"), *weekly("2025-06-02", 7, "poh-ggz"), planned]
    body["prefetch"] = prefetch()
    roles = [
        e["resource"]
        for e in body["prefetch"]["encounters"]["entry"]
        if e["search"]["mode"] == "include"
    ]
    body["prefetch"]["encounters"] = searchset(going_on, roles)
    (referral,) = explained(body)
    assert referral["forecast"] == [
        {"criterion": "allied-health-therapy", "missing": 2, "planned": 1, "more": 1}
    ]
    (later,) = [each for each in referral["ledger"] if each["source"] == "Encounter/later"]
    assert later["criteria"][0] == {
        "id": "allied-health-therapy",
        "standing": "not-counted",
        "reason": "planned",
    }


def test_a_call_without_a_referral_of_ours_is_answered_with_none() -> None:
    assert explained(order_sign(other_order())) == []


def test_two_referrals_of_one_call_are_two_in_their_order() -> None:
    referrals = explained(order_sign(order(), order("draft-2", authoredOn="2026-06-01")))
    named = [each["assessment"]["referral"] for each in referrals]
    assert named == ["ServiceRequest/draft-1", "ServiceRequest/draft-2"]


def test_a_referral_that_the_criteria_do_not_apply_to_has_no_ledger() -> None:
    (referral,) = explained(order_sign(order(authoredOn="2026-04-19")))
    assert list(referral) == ["assessment"]
    assert referral["assessment"]["because"] == ["before_effective_date"]


def test_of_order_select_the_selected_orders_are_judged() -> None:
    (referral,) = explained(order_select(order(), order("draft-2")))
    assert referral["assessment"]["referral"] == "ServiceRequest/draft-1"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (without(order_sign(), "context"), "context"),
        (without(order_sign(), "hook"), "hook"),
        (order_sign(hook="patient-admit"), "hook"),
        (without(order_select(), "hookInstance"), "hookInstance"),
    ],
)
def test_a_body_that_is_no_call_is_refused_with_its_field(body: Json, field: str) -> None:
    answer = service().post(ASSESSMENTS, body)
    assert answer.status_code == 400
    assert expressions(answer) == [field]


def test_an_order_of_another_patient_is_refused() -> None:
    foreign = order(subject={"reference": "Patient/somebody-else"})
    assert service().post(ASSESSMENTS, order_sign(foreign)).status_code == 400


def test_a_call_that_offers_no_record_is_refused() -> None:
    assert service().post(ASSESSMENTS, without(order_sign(), "prefetch")).status_code == 412


def test_where_nothing_can_be_had_it_says_so_or_is_refused_as_the_site_prefers() -> None:
    body = order_sign()
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x"}]}
    body["prefetch"] = {"encounters": outcome, "procedures": outcome}
    (referral,) = explained(deepcopy(body))
    assert referral["assessment"]["because"] == ["record_unavailable"]
    refused = service(IMSR_UNAVAILABLE="412").post(ASSESSMENTS, body)
    assert refused.status_code == 412


def test_it_is_posted_and_never_read() -> None:
    assert service().get(ASSESSMENTS).status_code == 405
    assert service().post("/assessments/", order_sign()).status_code == 404


def test_no_cache_may_keep_it() -> None:
    answer = service().post(ASSESSMENTS, order_sign())
    assert answer.headers["cache-control"] == "no-store"


def test_what_there_was_no_time_for_is_named() -> None:
    """A quarter of the time is kept for writing the answer; of 4 seconds 0.8 are left."""
    ours = settings()
    moments = iter([0.0])
    deadline = Deadline(4.0, clock=lambda: next(moments, 3.2))
    call = read_call(
        order_sign(),
        hook=None,
        today=date(2026, 6, 15),
        client_options=ours.client_options,
        most_entries=1_000,
    )
    with fhir_access(ours) as access:
        check = ReferralCheck(load_criteria(), load_terminology(), access, ours)
        (explained_one,) = check.explain(replace(call, deadline=deadline))
    assert explained_one.assessment.label == "met"
    assert explained_one.readings.changing == ()
    document: Json = document_json([explained_one])
    SCHEMA.validate(document)
    (referral,) = document["referrals"]
    assert referral["readingsNotTried"][0] == "psychological-care-threshold=all"
    assert referral["readingsNotTried"][-1] == "stated-care=not"


def test_each_closed_list_of_the_schema_refuses_another_word() -> None:
    document = service().post(ASSESSMENTS, order_sign()).json()
    changes: list[tuple[str, str]] = [("kind", "x"), ("setting", "x"), ("status", "x")]
    for member, word in changes:
        changed = deepcopy(document)
        changed["referrals"][0]["ledger"][0][member] = word
        assert not SCHEMA.is_valid(changed)
    named = deepcopy(document)
    named["referrals"][0]["ledger"][0]["practitioner"] = "A. Jansen"
    assert not SCHEMA.is_valid(named)
