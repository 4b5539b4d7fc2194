"""Bodies of answers: read piece by piece up to a limit, unzipped, and understood as a resource."""

import json
import math
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import requests

from cds_service.strict_json import count_levels, count_values

_PIECE = 65_536
_FIRST_LOOK = 1 << 20  # bytes
_GZIP = 31  # zlib's word for: a gzip header, the largest window
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class TooLargeError(Exception):
    """The body is longer than what may be read, nested more deeply, or of too many values."""


class NotFhirError(Exception):
    """The body is no JSON object with a resourceType."""


class BrokenBodyError(Exception):
    """The body ended before its end."""


def _anything(_: int) -> bool:
    return True


def _any_body(_: bytes) -> bool:
    return True


def read_body(
    response: requests.Response,
    limit: int,
    may_take: Callable[[int], bool],
    may_hold: Callable[[bytes], bool] = _any_body,
) -> bytes:
    """The body, unzipped. `may_take` is asked for every piece, so that a bomb ends early.

    `may_hold` is shown what there is so far each time that it has doubled: what is not built in
    the end, because it holds too many values, is not kept meanwhile.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    pieces = _pieces(response.raw)
    if encoding in {"gzip", "x-gzip"}:
        pieces = _unzipped(pieces)
    elif encoding != "identity":
        raise NotFhirError
    body = bytearray()
    next_look = _FIRST_LOOK
    for piece in pieces:
        body += piece
        if len(body) > limit or not may_take(len(piece)):
            raise TooLargeError
        if len(body) >= next_look:
            next_look = 2 * len(body)
            if not may_hold(bytes(body)):
                raise TooLargeError
    return bytes(body)


def _pieces(raw: Any) -> Iterator[bytes]:
    """What has arrived, as it arrives: `read1` does not wait until a piece is full."""
    while piece := raw.read1(_PIECE, decode_content=False):
        yield piece


def _unzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Unzipped in small pieces: one piece of a bomb can hold a thousand times its size.

    What comes after the end is nothing: it is read a little further, so that the connection can
    be used again, and not kept.
    """
    unzip = zlib.decompressobj(wbits=_GZIP)
    behind = 0
    try:
        for piece in pieces:
            if unzip.eof:
                behind += len(piece)
                if behind > _PIECE:
                    return
            else:
                yield from _inflated(unzip, piece)
    except zlib.error:
        raise NotFhirError from None
    if not unzip.eof:
        raise BrokenBodyError


def _inflated(unzip: "zlib._Decompress", piece: bytes) -> Iterator[bytes]:
    while True:
        plain = unzip.decompress(piece, _PIECE)
        yield plain
        piece = unzip.unconsumed_tail
        if unzip.eof or (not piece and len(plain) < _PIECE):
            return


def resource(
    content_type: str, body: bytes, *, nesting: int, may_build: Callable[[int], bool] = _anything
) -> dict[str, Any]:
    """The FHIR resource in a body. Of a member that appears twice, the last one counts.

    Nothing is built of a body that holds more values than `may_build` lets pass, or that is nested
    more deeply than so many levels.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and "json" not in media_type:
        raise NotFhirError
    if not may_build(count_values(body)) or count_levels(body) > nesting:
        raise TooLargeError
    try:
        value = _json(body)
    except (ValueError, RecursionError):
        raise NotFhirError from None
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise NotFhirError
    return value


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        if not _SURROGATE.search(body):
            raise
    value = json.loads(body, parse_constant=_no_number, parse_float=_finite)
    # Half a character, as `\ud800`, could not be written in any answer: it becomes a question mark.
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _no_number(_: str) -> float:
    raise ValueError("NaN and Infinity are no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number
