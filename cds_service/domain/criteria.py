"""The criteria as values: numbers, dates and readings, each read from a dated rule file.

Two fixed levels and no more: a patient qualifies by *any of* the options, an option needs *all
of* its criteria. There are no operators, no field names and no expressions in the rule file; a
new kind of rule is a new type here, with tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.words import Word


class CriterionId(Word):
    """The three criteria, named as the answers name them (policy 1.5)."""

    ALLIED_HEALTH_THERAPY = "allied-health-therapy"  # c1: option 1 (1)
    PSYCHOLOGICAL_CARE = "psychological-care"  # c2: option 1 (2)
    PSYCHOSOMATIC_THERAPY = "psychosomatic-therapy"  # o2: option 2


class Threshold(Word):
    """Whether number and duration are both needed, or one of them: the text's `en` and `of`."""

    ALL = "all"
    ANY = "any"


class ReadingKey(Word):
    """The closed list of readings (policy 2.10)."""

    PSYCHOLOGICAL_CARE_THRESHOLD = "psychological-care-threshold"
    NOTHING_FOUND = "nothing-found"
    EVIDENCE_SESSIONS = "evidence-sessions"
    POOLING = "pooling"
    LONGEST_GAP_DAYS = "longest-gap-days"
    OTHER_REASON = "other-reason"
    MIN_DAYS = "min-days"
    SECONDARY_CARE = "secondary-care"
    PSYCHOSOMATIC_AS_ALLIED_HEALTH = "psychosomatic-as-allied-health"
    INTAKE = "intake"
    SCREENING = "screening"
    REMOTE = "remote"
    ASYNCHRONOUS = "asynchronous"
    STATUS_UNKNOWN = "status-unknown"
    STATUS_OPEN = "status-open"
    HOSPITAL_ALLIED_HEALTH = "hospital-allied-health"
    SETTING_UNKNOWN = "setting-unknown"
    ABROAD = "abroad"
    OTHER_PSYCH_PROFESSIONS = "other-psych-professions"
    WINDOW_START = "window-start"
    WINDOW_END = "window-end"
    STATED_CARE = "stated-care"


READING_VALUES: dict[ReadingKey, tuple[str, ...]] = {
    ReadingKey.PSYCHOLOGICAL_CARE_THRESHOLD: ("any", "all"),
    ReadingKey.NOTHING_FOUND: ("indeterminate", "not_met"),
    ReadingKey.EVIDENCE_SESSIONS: ("3", "1"),
    ReadingKey.POOLING: ("criterion", "discipline", "therapist"),
    ReadingKey.LONGEST_GAP_DAYS: ("83-doubtful", "none", "84", "42"),
    ReadingKey.OTHER_REASON: ("possible", "counts"),
    ReadingKey.MIN_DAYS: ("84", "83", "77"),
    ReadingKey.SECONDARY_CARE: ("counts", "not"),
    ReadingKey.PSYCHOSOMATIC_AS_ALLIED_HEALTH: ("yes", "no"),
    ReadingKey.INTAKE: ("counts", "not"),
    ReadingKey.SCREENING: ("not", "counts"),
    ReadingKey.REMOTE: ("counts", "not"),
    ReadingKey.ASYNCHRONOUS: ("possible", "counts", "not"),
    ReadingKey.STATUS_UNKNOWN: ("by-source", "possible", "counts", "not"),
    ReadingKey.STATUS_OPEN: ("possible", "counts", "not"),
    ReadingKey.HOSPITAL_ALLIED_HEALTH: ("not", "counts"),
    ReadingKey.SETTING_UNKNOWN: ("counts", "possible", "not"),
    ReadingKey.ABROAD: ("possible", "counts", "not"),
    ReadingKey.OTHER_PSYCH_PROFESSIONS: ("possible", "counts", "not"),
    ReadingKey.WINDOW_START: ("inclusive", "exclusive"),
    ReadingKey.WINDOW_END: ("inclusive", "exclusive"),
    ReadingKey.STATED_CARE: ("counts", "not"),
}
"""What each reading may be set to; the default stands first (policy 2.10)."""


@dataclass(frozen=True, slots=True)
class PolicySource:
    """Where a number or a reading comes from: the line of the text, and its words."""

    place: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class TreatmentCriterion:
    """So many sessions and so many days of one sort of care, all or any of the two.

    `days` counts from the first to the last session. `possible_from` days can be the required
    ones, because the text does not say how a duration is measured (policy A5). A `pause` of so
    many days between two sessions is an interruption: as long as the text wants the treatment
    itself to last, however a site reads `days` (policy A4).
    """

    id: CriterionId
    sessions: int
    days: int
    possible_from: int
    pause: int
    threshold: Threshold
    nothing_found_is_unknown: bool  # policy A2: no trace of this care is no proof of absence
    source: PolicySource
    evidence_sessions: int = 1  # so many show that a record logs single sessions (policy A2)

    @property
    def least_possible(self) -> int:
        """From so many days on the duration may be reached; never more than what is required."""
        return min(self.possible_from, self.days)

    @property
    def recent(self) -> int:
        """So many days after a session, half a pause, treatment may still go on (policy B10)."""
        return self.pause // 2


