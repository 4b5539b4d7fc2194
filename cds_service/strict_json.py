"""JSON as CDS Hooks sends it: an object in UTF-8, strictly written and of bounded size.

What lenient parsers let pass can hide a wrong answer: of two members with one name only one would
be seen, an infinite number compares with nothing, half a surrogate pair cannot be answered.
Size is looked at before anything is built, so that a small body cannot become a large memory.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import msgspec

from cds_service.errors import CallFault, CallTooLargeError, MalformedCallError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'{}[],"'))
_NOT_BRACKETS = b',"'
_PART = 1 << 18  # bytes that are looked at together
_DOWN, _UP = b"\x01", b"\xff"  # 1 and -1 in one byte
_AS_STEPS = bytes.maketrans(b"[]{}", _DOWN + _UP + _DOWN + _UP)
_AS_OBJECTS = bytes.maketrans(b"[]", b"{}")


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
    if len(body) > limits.size:
        raise CallTooLargeError(f"more than {limits.size} bytes")
    structure = _structure(body)
    _refuse_size(body, structure, limits)
    value = _parse(body, structure.count(b","))
    if not isinstance(value, dict):
        raise MalformedCallError(CallFault("", "the body must be a JSON object"))
    return value


def count_values(body: bytes) -> int:
    """How many members and items a body holds, all levels together, before anything is built.

    It is looked at a part at a time, so that the look itself takes little memory.
    """
    marks = (b",", b"{", b"[")
    return sum(part.count(mark) for part in _structure_in_parts(body) for mark in marks)


def count_levels(body: bytes) -> int:
    """How deeply objects and arrays are nested; 0 where more are closed than were opened."""
    brackets = b"".join(
        part.translate(_AS_STEPS, _NOT_BRACKETS) for part in _structure_in_parts(body)
    )
    if brackets.count(_UP) > brackets.count(_DOWN):
        return 0  # no JSON
    return max(accumulate(array("b", brackets)), default=0)


def _structure_in_parts(body: bytes) -> Iterator[bytes]:
    """As `_structure`, of one part of a body after another."""
    is_in_string = False
    at = 0
    while at < len(body):
        end = at + _PART
        part = body[at:end]
        if (len(part) - len(part.rstrip(b"\\"))) % 2:
            part = body[at : end + 1]  # what is escaped stays with its backslash
        at += len(part)
        strings = _without_escapes(part).translate(None, _NOT_STRUCTURE).split(b'"')
        yield b"".join(strings[1 if is_in_string else 0 :: 2])
        is_in_string ^= len(strings) % 2 == 0


def _parse(body: bytes, commas: int) -> object:
    """The value. Of what is written nothing may be lost: of two members with one name one is.

    Then a comma is lost too: what was read is written once more, and the commas are counted.
    """
    try:
        value: object = msgspec.json.decode(body)
        written = msgspec.json.encode(value)
    except RecursionError as error:
        raise CallTooLargeError("nested too deeply") from error
    except ValueError:  # also msgspec.DecodeError; their texts quote the body
        raise MalformedCallError(CallFault("", "the body must be JSON in UTF-8")) from None
    if _structure(written).count(b",") != commas:
        raise MalformedCallError(CallFault("", "the body must be JSON in UTF-8"))
    return value


def _refuse_size(body: bytes, structure: bytes, limits: BodyLimits) -> None:
    if len(body) > limits.string and _longest_string(body) > limits.string:
        raise CallTooLargeError(f"a string of more than {limits.string} bytes")
    if sum(structure.count(mark) for mark in (b",", b"{", b"[")) > limits.values:
        raise CallTooLargeError(f"more than {limits.values} values")
    if _is_deeper(structure, limits.nesting):
        raise CallTooLargeError(f"nested more than {limits.nesting} levels")


def _longest_string(body: bytes) -> int:
    return max(map(len, _without_escapes(body).split(b'"')[1::2]), default=0)


def _structure(body: bytes) -> bytes:
    """Brackets and commas of a body, but for those in its strings."""
    marks = _without_escapes(body).translate(None, _NOT_STRUCTURE)
    marks = marks.replace(b'""', b"")  # strings without any of these marks: nearly all
    return b"".join(marks.split(b'"')[::2])


def _without_escapes(body: bytes) -> bytes:
    """The body with its escaped quotes and backslashes blotted out, in the same length."""
    if b"\\" not in body:
        return body
    return body.replace(rb"\\", b"__").replace(rb"\"", b"__")


def _is_deeper(structure: bytes, levels: int) -> bool:
    """Whether brackets stand in more than so many levels; unbalanced ones are no matter here."""
    brackets = structure.translate(_AS_OBJECTS, _NOT_BRACKETS)
    for _ in range(levels):
        if b"{}" not in brackets or b"{" * (levels + 1) in brackets:
            break
        brackets = brackets.replace(b"{}", b"")  # the innermost level
    return b"{}" in brackets
