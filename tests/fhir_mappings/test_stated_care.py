"""Care that the referrer states: from an answered form to courses."""

from typing import Any, Final

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, ContactStatus, Profession, Subject
from fhir_mappings.contacts.stated_care import is_statement
from tests.fhir_mappings.made_records import BASE, contact_of, contacts_of, day, days, ref

Json = dict[str, Any]

FORM: Final = "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
CATEGORY: Final = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"
UNREADABLE: Final = frozenset({Cause.RESOURCE_UNREADABLE})
IMPRECISE: Final = frozenset({Cause.DATE_IMPRECISE})
OUR_PATIENT: Final = ref("Patient/p1")


def item(link_id: str, *answers: Json, **members: object) -> Json:
    return {"linkId": link_id, "answer": list(answers), **members}


def discipline(code: str) -> Json:
    return item("discipline", {"valueCoding": {"system": CATEGORY, "code": code}})


def course(first: str = "", last: str = "", number: object = None, *more: Json) -> Json:
    answers = [discipline("physiotherapist"), *more]
    if first:
        answers.append(item("first-date", {"valueDate": first}))
    if last:
        answers.append(item("last-date", {"valueDate": last}))
    if number is not None:
        answers.append(item("number", {"valueInteger": number}))
    return {"linkId": "course", "item": answers}


def response(*items: object, **members: object) -> Json:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q1",
        "status": "completed",
        "questionnaire": FORM,
        "subject": OUR_PATIENT,
        "item": list(items),
        **members,
    }


def stated(*items: object, **members: object) -> list[Contact]:
    return contacts_of(statements=(response(*items, **members),))


def one(*items: object, **members: object) -> Contact:
    return contact_of(statements=(response(*items, **members),))


def test_a_course_is_stated_with_its_days_and_its_number() -> None:
    assert one(course("2025-01-06", "2025-05-12", 9)) == Contact(
        source="QuestionnaireResponse/q1#1",
        days=days("2025-01-06", "2025-05-12"),
        professions=frozenset({Profession.PHYSIOTHERAPIST}),
        is_course=True,
        sessions=9,
        is_stated=True,
    )


@pytest.mark.parametrize(
    ("code", "profession"),
    [
        ("physiotherapist", Profession.PHYSIOTHERAPIST),
        ("exercise-therapist", Profession.EXERCISE_THERAPIST),
        ("occupational-therapist", Profession.OCCUPATIONAL_THERAPIST),
        ("psychosomatic-therapist", Profession.PSYCHOSOMATIC_THERAPIST),
        ("psychologist", Profession.PSYCHOLOGIST),
        ("mental-health-practice-nurse", Profession.PRACTICE_NURSE_GGZ),
        ("other", Profession.OTHER),
    ],
)
def test_each_discipline_of_the_form_is_a_profession(code: str, profession: Profession) -> None:
    assert one({"linkId": "course", "item": [discipline(code)]}).professions == frozenset(
        {profession}
    )


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([], id="not answered"),
        pytest.param([{"valueCoding": {"system": CATEGORY, "code": "masseur"}}], id="unknown"),
        pytest.param([{"valueCoding": {"system": "urn:x", "code": "psychologist"}}], id="foreign"),
        pytest.param([{"valueString": "fysiotherapeut"}], id="a text"),
        pytest.param([{"valueCoding": "psychologist"}], id="a code that is no coding"),
        pytest.param([{"valueCoding": {"system": CATEGORY, "code": 7}}], id="a number"),
    ],
)
def test_a_discipline_that_is_not_one_of_ours_can_be_any(answers: list[Json]) -> None:
    group = {"linkId": "course", "item": [item("discipline", *answers), NINE_TIMES]}
    assert one(group).professions == frozenset()


NINE_TIMES: Final = item("number", {"valueInteger": 9})


def test_two_disciplines_of_one_course_are_alternatives() -> None:
    both = item(
        "discipline",
        {"valueCoding": {"system": CATEGORY, "code": "psychologist"}},
        {"valueCoding": {"code": "physiotherapist"}},
    )
    professions = one({"linkId": "course", "item": [both]}).professions
    assert professions == frozenset({Profession.PSYCHOLOGIST, Profession.PHYSIOTHERAPIST})


