"""The flags of policy 2.8: each given for its fact, starred ones only where they decide."""

from datetime import date, timedelta

import pytest

from cds_service.domain.assessment import Flag, FlagId
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
)
from cds_service.domain.criteria import ReadingKey
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Person
from tests.domain.judged import (
    C1,
    C2,
    CRITERIA,
    O2,
    changed,
    flags_of,
    judge,
    session,
    spread,
    stated,
)

ERGO = Profession.OCCUPATIONAL_THERAPIST
PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
POH_GGZ = Profession.PRACTICE_NURSE_GGZ
PSYCHOLOGIST = Profession.PSYCHOLOGIST

ENOUGH_PHYSIO = spread("2025-02-03", 84, 7)
ENOUGH_POH_GGZ = spread("2025-06-02", 84, 7, POH_GGZ)

CASES = [
    pytest.param([*ENOUGH_PHYSIO, *ENOUGH_POH_GGZ], [], id="textbook: nothing to add"),
    pytest.param(
        [
            *spread("2025-01-06", 42, 3),
            *spread("2025-03-10", 42, 3, ERGO),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.POOLED_ONLY, C1)],
        id="met only by adding disciplines",
    ),
    pytest.param(
        [
            *spread("2025-01-06", 28, 3),
            *spread("2025-03-10", 28, 2, ERGO),
            *ENOUGH_POH_GGZ,
        ],
        [],
        id="adding disciplines is not enough either: no flag about how it was met",
    ),
    pytest.param(
        [
            *spread("2024-07-01", 98, 7),
            *spread("2026-04-06", 14, 3),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.INTERRUPTED, C1, weeks=78)],
        id="7 October 2024 to 6 April 2026: 546 days, 78 weeks",
    ),
    pytest.param(
        [*ENOUGH_PHYSIO, *spread("2025-09-03", 35, 6, POH_GGZ)],
        [Flag(FlagId.ONE_ARM, C2, arm="sessions")],
        id="six in five weeks: met by number",
    ),
    pytest.param(
        [*ENOUGH_PHYSIO, *spread("2025-03-03", 84, 3, PSYCHOLOGIST)],
        [Flag(FlagId.ONE_ARM, C2, arm="days")],
        id="three contacts over 84 days: met by duration",
    ),
    pytest.param(
        [
            session("2025-01-06").but(kind=ContactKind.INTAKE),
            *spread("2025-01-27", 84, 5),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.INTAKE_DECISIVE, C1)],
        id="the intake is the sixth",
    ),
    pytest.param(
        [
            *ENOUGH_PHYSIO,
            *changed(spread("2025-03-03", 84, 7, PSYCHOLOGIST), setting=CareSetting.HOSPITAL),
        ],
        [Flag(FlagId.SECONDARY_CARE_COUNTED, C2, sessions=7)],
        id="a psychologist in a hospital counts, and decides",
    ),
    pytest.param(
        [
            *changed(spread("2025-01-06", 42, 4), setting=CareSetting.HOSPITAL),
            *ENOUGH_PHYSIO,
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.NOT_COUNTED_HOSPITAL, C1, sessions=4)],
        id="hospital physiotherapy that is not counted",
    ),
    pytest.param(
        [*spread("2025-02-03", 84, 7, PSYCHOSOMATIC), *ENOUGH_POH_GGZ],
        [Flag(FlagId.PSYCHOSOMATIC_AS_PHYSIO, C1)],
        id="psychosomatic therapy makes option 1 (1)",
    ),
    pytest.param(
        [*ENOUGH_PHYSIO, *spread("2025-06-02", 14, 2, POH_GGZ)],
        [Flag(FlagId.MAYBE_PSYCHOSOMATIC, O2, sessions=7)],
        id="option 2 if these were psychosomatic therapists",
    ),
    pytest.param(
        [*changed(spread("2025-02-03", 84, 7), setting=CareSetting.UNKNOWN), *ENOUGH_POH_GGZ],
        [Flag(FlagId.SETTING_UNKNOWN, C1, sessions=7)],
        id="nobody knows where, and it decides",
    ),
    pytest.param(
        [*spread("2025-01-06", 80, 5), *ENOUGH_POH_GGZ],
        [Flag(FlagId.NEAR_MISS, C1, days=80, required=84)],
        id="five sessions in 80 days: the days are near, the number is not",
    ),
    pytest.param(
        [*spread("2026-04-06", 70, 11), *ENOUGH_POH_GGZ],
        [Flag(FlagId.ONGOING, C1, earliest=date(2026, 6, 29))],
        id="treatment runs up to the referral: 84 days on 29 June",
    ),
    pytest.param(
        [*spread("2026-05-04", 21, 4), *ENOUGH_POH_GGZ],
        [Flag(FlagId.ONGOING, C1, sessions=2)],
        id="two sessions are missing and none is planned: no day can be named",
    ),
    pytest.param(
        [
            *spread("2026-05-04", 28, 5),
            session("2026-08-10").but(status=ContactStatus.PLANNED),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.ONGOING, C1, sessions=1, earliest=date(2026, 8, 10))],
        id="the sixth is planned after the twelve weeks",
    ),
    pytest.param(
        [*changed(spread("2025-02-03", 84, 7), kind=ContactKind.REMOTE), *ENOUGH_POH_GGZ],
        [Flag(FlagId.REMOTE_DECISIVE, C1, sessions=7)],
        id="all of it was by telephone or video",
    ),
    pytest.param(
        [
            *changed(spread("2025-02-03", 84, 7), status=ContactStatus.UNKNOWN),
            *changed(ENOUGH_POH_GGZ, procedure=ProcedureMeaning.SESSION),
        ],
        [Flag(FlagId.STATUS_NOT_RECORDED, C1, sessions=7)],
        id="the source of the Encounters records no status",
    ),
    pytest.param(
        [
            *ENOUGH_PHYSIO,
            *ENOUGH_POH_GGZ,
            *changed(spread("2025-03-04", 28, 3), setting=CareSetting.REHABILITATION_CENTRE),
        ],
        [Flag(FlagId.EARLIER_IMSR, sessions=3, last=date(2025, 4, 1))],
        id="earlier iMSR",
    ),
]


