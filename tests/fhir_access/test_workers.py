"""The threads that make requests: bounded, and so is what waits for them."""

import threading
import tracemalloc

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


def test_calls_behind_hanging_workers_cost_no_memory() -> None:
    """All workers hang on one server; thousands of calls to another one end at their deadline."""
    limits = FetchLimits(workers=2, waiting=16, circuit_failures=0)
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
