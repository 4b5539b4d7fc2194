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
_FRESH_SECONDS = 900.0  # older keys are fetched again beside the calls
_USABLE_SECONDS = 3600.0  # a key that the client has withdrawn works no longer than this
_MOST_WAITING = 2.5  # seconds that a call waits for keys; a fetch takes two at most
_MOST_WAITING = 16  # calls that wait for the keys of one client: half of those that may be at work

Clock = Callable[[], float]


class KeySource(Protocol):
    """The keys of one client, as they are now."""

    def keys(self, token: Token) -> KeySet:
        """The keys among which that of the token should be.

        Raises UnusableKeysError where no keys can be fetched.
        """
        ...


class KeyFile:
    """A key set in a file, which is read again when it was changed.

    A file that has become unreadable leaves the keys that were read before, for an hour: a
    half-written file must not stop the calls, and a withdrawn key not live for ever.
    """

    def __init__(self, path: Path, clock: Clock = time.monotonic) -> None:
        """Raises UnusableKeysError where the file holds no key, or one that cannot be used."""
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._confirmed = clock()
        self._seen = self._mark()
        self._keys = _read_file(path)
        if not self._keys.keys and not self._keys.faults:
            raise UnusableKeysError(("keys: holds no key for the signatures of tokens",))
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
            else:
                self._confirmed = self._clock()
            if self._clock() - self._confirmed > _USABLE_SECONDS:
                raise UnusableKeysError(("cannot be read",))
            return self._keys

    def _read_again(self, mark: object) -> None:
        try:
            self._keys = _read_file(self._path)
        except UnusableKeysError:
            return
        self._seen, self._confirmed = mark, self._clock()

    def _mark(self) -> object:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


class FetchedKeys:
    """A key set at an address of the client, remembered.

    It is fetched for the first token; again, at most once in 30 seconds, for a token whose key is
    not there; and when it has grown old. Every fetch has a thread of its own, whatever its server
    does: a call waits for it no longer than some seconds, and no more than some calls do.
    """

    def __init__(self, fetch: Callable[[], KeySet], clock: Clock = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()  # for what follows; nobody waits for a server under it
        self._keys: KeySet | None = None
        self._fetched = self._tried = float("-inf")
        self._under_way: threading.Event | None = None
        self._waiting = 0

    def keys(self, token: Token) -> KeySet:
        """The remembered keys, or new ones where that of the token is not among them."""
        known = self._known()
        if known is None or not known.fitting(token):
            self._await(self._begin())
            known = self._known()
        elif self._clock() - self._fetched > _FRESH_SECONDS:
            self._begin()
        if known is None:
            raise UnusableKeysError(("cannot be fetched",))
        return known

    def _known(self) -> KeySet | None:
        is_usable = self._clock() - self._fetched <= _USABLE_SECONDS
        return self._keys if is_usable else None

    def _begin(self) -> threading.Event | None:
        """The fetch that is under way, a new one, or None where one was tried a moment ago."""
        with self._lock:
            if self._under_way is not None:
                return self._under_way
            if self._clock() - self._tried < _REFETCH_SECONDS:
                return None
            self._tried = self._clock()
            begun = self._under_way = threading.Event()
        threading.Thread(target=self._refetch, args=(begun,), daemon=True).start()
        return begun

    def _await(self, begun: threading.Event | None) -> None:
        with self._lock:
            if begun is None or self._waiting >= _MOST_WAITING:
                return
            self._waiting += 1
        try:
            begun.wait(_MOST_WAITING)
        finally:
            with self._lock:
                self._waiting -= 1

    def _refetch(self, begun: threading.Event) -> None:
        try:
            keys = self._fetch()
        except UnusableKeysError:
            return
        else:
            self._keys, self._fetched = keys, self._clock()
        finally:
            with self._lock:
                self._under_way = None
            begun.set()


def _read_file(path: Path) -> KeySet:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_KEY_SET_BYTES + 1)
    except OSError:
        raise UnusableKeysError(("cannot be read",)) from None
    return read_key_set(content)
