"""The form in which care given elsewhere is stated: read strictly, then saved in the record."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from cds_service.fhir_access import Access, Deadline
from cds_service.page import (
    ACTION_FIELD,
    ADD_COURSE,
    CSRF_FIELD,
    DISCIPLINES,
    FORM_ID_FIELD,
    LONGEST_TEXT,
    MOST_COURSES,
    ROWS_FIELD,
    SAVE,
    SOURCES,
    CourseField,
    FieldFault,
    field_name,
)
from cds_service.settings.client_options import ClientOptions
from cds_service.smart.refusals import LaunchRefusedError, Refusal
from cds_service.smart.server_requests import ServerRequests
from cds_service.smart.sessions import PageSession
from fhir_mappings.contacts import StatedCourse, statement
from fhir_mappings.contacts.stating_care import IDENTIFIERS
from fhir_mappings.queries import Interaction, granted_scopes

MOST_FORM_BYTES = 65_536
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_MONTH = re.compile(r"(?:19|2[01])\d\d-(?:0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_FORM_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MOST_SESSIONS = 3660  # one a day for ten years, as `stated_care` reads it
_MOST_FIELDS = 16 * MOST_COURSES
_AUTHORS = ("Practitioner/", "PractitionerRole/")
_SAVED = frozenset({200, 201, 412})  # 412: more than one such statement is there already
_SERVER_ERRORS = 500
_YES = "yes"
_Value = Callable[[CourseField], str]

_NAMES = {
    "physiotherapist": ("Fysiotherapeut", "Physiotherapist"),
    "exercise-therapist": ("Oefentherapeut", "Exercise therapist"),
    "occupational-therapist": ("Ergotherapeut", "Occupational therapist"),
    "psychosomatic-therapist": ("Psychosomatisch therapeut", "Psychosomatic therapist"),
    "psychologist": ("Psycholoog", "Psychologist"),
    "mental-health-practice-nurse": ("POH-GGZ", "Mental-health practice nurse"),
}


class Saved(Enum):
    """What became of a statement."""

    YES = "yes"
    NO = "no"  # refused: it is not in the record
    UNCERTAIN = "uncertain"  # no answer, or an error of the server: it may be there


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form as it came back, proven to be ours. `courses` None: it holds faults or is not done."""

    form_id: str
    rows: int
    values: Mapping[str, str] = field(repr=False)
    faults: Mapping[str, FieldFault] = field(default_factory=dict)
    courses: tuple[StatedCourse, ...] | None = field(default=None, repr=False)


def read_form(body: bytes, session: PageSession, today: date) -> SentForm:
    """The form in a body. Raises LaunchRefusedError where it is none of ours."""
    fields = _fields(body)
    if not _is_same(fields.get(CSRF_FIELD, ""), session.csrf):
        raise LaunchRefusedError(Refusal.FORM_UNPROVEN)
    form_id, action, rows = (
        fields.get(name, "") for name in (FORM_ID_FIELD, ACTION_FIELD, ROWS_FIELD)
    )
    is_ours = _FORM_ID.fullmatch(form_id) and action in {SAVE, ADD_COURSE}
    if not is_ours or rows not in {str(number) for number in range(1, MOST_COURSES + 1)}:
        raise LaunchRefusedError(Refusal.FORM_MALFORMED)
    number = int(rows)
    names = {field_name(row, name) for row in range(1, number + 1) for name in CourseField}
    values = {name: fields[name].strip() for name in names if fields.get(name, "").strip()}
    if action == ADD_COURSE:
        return SentForm(form_id, min(number + 1, MOST_COURSES), values)
    faults: dict[str, FieldFault] = {}
    courses = [
        _course(row, values, today, faults)
        for row in range(1, number + 1)
        if any(field_name(row, name) in values for name in CourseField)
    ]
    if not courses:
        faults[field_name(1, CourseField.DISCIPLINE)] = FieldFault.MISSING
    return SentForm(form_id, number, values, faults, None if faults else tuple(courses))


def save(  # noqa: PLR0913 - what is saved, where, and on whose behalf
    courses: Sequence[StatedCourse],
    form_id: str,
    session: PageSession,
    options: ClientOptions,
    requests: ServerRequests,
    *,
    now: datetime,
    deadline: Deadline,
) -> Saved:
    """Write one QuestionnaireResponse for a form, however often the form is sent."""
    if not granted_scopes(session.scope).allow("QuestionnaireResponse", Interaction.CREATE):
        return Saved.NO
    verdict = options.servers.decide(session.server)
    if not verdict.is_allowed:
        return Saved.NO
    identifier = hashlib.sha256(f"{session.csrf} {form_id}".encode()).hexdigest()
    is_author = session.user_reference.startswith(_AUTHORS)
    answer = requests.create(
        session.server,
        statement(
            courses,
            patient_id=session.patient_id,
            author=session.user_reference if is_author else "",
            authored=now.astimezone(_AMSTERDAM),
            identifier=identifier,
        ),
        token=session.access_token if verdict is Access.ALLOWED_WITH_TOKEN else None,
        unless=f"identifier={IDENTIFIERS}|{identifier}",
        deadline=deadline,
    )
    if answer.status in _SAVED:
        return Saved.YES
    is_uncertain = answer.status == 0 or answer.status >= _SERVER_ERRORS
    return Saved.UNCERTAIN if is_uncertain else Saved.NO


