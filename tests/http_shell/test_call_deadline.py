"""The time of a call runs from the load limit on, but not while the client sends the body."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cds_service.app import create_app
from cds_service.cli.running_service import running_service
from cds_service.clients.keys import KeySet, UnusableKeysError, read_key_set
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from cds_service.store import SeenTokens
from tests.clients.issuing import bearer, key_set, signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.calls import Json, access, order_sign, record, without
from tests.contract.checked_client import causes, outcomes
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import Checker, settings, shell


@pytest.fixture
def ehr() -> Iterator[FhirServer]:
    with running(FhirServer(record())) as server:
        yield server


def asking(server: FhirServer) -> Json:
    """A call without prefetch, with a token for the server."""
    return {**without(order_sign(), "prefetch"), **access(server.base)}


def slow_store(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    def use(*_: object, **__: object) -> bool:
        time.sleep(seconds)
        return True

    monkeypatch.setattr(SeenTokens, "use", use)


def site(folder: Path, server: FhirServer, **environ: str) -> Site:
    return Site(folder, {**ENTRY, "fhir_servers": [server.base]}, **environ)


def test_a_slow_store_takes_its_time_from_the_fetching(
    tmp_path: Path, ehr: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server takes 0.6 s: enough of 2 s, too much where the store has taken 1.7 s of them."""
    ehr.seconds = 0.6
    patient = site(tmp_path, ehr, IMSR_DEADLINE_SECONDS="2").client()
    slow_store(monkeypatch, 1.7)
    begun = time.monotonic()
    answer = patient.call(asking(ehr), **bearer(signing_key().token()))
    assert time.monotonic() - begun < 2.5
    assert (answer.status_code, causes(answer)) == (200, ["record_unavailable"])
    assert ehr.hits


def test_where_the_store_leaves_no_time_nothing_is_fetched(
    tmp_path: Path, ehr: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_store(monkeypatch, 0.4)
    client = site(tmp_path, ehr, IMSR_DEADLINE_SECONDS="0.3").client()
    answer = client.call(asking(ehr), **bearer(signing_key().token()))
    assert (answer.status_code, causes(answer)) == (200, ["record_unavailable"])
    assert ehr.hits == []
    answer = client.call(order_sign(), **bearer(signing_key().token()))
    assert (answer.status_code, outcomes(answer)) == (200, ["met"])


def test_where_the_site_prefers_it_no_time_is_a_412(
    tmp_path: Path, ehr: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_store(monkeypatch, 0.4)
    environ = {"IMSR_DEADLINE_SECONDS": "0.3", "IMSR_UNAVAILABLE": "412"}
    client = site(tmp_path, ehr, **environ).client()
    assert client.call(asking(ehr), **bearer(signing_key().token())).status_code == 412


def test_a_slow_key_server_takes_its_time_too(
    tmp_path: Path, ehr: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second call finds the keys, and has all the time."""

    def fetch(*_: object, **__: object) -> KeySet:
        time.sleep(1.2)
        return read_key_set(key_set(signing_key()).encode())

    monkeypatch.setattr("cds_service.clients.from_settings.fetch_key_set", fetch)
    entry = {**without(dict(ENTRY), "jwks"), "jwks_uri": "http://127.0.0.1:1/keys.json"}
    own = {**entry, "fhir_servers": [ehr.base]}
    client = Site(tmp_path, own, IMSR_DEADLINE_SECONDS="1").client()
    answer = client.call(asking(ehr), **bearer(signing_key().token()))
    assert (answer.status_code, causes(answer)) == (200, ["record_unavailable"])
    assert ehr.hits == []
    answer = client.call(asking(ehr), **bearer(signing_key().token()))
    assert (answer.status_code, outcomes(answer)) == (200, ["met"])


def test_keys_that_cannot_be_had_are_a_401_however_long_that_takes(
    tmp_path: Path, ehr: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*_: object, **__: object) -> KeySet:
        time.sleep(0.4)
        raise UnusableKeysError(("cannot be fetched",))

    monkeypatch.setattr("cds_service.clients.from_settings.fetch_key_set", fetch)
    entry = {**without(dict(ENTRY), "jwks"), "jwks_uri": "http://127.0.0.1:1/keys.json"}
    client = Site(tmp_path, entry, IMSR_DEADLINE_SECONDS="0.3").client()
    assert client.call(asking(ehr), **bearer(signing_key().token())).status_code == 401


def test_a_body_that_comes_slowly_costs_nothing_of_it(ehr: FhirServer) -> None:
    body = json.dumps({**without(order_sign(), "prefetch"), "fhirServer": ehr.base}).encode()
    head = (
        "POST /cds-services/imsr-order-sign HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    app = create_app(settings(IMSR_DEADLINE_SECONDS="1"))
    with running_service(app, "127.0.0.1", 0) as url:
        parts = urlsplit(url)
        assert parts.hostname
        with closing(socket.create_connection((parts.hostname, parts.port or 0), 30)) as sock:
            sock.sendall(head.encode() + body[:100])
            time.sleep(1.3)
            sock.sendall(body[100:])
            answer = b"".join(iter(lambda: sock.recv(65536), b""))
    said = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert [each["outcome"] for each in said["extension"]["nl.imsr-cds.assessments"]] == ["met"]


def test_each_call_has_all_the_time_that_is_set() -> None:
    left: list[tuple[float, float]] = []

    def answer(call: HookCall) -> HookAnswer:
        assert call.deadline
        left.append((call.deadline.seconds, call.deadline.remaining()))
        return HookAnswer()

    client = shell(Checker(answer), IMSR_DEADLINE_SECONDS="7")
    for _ in range(2):
        assert client.call(order_sign()).status_code == 200
    assert [seconds for seconds, _ in left] == [7.0, 7.0]
    assert all(6.0 < remaining < 7.0 for _, remaining in left)
