"""The numbers of a run as they may be shown: small ones left out, also by difference. Pure.

A number of referrals below `least` can point at a person. Leaving it out is not enough where the
rest of a whole is shown: what is missing is then the difference. So of every whole that is shown
at least two parts are left out, or none, and together they are not small either.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LEAST: Final = 10
"""The smallest number that is shown."""

OUTCOMES: Final = ("met", "not_met", "indeterminate", "not_applicable")

Cell = int | None
"""A number of referrals; None: left out."""

Cells = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Published:
    """Numbers of referrals by table; None stands for what is left out."""

    least: int
    referrals: Cell
    patients: Cell
    applicable: Cell
    outcomes: Cells
    months: dict[str, Cells] = field(default_factory=dict)  # month -> outcome
    criteria: dict[str, Cells] = field(default_factory=dict)  # criterion -> outcome
    causes: Cells = field(default_factory=dict)
    causes_by_criterion: dict[str, Cells] = field(default_factory=dict)
    flags: Cells = field(default_factory=dict)
    readings: dict[str, Cells] = field(default_factory=dict)  # reading -> `not_met|met`
    left_out: dict[str, Cells] = field(default_factory=dict)  # criterion -> reason


def publish(counts: Mapping[str, Any], least: int = LEAST) -> Published:
    """The numbers of a summary (`counts`), with small ones left out. `least` 1 shows all."""
    referrals: int = counts["referrals"]
    by_outcome = {each: counts["outcomes"].get(each, 0) for each in OUTCOMES}
    outcomes = without_small(by_outcome, least)
    applicable = referrals - by_outcome["not_applicable"]
    hidden = {each for each, number in outcomes.items() if number is None}
    return Published(
        least=least,
        referrals=_alone(referrals, least),
        patients=_alone(counts["patients_referred"], least),
        applicable=None if "not_applicable" in hidden else _alone(applicable, least),
        outcomes=outcomes,
        months=_months(counts["by_month"], hidden, least),
        criteria={
            criterion: without_small({each: own.get(each, 0) for each in OUTCOMES[:3]}, least)
            for criterion, own in _pairs(counts["by_criterion"]).items()
        },
        causes=_of_whole(counts["causes"], referrals, least),
        causes_by_criterion=_each_of_whole(counts["causes_by_criterion"], applicable, least),
        flags=_of_whole(counts["flags"], applicable, least),
        readings=_readings(counts["readings"], by_outcome, least),
        left_out=_each_of_whole(counts["with_not_counted"], applicable, least),
    )


def without_small(parts: Mapping[str, int], least: int) -> Cells:
    """The parts of a whole that is known: small ones left out, and more where they would show.

    The next smallest part that is not nothing goes as well until at least two are left out and
    they hold `least` together; where no such part is left, all go.
    """
    hidden = {name for name, number in parts.items() if 0 < number < least}
    if not hidden:
        return dict(parts)
    rest = sorted((number, name) for name, number in parts.items() if number >= least)
    while len(hidden) < 2 or sum(parts[name] for name in hidden) < least:  # noqa: PLR2004
        if not rest:
            return dict.fromkeys(parts)
        hidden.add(rest.pop(0)[1])
    return {name: None if name in hidden else number for name, number in parts.items()}


def _alone(number: int, least: int) -> Cell:
    return None if 0 < number < least else number


def _of_whole(numbers: Mapping[str, int], whole: int, least: int) -> Cells:
    """Numbers that overlap, each of a whole: one is left out if it or the others are few."""
    return {
        name: None if 0 < number < least or 0 < whole - number < least else number
        for name, number in sorted(numbers.items())
    }


def _each_of_whole(numbers: Mapping[str, int], whole: int, least: int) -> dict[str, Cells]:
    return {name: _of_whole(own, whole, least) for name, own in _pairs(numbers).items()}


def _months(numbers: Mapping[str, int], hidden: Collection[str], least: int) -> dict[str, Cells]:
    """Of each outcome its months are the parts; where its sum is left out so are they all."""
    months = sorted({name.partition("|")[0] for name in numbers})
    columns: dict[str, Cells] = {}
    for outcome in OUTCOMES:
        own = {month: numbers.get(f"{month}|{outcome}", 0) for month in months}
        columns[outcome] = dict.fromkeys(own) if outcome in hidden else without_small(own, least)
    return {month: {each: columns[each][month] for each in OUTCOMES} for month in months}


def _readings(
    numbers: Mapping[str, int], by_outcome: Mapping[str, int], least: int
) -> dict[str, Cells]:
    """Of each outcome that a reading changes, what becomes of it, and what stays."""
    found: dict[str, Cells] = {}
    for reading, changes in _pairs(numbers).items():
        cells: Cells = {}
        for outcome, others in _pairs(changes).items():
            stays = by_outcome[outcome] - sum(others.values())
            shown = without_small({**others, outcome: stays}, least)
            cells |= {f"{outcome}|{other}": shown[other] for other in sorted(others)}
        found[reading] = cells
    return found


def _pairs(numbers: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """`one|other` by its first word."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, number in sorted(numbers.items()):
        first, _, other = name.partition("|")
        found[first][other] = number
    return found
