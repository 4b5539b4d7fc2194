"""The circuit breaker of one FHIR server: one that is dead costs later callers nothing.

Closed: requests are made. After so many failures in a row within a time it is open: none is made.
After a pause one request probes the server; the others still are not made. Its success closes the
circuit, its failure starts a new pause. What a failure is, is for `Exchange` to say: no connection,
no answer in good time, 5xx. A 4xx is an answer, and never opens a circuit.
"""

import threading
from collections import deque
from enum import Enum

from cds_service.fhir_access.deadline import Clock
from cds_service.fhir_access.limits import FetchLimits


class Verdict(Enum):
    """What a request has told about the server."""

    ALIVE = "alive"
    DEAD = "dead"
    NONE = "none"  # no request was sent, or it had too little time


class Circuit:
    """Remembers no more than the times of the last failures. Used by all threads."""

    def __init__(self, limits: FetchLimits, clock: Clock) -> None:
        self._is_on = limits.circuit_failures > 0
        self._window = limits.circuit_seconds
        self._pause = limits.circuit_pause_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: deque[float] = deque(maxlen=max(1, limits.circuit_failures))
        self._open_until: float | None = None  # None: closed

    @property
    def is_open(self) -> bool:
        """Whether a request would not be made now."""
        with self._lock:
            return self._open_until is not None and self._clock() < self._open_until

    def admit(self) -> "AdmittedRequest | None":
        """The request, admitted; None if it must not be made."""
        with self._lock:
            if self._open_until is None:
                return AdmittedRequest(self, self._clock, is_probe=False)
            now = self._clock()
            if now < self._open_until:
                return None
            # A probe that never comes back does not keep the circuit open for good.
            self._open_until = now + self._pause
            return AdmittedRequest(self, self._clock, is_probe=True)

    def learn(self, verdict: Verdict, *, is_probe: bool) -> None:
        """Take note of how a request ended; called by the request, once."""
        if not self._is_on:
            return
        with self._lock:
            now = self._clock()
            if verdict is Verdict.ALIVE:
                self._failed.clear()
                self._open_until = None
            elif verdict is Verdict.DEAD:
                self._note_failure(now, is_probe=is_probe)
            elif is_probe:
                self._open_until = now  # it told nothing: the next one may probe at once

    def _note_failure(self, now: float, *, is_probe: bool) -> None:
        self._failed.append(now)
        is_run = len(self._failed) == self._failed.maxlen and now - self._failed[0] <= self._window
        if is_probe or (self._open_until is None and is_run):
            self._open_until = now + self._pause


class AdmittedRequest:
    """One request that may be made. The first thing that is said about it counts."""

    def __init__(self, circuit: Circuit, clock: Clock, *, is_probe: bool) -> None:
        self._circuit = circuit
        self._clock = clock
        self._started = clock()
        self._lock = threading.Lock()
        self._is_settled = False
        self.is_probe = is_probe

    @property
    def seconds(self) -> float:
        """How long ago it was given."""
        return self._clock() - self._started

    def settle(self, verdict: Verdict) -> None:
        """Say how it ended."""
        with self._lock:
            if self._is_settled:
                return
            self._is_settled = True
        self._circuit.learn(verdict, is_probe=self.is_probe)