@pytest.mark.parametrize(
    ("first", "last", "number", "expected"),
    [
        pytest.param(
            "2025-01-06",
            "2025-05-12",
            None,
            (days("2025-01-06", "2025-05-12"), True, None),
            id="no number",
        ),
        pytest.param(
            "2025-01-06",
            "2025-01-06",
            None,
            (day("2025-01-06"), False, None),
            id="one day without a number is one session",
        ),
        pytest.param(
            "2025-01-06", "2025-01-06", 1, (day("2025-01-06"), False, 1), id="one day, once"
        ),
        pytest.param(
            "2025-01-06",
            "2025-01-06",
            9,
            (day("2025-01-06"), True, None),
            id="nine times on one day cannot be",
        ),
        pytest.param(
            "2025-01-06",
            "2025-01-07",
            2,
            (days("2025-01-06", "2025-01-07"), True, 2),
            id="two days, twice",
        ),
        pytest.param(
            "2025-01-06",
            "2025-01-07",
            3,
            (days("2025-01-06", "2025-01-07"), True, None),
            id="more often than there are days cannot be",
        ),
        pytest.param(
            "2025-01-06",
            "2025-05-12",
            1,
            (days("2025-01-06", "2025-05-12"), True, None),
            id="once on two days cannot be",
        ),
        pytest.param(
            "2025-01-06",
            "2025-05-12",
            -6,
            (days("2025-01-06", "2025-05-12"), True, None),
            id="negative",
        ),
        pytest.param(
            "2025-01-06",
            "2025-05-12",
            10**30,
            (days("2025-01-06", "2025-05-12"), True, None),
            id="huge",
        ),
        pytest.param(
            "2025-01-06",
            "2025-05-12",
            "9",
            (days("2025-01-06", "2025-05-12"), True, None),
            id="a number as text",
        ),
        pytest.param(
            "2025-01-06",
            "2025-05-12",
            True,
            (days("2025-01-06", "2025-05-12"), True, None),
            id="a number that is true",
        ),
        pytest.param("2025-05-12", "2025-01-06", 9, (None, True, 9), id="the end before the start"),
        pytest.param("", "", 9, (None, True, 9), id="a number without dates"),
        pytest.param("1825-01-06", "soon", 9, (None, True, 9), id="dates that are none"),
        pytest.param("", "", 10**30, (None, True, None), id="huge, without dates"),
    ],
)
def test_days_and_number_are_taken_only_as_far_as_they_can_be_right(
    first: str, last: str, number: object, expected: tuple[object, bool, int | None]
) -> None:
    contact = one(course(first, last, number))
    assert (contact.days, contact.is_course, contact.sessions) == expected
    assert contact.doubts == frozenset()
    assert contact.status is ContactStatus.TOOK_PLACE


def test_a_stated_number_of_zero_is_no_session() -> None:
    assert one(course("2025-01-06", "2025-05-12", 0)).status is ContactStatus.VOID


@pytest.mark.parametrize(
    ("first", "last", "widest", "begins", "ends"),
    [
        pytest.param(
            "2025-01",
            "2025-05",
            days("2025-01-01", "2025-05-31"),
            days("2025-01-01", "2025-01-31"),
            days("2025-05-01", "2025-05-31"),
            id="months",
        ),
        pytest.param(
            "2025",
            "2025",
            days("2025-01-01", "2025-12-31"),
            days("2025-01-01", "2025-12-31"),
            days("2025-01-01", "2025-12-31"),
            id="one year",
        ),
        pytest.param(
            "2025-01-06",
            "2025-05",
            days("2025-01-06", "2025-05-31"),
            day("2025-01-06"),
            days("2025-05-01", "2025-05-31"),
            id="a vague end",
        ),
        pytest.param(
            "2025-01-06", "2025-05-12", days("2025-01-06", "2025-05-12"), None, None, id="exact"
        ),
    ],
)
def test_a_course_stated_by_months_says_when_it_can_have_begun_and_ended(
    first: str, last: str, widest: object, begins: object, ends: object
) -> None:
    contact = one(course(first, last, 9))
    assert (contact.days, contact.begins, contact.ends) == (widest, begins, ends)
    assert (contact.is_course, contact.sessions, contact.doubts) == (True, 9, frozenset())


