"""Reading and checking FHIR artefacts, ours and those of a site: every fault with file and path.

Only what the tables need is read; that our artefacts are valid FHIR R4 is for the tests.

**A site's own tables** (`IMSR_TERMINOLOGY_DIR`) are a folder with one or more of the subfolders
`concept_maps`, `value_sets`, `naming_systems` and `code_systems`, each holding FHIR R4 resources
of that type as JSON, one a file, with an `id`. A file of the same name takes the place of ours.

* ConceptMap: the roles of a code system. `group.source` is the code system, `group.target` is
  `https://imsr-cds.nl/fhir/CodeSystem/therapist-category`; each `element` has a `code`, a
  `display`, and `target` codes of that system with `equivalence` `equivalent` or `wider` (certain)
  or `inexact` (possible, to be confirmed). Two targets: a combination code. Target `other`: known
  to be somebody else. No target: says no profession. `product` may name the profession more finely
  and a place of its own, as in `concept_maps/role-snomed.json`. A map under a new name adds
  codes, and overrules ours where it holds the same code.
* ValueSet: everything else (places, kinds, sessions, indications, orders, words). The `id` must be
  one of ours, and the site's value set replaces ours as a whole: start from a copy of it.
  `compose.include` lists codes (`concept`), or a range by one `filter` (`property` `code`, `op`
  `regex`). Words are under the system `https://imsr-cds.nl/fhir/NamingSystem/plain-text`. A code
  is in one value set of a subject only: moving it takes a copy of both.
* NamingSystem: the addresses of a code system (`uniqueId`), of which one is `preferred`; its `id`
  is the short name on the command line.

All of it is checked at the start; with a fault the service does not start.
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
    """Every artefact below a folder, in order of its file names.

    What a site has put where it would be forgotten silently is a fault.
    """
    found = []
    if is_site:
        _name_misplaced(root, faults)
    for folder, resource_type in FOLDERS.items():
        for file in _json_files(root.joinpath(folder), faults, f"{folder}/"):
            artefact = _read(file, f"{folder}/{file.name}", faults, is_site=is_site)
            if artefact is None:
                continue
            if artefact.type == resource_type:
                found.append(artefact)
            else:
                faults.add(f"{artefact.file}: resourceType", f"is not {resource_type}")
    return tuple(found)


def _name_misplaced(root: Traversable, faults: Faults) -> None:
    """Faults for what is not read in a site's folder, and for a folder that holds no table."""
    holds_tables = False
    for entry in _visible(root, faults, root.name):
        if not entry.is_dir():
            if entry.name.lower().endswith(".json"):
                faults.add(entry.name, f"is in none of the folders {', '.join(FOLDERS)}")
        elif entry.name not in FOLDERS:
            faults.add(f"{entry.name}/", f"is none of the folders {', '.join(FOLDERS)}")
        else:
            for file in _visible(entry, faults, f"{entry.name}/"):
                holds_tables = True
                if not file.name.endswith(".json"):
                    faults.add(f"{entry.name}/{file.name}", "does not end in .json")
    if not holds_tables and not faults.found:
        faults.add(root.name, f"holds no tables in {', '.join(FOLDERS)}")


def _visible(folder: Traversable, faults: Faults, name: str) -> list[Traversable]:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        faults.add(name, "cannot be read")
        return []
    return [entry for entry in entries if not entry.name.startswith(".")]


def _json_files(folder: Traversable, faults: Faults, name: str) -> Iterable[Traversable]:
    if not folder.is_dir():
        return ()
    return [file for file in _visible(folder, faults, name) if file.name.endswith(".json")]


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
