"""For whom and when the criteria apply, and what an unknown does to the outcome (policy 2.5)."""

from dataclasses import replace
from datetime import date

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, ReferralKind
from tests.domain.judged import C1, REFERRAL, judge, spread

SHORT = spread("2025-01-06", 100, 4)
MINOR_OR_NOT = (Cause.AGE_UNKNOWN,)


def born(first: str, last: str = "") -> DayRange:
    return DayRange(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("days", "on", "label", "causes"),
    [
        pytest.param(born("2008-06-15"), "2026-06-15", "not_met", (), id="18 on that day"),
        pytest.param(
            born("2008-06-16"), "2026-06-15", "not_applicable", (Cause.MINOR,), id="a day too young"
        ),
        pytest.param(born("2012-02-29"), "2030-03-01", "not_met", (), id="born 29 February"),
        pytest.param(
            born("2012-02-29"),
            "2030-02-28",
            "not_applicable",
            (Cause.MINOR,),
            id="born 29 February, not yet 18 on 28 February",
        ),
        pytest.param(
            born("2007-01-01", "2007-12-31"), "2026-06-15", "not_met", (), id="any day of 2007"
        ),
        pytest.param(
            born("2008-01-01", "2008-12-31"),
            "2026-06-15",
            "indeterminate",
            MINOR_OR_NOT,
            id="some day of 2008",
        ),
        pytest.param(
            born("2008-01-01", "2008-12-31"),
            "2026-12-31",
            "not_met",
            (),
            id="2008, on its last day",
        ),
        pytest.param(
            born("2008-06-01", "2008-06-30"),
            "2026-06-29",
            "indeterminate",
            MINOR_OR_NOT,
            id="June 2008, on the last day but one",
        ),
        pytest.param(
            born("2009-01-01", "2009-12-31"),
            "2026-06-15",
            "not_applicable",
            (Cause.MINOR,),
            id="any day of 2009",
        ),
        pytest.param(None, "2026-06-15", "indeterminate", MINOR_OR_NOT, id="not known"),
    ],
)
def test_the_age_is_judged_on_the_day_of_the_referral(
    days: DayRange | None, on: str, label: str, causes: tuple[Cause, ...]
) -> None:
    day = date.fromisoformat(on)
    contacts = spread(day.replace(year=day.year - 1, day=1).isoformat(), 100, 4)
    referral = replace(REFERRAL, date=day)
    assessment = judge(contacts, referral=referral, person=Person(born=days))
    assert (assessment.label, assessment.causes) == (label, causes)


def test_everything_that_is_true_is_said_and_the_options_are_left_out() -> None:
    referral = replace(
        REFERRAL,
        date=date(2026, 4, 19),
        kind=ReferralKind.ONE_TIME_CONSULT,
        indication=Indication.OTHER,
    )
    person = Person(born=born("2010-01-01"), is_deceased=True)
    assessment = judge(SHORT, referral=referral, person=person)
    assert assessment.label == "not_applicable"
    assert assessment.options == ()
    assert assessment.causes == (
        Cause.BEFORE_EFFECTIVE_DATE,
        Cause.DECEASED,
        Cause.MINOR,
        Cause.ONE_TIME_CONSULT,
        Cause.OTHER_INDICATION,
    )


@pytest.mark.parametrize(
    ("on", "label"),
    [
        pytest.param("2026-04-19", "not_applicable", id="the day before the criteria"),
        pytest.param("2026-04-20", "not_met", id="their first day"),
    ],
)
def test_the_criteria_apply_from_20_april_2026(on: str, label: str) -> None:
    referral = replace(REFERRAL, date=date.fromisoformat(on))
    assert judge(SHORT, referral=referral).label == label


def test_an_unclear_kind_of_rehabilitation_is_judged_as_imsr() -> None:
    assessment = judge(SHORT, referral=replace(REFERRAL, kind=ReferralKind.UNCLEAR))
    assert assessment.label == "not_met"


def test_an_unknown_indication_weakens_the_top_outcome_only() -> None:
    assessment = judge(SHORT, referral=replace(REFERRAL, indication=Indication.UNKNOWN))
    assert (assessment.label, assessment.causes) == ("indeterminate", (Cause.INDICATION_UNKNOWN,))
    assert assessment.finding(C1).outcome.label == "not_met"


def test_what_is_unknown_stands_beside_each_other() -> None:
    referral = replace(REFERRAL, indication=Indication.UNKNOWN)
    assessment = judge(SHORT, referral=referral, person=Person())
    assert assessment.causes == (Cause.AGE_UNKNOWN, Cause.INDICATION_UNKNOWN)
    assert assessment.unknown == {Cause.AGE_UNKNOWN, Cause.INDICATION_UNKNOWN}
