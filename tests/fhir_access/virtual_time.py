"""A clock that moves only when it is told to."""

import threading


class VirtualTime:
    """Seconds since the start of the test."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0.0

    def clock(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds
