"""Random records from pools of awkward days: window edges, 76 to 84 days apart, leap days."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.oracle.entries import (
    Case,
    Days,
    Entry,
    Kind,
    Missing,
    Place,
    Reason,
    Resource,
    Status,
    Who,
    Whose,
)

REFERRAL_DAYS = (date(2026, 6, 15), date(2028, 2, 29), date(2028, 2, 28), date(2026, 4, 20))
LEAP_DAYS = (date(2024, 2, 29), date(2028, 2, 29), date(2026, 2, 28), date(2026, 3, 1))
AGO = (0, 1, 30, 42, 76, 77, 83, 84, 85, 120, 168, 365)
APART = (0, 1, 7, 14, 42, 76, 77, 78, 82, 83, 84, 85, 167, 168)
MOST_VAGUE = 2
"""How many single contacts of a record have no exact day: every choice of days is tried."""

WHO_SETS = (
    *(frozenset({each}) for each in Who),
    frozenset({Who.PHYSIO, Who.PSYCHOSOMATIC_PHYSIO}),
    frozenset({Who.PHYSIO, Who.ERGO}),
    frozenset({Who.PHYSIO, Who.PSYCHOLOGIST}),
    frozenset({Who.PHYSIO, Who.OTHER}),
    frozenset({Who.ERGO, Who.PSYCHOSOMATIC_ERGO}),
    frozenset({Who.PSYCHOLOGIST, Who.PSYCHOTHERAPIST}),
    frozenset({Who.PSYCHOLOGIST, Who.OTHER}),
    frozenset[Who](),
)
COMMON = tuple(
    frozenset({each})
    for each in (Who.PHYSIO, Who.PSYCHOLOGIST, Who.POH_GGZ, Who.PSYCHOSOMATIC_PHYSIO)
)
FILED_UNDER = (
    frozenset({Who.GP}),
    frozenset({Who.POH}),
    frozenset({Who.NURSE}),
    frozenset[Who](),
)
"""Whose contacts POH-GGZ may be filed under (policy 2.4, words on the contact itself)."""


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; 28 February for a leap day."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day)


def awkward_days(referral_date: date) -> tuple[date, ...]:
    """Days on and beside the edges of the lookback, and inside it days 76 to 85 apart."""
    first = years_before(referral_date, 2)
    edges = [first + timedelta(days=step) for step in (-200, -84, -1, 0, 1, 10)]
    edges += [referral_date + timedelta(days=step) for step in (1, 2, 90)]
    edges += [referral_date - timedelta(days=step) for step in AGO]
    edges += [first + timedelta(days=step) for step in APART]
    return tuple(sorted({*edges, *LEAP_DAYS}))


def month_of(day: date) -> Days:
    """The whole month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Days(first, following - timedelta(days=1))


referral_days = st.sampled_from(REFERRAL_DAYS)


@st.composite
def days_of_a_contact(draw: st.DrawFn, referral_date: date) -> Days | None:
    """Mostly a day; sometimes a month, a year, two days or nothing."""
    day = draw(st.sampled_from(awkward_days(referral_date)))
    shape = draw(st.sampled_from(("day",) * 9 + ("month", "year", "two", "none")))
    if shape == "month":
        return month_of(day)
    if shape == "year":
        return Days(date(day.year, 1, 1), date(day.year, 12, 31))
    if shape == "two":
        return Days(day, day + timedelta(days=1))
    return None if shape == "none" else Days.on(day)


def entries(referral_date: date) -> st.SearchStrategy[Entry]:
    """One contact; most are plain sessions of a profession that counts."""
    return st.one_of(
        plain_entries(referral_date), plain_entries(referral_date), odd_entries(referral_date)
    )


@st.composite
def plain_entries(draw: st.DrawFn, referral_date: date) -> Entry:
    """A finished session on a known day in a practice."""
    return Entry(
        source=_source(draw),
        days=Days.on(draw(st.sampled_from(awkward_days(referral_date)))),
        who=draw(st.sampled_from(COMMON)),
        practitioner=draw(st.sampled_from(("anna", "bram"))),
        place=draw(st.sampled_from((Place.FIRST_LINE, Place.UNKNOWN))),
    )