@pytest.mark.parametrize(("contacts", "flags"), CASES)
def test_flags_of_a_record(contacts: list[Contact], flags: list[Flag]) -> None:
    """`maybe_psychosomatic` goes with any six sessions in twelve weeks: it has its own cases."""
    wanted = {flag.id for flag in flags}
    found = judge(contacts).flags
    asked = FlagId.MAYBE_PSYCHOSOMATIC
    assert [flag for flag in found if flag.id is not asked or asked in wanted] == flags


def test_whether_these_were_psychosomatic_therapists_is_asked_also_where_option_1_is_met() -> None:
    flags = judge([*ENOUGH_PHYSIO, *ENOUGH_POH_GGZ]).flags
    assert flags == (Flag(FlagId.MAYBE_PSYCHOSOMATIC, O2, sessions=7),)


def test_it_is_not_asked_where_option_2_would_fall_short_all_the_same() -> None:
    assert judge([*spread("2025-02-03", 56, 5), *ENOUGH_POH_GGZ]).flags == ()


def test_stated_care_is_named_with_its_number() -> None:
    flags = judge([stated("2025-01-06", "2025-05-12", 9), *ENOUGH_POH_GGZ]).flags
    assert flags == (Flag(FlagId.ATTESTED, C1, sessions=9),)


def test_care_before_the_18th_birthday_is_named_where_it_decides() -> None:
    person = Person(DayRange.on(date(2007, 5, 1)))
    flags = judge([*ENOUGH_PHYSIO, *ENOUGH_POH_GGZ], person=person).flags
    assert Flag(FlagId.MINOR_PART, C1, sessions=7) in flags
    assert [flag.criterion for flag in flags if flag.id is FlagId.MINOR_PART] == [C1]


def test_the_18th_birthday_itself_is_not_before_it() -> None:
    """Six sessions: three before 3 March 2025, one on it, two after it."""
    person = Person(DayRange.on(date(2007, 3, 3)))
    contacts = [*spread("2025-01-06", 28, 3), *spread("2025-03-03", 56, 3)]
    assert flags_of(contacts, person=person) == [Flag(FlagId.MINOR_PART, C1, sessions=3)]


def test_care_during_an_admission_is_second_line_wherever_it_was_given() -> None:
    admitted = changed(
        spread("2025-03-03", 84, 7, PSYCHOLOGIST), setting=CareSetting.UNKNOWN, is_inpatient=True
    )
    assert flags_of(admitted, C2) == [Flag(FlagId.SECONDARY_CARE_COUNTED, C2, sessions=7)]


@pytest.mark.parametrize(("days", "is_near"), [(76, False), (77, True), (83, True), (84, False)])
def test_days_are_near_from_77_to_83(days: int, is_near: bool) -> None:  # noqa: FBT001
    """Five sessions, so the number falls short whatever the duration."""
    near = [Flag(FlagId.NEAR_MISS, C1, days=days, required=84)]
    assert flags_of(spread("2025-01-06", days, 5)) == (near if is_near else [])


@pytest.mark.parametrize(("days", "weeks"), [(83, None), (84, 12), (90, 12), (91, 13)], ids=str)
def test_an_interruption_lasts_84_days_or_more_and_is_told_in_whole_weeks(
    days: int, weeks: int | None
) -> None:
    last = date(2025, 3, 31)
    contacts = [*spread("2025-01-06", 84, 6), session((last + timedelta(days)).isoformat())]
    named = [Flag(FlagId.INTERRUPTED, C1, weeks=weeks)] if weeks else []
    assert flags_of(contacts) == named


def test_another_reason_is_named_where_a_site_counts_it_and_it_decides() -> None:
    contacts = [*changed(spread("2025-02-03", 84, 7), has_other_reason=True), *ENOUGH_POH_GGZ]
    criteria = CRITERIA.read_as(ReadingKey.OTHER_REASON, "counts")
    flags = judge(contacts, criteria=criteria).flags
    assert [flag for flag in flags if flag.id is FlagId.OTHER_REASON] == [
        Flag(FlagId.OTHER_REASON, C1, sessions=7)
    ]
    assert all(flag.id is not FlagId.OTHER_REASON for flag in judge(contacts).flags)
