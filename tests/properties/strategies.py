"""Random contacts from pools of awkward days: window edges, 76 to 84 days apart, leap days."""

from datetime import date, timedelta

from hypothesis import strategies as st

from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.causes import Cause
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
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind

REFERRAL_DAYS = (date(2026, 6, 15), date(2028, 2, 29), date(2028, 2, 28), date(2026, 4, 20))
LEAP_DAYS = (date(2024, 2, 29), date(2028, 2, 29), date(2026, 2, 28), date(2026, 3, 1))
AGO = (0, 1, 30, 42, 76, 77, 83, 84, 85, 120, 168, 365)
APART = (0, 1, 7, 14, 42, 76, 77, 78, 82, 83, 84, 85)

PROFESSION_SETS = (
    *(frozenset({each}) for each in Profession),
    frozenset({Profession.PHYSIOTHERAPIST, Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST}),
    frozenset({Profession.PHYSIOTHERAPIST, Profession.PSYCHOLOGIST}),
    frozenset({Profession.PHYSIOTHERAPIST, Profession.OTHER}),
    frozenset({Profession.OCCUPATIONAL_THERAPIST, Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST}),
    frozenset({Profession.PSYCHOLOGIST, Profession.PSYCHOTHERAPIST}),
    frozenset({Profession.PSYCHOLOGIST, Profession.OTHER}),
    frozenset(),
)
COMMON = tuple(
    frozenset({each})
    for each in (
        Profession.PHYSIOTHERAPIST,
        Profession.PSYCHOLOGIST,
        Profession.PRACTICE_NURSE_GGZ,
        Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST,
    )
)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def awkward_days(referral_date: date) -> tuple[date, ...]:
    """Days on and beside the edges of the lookback, and inside it days 76 to 85 apart."""
    first = _years_before(referral_date, 2)
    edges = [first + timedelta(days=step) for step in (-200, -84, -1, 0, 1, 10)]
    edges += [referral_date + timedelta(days=step) for step in (1, 2, 90)]
    edges += [referral_date - timedelta(days=step) for step in AGO]
    edges += [first + timedelta(days=step) for step in APART]
    return tuple(sorted({*edges, *LEAP_DAYS}))


