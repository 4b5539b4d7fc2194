"""The database behind the store: opened, brought up to date, and asked whether it is well.

The one place where errors of SQLAlchemy, Alembic and the drivers get our name.
"""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, delete, insert, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import InvalidSettingsError, StoreUnavailableError
from cds_service.store.fair_lock import FairLock
from cds_service.store.group_commit import GroupCommit, ValueT, Write
from cds_service.store.postgresql import postgresql_engine
from cds_service.store.sqlite_file import SqliteFile
from cds_service.store.tables import SEEN_TOKENS
from cds_service.store.time_limit import time_limit

_TIMEOUT = 2  # seconds for a connection, a lock or a transaction: a caller is waiting
_START_TIMEOUT = 60  # seconds for another process that brings the tables up to date
_MOST_WRITES = 64  # writes in one transaction
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x696D_7372  # a number of our own among the advisory locks of a database
_SQLITE = "sqlite"
_FORGET = delete(SEEN_TOKENS).where(SEEN_TOKENS.c.expires_at == 0)
_PROBE = insert(SEEN_TOKENS).inline()


class Store:
    """An open database. `file` where it is one."""

    def __init__(self, engine: Engine, file: SqliteFile | None = None) -> None:
        self._engine = engine
        self._file = file
        self._file_lock = None if file is None else FairLock()
        self._group = GroupCommit(self._begun, most=_MOST_WRITES, timeout=2 * _TIMEOUT)
        self._probe = f"readiness of {secrets.token_hex(16)}"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection in a transaction, which holds as a whole or not at all.

        Raises StoreUnavailableError for whatever goes wrong in it; the cause is not passed on,
        because the text of a database error quotes values.
        """
        try:
            with self._begun() as connection:
                yield connection
        except (SQLAlchemyError, OSError):
            raise StoreUnavailableError from None

    def write(self, write: Write[ValueT]) -> ValueT:
        """What a write gives once it is committed, maybe together with those of other calls.

        It must be one that may be begun anew. Raises StoreUnavailableError as `transaction`.
        """
        try:
            return self._group.run(write)
        except (SQLAlchemyError, OSError):
            raise StoreUnavailableError from None

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self._exclusive(), time_limit(_TIMEOUT):
            self._look_for_file()
            with self._engine.begin() as connection:
                yield connection

    def _exclusive(self) -> AbstractContextManager[None]:
        return nullcontext() if self._file_lock is None else self._file_lock.hold(_TIMEOUT)

    def _look_for_file(self) -> None:
        """Raise OSError where the file is gone; one that was put in its place is opened."""
        if self._file is not None and self._file.is_another():
            self._engine.dispose()

    def refuse_unwell(self) -> None:
        """Raise StoreUnavailableError where nothing can be written now.

        A full disk and a database that may only be read answer every question and take no row.
        """
        self.write(self._write_probe)

    def _write_probe(self, connection: Connection) -> None:
        """Write a row that is no token and has expired, and delete those of before."""
        connection.execute(_FORGET)
        connection.execute(_PROBE, {"token_key": self._probe, "expires_at": 0})

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_store(url: str) -> Store:
    """The store at a SQLAlchemy URL, its tables up to date.

    Several processes may open it at once: one of them changes the tables, the others wait. Raises
    InvalidSettingsError where it cannot be opened; that text repeats nothing of the URL.
    """
    try:
        address = make_url(url)
        file = _file(address)
        if file is not None:
            file.make()
        engine = _engine(address, file, timeout=_START_TIMEOUT)
        try:
            with time_limit(_START_TIMEOUT):
                _upgrade(engine)
        finally:
            engine.dispose()
        return Store(_engine(address, file, timeout=_TIMEOUT), file)
    except (SQLAlchemyError, OSError, CommandError, ValueError) as error:
        raise InvalidSettingsError((_why_not(error),)) from None


def look_into_store(url: str) -> Store | None:
    """The store as it is, for somebody who only looks: nothing is made or changed.

    None: there is no such SQLite file. Whether a database answers shows when it is asked.
    """
    address = make_url(url)
    if _is_file(address) and not Path(address.database or "").is_file():
        return None
    file = _file(address)
    return Store(_engine(address, file, timeout=_TIMEOUT), file)


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


def _is_file(address: URL) -> bool:
    return address.get_backend_name() == _SQLITE


def _file(address: URL) -> SqliteFile | None:
    return SqliteFile(Path(address.database or "")) if _is_file(address) else None


def _engine(address: URL, file: SqliteFile | None, *, timeout: int) -> Engine:
    """Connections that wait so many seconds for a lock or a statement, and no longer."""
    return postgresql_engine(address, timeout) if file is None else file.engine(timeout)


def _upgrade(engine: Engine) -> None:
    """Bring the tables up to date in one transaction, which only one process can have."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name != _SQLITE:  # there, the transaction itself is the lock
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
