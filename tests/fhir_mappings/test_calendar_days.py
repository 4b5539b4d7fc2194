from datetime import date

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.lookback import DayRange
from fhir_mappings.reading.calendar_days import (
    ContactDays,
    contact_days,
    day_range,
    dutch_day,
    single_day,
)

VAGUE = frozenset({Cause.DATE_IMPRECISE})


def days(first: str, last: str | None = None) -> DayRange:
    return DayRange(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("2025-01-06", date(2025, 1, 6), id="a full date"),
        pytest.param("2024-02-29", date(2024, 2, 29), id="a leap day"),
        pytest.param("2025-01-06T10:30:00+01:00", date(2025, 1, 6), id="a Dutch instant"),
        pytest.param("2025-01-06T22:59:59Z", date(2025, 1, 6), id="winter: just before midnight"),
        pytest.param("2025-01-06T23:00:00Z", date(2025, 1, 7), id="winter: midnight"),
        pytest.param("2025-07-04T21:59:59Z", date(2025, 7, 4), id="summer: just before midnight"),
        pytest.param(
            "2024-07-04T22:00:00+00:00",
            date(2024, 7, 5),
            id="local midnight written in UTC, as a GP system does",
        ),
        pytest.param("2025-06-15T22:30:00-05:00", date(2025, 6, 16), id="west of us"),
        pytest.param("2025-06-15T04:00:00+09:00", date(2025, 6, 14), id="east of us"),
        pytest.param("2025-06-15T10:00:00.123456789Z", date(2025, 6, 15), id="fractions"),
        pytest.param("2025-06-15T10:00Z", date(2025, 6, 15), id="no seconds"),
        pytest.param("2025-06-15T23:59:60+02:00", date(2025, 6, 15), id="a leap second"),
        pytest.param("2025-06-15T23:30:00", date(2025, 6, 15), id="no zone: Dutch time"),
        pytest.param("1900-01-01", date(1900, 1, 1), id="first day"),
        pytest.param("2200-12-31", date(2200, 12, 31), id="last day"),
        pytest.param("1899-12-31T23:45:00Z", date(1900, 1, 1), id="first day by conversion"),
    ],
)
def test_a_day_is_the_day_in_amsterdam(text: str, day: date) -> None:
    assert dutch_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025",
        "2025-01",
        "2025-13-01",
        "2025-02-29",
        "2025-1-6",
        "20250106",
        "2025-W01-1",
        "\u0662\u0660\u0662\u0665-01-06",
        "2025-01-06\n",
        "spring",
        "2025-01-06T25:00:00+01:00",
        "2025-01-06T24:00:00Z",
        "2025-01-06T10:60:00Z",
        "2025-01-06T10:00:61Z",
        "2025-02-30T10:00:00Z",
        "2025-01-06T10:00:00+15:00",
        "2025-01-06T10:00:00+01:75",
        "2025-01-06T10:00:00+0100",
        "2025-01-06T",
        "1899-12-31",
        "2201-01-01",
        "2200-12-31T23:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_no_day_is_made_of_what_is_none(text: str) -> None:
    assert dutch_day(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2025", days("2025-01-01", "2025-12-31"), id="a year"),
        pytest.param("2024-02", days("2024-02-01", "2024-02-29"), id="a month in a leap year"),
        pytest.param("2025-10", days("2025-10-01", "2025-10-31"), id="a month"),
        pytest.param("2025-10-05", days("2025-10-05"), id="a day"),
        pytest.param("2025-10-05T23:00:00Z", days("2025-10-06"), id="an instant"),
        pytest.param("2025-13", None, id="no month"),
        pytest.param("2025-00", None, id="month zero"),
        pytest.param("1899", None, id="before 1900"),
        pytest.param("2201-01", None, id="after 2200"),
        pytest.param("", None, id="nothing"),
        pytest.param("2025-10-05T25:00:00Z", None, id="hour 25: not even that day"),
    ],
)
def test_a_partial_date_is_a_range_of_days(text: str, expected: DayRange | None) -> None:
    assert day_range(text) == expected
    assert single_day(text) == ContactDays(expected)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("", "", ContactDays(), id="nothing"),
        pytest.param(
            "2025-03-24",
            "",
            ContactDays(days("2025-03-24"), has_open_end=True),
            id="start only: on the start day",
        ),
        pytest.param(
            "2025-03",
            "",
            ContactDays(days("2025-03-01", "2025-03-31"), has_open_end=True),
            id="a partial start only",
        ),
        pytest.param(
            "2025-03-24T25:00:00Z",
            "",
            ContactDays(None, has_open_end=True),
            id="an impossible start only",
        ),
        pytest.param(
            "2025-03-24", "2025-03-24", ContactDays(days("2025-03-24")), id="one day as dates"
        ),
        pytest.param(
            "2025-02-24T09:00:00+01:00",
            "2025-02-24T09:30:00+01:00",
            ContactDays(days("2025-02-24")),
            id="half an hour",
        ),
        pytest.param(
            "2025-02-24T10:00:00+01:00",
            "2025-02-24T09:30:00+01:00",
            ContactDays(days("2025-02-24")),
            id="an end before the start on one day: the day is known",
        ),
        pytest.param(
            "2025-02-24T23:30:00+01:00",
            "2025-02-25T00:20:00+01:00",
            ContactDays(days("2025-02-24")),
            id="across midnight: its start day",
        ),
        pytest.param(
            "2025-02-24T09:00:00+01:00",
            "2025-02-25T09:00:00+01:00",
            ContactDays(days("2025-02-24")),
            id="24 hours: no course",
        ),
        pytest.param(
            "2025-02-24T09:00:00+01:00",
            "2025-02-25T09:00:01+01:00",
            ContactDays(days("2025-02-24", "2025-02-25"), is_course=True),
            id="over 24 hours: a course",
        ),
        pytest.param(
            "2025-03-29T09:00:00+01:00",
            "2025-03-30T10:00:00+02:00",
            ContactDays(days("2025-03-29")),
            id="24 real hours across the change to summer time",
        ),
        pytest.param(
            "2025-10-25T09:00:00+02:00",
            "2025-10-26T08:30:00+01:00",
            ContactDays(days("2025-10-25", "2025-10-26"), is_course=True),
            id="24 and a half real hours across the change to winter time",
        ),
        pytest.param(
            "2025-02-24",
            "2025-02-25",
            ContactDays(days("2025-02-24", "2025-02-25"), is_course=True),
            id="two dates: two whole days",
        ),
        pytest.param(
            "2025-02-24T23:30:00+01:00",
            "2025-02-25",
            ContactDays(days("2025-02-24", "2025-02-25"), is_course=True),
            id="an end without a time is the whole day",
        ),
        pytest.param(
            "2025-01-06T23:30:00Z",
            "2025-01-07T10:00:00+01:00",
            ContactDays(days("2025-01-07")),
            id="two days in UTC, one in Amsterdam",
        ),
        pytest.param(
            "2025-01-06",
            "2025-05-20",
            ContactDays(days("2025-01-06", "2025-05-20"), is_course=True),
            id="a course",
        ),
        pytest.param(
            "2025-05-20",
            "2025-01-06",
            ContactDays(days("2025-01-06", "2025-05-20")),
            id="an end before the start: some day between",
        ),
        pytest.param(
            "2025-01-06",
            "2025-03",
            ContactDays(days("2025-01-06", "2025-03-31"), is_course=True, doubts=VAGUE),
            id="a course with a partial end",
        ),
        pytest.param(
            "2024",
            "2025-03-03",
            ContactDays(days("2024-01-01", "2025-03-03"), is_course=True, doubts=VAGUE),
            id="a course with a partial start",
        ),
        pytest.param(
            "2025-10",
            "2025-10",
            ContactDays(days("2025-10-01", "2025-10-31")),
            id="one month twice: one contact in it",
        ),
        pytest.param(
            "2025-01-06",
            "2025-01",
            ContactDays(days("2025-01-01", "2025-01-31")),
            id="a day and its month",
        ),
        pytest.param(
            "2025-01-06",
            "2025-01-06T25:00:00+01:00",
            ContactDays(days("2025-01-06"), has_open_end=True, doubts=VAGUE),
            id="an impossible end",
        ),
        pytest.param(
            "",
            "2025-01-06",
            ContactDays(days("1900-01-01", "2025-01-06")),
            id="an end only",
        ),
        pytest.param(
            "2025-02-30",
            "2025-03-06",
            ContactDays(days("1900-01-01", "2025-03-06")),
            id="an impossible start",
        ),
        pytest.param("x", "y", ContactDays(), id="no dates at all"),
    ],
)
def test_a_period_is_a_contact_or_a_course(start: str, end: str, expected: ContactDays) -> None:
    assert contact_days(start, end) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("2025-01", "2025-01-31", days("2025-01-01", "2025-01-31"), id="at its end"),
        pytest.param("2025-02-01", "2025-02", days("2025-02-01", "2025-02-28"), id="at its start"),
    ],
)
def test_a_month_and_a_day_of_it_may_be_one_contact(
    start: str, end: str, expected: DayRange
) -> None:
    assert contact_days(start, end) == ContactDays(expected, is_course=False)
