"""Care that the referrer states, prefetched or on the server: helpful, and never missed."""

from typing import Final

import pytest

from tests.contract.calls import (
    PATIENT,
    Json,
    access,
    order_sign,
    patient,
    prefetch,
    roles,
    searchset,
    weekly,
    without,
)
from tests.contract.checked_client import assessments, causes, outcomes
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import service

FORM: Final = "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
CATEGORY: Final = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"
ERROR: Final = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception"}],
}


REFUSAL: Final = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "not-supported"}],
}
MORE: Final = [{"relation": "next", "url": "https://ehr.example.nl/fhir?page=2"}]
NOTHING_AND_LOST: Final = ["nothing_found", "record_incomplete"]
"""No physiotherapy was found; option 2 would be not met, but for what was not retrieved."""


def statement(identifier: str = "said-1", *, number: int = 9, **members: object) -> Json:
    """Nine sessions of physiotherapy in 18 weeks, of which the record shows nothing."""
    answers = {
        "discipline": {"valueCoding": {"system": CATEGORY, "code": "physiotherapist"}},
        "first-date": {"valueDate": "2025-01-06"},
        "last-date": {"valueDate": "2025-05-12"},
        "number": {"valueInteger": number},
        "source": {"valueCoding": {"code": "patient"}},
    }
    items = [{"linkId": name, "answer": [value]} for name, value in answers.items()]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": identifier,
        "status": "completed",
        "questionnaire": f"{FORM}|2026.1",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "item": [{"linkId": "course", "item": items}],
        **members,
    }


def found() -> list[Json]:
    """A record that shows the POH-GGZ only."""
    return weekly("2025-06-02", 7, "poh-ggz")


def prefetched(**members: object) -> Json:
    """A call without access, with more in its prefetch."""
    encounters = searchset(found(), roles())
    return order_sign(prefetch={**prefetch(), "encounters": encounters, **members})


def on_a_server(*resources: Json) -> FhirServer:
    return FhirServer([patient(), *found(), *roles(), *resources])


def asking(server: FhirServer, **authorization: object) -> Json:
    return {**without(order_sign(), "prefetch"), **access(server.base, **authorization)}


def test_a_prefetched_statement_counts_and_is_labelled() -> None:
    answer = service().call(prefetched(statements=searchset([statement()])))
    assert outcomes(answer) == ["met"]
    flags = assessments(answer)[0]["flags"]
    assert {"id": "attested", "criterion": "allied-health-therapy", "sessions": 9} in flags


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param({}, id="absent"),
        pytest.param({"statements": None}, id="null"),
        pytest.param({"statements": searchset([])}, id="nothing found"),
        pytest.param({"statements": REFUSAL}, id="not supported"),
        pytest.param({"statements": 7}, id="no resource"),
        pytest.param({"statements": patient()}, id="of another type"),
    ],
)
def test_statements_that_nobody_gives_are_no_gap(statements: Json) -> None:
    answer = service().call(prefetched(**statements))
    assert (outcomes(answer), causes(answer)) == (["indeterminate"], ["nothing_found"])


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(ERROR, id="an OperationOutcome"),
        pytest.param(searchset([], link=MORE), id="a further page"),
        pytest.param(searchset([], total=1), id="a total above what came"),
    ],
)
def test_what_a_client_tried_and_could_not_have_leaves_nothing_not_met(statements: Json) -> None:
    answer = service().call(prefetched(statements=statements))
    assert (outcomes(answer), causes(answer)) == (["indeterminate"], NOTHING_AND_LOST)


def test_what_was_received_counts_beside_an_error_or_a_further_page() -> None:
    link = [{"relation": "next", "url": "https://ehr.example.nl/fhir?page=2"}]
    for more in ({"link": link}, {}):
        bundle = searchset([statement()], **more)
        bundle["entry"].append({"resource": ERROR, "search": {"mode": "outcome"}})
        assert outcomes(service().call(prefetched(statements=bundle))) == ["met"]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"status": "in-progress"}, id="not completed"),
        pytest.param({"status": "entered-in-error"}, id="in error"),
        pytest.param({"subject": {"reference": "Patient/pat-2"}}, id="of another patient"),
        pytest.param({"questionnaire": "https://ehr.example.nl/Questionnaire/4dkl"}, id="4DKL"),
    ],
)
def test_what_is_no_statement_about_this_patient_does_not_count(members: Json) -> None:
    answer = service().call(prefetched(statements=searchset([statement(**members)])))
    assert (outcomes(answer), causes(answer)) == (["indeterminate"], ["nothing_found"])


def test_a_statement_that_cannot_be_read_is_doubt_and_no_error() -> None:
    bundle = searchset([statement(item=7)])
    answer = service().call(prefetched(statements=bundle))
    assert outcomes(answer) == ["indeterminate"]
    assert causes(answer) == ["nothing_found"]  # one contact decides nothing here


