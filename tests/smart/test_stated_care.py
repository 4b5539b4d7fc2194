"""Care that a clinician states on the page: one statement in the record, counted at once."""

from typing import Any

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from cds_service.page import CSRF_FIELD, FORM_ID_FIELD, CourseField, field_name
from tests.contract.calls import PATIENT, roles
from tests.smart.browser import Browser, hidden
from tests.smart.ehr import GRANTED, SmartEhr

COURSE = {
    CourseField.DISCIPLINE: "physiotherapist",
    CourseField.FROM: "2025-02",
    CourseField.TO: "2025-06",
    CourseField.NUMBER: "9",
    CourseField.SOURCE: "report",
}


def form(page: Any, **changed: str) -> dict[str, str]:
    """A form with one course, as the page that was shown proves it."""
    course = {**COURSE, **{CourseField(name): value for name, value in changed.items()}}
    return {
        CSRF_FIELD: hidden(page, CSRF_FIELD),
        FORM_ID_FIELD: hidden(page, FORM_ID_FIELD),
        "courses": "1",
        "action": "save",
        **{field_name(1, name): value for name, value in course.items()},
    }


def answers(statement: dict[str, Any]) -> dict[str, Any]:
    """What was answered, by question, of the first course."""
    return {
        each["linkId"]: next(iter(each["answer"][0].values()))
        for each in statement["item"][0]["item"]
    }


def test_a_statement_is_saved_once_and_counted_at_once(ehr: SmartEhr, browser: Browser) -> None:
    ehr.resources = [each for each in ehr.resources if not str(each["id"]).startswith("fysio-")]
    ehr.resources += roles()
    page = browser.open(ehr)
    sent = form(page)
    first, second = browser.post(browser.page, sent), browser.post(browser.page, sent)
    assert (first.status_code, second.status_code) == (303, 303)
    (statement,) = ehr.created
    assert statement["questionnaire"] == (
        "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
    )
    assert statement["status"] == "completed"
    assert statement["subject"] == {"reference": f"Patient/{PATIENT}"}
    assert statement["author"] == {"reference": "Practitioner/verwijzer"}
    assert statement["authored"].endswith(("+01:00", "+02:00"))
    found = answers(statement)
    assert found["discipline"]["code"] == "physiotherapist"
    assert (found["first-date"], found["last-date"], found["number"]) == ("2025-02", "2025-06", 9)
    assert found["source"]["code"] == "report"
    assert QuestionnaireResponse.model_validate(statement).status == "completed"
    after = browser.get(f"{browser.page}{first.headers['location'].removeprefix('./')}")
    assert after.status_code == 200
    assert "opgegeven" in after.text


