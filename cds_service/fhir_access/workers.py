"""The threads that make requests: a fixed number, with lines of bounded length before them."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

ValueT = TypeVar("ValueT")

_Task = tuple[Future[Any], Callable[[], Any]]


class Workers:
    """A fixed number of threads, of which one client never has them all.

    Each client has a line of its own, and the lines take turns. What waits in all of them together
    is bounded, and ends as soon as a worker is free.
    """

    def __init__(self, number: int, most_waiting: int, most_of_one: int | None = None) -> None:
        """`most_of_one`: threads that work for one client at the same time; None: all."""
        self._pool = ThreadPoolExecutor(number, thread_name_prefix="fhir")
        self._number = number
        self._most_waiting = most_waiting
        self._most_of_one = min(number, most_of_one or number)
        self._lock = threading.Lock()
        self._lines: OrderedDict[str, deque[_Task]] = OrderedDict()
        self._running: dict[str, int] = {}
        self._at_work = self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many tasks no worker has taken yet."""
        return self._waiting

    def share(self, client: str) -> "Share":
        """The workers as one client has them."""
        return Share(self, client)

    def submit(self, task: Callable[[], ValueT], *, client: str = "") -> Future[ValueT] | None:
        """The result to come; None if too much is waiting already."""
        future: Future[ValueT] = Future()
        with self._lock:
            if self._waiting >= self._most_waiting:
                return None
            self._waiting += 1
            self._lines.setdefault(client, deque()).append((future, task))
            self._start()
        return future

    def close(self) -> None:
        """Let workers end; what still runs is not waited for, what waits is dropped."""
        with self._lock:
            dropped = [future for line in self._lines.values() for future, _ in line]
            self._lines.clear()
            self._waiting = 0
        for future in dropped:
            future.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        """Let free workers take what may be taken, one line after another. Under the lock."""
        while self._at_work < self._number:
            client = next(filter(self._may_work_for, self._lines), None)
            if client is None:
                return
            line = self._lines[client]
            future, task = line.popleft()
            self._lines.move_to_end(client)
            if not line:
                del self._lines[client]
            self._waiting -= 1
            self._at_work += 1
            self._running[client] = self._running.get(client, 0) + 1
            self._pool.submit(self._run, client, future, task)

    def _may_work_for(self, client: str) -> bool:
        return self._running.get(client, 0) < self._most_of_one

    def _run(self, client: str, future: Future[Any], task: Callable[[], Any]) -> None:
        try:
            if future.set_running_or_notify_cancel():
                _settle(future, task)
        finally:
            with self._lock:
                self._at_work -= 1
                self._running[client] -= 1
                if not self._running[client]:
                    del self._running[client]
                self._start()


@dataclass(frozen=True, slots=True)
class Share:
    """The workers as one client has them."""

    workers: Workers
    client: str

    def submit(self, task: Callable[[], ValueT]) -> Future[ValueT] | None:
        """The result to come; None if too much is waiting already."""
        return self.workers.submit(task, client=self.client)


def _settle(future: Future[Any], task: Callable[[], Any]) -> None:
    try:
        value = task()
    except BaseException as error:  # noqa: BLE001 - it is for who waits for the result
        future.set_exception(error)
    else:
        future.set_result(value)