def test_a_course_without_a_first_day_is_doubtful() -> None:
    contact = one(course("", "2025-05-12", 9))
    assert (contact.days, contact.is_course) == (days("1900-01-01", "2025-05-12"), True)
    assert (contact.sessions, contact.doubts, contact.begins) == (9, IMPRECISE, None)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({}, False, id="nobody is named: the form is for clinicians"),
        pytest.param({"author": ref("Practitioner/a")}, False, id="a clinician"),
        pytest.param({"author": ref("Patient/p1")}, True, id="the patient writes"),
        pytest.param(
            {"author": ref("Practitioner/a"), "source": ref("RelatedPerson/r")},
            True,
            id="a relative is the source",
        ),
        pytest.param(
            {"author": ref("#p"), "contained": [{"resourceType": "Patient", "id": "#p"}]},
            True,
            id="a contained patient",
        ),
    ],
)
def test_who_states(members: Json, expected: bool) -> None:  # noqa: FBT001
    assert one(course("2025-01-06", "2025-05-12", 9), **members).is_by_patient is expected


def test_a_statement_that_is_modified_is_doubtful() -> None:
    modified = one(course("2025-01-06", "2025-05-12", 9), modifierExtension=[{"url": "x:not"}])
    assert modified.doubts == UNREADABLE


def test_one_session_in_a_month_is_a_contact_without_a_full_date() -> None:
    contact = one(course("2025-03", "2025-03", 1))
    assert (contact.days, contact.is_course) == (days("2025-03-01", "2025-03-31"), False)


@pytest.mark.parametrize(("last", "number"), [("", 9), ("", None), ("spring", 9)])
def test_a_course_without_a_last_day_is_still_running(last: str, number: int | None) -> None:
    contact = one(course("2025-01-06", last, number))
    assert contact.days == day("2025-01-06")
    assert contact.has_open_end
    assert contact.status is ContactStatus.OPEN
    assert contact.sessions == number


def test_an_answer_that_is_given_twice_says_nothing_unless_it_says_the_same() -> None:
    twice = course("2025-01-06", "2025-05-12", 9, NINE_TIMES)
    assert one(twice).sessions == 9
    differing = course("2025-01-06", "2025-05-12", 9, item("number", {"valueInteger": 6}))
    assert one(differing).sessions is None


def test_answers_stand_in_any_order_and_depth() -> None:
    answers = course("2025-01-06", "2025-05-12", 9)["item"][::-1]
    inner = {"linkId": "dates", "item": answers[:2]}
    outer = {"linkId": "course", "item": [inner, *answers[2:]]}
    page = {"linkId": "page", "item": [{"linkId": "more", "answer": [{"item": [outer]}]}]}
    assert stated(page) == stated(course("2025-01-06", "2025-05-12", 9))


def test_each_course_of_a_response_and_each_response_counts() -> None:
    first = response(course("2025-01-06", "2025-05-12", 9), course("2025-06-02", "2025-08-12", 3))
    second = response(course("2025-09-01", "2025-12-12", 5), id="q2")
    found = contacts_of(statements=(first, second))
    assert [(each.source, each.sessions) for each in found] == [
        ("QuestionnaireResponse/q1#1", 9),
        ("QuestionnaireResponse/q1#2", 3),
        ("QuestionnaireResponse/q2#1", 5),
    ]


def test_a_course_in_a_course_is_a_course_of_its_own_no_part_of_it() -> None:
    outer = course("2025-01-06", "2025-05-12", 9)
    outer["item"].append(course("2025-06-02", "2025-08-12", 3))
    assert [each.sessions for each in stated(outer)] == [9]


def test_a_course_that_is_stated_twice_is_one() -> None:
    again = response(course("2025-01-06", "2025-05-12", 9), id="q2")
    assert (
        len(contacts_of(statements=(response(course("2025-01-06", "2025-05-12", 9)), again))) == 1
    )


