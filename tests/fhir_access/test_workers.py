"""The threads that make requests: bounded, and so is what waits for them."""

import threading
import tracemalloc
from functools import partial

import pytest

from cds_service.fhir_access import Deadline, Failure, FetchLimits, FhirAccess, Query
from cds_service.fhir_access.workers import Workers
from tests.kit.scripted_server import ScriptedServer, in_turn, json_reply

PATIENT = {"resourceType": "Patient", "id": "1"}


def test_what_waits_is_bounded_and_runs_when_a_worker_is_free() -> None:
    hanging, workers = threading.Event(), Workers(1, most_waiting=2)
    taken = threading.Event()

    def hang() -> bool:
        taken.set()
        return hanging.wait(20.0)

    try:
        first = workers.submit(hang)
        assert taken.wait(5.0)
        second, third = workers.submit(lambda: 2), workers.submit(lambda: 3)
        assert workers.submit(lambda: 4) is None
        assert workers.waiting == 2
    finally:
        hanging.set()
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.result(5.0), second.result(5.0), third.result(5.0)) == (True, 2, 3)
    assert workers.waiting == 0
    workers.close()


def test_one_client_never_has_all_workers() -> None:
    hanging = threading.Event()
    workers = Workers(4, most_waiting=100, most_of_one=3)
    try:
        slow = [workers.submit(lambda: hanging.wait(20.0), client="slow") for _ in range(20)]
        quick = [workers.submit(lambda: "done", client="quick") for _ in range(20)]
        assert [each.result(10.0) for each in quick if each] == ["done"] * 20
        assert workers.waiting == 17
    finally:
        hanging.set()
    assert [each.result(10.0) for each in slow if each] == [True] * 20
    assert workers.waiting == 0
    workers.close()


def test_lines_take_turns() -> None:
    order: list[str] = []
    hanging, workers = threading.Event(), Workers(1, most_waiting=100)
    first = workers.submit(lambda: hanging.wait(20.0), client="one")
    rest = [
        workers.submit(partial(order.append, f"{client} {number}"), client=client)
        for client in ("one", "two")
        for number in (1, 2)
    ]
    hanging.set()
    for each in (first, *rest):
        assert each is not None
        each.result(10.0)
    assert order == ["one 1", "two 1", "one 2", "two 2"]
    workers.close()


def test_a_task_that_fails_tells_its_error_and_frees_its_worker() -> None:
    workers = Workers(1, most_waiting=10)

    def fail() -> None:
        raise ZeroDivisionError

    failing, working = workers.submit(fail), workers.submit(lambda: 1)
    assert failing is not None
    assert working is not None
    with pytest.raises(ZeroDivisionError):
        failing.result(10.0)
    assert working.result(10.0) == 1
    workers.close()


def test_calls_behind_hanging_workers_cost_no_memory() -> None:
    """All workers hang on one server; thousands of calls to another one end at their deadline."""
    limits = FetchLimits(workers=2, workers_of_one=2, waiting=16, circuit_failures=0)
    with (
        ScriptedServer(in_turn(json_reply(PATIENT, delay=20.0))) as silent,
        FhirAccess(limits) as access,
    ):
        stuck = access.session(silent.base_url, token=None, deadline=Deadline(15.0))
        thread = threading.Thread(
            target=stuck.search_all,
            args=({str(n): Query(str(n), f"Patient/{n}") for n in range(2)},),
        )
        thread.start()
        while len(silent.asked) < 2:
            threading.Event().wait(0.01)

        def call() -> Failure | None:
            session = access.session(silent.base_url, token=None, deadline=Deadline(0.002))
            return session.search_all({"q": Query("q", "Patient/1")})["q"].failure

        for _ in range(16):
            assert call() is Failure.TIMEOUT
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        failures = {call() for _ in range(1000)}
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    thread.join()
    assert failures <= {Failure.OVERLOAD, Failure.TIMEOUT}
    assert grown < 200_000
