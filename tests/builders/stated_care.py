"""Care given elsewhere as the referrer states it: QuestionnaireResponses (interface.md)."""

from collections.abc import Sequence
from typing import Final

from tests.builders.codes import Json, coding
from tests.builders.places import reference
from tests.builders.role_forms import STATED_DISCIPLINE
from tests.builders.scenario_tokens import SessionToken

QUESTIONNAIRE: Final = "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
CATEGORIES: Final = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"
_SOURCES: Final = ("patient", "report", "phone")


def stated_care(
    tokens: Sequence[SessionToken], patient_id: str, *, prefix: str, form: int
) -> tuple[Json, ...]:
    """All courses in one response, or (odd forms) one response per course."""
    courses = [_course(token, form) for token in tokens]
    if not courses:
        return ()
    groups = [[course] for course in courses] if form % 2 else [courses]
    return tuple(
        {
            "resourceType": "QuestionnaireResponse",
            "id": f"{prefix}stated-{number}",
            "questionnaire": QUESTIONNAIRE,
            "status": "completed",
            "subject": reference("Patient", patient_id),
            "authored": "2026-04-20T09:00:00+02:00",
            "item": group,
        }
        for number, group in enumerate(groups, start=1)
    )


def _course(token: SessionToken, form: int) -> Json:
    discipline = coding(CATEGORIES, STATED_DISCIPLINE[token.roles[0]])
    answers: list[Json] = [
        _answer("discipline", {"valueCoding": discipline}),
        _answer("first-date", {"valueDate": token.when.start}),
        _answer("last-date", {"valueDate": token.when.end}),
        _answer("content", {"valueString": "Oefeningen en uitleg"}),
        _answer("result", {"valueString": "Onvoldoende"}),
        _answer("source", {"valueCoding": {"code": _SOURCES[form % len(_SOURCES)]}}),
    ]
    if token.number is not None:
        answers.append(_answer("number", {"valueInteger": token.number}))
    return {"linkId": "course", "item": answers[::-1] if form % 2 else answers}


def _answer(link_id: str, value: Json) -> Json:
    return {"linkId": link_id, "answer": [value]}
