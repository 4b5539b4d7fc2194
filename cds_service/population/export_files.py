"""The files of a FHIR Bulk Data export on disk: a folder of NDJSON, or its manifest.

A file is named as `$export` names it: the type first, then whatever tells files apart
(`Encounter.ndjson`, `1.Encounter.ndjson`, `Encounter.0001.ndjson.gz`). A file is read by what its
lines say; its name tells which type was asked for where it is empty or broken.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import msgspec

from cds_service.population.heads import READ

_ENDINGS: Final = (".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz")
_WORD: Final = re.compile(r"[A-Za-z]+")
_PIECE_BYTES: Final = 32 << 20
"""How much of a plain file one piece covers: what bounds the memory of a worker."""


class UnusableExportError(Exception):
    """There is nothing to read at the path, or it is no export. The text says what to do."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file. `name` is its path below the export; `resource_type` what its name says."""

    path: Path
    name: str
    resource_type: str
    size: int
    is_compressed: bool
    is_there: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines of a file that start in a range of bytes; of a compressed file all of them."""

    file: ExportFile
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Export:
    """All files, in the order of their names. `base_url` is that of the server, if it is known."""

    files: tuple[ExportFile, ...]
    base_url: str = ""

    @property
    def size(self) -> int:
        """All bytes as they lie on disk."""
        return sum(each.size for each in self.files)

    def pieces(self) -> Iterator[Piece]:
        """The whole, in pieces that do not depend on who reads them."""
        for file in self.files:
            if not file.is_there:
                continue
            if file.is_compressed or file.size == 0:
                yield Piece(file, 0, max(file.size, 1))
                continue
            for start in range(0, file.size, _PIECE_BYTES):
                yield Piece(file, start, min(start + _PIECE_BYTES, file.size))

    @property
    def types(self) -> frozenset[str]:
        """The types that the names of the files tell."""
        return frozenset(each.resource_type for each in self.files if each.resource_type)


def find_export(path: Path, base_url: str = "") -> Export:
    """The export at a path: a folder, or the manifest (JSON) that `$export` answered.

    Raises UnusableExportError.
    """
    if path.is_dir():
        return _checked(path, Export(tuple(_in_folder(path)), base_url))
    if path.is_file():
        return _checked(path, _of_manifest(path, base_url))
    raise UnusableExportError(f"{path}: there is no such folder or file.")


def _checked(path: Path, export: Export) -> Export:
    if not export.files:
        endings = ", ".join(_ENDINGS)
        raise UnusableExportError(
            f"{path}: no NDJSON found. Name the folder that holds the files of the export"
            f" ({endings}), or its manifest."
        )
    return export


def _in_folder(folder: Path) -> Iterator[ExportFile]:
    found = sorted(each for each in folder.rglob("*") if each.name.endswith(_ENDINGS))
    for path in found:
        if path.is_file():
            yield _file(path, path.relative_to(folder).as_posix())


def _file(path: Path, name: str, resource_type: str = "") -> ExportFile:
    is_there = path.is_file()
    return ExportFile(
        path=path.absolute(),
        name=name,
        resource_type=resource_type or _type_in(path.name),
        size=path.stat().st_size if is_there else 0,
        is_compressed=name.endswith(".gz"),
        is_there=is_there,
    )


def _type_in(name: str) -> str:
    """The type that a name tells: a whole word of it, so PractitionerRole is no Practitioner."""
    return next((word for word in _WORD.findall(name) if word in READ), "")


def _of_manifest(path: Path, base_url: str) -> Export:
    try:
        manifest: Any = msgspec.json.decode(path.read_bytes())
        output = manifest["output"]
        listed = [(str(each["type"]), str(each["url"])) for each in output]
        asked = str(manifest.get("request", ""))
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        raise UnusableExportError(
            f"{path}: is no manifest of an export. It must be a JSON object with `output`, a list"
            " of objects with `type` and `url`; or name the folder of the NDJSON files instead."
        ) from None
    files = [_listed(path.parent, kind, url) for kind, url in sorted(set(listed))]
    return Export(tuple(files), base_url or _base_of(asked))


def _listed(folder: Path, resource_type: str, url: str) -> ExportFile:
    """A file of the manifest: where it was downloaded to, beside the manifest."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    candidates = [name, *(f"{name}{ending}" for ending in (*_ENDINGS, ".gz"))]
    there = (each for each in candidates if each and (folder / each).is_file())
    found = next(there, name or "unnamed")
    return _file(folder / found, found, resource_type if resource_type in READ else "")


def _base_of(request: str) -> str:
    """The FHIR base in the address that was asked: all before `$export` and its compartment."""
    before, found, _ = request.partition("/$export")
    if not found:
        return ""
    return re.sub(r"/(Patient|Group/[^/]+)$", "", before)


def missing_types(export: Export, wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted types of which there is no file, sorted."""
    return tuple(sorted(set(wanted) - export.types))
