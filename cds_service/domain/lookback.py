"""The two years before the referral, and ranges of days.

Policy B3 to B5: the lookback runs from the same calendar day two years earlier up to and
including the day of the referral; all days are calendar days in Europe/Amsterdam.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DayRange:
    """The days, first and last included, on one of which something happened.

    A day that is known exactly is a range of one day.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a range of days ends {self.last} before it starts {self.first}")

    @classmethod
    def on(cls, day: date) -> "DayRange":
        """The range that holds only this day."""
        return cls(day, day)

    @property
    def is_exact(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last

    @property
    def days(self) -> int:
        """Days from the first to the last day: date minus date, so 0 for one day."""
        return (self.last - self.first).days

    def contains(self, other: "DayRange") -> bool:
        """Whether every day of `other` is one of ours."""
        return self.first <= other.first and other.last <= self.last

    def overlap(self, other: "DayRange") -> "DayRange | None":
        """The days that both hold, or None."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return DayRange(first, last) if first <= last else None


@dataclass(frozen=True, slots=True)
class LookbackPeriod(DayRange):
    """The days on which treatment counts; the last one is the day of the referral."""

    @classmethod
    def before(cls, referral_date: date, *, years: int) -> "LookbackPeriod":
        """The period of so many years up to and including the day of the referral."""
        return cls(years_earlier(referral_date, years), referral_date)


def years_earlier(day: date, years: int) -> date:
    """The same calendar day some years earlier.

    29 February becomes 28 February: the wider reading, so that no session is lost (policy B5).
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def birthday(born: date, age: int) -> date:
    """The day on which a person reaches an age.

    Somebody born on 29 February gets older on 1 March in a common year (policy B5).
    """
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
