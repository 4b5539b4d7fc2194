"""JSON as CDS Hooks sends it: an object in UTF-8, strictly written and of bounded size.

What lenient parsers let pass can hide a wrong answer: of two members with one name only one would
be seen, an infinite number compares with nothing, half a surrogate pair cannot be answered.
Size is looked at before anything is built, so that a small body cannot become a large memory.
"""

import json
import math
import re
from dataclasses import dataclass

from cds_service.errors import CallFault, CallTooLargeError, MalformedCallError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_INNERMOST = re.compile(rb"\{\}|\[\]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body may be in each dimension (interface.md, Decisions on trust and limits)."""

    size: int  # bytes
    nesting: int  # levels of objects and arrays
    string: int  # bytes of one string, as sent
    values: int  # members and items, all levels together


def parse_object(body: bytes, limits: BodyLimits) -> dict[str, object]:
    """The JSON object that a body holds.

    Raises CallTooLargeError over a limit and MalformedCallError for anything but one JSON object.
    A byte order mark is let pass: some clients write it, and it cannot change what is said.
    """
    body = body.removeprefix(_BYTE_ORDER_MARK)
    _refuse_size(body, limits)
    value = _parse(body)
    if not isinstance(value, dict):
        raise MalformedCallError(CallFault("", "the body must be a JSON object"))
    return value


def _parse(body: bytes) -> object:
    try:
        value: object = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        if rb"\ud" in body or rb"\uD" in body:
            _refuse_half_surrogates(value)
    except RecursionError as error:
        raise CallTooLargeError("nested too deeply") from error
    except ValueError:  # also UnicodeDecodeError and JSONDecodeError; their texts quote the body
        raise MalformedCallError(CallFault("", "the body must be JSON in UTF-8")) from None
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("two members have one name")
    return members


def _refuse_constant(_: str) -> object:
    raise ValueError("NaN and Infinity are no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _refuse_half_surrogates(value: object) -> None:
    json.dumps(value, ensure_ascii=False).encode()  # a UnicodeEncodeError is a ValueError


def _refuse_size(body: bytes, limits: BodyLimits) -> None:
    if len(body) > limits.size:
        raise CallTooLargeError(f"more than {limits.size} bytes")
    structure, longest_string = _outside_and_inside_strings(body)
    if longest_string > limits.string:
        raise CallTooLargeError(f"a string of more than {limits.string} bytes")
    if sum(structure.count(mark) for mark in (b",", b"{", b"[")) > limits.values:
        raise CallTooLargeError(f"more than {limits.values} values")
    if _is_deeper(structure, limits.nesting):
        raise CallTooLargeError(f"nested more than {limits.nesting} levels")


def _outside_and_inside_strings(body: bytes) -> tuple[bytes, int]:
    """The body without its strings, and the length of the longest one."""
    pieces = body.replace(rb"\\", b"__").replace(rb"\"", b"__").split(b'"')
    return b"".join(pieces[::2]), max(map(len, pieces[1::2]), default=0)


def _is_deeper(structure: bytes, levels: int) -> bool:
    """Whether brackets stand in more than so many levels; unbalanced ones are no matter here."""
    brackets = structure.translate(None, _NOT_BRACKETS)
    for _ in range(levels):
        if not brackets:
            return False
        brackets = _INNERMOST.sub(b"", brackets)
    return _INNERMOST.search(brackets) is not None