def test_a_group_without_an_answer_states_nothing() -> None:
    assert stated({"linkId": "course"}, {"linkId": "course", "item": [item("number")]}) == []
    assert stated() == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("completed", [ContactStatus.TOOK_PLACE]),
        ("amended", [ContactStatus.TOOK_PLACE]),
        ("in-progress", []),
        ("stopped", []),
        ("entered-in-error", [ContactStatus.VOID]),
        ("final", [ContactStatus.UNKNOWN]),
        (None, [ContactStatus.UNKNOWN]),
    ],
)
def test_only_a_form_that_was_completed_states_something(
    status: str | None, expected: list[ContactStatus]
) -> None:
    found = stated(course("2025-01-06", "2025-05-12", 9), status=status)
    assert [each.status for each in found] == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (ref("Patient/p1"), Subject.THIS_PATIENT),
        (ref(f"{BASE}/Patient/p1/_history/2"), Subject.THIS_PATIENT),
        (ref("Patient/p2"), Subject.OTHER_PATIENT),
        (None, Subject.UNCLEAR),
        ({"display": "de patiënt"}, Subject.UNCLEAR),
    ],
)
def test_a_statement_is_about_a_patient(subject: Json | None, expected: Subject) -> None:
    assert one(course("2025-01-06", "2025-05-12", 9), subject=subject).subject is expected


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"status": 7}, id="status"),
        pytest.param({"item": "course"}, id="items"),
        pytest.param({"item": ["course"]}, id="an item"),
        pytest.param({"item": [{"linkId": "course", "item": 7}]}, id="answers"),
        pytest.param({"item": [{"linkId": "course", "item": [{"answer": 7}]}]}, id="an answer"),
    ],
)
def test_a_response_that_cannot_be_read_is_a_possible_contact(members: Json) -> None:
    contact = one(**members)
    assert contact == Contact("QuestionnaireResponse/q1", None, is_stated=True, doubts=UNREADABLE)


def test_items_without_end_cannot_be_read() -> None:
    deep: Json = course("2025-01-06", "2025-05-12", 9)
    for _ in range(400):
        deep = {"linkId": "page", "item": [deep]}
    assert one(deep).doubts == UNREADABLE


@pytest.mark.parametrize(
    "form",
    [
        FORM,
        f"{FORM}|2026.1",
        f"{FORM}/",
        "https://ehr.example.nl/fhir/Questionnaire/imsr-treatment-elsewhere",
        "https://ehr.example.nl/fhir/Questionnaire/imsr-treatment-elsewhere/_history/3",
        "Questionnaire/imsr-treatment-elsewhere|1",
        {"reference": "Questionnaire/imsr-treatment-elsewhere"},
        {"reference": "#imsr-treatment-elsewhere"},
    ],
)
def test_the_form_is_known_by_its_last_segment(form: object) -> None:
    assert is_statement(response(questionnaire=form))


@pytest.mark.parametrize(
    "form",
    [
        "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere-2",
        "https://imsr-cds.nl/imsr-treatment-elsewhere/7",
        "https://ehr.example.nl/fhir/Questionnaire/4dkl",
        {"display": "imsr-treatment-elsewhere"},
        ["imsr-treatment-elsewhere"],
        "",
        None,
    ],
)
def test_another_form_states_nothing(form: object) -> None:
    assert not is_statement(response(questionnaire=form))
    assert stated(course("2025-01-06", "2025-05-12", 9), questionnaire=form) == []


@pytest.mark.parametrize("thing", [None, 7, "q1", {"questionnaire": FORM}])
def test_what_is_no_response_states_nothing(thing: object) -> None:
    assert not is_statement(thing)
    assert contacts_of(statements=(thing,)) == []


ODD: Final[list[object]] = [None, True, 7, -1.5, "x", "", [], ["x"], {}, {"x": 1}, [None], [[]]]


def every_path(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Where something stands in a JSON value, the value itself not included."""
    steps: list[tuple[object, object]] = []
    if isinstance(value, dict):
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    below = [found for step, each in steps for found in every_path(each, (*path, step))]
    return [*((*path, step) for step, _ in steps), *below]


def changed(value: Any, path: tuple[object, ...], odd: object) -> Any:
    if not path:
        return odd
    copy: Any = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = changed(value[path[0]], path[1:], odd)
    return copy


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_odd_value_in_a_statement_is_an_error_and_none_adds_a_session(odd: object) -> None:
    whole = response(course("2025-01-06", "2025-05-12", 9))
    for path in every_path(whole):
        found = contacts_of(statements=(changed(whole, path, odd),))
        assert len(found) <= 1, path
        for contact in found:
            assert contact.is_stated, path
            assert contact.sessions in {None, 7, 9}, path
