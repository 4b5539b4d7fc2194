"""W3C Trace Context: the number under which everybody logs one call.

A caller sends `traceparent`; each request that we make for its call carries the same trace id and
a span id of its own. `tracestate` is not passed on: it is for vendors, and may hold anything.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_hex
from typing import Final

_HEADER: Final = "traceparent"
_NAME: Final = _HEADER.encode()
_VERSION: Final = "00"  # of what we send; a later one that comes in is read as far as this one goes
_FORM: Final = re.compile(
    rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?"
)
_KNOWN_FLAGS: Final = 0x03  # sampled, and random trace id; all others are to be sent as zero


@dataclass(frozen=True, slots=True)
class TraceContext:
    """The trace of one call. `id` has 32 hexadecimal digits and says nothing about a patient."""

    id: str
    flags: int = 0  # not sampled: we record no spans

    def headers(self) -> dict[str, str]:
        """The header of one request that is made for this call; its span id is used once."""
        return {_HEADER: f"{_VERSION}-{self.id}-{token_hex(8)}-{self.flags:02x}"}


def trace_context(headers: Iterable[tuple[bytes, bytes]]) -> TraceContext:
    """The trace of the caller where it names one in the right form, else a new one.

    Two headers of this name are as good as none: nobody can say which one is meant.
    """
    given = [value for name, value in headers if name == _NAME]
    read = _FORM.fullmatch(given[0]) if len(given) == 1 else None
    if read is None or (read[1] == _VERSION.encode() and read[4]):
        return TraceContext(token_hex(16))
    return TraceContext(read[2].decode(), int(read[3], 16) & _KNOWN_FLAGS)
