"""The lines of a piece, each with the place at which it starts; nothing is passed over.

DuckDB and others end at an object of 16 MB, so lines are read here: one that is too long is named
and skipped without being held.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, cast

from cds_service.population.export_files import Piece
from cds_service.population.heads import LONGEST_LINE, LossReason

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or why there is none. `offset` is in the bytes of the file before compression."""

    offset: int
    content: bytes | LossReason


def lines(piece: Piece, longest: int = LONGEST_LINE) -> Iterator[Line]:
    """The lines that start in a piece; empty ones are no lines."""
    with piece.file.path.open("rb") as raw:
        if piece.file.is_compressed:
            yield from _unpacked(raw, longest)
            return
        at = piece.start
        if at:
            raw.seek(at - 1)
            at += _rest_of_line(raw) - 1  # it belongs to the piece before, unless it is whole
        yield from _from(raw, at, piece.end, longest)


def _rest_of_line(file: IO[bytes]) -> int:
    """How many bytes there were up to and with the end of the line."""
    skipped = 0
    while True:
        part = file.readline(1 << 20)
        skipped += len(part)
        if not part or part.endswith(b"\n"):
            return skipped


def _unpacked(raw: IO[bytes], longest: int) -> Iterator[Line]:
    reached = 0
    with gzip.GzipFile(fileobj=raw, mode="rb") as file:
        try:
            for line in _from(cast("IO[bytes]", file), 0, None, longest):
                reached = line.offset + 1
                yield line
        except (EOFError, zlib.error, gzip.BadGzipFile):
            yield Line(reached, LossReason.CUT_SHORT)


def _from(file: IO[bytes], at: int, end: int | None, longest: int) -> Iterator[Line]:
    while end is None or at < end:
        content = file.readline(longest + 1)
        if not content:
            return
        start, at = at, at + len(content)
        if len(content) > longest and not content.endswith(b"\n"):
            at += _rest_of_line(file)
            yield Line(start, LossReason.TOO_LONG)
            continue
        if start == 0:
            content = content.removeprefix(_BYTE_ORDER_MARK)
        content = content.strip(b" \t\r\n")
        if content:
            yield Line(start, content)
