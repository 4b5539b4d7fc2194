"""The rows of `tests/data/scenarios.csv`: patient stories with the outcome the policy wants."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.builders.scenario_tokens import Flags, SessionToken, WhenShape, parse_sessions

TODAY: Final = "2026-04-20"
"""The day that the rows are meant for, where a flag does not say otherwise."""

_FILE: Final = Path(__file__).parents[1] / "data" / "scenarios.csv"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the policy says: outcomes as answers write them, causes sorted."""

    overall: str
    allied_health_therapy: str
    psychological_care: str
    psychosomatic_therapy: str
    because: tuple[str, ...]

    @property
    def criteria(self) -> dict[str, str]:
        """The outcome per criterion id; empty where the criteria do not apply."""
        if self.overall == "not_applicable":
            return {}
        return {
            "allied-health-therapy": self.allied_health_therapy,
            "psychological-care": self.psychological_care,
            "psychosomatic-therapy": self.psychosomatic_therapy,
        }


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row. `birth_date` is as written and can be partial or empty."""

    id: str
    title: str
    birth_date: str
    referral_date: str
    referral_kind: str
    indication: str
    tokens: tuple[SessionToken, ...]
    flags: Flags
    expected: Expected
    note: str

    @property
    def today(self) -> str:
        """The day that the row is meant for (policy B2)."""
        return self.flags.today or TODAY

    @property
    def has_stated_care(self) -> bool:
        """Whether care given elsewhere is stated by the referrer."""
        return any(token.is_stated for token in self.tokens)

    @property
    def is_by_prefetch_only(self) -> bool:
        """Whether a FHIR server cannot give what the row says (`scenarios.md`, columns)."""
        flags = self.flags
        return bool(
            flags.foreign
            or flags.is_doubled
            or flags.page_size
            or flags.today
            or flags.is_cut
            or flags.self_link
            or flags.remark,
        ) or any(_needs_prefetch(token) for token in self.tokens)


def _needs_prefetch(token: SessionToken) -> bool:
    """Searches have a lower bound of date, so they bring nothing without a date (policy 2.6)."""
    return bool(
        "unreadable" in token.roles
        or token.kind == "nosubject"
        or token.older
        or token.when.shape is WhenShape.UNKNOWN
    )


@cache
def read_scenarios() -> tuple[Scenario, ...]:
    """All rows, in the order of the file."""
    with _FILE.open(newline="", encoding="utf-8") as file:
        return tuple(_scenario(row) for row in csv.DictReader(file))


def scenario(scenario_id: str) -> Scenario:
    """One row by its id; a StopIteration where there is none."""
    return next(row for row in read_scenarios() if row.id == scenario_id)


def _scenario(row: dict[str, str]) -> Scenario:
    tokens, flags = parse_sessions(row["sessions"])
    return Scenario(
        id=row["id"],
        title=row["title"],
        birth_date=row["birth_date"],
        referral_date=row["referral_date"],
        referral_kind=row["referral_kind"],
        indication=row["indication"],
        tokens=tokens,
        flags=flags,
        expected=_expected(row),
        note=row["note"],
    )


def _expected(row: dict[str, str]) -> Expected:
    return Expected(
        overall=row["expected_overall"],
        allied_health_therapy=row["expected_option1_criterion1"],
        psychological_care=row["expected_option1_criterion2"],
        psychosomatic_therapy=row["expected_option2"],
        because=tuple(cause for cause in row["expected_because"].split(";") if cause),
    )
