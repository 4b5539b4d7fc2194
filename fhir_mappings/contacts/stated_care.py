"""Care given elsewhere, as the referrer states it in a form: each course as a contact.

The form is `fhir_mappings/questionnaires/imsr-treatment-elsewhere.json`. A statement counts as
certain (policy 2.6), so what is missing in it or cannot be right is never filled in: it leaves the
days or the number open, and the course doubtful. So it does where the patient or a relative states
it, or where an extension or rules that we do not know may turn its meaning round.
"""

from collections.abc import Iterable, Iterator, Mapping

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    Contact,
    ContactStatus,
    Profession,
    Subject,
    TherapistCategory,
)
from cds_service.domain.lookback import DayRange
from fhir_mappings.queries import QUESTIONNAIRE
from fhir_mappings.reading.calendar_days import EARLIEST_DAY, ContactDays, contact_days, day_range
from fhir_mappings.reading.concepts import UnreadableError, is_one_of, string
from fhir_mappings.reading.questionnaire_answers import Answers, answers, groups, only_value
from fhir_mappings.reading.record import (
    Resource,
    contained_in,
    has_unknown_modifier,
    subject_of,
)
from fhir_mappings.reading.references import ReferenceReader, Target, key_of

CATEGORIES = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"

_FORM = QUESTIONNAIRE.rpartition("/")[2]
_COURSE = "course"
_MOST_SESSIONS = 3660  # one a day for ten years: what no period bounds

_STATUSES = {
    "completed": ContactStatus.TOOK_PLACE,
    "amended": ContactStatus.TOOK_PLACE,
    "entered-in-error": ContactStatus.VOID,
}
_NOTHING_STATED_YET = frozenset({"in-progress", "stopped"})
"""FHIR: answers are still expected, or the form was given up. Nobody has stated anything."""

_PROFESSIONS: dict[str, Profession] = {
    TherapistCategory.PHYSIOTHERAPIST: Profession.PHYSIOTHERAPIST,
    TherapistCategory.EXERCISE_THERAPIST: Profession.EXERCISE_THERAPIST,
    TherapistCategory.OCCUPATIONAL_THERAPIST: Profession.OCCUPATIONAL_THERAPIST,
    TherapistCategory.PSYCHOSOMATIC_THERAPIST: Profession.PSYCHOSOMATIC_THERAPIST,
    TherapistCategory.PSYCHOLOGIST: Profession.PSYCHOLOGIST,
    TherapistCategory.MENTAL_HEALTH_PRACTICE_NURSE: Profession.PRACTICE_NURSE_GGZ,
    TherapistCategory.OTHER: Profession.OTHER,
}
_UNREADABLE = frozenset({Cause.RESOURCE_UNREADABLE})
_IMPRECISE = frozenset({Cause.DATE_IMPRECISE})
_NO_DOUBT: frozenset[Cause] = frozenset()
_LAYPEOPLE = frozenset({"Patient", "RelatedPerson"})
_ANY_DAYS = ContactDays(is_course=True)


def is_statement(resource: object) -> bool:
    """Whether a resource is an answer to our form, by the last segment of its `questionnaire`.

    A canonical URL with or without a version, or (STU3) a reference, on whatever server.
    """
    if not isinstance(resource, Mapping) or resource.get("resourceType") != "QuestionnaireResponse":
        return False
    form = resource.get("questionnaire")
    text = form.get("reference") if isinstance(form, Mapping) else form
    if not isinstance(text, str):
        return False
    plain = text.strip().partition("|")[0].partition("/_history/")[0].rstrip("/")
    return plain.rpartition("/")[2].lstrip("#") == _FORM


def stated_contacts(
    statements: Iterable[object], patient_id: str, references: ReferenceReader
) -> Iterator[Contact]:
    """The courses that were stated. One that is stated twice in the same words is one course."""
    known: set[object] = set()
    for number, resource in enumerate(statements, start=1):
        if not isinstance(resource, Mapping) or not is_statement(resource):
            continue
        source = key_of(resource) or f"QuestionnaireResponse {number}"
        subject = subject_of(resource, patient_id, references)
        for contact in _stated_in(resource, source, subject, references):
            said = (contact.professions, contact.days, contact.sessions, contact.status, subject)
            if said not in known or contact.doubts == _UNREADABLE:
                known.add(said)
                yield contact


def _is_lay(resource: Resource, references: ReferenceReader) -> bool:
    """Whether the patient or a relative states it (policy 2.6, Who states)."""
    return any(_is_by_laypeople(resource, name, references) for name in ("author", "source"))


def _is_by_laypeople(resource: Resource, element: str, references: ReferenceReader) -> bool:
    try:
        reference = references.read(resource.get(element), element)
    except UnreadableError:
        return True  # nobody says that it was a clinician
    if reference.target is not Target.CONTAINED:
        return reference.resource_type in _LAYPEOPLE
    contained = contained_in(resource, reference.id) or {}
    return is_one_of(contained.get("resourceType"), _LAYPEOPLE)


