"""A piece of an export, its lines put together by patient: an Arrow file with a batch per bucket.

What a patient has may stand anywhere in an export, before or after the Patient. A bucket holds
all of some patients, so it can be judged without the rest.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa

from cds_service.population.export_files import Piece
from cds_service.population.heads import (
    DIRECTORY,
    Head,
    HeadReader,
    HeldLine,
    Loss,
    LossReason,
    LostLine,
)
from cds_service.population.lines import lines

SHARED: Final = -1
"""The bucket of what every patient may need: roles, people, places and organisations."""

_HELD_BYTES: Final = 32 << 20
"""Lines that are held before they are written: a compressed file of any size is one piece."""

_COLUMNS: Final = pa.schema(
    [
        ("patient", pa.string()),
        ("type", pa.string()),
        ("file", pa.string()),
        ("offset", pa.int64()),
        ("line", pa.large_binary()),
    ]
)


@dataclass(frozen=True, slots=True)
class PieceIndex:
    """What a piece held: the bucket of each batch, how many of each type, what was lost."""

    batches: tuple[int, ...] = ()
    types: dict[str, int] = field(default_factory=dict)
    losses: tuple[LostLine, ...] = ()


def bucket_of(patient: str, buckets: int) -> int:
    """The bucket of a patient: the same in every process and run."""
    return zlib.crc32(patient.encode("utf-8", "surrogatepass")) % buckets


def partition(piece: Piece, folder: Path, number: int, buckets: int, base_url: str) -> None:
    """Write the lines of a piece, by bucket; its index last, so that it is there when all is."""
    index = _index_path(folder, number)
    if index.exists():
        return
    path = _data_path(folder, number)
    part = path.with_suffix(".part")
    batches: list[int] = []
    types: Counter[str] = Counter()
    losses: list[LostLine] = []
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, _COLUMNS, options=options) as to:
        for held in _rounds(piece, base_url, types, losses):
            by_bucket: dict[int, list[HeldLine]] = defaultdict(list)
            for each in held:
                is_shared = each.resource_type in DIRECTORY
                by_bucket[SHARED if is_shared else bucket_of(each.patient, buckets)].append(each)
            for bucket in sorted(by_bucket):
                to.write_batch(_batch(by_bucket[bucket]))
                batches.append(bucket)
    part.replace(path)
    found = PieceIndex(tuple(batches), dict(sorted(types.items())), tuple(losses))
    part.write_bytes(msgspec.json.encode(found))
    part.replace(index)


def _rounds(
    piece: Piece, base_url: str, types: Counter[str], losses: list[LostLine]
) -> Iterator[list[HeldLine]]:
    """The lines of a piece, no more at once than may be held; what they are is counted."""
    reader = HeadReader(base_url)
    name = piece.file.name
    held: list[HeldLine] = []
    size = 0
    for line in lines(piece):
        content = line.content
        found = Loss(content) if isinstance(content, LossReason) else reader.read(content)
        if isinstance(found, Loss) or isinstance(content, LossReason):
            reason = found.reason if isinstance(found, Loss) else LossReason.NOT_JSON
            kind = found.resource_type
            losses.append(LostLine(name, line.offset, reason, kind))
            continue
        types[found.resource_type] += 1
        if not _is_held(found):
            continue
        held.append(HeldLine(found.patient, found.resource_type, name, line.offset, content))
        size += len(content)
        if size >= _HELD_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _is_held(found: Head) -> bool:
    return bool(found.patient) or found.resource_type in DIRECTORY


def _batch(held: Sequence[HeldLine]) -> pa.RecordBatch:
    columns = [pa.array(column, each.type) for column, each in zip(zip(*held), _COLUMNS)]  # noqa: B905 as many as columns
    return pa.RecordBatch.from_arrays(columns, schema=_COLUMNS)


def read_index(folder: Path, number: int) -> PieceIndex:
    """What a piece held."""
    return msgspec.json.decode(_index_path(folder, number).read_bytes(), type=PieceIndex)


def read_bucket(folder: Path, indexes: Sequence[PieceIndex], bucket: int) -> Iterator[HeldLine]:
    """The lines of a bucket, in the order of the export."""
    for number, index in enumerate(indexes):
        wanted = [at for at, each in enumerate(index.batches) if each == bucket]
        if not wanted:
            continue
        with pa.memory_map(str(_data_path(folder, number))) as source:
            reader = pa.ipc.open_file(source)
            for at in wanted:
                columns = reader.get_batch(at).to_pydict()
                yield from map(HeldLine._make, zip(*columns.values(), strict=True))


def _data_path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.arrow"


def _index_path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.json"