def text_to_copy(courses: Sequence[StatedCourse], language: str) -> str:
    """What was stated, one line per course, for somebody who must put it in by hand."""
    return "\n".join(_line(each, language == "en") for each in courses)


def _line(course: StatedCourse, is_english: bool) -> str:  # noqa: FBT001
    name = _NAMES[course.discipline][is_english]
    runs, to, about, sessions = (
        ("still going on", "to", "about ", "sessions")
        if is_english
        else ("loopt nog", "tot en met", "ongeveer ", "behandelingen")
    )
    period = f"{course.first} {to} {course.last}" if course.last else f"{course.first}, {runs}"
    number = f"{about if course.is_approximate else ''}{course.number} {sessions}"
    parts = (f"{name}: {period}", number if course.number else "", course.content, course.result)
    return "; ".join(filter(None, parts))


def _course(
    row: int, values: Mapping[str, str], today: date, faults: dict[str, FieldFault]
) -> StatedCourse:
    """One row; what is wrong with it is added to the faults."""

    def of(name: CourseField) -> str:
        return values.get(field_name(row, name), "")

    found = _faults(of, today)
    faults |= {field_name(row, name): fault for name, fault in found.items()}
    discipline, number = of(CourseField.DISCIPLINE), of(CourseField.NUMBER)
    return StatedCourse(
        discipline=discipline,
        display=_NAMES.get(discipline, ("",))[0],
        first=of(CourseField.FROM),
        last=of(CourseField.TO),
        number=int(number) if _NUMBER.fullmatch(number) else None,
        is_approximate=of(CourseField.APPROXIMATE) == _YES,
        source=of(CourseField.SOURCE),
        content=of(CourseField.CONTENT),
        result=of(CourseField.RESULT),
    )


def _faults(of: _Value, today: date) -> dict[CourseField, FieldFault]:
    found: dict[CourseField, FieldFault] = {}
    choices = {CourseField.DISCIPLINE: DISCIPLINES, CourseField.SOURCE: SOURCES}
    for name, listed in choices.items():
        if of(name) and of(name) not in listed:
            found[name] = FieldFault.NOT_A_CHOICE
    for name in (CourseField.DISCIPLINE, CourseField.FROM):
        if not of(name):
            found[name] = FieldFault.MISSING
    for name in (CourseField.CONTENT, CourseField.RESULT):
        if len(of(name)) > LONGEST_TEXT:
            found[name] = FieldFault.TOO_LONG
    number = of(CourseField.NUMBER)
    if number and not (_NUMBER.fullmatch(number) and int(number) <= _MOST_SESSIONS):
        found[CourseField.NUMBER] = FieldFault.NOT_A_NUMBER
    return found | _period_faults(of, today)


def _period_faults(of: _Value, today: date) -> dict[CourseField, FieldFault]:
    """Months are compared as they are written: a year, a hyphen, two digits."""
    first, last = of(CourseField.FROM), of(CourseField.TO)
    found: dict[CourseField, FieldFault] = {}
    for name, month in ((CourseField.FROM, first), (CourseField.TO, last)):
        if month and not _MONTH.fullmatch(month):
            found[name] = FieldFault.NOT_A_MONTH
        elif month > today.isoformat()[:7]:
            found[name] = FieldFault.IN_FUTURE
    if not last and of(CourseField.RUNNING) != _YES:
        found[CourseField.TO] = FieldFault.END_MISSING
    if first and last and not found and last < first:
        found[CourseField.TO] = FieldFault.END_BEFORE_START
    return found


def _fields(body: bytes) -> dict[str, str]:
    """The fields of a form, each once, without what no FHIR string may hold."""
    try:
        listed = parse_qs(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise LaunchRefusedError(Refusal.FORM_MALFORMED) from None
    if any(len(values) > 1 for values in listed.values()):
        raise LaunchRefusedError(Refusal.FORM_MALFORMED)
    return {name: _printable(values[0]) for name, values in listed.items()}


def _printable(text: str) -> str:
    return "".join(each for each in text if each.isprintable() or each in "\n\t")


def _is_same(given: str, known: str) -> bool:
    digests = (hashlib.sha256(each.encode()).digest() for each in (given, known))
    return next(digests) == next(digests)
