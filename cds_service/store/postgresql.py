"""Connections to PostgreSQL that never wait without end, whatever the network does.

A limit that the database keeps (`statement_timeout`) is worth nothing where its answer does not
arrive, and a silent network breaks no connection for minutes. So each wait has a limit here, and
who has reached it closes his connection: the pool makes a new one.
"""

import ipaddress
import time
from collections.abc import Mapping
from typing import Any

import psycopg
import sqlalchemy
from psycopg.abc import RV, PQGen
from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import InvalidatePoolError

from cds_service.fhir_access.name_lookups import NAMES
from cds_service.store.time_limit import seconds_left, time_limit

_CONNECT_SECONDS = 2  # the least that libpq knows
_POOL_SECONDS = 1.0  # for a connection that another transaction gives back
_IDLE_SECONDS = 1.0  # a connection that was idle for longer is asked whether it still lives
_PING_SECONDS = 0.5
_DRIVER = "postgresql+psycopg"
_KEEPALIVES = {  # for what nobody waits on; `tcp_user_timeout` is in milliseconds
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class TimedConnection(psycopg.Connection[Any]):
    """A connection whose waits end with the time limit of the thread, and it with them."""

    usual_seconds = 2.0  # where the thread has none

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Consume what the driver does on this connection. Raises OperationalError when late."""
        left = seconds_left(self.usual_seconds)
        ends = time.monotonic() + left
        try:
            return super().wait(gen, interval, left if timeout is None else min(timeout, left))
        except psycopg.OperationalError:
            if time.monotonic() >= ends:
                self.pgconn.finish()  # nobody knows what it would still bring
            raise


def postgresql_engine(address: URL, timeout: int) -> Engine:
    """Connections to the database of a URL; each statement has so many seconds.

    The engine knows no more of the URL than its driver, so that nothing can show its password.
    """
    dialect = address.set(drivername=_DRIVER).get_dialect()()
    _, named = dialect.create_connect_args(address)
    own = {
        **_KEEPALIVES,
        "connect_timeout": _CONNECT_SECONDS,
        "options": f"-c statement_timeout={timeout}s -c lock_timeout={timeout}s",
    }

    def connect() -> TimedConnection:
        return TimedConnection.connect(**{**own, **named, **_addresses(named)})

    engine = sqlalchemy.create_engine(
        f"{_DRIVER}://", creator=connect, pool_timeout=_POOL_SECONDS, pool_use_lifo=True
    )
    event.listen(engine, "connect", _note_use)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _addresses(named: Mapping[str, Any]) -> dict[str, str]:
    """What the name of the server leads to: libpq would look it up without a limit.

    Nothing for a socket in a folder, for an address, and for a list, which is libpq's to read.
    """
    host = str(named.get("host") or "")
    if not host or host[0] in "/@" or "," in host or "hostaddr" in named or _is_address(host):
        return {}
    try:
        found = NAMES.addresses(host, 0, seconds=seconds_left(_CONNECT_SECONDS))
    except (OSError, UnicodeError):
        raise psycopg.OperationalError("the name of the server leads nowhere") from None
    addresses = list(dict.fromkeys(address[0] for _, address in found))
    return {"host": ",".join([host] * len(addresses)), "hostaddr": ",".join(addresses)}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _note_use(_connection: object, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _refuse_dead(connection: psycopg.Connection[Any], record: Any, _pool: object) -> None:
    """Ask a connection that was idle whether it lives; if not, all that are as old are renewed."""
    if time.monotonic() - record.info["used"] <= _IDLE_SECONDS:
        return
    try:
        with time_limit(_PING_SECONDS):
            connection.execute("SELECT 1")
            connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error
