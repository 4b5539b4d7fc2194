"""P4 to P15: what each state of a prefetch key means (interface.md, Data)."""
# ruff: noqa: N802 - a test is named after its item

import pytest

from tests.contract.calls import (
    EHR,
    Json,
    access,
    encounter,
    encounters,
    order,
    order_sign,
    patient,
    prefetch,
    record,
    roles,
    searchset,
    without,
)
from tests.contract.checked_client import assessments, causes, outcomes
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import service

FAILED: Json = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception"}],
}
WRONG_TYPES = [
    pytest.param("text", id="string"),
    pytest.param([], id="array"),
    pytest.param({}, id="empty object"),
    pytest.param({"resourceType": "Encounter", "id": "e"}, id="single resource"),
    pytest.param(searchset([patient()]), id="Bundle of another type"),
]


def prefetched(**keys: object) -> Json:
    """A call whose prefetch has other values under some keys, and no access."""
    return order_sign(prefetch={**prefetch(), **keys})


def first_criterion(body: Json, **environ: str) -> Json:
    """What the answer says about allied health therapy."""
    (assessment,) = assessments(service(**environ).call(body))
    criterion: Json = assessment["options"][0]["criteria"][0]
    return criterion


@pytest.mark.parametrize("value", [FAILED, searchset([FAILED])])
@pytest.mark.parametrize("key", ["encounters", "procedures"])
def test_P4_an_outcome_under_a_key_is_not_an_empty_record(key: str, value: Json) -> None:
    answer = service().call(prefetched(**{key: value}))
    (assessment,) = assessments(answer)
    option_2 = assessment["options"][1]
    assert option_2["outcome"] == "indeterminate"
    assert option_2["criteria"][0]["because"] == ["record_incomplete"]
    assert option_2["criteria"][0]["sessions"] == {"certain": 0, "unbounded": True, "required": 6}
    with running(FhirServer(record())) as server:
        fetched = service().call({**prefetched(**{key: value}), "fhirServer": server.base})
        assert outcomes(fetched) == ["met"]
        assert assessments(fetched)[0]["options"][1]["outcome"] == "not_met"


def test_P4_matches_beside_an_outcome_are_used_and_the_key_is_a_gap() -> None:
    mixed = searchset([*encounters(), FAILED], roles())
    (assessment,) = assessments(service().call(prefetched(encounters=mixed)))
    assert assessment["outcome"] == "met"
    assert assessment["options"][1]["criteria"][0]["because"] == ["record_incomplete"]


@pytest.mark.parametrize(
    ("key", "kind"),
    [("patient", "Patient"), ("encounters", "Encounter"), ("procedures", "Procedure")],
)
def test_P5_only_what_is_missing_is_fetched(key: str, kind: str) -> None:
    with running(FhirServer(record())) as server:
        body = order_sign(prefetch=without(prefetch(), key), fhirServer=server.base)
        answer = service().call(body)
        assert outcomes(answer) == ["met"]
        assert server.types & {"Patient", "Encounter", "Procedure"} == {kind}


def test_P6_null_under_a_search_key_is_an_empty_result() -> None:
    with running(FhirServer(record())) as server:
        body = {**prefetched(encounters=None, procedures=None), "fhirServer": server.base}
        answer = service().call(body)
        assert causes(answer) == ["nothing_found"]
        helpful = {"DocumentReference", "Communication", "Composition", "ServiceRequest"}
        assert server.types <= {"Patient", "QuestionnaireResponse", *helpful}
    empty = prefetched(encounters=searchset([]), procedures=searchset([]))
    assert causes(service().call(empty)) == ["nothing_found"]


def test_P6_null_under_the_patient_is_an_absent_key() -> None:
    with running(FhirServer(record())) as server:
        answer = service().call({**prefetched(patient=None), "fhirServer": server.base})
        assert outcomes(answer) == ["met"]
        assert "Patient" in server.types


def test_P7_an_absent_key_is_not_an_empty_result() -> None:
    one_missing = order_sign(prefetch=without(prefetch(), "procedures"))
    (assessment,) = assessments(service().call(one_missing))
    assert assessment["outcome"] == "met"
    assert assessment["options"][1]["criteria"][0]["because"] == ["record_incomplete"]
    both = order_sign(prefetch=without(prefetch(), "encounters", "procedures"))
    assert service().call(both).status_code == 412


@pytest.mark.parametrize("offered", [None, {}, {"patient": patient()}, {"encounters": "text"}])
def test_P8_nothing_offered_is_412(offered: object) -> None:
    answer = service().call({**without(order_sign(), "prefetch"), "prefetch": offered})
    assert answer.status_code == 412


def unavailable(body: Json) -> None:
    """The "not checked" card, or 412 where the site wants that."""
    answer = service().call(body)
    assert causes(answer) == ["record_unavailable"]
    (card,) = answer.json()["cards"]
    assert "NIET getoetst" in card["summary"]
    assert service(IMSR_UNAVAILABLE="412").call(body).status_code == 412


