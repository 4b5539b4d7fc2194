"""One GET: from its address to a resource or a named failure, inside the deadline."""

import threading
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3.exceptions

from cds_service.fhir_access.bodies import (
    BrokenBodyError,
    NotFhirError,
    TooLargeError,
    read_body,
    resource,
)
from cds_service.fhir_access.circuit import AdmittedRequest, Verdict
from cds_service.fhir_access.computing_turns import computing
from cds_service.fhir_access.connections import ForbiddenAddressError
from cds_service.fhir_access.deadline import Deadline
from cds_service.fhir_access.failures import Failure, failure_of_status
from cds_service.fhir_access.limits import FetchLimits
from cds_service.fhir_access.meter import Meter
from cds_service.fhir_access.retry_after import seconds_of
from cds_service.fhir_access.servers import Server
from cds_service.fhir_access.trace_context import TraceContext
from cds_service.strict_json import count_values

_OK = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({429, 502, 503, 504})
_MAX_REDIRECTS = 3
_ERROR_BODY_BYTES = 65_536  # read to keep the connection, then forgotten

# The one place where errors of requests, urllib3 and sockets get our names; the first that fits.
_FAILURES: tuple[tuple[tuple[type[Exception], ...], Failure], ...] = (
    ((ForbiddenAddressError,), Failure.FORBIDDEN_ADDRESS),
    ((TooLargeError,), Failure.TOO_LARGE),
    ((NotFhirError,), Failure.NOT_FHIR),
    ((requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), Failure.TIMEOUT),
    (
        (BrokenBodyError, requests.RequestException, urllib3.exceptions.HTTPError, OSError),
        Failure.UNREACHABLE,
    ),
    ((ValueError,), Failure.NOT_ASKED),  # an address or a header that cannot be sent
)
_ERRORS = tuple(kind for kinds, _ in _FAILURES for kind in kinds)
_TELL_NOTHING = frozenset({Failure.NOT_ASKED, Failure.FORBIDDEN_ADDRESS})
_LARGE = 262_144  # bytes of a body that takes milliseconds to build


