"""The edges of the two years before the referral (policy B3 to B5, B9)."""

from datetime import date

import pytest

from cds_service.domain.lookback import DayRange, LookbackPeriod, birthday, years_earlier
from tests.domain.judged import C1, certain, session

JUNE_2026 = date(2026, 6, 15)
LEAP_2028 = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("day", "referral_date", "counts"),
    [
        pytest.param("2024-06-15", JUNE_2026, 1, id="the same day two years earlier"),
        pytest.param("2024-06-14", JUNE_2026, 0, id="the day before it"),
        pytest.param("2024-06-16", JUNE_2026, 1, id="the day after it"),
        pytest.param("2026-06-15", JUNE_2026, 1, id="the day of the referral"),
        pytest.param("2026-06-14", JUNE_2026, 1, id="the day before the referral"),
        pytest.param("2026-06-16", JUNE_2026, 0, id="the day after the referral"),
        pytest.param("2026-02-28", LEAP_2028, 1, id="29 February minus two years is 28 February"),
        pytest.param("2026-02-27", LEAP_2028, 0, id="the day before that"),
        pytest.param("2028-02-29", LEAP_2028, 1, id="a referral on 29 February itself"),
        pytest.param("2028-03-01", LEAP_2028, 0, id="the day after 29 February"),
        pytest.param("2026-02-28", date(2028, 2, 28), 1, id="28 February in a leap year"),
        pytest.param("2026-02-27", date(2028, 2, 28), 0, id="the day before that, in a leap year"),
        pytest.param("2026-02-28", date(2028, 3, 1), 0, id="1 March of a leap year"),
        pytest.param("2026-03-01", date(2028, 3, 1), 1, id="1 March, two years earlier"),
        pytest.param("2028-02-29", date(2030, 2, 28), 1, id="29 February lies inside"),
        pytest.param("2028-02-28", date(2030, 2, 28), 1, id="28 February, leap year at the start"),
        pytest.param("2028-02-29", date(2030, 3, 1), 0, id="29 February, the day before 1 March"),
    ],
)
def test_a_session_counts_from_the_first_day_to_the_day_of_the_referral(
    day: str, referral_date: date, counts: int
) -> None:
    assert certain([session(day)], C1, on=referral_date) == (counts, 0)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 6, 15), date(2024, 6, 15), id="an ordinary day"),
        pytest.param(date(2028, 2, 29), date(2026, 2, 28), id="29 February, to a common year"),
        pytest.param(date(2028, 3, 1), date(2026, 3, 1), id="1 March of a leap year"),
        pytest.param(date(2026, 2, 28), date(2024, 2, 28), id="28 February, to a leap year"),
        pytest.param(date(2026, 1, 1), date(2024, 1, 1), id="the first day of a year"),
    ],
)
def test_two_years_earlier_is_the_same_calendar_day(day: date, expected: date) -> None:
    assert years_earlier(day, 2) == expected


def test_the_lookback_includes_both_of_its_edges() -> None:
    lookback = LookbackPeriod.before(date(2026, 6, 15), years=2)
    assert (lookback.first, lookback.last) == (date(2024, 6, 15), date(2026, 6, 15))


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        pytest.param(date(2008, 6, 15), date(2026, 6, 15), id="an ordinary day"),
        pytest.param(date(2012, 2, 29), date(2030, 3, 1), id="29 February: 1 March"),
        pytest.param(date(2010, 2, 28), date(2028, 2, 28), id="28 February in a leap year"),
        pytest.param(date(2010, 3, 1), date(2028, 3, 1), id="1 March in a leap year"),
    ],
)
def test_the_eighteenth_birthday(born: date, expected: date) -> None:
    assert birthday(born, 18) == expected


def test_a_range_of_days_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends 2026-01-01 before it starts 2026-01-02"):
        DayRange(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param((1, 5), (5, 9), (5, 5), id="one day in common"),
        pytest.param((1, 4), (5, 9), None, id="side by side"),
        pytest.param((1, 9), (3, 5), (3, 5), id="one inside the other"),
        pytest.param((3, 5), (1, 9), (3, 5), id="the other way round"),
    ],
)
def test_the_days_that_two_ranges_share(
    one: tuple[int, int], other: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    first, second = (
        DayRange(date(2026, 1, start), date(2026, 1, end)) for start, end in (one, other)
    )
    shared = first.overlap(second)
    assert (shared and (shared.first.day, shared.last.day)) == expected