@st.composite
def odd_entries(draw: st.DrawFn, referral_date: date) -> Entry:
    """A contact with anything about it."""
    shape = draw(st.sampled_from(("contact",) * 6 + ("course", "open")))
    days, number = draw(days_of_a_contact(referral_date)), None
    if shape == "course":
        start = draw(st.sampled_from(awkward_days(referral_date)))
        days = Days(start, start + timedelta(days=draw(st.sampled_from(LENGTHS))))
        number = draw(st.sampled_from((None, None, 1, 5, 6, 9)))
    if shape == "open":
        days = Days.on(draw(st.sampled_from(awkward_days(referral_date))))
    resource = draw(st.sampled_from((Resource.ENCOUNTER,) * 4 + (Resource.PROCEDURE,)))
    names_poh_ggz = draw(st.sampled_from((False,) * 9 + (True,)))
    who = draw(st.sampled_from(FILED_UNDER if names_poh_ggz else WHO_SETS + COMMON * 5))
    return Entry(
        source=_source(draw),
        days=days,
        resource=resource,
        who=who,
        names_poh_ggz=names_poh_ggz,
        practitioner=draw(st.sampled_from(("anna", "bram", ""))),
        place=draw(st.sampled_from((*Place, Place.FIRST_LINE, Place.GP_PRACTICE))),
        is_admission=draw(st.sampled_from((False,) * 9 + (True,))),
        kind=draw(st.sampled_from((Kind.TREATMENT,) * 8 + tuple(Kind))),
        status=draw(st.sampled_from((Status.TOOK_PLACE,) * 5 + tuple(Status) + OFTEN)),
        whose=draw(st.sampled_from((Whose.PATIENT,) * 12 + tuple(Whose))),
        is_no_session_code=resource is Resource.PROCEDURE and draw(st.booleans()),
        is_course=shape == "course",
        has_no_end=shape == "open",
        number=number,
        reason=Reason.MENTAL if names_poh_ggz else draw(st.sampled_from(REASONS)),
        is_lost=draw(st.sampled_from((False,) * 14 + (True,))),
        is_unreadable=draw(st.sampled_from((False,) * 14 + (True,))),
    )


LENGTHS = (1, 2, 5, 76, 77, 83, 84, 85, 200)
OFTEN = (Status.UNKNOWN, Status.PLANNED)
REASONS = (Reason.UNSAID,) * 4 + tuple(Reason)


STEPS = (1, 7, 14, 17, 28, 42, 83, 84)
"""Days between the sessions of a series; 83 is the longest pause inside a run."""

_NO_TRAIT: dict[str, object] = {}
TRAITS: tuple[dict[str, object], ...] = (
    *(_NO_TRAIT for _ in range(6)),
    {"reason": Reason.SOMETHING_ELSE},
    {"status": Status.OPEN},
    {"status": Status.UNKNOWN},
    {"kind": Kind.REMOTE},
    {"kind": Kind.ASYNCHRONOUS},
    {"place": Place.HOSPITAL},
    {"place": Place.ABROAD},
    {"place": Place.UNKNOWN},
    {"who": frozenset({Who.POH}), "place": Place.GP_PRACTICE},
    {"who": frozenset({Who.GP}), "names_poh_ggz": True, "reason": Reason.MENTAL},
    {"who": frozenset({Who.PHYSIO, Who.ERGO})},
    {"who": frozenset[Who]()},
    {"is_unreadable": True},
    {"resource": Resource.PROCEDURE},
)
"""What all sessions of a series have in common."""


@st.composite
def series(draw: st.DrawFn, referral_date: date) -> list[Entry]:
    """Some sessions with one therapist, so many days apart, as courses of treatment are."""
    first = draw(st.sampled_from(awkward_days(referral_date)))
    step = timedelta(days=draw(st.sampled_from(STEPS)))
    one = Entry("", who=draw(st.sampled_from(COMMON)), practitioner="anna", place=Place.FIRST_LINE)
    one = replace(one, **draw(st.sampled_from(TRAITS)))  # type: ignore[arg-type]
    return [replace(one, days=Days.on(first + step * at)) for at in range(draw(st.integers(3, 7)))]


@st.composite
def unreadable(draw: st.DrawFn) -> Entry:
    """An entry of the record that could not be read."""
    return Entry(source=_source(draw), is_unreadable=True)


STATED_DISCIPLINES = (Who.PHYSIO, Who.EXERCISE, Who.PSYCHOLOGIST, Who.POH_GGZ)


