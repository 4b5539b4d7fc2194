"""What a run of the tests says at its end of the checks that it was not."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tests.kit.effort import IS_THOROUGH

FURTHER: dict[str, str] = {
    "coverage": "which lines and branches the tests reach",
    "thorough": "ten times the examples, every combination",
    "mutation": "faults put into the rule and its mapping",
    "soak": "overload, then a steady rate",
    "bench": "what an answer costs",
}
"""Targets of the Makefile that check more than `make test` does, and what each of them shows."""


def lines(config: pytest.Config, skipped: Iterable[pytest.TestReport]) -> Iterator[str]:
    """A line for each further check that was not run, then one for each reason to skip."""
    done = set()
    if config.pluginmanager.hasplugin("_cov") and config.getoption("cov_source", None):
        done.add("coverage")
    if IS_THOROUGH:
        done.add("thorough")
    for target, shows in FURTHER.items():
        if target not in done:
            yield f"make {target:<9} {shows}"
    yield from _selected(config)
    yield from _reasons(skipped)


def _selected(config: pytest.Config) -> Iterator[str]:
    for option, word in (("keyword", "-k"), ("markexpr", "-m")):
        value = config.getoption(option, "")
        if value:
            yield f"what {word} '{value}' left out"


def _reasons(skipped: Iterable[pytest.TestReport]) -> Iterator[str]:
    reasons = Counter(_reason(report) for report in skipped)
    for reason, number in reasons.most_common():
        yield f"{number} skipped: {reason}"
    if not reasons:
        yield "no test was skipped"


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ").partition(os.linesep)[0]
    return str(report.longrepr)
