"""What the runs have shown, counted; told at the end of the tests, whichever process made them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

PROPERTY = "fault runs"


@dataclass(slots=True)
class Tally:
    """What the runs of one way have shown."""

    runs: int = 0
    spoiled_runs: int = 0
    warm_runs: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    violations: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """A tally that another process tells."""
        counted = {name: Counter(told[name]) for name in ("faults", "outcomes")}
        return cls(**{**told, **counted})

    def told(self) -> dict[str, Any]:
        """The tally in plain values, for another process."""
        return {
            "runs": self.runs,
            "spoiled_runs": self.spoiled_runs,
            "warm_runs": self.warm_runs,
            "faults": dict(self.faults),
            "outcomes": dict(self.outcomes),
            "longest": self.longest,
            "violations": self.violations,
        }

    def __iadd__(self, other: Self) -> Self:
        self.runs += other.runs
        self.spoiled_runs += other.spoiled_runs
        self.warm_runs += other.warm_runs
        self.faults += other.faults
        self.outcomes += other.outcomes
        self.longest = max(self.longest, other.longest)
        self.violations = self.violations + other.violations
        return self

    def lines(self) -> list[str]:
        """The tally as text."""
        total = sum(self.faults.values())
        runs = f"{self.runs} runs, {self.spoiled_runs} with a fault, {total} faults"
        warm = f"{self.warm_runs} on a server that was known before"
        longest = f"longest call {self.longest:.2f} s"
        faults = ", ".join(f"{name} {n}" for name, n in self.faults.most_common())
        outcomes = ", ".join(f"{change} {n}" for change, n in sorted(self.outcomes.items()))
        return [
            f"{runs}; {warm}; {longest}; {len(self.violations)} violations",
            f"faults: {faults}",
            f"outcomes, complete > faulty: {outcomes}",
            *self.violations[:20],
        ]


def summed(reports: Iterable[pytest.TestReport]) -> dict[str, Tally]:
    """The tallies that tests have recorded as a property, added up by the way of their runs."""
    found: dict[str, Tally] = {}
    for report in reports:
        for name, told in report.user_properties:
            if name == PROPERTY and isinstance(told, dict):
                way = found.setdefault(told["way"], Tally())
                way += Tally.read(told["tally"])
    return found
