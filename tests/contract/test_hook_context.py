"""H: the context of the hooks."""
# ruff: noqa: N802 - a test is named after its item

import pytest

from tests.contract.calls import (
    PATIENT,
    Json,
    encounters,
    order,
    order_select,
    order_sign,
    other_order,
    patient,
    prefetch,
    record,
    roles,
    searchset,
    with_context,
    without,
)
from tests.contract.checked_client import assessments, causes, expressions, outcomes
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import Checker, service, shell

NOTHING: Json = {"cards": []}


@pytest.mark.parametrize("name", ["userId", "patientId", "selections", "draftOrders"])
def test_H1_what_order_select_needs(name: str) -> None:
    checker = Checker()
    answer = shell(checker).call(with_context(order_select(), **{name: None}))
    assert answer.status_code == 400
    assert expressions(answer) == [f"context.{name}"]
    assert checker.calls == []


@pytest.mark.parametrize("name", ["userId", "patientId", "draftOrders"])
def test_H2_what_order_sign_needs(name: str) -> None:
    checker = Checker()
    answer = shell(checker).call(with_context(order_sign(), **{name: None}))
    assert answer.status_code == 400
    assert expressions(answer) == [f"context.{name}"]
    assert checker.calls == []


def test_H2_several_faults_are_told_at_once() -> None:
    answer = shell().call({**order_sign(), "context": {}})
    assert expressions(answer) == ["context.userId", "context.patientId", "context.draftOrders"]


def test_H3_only_selected_orders_are_judged() -> None:
    client = service()
    drafts = (order("draft-1"), other_order("draft-2"))
    unselected = client.call(order_select(*drafts, selections=["ServiceRequest/draft-2"]))
    assert unselected.json() == NOTHING
    selected = client.call(order_select(*drafts, selections=["ServiceRequest/draft-1"]))
    assert [each["referral"] for each in assessments(selected)] == ["ServiceRequest/draft-1"]


def test_H4_dangling_selections_are_ignored() -> None:
    client = service()
    dangling = "ServiceRequest/elsewhere"
    some = client.call(order_select(selections=[dangling, "ServiceRequest/draft-1"]))
    assert outcomes(some) == ["met"]
    assert client.call(order_select(selections=[dangling])).json() == NOTHING
    assert client.call(order_select(selections=[])).json() == NOTHING


@pytest.mark.parametrize(
    ("selections", "path"),
    [
        ("ServiceRequest/draft-1", "context.selections"),
        ({"0": "ServiceRequest/draft-1"}, "context.selections"),
        (["ServiceRequest/draft-1", 5], "context.selections[1]"),
        ([None], "context.selections[0]"),
    ],
)
def test_H4_selections_are_an_array_of_strings(selections: object, path: str) -> None:
    answer = shell().call(order_select(selections=selections))
    assert answer.status_code == 400
    assert expressions(answer) == [path]


@pytest.mark.parametrize(
    "incomplete",
    [
        {"code": {"coding": [{}]}, "reasonCode": [], "intent": "plan"},
        {"code": {}, "reasonCode": []},
        {"code": {"coding": []}},
    ],
)
def test_H5_an_order_without_content_says_nothing_yet(incomplete: Json) -> None:
    body = without(order_select(order(**incomplete)), "prefetch")
    assert service().call(body).json() == NOTHING


def test_H6_each_order_is_judged_by_itself() -> None:
    drafts = (
        order("a", status="active", authoredOn="2026-06-01"),
        order("b", status="draft", authoredOn="2028-01-01"),
        order("c", status="completed", authoredOn="2026"),
        order("d", status="entered-in-error"),
        order("e", status="revoked"),
    )
    answer = service().call(order_sign(*drafts))
    dates = {each["referral"]: each["referralDate"] for each in assessments(answer)}
    assert dates == {
        "ServiceRequest/a": "2026-06-01",
        "ServiceRequest/b": "2028-01-01",
        "ServiceRequest/c": "2026-06-15",
    }
    by_order = {each["referral"]: each for each in assessments(answer)}
    assert by_order["ServiceRequest/a"]["outcome"] == "met"
    assert by_order["ServiceRequest/b"]["lookback"] == {"start": "2026-01-01", "end": "2028-01-01"}
    assert by_order["ServiceRequest/b"]["outcome"] == "indeterminate"
    assert len(answer.json()["cards"]) <= 3


def test_H7_a_minimal_bundle_and_other_resources() -> None:
    client = service()
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {"resourceType": "MedicationRequest", "id": "m"}},
            {"fullUrl": "urn:uuid:9f8c2f8c-6a53-4c3f-9a5e-1f7b2a0c9d11"},
            {"resource": order()},
        ],
    }
    assert outcomes(client.call(with_context(order_sign(), draftOrders=bundle))) == ["met"]
    empty = with_context(order_sign(), draftOrders={"resourceType": "Bundle"})
    assert client.call(empty).json() == NOTHING


