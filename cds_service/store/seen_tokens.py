"""Tokens that were used: each serves one call, whichever worker it reaches (conformance A14)."""

import hashlib
import math
import threading
import time
from collections.abc import Callable

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from cds_service.store.database import Store
from cds_service.store.tables import SEEN_TOKENS

_PURGE_SECONDS = 60.0


class SeenTokens:
    """The memory of used tokens. It holds what is still valid, and so cannot grow without end."""

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
        try:
            with self._store.transaction() as connection:
                try:
                    connection.execute(insert(SEEN_TOKENS).values(row))
                except IntegrityError:
                    raise _UsedBeforeError from None
        except _UsedBeforeError:
            return False
        self._purge_now_and_then()
        return True

    def is_used(self, issuer: str, token_id: str) -> bool:
        """Whether a token was used before; it is not used by asking."""
        known = select(SEEN_TOKENS.c.token_key).where(
            SEEN_TOKENS.c.token_key == _key(issuer, token_id)
        )
        with self._store.transaction() as connection:
            return connection.execute(known).first() is not None

    def purge(self) -> int:
        """Forget what has expired and would be refused for that; how many that were."""
        expired = delete(SEEN_TOKENS).where(SEEN_TOKENS.c.expires_at < math.floor(self._now()))
        with self._store.transaction() as connection:
            return connection.execute(expired).rowcount

    def _purge_now_and_then(self) -> None:
        if not self._purging.acquire(blocking=False):
            return
        try:
            if self._now() - self._purged > _PURGE_SECONDS:
                self._purged = self._now()
                self.purge()
        finally:
            self._purging.release()


class _UsedBeforeError(Exception):
    """Leaves the transaction, which is rolled back."""


def _key(issuer: str, token_id: str) -> str:
    """Issuer and token as one text of fixed length; the lengths keep the two apart."""
    text = f"{len(issuer)}:{issuer}{token_id}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
