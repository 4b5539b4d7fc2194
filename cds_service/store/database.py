"""The database behind the store: opened, brought up to date, and asked whether it is well.

The one place where errors of SQLAlchemy, Alembic and the drivers get our name.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from cds_service.errors import InvalidSettingsError, StoreUnavailableError
from cds_service.store.turns import Turns

_PATIENCE = 2  # seconds for a connection, a lock or a statement: a caller is waiting
_START_PATIENCE = 60  # seconds for another process that brings the tables up to date
_ASK_AGAIN_SECONDS = 0.01
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x696D_7372  # a number of our own among the advisory locks of a database
_SQLITE = "sqlite"


class Store:
    """An open database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turns = Turns() if engine.dialect.name == _SQLITE else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection in a transaction, which holds as a whole or not at all.

        Raises StoreUnavailableError for whatever goes wrong in it; the cause is not passed on,
        because the text of a database error quotes values.
        """
        try:
            with self._turn(), self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError):
            raise StoreUnavailableError from None

    def _turn(self) -> AbstractContextManager[None]:
        return self._turns.turn(_PATIENCE) if self._turns else nullcontext()

    def refuse_unwell(self) -> None:
        """Raise StoreUnavailableError where the store cannot be used now."""
        with self.transaction() as connection:
            connection.execute(text("SELECT count(*) FROM seen_tokens WHERE expires_at < 0"))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_store(url: str) -> Store:
    """The store at a SQLAlchemy URL, its tables up to date.

    Several processes may open it at once: one of them changes the tables, the others wait. Raises
    InvalidSettingsError where it cannot be opened; that text repeats nothing of the URL.
    """
    patient = _engine(url, patience=_START_PATIENCE)
    try:
        _upgrade(patient)
    except (SQLAlchemyError, OSError, CommandError) as error:
        raise InvalidSettingsError((_why_not(error),)) from None
    finally:
        patient.dispose()
    return Store(_engine(url, patience=_PATIENCE))


def look_into_store(url: str) -> Store | None:
    """The store as it is, for somebody who only looks: nothing is made or changed.

    None: there is no such SQLite file. Whether a database answers shows when it is asked.
    """
    address = make_url(url)
    is_file = address.get_backend_name() == _SQLITE
    if is_file and not Path(address.database or "").is_file():
        return None
    return Store(_engine(url, patience=_PATIENCE))


def _why_not(error: Exception) -> str:
    if isinstance(error, CommandError):
        return (
            "IMSR_STORE_URL names a database that another version of this service has written; "
            "start that version, or restore the backup that was made before it"
        )
    return (
        "IMSR_STORE_URL names a database that cannot be opened; is it running, may this account "
        "write there, and does the folder of a SQLite file exist?"
    )


def _engine(url: str, *, patience: int) -> Engine:
    """Connections that wait so many seconds for a lock or a statement, and no longer."""
    address = make_url(url)
    if address.get_backend_name() == _SQLITE:
        engine = sqlalchemy.create_engine(
            address,
            poolclass=QueuePool,
            pool_size=1,
            connect_args={"timeout": patience, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepared_sqlite(patience))
        event.listen(engine, "begin", _begin_at_once)
        return engine
    limits = f"-c statement_timeout={patience}s -c lock_timeout={patience}s"
    return sqlalchemy.create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_timeout=_PATIENCE,
        connect_args={"connect_timeout": _PATIENCE, "options": limits},
    )


def _prepared_sqlite(patience: int) -> Callable[[Any, object], None]:
    """Leave transactions to us; a row that was written survives a power cut."""

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        _write_ahead(connection, patience)
        connection.execute("PRAGMA synchronous=FULL")

    return prepare


def _write_ahead(connection: Any, patience: int) -> None:
    """Keep a write-ahead log, so that who reads and who writes do not wait for each other.

    Of several that open an empty file together, SQLite refuses the change to some at once, however
    long they would wait for a lock (it sees a deadlock); so it is asked again.
    """
    until = time.monotonic() + patience
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


def _upgrade(engine: Engine) -> None:
    """Bring the tables up to date in one transaction, which only one process can have."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name != _SQLITE:  # there, the transaction itself is the lock
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
