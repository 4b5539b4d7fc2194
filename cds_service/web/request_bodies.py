"""Reading the body of a call: its media type, its size, its patience."""

import asyncio
from email.message import Message
from functools import lru_cache

from starlette.requests import Request

from cds_service.errors import (
    CallFault,
    CallTooLargeError,
    MalformedCallError,
    UnsupportedMediaTypeError,
)

_PATIENCE = 30.0  # seconds for the whole body; a slow line sends 16 MB in that time
_DRAINED_TIMES = 4  # so many times the limit is still read and thrown away


async def read_body(request: Request, *, limit: int) -> bytes:
    """The body, as bytes; never more than the limit is kept."""
    _refuse_media_type(request)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _read(request, limit)
    except TimeoutError:
        fault = CallFault("", f"the body must arrive within {_PATIENCE:.0f} seconds")
        raise MalformedCallError(fault) from None


async def _read(request: Request, limit: int) -> bytes:
    """A body that is somewhat too large is read to its end all the same.

    A client that is still sending would otherwise see a broken connection instead of the 413.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > _DRAINED_TIMES * limit:
        raise CallTooLargeError(f"more than {limit} bytes")
    body, seen = bytearray(), 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen <= limit:
            body += chunk
        elif seen > _DRAINED_TIMES * limit:
            break
    if seen > limit:
        raise CallTooLargeError(f"more than {limit} bytes")
    return bytes(body)


def _refuse_media_type(request: Request) -> None:
    """`application/json`, with or without `charset=utf-8`; nothing compressed (R9)."""
    is_plain = request.headers.get("content-encoding", "identity").lower() == "identity"
    if not (is_plain and _is_json(request.headers.get("content-type", ""))):
        raise UnsupportedMediaTypeError


@lru_cache(maxsize=32)
def _is_json(content_type: str) -> bool:
    """Remembered, because clients send the same few forms with every call."""
    header = Message()
    header["content-type"] = content_type
    charset = header.get_param("charset", "utf-8")
    is_utf8 = isinstance(charset, str) and charset.lower() in {"utf-8", "utf8"}
    return is_utf8 and header.get_content_type() == "application/json"
