"""Writes of several calls in one transaction: whoever waited for it finds his own done.

A commit costs the wait for a disk or a network, however little it holds. Who finds nobody writing
writes at once; what comes meanwhile is written together behind it. Nobody is told that something
is written before the transaction that holds it has been committed.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

ValueT = TypeVar("ValueT")

Write = Callable[[Connection], ValueT]
Transaction = Callable[[], AbstractContextManager[Connection]]

_OF_ALL = (OperationalError, InterfaceError, NoConnectionError, OSError)
"""The database or the way there has failed; what else fails is the fault of a single write."""


@dataclass(slots=True)
class _Waiting(Generic[ValueT]):
    """A write, and what became of it."""

    write: Write[ValueT]
    is_done: bool = False
    value: ValueT | None = None
    error: Exception | None = None

    def fail(self, error: Exception) -> None:
        self.is_done, self.error = True, error


class GroupCommit:
    """The writes of one process. `transaction` begins one and raises what SQLAlchemy raises."""

    def __init__(self, transaction: Transaction, *, most: int, timeout: float) -> None:
        """So many writes at once; nobody waits for others longer than so many seconds."""
        self._transaction = transaction
        self._most = most
        self._timeout = timeout
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: list[_Waiting[Any]] = []

    def run(self, write: Write[ValueT]) -> ValueT:
        """What a write gives, once it is committed.

        Raises what it or its transaction raises, and TimeoutError where others write too long.
        """
        own = _Waiting(write)
        with self._lock:
            self._waiting.append(own)
        if not self._writing.acquire(timeout=self._timeout):
            if self._withdraw(own):
                raise TimeoutError
            self._writing.acquire()  # it is being written just now
        try:
            while not own.is_done:
                self._write(self._taken())
        finally:
            self._writing.release()
        if own.error is not None:
            raise own.error
        return own.value  # type: ignore[return-value]

    def _withdraw(self, own: _Waiting[Any]) -> bool:
        """False: somebody has taken it already."""
        with self._lock:
            if own not in self._waiting:
                return False
            self._waiting.remove(own)
            return True

    def _taken(self) -> Sequence[_Waiting[Any]]:
        with self._lock:
            taken = self._waiting[: self._most]
            del self._waiting[: self._most]
            return taken

    def _write(self, several: Sequence[_Waiting[Any]]) -> None:
        """All in one transaction; each alone where one of them spoils it for the others."""
        try:
            with self._transaction() as connection:
                values = [each.write(connection) for each in several]
        except Exception as error:  # noqa: BLE001 - it is for those who wait
            if len(several) > 1 and not isinstance(error, _OF_ALL):
                for each in several:
                    self._write([each])
            else:
                for each in several:
                    each.fail(error)
            return
        for each, value in zip(several, values, strict=True):
            each.value, each.is_done = value, True
