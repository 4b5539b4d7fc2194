"""The circuit breaker: a dead server costs later callers nothing. The clock is a virtual one."""

import threading
import time

import pytest

from cds_service.fhir_access import Deadline, Failure, FetchLimits, FhirAccess, Query, SearchResult
from cds_service.fhir_access.circuit import AdmittedRequest, Circuit, Verdict
from tests.fhir_access.virtual_time import VirtualTime
from tests.kit.scripted_server import (
    Asked,
    Reply,
    ScriptedServer,
    in_turn,
    json_reply,
    outcome_reply,
)

PATIENT = {"resourceType": "Patient", "id": "1"}
LIMITS = FetchLimits(
    circuit_failures=3, circuit_seconds=60.0, circuit_pause_seconds=15.0, retry_seconds=0.0
)


@pytest.fixture
def time_() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def circuit(time_: VirtualTime) -> Circuit:
    return Circuit(LIMITS, time_.clock)


def admit(circuit: Circuit) -> AdmittedRequest:
    made = circuit.admit()
    assert made is not None
    return made


def fail(circuit: Circuit, times: int) -> None:
    for _ in range(times):
        admit(circuit).settle(Verdict.DEAD)


class TestStates:
    def test_it_opens_after_so_many_failures_in_a_row(self, circuit: Circuit) -> None:
        fail(circuit, 2)
        assert not circuit.is_open
        fail(circuit, 1)
        assert circuit.is_open
        assert circuit.admit() is None

    def test_a_success_in_between_starts_the_count_again(self, circuit: Circuit) -> None:
        fail(circuit, 2)
        admit(circuit).settle(Verdict.ALIVE)
        fail(circuit, 2)
        assert not circuit.is_open

    def test_what_tells_nothing_does_not_count(self, circuit: Circuit) -> None:
        fail(circuit, 2)
        for _ in range(10):
            admit(circuit).settle(Verdict.NONE)
        assert not circuit.is_open
        fail(circuit, 1)
        assert circuit.is_open

    def test_failures_far_apart_do_not_open_it(self, circuit: Circuit, time_: VirtualTime) -> None:
        for _ in range(10):
            fail(circuit, 1)
            time_.sleep(31.0)
        assert not circuit.is_open

    def test_after_the_pause_one_request_tries(self, circuit: Circuit, time_: VirtualTime) -> None:
        fail(circuit, 3)
        time_.sleep(14.9)
        assert circuit.admit() is None
        time_.sleep(0.1)
        probe = admit(circuit)
        assert probe.is_probe
        assert circuit.admit() is None
        probe.settle(Verdict.ALIVE)
        assert not admit(circuit).is_probe

    def test_a_failed_probe_starts_a_new_pause(self, circuit: Circuit, time_: VirtualTime) -> None:
        fail(circuit, 3)
        time_.sleep(15.0)
        probe = admit(circuit)
        time_.sleep(4.0)
        probe.settle(Verdict.DEAD)
        time_.sleep(14.9)
        assert circuit.admit() is None
        time_.sleep(0.1)
        assert admit(circuit).is_probe

    def test_a_probe_that_told_nothing_leaves_its_place(
        self, circuit: Circuit, time_: VirtualTime
    ) -> None:
        fail(circuit, 3)
        time_.sleep(15.0)
        admit(circuit).settle(Verdict.NONE)
        assert admit(circuit).is_probe

    def test_a_probe_that_never_comes_back(self, circuit: Circuit, time_: VirtualTime) -> None:
        fail(circuit, 3)
        time_.sleep(15.0)
        admit(circuit)
        time_.sleep(15.0)
        assert admit(circuit).is_probe

    def test_late_failures_do_not_make_the_pause_longer(
        self, circuit: Circuit, time_: VirtualTime
    ) -> None:
        old = [admit(circuit) for _ in range(6)]
        for each in old[:3]:
            each.settle(Verdict.DEAD)
        time_.sleep(10.0)
        for each in old[3:]:
            each.settle(Verdict.DEAD)
        time_.sleep(5.0)
        assert admit(circuit).is_probe

    def test_the_first_word_on_a_request_counts(self, circuit: Circuit) -> None:
        fail(circuit, 2)
        hanging = admit(circuit)
        hanging.settle(Verdict.NONE)
        hanging.settle(Verdict.DEAD)
        assert not circuit.is_open

    def test_it_can_be_switched_off(self, time_: VirtualTime) -> None:
        circuit = Circuit(FetchLimits(circuit_failures=0), time_.clock)
        fail(circuit, 1000)
        assert not circuit.is_open

    def test_of_many_threads_one_probes(self, circuit: Circuit, time_: VirtualTime) -> None:
        fail(circuit, 3)
        time_.sleep(15.0)
        admitted: list[AdmittedRequest | None] = []
        threads = [
            threading.Thread(target=lambda: admitted.append(circuit.admit())) for _ in range(32)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(each is not None for each in admitted) == 1


def ask(access: FhirAccess, base_url: str, seconds: float = 3.0) -> SearchResult:
    session = access.session(base_url, token=None, deadline=Deadline(seconds))
    return session.search_all({"q": Query("q", "Patient/1")})["q"]


class TestRequests:
    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param(outcome_reply(500), id="500"),
            pytest.param(outcome_reply(503, headers={"Retry-After": "60"}), id="503"),
            pytest.param(Reply(hangs_up=True), id="hangs up"),
        ],
    )
    def test_after_three_failures_nothing_is_asked(self, reply: Reply) -> None:
        with ScriptedServer(in_turn(reply)) as server, FhirAccess(LIMITS) as access:
            for _ in range(3):
                assert ask(access, server.base_url).failure is not None
            asked = len(server.asked)
            assert ask(access, server.base_url).failure is Failure.CIRCUIT_OPEN
            assert len(server.asked) == asked

    def test_nobody_listens(self) -> None:
        with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
            base_url = server.base_url
        with FhirAccess(LIMITS) as access:
            failures = [ask(access, base_url).failure for _ in range(5)]
        assert failures == [Failure.UNREACHABLE] * 3 + [Failure.CIRCUIT_OPEN] * 2

    def test_a_server_that_says_nothing_costs_later_callers_no_time(self) -> None:
        silent = json_reply(PATIENT, delay=5.0)
        with ScriptedServer(in_turn(silent)) as server, FhirAccess(LIMITS) as access:
            for _ in range(3):
                assert ask(access, server.base_url, seconds=0.2).failure is Failure.TIMEOUT
            time.sleep(0.1)
            started = time.monotonic()
            for _ in range(100):
                assert ask(access, server.base_url).failure is Failure.CIRCUIT_OPEN
            assert time.monotonic() - started < 1.0

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 501])
    def test_an_answer_that_is_no_failure_of_the_server(self, status: int) -> None:
        reply = outcome_reply(status, headers={"Retry-After": "60"})
        with ScriptedServer(in_turn(reply)) as server, FhirAccess(LIMITS) as access:
            for _ in range(10):
                ask(access, server.base_url)
            assert len(server.asked) == 10

    def test_a_page_of_html_is_an_answer_too(self) -> None:
        html = Reply(body=b"<html>", headers={"Content-Type": "text/html"})
        with ScriptedServer(in_turn(html)) as server, FhirAccess(LIMITS) as access:
            failures = {ask(access, server.base_url).failure for _ in range(10)}
        assert failures == {Failure.NOT_FHIR}

    def test_a_server_that_had_no_time_has_not_failed(self) -> None:
        """The first answer takes most of the deadline; the second cannot come in the rest."""

        def script(asked: Asked) -> Reply:
            return json_reply(PATIENT, delay=0.5 if asked.address == "Patient/1" else 1.0)

        limits = FetchLimits(circuit_failures=1)
        with ScriptedServer(script) as server, FhirAccess(limits) as access:
            session = access.session(server.base_url, token=None, deadline=Deadline(0.7))
            assert session.search_all({"q": Query("q", "Patient/1")})["q"].is_complete
            late = session.search_all({"q": Query("q", "Patient/2")})["q"]
            assert late.failure is Failure.TIMEOUT
            assert ask(access, server.base_url).is_complete

    def test_a_server_asked_by_a_call_that_comes_late_has_not_failed(self) -> None:
        """The time went by before: to wait for who calls, say."""
        now = VirtualTime()
        limits = FetchLimits(circuit_failures=1)
        slow = in_turn(json_reply(PATIENT, delay=0.6))
        with ScriptedServer(slow) as server, FhirAccess(limits) as access:
            deadline = Deadline(4.0, clock=lambda: now.clock() + time.monotonic())
            now.sleep(3.7)
            session = access.session(server.base_url, token=None, deadline=deadline)
            late = session.search_all({"q": Query("q", "Patient/1")})["q"]
            assert late.failure is Failure.TIMEOUT
            assert ask(access, server.base_url).is_complete

    def test_it_closes_when_the_server_lives_again(self) -> None:
        now = VirtualTime()
        with (
            ScriptedServer(in_turn(outcome_reply(500))) as server,
            FhirAccess(LIMITS, clock=now.clock) as access,
        ):
            for _ in range(4):
                ask(access, server.base_url)
            server.script = in_turn(json_reply(PATIENT))
            assert ask(access, server.base_url).failure is Failure.CIRCUIT_OPEN
            now.sleep(15.0)
            assert ask(access, server.base_url).is_complete
            assert ask(access, server.base_url).is_complete

    def test_another_base_url_has_a_circuit_of_its_own(self) -> None:
        with (
            ScriptedServer(in_turn(outcome_reply(500))) as dead,
            ScriptedServer(in_turn(json_reply(PATIENT))) as alive,
            FhirAccess(LIMITS) as access,
        ):
            for _ in range(4):
                ask(access, dead.base_url)
            assert ask(access, alive.base_url).is_complete
            assert ask(access, f"{dead.origin}/other").failure is Failure.SERVER_ERROR

    def test_what_hangs_in_a_name_server_counts_at_the_deadline(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`getaddrinfo` knows no time limit; workers that hang there must not fill up the queue."""
        hanging = threading.Event()
        looked_up: list[str] = []

        def getaddrinfo(host: str, *_: object, **__: object) -> list[object]:
            looked_up.append(host)
            hanging.wait(20.0)
            return []

        monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
        with FhirAccess(LIMITS) as access:
            try:
                for _ in range(3):
                    started = time.monotonic()
                    failure = ask(access, "https://ehr.example.nl/fhir", seconds=0.1).failure
                    assert failure is Failure.TIMEOUT
                    assert time.monotonic() - started < 0.6
                for _ in range(50):
                    last = ask(access, "https://ehr.example.nl/fhir")
                    assert last.failure is Failure.CIRCUIT_OPEN
                assert looked_up == ["ehr.example.nl"]  # all three waited for one look-up
            finally:
                hanging.set()
