"""What is still to come of treatment that goes on (policy B10)."""

from datetime import date

import pytest

from cds_service.domain.contacts import Contact, ContactStatus, Profession
from cds_service.domain.forecast import Forecast, forecasts
from tests.domain.judged import C1, C2, O2, judge, session, spread

PSYCHOLOGIST = Profession.PSYCHOLOGIST
PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST


def planned(day: str, *professions: Profession) -> Contact:
    return session(day, *professions).but(status=ContactStatus.PLANNED)


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        pytest.param(
            spread("2026-04-13", 56, 6),
            Forecast(C1, missing=0, earliest=date(2026, 7, 6)),
            id="only the duration is short",
        ),
        pytest.param(
            spread("2026-05-04", 28, 4),
            Forecast(C1, missing=2),
            id="two are missing and none is planned: no day is known",
        ),
        pytest.param(
            (*spread("2026-05-04", 28, 4), planned("2026-08-03")),
            Forecast(C1, missing=2, planned=1),
            id="two are missing and one is planned",
        ),
        pytest.param(
            (*spread("2026-05-04", 28, 4), planned("2026-08-03"), planned("2026-08-17")),
            Forecast(C1, missing=2, planned=2, earliest=date(2026, 8, 17)),
            id="the day of the last missing one is later than the 84 days",
        ),
        pytest.param(
            (*spread("2026-05-04", 28, 4), planned("2026-06-22"), planned("2026-06-29")),
            Forecast(C1, missing=2, planned=2, earliest=date(2026, 7, 27)),
            id="the 84 days are later than the last missing one",
        ),
        pytest.param(
            (session("2026-06-01").but(status=ContactStatus.OPEN),),
            Forecast(C1, missing=6),
            id="nothing certain has begun",
        ),
    ],
)
def test_when_a_criterion_of_number_and_duration_can_be_met(
    contacts: tuple[Contact, ...], expected: Forecast
) -> None:
    assert [each for each in forecasts(judge(contacts)) if each.criterion is C1] == [expected]


def test_how_many_more_there_must_be_than_are_planned() -> None:
    assert Forecast(C1, missing=4, planned=1).more == 3
    assert Forecast(C1, missing=1, planned=3).more == 0


def test_of_two_arms_the_earlier_day_is_named() -> None:
    """Six sessions or 84 days: three are missing and three are planned before the 84 days."""
    begun = spread("2026-05-04", 28, 3, PSYCHOLOGIST)
    later = [planned(day, PSYCHOLOGIST) for day in ("2026-06-22", "2026-06-29", "2026-07-06")]
    assert forecasts(judge([*begun, *later])) == (
        Forecast(C2, missing=3, planned=3, earliest=date(2026, 7, 6)),
    )
    assert forecasts(judge(begun)) == (Forecast(C2, missing=3, earliest=date(2026, 7, 27)),)


def test_after_a_long_pause_the_forecast_begins_with_the_run_that_goes_on() -> None:
    """Policy A4: number and duration are reached within one run."""
    old = spread("2025-01-06", 42, 4)
    new = spread("2026-05-04", 28, 3)
    assert forecasts(judge([*old, *new])) == (Forecast(C1, missing=3),)
    later = [planned(day) for day in ("2026-06-22", "2026-06-29", "2026-07-06")]
    assert forecasts(judge([*old, *new, *later])) == (
        Forecast(C1, missing=3, planned=3, earliest=date(2026, 7, 27)),
    )


def test_a_run_that_no_later_session_can_join_is_over() -> None:
    """The last certain session was 84 days ago; what goes on is an open contact alone."""
    old = spread("2026-01-26", 56, 6)  # to 23 March
    open_one = session("2026-06-08").but(status=ContactStatus.OPEN)
    assert forecasts(judge([*old, open_one])) == (Forecast(C1, missing=6),)


def test_treatment_that_does_not_go_on_has_no_forecast() -> None:
    assert forecasts(judge(spread("2026-03-02", 60, 4))) == ()  # the last on 1 May


def test_a_criterion_that_is_met_has_no_forecast() -> None:
    assert forecasts(judge(spread("2026-03-16", 84, 6))) == ()


def test_psychosomatic_therapy_goes_on_for_both_options() -> None:
    assert forecasts(judge(spread("2026-04-13", 56, 6, PSYCHOSOMATIC))) == (
        Forecast(C1, missing=0, earliest=date(2026, 7, 6)),
        Forecast(O2, missing=0, earliest=date(2026, 7, 6)),
    )
