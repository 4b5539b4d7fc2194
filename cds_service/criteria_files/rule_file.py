"""The shape of a rule file: a closed vocabulary, checked as a whole before anything is used.

The rule file holds numbers, dates, words of the text and readings. What they mean is code in
:mod:`cds_service.domain`. The threshold of psychological care has a twin among the readings, and
there is one truth: the criterion says what the text says (`of`), and only the reading
`psychological-care-threshold` says that a site reads it otherwise.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from cds_service.domain.criteria import (
    READING_VALUES,
    CriteriaOption,
    CriterionId,
    PolicySource,
    Reading,
    ReadingKey,
    ReferralCriteria,
    Threshold,
    TreatmentCriterion,
)
from cds_service.yaml_text import place

CRITERIA_OF_OPTION: dict[str, tuple[CriterionId, ...]] = {
    "option-1": (CriterionId.ALLIED_HEALTH_THERAPY, CriterionId.PSYCHOLOGICAL_CARE),
    "option-2": (CriterionId.PSYCHOSOMATIC_THERAPY,),
}
"""The two cases of 003:11, named as answers and cards name them."""


def _no_boolean(value: object) -> object:
    """YAML reads a bare yes, no, on or off as a boolean; the word was meant."""
    if isinstance(value, bool):
        raise PydanticCustomError(
            "boolean", "is a word that YAML reads as true or false; write it in quotes"
        )
    return value


def _word(value: object) -> object:
    """The value of a reading may be written as a number: 84 is the word "84"."""
    _no_boolean(value)
    return str(value) if isinstance(value, int) else value


def _plain_date(value: object) -> object:
    if type(value) is not date:
        raise PydanticCustomError("date", "must be a date without quotes, like 2026-04-20")
    return value


Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    BeforeValidator(_no_boolean),
]
Count = Annotated[int, Field(ge=1, le=10_000)]


RETIRED_READINGS: dict[str, tuple[str, str]] = {
    "session-unit": ("discipline-day", "one session is one discipline on one day (policy C1)"),
    "duration-before-window": ("not", "only days inside the lookback last (policy B8)"),
}
"""Readings that have become rules: the value a file may still name, and the rule."""

_VALUES_OF_1: dict[ReadingKey, tuple[str, ...]] = {
    ReadingKey.LONGEST_GAP_DAYS: ("none", "84", "42"),
    ReadingKey.STATUS_UNKNOWN: ("possible", "counts", "not"),
}
_BEFORE_2: dict[ReadingKey, tuple[str, str]] = {
    ReadingKey.EVIDENCE_SESSIONS: ("1", "policy A2"),
    ReadingKey.OTHER_REASON: ("counts", "policy A8"),
}
"""What the first reading of the policy did without saying so, and where it is said now."""


def values_of(key: ReadingKey, policy_reading: int) -> tuple[str, ...]:
    """What a reading may be set to in files that follow this reading of the policy.

    The default comes first.
    """
    if policy_reading > 1:
        return READING_VALUES[key]
    if key in _BEFORE_2:
        return (_BEFORE_2[key][0],)
    return _VALUES_OF_1.get(key, READING_VALUES[key])


def _known_reading(key: str) -> str:
    if key not in RETIRED_READINGS and key not in set(ReadingKey):
        raise PydanticCustomError("extra_forbidden", "unknown key")
    return key


class _Part(BaseModel):
    """Frozen, strict, and without a place for keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(_Part):
    """Where a number comes from: the line of the text, and its words."""

    place: Words
    quote: Words

    def value(self) -> PolicySource:
        """The source in the words of the domain."""
        return PolicySource(place=self.place, quote=self.quote)


class SourcedNumber(_Part):
    """A number with its source."""

    value: Annotated[int, Field(ge=1, le=120)]
    source: Source


class Days(_Part):
    """Days from the first to the last session: enough, and possibly enough (policy A5)."""

    required: Count
    possible_from: Count

    @model_validator(mode="after")
    def _in_order(self) -> "Days":
        if self.possible_from > self.required:
            raise PydanticCustomError("order", "possible_from is more than required")
        return self


class Criterion(_Part):
    """One `TreatmentCriterion` as the file writes it."""

    id: Annotated[CriterionId, Field(strict=False)]
    sessions: Count
    days: Days
    threshold: Annotated[Threshold, Field(strict=False)]
    nothing_found_is_unknown: bool
    source: Source

    def value(self) -> TreatmentCriterion:
        """The criterion in the words of the domain."""
        return TreatmentCriterion(
            id=self.id,
            sessions=self.sessions,
            days=self.days.required,
            possible_from=self.days.possible_from,
            pause=self.days.required,
            threshold=self.threshold,
            nothing_found_is_unknown=self.nothing_found_is_unknown,
            source=self.source.value(),
        )


class Option(_Part):
    """One of the ways to qualify."""

    id: Literal["option-1", "option-2"]
    criteria: Annotated[tuple[Criterion, ...], Field(strict=False)]


