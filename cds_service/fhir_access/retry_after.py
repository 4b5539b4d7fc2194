"""The header Retry-After: seconds, or a moment (RFC 9110, 10.2.3).

urllib3 reads it too, but compares a moment with our clock and not with that of the server, and
raises an error for what it cannot read.
"""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONG = 86_400.0  # a day; no call waits that long


def seconds_of(retry_after: str, *, date_header: str = "") -> float | None:
    """How many seconds to wait; None where it cannot be read.

    A moment is compared with the server's own clock where the answer tells it (`Date`), so that
    clocks that differ do no harm. A moment in the past means: now.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), _LONG)
    moment = _moment(text)
    if moment is None:
        return None
    now = _moment(date_header) or datetime.fromtimestamp(time.time(), UTC)
    return min(max(0.0, (moment - now).total_seconds()), _LONG)


def _moment(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read
