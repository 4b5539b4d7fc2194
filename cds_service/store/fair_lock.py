"""A lock that is given in the order in which it was asked for.

SQLite lets one writer in at a time, and who waits for it asks now and then: under load somebody
always comes too late. Inside one process, nobody has to.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class FairLock:
    """First come, first served: nobody overtakes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    @contextmanager
    def hold(self, timeout: float) -> Iterator[None]:
        """The lock, for as long as the block lasts; a TimeoutError after `timeout` seconds."""
        mine = self._ask()
        if not mine.wait(timeout) and self._gives_up(mine):
            raise TimeoutError
        try:
            yield
        finally:
            self._pass_on()

    def _ask(self) -> threading.Event:
        mine = threading.Event()
        with self._lock:
            if self._is_taken:
                self._waiting.append(mine)
            else:
                self._is_taken = True
                mine.set()
        return mine

    def _gives_up(self, mine: threading.Event) -> bool:
        """False: the lock came at the last moment, and is held."""
        with self._lock:
            if mine.is_set():
                return False
            self._waiting.remove(mine)
            return True

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