@st.composite
def stated_courses(draw: st.DrawFn, referral_date: date) -> Entry:
    """Care given elsewhere, as a referrer states it; dates can be months."""
    start = draw(st.sampled_from(awkward_days(referral_date)))
    end = start + timedelta(days=draw(st.sampled_from((0, 14, 76, 77, 83, 84, 126))))
    first_on, last_on = Days.on(start), Days.on(end)
    if draw(st.sampled_from((False, False, True))):
        first_on = month_of(start)
    if draw(st.sampled_from((False, False, True))):
        last_on = month_of(end)
    return Entry(
        source=_source(draw),
        days=Days(min(first_on.first, last_on.first), max(first_on.last, last_on.last)),
        resource=Resource.STATEMENT,
        who=frozenset({draw(st.sampled_from(STATED_DISCIPLINES))}),
        place=Place.FIRST_LINE,
        is_course=True,
        first_on=first_on,
        last_on=last_on,
        is_stated=True,
        is_said_by_patient=draw(st.sampled_from((False,) * 5 + (True,))),
        number=draw(st.sampled_from((None, 1, 4, 5, 6, 9))),
    )


@st.composite
def records(draw: st.DrawFn, referral_date: date, *, most: int = 9) -> tuple[Entry, ...]:
    """A record: contacts, now and then an unreadable entry and one or two stated courses.

    Now and then all that is found has no status. Sources are made unique: two entries of a record
    are two resources.
    """
    found = draw(st.lists(entries(referral_date), max_size=most))
    for _ in range(draw(st.sampled_from((0, 1, 1, 2)))):
        found += draw(series(referral_date))
    found += draw(st.lists(unreadable(), max_size=1)) if draw(st.booleans()) else []
    if draw(st.sampled_from((False,) * 8 + (True,))):
        found = [replace(each, status=Status.UNKNOWN) for each in found]
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 1, 2)))):
        found.append(draw(stated_courses(referral_date)))
    return numbered(_with_few_vague(found))


def _with_few_vague(found: list[Entry]) -> list[Entry]:
    vague, kept = 0, []
    for each in found:
        is_vague = not each.is_course and not (each.days and each.days.is_exact)
        vague += is_vague
        if not is_vague or vague <= MOST_VAGUE:
            kept.append(each)
    return kept


def numbered(found: list[Entry] | tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same contacts, each with a source of its own."""
    return tuple(
        replace(each, source=f"{each.resource}/{number}") for number, each in enumerate(found)
    )


def _source(draw: st.DrawFn) -> str:
    return f"Encounter/e{draw(st.integers(0, 999))}"


def with_statuses(record: tuple[Entry, ...] | list[Entry]) -> tuple[Entry, ...]:
    """The same record, whose sources certainly know statuses (C13): two visits to the GP."""
    visit = Entry(
        "Encounter/status", Days.on(date(2026, 4, 20)), who=frozenset({Who.GP}),
        place=Place.GP_PRACTICE,
    )  # fmt: skip
    procedure = replace(visit, source="Procedure/status", resource=Resource.PROCEDURE)
    return (*record, visit, procedure)


@st.composite
def birth_days(draw: st.DrawFn, referral_date: date) -> Days | None:
    """Mostly an adult; also the edges of 18 years, a year only, and no birth date."""
    eighteen = years_before(referral_date, 18)
    choices = (Days.on(date(1980, 5, 17)),) * 6 + (
        Days.on(eighteen),
        Days.on(eighteen + timedelta(days=1)),
        Days(date(eighteen.year, 1, 1), date(eighteen.year, 12, 31)),
        Days.on(date(2008, 2, 29)),
        None,
    )
    born: Days | None = draw(st.sampled_from(choices))
    return born


@st.composite
def cases(draw: st.DrawFn, referral_date: date) -> Case:
    """Mostly for iMSR, for pain, of an adult, with a record that was received as a whole."""
    missing = draw(missing_parts)
    return Case(
        day=referral_date,
        born=None if missing.patient else draw(birth_days(referral_date)),
        is_deceased=not missing.patient and draw(st.sampled_from((False,) * 15 + (True,))),
        is_one_time_consult=draw(st.sampled_from((False,) * 11 + (True,))),
        indication=draw(st.sampled_from(("pain",) * 7 + ("unknown", "other"))),
        missing=missing,
    )


missing_parts = st.sampled_from(
    (Missing(),) * 6
    + (
        Missing(patient=True),
        Missing(encounters=True),
        Missing(patient=True, procedures=True),
        Missing(encounters=True, procedures=True),
        Missing(statements=True),
    )
)
"""What can be missing beside contacts; a record that is unavailable holds none at all."""
