"""The Parquet files of a run: their columns, and how they are written.

A file is there whole or not at all, and the same rows make the same bytes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from cds_service.population.rows import Row

_WORD: Final = pa.string()
_WORDS: Final = pa.list_(pa.field("element", _WORD))

_CRITERION: Final = pa.struct(
    [
        ("option", _WORD),
        ("criterion", _WORD),
        ("outcome", _WORD),
        ("because", _WORDS),
        ("sessions_certain", pa.int32()),
        ("sessions_possible", pa.int32()),  # null: no upper bound is known
        ("days_certain", pa.int32()),
        ("days_possible", pa.int32()),
        ("run_sessions", pa.int32()),  # null: the certain contacts form one run
        ("run_days", pa.int32()),
    ]
)

OUTCOMES: Final = pa.schema(
    [
        ("referral", _WORD),
        ("patient", _WORD),
        ("date", pa.date32()),
        ("criteria", _WORD),
        ("revision", pa.int32()),
        ("outcome", _WORD),
        ("because", _WORDS),
        ("by_criterion", pa.list_(pa.field("element", _CRITERION))),
        (
            "flags",
            pa.list_(
                pa.field("element", pa.struct([("id", _WORD), ("criterion", _WORD)])),
            ),
        ),
        (
            "readings",
            pa.list_(
                pa.field("element", pa.struct([("id", _WORD), ("outcome", _WORD)])),
            ),
        ),
        ("lost_references", _WORDS),
    ]
)
"""One row per referral. `referral` and `patient` are keyed hashes."""

CONTACTS: Final = pa.schema(
    [
        ("referral", _WORD),
        ("criterion", _WORD),
        ("first", pa.date32()),
        ("last", pa.date32()),
        ("standing", _WORD),
        ("because", _WORDS),
        ("reason", _WORD),
        ("professions", _WORDS),
        ("setting", _WORD),
        ("kind", _WORD),
        ("status", _WORD),
        ("sessions", pa.int32()),
        ("is_course", pa.bool_()),
        ("is_stated", pa.bool_()),
    ]
)
"""One row per contact and criterion."""

LOSSES: Final = pa.schema(
    [("file", _WORD), ("offset", pa.int64()), ("resource_type", _WORD), ("reason", _WORD)]
)
"""One row per thing that could not be read. `offset`: bytes before it, uncompressed."""


def write_table(path: Path, rows: Sequence[Row], schema: pa.Schema) -> None:
    """Write rows as one Parquet file."""
    table = pa.Table.from_pylist(list(rows), schema=schema)
    part = path.with_name(f".{path.name}.part")
    pq.write_table(table, part, compression="zstd", store_schema=True)
    part.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write a text file."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
