"""Where the keys of a client come from, and when they are looked at again.

A client rotates its keys without telling us, so both sources notice it by themselves; neither can
be made to work harder by tokens that nobody has signed.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cds_service.clients.keys import MAX_KEY_SET_BYTES, KeySet, UnusableKeysError, read_key_set
from cds_service.clients.tokens import Token

_REFETCH_SECONDS = 30.0  # an unknown key is looked for at most this often (interface.md)
_FRESH_SECONDS = 3600.0  # a key that the client has withdrawn works no longer than this
_USABLE_SECONDS = 86_400.0  # unless its key set cannot be had: then for a day

Clock = Callable[[], float]


class KeySource(Protocol):
    """The keys of one client, as they are now."""

    def keys(self, token: Token) -> KeySet:
        """The keys among which that of the token should be.

        Raises UnusableKeysError where no keys can be had.
        """
        ...


class KeyFile:
    """A key set in a file, which is read again when it was changed.

    A file that has become unreadable leaves the keys that were read before: a half-written file
    must not stop the calls.
    """

    def __init__(self, path: Path) -> None:
        """Raises UnusableKeysError where the file holds no key, or one that cannot be used."""
        self._path = path
        self._lock = threading.Lock()
        self._seen = self._mark()
        self._keys = _read_file(path)
        if not self._keys.keys and not self._keys.faults:
            raise UnusableKeysError(("keys: holds no key",))
        if self._keys.faults:
            raise UnusableKeysError(self._keys.faults)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The names of the keys that were read last."""
        return tuple(key.key_id for key in self._keys.keys)

    def keys(self, token: Token) -> KeySet:  # noqa: ARG002 - as every source
        """The keys in the file."""
        with self._lock:
            mark = self._mark()
            if mark != self._seen:
                self._read_again(mark)
            return self._keys

    def _read_again(self, mark: object) -> None:
        try:
            self._keys = _read_file(self._path)
        except UnusableKeysError:
            return
        self._seen = mark

    def _mark(self) -> object:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


class FetchedKeys:
    """A key set at an address of the client, remembered.

    It is fetched for the first token; again, at most once in 30 seconds, for a token whose key is
    not there; and beside the calls when it has grown old.
    """

    def __init__(self, fetch: Callable[[], KeySet], clock: Clock = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._fetching = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched = self._tried = float("-inf")

    def keys(self, token: Token) -> KeySet:
        """The remembered keys, or new ones where that of the token is not among them."""
        known = self._known()
        if known is None or not known.fitting(token):
            with self._fetching:  # whoever waited finds what the first one has fetched
                known = self._known()
                if known is None or not known.fitting(token):
                    self._refetch()
            known = self._known()
        elif self._clock() - self._fetched > _FRESH_SECONDS:
            self._refresh_beside()
        if known is None:
            raise UnusableKeysError(("cannot be fetched",))
        return known

    def _known(self) -> KeySet | None:
        is_usable = self._clock() - self._fetched <= _USABLE_SECONDS
        return self._keys if is_usable else None

    def _refetch(self) -> None:
        """Fetch, unless that was tried a moment ago."""
        if self._clock() - self._tried < _REFETCH_SECONDS:
            return
        self._tried = self._clock()
        try:
            self._keys = self._fetch()
        except UnusableKeysError:
            return
        self._fetched = self._clock()

    def _refresh_beside(self) -> None:
        """Fetch in a thread of its own, so that no call waits for it."""
        if self._clock() - self._tried < _REFETCH_SECONDS:
            return
        if self._fetching.acquire(blocking=False):
            threading.Thread(target=self._refetch_and_release, daemon=True).start()

    def _refetch_and_release(self) -> None:
        try:
            self._refetch()
        finally:
            self._fetching.release()


def _read_file(path: Path) -> KeySet:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_KEY_SET_BYTES + 1)
    except OSError:
        raise UnusableKeysError(("cannot be read",)) from None
    return read_key_set(content)
