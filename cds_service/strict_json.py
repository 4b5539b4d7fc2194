"""JSON as CDS Hooks sends it: an object in UTF-8, strictly written and of bounded size.

What lenient parsers let pass can hide a wrong answer: of two members with one name only one would
be seen, an infinite number compares with nothing, half a surrogate pair cannot be answered.
Size is looked at before anything is built, so that a small body cannot become a large memory.
"""

from dataclasses import dataclass

import msgspec

from cds_service.errors import CallFault, CallTooLargeError, MalformedCallError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'{}[],"'))
_NOT_BRACKETS = b',"'
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
