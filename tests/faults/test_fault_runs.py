"""Whatever a FHIR server does: no outcome is stronger than the complete record supports.

Nor is there an error or an answer after the deadline. 500 runs are made on the scripted transport,
on a virtual clock, and 40 go through sockets; in the profile `thorough` 10,000 and 200. What they
have shown is told at the end of the tests.
"""

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from tests.builders.scenario_rows import read_scenarios
from tests.faults.all_faults import EXPIRES_IN_AS_TEXT, FAULTS
from tests.faults.fault_runs import Runner, case_of
from tests.faults.tally import PROPERTY
from tests.kit.effort import examples

IN_DEV = 500
APPLIED_AT_LEAST = 3
RUNS = examples(IN_DEV, thorough=10_000)
SOCKET_RUNS = examples(40, thorough=200)
STORIES = 288
IN_ONE_TEST = 1000
"""Enough to be quick: each test asks for the complete records once more."""

Record = Callable[[str, object], None]


@pytest.mark.parametrize("first", range(0, RUNS, IN_ONE_TEST))
def test_on_a_scripted_transport(virtual: Runner, record_property: Record, first: int) -> None:
    seeds = range(first, min(first + IN_ONE_TEST, RUNS))
    _run(virtual, seeds, "on a scripted transport", record_property)
    if len(seeds) >= IN_DEV:
        assert rarely_applied(virtual.tally.faults) == {}


def rarely_applied(faults: Mapping[str, int]) -> dict[str, int]:
    """The kinds of faults that were applied less often than they have to be."""
    kinds = [*(fault.__name__ for fault in FAULTS), EXPIRES_IN_AS_TEXT]
    return {kind: faults[kind] for kind in kinds if faults[kind] < APPLIED_AT_LEAST}


def test_a_kind_that_was_hardly_applied_is_named() -> None:
    often = Counter({fault.__name__: 3 for fault in FAULTS})
    often["expires_in_as_text"] = 3
    assert rarely_applied(often) == {}
    often["older_version"] = 2
    del often["mere_remark"]
    assert rarely_applied(often) == {"older_version": 2, "mere_remark": 0}


def test_through_sockets(through_sockets: Runner, record_property: Record) -> None:
    _run(through_sockets, range(SOCKET_RUNS), "through sockets", record_property)


def _run(runner: Runner, seeds: range, way: str, record_property: Record) -> None:
    for seed in seeds:
        runner.run(seed)
    record_property(PROPERTY, {"way": way, "tally": runner.tally.told()})
    assert runner.tally.violations == []


def test_a_seed_always_makes_the_same_call() -> None:
    assert case_of(7) == case_of(7)
    assert {case_of(seed).row.id for seed in range(STORIES)} == {row.id for row in read_scenarios()}
