"""Stretches of time in which nobody's role begins or ends.

Who gave care hangs on the day only through the periods of roles (policy 2.4), so it has to be
found out but once for all contacts of one era.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cds_service.domain.lookback import DayRange

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Eras:
    """The eras of one record, numbered from the first one on."""

    periods: frozenset[DayRange]
    turns: tuple[date, ...]  # the first day of each era but the first

    @classmethod
    def of(cls, periods: Iterable[DayRange]) -> "Eras":
        """The eras that these periods part; none begins or ends within one."""
        found = frozenset(periods)
        turns = {day for each in found for day in (each.first, each.last + _ONE_DAY)}
        return cls(found, tuple(sorted(turns)))

    def number(self, days: DayRange) -> int | None:
        """The era in which all of these days lie; None where they lie in several."""
        if not self.turns:
            return 0
        era = bisect_right(self.turns, days.first)
        return era if era == bisect_right(self.turns, days.last) else None
