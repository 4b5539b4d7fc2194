"""The form that we ship: valid FHIR R4, with the items and codes that callers rely on."""

import json
from importlib import resources
from typing import Any, Final

from fhir.resources.R4B.questionnaire import Questionnaire

FORM: Final[dict[str, Any]] = json.loads(
    (
        resources.files("fhir_mappings") / "questionnaires" / "imsr-treatment-elsewhere.json"
    ).read_text(encoding="utf-8")
)


def test_the_form_is_valid_fhir() -> None:
    assert Questionnaire.model_validate(FORM).url == FORM["url"]


def test_the_form_has_its_name() -> None:
    assert FORM["id"] == "imsr-treatment-elsewhere"
    assert FORM["url"] == "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
    assert FORM["status"] == "active"
    assert FORM["subjectType"] == ["Patient"]


def test_the_form_asks_once_per_course() -> None:
    (course,) = FORM["item"]
    assert (course["linkId"], course["type"], course["repeats"]) == ("course", "group", True)
    assert [
        (each["linkId"], each["type"], each.get("required", False)) for each in course["item"]
    ] == [
        ("discipline", "choice", True),
        ("first-date", "date", True),
        ("last-date", "date", False),
        ("number", "integer", False),
        ("content", "text", False),
        ("result", "text", False),
        ("source", "choice", False),
    ]


def test_the_disciplines_are_those_of_our_code_system() -> None:
    options = [each["valueCoding"] for each in FORM["item"][0]["item"][0]["answerOption"]]
    assert {each["system"] for each in options} == {
        "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"
    }
    assert [each["code"] for each in options] == [
        "physiotherapist",
        "exercise-therapist",
        "occupational-therapist",
        "psychosomatic-therapist",
        "psychologist",
        "mental-health-practice-nurse",
        "other",
    ]


def test_the_sources_are_the_patient_a_report_or_a_call() -> None:
    options = [each["valueCoding"]["code"] for each in FORM["item"][0]["item"][6]["answerOption"]]
    assert options == ["patient", "report", "phone"]
