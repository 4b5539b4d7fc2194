"""What doubtful contacts can turn out to be: every world that a record leaves open."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from tests.oracle.entries import Days, Entry, Kind, Place, Reason, Resource, Status, Who, Whose
from tests.oracle.worth import sources_without_status
from tests.properties.strategies import awkward_days

DOUBTFUL_KINDS = (Kind.ASYNCHRONOUS, Kind.UNCLEAR)
WHOEVER_THE_PLACE_LEAVES_OPEN = {
    Place.GP_PRACTICE: (Who.POH_GGZ,),
    Place.THERAPY_PRACTICE: (Who.PHYSIO, Who.PSYCHOSOMATIC_PHYSIO),
    Place.PSYCHOLOGY_PRACTICE: (Who.PSYCHOLOGIST,),
    Place.GGZ: (Who.PSYCHOLOGIST,),
    Place.HOSPITAL: (Who.PSYCHOLOGIST,),
    Place.LONG_TERM: (Who.PSYCHOLOGIST,),
    Place.REHABILITATION: (Who.OTHER,),
    Place.OTHER_PRACTICE: (Who.OTHER,),
}
ANYBODY = (Who.PHYSIO, Who.PSYCHOSOMATIC_PHYSIO, Who.PSYCHOLOGIST, Who.POH_GGZ)
NUMBERS = (1, 5, 6, 40)


@st.composite
def resolved(draw: st.DrawFn, record: tuple[Entry, ...], window: Days) -> list[Entry]:
    """One world: each doubtful contact took place as one thing, or not at all."""
    without_status = sources_without_status(record, window, is_complete=True)
    return [draw(_resolved(entry, window, without_status)) for entry in record]


@st.composite
def _resolved(
    draw: st.DrawFn, entry: Entry, window: Days, without_status: frozenset[Resource]
) -> Entry:
    known = replace(
        entry,
        status=draw(_status(entry, window, without_status)),
        whose=_one_of(draw, entry.whose, Whose.UNCLEAR, (Whose.PATIENT, Whose.SOMEBODY_ELSE)),
        kind=draw(st.sampled_from((Kind.TREATMENT, Kind.NOTE)))
        if entry.kind in DOUBTFUL_KINDS
        else entry.kind,
        place=_one_of(draw, entry.place, Place.ABROAD, (Place.FIRST_LINE, Place.HOSPITAL)),
        who=draw(_one_profession(entry)),
        names_poh_ggz=False,
        reason=draw(st.sampled_from((Reason.UNSAID, entry.reason))),
        is_lost=False,
        is_unreadable=False,
        is_said_by_patient=False,
    )
    if known.reason is Reason.SOMETHING_ELSE:  # then it is no treatment of this pain
        known = replace(known, who=known.who - {Who.PHYSIO, Who.EXERCISE, Who.ERGO} or OTHER)
        known = replace(known, reason=Reason.UNSAID)
    return draw(_dated(known, entry, window))


OTHER = frozenset({Who.OTHER})


T = TypeVar("T")


def _one_of(draw: st.DrawFn, told: T, doubtful: T, worlds: tuple[T, ...]) -> T:
    return draw(st.sampled_from(worlds)) if told is doubtful else told


def _status(
    entry: Entry, window: Days, without_status: frozenset[Resource]
) -> st.SearchStrategy[Status]:
    is_counted = entry.status is Status.UNKNOWN and entry.resource in without_status
    is_past = entry.days is not None and entry.days.last < window.last
    is_open = entry.status is Status.PLANNED and is_past
    if is_counted:
        return st.just(Status.TOOK_PLACE)
    if is_open or entry.is_unreadable or entry.status in (Status.UNKNOWN, Status.OPEN):
        return st.sampled_from((Status.TOOK_PLACE, Status.VOID))
    return st.just(entry.status)


def _one_profession(entry: Entry) -> st.SearchStrategy[frozenset[Who]]:
    """One of the alternatives; without any, whom the place leaves open, or nobody that counts."""
    each = tuple(entry.who)
    maybe_poh = {Who.GP, Who.POH, Who.NURSE}
    if entry.names_poh_ggz and entry.who <= maybe_poh:
        each = (Who.POH_GGZ, Who.OTHER)
    elif not each:
        in_therapy_practice = entry.place is Place.THERAPY_PRACTICE
        if entry.is_no_session_code and not in_therapy_practice:
            # a Procedure of another kind is no doubtful session, but in a therapy practice (2.4)
            return st.just(OTHER)
        each = (*WHOEVER_THE_PLACE_LEAVES_OPEN.get(entry.place, ANYBODY), Who.OTHER)
    elif entry.who == {Who.POH}:
        is_somatic = entry.reason in (Reason.SOMATIC, Reason.SOMETHING_ELSE)
        each = (Who.OTHER,) if is_somatic else (Who.POH_GGZ, Who.OTHER)
    elif entry.who == {Who.NURSE}:
        each = (Who.NURSE, Who.OTHER)
    return st.sampled_from([frozenset({who}) for who in each])


@st.composite
def _dated(draw: st.DrawFn, known: Entry, told: Entry, window: Days) -> Entry:
    is_running = told.has_no_end and told.status is Status.OPEN
    if is_running and told.days is not None:
        last = max(told.days.first, window.last - timedelta(days=draw(st.integers(0, 200))))
        return replace(
            known,
            days=Days(told.days.first, last),
            is_course=True,
            has_no_end=False,
            number=draw(st.sampled_from(NUMBERS)),
        )
    if told.is_course:
        return draw(_course(known, told))
    if told.days is None:
        return replace(known, days=Days.on(draw(st.sampled_from(awkward_days(window.last)))))
    step = draw(st.sampled_from((0, told.days.span, told.days.span // 2)))
    return replace(known, days=Days.on(told.days.first + timedelta(days=step)))


@st.composite
def _course(draw: st.DrawFn, known: Entry, told: Entry) -> Entry:
    number = draw(st.sampled_from(NUMBERS)) if told.number is None else told.number
    if told.first_on is None or told.last_on is None:
        return replace(known, number=number)
    first, last = draw(_day_of(told.first_on)), draw(_day_of(told.last_on))
    first, last = min(first, last), max(first, last)  # only where the months are one
    return replace(
        known,
        number=number,
        days=Days(first, last),
        first_on=Days.on(first),
        last_on=Days.on(last),
    )


def _day_of(days: Days) -> st.SearchStrategy[date]:
    middle = days.first + timedelta(days=days.span // 2)
    return st.sampled_from((days.first, middle, days.last))