@pytest.mark.parametrize("status", [401, 403, 500])
def test_P8_a_server_that_refuses_is_a_gap(status: int) -> None:
    with running(FhirServer(record(), statuses={"*": status})) as server:
        unavailable({**without(order_sign(), "prefetch"), "fhirServer": server.base})


def test_P8_a_server_that_is_late_is_a_gap() -> None:
    with running(FhirServer(record(), seconds=0.8)) as server:
        body = {**without(order_sign(), "prefetch"), "fhirServer": server.base}
        answer = service(IMSR_DEADLINE_SECONDS="0.3").call(body)
        assert causes(answer) == ["record_unavailable"]
        refused = service(IMSR_DEADLINE_SECONDS="0.3", IMSR_UNAVAILABLE="412").call(body)
        assert refused.status_code == 412


@pytest.mark.parametrize("person", [patient(), FAILED])
def test_P8_outcomes_under_both_keys_are_a_gap(person: Json) -> None:
    unavailable(prefetched(patient=person, encounters=FAILED, procedures=FAILED))


def test_P8_one_gap_decides_only_where_it_can() -> None:
    short = searchset(encounters()[:5], roles())
    answer = service().call(prefetched(encounters=short, procedures=FAILED))
    assert outcomes(answer) == ["indeterminate"]
    assert causes(answer) == ["record_incomplete"]
    assert outcomes(service().call(prefetched(procedures=FAILED))) == ["met"]


def test_P8_a_gap_in_the_patient_leaves_the_age_open() -> None:
    short = searchset(encounters()[:5], roles())
    answer = service().call(prefetched(patient=FAILED, encounters=short))
    assert outcomes(answer) == ["indeterminate"]
    assert "age_unknown" in causes(answer)


def test_P9_further_pages_are_fetched_with_the_token() -> None:
    with running(FhirServer(record(), page_size=8)) as server:
        server_setting = {"IMSR_FHIR_SERVERS": server.base}
        first = server.answer("Encounter?patient=pat-1")[1]
        first["entry"] += [{"resource": each, "search": {"mode": "include"}} for each in roles()]
        body = {**prefetched(encounters=first), **access(server.base)}
        assert outcomes(service(**server_setting).call(body)) == ["met"]
        assert {hit.authorization for hit in server.hits} == {"Bearer token-that-nobody-may-see"}


def test_P9_a_further_page_that_cannot_be_had_is_a_gap() -> None:
    link = [{"relation": "next", "url": f"{EHR}?page=2"}]
    met = searchset(encounters(), roles(), link=link)
    (assessment,) = assessments(service().call(prefetched(encounters=met)))
    assert assessment["outcome"] == "met"
    assert assessment["options"][1]["criteria"][0]["because"] == ["record_incomplete"]
    short = searchset(encounters()[:5], roles(), link=link)
    answer = service().call(prefetched(encounters=short))
    assert causes(answer) == ["record_incomplete"]
    assert assessments(answer)[0]["options"][1]["outcome"] == "indeterminate"


def test_P9_pages_count_together() -> None:
    with running(FhirServer(record(), page_size=3)) as server:
        body = {**without(order_sign(), "prefetch"), "fhirServer": server.base}
        criterion = first_criterion(body)
        assert criterion["sessions"] == {"certain": 13, "possible": 13, "required": 6}


def test_P10_a_further_page_elsewhere_is_not_fetched() -> None:
    with running(FhirServer(record())) as elsewhere:
        server = FhirServer(record(), page_size=3, next_base=elsewhere.base)
        with running(server):
            body = {**without(order_sign(), "prefetch"), "fhirServer": server.base}
            answer = service().call(body)
            assert causes(answer) == ["record_incomplete"]
            assert elsewhere.hits == []


def test_P11_only_matches_are_counted() -> None:
    bundle = searchset(encounters()[:5], [*encounters()[5:], *roles()])
    remark = {"severity": "information", "code": "informational"}
    outcome = {"resourceType": "OperationOutcome", "issue": [remark]}
    bundle["entry"].append({"resource": outcome, "search": {"mode": "outcome"}})
    criterion = first_criterion(prefetched(encounters=bundle))
    assert criterion["sessions"] == {"certain": 5, "possible": 5, "required": 6}