def test_a_number_that_is_about_right_is_no_number(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    browser.post(browser.page, form(page, approximate="yes", content="Oefeningen."))
    found = answers(ehr.created[0])
    assert "number" not in found
    assert found["content"] == "Ongeveer 9 behandelingen. Oefeningen."


def test_a_course_that_runs_has_no_last_date_unless_one_is_given(
    ehr: SmartEhr, browser: Browser
) -> None:
    page = browser.open(ehr)
    browser.post(browser.page, form(page, to="", running="yes"))
    assert "last-date" not in answers(ehr.created[0])


def test_only_discipline_and_period_are_needed(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    browser.post(browser.page, form(page, number="", source=""))
    assert set(answers(ehr.created[0])) == {"discipline", "first-date", "last-date"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("discipline", ""),
        ("discipline", "chiropractor"),
        ("from", ""),
        ("from", "02-2025"),
        ("from", "2026-07"),
        ("to", ""),
        ("to", "2024-12"),
        ("to", "2025-13"),
        ("number", "0"),
        ("number", "-9"),
        ("number", "9999"),
        ("number", "negen"),
        ("source", "hearsay"),
        ("content", "x" * 1001),
    ],
)
def test_what_cannot_be_is_asked_again_and_not_saved(
    name: str, value: str, ehr: SmartEhr, browser: Browser
) -> None:
    page = browser.open(ehr)
    answer = browser.post(browser.page, form(page, **{name: value}))
    assert answer.status_code == 200
    assert ehr.created == []
    assert "2025" in answer.text
    assert hidden(answer, FORM_ID_FIELD) == hidden(page, FORM_ID_FIELD)


def test_an_empty_form_is_not_saved(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    empty = dict.fromkeys(map(str, CourseField), "")
    assert browser.post(browser.page, form(page, **empty)).status_code == 200
    assert ehr.created == []


def test_a_further_course_keeps_what_was_filled_in(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    answer = browser.post(browser.page, {**form(page), "action": "add-course"})
    assert answer.status_code == 200
    assert hidden(answer, "courses") == "2"
    assert 'value="2025-02"' in answer.text
    assert ehr.created == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "is niet opgeslagen"),
        (403, "is niet opgeslagen"),
        (422, "is niet opgeslagen"),
        (500, "kan wel of niet zijn opgeslagen"),
    ],
)
def test_a_server_that_refuses_leaves_the_text_to_copy(
    status: int, words: str, ehr: SmartEhr, browser: Browser
) -> None:
    page = browser.open(ehr)
    ehr.create_status = status
    answer = browser.post(browser.page, form(page, content="Oefeningen <b>"))
    assert answer.status_code == 200
    assert "Fysiotherapeut: 2025-02 tot en met 2025-06; 9 behandelingen; Oefeningen &lt;b&gt;" in (
        answer.text
    )
    assert words in answer.text


def test_without_the_scope_nothing_is_sent_and_the_text_is_there_to_copy(
    ehr: SmartEhr, browser: Browser
) -> None:
    ehr.scope = GRANTED.replace(" patient/QuestionnaireResponse.c", "")
    page = browser.open(ehr)
    answer = browser.post(browser.page, form(page))
    assert "Fysiotherapeut: 2025-02 tot en met 2025-06; 9 behandelingen" in answer.text
    assert all(asked.target != "/fhir/QuestionnaireResponse" for asked in ehr.asked)


def test_a_form_without_its_token_is_refused(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    for token in ("", "x" * 43):
        answer = browser.post(browser.page, {**form(page), CSRF_FIELD: token})
        assert answer.status_code == 403
    assert ehr.created == []


def test_a_form_from_another_origin_is_refused(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    for origin in ("https://evil.example", "null", "https://cds.example.nl.evil.example"):
        assert browser.post(browser.page, form(page), origin=origin).status_code == 403
    assert ehr.created == []
    assert (
        browser.post(browser.page, form(page), origin="https://cds.example.nl").status_code == 303
    )


def test_a_form_of_another_session_of_the_same_browser_is_refused(
    ehr: SmartEhr, browser: Browser
) -> None:
    first_page = browser.open(ehr)
    browser.open(ehr)
    assert browser.post(browser.page, form(first_page)).status_code == 403
    assert ehr.created == []


@pytest.mark.parametrize(
    "changed",
    [
        {"courses": "7"},
        {"courses": "0"},
        {"action": "delete"},
        {FORM_ID_FIELD: "short"},
        {f"field-{number}": "x" for number in range(200)},
        {"course-1-content": "x" * 70_000},
    ],
)
def test_what_is_no_form_of_ours_is_refused(
    changed: dict[str, str], ehr: SmartEhr, browser: Browser
) -> None:
    page = browser.open(ehr)
    assert browser.post(browser.page, {**form(page), **changed}).status_code == 400
    assert ehr.created == []


def test_a_form_that_is_no_form_is_refused(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    sent = {"content-type": "application/json"}
    assert browser.post(browser.page, form(page), **sent).status_code == 400


def test_a_statement_of_a_user_whom_nobody_names_has_no_author(
    ehr: SmartEhr, browser: Browser
) -> None:
    ehr.claims = {"fhirUser": "https://other.example.nl/fhir/Practitioner/7"}
    page = browser.open(ehr)
    browser.post(browser.page, form(page))
    assert "author" not in ehr.created[0]
