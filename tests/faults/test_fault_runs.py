"""Whatever a FHIR server does: no outcome is stronger than the complete record supports.

Nor is there an error or an answer after the deadline. IMSR_FAULT_RUNS says how many runs are made
on the scripted transport, on a virtual clock (500 without it); 200 more go through sockets where
it is set, else 40.
"""

import os

from tests.builders.scenario_rows import read_scenarios
from tests.faults.fault_kinds import FAULTS
from tests.faults.fault_runs import Runner, case_of

RUNS = int(os.environ.get("IMSR_FAULT_RUNS", "500"))
SOCKET_RUNS = 200 if "IMSR_FAULT_RUNS" in os.environ else 40


def test_on_a_scripted_transport(virtual: Runner, tallies: dict[str, list[str]]) -> None:
    for seed in range(RUNS):
        virtual.run(seed)
    tallies["on a scripted transport"] = virtual.tally.lines()
    assert virtual.tally.violations == []
    assert RUNS < 500 or set(virtual.tally.faults) == {fault.__name__ for fault in FAULTS}


def test_through_sockets(through_sockets: Runner, tallies: dict[str, list[str]]) -> None:
    for seed in range(SOCKET_RUNS):
        through_sockets.run(seed)
    tallies["through sockets"] = through_sockets.tally.lines()
    assert through_sockets.tally.violations == []


def test_a_seed_always_makes_the_same_call() -> None:
    assert case_of(7) == case_of(7)
    assert {case_of(seed).row.id for seed in range(194)} == {row.id for row in read_scenarios()}
