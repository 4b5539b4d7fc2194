"""What doubtful contacts can turn out to be: every world that a record leaves open."""

from datetime import timedelta

from hypothesis import strategies as st

from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
    Subject,
)
from cds_service.domain.lookback import DayRange
from tests.properties.strategies import awkward_days

DOUBTFUL_KINDS = (ContactKind.ASYNCHRONOUS, ContactKind.UNCLEAR)
WHOEVER_THE_PLACE_LEAVES_OPEN = {
    CareSetting.GP_PRACTICE: (Profession.PRACTICE_NURSE_GGZ,),
    CareSetting.THERAPY_PRACTICE: (
        Profession.PHYSIOTHERAPIST,
        Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST,
    ),
    CareSetting.PSYCHOLOGY_PRACTICE: (Profession.PSYCHOLOGIST,),
    CareSetting.MENTAL_HEALTH_INSTITUTION: (Profession.PSYCHOLOGIST,),
    CareSetting.HOSPITAL: (Profession.PSYCHOLOGIST,),
    CareSetting.LONG_TERM_CARE: (Profession.PSYCHOLOGIST,),
    CareSetting.REHABILITATION_CENTRE: (Profession.OTHER,),
    CareSetting.OTHER_PRACTICE: (Profession.OTHER,),
}
ANYBODY = (
    Profession.PHYSIOTHERAPIST,
    Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST,
    Profession.PSYCHOLOGIST,
    Profession.PRACTICE_NURSE_GGZ,
)


@st.composite
def resolved(draw: st.DrawFn, contacts: tuple[Contact, ...], window: DayRange) -> list[Contact]:
    """One world: each doubtful contact took place as one thing, or not at all."""
    return [draw(_resolved(contact, window)) for contact in contacts]


@st.composite
def _resolved(draw: st.DrawFn, contact: Contact, window: DayRange) -> Contact:
    status = contact.status
    if status in (ContactStatus.UNKNOWN, ContactStatus.OPEN):
        status = draw(st.sampled_from((ContactStatus.TOOK_PLACE, ContactStatus.VOID)))
    subject = contact.subject
    if subject is Subject.UNCLEAR:
        subject = draw(st.sampled_from((Subject.THIS_PATIENT, Subject.OTHER_PATIENT)))
    kind = contact.kind
    if kind in DOUBTFUL_KINDS:
        kind = draw(st.sampled_from((ContactKind.TREATMENT, ContactKind.NOTE)))
    settings = [contact.setting]
    if contact.setting is CareSetting.ABROAD:
        settings = [CareSetting.PRIMARY_CARE, CareSetting.HOSPITAL]
    known = contact.but(
        status=status,
        subject=subject,
        kind=kind,
        setting=draw(st.sampled_from(settings)),
        professions=draw(_one_profession(contact)),
        doubts=frozenset(),
    )
    return draw(_dated(known, contact, window))


def _one_profession(contact: Contact) -> st.SearchStrategy[frozenset[Profession]]:
    """One of the alternatives; without any, whom the place leaves open, or nobody that counts."""
    each = tuple(contact.professions)
    in_therapy_practice = contact.setting is CareSetting.THERAPY_PRACTICE
    is_another = contact.procedure is ProcedureMeaning.ANOTHER and not in_therapy_practice
    if not each and is_another:
        # a Procedure of another kind is no doubtful session, but in a therapy practice (2.4)
        return st.just(frozenset({Profession.OTHER}))
    if not each:
        each = (*WHOEVER_THE_PLACE_LEAVES_OPEN.get(contact.setting, ANYBODY), Profession.OTHER)
    elif contact.professions == {Profession.NURSE}:
        each = (Profession.NURSE, Profession.OTHER)
    return st.sampled_from([frozenset({profession}) for profession in each])


@st.composite
def _dated(draw: st.DrawFn, known: Contact, told: Contact, window: DayRange) -> Contact:
    if told.has_open_end and told.status is ContactStatus.OPEN and told.days is not None:
        last = max(told.days.first, window.last - timedelta(days=draw(st.integers(0, 200))))
        number = draw(st.sampled_from((1, 5, 6, 40)))
        days = DayRange(told.days.first, last)
        return known.but(days=days, is_course=True, has_open_end=False, sessions=number)
    if told.is_course:
        if told.sessions is not None:
            return known
        return known.but(sessions=draw(st.sampled_from((1, 5, 6, 40))))
    if told.days is None:
        return known.but(days=DayRange.on(draw(st.sampled_from(awkward_days(window.last)))))
    step = draw(st.sampled_from((0, told.days.days, told.days.days // 2)))
    return known.but(days=DayRange.on(told.days.first + timedelta(days=step)))
