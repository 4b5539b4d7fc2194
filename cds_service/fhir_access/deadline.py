"""The moment at which the answer must be ready, whatever FHIR servers do."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Clock = Callable[[], float]


class Deadline:
    """A number of seconds from now, for one whole hook call. Tests give a clock of their own."""

    __slots__ = ("_clock", "_ends", "_sleep", "seconds")

    def __init__(
        self,
        seconds: float,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds = seconds  # all that there was in the beginning
        self._clock = clock
        self._sleep = sleep
        self._ends = clock() + seconds

    def remaining(self) -> float:
        """The seconds that are left; never below zero."""
        return max(0.0, self._ends - self._clock())

    def overdue(self) -> float:
        """The seconds since the answer was due; zero before that."""
        return max(0.0, self._clock() - self._ends)

    def pause(self, seconds: float) -> None:
        """Wait, as long as there is time."""
        self._sleep(min(seconds, self.remaining()))

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Time in the block does not count: it is taken by the caller, and not by us."""
        since = self._clock()
        try:
            yield
        finally:
            self._ends += self._clock() - since

    @property
    def expired(self) -> bool:
        """Whether no time is left."""
        return self.remaining() <= 0.0
