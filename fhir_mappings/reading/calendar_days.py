"""Dates and instants as FHIR writes them, read as calendar days in Europe/Amsterdam.

Policy B6: an instant is converted to Amsterdam time and then loses its time, so late evening in
UTC is the next Dutch day. Policy B7: a partial date is a range of days; a day before 1900 or
after 2200, and an instant with an impossible part (an hour 25), is no date at all.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cds_service.domain.causes import Cause
from cds_service.domain.lookback import DayRange

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EARLIEST_DAY = date(1900, 1, 1)
LATEST_DAY = date(2200, 12, 31)

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
_INSTANT = re.compile(
    r"([0-9]{4})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::([0-9]{2})(?:\.[0-9]+)?)?"
    r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
)
_BY_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:0[2-9]|1[0-9]|2[01]):[0-5][0-9]:[0-5][0-9](?:Z|\+0[012]:00)"
)
"""An instant as most records have it, by day and in a zone of ours or universal time: Amsterdam is
at most two hours from there, so its calendar day is the one that is written."""
_DATE_LENGTH = len("2025-03-24")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ContactDays:
    """When a contact or a course was, as far as the record tells (policy B7, B11, B12).

    `days` are the days on one of which a contact was, or the first and last day of a course.
    A course with vague ends has DATE_IMPRECISE among its `doubts`; a contact with a vague day has
    it there only where its range of days does not already show it.
    """

    days: DayRange | None = None
    is_course: bool = False
    has_open_end: bool = False
    doubts: frozenset[Cause] = frozenset()

    @property
    def is_told(self) -> bool:
        """Whether the record says anything of when, be it no date."""
        return self.days is not None or self != _UNTOLD


_UNTOLD = ContactDays()


def dutch_day(text: str) -> date | None:
    """The Amsterdam day of a full date or an instant; None for everything else.

    An instant without a zone, which some servers accept, is Dutch local time.
    """
    day = _known_day(text)
    return None if day is None else day.first


def day_range(text: str) -> DayRange | None:
    """The days that a date can mean: one day, a month, a year; None where it means none."""
    partial = _PARTIAL.fullmatch(text) if len(text) < _DATE_LENGTH else None
    if partial is None:
        return _known_day(text)
    year, month = int(partial[1]), partial[2]
    if month is None:
        first, last = _day(year, 1, 1), _day(year, 12, 31)
    else:
        first = _day(year, int(month), 1)
        last = first and first.replace(day=monthrange(first.year, first.month)[1])
    return DayRange(first, last) if first and last else None


def contact_days(start: str, end: str) -> ContactDays:
    """Reads a period; an end that is absent is an empty string, and so is a start.

    Start only: one contact on the start day. End only, or a start that is no date: one contact on
    some day up to the end. An end that is no date leaves the start, with a doubt.
    """
    began, ended = _BY_DAY.fullmatch(start), _BY_DAY.fullmatch(end)
    if began is not None and ended is not None and began[1] == ended[1]:
        return _on_written_day(began[1])  # as most contacts have it
    first, last = day_range(start), day_range(end)
    if not end:
        return ContactDays(first, has_open_end=bool(start))
    if first is None:
        return ContactDays(last and DayRange(EARLIEST_DAY, last.last))
    if last is None:
        vague = frozenset({Cause.DATE_IMPRECISE})
        return ContactDays(first, has_open_end=True, doubts=vague)
    if first.is_exact and last.is_exact:
        is_course = first.first < last.first and _lasts_over_a_day(start, end)
        return _exact_period(first, last, is_course=is_course)
    return _vague_period(first, last)


def single_day(text: str) -> ContactDays:
    """Reads a date or an instant of one contact."""
    if len(text) == _DATE_LENGTH:
        return _on_written_day(text) if _DAY.fullmatch(text) else ContactDays()
    return ContactDays(day_range(text))


@lru_cache(maxsize=2048)
def _on_written_day(text: str) -> ContactDays:
    """A contact on one day; none where there is no such day."""
    return ContactDays(_written_day(text))


def _known_day(text: str) -> DayRange | None:
    """The Amsterdam day of a full date or an instant, as a range of one day."""
    if len(text) == _DATE_LENGTH:
        return _written_day(text) if _DAY.fullmatch(text) else None
    by_day = _BY_DAY.fullmatch(text)
    if by_day is not None:
        return _written_day(by_day[1])
    moment = _moment(text)
    day = None if moment is None else _within_reach(moment.astimezone(AMSTERDAM).date())
    return None if day is None else DayRange.on(day)


@lru_cache(maxsize=2048)
def _written_day(text: str) -> DayRange | None:
    """The range of one day; remembered, because two years of contacts have few days."""
    try:
        day = _within_reach(date.fromisoformat(text))
    except ValueError:
        return None
    return None if day is None else DayRange.on(day)


def _exact_period(first: DayRange, last: DayRange, *, is_course: bool) -> ContactDays:
    """A period of two known days.

    A contact across midnight is one contact on its start day (policy B12). An end on an earlier
    day than the start is a slip of which nobody knows which end it concerns.
    """
    if last.first < first.first:
        return ContactDays(DayRange(last.first, first.first))
    if is_course:
        return ContactDays(DayRange(first.first, last.first), is_course=True)
    return ContactDays(first)


def _vague_period(first: DayRange, last: DayRange) -> ContactDays:
    """An end is partial: a course only if the ends cannot be on one day (policy B7, B12)."""
    whole = DayRange(min(first.first, last.first), max(first.last, last.last))
    if first.last < last.first:
        return ContactDays(whole, is_course=True, doubts=frozenset({Cause.DATE_IMPRECISE}))
    return ContactDays(whole)


def _lasts_over_a_day(start: str, end: str) -> bool:
    """Whether a period of two full dates or instants lasts over 24 hours.

    A date without a time is the whole day (policy B12). Hours are real ones, also across the
    changes of daylight saving time.
    """
    began, ended = _moment(start), _moment(end)
    if began is None:
        began = _midnight(date.fromisoformat(start))
    if ended is None:
        ended = _midnight(date.fromisoformat(end) + _ONE_DAY)
    return ended.astimezone(UTC) - began.astimezone(UTC) > _ONE_DAY


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM)


def _moment(text: str) -> datetime | None:
    """An instant, or None where the text is none or has an impossible part."""
    parts = _INSTANT.fullmatch(text)
    # the years also keep conversions clear of the first and last year that Python knows
    if parts is None or not EARLIEST_DAY.year - 1 <= int(parts[1]) <= LATEST_DAY.year:
        return None
    if parts[2] == "60":  # FHIR allows a leap second; it is on the day of the second before it
        text = text[: parts.start(2)] + "59" + text[parts.end(2) :]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return _within_reach(date(year, month, day))
    except ValueError:
        return None


def _within_reach(day: date) -> date | None:
    return day if EARLIEST_DAY <= day <= LATEST_DAY else None
