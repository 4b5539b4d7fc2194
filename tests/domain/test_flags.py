"""The flags of policy 2.8: each given for its fact, starred ones only where they decide."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment, Completeness, Flag, FlagId
from cds_service.domain.contacts import CareSetting, Contact, ContactKind, ContactStatus, Profession
from cds_service.domain.counting import count
from cds_service.domain.criteria import CriterionId
from cds_service.domain.judging import assess
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind

REFERRAL_DAY = date(2026, 6, 15)
C1 = CriterionId.ALLIED_HEALTH_THERAPY
C2 = CriterionId.PSYCHOLOGICAL_CARE
O2 = CriterionId.PSYCHOSOMATIC_THERAPY
PHYSIO = Profession.PHYSIOTHERAPIST
ERGO = Profession.OCCUPATIONAL_THERAPIST
PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
POH_GGZ = Profession.PRACTICE_NURSE_GGZ
PSYCHOLOGIST = Profession.PSYCHOLOGIST


def care(
    profession: Profession, first: str, number: int, *, every: int = 14, **facts: Any
) -> list[Contact]:
    """So many contacts, the first on a day and each so many days after the one before."""
    start = date.fromisoformat(first)
    return [
        Contact(
            source=f"Encounter/{profession}-{first}-{at}",
            days=DayRange.on(start + timedelta(days=every * at)),
            professions=frozenset({profession}),
            setting=facts.get("setting", CareSetting.PRIMARY_CARE),
            **{name: value for name, value in facts.items() if name != "setting"},
        )
        for at in range(number)
    ]


ENOUGH_PHYSIO = care(PHYSIO, "2025-02-03", 7)  # 84 days
ENOUGH_POH_GGZ = care(POH_GGZ, "2025-06-02", 7)  # 84 days


def assessed(contacts: Sequence[Contact], born: date = date(1980, 5, 17)) -> Assessment:
    criteria = load_criteria().in_force(REFERRAL_DAY)
    ledger = count(contacts, criteria, LookbackPeriod.before(REFERRAL_DAY, years=2))
    return assess(
        ledger,
        referral=Referral("ServiceRequest/1", REFERRAL_DAY, ReferralKind.IMSR, Indication.PAIN),
        person=Person(DayRange.on(born)),
        completeness=Completeness(),
        criteria=criteria,
    )


CASES = [
    pytest.param([*ENOUGH_PHYSIO, *ENOUGH_POH_GGZ], [], id="textbook: nothing to add"),
    pytest.param(
        [
            *care(PHYSIO, "2025-01-06", 3, every=21),
            *care(ERGO, "2025-03-10", 3, every=21),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.POOLED_ONLY, C1)],
        id="met only by adding disciplines",
    ),
    pytest.param(
        [
            *care(PHYSIO, "2025-01-06", 3),
            *care(ERGO, "2025-03-10", 2, every=28),
            *ENOUGH_POH_GGZ,
        ],
        [],
        id="adding disciplines is not enough either: no flag about how it was met",
    ),
    pytest.param(
        [
            *care(PHYSIO, "2024-07-01", 3, every=7),
            *care(PHYSIO, "2026-04-06", 3, every=7),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.INTERRUPTED, C1, weeks=90)],
        id="15 July 2024 to 6 April 2026: 630 days, 90 weeks",
    ),
    pytest.param(
        [*ENOUGH_PHYSIO, *care(POH_GGZ, "2025-09-03", 6, every=7)],
        [Flag(FlagId.ONE_ARM, C2, arm="sessions")],
        id="six in five weeks: met by number",
    ),
    pytest.param(
        [*ENOUGH_PHYSIO, *care(PSYCHOLOGIST, "2025-03-03", 2, every=84)],
        [Flag(FlagId.ONE_ARM, C2, arm="days")],
        id="two contacts 84 days apart: met by duration",
    ),
    pytest.param(
        [
            *care(PHYSIO, "2025-01-06", 1, kind=ContactKind.INTAKE),
            *care(PHYSIO, "2025-01-27", 5, every=21),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.INTAKE_DECISIVE, C1)],
        id="the intake is the sixth",
    ),
    pytest.param(
        [*ENOUGH_PHYSIO, *care(PSYCHOLOGIST, "2025-03-03", 7, setting=CareSetting.HOSPITAL)],
        [Flag(FlagId.SECONDARY_CARE_COUNTED, C2, sessions=7)],
        id="a psychologist in a hospital counts, and decides",
    ),
    pytest.param(
        [
            *care(PHYSIO, "2025-01-06", 4, setting=CareSetting.HOSPITAL),
            *ENOUGH_PHYSIO,
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.NOT_COUNTED_HOSPITAL, C1, sessions=4)],
        id="hospital physiotherapy that is not counted",
    ),
    pytest.param(
        [*care(PSYCHOSOMATIC, "2025-02-03", 7), *ENOUGH_POH_GGZ],
        [Flag(FlagId.PSYCHOSOMATIC_AS_PHYSIO, C1)],
        id="psychosomatic therapy makes option 1 (1)",
    ),
    pytest.param(
        [*ENOUGH_PHYSIO, *care(POH_GGZ, "2025-06-02", 2)],
        [Flag(FlagId.MAYBE_PSYCHOSOMATIC, O2, sessions=7)],
        id="option 2 if these were psychosomatic therapists",
    ),
    pytest.param(
        [*care(PHYSIO, "2025-02-03", 7, setting=CareSetting.UNKNOWN), *ENOUGH_POH_GGZ],
        [Flag(FlagId.SETTING_UNKNOWN, C1, sessions=7)],
        id="nobody knows where, and it decides",
    ),
    pytest.param(
        [*care(PHYSIO, "2025-01-06", 5, every=20), *ENOUGH_POH_GGZ],
        [Flag(FlagId.NEAR_MISS, C1, days=80, required=84)],
        id="five sessions in 80 days: the days are near, the number is not",
    ),
    pytest.param(
        [*care(PHYSIO, "2026-04-06", 11, every=7), *ENOUGH_POH_GGZ],
        [Flag(FlagId.ONGOING, C1, earliest=date(2026, 6, 29))],
        id="treatment runs up to the referral: 84 days on 29 June",
    ),
    pytest.param(
        [*care(PHYSIO, "2026-05-04", 4, every=7), *ENOUGH_POH_GGZ],
        [Flag(FlagId.ONGOING, C1, sessions=2)],
        id="two sessions are missing and none is planned: no day can be named",
    ),
    pytest.param(
        [
            *care(PHYSIO, "2026-05-04", 5, every=7),
            *care(PHYSIO, "2026-08-10", 1, status=ContactStatus.PLANNED),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.ONGOING, C1, sessions=1, earliest=date(2026, 8, 10))],
        id="the sixth is planned after the twelve weeks",
    ),
    pytest.param(
        [
            *care(PHYSIO, "2025-02-03", 7, has_other_reason=True),
            *ENOUGH_POH_GGZ,
        ],
        [Flag(FlagId.OTHER_REASON, C1, sessions=7)],
        id="all of it was for something else than pain",
    ),
    pytest.param(
        [
            *ENOUGH_PHYSIO,
            *ENOUGH_POH_GGZ,
            *care(PHYSIO, "2025-03-04", 3, setting=CareSetting.REHABILITATION_CENTRE),
        ],
        [Flag(FlagId.EARLIER_IMSR, sessions=3, last=date(2025, 4, 1))],
        id="earlier iMSR",
    ),
]


@pytest.mark.parametrize(("contacts", "flags"), CASES)
def test_flags_of_a_record(contacts: list[Contact], flags: list[Flag]) -> None:
    """`maybe_psychosomatic` goes with any six sessions in twelve weeks: it has its own cases."""
    wanted = {flag.id for flag in flags}
    found = assessed(contacts).flags
    asked = FlagId.MAYBE_PSYCHOSOMATIC
    assert [flag for flag in found if flag.id is not asked or asked in wanted] == flags


def test_whether_these_were_psychosomatic_therapists_is_asked_also_where_option_1_is_met() -> None:
    flags = assessed([*ENOUGH_PHYSIO, *ENOUGH_POH_GGZ]).flags
    assert flags == (Flag(FlagId.MAYBE_PSYCHOSOMATIC, O2, sessions=7),)


def test_it_is_not_asked_where_option_2_would_fall_short_all_the_same() -> None:
    assert assessed([*care(PHYSIO, "2025-02-03", 5), *ENOUGH_POH_GGZ]).flags == ()


def test_stated_care_is_named_with_its_number() -> None:
    (course,) = care(PHYSIO, "2025-01-06", 1)
    stated = replace(
        course,
        days=DayRange(date(2025, 1, 6), date(2025, 5, 12)),
        is_course=True,
        is_stated=True,
        sessions=9,
    )
    flags = assessed([stated, *ENOUGH_POH_GGZ]).flags
    assert flags == (Flag(FlagId.ATTESTED, C1, sessions=9),)


def test_care_before_the_18th_birthday_is_named_where_it_decides() -> None:
    flags = assessed([*ENOUGH_PHYSIO, *ENOUGH_POH_GGZ], born=date(2007, 5, 1)).flags
    assert Flag(FlagId.MINOR_PART, C1, sessions=7) in flags
    assert [flag.criterion for flag in flags if flag.id is FlagId.MINOR_PART] == [C1]