@pytest.mark.parametrize(
    ("orders", "path"),
    [
        ([], "context.draftOrders"),
        ("text", "context.draftOrders"),
        ({}, "context.draftOrders.resourceType"),
        (order(), "context.draftOrders.resourceType"),
        ({"resourceType": "Bundle", "entry": {}}, "context.draftOrders.entry"),
        ({"resourceType": "Bundle", "entry": [[]]}, "context.draftOrders.entry[0]"),
        (
            {"resourceType": "Bundle", "entry": [{}, {"resource": []}]},
            "context.draftOrders.entry[1].resource",
        ),
        (
            {"resourceType": "Bundle", "entry": [{"resource": {}}]},
            "context.draftOrders.entry[0].resource.resourceType",
        ),
    ],
)
def test_H7_what_is_no_bundle_of_resources(orders: object, path: str) -> None:
    answer = shell().call(with_context(order_sign(), draftOrders=orders))
    assert answer.status_code == 400
    assert expressions(answer) == [path]


@pytest.mark.parametrize("identifier", ["", 5, [], {}, ["draft-1"]])
def test_H7_an_order_has_a_usable_id_or_none(identifier: object) -> None:
    answer = shell().call(order_sign({**order(), "id": identifier}))
    assert answer.status_code == 400
    assert expressions(answer) == ["context.draftOrders.entry[0].resource.id"]


def test_H7_an_order_without_an_id_is_judged_and_not_named() -> None:
    (assessment,) = assessments(service().call(order_sign(without(order(), "id"))))
    assert assessment["outcome"] == "met"
    assert "referral" not in assessment


def test_H8_drafts_are_not_read_from_the_server() -> None:
    with running(FhirServer(record())) as server:
        body = {**without(order_sign(), "prefetch"), "fhirServer": server.base}
        assert outcomes(service().call(body)) == ["met"]
        assert "ServiceRequest" not in server.types


def test_H9_resources_of_another_version_are_ignored() -> None:
    stu3 = {**order("draft-0"), "resourceType": "ProcedureRequest"}
    assert service().call(order_sign(stu3)).json() == NOTHING
    assert outcomes(service().call(order_sign(stu3, order()))) == ["met"]


@pytest.mark.parametrize("user", ["Practitioner/x", "PractitionerRole/x", "x", "https://a/b", "?"])
def test_H10_any_user_is_tolerated(user: str) -> None:
    assert shell().call(with_context(order_sign(), userId=user)).status_code == 200


@pytest.mark.parametrize(
    ("patient_id", "bare"),
    [("123", "123"), ("Patient/123", "123"), ("a-B.9", "a-B.9"), ("x" * 255, "x" * 255)],
)
def test_H10_the_patient_is_a_bare_id(patient_id: str, bare: str) -> None:
    checker = Checker()
    answer = shell(checker).call(with_context(order_sign(), patientId=patient_id))
    assert answer.status_code == 200
    assert checker.call.patient_id == bare


@pytest.mark.parametrize(
    "patient_id",
    [
        "",
        "Group/1",
        "Patient/",
        "Patient/Patient/1",
        "Patient/1/_history/2",
        "https://ehr.example.nl/fhir/Patient/1",
        "urn:uuid:9f8c2f8c-6a53-4c3f-9a5e-1f7b2a0c9d11",
        "1,2",
        "1&_id=2",
        "1 ",
        "1\n",
        "..",
        ".",
        "é",
        "x" * 256,
        5,
        ["1"],
    ],
)
def test_H10_what_is_no_patient_id(patient_id: object) -> None:
    checker = Checker()
    answer = shell(checker).call(with_context(order_sign(), patientId=patient_id))
    assert answer.status_code == 400
    assert expressions(answer) == ["context.patientId"]
    assert checker.calls == []


def test_H10_an_empty_user_is_no_user() -> None:
    answer = shell().call(with_context(order_sign(), userId=""))
    assert answer.status_code == 400
    assert expressions(answer) == ["context.userId"]


def test_H11_an_order_of_another_patient_is_refused() -> None:
    foreign = order("draft-9", subject={"reference": "Patient/somebody-else"})
    answer = service().call(order_sign(order(), foreign))
    assert answer.status_code == 400
    assert expressions(answer) == ["context.draftOrders.entry[1].resource.subject"]


def test_H11_a_patient_key_of_another_patient_is_not_used() -> None:
    other = {**patient(), "id": "somebody-else", "birthDate": "2015-01-01"}
    answer = service().call(order_sign(prefetch={**prefetch(), "patient": other}))
    (assessment,) = assessments(answer)
    assert assessment["outcome"] == "met"


def _with_subject(subject: object) -> Json:
    changed = [{**each, "subject": subject} for each in encounters()]
    return {**prefetch(), "encounters": searchset(changed, roles())}


def test_H11_contacts_of_another_patient_never_count() -> None:
    foreign = {"reference": "Patient/somebody-else"}
    mixed = [*encounters()[1:], {**encounters()[0], "subject": foreign}]
    body = order_sign(prefetch={**prefetch(), "encounters": searchset(mixed, roles())})
    (assessment,) = assessments(service().call(body))
    first = assessment["options"][0]["criteria"][0]
    assert first["sessions"] == {"certain": 12, "possible": 12, "required": 6}


@pytest.mark.parametrize(
    "subject",
    [
        None,
        {"identifier": {"system": "urn:x", "value": "1"}},
        {"reference": f"https://another.example.nl/fhir/Patient/{PATIENT}"},
    ],
)
def test_H11_contacts_of_an_unclear_patient_are_only_possible(subject: object) -> None:
    body = order_sign(prefetch=_with_subject(subject))
    answer = service().call({**body, "fhirServer": "https://ehr.example.nl/fhir"})
    assert outcomes(answer) == ["indeterminate"]
    assert "patient_unclear" in causes(answer)
