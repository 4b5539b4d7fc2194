"""The form in which care given elsewhere is stated, ready for the template."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cds_service.page.content import (
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
    StatedCareForm,
    field_name,
)
from cds_service.page.texts import Texts


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: its name in the form, what stands in it, and what is wrong with that."""

    name: str
    value: str
    fault: str

    @property
    def fault_id(self) -> str:
        """The id of the message, for the field to refer to; empty without one."""
        return f"{self.name}-fault" if self.fault else ""


@dataclass(frozen=True, slots=True)
class CourseView:
    """The fields of one course."""

    number: int
    fields: dict[str, FieldView]

    def __getitem__(self, name: str) -> FieldView:
        return self.fields[name]


@dataclass(frozen=True, slots=True)
class FormView:
    """The whole form; `hidden` are names and values of the fields that nobody sees."""

    action_url: str
    hidden: list[tuple[str, str]]
    courses: list[CourseView]
    disciplines: tuple[str, ...]
    sources: tuple[str, ...]
    action: str
    save: str
    add: str
    can_add: bool
    latest: str
    longest: int
    faults: list[tuple[str, str]]  # the field's name, and what is wrong in words


def form_view(form: StatedCareForm, today: date, texts: Texts) -> FormView:
    """The form as it is to be shown on this day."""
    number = min(max(form.courses, 1), MOST_COURSES)
    courses = [_course(form, each, texts) for each in range(1, number + 1)]
    return FormView(
        action_url=form.action_url,
        hidden=[
            (CSRF_FIELD, form.csrf_token),
            (FORM_ID_FIELD, form.form_id),
            (ROWS_FIELD, str(number)),
        ],
        courses=courses,
        disciplines=DISCIPLINES,
        sources=SOURCES,
        action=ACTION_FIELD,
        save=SAVE,
        add=ADD_COURSE,
        can_add=number < MOST_COURSES,
        latest=f"{today:%Y-%m}",
        longest=LONGEST_TEXT,
        faults=list(_faults(courses, texts)),
    )


def _course(form: StatedCareForm, number: int, texts: Texts) -> CourseView:
    names = {each.value: field_name(number, each) for each in CourseField}
    return CourseView(
        number,
        {
            each: FieldView(name, form.values.get(name, ""), _fault(form, name, texts))
            for each, name in names.items()
        },
    )


def _fault(form: StatedCareForm, name: str, texts: Texts) -> str:
    fault = form.faults.get(name)
    return texts.page.say(f"faults.{fault}") if fault else ""


def _faults(courses: list[CourseView], texts: Texts) -> Iterator[tuple[str, str]]:
    for course in courses:
        title = texts.page.say("form.course", n=course.number)
        for key, each in course.fields.items():
            if each.fault:
                name = texts.page.say(f"form.{key}")
                yield each.name, f"{title}, {name}: {each.fault}"