def _stated_in(
    resource: Resource, source: str, subject: Subject, references: ReferenceReader
) -> Iterator[Contact]:
    """The courses of one response; one that cannot be read states something (policy C20)."""
    try:
        word = string(resource.get("status"), "status")
        courses = [answers(group, until=_COURSE) for group in groups(resource, _COURSE)]
    except UnreadableError:
        yield Contact(source, None, subject=subject, is_stated=True, doubts=_UNREADABLE)
        return
    if word in _NOTHING_STATED_YET:
        return
    status = _STATUSES.get(word, ContactStatus.UNKNOWN)
    is_lay = _is_lay(resource, references)
    doubts = _UNREADABLE if has_unknown_modifier(resource) else _NO_DOUBT
    for number, given in enumerate(courses, start=1):
        if given:
            found = _contact(given, f"{source}#{number}", subject, status)
            yield found.but(doubts=found.doubts | doubts, is_by_patient=is_lay)


def _contact(given: Answers, source: str, subject: Subject, status: ContactStatus) -> Contact:
    number = _number(given)
    if number == 0:
        status = ContactStatus.VOID  # no session is none (policy 2.6)
    first, last = _date(given, "first-date"), _date(given, "last-date")
    days = _days(first, last, number)
    begins, ends = _vague_ends(first, last) if days.is_course and days.days else (None, None)
    if days.has_open_end and status is not ContactStatus.VOID:
        status = ContactStatus.OPEN  # as far as it is stated, it is still running (policy B11)
    return Contact(
        source,
        days.days,
        professions=_professions(given),
        subject=subject,
        status=status,
        is_course=days.is_course,
        has_open_end=days.has_open_end,
        sessions=number if _can_be(number, days) else None,
        is_stated=True,
        begins=begins,
        ends=ends,
        doubts=days.doubts if begins is None else days.doubts - _IMPRECISE,
    )


def _professions(given: Answers) -> frozenset[Profession]:
    """The discipline; empty where none of our codes is given: then it can be any."""
    found = set()
    for answer in given.get("discipline", ()):
        coding = answer.get("valueCoding")
        members = coding if isinstance(coding, Mapping) else {}
        code = members.get("code")
        if members.get("system", CATEGORIES) == CATEGORIES and isinstance(code, str):
            found.add(_PROFESSIONS.get(code))
    return frozenset(each for each in found if each is not None)


def _vague_ends(first: str, last: str) -> tuple[DayRange | None, DayRange | None]:
    """Begin and end of a course of which one is a month or a year: both, else neither.

    What holds on every day that they leave open is certain (policy 2.6).
    """
    begins, ends = day_range(first), day_range(last)
    if begins is None or ends is None or (begins.is_exact and ends.is_exact):
        return None, None
    return begins, ends


def _date(given: Answers, link_id: str) -> str:
    """A date that can be one, in full or in part; else an empty string."""
    value = only_value(given.get(link_id, ()), "valueDate", "valueDateTime")
    return value if isinstance(value, str) and day_range(value) is not None else ""


def _number(given: Answers) -> int | None:
    value = only_value(given.get("number", ()), "valueInteger")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and isinstance(value, int) else None


def _days(first: str, last: str, number: int | None) -> ContactDays:
    """The days of a stated course.

    An end before the start makes both doubtful: nobody knows which of them is the slip.
    """
    start, end = day_range(first), day_range(last)
    if start is None or end is None:
        return _days_without_an_end(start, end)
    if end.last < start.first:
        return _ANY_DAYS
    found = contact_days(first, last)
    if found.is_course or number == 1 or found.days is None:
        return found
    if found.days.is_exact:
        return ContactDays(found.days, is_course=number is not None)
    return ContactDays(found.days, is_course=True, doubts=_IMPRECISE)


def _days_without_an_end(start: DayRange | None, end: DayRange | None) -> ContactDays:
    """A course of which an end is not known, as wide as it can be."""
    if start is not None:
        return ContactDays(start, has_open_end=True)
    if end is not None:
        return ContactDays(DayRange(EARLIEST_DAY, end.last), is_course=True, doubts=_IMPRECISE)
    return _ANY_DAYS


def _can_be(number: int | None, days: ContactDays) -> bool:
    """Whether so many sessions fit: one a day at most (policy C1), and two where the ends differ.

    A number that cannot be is none: how many sessions there were must then be asked.
    """
    if number is None:
        return False
    if days.days is None or days.has_open_end:
        return 1 <= number <= _MOST_SESSIONS
    is_of_two_days = days.is_course and days.days.days > 0 and not days.doubts
    return (2 if is_of_two_days else 1) <= number <= days.days.days + 1
