"""The threads that make requests: a fixed number, with a queue of bounded length before them."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

ValueT = TypeVar("ValueT")


class Workers:
    """A fixed number of threads.

    One may hang, in the look-up of a name that knows no time limit. Then it keeps its place; what
    waits behind it is bounded, and ends as soon as a worker is free.
    """

    def __init__(self, number: int, most_waiting: int) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix="fhir")
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many tasks no worker has taken yet."""
        return self._waiting

    def submit(self, task: Callable[[], ValueT]) -> Future[ValueT] | None:
        """The result to come; None if too much is waiting already."""
        with self._lock:
            if self._waiting >= self._most_waiting:
                return None
            self._waiting += 1
        return self._pool.submit(self._run, task)

    def close(self) -> None:
        """Let workers end; what still runs is not waited for, what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, task: Callable[[], ValueT]) -> ValueT:
        with self._lock:
            self._waiting -= 1
        return task()
