"""Care given elsewhere, written down as the clinician states it on the page (interface.md).

The other side of :mod:`fhir_mappings.contacts.stated_care`: what is written here is read there.
Nothing is made more certain than it was stated. A number that is only about right is no number,
and stands in the words beside it; a course that still runs has no last date unless one is given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fhir_mappings.contacts.stated_care import CATEGORIES
from fhir_mappings.queries import QUESTIONNAIRE

IDENTIFIERS: Final = "https://imsr-cds.nl/fhir/NamingSystem/stated-care"
"""System of the identifier of each statement: the same form sent twice is one statement."""

_SOURCES: Final = {
    "report": ("report", "Brief of verslag"),
    "insurer": ("report", "Overzicht van de zorgverzekeraar"),
    "patient": ("patient", "De patiënt"),
    "phone": ("phone", "Telefonisch overleg"),
}


@dataclass(frozen=True, slots=True)
class StatedCourse:
    """One course. `first` and `last` are months (`2025-02`); `last` may be empty where it runs.

    `discipline` is a code of CodeSystem therapist-category, `display` its name; `source` one of
    `report`, `insurer`, `patient`, `phone`, or empty.
    """

    discipline: str
    display: str
    first: str
    last: str = ""
    number: int | None = None
    is_approximate: bool = False
    source: str = ""
    content: str = ""
    result: str = ""


def statement(
    courses: Iterable[StatedCourse],
    *,
    patient_id: str,
    author: str,
    authored: datetime,
    identifier: str,
) -> dict[str, Any]:
    """The QuestionnaireResponse to `imsr-treatment-elsewhere`, as JSON of R4.

    `author` is a reference (`Practitioner/1`), or empty where nobody knows it; `authored` has a
    time zone. Raises a ValueError where it would not be valid FHIR.
    """
    # imported with the first one, as in `fhir_mappings.reading.outcomes`
    from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse  # noqa: PLC0415

    members = {
        "identifier": {"system": IDENTIFIERS, "value": identifier},
        "questionnaire": QUESTIONNAIRE,
        "status": "completed",
        "subject": {"reference": f"Patient/{patient_id}"},
        "authored": authored.isoformat(timespec="seconds"),
        "author": {"reference": author} if author else None,
        "item": [{"linkId": "course", "item": _answers(each)} for each in courses],
    }
    written = QuestionnaireResponse.model_validate(
        {name: value for name, value in members.items() if value is not None}
    )
    resource: dict[str, Any] = written.model_dump(mode="json")
    return resource


def _answers(course: StatedCourse) -> list[dict[str, Any]]:
    about = f"Ongeveer {course.number} behandelingen." if course.is_approximate else ""
    number = None if course.is_approximate else course.number
    content = " ".join(filter(None, (about if course.number else "", course.content)))
    source = _SOURCES.get(course.source)
    values: Mapping[str, dict[str, object] | None] = {
        "discipline": {
            "valueCoding": {
                "system": CATEGORIES,
                "code": course.discipline,
                "display": course.display,
            }
        },
        "first-date": {"valueDate": course.first},
        "last-date": {"valueDate": course.last} if course.last else None,
        "number": None if number is None else {"valueInteger": number},
        "content": {"valueString": content} if content else None,
        "result": {"valueString": course.result} if course.result else None,
        "source": ({"valueCoding": {"code": source[0], "display": source[1]}} if source else None),
    }
    return [
        {"linkId": name, "answer": [value]} for name, value in values.items() if value is not None
    ]