class FileReading(_Part):
    """How an open place of the policy is read."""

    value: Annotated[str, BeforeValidator(_word)]
    why: Words
    source: Words


class RuleFile(_Part):
    """A whole rule file."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    effective_from: Annotated[date, BeforeValidator(_plain_date)]
    revision: Count
    policy_reading: Literal[1, 2] = 1  # whose list of readings the file follows
    source: Source
    lookback_years: SourcedNumber
    minimum_age: SourcedNumber
    options: Annotated[tuple[Option, ...], Field(strict=False)]
    readings: dict[Annotated[str, AfterValidator(_known_reading)], FileReading]

    @property
    def file_name(self) -> str:
        """The name that a file with this id, date and revision must have."""
        return f"{self.id}.{self.effective_from.isoformat()}.r{self.revision}.yaml"

    def value(self) -> ReferralCriteria:
        """The criteria in the words of the domain; readings in the order of the policy."""
        return ReferralCriteria(
            id=self.id,
            effective_from=self.effective_from,
            revision=self.revision,
            lookback_years=self.lookback_years.value,
            minimum_age=self.minimum_age.value,
            options=tuple(
                CriteriaOption(
                    id=option.id,
                    criteria=tuple(each.value() for each in option.criteria),
                )
                for option in self.options
            ),
            readings=tuple(self._reading(key) for key in ReadingKey),
        )

    def _reading(self, key: ReadingKey) -> Reading:
        default = values_of(key, self.policy_reading)[0]
        if key not in self.readings:
            value, place = _BEFORE_2[key]
            return Reading(key, value, "As before it was asked.", PolicySource(place), default)
        given = self.readings[key]
        return Reading(key, given.value, given.why, PolicySource(given.source), default)


def parse(values: object) -> tuple[RuleFile | None, tuple[str, ...]]:
    """The rule file, or every fault with its path."""
    try:
        file = RuleFile.model_validate(values)
    except ValidationError as error:
        return None, tuple(
            _in_words(each["loc"], each["type"], each["msg"]) for each in error.errors()
        )
    faults = (*_faults_of_options(file), *_faults_of_readings(file))
    return (None, faults) if faults else (file, ())


def _in_words(path: tuple[str | int, ...], kind: str, message: str) -> str:
    """A fault of pydantic as we write it; it marks a key that is wrong with `[key]`."""
    if path[-1:] == ("[key]",):
        path, kind = path[:-1], "extra_forbidden"
    words = {
        "missing": "is missing",
        "extra_forbidden": "unknown key",
        "model_type": "must be a mapping",
    }.get(kind, message[:1].lower() + message[1:])
    return f"{place(path) or 'the file'}: {words}"


def _faults_of_options(file: RuleFile) -> Iterator[str]:
    """Options and criteria that are not those of the text, or say what only a reading may say."""
    found = tuple(option.id for option in file.options)
    if found != tuple(CRITERIA_OF_OPTION):
        yield f"options: must be {' and '.join(CRITERIA_OF_OPTION)}, in this order"
        return
    for number, option in enumerate(file.options):
        expected = CRITERIA_OF_OPTION[option.id]
        if tuple(criterion.id for criterion in option.criteria) != expected:
            yield f"options.{number}.criteria: must be {' and '.join(expected)}, in this order"
            continue

        for at, criterion in enumerate(option.criteria):
            path = f"options.{number}.criteria.{at}"
            yield from (f"{path}.{fault}" for fault in _faults_beside_readings(criterion, file))


def _faults_beside_readings(criterion: Criterion, file: RuleFile) -> Iterator[str]:
    """Where a criterion itself would say what only a reading may say."""
    min_days = file.readings.get(ReadingKey.MIN_DAYS)
    if min_days and min_days.value in READING_VALUES[ReadingKey.MIN_DAYS][1:]:
        if int(min_days.value) < criterion.days.possible_from:
            yield "days.possible_from: is more than readings.min-days"
        if int(min_days.value) > criterion.days.required:
            yield "days.required: is less than readings.min-days"
    default_threshold = READING_VALUES[ReadingKey.PSYCHOLOGICAL_CARE_THRESHOLD][0]
    is_psychological = criterion.id is CriterionId.PSYCHOLOGICAL_CARE
    if is_psychological and criterion.threshold != default_threshold:
        yield (
            f"threshold: must be {default_threshold}, as the text says; "
            "set readings.psychological-care-threshold instead"
        )


def _faults_of_readings(file: RuleFile) -> Iterator[str]:
    for key in ReadingKey:
        is_asked = file.policy_reading > 1 or key not in _BEFORE_2
        values = values_of(key, file.policy_reading)
        if key not in file.readings:
            if is_asked:
                yield f"readings.{key}: is missing"
        elif file.readings[key].value not in values:
            yield f"readings.{key}.value: must be one of {', '.join(values)}"
    for name, (value, rule) in RETIRED_READINGS.items():
        if name in file.readings and file.readings[name].value != value:
            yield f"readings.{name}.value: must be {value} or left out, since {rule}"
