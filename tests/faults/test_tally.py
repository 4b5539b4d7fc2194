"""Tallies of several processes are told as one."""

from collections import Counter

import pytest

from tests.faults.tally import Tally, summed


def report(*told: tuple[str, object]) -> pytest.TestReport:
    """What a test has recorded."""
    place = ("tests/x.py", 0, "test_x")
    return pytest.TestReport(
        "tests/x.py::test_x", place, {}, "passed", None, "call", user_properties=told
    )


def test_the_runs_of_one_way_are_added_up() -> None:
    one = Tally(3, 2, 1, Counter(html=2), Counter({"met > met": 3}), 0.25, [])
    other = Tally(4, 4, 0, Counter(html=1, deep=5), Counter({"met > met": 4}), 0.125, ["seed 9"])
    reports = [
        report(("other", "property")),
        report(("fault runs", {"way": "through sockets", "tally": one.told()})),
        report(("fault runs", {"way": "through sockets", "tally": other.told()})),
    ]
    told = summed(reports)
    assert list(told) == ["through sockets"]
    assert told["through sockets"].lines() == [
        (
            "7 runs, 6 with a fault, 8 faults; 1 on a server that was known before; "
            "longest call 0.25 s; 1 violations"
        ),
        "faults: deep 5, html 3",
        "outcomes, complete > faulty: met > met 7",
        "seed 9",
    ]


def test_without_runs_nothing_is_told() -> None:
    assert summed([report(), report(("fault runs", "of something else"))]) == {}