def months(day: date) -> DayRange:
    """The whole month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return DayRange(first, following - timedelta(days=1))


referral_days = st.sampled_from(REFERRAL_DAYS)


@st.composite
def day_ranges(draw: st.DrawFn, referral_date: date) -> DayRange | None:
    """Mostly a day; sometimes a month, a year, a few days or nothing."""
    day = draw(st.sampled_from(awkward_days(referral_date)))
    shape = draw(st.sampled_from(("day",) * 8 + ("month", "year", "two", "none")))
    if shape == "month":
        return months(day)
    if shape == "year":
        return DayRange(date(day.year, 1, 1), date(day.year, 12, 31))
    if shape == "two":
        return DayRange(day, day + timedelta(days=1))
    return None if shape == "none" else DayRange.on(day)


@st.composite
def contacts(draw: st.DrawFn, referral_date: date) -> Contact:
    """One contact; two out of three are plain sessions of a profession that counts."""
    if draw(st.sampled_from((True, True, False))):
        return draw(plain_contacts(referral_date))
    return draw(odd_contacts(referral_date))


@st.composite
def plain_contacts(draw: st.DrawFn, referral_date: date) -> Contact:
    """A finished session on a known day in a practice."""
    return Contact(
        source=_source(draw),
        days=DayRange.on(draw(st.sampled_from(awkward_days(referral_date)))),
        professions=draw(st.sampled_from(COMMON)),
        practitioner=draw(st.sampled_from(("anna", "bram"))),
        setting=draw(st.sampled_from((CareSetting.PRIMARY_CARE, CareSetting.UNKNOWN))),
    )


@st.composite
def odd_contacts(draw: st.DrawFn, referral_date: date) -> Contact:
    """A contact with anything about it."""
    shape = draw(st.sampled_from(("contact",) * 6 + ("course", "open")))
    days = draw(day_ranges(referral_date))
    sessions = None
    if shape == "course":
        start = draw(st.sampled_from(awkward_days(referral_date)))
        length = draw(st.sampled_from((1, 2, 5, 76, 77, 83, 84, 85, 200)))
        days = DayRange(start, start + timedelta(days=length))
        sessions = draw(st.sampled_from((None, None, 1, 5, 6, 9)))
    return Contact(
        source=_source(draw),
        days=days,
        professions=draw(st.sampled_from(PROFESSION_SETS + COMMON * 5)),
        practitioner=draw(st.sampled_from(("anna", "bram", ""))),
        setting=draw(st.sampled_from(tuple(CareSetting))),
        is_inpatient=draw(st.sampled_from((False,) * 9 + (True,))),
        kind=draw(st.sampled_from((ContactKind.TREATMENT,) * 8 + tuple(ContactKind))),
        status=draw(st.sampled_from((ContactStatus.TOOK_PLACE,) * 5 + tuple(ContactStatus))),
        subject=draw(st.sampled_from((Subject.THIS_PATIENT,) * 12 + tuple(Subject))),
        procedure=draw(
            st.sampled_from((ProcedureMeaning.NO_PROCEDURE,) * 4 + tuple(ProcedureMeaning))
        ),
        is_course=shape == "course",
        has_open_end=shape == "open",
        sessions=sessions,
        doubts=draw(st.sampled_from((frozenset[Cause](),) * 12 + DOUBTS)),
    )


DOUBTS: tuple[frozenset[Cause], ...] = (frozenset({Cause.RECORD_INCOMPLETE}),)


@st.composite
def unreadable(draw: st.DrawFn) -> Contact:
    """An entry of the record that could not be read."""
    return Contact(source=_source(draw), days=None, doubts=frozenset({Cause.RESOURCE_UNREADABLE}))


STATED_DISCIPLINES = (
    Profession.PHYSIOTHERAPIST,
    Profession.EXERCISE_THERAPIST,
    Profession.PSYCHOLOGIST,
    Profession.PRACTICE_NURSE_GGZ,
)


@st.composite
def stated_courses(draw: st.DrawFn, referral_date: date) -> Contact:
    """Care given elsewhere, as a referrer states it."""
    start = draw(st.sampled_from(awkward_days(referral_date)))
    length = draw(st.sampled_from((0, 14, 76, 77, 83, 84, 126)))
    return Contact(
        source=_source(draw),
        days=DayRange(start, start + timedelta(days=length)),
        professions=frozenset({draw(st.sampled_from(STATED_DISCIPLINES))}),
        setting=CareSetting.PRIMARY_CARE,
        is_course=True,
        is_stated=True,
        sessions=draw(st.sampled_from((None, 1, 4, 5, 6, 9))),
    )


@st.composite
def records(draw: st.DrawFn, referral_date: date, *, most: int = 9) -> tuple[Contact, ...]:
    """A record: contacts, now and then an unreadable entry and one stated course.

    Sources are made unique: two entries of a record are two resources.
    """
    found = draw(st.lists(contacts(referral_date), max_size=most))
    found += draw(st.lists(unreadable(), max_size=1)) if draw(st.booleans()) else []
    if draw(st.sampled_from((False, False, True))):
        found.append(draw(stated_courses(referral_date)))
    return numbered(found)


def numbered(found: list[Contact] | tuple[Contact, ...]) -> tuple[Contact, ...]:
    """The same contacts, each with a source of its own."""
    return tuple(each.but(source=f"Encounter/e{at}") for at, each in enumerate(found))


def _source(draw: st.DrawFn) -> str:
    return f"Encounter/e{draw(st.integers(0, 999))}"


@st.composite
def persons(draw: st.DrawFn, referral_date: date) -> Person:
    """Mostly an adult; also the edges of 18 years, a year only, and no birth date."""
    eighteen = _years_before(referral_date, 18)
    born = draw(
        st.sampled_from(
            (DayRange.on(date(1980, 5, 17)),) * 6
            + (
                DayRange.on(eighteen),
                DayRange.on(eighteen + timedelta(days=1)),
                DayRange(date(eighteen.year, 1, 1), date(eighteen.year, 12, 31)),
                DayRange.on(date(2008, 2, 29)),
                None,
            )
        )
    )
    return Person(born=born, is_deceased=draw(st.sampled_from((False,) * 15 + (True,))))


def persons_of(referral_date: date, gaps: Completeness) -> st.SearchStrategy[Person]:
    """A person as far as the record can tell: nothing where the Patient could not be had."""
    if RecordPart.PATIENT in gaps.gaps:
        return st.just(Person())
    return persons(referral_date)


@st.composite
def referrals(draw: st.DrawFn, referral_date: date) -> Referral:
    """Mostly for iMSR and for pain."""
    return Referral(
        order="ServiceRequest/draft-1",
        date=referral_date,
        kind=draw(st.sampled_from((ReferralKind.IMSR,) * 9 + tuple(ReferralKind))),
        indication=draw(st.sampled_from((Indication.PAIN,) * 6 + tuple(Indication))),
    )


completeness = st.sampled_from(
    (Completeness(),) * 6
    + (
        Completeness(gaps=frozenset({RecordPart.PATIENT})),
        Completeness(gaps=frozenset({RecordPart.ENCOUNTERS})),
        Completeness(gaps=frozenset({RecordPart.PROCEDURES, RecordPart.PATIENT})),
    )
)
"""What can be missing beside contacts; a record that is unavailable holds none at all."""
