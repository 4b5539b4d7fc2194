"""How calls are posted, on a virtual clock too."""

import itertools
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

import pytest
from fastapi.testclient import TestClient

from cds_service.app import create_app
from cds_service.fhir_access import Deadline, FhirAccess
from cds_service.settings.settings import read_settings
from tests.builders.codes import Json
from tests.faults.fault_runs import Posted, Runner
from tests.faults.hostile_server import HostileServer
from tests.faults.scripted_transport import VirtualClock, sessions
from tests.kit.scripted_server import Script, ScriptedServer

VIRTUAL_DEADLINE: Final = 4.0
SOCKET_DEADLINE: Final = 0.5
PATIENT_DEADLINE: Final = 30.0
SLACK: Final = 1.0  # seconds that a busy machine may add


@cache
def _client(day: str, deadline: float) -> TestClient:
    settings = read_settings(
        {
            "IMSR_MODE": "development",
            "IMSR_TODAY": day,
            "IMSR_DEADLINE_SECONDS": str(deadline),
            "IMSR_MAX_FETCHED_BYTES": "4000000",
            "IMSR_MAX_PAGES": "20",
        }
    )
    return TestClient(create_app(settings), raise_server_exceptions=False)


def _poster(clock: Callable[[], float], deadline: float) -> Callable[[str, Json], Posted]:
    def post(service: str, body: Json) -> Posted:
        client = _client(body.pop("day"), deadline)
        started = clock()
        answer = client.post(f"/cds-services/{service}", json=body)
        is_json = answer.headers.get("content-type") == "application/json"
        return Posted(answer.status_code, answer.json() if is_json else {}, clock() - started)

    return post


@pytest.fixture
def virtual(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """Runs on the scripted transport; all deadlines and connections are virtual ones."""
    clock, scripts = VirtualClock(), dict[str, Script]()
    monkeypatch.setattr(Deadline.__init__, "__defaults__", (clock, clock.sleep))
    named = {"clock": clock, "connect": sessions(clock, scripts)}
    kept = FhirAccess.__init__.__kwdefaults__ or {}
    monkeypatch.setattr(FhirAccess.__init__, "__kwdefaults__", {**kept, **named})

    numbers = itertools.count()

    def serve(server: HostileServer) -> str:
        path = f"/run-{next(numbers)}/fhir"
        while len(scripts) > 2:
            del scripts[next(iter(scripts))]
        server.honest.base_url = f"http://127.0.0.1:9{path}"
        scripts[path] = server.script
        return server.honest.base_url

    _client.cache_clear()
    yield Runner(_poster(clock, VIRTUAL_DEADLINE), serve, deadline=VIRTUAL_DEADLINE + 0.001)
    _client.cache_clear()


@pytest.fixture
def through_sockets() -> Iterator[Runner]:
    """Runs on servers that listen, each until the next but one is there."""
    running: list[ScriptedServer] = []

    def serve(hostile: HostileServer) -> str:
        if len(running) > 1:
            running.pop(0).__exit__(None, None, None)
        server = ScriptedServer(hostile.script).__enter__()
        running.append(server)
        hostile.honest.base_url = server.base_url
        return server.base_url

    _client.cache_clear()
    post = _poster(time.monotonic, SOCKET_DEADLINE)
    yield Runner(
        post,
        serve,
        deadline=SOCKET_DEADLINE + SLACK,
        patient_post=_poster(time.monotonic, PATIENT_DEADLINE),
    )
    for server in running:
        server.__exit__(None, None, None)
    _client.cache_clear()
