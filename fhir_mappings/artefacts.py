"""Reading and checking our FHIR artefacts: every fault is named with file and path.

Only what the tables need is read; that the artefacts are valid FHIR R4 is for the tests.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import cast

FOLDERS = {
    "code_systems": "CodeSystem",
    "concept_maps": "ConceptMap",
    "value_sets": "ValueSet",
    "naming_systems": "NamingSystem",
}


@dataclass(frozen=True, slots=True)
class Artefact:
    """One artefact, and the file it came from (`value_sets/pain-words.json`)."""

    file: str
    resource: Mapping[str, object]
    is_site: bool = False  # from a site's own folder: it may overrule ours

    @property
    def id(self) -> str:
        """The id of the resource."""
        return str(self.resource.get("id", ""))

    @property
    def type(self) -> str:
        """The type of the resource."""
        return str(self.resource.get("resourceType", ""))


@dataclass(slots=True)
class Faults:
    """Every fault found so far."""

    found: list[str] = field(default_factory=list)

    def add(self, place: str, what: str) -> None:
        """Note a fault."""
        self.found.append(f"{place}: {what}")

    def objects(self, value: object, place: str) -> Iterator[tuple[str, Mapping[str, object]]]:
        """The objects of a list, each with its place; anything else is a fault."""
        if value is None:
            return
        if not isinstance(value, list):
            self.add(place, "is no list")
            return
        for number, item in enumerate(cast("list[object]", value)):
            if isinstance(item, Mapping):
                yield f"{place}[{number}]", item
            else:
                self.add(f"{place}[{number}]", "is no object")

    def text(self, value: object, place: str) -> str:
        """A string that is not empty; anything else is a fault."""
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.add(place, "is missing or no text")
        return ""

    def pattern(self, value: object, place: str) -> re.Pattern[str] | None:
        """A regular expression; anything else is a fault."""
        try:
            return re.compile(self.text(value, place))
        except re.error:
            self.add(place, "is no regular expression")
            return None


def read_folder(
    root: Traversable, faults: Faults, *, is_site: bool = False
) -> tuple[Artefact, ...]:
    """Every artefact below a folder, in order of its file names."""
    found = []
    for folder, resource_type in FOLDERS.items():
        for file in _json_files(root.joinpath(folder)):
            artefact = _read(file, f"{folder}/{file.name}", faults, is_site=is_site)
            if artefact is None:
                continue
            if artefact.type == resource_type:
                found.append(artefact)
            else:
                faults.add(f"{artefact.file}: resourceType", f"is not {resource_type}")
    return tuple(found)


def _json_files(folder: Traversable) -> Iterable[Traversable]:
    if not folder.is_dir():
        return ()
    files = (file for file in folder.iterdir() if file.name.endswith(".json"))
    return sorted(files, key=lambda file: file.name)


def _read(file: Traversable, name: str, faults: Faults, *, is_site: bool) -> Artefact | None:
    try:
        resource = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        faults.add(name, "is no readable JSON")
        return None
    if not isinstance(resource, Mapping):
        faults.add(name, "is no JSON object")
        return None
    faults.text(resource.get("id"), f"{name}: id")
    return Artefact(name, resource, is_site)
