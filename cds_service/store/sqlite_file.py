"""A SQLite file: made for our account alone, written ahead, and missed when it is gone."""

import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import QueuePool

_ASK_AGAIN_SECONDS = 0.01
_OWN_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_BESIDE = ("", "-wal", "-shm")  # SQLite gives the two others the mode of the file


class SqliteFile:
    """The file of a store. It is made here; a connection never makes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark: tuple[int, int] | None = None

    def make(self) -> None:
        """Make the file where it is missing; it is for this account alone. Raises OSError."""
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, _OWN_ONLY))
        for ending in _BESIDE:
            _close_to_others(Path(f"{self._path}{ending}"))

    def is_another(self) -> bool:
        """Whether another file lies there now than when this was asked last.

        A deleted file takes rows all the same, and nobody ever sees them again. Raises OSError
        where there is none.
        """
        status = self._path.stat()
        before, self._mark = self._mark, (status.st_dev, status.st_ino)
        return before is not None and before != self._mark

    def engine(self, timeout: int) -> Engine:
        """One connection, which waits so many seconds for a lock."""

        def connect() -> sqlite3.Connection:
            made = sqlite3.connect(
                f"file:{quote(str(self._path))}?mode=rw",
                uri=True,
                timeout=timeout,
                check_same_thread=False,
                isolation_level=None,  # transactions are left to us
            )
            try:
                _write_ahead(made, timeout)
                made.execute("PRAGMA synchronous=FULL")  # what was written survives a power cut
            except BaseException:
                made.close()
                raise
            return made

        engine = sqlalchemy.create_engine(
            "sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0
        )
        event.listen(engine, "begin", _begin_at_once)
        return engine


def _close_to_others(path: Path) -> None:
    """Take from others what a file lets them do; one of another account is left as it is."""
    try:
        mode = path.stat().st_mode
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS & 0o7777)
    except (FileNotFoundError, PermissionError):
        return


def _write_ahead(connection: Any, timeout: float) -> None:
    """Keep a write-ahead log, so that who reads and who writes do not wait for each other.

    Of several that open an empty file together, SQLite refuses the change to some at once, however
    long they would wait for a lock (it sees a deadlock); so it is asked again.
    """
    until = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() >= until:
                raise
            time.sleep(_ASK_AGAIN_SECONDS)
        else:
            return


def _begin_at_once(connection: Connection) -> None:
    """Take the lock at the start of a transaction: one that only reads first could not get it."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
