"""What the fetching of one hook call has cost so far."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class FetchCounts:
    """What was asked of a FHIR server. `rounds` counts the waits one after another.

    `failures`: how many GETs, with their second attempt, ended without a resource, by `Failure`.
    """

    requests: int = 0
    rounds: int = 0
    seconds: float = 0.0
    bytes: int = 0
    retries: int = 0
    failures: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


class Meter:
    """Counts for all threads of one call, and keeps the limit of bytes."""

    def __init__(self, byte_limit: int) -> None:
        self._lock = threading.Lock()
        self._byte_limit = byte_limit
        self._counts = FetchCounts()

    @property
    def counts(self) -> FetchCounts:
        """All of it so far."""
        return self._counts

    def add(self, *, requests: int = 0, rounds: int = 0, seconds: float = 0.0) -> None:
        """Add to the counts."""
        with self._lock:
            old = self._counts
            self._counts = FetchCounts(
                old.requests + requests, old.rounds + rounds, old.seconds + seconds, old.bytes
            )

    def may_take(self, size: int) -> bool:
        """Add to the bytes; False once they are more than a call may have."""
        with self._lock:
            old = self._counts
            total = old.bytes + size
            self._counts = FetchCounts(old.requests, old.rounds, old.seconds, total)
            return total <= self._byte_limit
