"""Single days and ranges, counted inside a period."""

from datetime import date

from cds_service.domain.days_inside import DaysInside
from cds_service.domain.lookback import DayRange

MARCH = DayRange(date(2026, 3, 1), date(2026, 3, 31))


def march(day: int) -> date:
    return date(2026, 3, day)


def found() -> DaysInside:
    """The third (twice), the tenth, and two contacts somewhere in March."""
    return DaysInside([*map(DayRange.on, (march(3), march(10), march(3))), MARCH, MARCH])


def test_a_range_is_inside_only_with_all_its_days() -> None:
    assert found().number(march(1), march(31)) == 5
    assert found().number(march(1), march(30)) == 3
    assert found().number(march(3), march(9)) == 2
    assert found().number(march(4), march(9)) == 0


def test_nothing_is_inside_a_period_that_ends_before_it_begins() -> None:
    assert found().number(march(10), march(3)) == 0
    assert found().take(march(10), march(3), 9) == 0
    assert found().take_out(march(10), march(3)) == set()


def test_what_is_taken_out_is_counted_no_more() -> None:
    days = found()
    assert days.take_out(march(1), march(9)) == {DayRange.on(march(3))}
    assert days.number(march(1), march(31)) == 3
    assert days.take_out(march(1), march(31)) == {DayRange.on(march(10)), MARCH}
    assert days.number(march(1), march(31)) == 0


def test_no_more_is_taken_than_is_asked_for() -> None:
    days = found()
    assert days.take(march(1), march(31), 2) == 2
    assert days.number(march(1), march(31)) == 3
    assert days.take(march(1), march(31), 9) == 3
    assert days.number(march(1), march(31)) == 0