def test_a_course_without_dates_asks_for_them() -> None:
    bundle = searchset([statement()])
    for answers in (each["item"] for each in bundle["entry"][0]["resource"]["item"]):
        answers[:] = [each for each in answers if not each["linkId"].endswith("-date")]
    answer = service().call(prefetched(statements=bundle))
    assert outcomes(answer) == ["indeterminate"]
    assert causes(answer) == ["date_imprecise", "nothing_found", "number_unclear"]


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        pytest.param("last-date", ["number_unclear", "status_open"], id="still running"),
        pytest.param("number", ["number_unclear"], id="no number"),
        pytest.param("discipline", ["nothing_found", "unmapped_role"], id="no discipline"),
    ],
)
def test_what_a_statement_leaves_open_is_asked_for(left_out: str, expected: list[str]) -> None:
    bundle = searchset([statement()])
    (course,) = bundle["entry"][0]["resource"]["item"]
    if left_out == "last-date":
        course["item"] = [each for each in course["item"] if each["linkId"] != "number"]
    course["item"] = [each for each in course["item"] if each["linkId"] != left_out]
    answer = service().call(prefetched(statements=bundle))
    assert (outcomes(answer), causes(answer)) == (["indeterminate"], expected)


def test_statements_are_searched_on_the_server_in_the_first_round() -> None:
    with running(on_a_server(statement())) as server:
        assert outcomes(service().call(asking(server))) == ["met"]
        (search,) = [hit.path for hit in server.hits if hit.type == "QuestionnaireResponse"]
    assert search == f"QuestionnaireResponse?patient={PATIENT}&questionnaire={FORM}&_count=200"


def test_prefetched_statements_are_not_searched_again() -> None:
    with running(on_a_server()) as server:
        body = {**prefetched(statements=searchset([statement()])), **access(server.base)}
        assert outcomes(service().call(body)) == ["met"]
        assert "QuestionnaireResponse" not in server.types


def test_further_pages_are_followed_and_a_statement_on_two_pages_is_one() -> None:
    others = [statement(f"said-{n}", questionnaire="https://x.example/q") for n in range(2, 9)]
    with running(on_a_server(*others, statement())) as server:
        server.page_size = 3
        assert outcomes(service().call(asking(server))) == ["met"]


@pytest.mark.parametrize("status", [403, 404, 405, 410, 501])
def test_a_server_that_refuses_statements_leaves_them_unknown(status: int) -> None:
    with running(on_a_server(statement())) as server:
        server.statuses = {"QuestionnaireResponse": status}
        answer = service().call(asking(server))
        assert (outcomes(answer), causes(answer)) == (["indeterminate"], ["nothing_found"])


def test_without_the_scope_statements_are_not_asked_for() -> None:
    scope = "user/Patient.rs user/Encounter.rs user/Procedure.rs user/PractitionerRole.rs"
    with running(on_a_server(statement())) as server:
        answer = service().call(asking(server, scope=f"{scope} user/Organization.r"))
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        server.hits.clear()
        answer = guarded.call(asking(server, scope=f"{scope} user/Organization.r"))
        assert (outcomes(answer), causes(answer)) == (["indeterminate"], ["nothing_found"])
        assert "QuestionnaireResponse" not in server.types


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_a_search_that_failed_leaves_nothing_not_met(status: int) -> None:
    """Five sessions were found; a statement could hold the sixth, as it does here."""
    short = [*weekly("2025-01-06", 5, "fysio"), *found()]
    with running(FhirServer([patient(), *short, *roles()])) as server:
        assert outcomes(service().call(asking(server))) == ["not_met"]
        server.resources = [*server.resources, statement()]
        assert outcomes(service().call(asking(server))) == ["met"]
        server.statuses = {"QuestionnaireResponse": status}
        answer = service().call(asking(server))
        assert (outcomes(answer), causes(answer)) == (["indeterminate"], ["record_incomplete"])
        assert "opgegeven zorg van elders" in answer.json()["cards"][0]["detail"]


def test_a_search_for_statements_that_failed_leaves_met_as_met() -> None:
    long = [*weekly("2025-01-06", 14, "fysio"), *found()]
    with running(FhirServer([patient(), *long, *roles()])) as server:
        server.statuses = {"QuestionnaireResponse": 500}
        answer = service().call(asking(server))
        assert (outcomes(answer), causes(answer)) == (["met"], [])


class OfAnotherPatient(FhirServer):
    """It gives the statements of somebody else, whoever was asked for."""

    def answer(self, path: str) -> tuple[int, Json]:
        if path.startswith("QuestionnaireResponse"):
            other = statement(subject={"reference": "Patient/pat-2"})
            return 200, searchset([other], total=1)
        return FhirServer.answer(self, path)


def test_a_search_that_brings_another_patients_statements_only_has_failed() -> None:
    with running(OfAnotherPatient([patient(), *found(), *roles()])) as server:
        answer = service().call(asking(server))
        assert (outcomes(answer), causes(answer)) == (["indeterminate"], NOTHING_AND_LOST)
