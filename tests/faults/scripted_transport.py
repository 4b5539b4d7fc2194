"""Answers without sockets and without waiting: a transport of `requests` on a virtual clock.

It stands where FhirAccess sends a GET. Waiting moves the clock: what takes longer than the time
that the request was given ends there with a time-out, as a socket would.
"""

import threading
from collections.abc import Callable, Mapping
from http.client import IncompleteRead
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from cds_service.fhir_access.connections import open_connections
from tests.kit.scripted_server import Asked, Reply, Script

_BASE_PARTS = 3  # `/run-7/fhir` is the base path of a run


class VirtualClock:
    """Requests at the same time overlap: each moves the clock to its own end at least.

    A thread waits from the moment that it has read last: what other threads have done since then
    goes on at the same time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0.0
        self._own = threading.local()

    def __call__(self) -> float:
        now = self._now
        self._own.read = now
        return now

    @property
    def last_read(self) -> float:
        """What this thread takes for now."""
        return float(self._own.read)

    def move_to(self, moment: float) -> None:
        with self._lock:
            self._now = max(self._now, moment)

    def sleep(self, seconds: float) -> None:
        self.move_to(self.last_read + seconds)


class _Body:
    """The bytes of an answer, as urllib3 hands them out."""

    def __init__(self, reply: Reply, started: float, ends: float, clock: VirtualClock) -> None:
        self._reply = reply
        self._at = started
        self._ends = ends
        self._clock = clock
        self._place = 0
        self.has_timed_out = False

    def read1(self, amount: int, *, decode_content: bool) -> bytes:
        assert not decode_content
        size = min(amount, 512) if self._reply.drip else amount
        piece = self._reply.body[self._place : self._place + size]
        self._at += len(piece) * self._reply.drip
        if self._at >= self._ends:
            self._clock.move_to(self._ends)
            raise urllib3.exceptions.ReadTimeoutError(None, "", "virtual")  # type: ignore[arg-type]
        self._clock.move_to(self._at)
        self._place += len(piece)
        if not piece and self._reply.missing:
            broken = IncompleteRead(b"", self._reply.missing)
            raise urllib3.exceptions.ProtocolError("cut", broken)
        return piece

    def read(self, *_: object, **__: object) -> bytes:
        raise AssertionError("a body is read piece by piece")

    stream = read

    def close(self) -> None:
        """Nothing to close."""

    def release_conn(self) -> None:
        """Nothing to give back."""


class ScriptedTransport(BaseAdapter):
    """Answers by the script of the base path; one transport serves many runs."""

    def __init__(self, clock: VirtualClock, scripts: Mapping[str, Script]) -> None:
        super().__init__()
        self._clock = clock
        self._scripts = scripts

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        limit = options["timeout"]
        assert isinstance(limit, float)
        assert options["stream"]
        parts = urlsplit(str(request.url))
        base = "/".join(parts.path.split("/")[:_BASE_PARTS])
        address = str(request.url).partition(base)[2].removeprefix("/")
        reply = self._scripts[base](Asked(address, dict(request.headers), 0))
        started = self._clock.last_read
        ends = started + limit
        if started + reply.delay >= ends:
            self._clock.move_to(ends)
            raise requests.ReadTimeout
        self._clock.move_to(started + reply.delay)
        if reply.hangs_up:
            raise requests.ConnectionError(urllib3.exceptions.ProtocolError("hung up"))
        body = _Body(reply, started + reply.delay, ends, self._clock)
        return self._response(request, reply, body)

    def _response(
        self, request: requests.PreparedRequest, reply: Reply, body: _Body
    ) -> requests.Response:
        response = requests.Response()
        response.status_code = reply.status
        response.headers = CaseInsensitiveDict(reply.headers)
        response.raw = body
        response.request = request
        response.url = str(request.url)
        return response

    def close(self) -> None:
        """Nothing to close."""


def sessions(clock: VirtualClock, scripts: Mapping[str, Script]) -> Callable[[], requests.Session]:
    """What FhirAccess opens connections with."""

    def opened() -> requests.Session:
        session = open_connections(
            idle_seconds=20.0, at_once=8, may_connect=lambda _host, _address: False
        )
        session.mount("http://", ScriptedTransport(clock, scripts))
        return session

    return opened