@dataclass(frozen=True, slots=True)
class Answer:
    """What one GET brought: a resource or a failure."""

    resource: dict[str, Any] | None = None
    failure: Failure | None = None
    is_hapi: bool = False


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An answer, and after how many seconds it makes sense to ask once more (None: never)."""

    answer: Answer
    retry_after: float | None = None
    was_sent: bool = True
    has_failed: bool = False  # the server itself, so that others need not ask it


@dataclass(frozen=True, slots=True)
class CallHeaders:
    """What is sent on behalf of one hook call. `token` None: without; `trace` None: likewise."""

    token: str | None = field(repr=False)
    trace: TraceContext | None = None

    def of_one_request(self) -> dict[str, str]:
        """The headers of one request; a retry and a redirect are requests of their own."""
        authorization = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return authorization | ({} if self.trace is None else self.trace.headers())


class Exchange:
    """The GETs of one hook call to one server; used by several threads."""

    def __init__(
        self,
        server: Server,
        *,
        headers: CallHeaders,
        deadline: Deadline,
        limits: FetchLimits,
        meter: Meter,
    ) -> None:
        self._server = server
        self._headers = headers
        self._deadline = deadline
        self._limits = limits
        self._meter = meter
        # with a short deadline half of it must do; that a call comes late is no fault of a server
        self._failure_after = min(limits.failure_after_seconds, deadline.seconds / 2)
        self._lock = threading.Lock()
        self._requests: set[AdmittedRequest] = set()

    def get(self, url: str) -> Answer:
        """Ask, and once more on a fresh connection if the first one broke or the server is busy."""
        answer = self._get(url)
        if answer.failure is not None:
            self._meter.failed(answer.failure)
        return answer

    def _get(self, url: str) -> Answer:
        if self._deadline.expired:
            return Answer(failure=Failure.TIMEOUT)
        request = self._server.circuit.admit()
        if request is None:
            return Answer(failure=Failure.CIRCUIT_OPEN)
        with self._lock:
            self._requests.add(request)
        verdict = Verdict.NONE
        try:
            attempt = self._attempts(url)
            verdict = self._verdict(attempt, request)
        finally:
            request.settle(verdict)
            with self._lock:
                self._requests.discard(request)
        return attempt.answer

    def give_up(self) -> None:
        """The deadline has passed: what has not come by now has failed, also where it hangs."""
        with self._lock:
            admitted = tuple(self._requests)
        for request in admitted:
            request.settle(Verdict.DEAD if self._had_time(request) else Verdict.NONE)

    def _verdict(self, attempt: _Attempt, request: AdmittedRequest) -> Verdict:
        """What an answer tells about the server. That it had no time tells nothing."""
        if not attempt.was_sent:
            return Verdict.NONE
        if not attempt.has_failed:
            return Verdict.ALIVE
        is_late = attempt.answer.failure is Failure.TIMEOUT
        return Verdict.NONE if is_late and not self._had_time(request) else Verdict.DEAD

    def _had_time(self, request: AdmittedRequest) -> bool:
        return request.is_probe or request.seconds >= self._failure_after

    def _attempts(self, url: str) -> _Attempt:
        first = self._attempt(url, self._server.connections)
        if first.retry_after is None or first.retry_after >= self._deadline.remaining():
            return first
        self._deadline.pause(first.retry_after)
        self._meter.add(retries=1)
        with self._server.fresh_connections() as fresh:
            return self._attempt(url, fresh)

    def _attempt(self, url: str, connections: requests.Session) -> _Attempt:
        try:
            return self._follow(url, connections)
        except _ERRORS as error:
            failure = _failure_of(error)
            return _Attempt(
                Answer(failure=failure),
                self._limits.retry_seconds if _has_broken(error) else None,
                was_sent=failure not in _TELL_NOTHING,
                has_failed=failure in {Failure.TIMEOUT, Failure.UNREACHABLE},
            )

    def _follow(self, url: str, connections: requests.Session) -> _Attempt:
        """Ask, and follow redirects on the same origin. Their addresses get the token too."""
        for _ in range(1 + _MAX_REDIRECTS):
            if self._deadline.expired:
                return _Attempt(Answer(failure=Failure.TIMEOUT), was_sent=False)
            with self._send(url, connections) as response:
                if response.status_code not in _REDIRECTS:
                    return self._attempt_of(response)
                location = response.headers.get("Location", "")
            target = self._server.base.redirect(url, location)
            if isinstance(target, Failure):
                return _failed(target)
            url = target
        return _failed(Failure.REDIRECT_LIMIT)

    def _send(self, url: str, connections: requests.Session) -> requests.Response:
        self._meter.add(requests=1)
        return connections.get(
            url,
            headers=self._headers.of_one_request(),
            timeout=self._deadline.remaining(),
            stream=True,
            allow_redirects=False,
        )

    def _attempt_of(self, response: requests.Response) -> _Attempt:
        is_hapi = self._server.notice(response.headers.get("X-Powered-By", ""))
        if response.status_code == _OK:
            body = read_body(response, self._limits.answer_bytes, self._may_take, self._may_hold)
            content_type = response.headers.get("Content-Type", "")
            return _Attempt(Answer(self._understood(content_type, body), None, is_hapi))
        _drain(response)
        failure = failure_of_status(response.status_code)
        is_dead = failure is Failure.SERVER_ERROR
        return _Attempt(Answer(None, failure, is_hapi), self._pause(response), has_failed=is_dead)

    def _may_take(self, size: int) -> bool:
        """Whether so many bytes more may be read; a TimeoutError where nobody waits for them."""
        if self._deadline.expired:
            raise TimeoutError
        return self._meter.may_take(size)

    def _may_hold(self, body: bytes) -> bool:
        """Whether the beginning of a body holds no more values than may still come."""
        with computing(self._deadline.remaining):
            if self._deadline.expired:
                raise TimeoutError
            return self._meter.may_hold(count_values(body))

    def _understood(self, content_type: str, body: bytes) -> dict[str, Any]:
        """The resource in a body. A large one is built while nobody else computes.

        What is built of it holds the interpreter for as long as it takes; so no two are built at
        the same time.
        """
        nesting, may_build = self._limits.nesting, self._meter.may_build
        if len(body) < _LARGE:
            return resource(content_type, body, nesting=nesting, may_build=may_build)
        with computing(self._deadline.remaining):
            if self._deadline.expired:
                raise TimeoutError
            return resource(content_type, body, nesting=nesting, may_build=may_build)

    def _pause(self, response: requests.Response) -> float | None:
        """When to ask a busy server again; None where it names no moment that can be read."""
        if response.status_code not in _TRANSIENT:
            return None
        named = response.headers.get("Retry-After", "").strip()
        if not named:
            return self._limits.retry_seconds
        return seconds_of(named, date_header=response.headers.get("Date", ""))


def _failed(failure: Failure) -> _Attempt:
    return _Attempt(Answer(failure=failure))


def _failure_of(error: Exception) -> Failure:
    return next(failure for kinds, failure in _FAILURES if isinstance(error, kinds))


def _has_broken(error: Exception) -> bool:
    """Whether an open connection has broken, as one does that the server closed when idle."""
    broken = (urllib3.exceptions.ProtocolError, BrokenBodyError)
    return any(isinstance(cause, broken) for cause in (error, *error.args))


def _drain(response: requests.Response) -> None:
    """Read the text of an error, so that the connection can be used again. It is not looked at."""
    size = 0
    while size < _ERROR_BODY_BYTES and (piece := response.raw.read1(4096, decode_content=False)):
        size += len(piece)
