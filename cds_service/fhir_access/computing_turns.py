"""One call computes at a time, while any number of them wait for FHIR servers.

The interpreter lets one thread run anyway, and takes it from thread to thread every few
milliseconds. The event loop stands in that queue too, again after each of its reads and writes:
with thirty calls that compute, one that is to be sent away would wait for hundreds of milliseconds.
So calls take turns here; together they are no slower for that. (A shorter `sys.setswitchinterval`
halves the wait of those sent away once more, but costs up to a quarter of the answers.)
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Remaining = Callable[[], float]
"""Tells how many seconds a call still has."""

_TURN = threading.Semaphore(1)  # one in the process, like the lock of the interpreter
_OWN = threading.local()  # `remaining` of the call that this thread computes for, in its turn


@contextmanager
def computing(remaining: Remaining) -> Iterator[None]:
    """A turn for the block. With no time left the call goes on without one: its answer is due."""
    has_turn = _TURN.acquire(timeout=remaining())
    _OWN.remaining = remaining if has_turn else None
    try:
        yield
    finally:
        if _OWN.remaining is not None:
            _TURN.release()
        _OWN.remaining = None


class WouldWaitError(Exception):
    """What is computed at once came to a point where it would have to wait."""


@contextmanager
def computing_at_once() -> Iterator[None]:
    """A turn for a block in the event loop, which must not wait for anything.

    Raises WouldWaitError where another call has its turn, or where the block begins to wait:
    nothing has been asked by then, and the block can be done again in a thread.
    """
    if not _TURN.acquire(blocking=False):
        raise WouldWaitError
    _OWN.must_not_wait = True
    try:
        yield
    finally:
        _OWN.must_not_wait = False
        _TURN.release()


@contextmanager
def waiting() -> Iterator[None]:
    """Let others compute while this thread waits; then its turn comes again.

    Raises WouldWaitError inside :func:`computing_at_once`.
    """
    if getattr(_OWN, "must_not_wait", False):
        raise WouldWaitError
    remaining: Remaining | None = getattr(_OWN, "remaining", None)
    if remaining is None:
        yield
        return
    _OWN.remaining = None
    _TURN.release()
    try:
        yield
    finally:
        _OWN.remaining = remaining if _TURN.acquire(timeout=remaining()) else None
