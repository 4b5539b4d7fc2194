"""Counting what lies inside a period, for many periods: without looking at all of it each time."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import date

from cds_service.domain.lookback import DayRange


class DaysInside:
    """Single days, and ranges of days on one of which something was.

    A record has few different ranges of several days (a month, a year), so those are counted; the
    single days are sorted.
    """

    __slots__ = ("_days", "_ranges")

    def __init__(self, ranges: Iterable[DayRange]) -> None:
        days: list[date] = []
        self._ranges: Counter[DayRange] = Counter()
        for each in ranges:
            if each.is_exact:
                days.append(each.first)
            else:
                self._ranges[each] += 1
        self._days = sorted(days)

    def number(self, first: date, last: date) -> int:
        """How many of them certainly lie inside; none where the period ends before it begins."""
        single = bisect_right(self._days, last) - bisect_left(self._days, first)
        return max(0, single) + sum(
            number
            for when, number in self._ranges.items()
            if first <= when.first and when.last <= last
        )

    def take_out(self, first: date, last: date) -> set[DayRange]:
        """Those that `number` counts for this period, each once; they are counted no more."""
        taken = {when for when in self._ranges if first <= when.first and when.last <= last}
        for when in taken:
            del self._ranges[when]
        if first <= last:
            inside = slice(bisect_left(self._days, first), bisect_right(self._days, last))
            taken.update(map(DayRange.on, self._days[inside]))
            del self._days[inside]
        return taken

    def take(self, first: date, last: date, most: int) -> int:
        """Take so many of those inside, or all; how many these were."""
        taken = 0
        if first <= last:
            start = bisect_left(self._days, first)
            end = min(bisect_right(self._days, last), start + most)
            del self._days[start:end]
            taken = end - start
        for when, number in list(self._ranges.items()):
            if first <= when.first and when.last <= last:
                vague = min(number, most - taken)
                self._ranges[when] -= vague
                taken += vague
        return taken
