"""The report page of a run: one HTML file that needs nothing beside it.

Each plot is a table whose numbers have bars, so that it reads the same aloud as on the screen.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cds_service.domain.meanings import CAUSES, FLAGS, READINGS, REASONS
from cds_service.population.published import OUTCOMES, Cell, Published

_NOTES: Final = re.compile(r"[;,] `.*$")
_CRITERIA: Final = {
    "allied-health-therapy": "Option 1 (1): physio-, exercise or occupational therapy",
    "psychological-care": "Option 1 (2): psychologist or POH-GGZ",
    "psychosomatic-therapy": "Option 2: psychosomatic therapy",
}
_OUTCOMES: Final = {
    "met": "met",
    "not_met": "not met",
    "indeterminate": "indeterminate",
    "not_applicable": "not applicable",
}
_LOSSES: Final = {
    "not_json": "lines that are no JSON object",
    "too_long": "resources longer than 64 MB",
    "no_resource_type": "lines without a resource type",
    "no_id": "resources without an id",
    "no_patient": "resources that do not say whose they are",
    "cut_short": "compressed files that end early",
    "no_file": "files of the manifest that are not there",
    "unreadable": "resources that break a rule of JSON",
    "no_date": "referrals without a day",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One number of a row. `share` is the length of its bar, in per cent; None: no bar."""

    text: str
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its head, what that means, its numbers."""

    head: str
    meaning: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A table with bars. `columns` name its numbers."""

    id: str
    title: str
    note: str
    first: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def report_html(published: Published, summary: Mapping[str, Any]) -> str:
    """The page, from the numbers that may be shown; `summary` gives the run and its losses."""
    return _template().render(
        plots=[plot for plot in _plots(published) if plot.lines],
        published=published,
        shown=_text,
        run=summary["run"],
        losses=[(_LOSSES[each], number) for each, number in summary["losses"].items()],
        missing=summary["missing"],
        incomplete=summary["incomplete"],
        lost_references=summary["counts"]["lost_references"],
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("cds_service.population", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja")


def _plots(published: Published) -> Iterator[Plot]:
    whole, applicable = published.referrals, published.applicable
    yield Plot(
        "outcomes",
        "Outcomes",
        "What the records show about the criteria, over all referrals.",
        "Outcome",
        ("referrals",),
        tuple(
            Line(_OUTCOMES[each], "", (_bar(number, whole),))
            for each, number in published.outcomes.items()
        ),
    )
    most = max((n or 0 for row in published.months.values() for n in row.values()), default=0)
    yield Plot(
        "months",
        "Outcomes by month",
        "By the day of the referral.",
        "Month",
        tuple(_OUTCOMES[each] for each in OUTCOMES),
        tuple(
            Line(month, "", tuple(_bar(row[each], most) for each in OUTCOMES))
            for month, row in published.months.items()
        ),
    )
    yield Plot(
        "criteria",
        "Outcomes by criterion",
        "Of the referrals to which the criteria apply.",
        "Criterion",
        tuple(_OUTCOMES[each] for each in OUTCOMES[:3]),
        tuple(
            Line(
                _CRITERIA.get(criterion, criterion),
                "",
                tuple(_bar(cells[each], applicable) for each in OUTCOMES[:3]),
            )
            for criterion, cells in published.criteria.items()
        ),
    )
    yield _words(
        _Heading(
            "causes",
            "Causes",
            "Why an outcome is indeterminate, or why the criteria do not apply. A referral can"
            " have several.",
            "Cause",
        ),
        published.causes,
        CAUSES,
        whole,
    )
    for criterion, cells in published.causes_by_criterion.items():
        title = f"What is missing: {_CRITERIA.get(criterion, criterion)}"
        note = "Causes of this criterion alone."
        heading = _Heading(f"causes-{criterion}", title, note, "Cause")
        yield _words(heading, cells, CAUSES, applicable)
    for criterion, cells in published.left_out.items():
        title = f"Settings and kinds that hide care: {_CRITERIA.get(criterion, criterion)}"
        note = "Referrals with contacts that do not count for this criterion, by the reason."
        heading = _Heading(f"left-{criterion}", title, note, "Reason")
        yield _words(heading, cells, REASONS, applicable)
    heading = _Heading(
        "flags", "Remarks", "Facts that a reader of the outcome must know.", "Remark"
    )
    yield _words(heading, published.flags, _flags(), applicable)
    yield _readings(published)


class _Heading(NamedTuple):
    """What stands over a table of words."""

    id: str
    title: str
    note: str
    first: str


def _words(
    heading: _Heading, cells: Mapping[str, Cell], meanings: Mapping[str, str], whole: Cell
) -> Plot:
    """A table of words with their meaning; the most frequent first, what is left out last."""
    ordered = sorted(cells.items(), key=lambda pair: (-(pair[1] or 0), pair[0]))
    lines = tuple(
        Line(word, meanings.get(word, ""), (_bar(number, whole),)) for word, number in ordered
    )
    return Plot(*heading, ("referrals",), lines)


def _readings(published: Published) -> Plot:
    lines = tuple(
        Line(
            f"{reading}: from {_OUTCOMES[before]} to {_OUTCOMES[after]}",
            _reading(reading),
            (_bar(number, published.outcomes[before]),),
        )
        for reading, cells in published.readings.items()
        for change, number in cells.items()
        for before, _, after in [change.partition("|")]
    )
    note = (
        "How outcomes would change if one reading of the policy were set otherwise. The bar is the"
        " share of the referrals that have the outcome now."
    )
    return Plot("readings", "Other readings", note, "Reading and change", ("referrals",), lines)


def _reading(name: str) -> str:
    """The default of the policy and the alternative, in words."""
    key, _, value = name.partition("=")
    meanings = READINGS.get(key, {})
    if value not in meanings:
        return ""
    return f"By default {next(iter(meanings.values()))}; instead {meanings[value]}."


def _flags() -> dict[str, str]:
    """What the flags mean, without the notes on their fields."""
    return {name: _NOTES.sub("", text).lstrip("* ") for name, text in FLAGS.items()}


def _bar(number: Cell, whole: Cell) -> Bar:
    share = round(100 * number / whole) if number and whole else None
    return Bar(_text(number), share)


def _text(number: Cell) -> str:
    return f"{number:,}" if number is not None else "left out"
