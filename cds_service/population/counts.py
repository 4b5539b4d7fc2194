"""How many referrals came out how: added up by bucket, then over all buckets. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from cds_service.domain.ledger import Standing
from cds_service.population.judging import JudgedReferral
from cds_service.population.rows import Row

Table = Counter[str]


@dataclass(slots=True)
class Counts:
    """Numbers of referrals, unless another thing is said. Pairs are written `one|other`."""

    patients: int = 0  # of whom the export holds anything
    patients_without_patient: int = 0  # of these: without a Patient resource
    patients_referred: int = 0
    referrals: int = 0
    outcomes: Table = field(default_factory=Counter)
    by_month: Table = field(default_factory=Counter)  # `2026-06|met`
    causes: Table = field(default_factory=Counter)
    by_criterion: Table = field(default_factory=Counter)  # `psychological-care|met`
    causes_by_criterion: Table = field(default_factory=Counter)
    flags: Table = field(default_factory=Counter)
    readings: Table = field(default_factory=Counter)  # `min-days=77|not_met|met`
    not_counted: Table = field(default_factory=Counter)  # contacts: `criterion|reason`
    with_not_counted: Table = field(default_factory=Counter)  # referrals: `criterion|reason`
    lost_references: Table = field(default_factory=Counter)  # by type

    def add(self, row: Row, judged: JudgedReferral) -> None:
        """Count one referral; `row` is its row of outcomes."""
        outcome = row["outcome"]
        self.referrals += 1
        self.outcomes[outcome] += 1
        self.by_month[f"{row['date']:%Y-%m}|{outcome}"] += 1
        self.causes.update(row["because"])
        for part in row["by_criterion"]:
            self.by_criterion[f"{part['criterion']}|{part['outcome']}"] += 1
            self.causes_by_criterion.update(f"{part['criterion']}|{x}" for x in part["because"])
        self.flags.update({each["id"] for each in row["flags"]})
        self.readings.update(
            f"{each['id']}|{outcome}|{each['outcome']}" for each in row["readings"]
        )
        self.lost_references.update(row["lost_references"])
        for finding in judged.assessment.findings:
            reasons = Counter(
                f"{finding.criterion.id.value}|{entry.reason.value}"
                for entry in finding.ledger.entries
                if entry.standing is Standing.NOT_COUNTED and entry.reason is not None
            )
            self.not_counted.update(reasons)
            self.with_not_counted.update(reasons.keys())

    def as_json(self) -> dict[str, Any]:
        """The same as plain values, sorted."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: dict(sorted(value.items())) if isinstance(value, Counter) else value
            for name, value in found.items()
        }

    @classmethod
    def of_json(cls, values: dict[str, Any]) -> "Counts":
        """What :meth:`as_json` wrote."""
        found = cls()
        for name, value in values.items():
            setattr(found, name, Counter(value) if isinstance(value, dict) else value)
        return found


def added(parts: Iterable[Counts]) -> Counts:
    """All of them together."""
    total = Counts()
    for part in parts:
        for each in fields(Counts):
            own, more = getattr(total, each.name), getattr(part, each.name)
            setattr(total, each.name, own + more)
    return total
