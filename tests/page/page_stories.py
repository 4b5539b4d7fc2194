"""The pages behind the files in `golden/`, by name."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from cds_service.assessing import explain
from cds_service.domain.assessment import Assessment, Completeness, RecordPart
from cds_service.domain.contacts import CareSetting, Contact, ContactStatus, Profession
from cds_service.domain.lookback import DayRange
from cds_service.page import (
    Notice,
    NoticeKind,
    PageContent,
    PatientLabel,
    StatedCareForm,
    View,
    field_name,
)
from cds_service.page.content import CourseField, FieldFault
from tests.cards.golden_stories import (
    PHYSIO_LETTER,
    PHYSIO_REFERRAL,
    PSYCHOLOGIST_LETTER,
    golden_assessment,
    poh_ggz,
)
from tests.cards.stories import judged, weekly

TODAY = date(2026, 6, 15)
PATIENT = PatientLabel("Testpersoon-de Proef, A. van", date(1979, 3, 2))
FORM = StatedCareForm("/page/s1/stated-care", "csrf-token", "form-1")
_PHYSIO = Profession.PHYSIOTHERAPIST
_PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST


def filled() -> Assessment:
    """Counted, possible and not counted contacts in every band; care of no option; letters."""
    physio = weekly(_PHYSIO, date(2025, 1, 6), 14, every=9, name="f")
    open_ones = weekly(_PHYSIO, date(2025, 2, 15), 2, every=48, name="o")
    early = weekly(_PHYSIO, date(2024, 4, 22), 2, every=21, name="e")
    poh = poh_ggz(date(2025, 9, 1), 5, every=14)
    unclear = [
        each.but(professions=frozenset({Profession.PRACTICE_NURSE}))
        for each in poh_ggz(date(2025, 11, 24), 4, every=14, name="pn")
    ]
    psychosomatic = weekly(_PSYCHOSOMATIC, date(2026, 2, 9), 18, every=4, name="ps")
    hospital = [
        each.but(setting=CareSetting.HOSPITAL)
        for each in weekly(_PHYSIO, date(2025, 6, 18), 3, every=35, name="h")
    ]
    other_reason = [
        each.but(has_other_reason=True)
        for each in weekly(_PHYSIO, date(2025, 10, 6), 2, every=14, name="or")
    ]
    dietitian = weekly(Profession.OTHER, date(2025, 3, 3), 2, every=60, name="d")
    contacts = (
        *physio,
        *(each.but(status=ContactStatus.UNKNOWN) for each in open_ones),
        *early,
        *poh,
        *unclear,
        *psychosomatic,
        *hospital,
        *other_reason,
        *dietitian,
    )
    pointers = (PHYSIO_LETTER, PHYSIO_REFERRAL, PSYCHOLOGIST_LETTER)
    return judged(contacts).with_pointers(pointers)


def incomplete() -> Assessment:
    """What was found, where a part of the contacts could not be had."""
    contacts = (*weekly(_PHYSIO, date(2025, 1, 6), 4), *poh_ggz(date(2025, 9, 1), 3))
    return judged(contacts, completeness=Completeness(frozenset({RecordPart.ENCOUNTERS})))


def stated() -> Assessment:
    """Stated courses with and without a number, beside what was found."""
    course = Contact(
        "QuestionnaireResponse/1#0",
        DayRange(date(2025, 2, 1), date(2025, 6, 30)),
        professions=frozenset({_PHYSIO}),
        setting=CareSetting.THERAPY_PRACTICE,
        is_course=True,
        sessions=9,
        is_stated=True,
        begins=DayRange(date(2025, 2, 1), date(2025, 2, 28)),
        ends=DayRange(date(2025, 6, 1), date(2025, 6, 30)),
    )
    without_number = course.but(
        source="QuestionnaireResponse/1#1",
        professions=frozenset({Profession.PSYCHOLOGIST}),
        setting=CareSetting.PSYCHOLOGY_PRACTICE,
        sessions=None,
    )
    return judged((course, without_number, *poh_ggz(date(2025, 9, 1), 4)))


def undated() -> Assessment:
    """Contacts without any date, and some of which only the month is known."""
    physio = weekly(_PHYSIO, date(2025, 1, 6), 5)
    month = physio[0].but(source="m", days=DayRange(date(2025, 4, 1), date(2025, 4, 30)))
    return judged((*physio, month, physio[0].but(source="u1", days=None)))


def many(number: int = 500) -> Assessment:
    """So many contacts over three disciplines in the two years."""
    kinds = (_PHYSIO, Profession.PSYCHOLOGIST, _PSYCHOSOMATIC, Profession.OTHER)
    first = date(2024, 6, 20)
    return judged(
        Contact(
            f"Encounter/{turn:04}",
            DayRange.on(first + timedelta(days=turn * 720 // number)),
            professions=frozenset({kinds[turn % 4]}),
            setting=CareSetting.HOSPITAL if turn % 7 == 0 else CareSetting.THERAPY_PRACTICE,
            status=ContactStatus.OPEN if turn % 11 == 0 else ContactStatus.TOOK_PLACE,
            practice="Praktijk De Linde",
        )
        for turn in range(number)
    )


def hostile() -> Assessment:
    """Names that try to leave their place."""
    name = '"><script>alert(1)</script>\u202e{{7*7}}'
    contacts = [
        each.but(practice=name, status=ContactStatus.UNKNOWN)
        for each in weekly(_PHYSIO, date(2025, 1, 6), 7, every=14)
    ]
    return judged((*contacts, *poh_ggz(date(2025, 6, 2), 7, every=14)))


STORIES: Mapping[str, Callable[[], Assessment]] = {
    "filled": filled,
    "empty": lambda: judged(()),
    "incomplete": incomplete,
    "interrupted": lambda: golden_assessment("interrupted_c1.two_courses"),
    "stated": stated,
    "undated": undated,
    "many": many,
    "hostile": hostile,
    "met": lambda: golden_assessment("met_option1.place_unknown"),
    "unavailable": lambda: golden_assessment("record_unavailable.S127"),
}


def content(
    name: str,
    *,
    view: View = View.PHYSICIAN,
    language: str = "nl",
    hides_psychological_care: bool = False,
    has_form: bool | None = None,
    notices: tuple[Notice, ...] = (),
    form: StatedCareForm = FORM,
    patient: PatientLabel = PATIENT,
) -> PageContent:
    """A page of a story; the GP has the form."""
    shows_form = view is View.GP if has_form is None else has_form
    return PageContent(
        explained=(explain(STORIES[name]()),),
        view=view,
        language=language,
        today=TODAY,
        static_base="/page-files",
        patient=patient,
        notices=notices,
        form=form if shows_form else None,
        hides_psychological_care=hides_psychological_care,
        switch_url="/page/s1?psychology=hidden",
        other_view_url="/page/s1?view=gp",
    )


FAULTY_FORM = StatedCareForm(
    "/page/s1/stated-care",
    "csrf-token",
    "form-2",
    courses=2,
    values={
        field_name(1, CourseField.DISCIPLINE): "physiotherapist",
        field_name(1, CourseField.FROM): "2025-06",
        field_name(1, CourseField.TO): "2025-02",
        field_name(1, CourseField.CONTENT): "oefenen </textarea><script>",
        field_name(2, CourseField.NUMBER): "veel",
    },
    faults={
        field_name(1, CourseField.TO): FieldFault.END_BEFORE_START,
        field_name(2, CourseField.DISCIPLINE): FieldFault.MISSING,
        field_name(2, CourseField.FROM): FieldFault.MISSING,
        field_name(2, CourseField.NUMBER): FieldFault.NOT_A_NUMBER,
    },
)

SAVED = Notice(NoticeKind.STATED_CARE_SAVED)
NOT_SAVED = Notice(NoticeKind.STATED_CARE_NOT_SAVED, text="fysiotherapie 9 keer,\n2025")
REFUSED = Notice(NoticeKind.SCOPES_REFUSED, names=("Procedure", "DocumentReference"))
