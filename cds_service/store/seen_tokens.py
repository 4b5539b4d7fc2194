"""Tokens that were used: each serves one call, whichever worker it reaches (conformance A14)."""

import hashlib
import math
import threading
import time
from collections.abc import Callable

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cds_service.errors import StoreUnavailableError
from cds_service.store.database import Store
from cds_service.store.tables import SEEN_TOKENS

_PURGE_SECONDS = 60.0
_SLACK_SECONDS = 86_400  # a clock that is ahead, by a time zone say, frees no token of another's
_MOST_PURGED = 1_000  # at a time: a call waits for it
_USE = {
    name: own.inline().on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    for name, own in (
        ("sqlite", sqlite.insert(SEEN_TOKENS)),
        ("postgresql", postgresql.insert(SEEN_TOKENS)),
    )
}
_EXPIRED = (
    select(SEEN_TOKENS.c.token_key)
    .where(SEEN_TOKENS.c.expires_at < bindparam("before"))
    .limit(bindparam("most"))
)
_PURGE = delete(SEEN_TOKENS).where(SEEN_TOKENS.c.token_key.in_(_EXPIRED))


class SeenTokens:
    """The memory of used tokens: of those still valid, and of those that were until a day ago."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        self._purging = threading.Lock()
        self._purged = now()

    def use(self, issuer: str, token_id: str, *, until: float) -> bool:
        """Whether this is the first use; remembered until then, in seconds since 1970.

        The database decides: of two workers only one can insert. Raises StoreUnavailableError.
        """
        row = {"token_key": _key(issuer, token_id), "expires_at": math.ceil(until)}

        def insert(connection: Connection) -> bool:
            return connection.execute(_USE[connection.dialect.name], row).rowcount == 1

        is_first = self._store.write(insert)
        self._purge_now_and_then()
        return is_first

    def is_used(self, issuer: str, token_id: str) -> bool:
        """Whether a token was used before; it is not used by asking."""
        known = select(SEEN_TOKENS.c.token_key).where(
            SEEN_TOKENS.c.token_key == _key(issuer, token_id)
        )
        with self._store.transaction() as connection:
            return connection.execute(known).first() is not None

    def purge(self) -> int:
        """Forget what has expired long ago and would be refused for that; how many that were."""
        purged = part = self._purge_some()
        while part == _MOST_PURGED:
            part = self._purge_some()
            purged += part
        return purged

    def _purge_some(self) -> int:
        before = math.floor(self._now()) - _SLACK_SECONDS
        with self._store.transaction() as connection:
            return connection.execute(_PURGE, {"before": before, "most": _MOST_PURGED}).rowcount

    def _purge_now_and_then(self) -> None:
        """Beside a call, which has its answer already and gets it whatever comes of this."""
        if not self._purging.acquire(blocking=False):
            return
        try:
            if abs(self._now() - self._purged) > _PURGE_SECONDS:
                self._purged = self._now()
                self._purge_some()
        except StoreUnavailableError:
            return
        finally:
            self._purging.release()


def _key(issuer: str, token_id: str) -> str:
    """Issuer and token as one text of fixed length; the lengths keep the two apart."""
    text = f"{len(issuer)}:{issuer}{token_id}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
