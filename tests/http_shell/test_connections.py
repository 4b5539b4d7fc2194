"""Connections that ask nothing, and too many of them, keep nobody else from an answer."""

import logging
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from subprocess import PIPE
from urllib.parse import urlsplit

import pytest
import requests
from uvicorn.protocols.http.h11_impl import H11Protocol

from cds_service.app import create_app
from cds_service.cli import running_service as server
from cds_service.cli.running_service import running_service
from cds_service.observing.event_log import configure_logging
from cds_service.web import connections
from tests.contract.services import settings

LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


class _OverH11(connections.ConnectionLimits, H11Protocol):  # type: ignore[misc]
    """As where httptools is not installed."""


@pytest.fixture(params=[connections.LimitedConnection, _OverH11])
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(server, "LimitedConnection", request.param)
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(server, "_MOST_CONNECTIONS", 20)
    with running_service(create_app(settings()), "127.0.0.1", 0) as address:
        yield address


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    assert parts.hostname
    return socket.create_connection((parts.hostname, parts.port or 0), timeout=30)


def trickle_until_closed(sock: socket.socket) -> None:
    """A byte of a header now and then, until the service has had enough."""

    def trickle() -> None:
        for _ in range(300):
            sock.sendall(b"x")
            time.sleep(0.05)

    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        trickle()


def test_a_request_head_that_does_not_end_is_not_waited_for(url: str) -> None:
    with connect(url) as sock:
        sock.sendall(b"GET /health/live HTTP/1.1\r\nX-Slow: ")
        trickle_until_closed(sock)


def test_nor_is_the_next_one_on_a_connection_that_was_used(url: str) -> None:
    with connect(url) as sock:
        sock.sendall(LIVE)
        assert sock.recv(4096).startswith(b"HTTP/1.1 200")
        sock.sendall(b"GET /health/live HTTP/1.1\r\nX-Slow: ")
        trickle_until_closed(sock)


def test_a_connection_that_says_nothing_is_closed(url: str) -> None:
    with connect(url) as sock:
        assert sock.recv(1) == b""


def test_a_call_whose_body_takes_longer_than_a_head_may_is_answered(url: str) -> None:
    with connect(url) as sock:
        sock.sendall(
            b"POST /cds-services/imsr-order-sign HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 20\r\n\r\n"
        )
        for _ in range(20):
            sock.sendall(b"[")
            time.sleep(0.05)
        assert sock.recv(4096).startswith(b"HTTP/1.1 400")


def test_connections_beyond_the_limit_are_closed_and_said_once(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="cds_service")
    with ExitStack() as stack:
        held = [stack.enter_context(connect(url)) for _ in range(20)]
        held[0].sendall(LIVE)
        assert held[0].recv(4096).startswith(b"HTTP/1.1 200")
        for _ in range(10):
            with pytest.raises(requests.ConnectionError):
                requests.get(f"{url}/health/live", timeout=20)
        held[1].sendall(LIVE)
        assert held[1].recv(4096).startswith(b"HTTP/1.1 200")
    assert [record.getMessage() for record in caplog.records].count("connections_refused") == 1


def test_half_of_the_descriptors_are_left_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    assert server.server_config(create_app(settings())).limit_concurrency == 513


def test_what_a_library_repeats_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    configure_logging()
    try:
        for _ in range(500):
            logging.getLogger("asyncio").error("socket.accept() out of system resource")
    finally:
        root.handlers = before
    assert capsys.readouterr().err.count('"logger": "asyncio"') == 1


@pytest.mark.parametrize("path", ["/health/live", "/metrics", "/cds-services", "/no/such"])
def test_a_path_that_ends_with_a_line_is_none_of_ours(url: str, path: str) -> None:
    answer = requests.get(f"{url}{path}%0A", timeout=20)
    assert (answer.status_code, answer.json()["resourceType"]) == (404, "OperationOutcome")


def test_nor_is_that_of_a_service(url: str) -> None:
    answer = requests.post(f"{url}/cds-services/imsr-order-sign%0A", json={}, timeout=20)
    assert (answer.status_code, answer.json()["resourceType"]) == (404, "OperationOutcome")


def test_without_descriptors_a_connection_is_closed_at_once_and_later_ones_are_served() -> None:
    """Nothing waits and is tried again: that would be a loop without end, as asyncio has it."""
    command = [sys.executable, "-m", "tests.http_shell.without_descriptors"]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        url = process.stdout.readline().strip()
        assert requests.get(f"{url}/health/live", timeout=20).status_code == 200
        print("use up", file=process.stdin, flush=True)
        assert process.stdout.readline() == "done\n"
        for _ in range(30):
            with connect(url) as connection, suppress(ConnectionResetError):
                assert connection.recv(4096) == b""
        print("give back", file=process.stdin, flush=True)
        assert process.stdout.readline() == "done\n"
        assert requests.get(f"{url}/health/live", timeout=20).status_code == 200
        process.stdin.close()
    assert process.returncode == 0