def test_P12_prefetch_server_and_both_say_the_same() -> None:
    client = service()
    with running(FhirServer(record())) as server:
        offered = {"fhirServer": server.base}
        bodies = [
            order_sign(),
            {**without(order_sign(), "prefetch"), **offered},
            order_sign(prefetch={"encounters": searchset(encounters())}, **offered),
            order_sign(prefetch=without(prefetch(), "encounters"), **offered),
        ]
        answers = [client.call(body).json() for body in bodies]
    for answer in answers:
        for card in answer["cards"]:
            del card["uuid"]
    assert answers[0]["extension"]["nl.imsr-cds.assessments"][0]["outcome"] == "met"
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("value", WRONG_TYPES)
@pytest.mark.parametrize("key", ["encounters", "procedures"])
def test_P13_the_wrong_type_under_a_key_is_an_absent_key(key: str, value: object) -> None:
    with running(FhirServer(record())) as server:
        body = {**prefetched(**{key: value}), "fhirServer": server.base}
        assert outcomes(service().call(body)) == ["met"]
        assert key[:-1].capitalize() in server.types
    (assessment,) = assessments(service().call(prefetched(**{key: value})))
    assert assessment["options"][1]["criteria"][0]["because"] == ["record_incomplete"]


@pytest.mark.parametrize("value", [searchset([patient()]), "text", [], {"resourceType": "Group"}])
def test_P13_the_wrong_type_for_the_patient(value: object) -> None:
    with running(FhirServer(record())) as server:
        body = {**prefetched(patient=value), "fhirServer": server.base}
        assert outcomes(service().call(body)) == ["met"]
        assert "Patient" in server.types
    assert outcomes(service().call(prefetched(patient=value))) == ["met"]


def test_P14_contacts_outside_the_two_years_do_not_count() -> None:
    outside = [
        encounter("before", "2024-06-14", "fysio"),
        encounter("first-day", "2024-06-15", "fysio"),
        encounter("last-day", "2026-06-15", "fysio"),
        encounter("after", "2026-06-16", "fysio"),
    ]
    criterion = first_criterion(prefetched(encounters=searchset(outside, roles())))
    assert criterion["sessions"] == {"certain": 2, "possible": 2, "required": 6}
    assert criterion["days"] == {"certain": 730, "possible": 730, "required": 84}


def test_P14_an_older_order_is_not_covered_by_prefetch() -> None:
    """The templates of 2026-06-15 reach back to 2024-05-15; this order to 2024-05-01."""
    old = order(authoredOn="2026-05-01")
    short = {**prefetch(), "encounters": searchset(encounters()[:5], roles())}
    answer = service().call(order_sign(old, prefetch=short))
    assert causes(answer) == ["record_incomplete"]
    with running(FhirServer(record())) as server:
        fetched = service().call(order_sign(old, prefetch=short, fhirServer=server.base))
        assert outcomes(fetched) == ["met"]
        assert server.types >= {"Encounter", "Procedure"}
    covered = order(authoredOn="2026-05-15")
    assert "record_incomplete" not in causes(service().call(order_sign(covered, prefetch=short)))


def test_P15_other_keys_are_ignored() -> None:
    more = {"referral": FAILED, "item1": searchset(encounters()), "": None}
    body = order_sign(prefetch={**prefetch(), **more})
    assert first_criterion(body) == first_criterion(order_sign())


def test_Q2_all_keys_are_asked_for_at_once() -> None:
    """Three searches of 0.4 seconds, and the roles after them, within a second and a half."""
    with running(FhirServer(record(), seconds=0.4)) as server:
        body = {**without(order_sign(), "prefetch"), "fhirServer": server.base}
        assert outcomes(service(IMSR_DEADLINE_SECONDS="2.5").call(body)) == ["met"]


@pytest.mark.parametrize(
    "elements",
    [
        {"active": False},
        {"link": [{"other": {"reference": "Patient/new"}, "type": "replaced-by"}]},
        {"link": [{"other": {"reference": "Patient/old"}, "type": "replaces"}]},
        {"link": [{"other": {"reference": "Patient/main"}, "type": "refer"}]},
    ],
)
def test_care_of_a_merged_or_inactive_patient_can_stand_elsewhere(elements: Json) -> None:
    merged = {**prefetch(), "patient": {**patient(), **elements}}
    assert outcomes(service().call(order_sign(prefetch=merged))) == ["met"]
    answer = service().call(order_sign(prefetch={**merged, "encounters": searchset([])}))
    assert (outcomes(answer), causes(answer)) == (["indeterminate"], ["record_incomplete"])
    (card,) = answer.json()["cards"]
    assert (
        "Dit patiëntdossier is samengevoegd, vervangen of niet meer in gebruik." in card["detail"]
    )
    assert "Niet opgehaald" not in card["detail"]
    assert "later opnieuw" not in card["detail"]


@pytest.mark.parametrize(
    "elements",
    [
        {"active": True, "link": [{"other": {"reference": "Patient/x"}, "type": "seealso"}]},
        {"link": "replaced-by"},
        {"link": [None, {"type": ["replaced-by"]}]},
    ],
)
def test_a_patient_who_is_in_use_here_hides_nothing(elements: Json) -> None:
    here = {**prefetch(), "patient": {**patient(), **elements}, "encounters": searchset([])}
    answer = service().call(order_sign(prefetch=here))
    assert "record_incomplete" not in causes(answer)
