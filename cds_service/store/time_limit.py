"""How long a transaction may still take: for what waits below SQLAlchemy, which knows no limit.

A network that goes silent breaks no connection, and no limit that the database keeps helps then: so
ours goes along with the thread, down to where the driver waits.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LEAST = 0.05  # seconds: a wait without any could not even tell that an answer is there
_OWN = threading.local()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """What this thread waits for in the block takes no longer, nor than a limit round it."""
    outer: float | None = getattr(_OWN, "ends", None)
    ends = time.monotonic() + seconds
    _OWN.ends = ends if outer is None else min(ends, outer)
    try:
        yield
    finally:
        _OWN.ends = outer


def seconds_left(usual: float) -> float:
    """The seconds that this thread may still wait; the usual ones where nobody has set a limit."""
    ends: float | None = getattr(_OWN, "ends", None)
    return usual if ends is None else max(_LEAST, ends - time.monotonic())
