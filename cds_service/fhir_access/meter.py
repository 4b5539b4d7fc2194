"""What the fetching of one hook call has cost so far."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from cds_service.fhir_access.failures import Failure


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
    """Counts for all threads of one call, and keeps the limits of bytes and of JSON values."""

    def __init__(self, byte_limit: int, value_limit: int) -> None:
        self._lock = threading.Lock()
        self._byte_limit = byte_limit
        self._value_limit = value_limit
        self._values = 0
        self._counts = FetchCounts()

    @property
    def counts(self) -> FetchCounts:
        """All of it so far."""
        return self._counts

    def add(
        self, *, requests: int = 0, rounds: int = 0, seconds: float = 0.0, retries: int = 0
    ) -> None:
        """Add to the counts."""
        with self._lock:
            old = self._counts
            self._counts = replace(
                old,
                requests=old.requests + requests,
                rounds=old.rounds + rounds,
                seconds=old.seconds + seconds,
                retries=old.retries + retries,
            )

    def failed(self, failure: Failure) -> None:
        """Count a GET that brought no resource."""
        with self._lock:
            old = self._counts.failures
            new = {**old, failure.value: old.get(failure.value, 0) + 1}
            self._counts = replace(self._counts, failures=MappingProxyType(new))

    def may_build(self, values: int) -> bool:
        """Add to the values; False once they are more than a call may have."""
        with self._lock:
            self._values += values
            return self._values <= self._value_limit

    def may_hold(self, values: int) -> bool:
        """Whether so many values more may come; they are not added."""
        return self._values + values <= self._value_limit

    def may_take(self, size: int) -> bool:
        """Add to the bytes; False once they are more than a call may have."""
        with self._lock:
            old = self._counts
            total = old.bytes + size
            self._counts = replace(old, bytes=total)
            return total <= self._byte_limit
