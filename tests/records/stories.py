"""Random stories of the scenario grammar: the known facts of which records are built."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.builders.role_forms import ROLE_FORMS, STATED_DISCIPLINE
from tests.builders.scenario_rows import Scenario, scenario
from tests.builders.scenario_tokens import (
    AlsoRole,
    Flags,
    ForeignContacts,
    RoleJoin,
    SessionToken,
    When,
    WhenShape,
)

DAYS: Final = st.dates(date(2024, 5, 1), date(2026, 7, 31))
EDGES: Final = st.sampled_from(
    [
        date(2024, 6, 14),
        date(2024, 6, 15),
        date(2026, 6, 15),
        date(2026, 6, 16),
        date(2025, 3, 29),  # the nights of daylight saving time
        date(2025, 3, 30),
        date(2025, 10, 25),
        date(2025, 10, 26),
        date(2024, 12, 31),
        date(2026, 2, 28),
    ]
)
DAY: Final = st.one_of(EDGES, DAYS)
ZONES: Final = st.sampled_from(
    [
        UTC,
        ZoneInfo("Europe/Amsterdam"),
        timezone(timedelta(hours=-9)),
        timezone(timedelta(hours=14)),
    ]
)
HOURS: Final = st.sampled_from([time(0, 0), time(0, 30), time(9, 0), time(22, 30), time(23, 59)])
ROLES: Final = st.sampled_from([*sorted(ROLE_FORMS), "bare"])
PLACES: Final = st.sampled_from(
    [
        "primary",
        "primary",
        "gppractice",
        "therapypractice",
        "psychpractice",
        "healthcentre",
        "hospital",
        "ggz",
        "rehab",
        "nursinghome",
        "abroad",
        "unknown",
    ]
)
KINDS: Final = st.sampled_from(
    [
        "",
        "",
        "",
        "tele",
        "phone",
        "home",
        "intake",
        "screening",
        "econsult",
        "memo",
        "group",
        "virtual",
        "inpatient",
        "kindunclear",
        "nosubject",
    ]
)
STATUSES: Final = st.sampled_from(
    [
        "finished",
        "finished",
        "finished",
        "unknown",
        "in-progress",
        "arrived",
        "stopped",
        "planned",
        "cancelled",
        "entered-in-error",
    ]
)
OPEN: Final = {"in-progress", "arrived", "stopped"}
PROCEDURE_STATUSES: Final = st.sampled_from(
    ["completed", "completed", "unknown", "in-progress", "stopped", "planned", "not-done"]
)
STATED: Final = st.sampled_from(
    sorted(role for role in STATED_DISCIPLINE if not role.startswith("psychosomatic"))
)
"""The form has one code for psychosomatic therapists of every discipline."""
SAME_DISCIPLINE: Final = {"physio": "physio", "ergo": "ergo", "psychologist": "psychologist"}


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """An instant, written in some zone."""
    return datetime.combine(draw(DAY), draw(HOURS), ZoneInfo("Europe/Amsterdam")).astimezone(
        draw(ZONES)
    )


@st.composite
def whens(draw: st.DrawFn) -> When:
    """A time in any shape."""
    shape = draw(st.sampled_from([*WhenShape, WhenShape.DAY, WhenShape.DAY]))
    day = draw(DAY)
    match shape:
        case WhenShape.UNKNOWN:
            return When(shape)
        case WhenShape.MONTH:
            return When(shape, f"{day:%Y-%m}")
        case WhenShape.INSTANT:
            return When(shape, draw(moments()).isoformat())
        case WhenShape.PERIOD:
            return draw(periods())
        case _:
            return When(shape, day.isoformat())


@st.composite
def periods(draw: st.DrawFn) -> When:
    """A course, or a contact of some hours that may go across midnight."""
    if draw(st.booleans()):
        first = draw(DAY)
        last = first + timedelta(days=draw(st.integers(1, 200)))
        return When(WhenShape.PERIOD, first.isoformat(), last.isoformat())
    start = draw(moments())
    end = start + timedelta(hours=draw(st.sampled_from([1, 2, 23, 24, 25, 49])))
    return When(WhenShape.PERIOD, start.isoformat(), end.isoformat())


@st.composite
def encounters(draw: st.DrawFn) -> SessionToken:
    """A contact that is an Encounter.

    What is open and written as a month or an instant has no end in this grammar.
    """
    when, status = draw(whens()), draw(STATUSES)
    if when.shape in {WhenShape.MONTH, WhenShape.INSTANT} and status in OPEN:
        status = "finished"
    return SessionToken(
        roles=(draw(ROLES),),
        join=RoleJoin.SINGLE,
        code="",
        when=when,
        status=status,
        place=draw(PLACES),
        role_place="",
        kind=draw(KINDS),
        number=None,
    )


@st.composite
def procedures(draw: st.DrawFn) -> SessionToken:
    """A contact that is a Procedure; its code confirms the role, or says nothing."""
    role = draw(ROLES)
    codes = ["other"]
    if role in SAME_DISCIPLINE:
        codes.append(SAME_DISCIPLINE[role])
    codes.extend(SAME_DISCIPLINE.values() if role == "bare" else [])
    codes.extend([] if role in {"bare", "unmapped"} else [""])
    return SessionToken(
        roles=(role,),
        join=RoleJoin.SINGLE,
        code=draw(st.sampled_from(codes)),
        when=draw(whens()),
        status=draw(PROCEDURE_STATUSES),
        place=draw(PLACES),
        role_place="",
        kind="proc",
        number=None,
    )


@st.composite
def statements(draw: st.DrawFn) -> SessionToken:
    """A course that the referrer states."""
    first = draw(DAY)
    last = first + timedelta(days=draw(st.integers(10, 300)))
    return SessionToken(
        roles=(draw(STATED),),
        join=RoleJoin.SINGLE,
        code="",
        when=When(WhenShape.PERIOD, first.isoformat(), last.isoformat()),
        status="attested",
        place="primary",
        role_place="",
        kind="",
        number=draw(st.one_of(st.none(), st.integers(2, 10))),
    )


@st.composite
def stories(draw: st.DrawFn) -> Scenario:
    """A patient with some contacts, perhaps with another role of somebody, or another patient."""
    tokens = draw(
        st.lists(st.one_of(encounters(), encounters(), procedures(), statements()), max_size=12)
    )
    flags = Flags()
    if draw(st.booleans()):
        flags = replace(flags, foreign=(ForeignContacts("physio", "2025-01-06", 7, 2),))
    if draw(st.booleans()):
        flags = replace(flags, also_roles=_other_roles(tokens))
    return replace(scenario("S001"), id="R001", tokens=tuple(tokens), flags=flags)


def _other_roles(tokens: Sequence[SessionToken]) -> tuple[AlsoRole, ...]:
    """The physiotherapists were exercise therapists in one spring, in such a practice too."""
    is_plain = all(
        token.when.shape in {WhenShape.DAY, WhenShape.INSTANT}
        and token.place == "primary"
        and not token.is_procedure
        for token in tokens
        if "physio" in token.roles
    )
    other = AlsoRole("physio", "exercise", "2025-03-01", "2025-05-31")
    return (other,) if is_plain else ()
