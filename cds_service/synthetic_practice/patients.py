"""Patients of the practice: the care that they really had, and what its record holds of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from cds_service.synthetic_practice.assumptions import Assumptions, Weights

REFERRAL_DAY: Final = date(2026, 6, 15)
WINDOW_DAYS: Final = 730


class Discipline(StrEnum):
    """Who gave the care."""

    PHYSIOTHERAPY = "physiotherapy"
    EXERCISE_THERAPY = "exercise therapy"
    OCCUPATIONAL_THERAPY = "occupational therapy"
    PSYCHOSOMATIC = "psychosomatic physiotherapy"
    PSYCHOLOGY = "psychology"
    POH_GGZ = "POH-GGZ"


class FiledAs(StrEnum):
    """Under whom the GP's record files a contact."""

    THERAPIST = "the therapist"
    POH_GGZ = "POH-GGZ"
    PLAIN_POH = "POH"
    GP = "GP"
    GP_WITH_WORDS = "GP, type POH-GGZ"
    NOBODY = "nobody"
    POH_S = "POH-S"


@dataclass(frozen=True, slots=True)
class Course:
    """A course of treatment that took place, session by session."""

    discipline: Discipline
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class RecordedContact:
    """A contact as the GP's record shows it; `discipline` is empty for the practice's own care."""

    day: date
    filed_as: FiledAs
    discipline: str = ""
    reason: str = ""  # an ICPC code
    is_memo: bool = False


@dataclass(frozen=True, slots=True)
class Pointer:
    """A letter of a therapist, or a referral that the practice sent."""

    discipline: Discipline
    day: date


@dataclass(frozen=True, slots=True)
class Wish:
    """What the referral asks, and how it says so."""

    words: str
    reason: str
    is_one_time_consult: bool
    is_other_complaint: bool
    names_care: bool


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient who is referred today."""

    number: int
    born: date
    courses: tuple[Course, ...]
    contacts: tuple[RecordedContact, ...]
    letters: tuple[Pointer, ...]
    own_referrals: tuple[Pointer, ...]
    has_statuses: bool
    wish: Wish


def patients(
    number: int, *, seed: int, assumptions: Assumptions, first: int = 1
) -> Iterator[Patient]:
    """So many patients, the same ones for the same seed."""
    for each in range(first, first + number):
        yield patient(each, seed=seed, assumptions=assumptions)


def patient(number: int, *, seed: int, assumptions: Assumptions) -> Patient:
    """The patient of this number: it depends on nothing else and no other patient."""
    chance = Random(f"{seed}/{number}")  # noqa: S311 a made-up patient, no secret
    courses = tuple(_courses(chance, assumptions))
    contacts = [
        *(each for course in courses for each in _recorded(chance, assumptions, course)),
        *_own_care(chance, assumptions),
    ]
    return Patient(
        number=number,
        born=_born(chance, assumptions),
        courses=courses,
        contacts=tuple(sorted(contacts, key=lambda each: each.day)),
        letters=tuple(
            Pointer(course.discipline, course.days[-1] + timedelta(days=7))
            for course in courses
            if _is(chance, assumptions.letter_of_treated)
        ),
        own_referrals=tuple(
            Pointer(course.discipline, course.days[0] - timedelta(days=10))
            for course in courses
            if _is(chance, assumptions.own_referral)
        ),
        has_statuses=not _is(chance, assumptions.source_without_status),
        wish=_wish(chance, assumptions, is_treated=bool(courses)),
    )


def moved(patient: Patient, days: int) -> Patient:
    """The same patient, with a whole life that took place so many days later."""
    step = timedelta(days=days)
    return replace(
        patient,
        born=patient.born + step,
        courses=tuple(
            replace(each, days=tuple(day + step for day in each.days)) for each in patient.courses
        ),
        contacts=tuple(replace(each, day=each.day + step) for each in patient.contacts),
        letters=tuple(replace(each, day=each.day + step) for each in patient.letters),
        own_referrals=tuple(replace(each, day=each.day + step) for each in patient.own_referrals),
    )


def _is(chance: Random, share: float) -> bool:
    return chance.random() < share


def _one(chance: Random, choices: Weights) -> str:
    return chance.choices([name for name, _ in choices], [weight for _, weight in choices])[0]


def _between(chance: Random, ends: tuple[int, int]) -> int:
    return chance.randint(*ends)


def _born(chance: Random, a: Assumptions) -> date:
    years = chance.randint(12, 17) if _is(chance, a.minors) else chance.randint(19, 78)
    return REFERRAL_DAY - timedelta(days=round(years * 365.25))


def _courses(chance: Random, a: Assumptions) -> Iterator[Course]:
    if _is(chance, a.had_physiotherapy):
        for _ in range(int(_one(chance, a.courses))):
            yield _physical(chance, a, Discipline.PHYSIOTHERAPY)
    if _is(chance, a.had_exercise_or_occupational):
        discipline = chance.choice((Discipline.EXERCISE_THERAPY, Discipline.OCCUPATIONAL_THERAPY))
        yield _physical(chance, a, discipline)
    if _is(chance, a.had_psychosomatic):
        yield _physical(chance, a, Discipline.PSYCHOSOMATIC)
    if _is(chance, a.had_psychological):
        is_poh = _is(chance, a.psychological_by_poh_ggz)
        discipline = Discipline.POH_GGZ if is_poh else Discipline.PSYCHOLOGY
        sessions = _between(chance, a.sessions_of_psychology)
        yield _course(chance, a, discipline, sessions, a.days_between_psychology)


def _physical(chance: Random, a: Assumptions, discipline: Discipline) -> Course:
    sessions = _between(chance, a.sessions_of_physiotherapy)
    return _course(chance, a, discipline, sessions, a.days_between_physiotherapy)


def _course(
    chance: Random, a: Assumptions, discipline: Discipline, sessions: int, apart: tuple[int, int]
) -> Course:
    """It ends before the referral; now and then before the two years as well."""
    steps = [_between(chance, apart) for _ in range(sessions - 1)]
    ago = chance.randint(7, WINDOW_DAYS - sum(steps) if sum(steps) < WINDOW_DAYS - 14 else 14)
    if _is(chance, a.sessions_before_the_window):
        ago = chance.randint(WINDOW_DAYS + 10, WINDOW_DAYS + 400)
    last = REFERRAL_DAY - timedelta(days=ago)
    days = [last]
    for step in steps:
        days.append(days[-1] - timedelta(days=step))
    return Course(discipline, tuple(_weekday(each) for each in reversed(days)))


def _weekday(day: date) -> date:
    """Practices are closed on Sunday and Saturday."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _recorded(chance: Random, a: Assumptions, course: Course) -> Iterator[RecordedContact]:
    """What the record of the GP holds of a course."""
    if course.discipline is Discipline.POH_GGZ:
        yield from _poh_ggz(chance, a, course)
        return
    draw = chance.random()
    days: tuple[date, ...] = ()
    if course.discipline is Discipline.PSYCHOLOGY:
        days = course.days if draw < a.psychologist_complete else ()
    elif draw < a.physiotherapy_complete:
        days = course.days
    elif draw < a.physiotherapy_complete + a.physiotherapy_trace:
        days = course.days[: chance.randint(1, 2)]
    for day in days:
        yield RecordedContact(day, FiledAs.THERAPIST, course.discipline.value)


