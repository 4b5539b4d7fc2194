"""Launches on their way and open pages. What is in them is sealed before it comes here.

Keys are hashes: who reads the table can neither open a page nor read what is in it.
"""

import math
import time
from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select

from cds_service.store.database import Store
from cds_service.store.tables import BROWSER_SESSIONS

_columns = BROWSER_SESSIONS.c


class BrowserSessions:
    """The rows of a store, each until it expires. Every method raises StoreUnavailableError."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now

    def keep(self, key: str, sealed: bytes, *, until: float) -> None:
        """Keep a row until then, in seconds since 1970; those that have expired are removed."""
        row = {"session_key": key, "expires_at": math.ceil(until), "sealed": sealed}
        expired = delete(BROWSER_SESSIONS).where(_columns.expires_at < math.floor(self._now()))

        def write(connection: Connection) -> None:
            connection.execute(expired)
            connection.execute(insert(BROWSER_SESSIONS), row)

        self._store.write(write)

    def read(self, key: str) -> bytes | None:
        """What was kept under a key; None where nothing is, or no longer."""
        wanted = select(BROWSER_SESSIONS.c.sealed).where(
            _columns.session_key == key, _columns.expires_at > math.floor(self._now())
        )
        with self._store.transaction() as connection:
            found = connection.execute(wanted).scalar_one_or_none()
        return None if found is None else bytes(found)

    def take(self, key: str) -> bool:
        """Remove a row; whether this was the call that removed it: of two workers only one is."""

        def write(connection: Connection) -> bool:
            return (
                connection.execute(
                    delete(BROWSER_SESSIONS).where(_columns.session_key == key)
                ).rowcount
                == 1
            )

        return self._store.write(write)

    def purge(self) -> int:
        """Remove what has expired; how many rows that were."""
        expired = delete(BROWSER_SESSIONS).where(_columns.expires_at <= math.floor(self._now()))
        with self._store.transaction() as connection:
            return connection.execute(expired).rowcount