@dataclass(frozen=True, slots=True)
class CriteriaOption:
    """One of the ways to qualify; all its criteria must be met."""

    id: str
    criteria: tuple[TreatmentCriterion, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How an open place of the policy is read here.

    `default` is that of the reading of the policy which the rule file follows; None: the newest.
    """

    key: ReadingKey
    value: str
    why: str
    source: PolicySource
    default: str | None = None

    @property
    def published(self) -> str:
        """The default of the policy."""
        return READING_VALUES[self.key][0] if self.default is None else self.default

    @property
    def is_deviation(self) -> bool:
        """Whether a site has set it otherwise than the default of the policy."""
        return self.value != self.published

    @property
    def id(self) -> str:
        """`key=value`, the name of a reading in an answer."""
        return f"{self.key}={self.value}"


@dataclass(frozen=True, slots=True)
class ReferralCriteria:
    """One revision of the criteria, from the day it takes effect."""

    id: str  # `imsr-persistent-pain`
    effective_from: date
    revision: int
    lookback_years: int
    minimum_age: int
    options: tuple[CriteriaOption, ...]
    readings: tuple[Reading, ...]
    other_numbers: tuple[str, ...] = ()  # those that a site has set otherwise than the text
    _values: dict[ReadingKey, str] = field(init=False, repr=False, compare=False)
    _others: dict[tuple[ReadingKey, str], "ReferralCriteria"] = field(
        init=False, repr=False, compare=False
    )
    known: dict[object, Any] = field(init=False, repr=False, compare=False)
    """What has been found out by these criteria; words of closed lists only."""

    def __post_init__(self) -> None:
        # every contact asks for readings, so they are looked up and not searched for
        values = {reading.key: reading.value for reading in self.readings}
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_others", {})
        object.__setattr__(self, "known", {})

    @property
    def name(self) -> str:
        """`imsr-persistent-pain|2026-04-20`, as answers name it."""
        return f"{self.id}|{self.effective_from.isoformat()}"

    def lookback(self, referral_date: date) -> LookbackPeriod:
        """The days on which treatment counts for a referral of this day (policy B3)."""
        return LookbackPeriod.before(referral_date, years=self.lookback_years)

    def reading(self, key: ReadingKey) -> str:
        """The value of a reading."""
        return self._values[key]

    def read_as(self, key: ReadingKey, value: str) -> "ReferralCriteria":
        """The same criteria with one reading set otherwise; for "would it be different if"."""
        found = self._others.get((key, value))
        if found is None:
            readings = tuple(
                replace(reading, value=value) if reading.key is key else reading
                for reading in self.readings
            )
            found = self._others[key, value] = replace(self, readings=readings)
        return found

    @property
    def deviations(self) -> tuple[str, ...]:
        """What this site has set otherwise than the policy: numbers of the text, and readings."""
        readings = tuple(reading.id for reading in self.readings if reading.is_deviation)
        return (*self.other_numbers, *readings)

    def held_against(self, text: "ReferralCriteria") -> "ReferralCriteria":
        """The same criteria, with the names of the numbers that differ from those of the text."""
        theirs = dict(text.numbers())
        others = (f"{name}={value}" for name, value in self.numbers() if theirs[name] != value)
        return replace(self, other_numbers=tuple(others))

    def numbers(self) -> Iterator[tuple[str, str]]:
        """Every number and threshold of the rule file, as an answer names it."""
        yield "lookback-years", str(self.lookback_years)
        yield "minimum-age", str(self.minimum_age)
        for option in self.options:
            for each in option.criteria:
                yield f"{each.id}-sessions", str(each.sessions)
                yield f"{each.id}-days", str(each.days)
                yield f"{each.id}-possible-from", str(each.possible_from)
                yield f"{each.id}-threshold", each.threshold

    def as_published(self) -> "ReferralCriteria":
        """The same criteria with every reading at the default of the policy."""
        readings = tuple(replace(reading, value=reading.published) for reading in self.readings)
        return replace(self, readings=readings)

    def counting_days(self, lookback: LookbackPeriod) -> DayRange:
        """The days on which treatment counts: both edges belong to them, by reading (B3, B4)."""
        one_day = timedelta(days=1)
        start_counts = self.reading(ReadingKey.WINDOW_START) == "inclusive"
        end_counts = self.reading(ReadingKey.WINDOW_END) == "inclusive"
        return DayRange(
            lookback.first if start_counts else lookback.first + one_day,
            lookback.last if end_counts else lookback.last - one_day,
        )

    def criteria(self) -> tuple[TreatmentCriterion, ...]:
        """Every criterion of every option, in order, as the readings of this site make it."""
        found: tuple[TreatmentCriterion, ...] | None = self.known.get("criteria")
        if found is None:
            found = self.known["criteria"] = tuple(
                self._as_read(criterion) for option in self.options for criterion in option.criteria
            )
        return found

    def _as_read(self, criterion: TreatmentCriterion) -> TreatmentCriterion:
        """A criterion with the readings applied that change its numbers or its meaning."""
        enough = int(self.reading(ReadingKey.EVIDENCE_SESSIONS))
        if criterion.evidence_sessions != enough:
            criterion = replace(criterion, evidence_sessions=enough)
        if self._is_read_otherwise(ReadingKey.MIN_DAYS):
            criterion = replace(criterion, days=int(self.reading(ReadingKey.MIN_DAYS)))
        if self._is_read_otherwise(ReadingKey.NOTHING_FOUND):
            criterion = replace(criterion, nothing_found_is_unknown=False)
        if criterion.id is CriterionId.PSYCHOLOGICAL_CARE and self._is_read_otherwise(
            ReadingKey.PSYCHOLOGICAL_CARE_THRESHOLD
        ):
            criterion = replace(criterion, threshold=Threshold.ALL)
        return criterion

    def _is_read_otherwise(self, key: ReadingKey) -> bool:
        return self.reading(key) != READING_VALUES[key][0]