def _poh_ggz(chance: Random, a: Assumptions, course: Course) -> Iterator[RecordedContact]:
    """A practice files all contacts of a course in one way."""
    filed_as = FiledAs(
        _one(
            chance,
            (
                (FiledAs.POH_GGZ.value, a.filed_as_poh_ggz),
                (FiledAs.PLAIN_POH.value, a.filed_as_plain_poh),
                (FiledAs.GP.value, a.filed_under_gp),
                (FiledAs.NOBODY.value, a.filed_without_name),
            ),
        )
    )
    if filed_as is FiledAs.GP and _is(chance, a.words_under_gp):
        filed_as = FiledAs.GP_WITH_WORDS
    for day in course.days:
        reason = "P02" if _is(chance, a.mental_reason_coded) else ""
        yield RecordedContact(day, filed_as, course.discipline.value, reason)


def _own_care(chance: Random, a: Assumptions) -> Iterator[RecordedContact]:
    """Visits to the GP and the POH-somatiek, and memos."""

    def day() -> date:
        return _weekday(REFERRAL_DAY - timedelta(days=chance.randint(1, WINDOW_DAYS)))

    for _ in range(_between(chance, a.visits_to_gp)):
        yield RecordedContact(day(), FiledAs.GP, reason=chance.choice(("L03", "R05", "A04", "")))
    for _ in range(_between(chance, a.memos)):
        yield RecordedContact(day(), FiledAs.GP, is_memo=True)
    if _is(chance, a.has_chronic_disease):
        filed_as = chance.choice((FiledAs.POH_S, FiledAs.PLAIN_POH))
        for _ in range(_between(chance, a.visits_to_poh_s)):
            yield RecordedContact(day(), filed_as, reason=chance.choice(("T90.02", "K86")))


def _wish(chance: Random, a: Assumptions, *, is_treated: bool) -> Wish:
    return Wish(
        words=_one(chance, a.words),
        reason=_one(chance, a.reason),
        is_one_time_consult=_is(chance, a.one_time_consult),
        is_other_complaint=_is(chance, a.other_complaint),
        names_care=is_treated and _is(chance, a.note_names_care),
    )
