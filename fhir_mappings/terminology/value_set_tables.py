"""The ValueSets, read into tables: each table is made of the value sets of one subject."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from fhir_mappings.reading.concepts import Coding
from fhir_mappings.terminology.artefacts import Artefact, Faults
from fhir_mappings.terminology.code_tables import CodeTable, TableEntry
from fhir_mappings.terminology.coding_keys import CodingKeys, Key

Meaning = TypeVar("Meaning")


def table(
    artefacts: Mapping[str, Artefact],
    meanings: Mapping[str, Meaning],
    keys: CodingKeys,
    faults: Faults,
    in_capitals: frozenset[str] = frozenset(),
) -> CodeTable[Meaning]:
    """One table of several value sets, by the ids of the value sets; each must be there.

    `in_capitals` are words that are read in capitals only.
    """
    entries: list[TableEntry[Meaning]] = []
    home: dict[Key, str] = {}
    for name, meaning in meanings.items():
        if name not in artefacts:
            faults.add(f"value_sets/{name}.json", "is missing")
            continue
        for place, entry in value_set_entries(artefacts[name], meaning, keys, faults):
            file = artefacts[name].file
            other = home.setdefault(entry.key, file) if entry.pattern is None else file
            if other != file:
                faults.add(place, f"{entry.key[1]} is in {other} too")
            entries.append(entry)
    return CodeTable.of(entries, in_capitals=in_capitals)


def value_set_entries(
    artefact: Artefact, meaning: Meaning, keys: CodingKeys, faults: Faults
) -> Iterator[tuple[str, TableEntry[Meaning]]]:
    """Every line of one ValueSet, each with its place in the file."""
    compose = artefact.resource.get("compose")
    if not isinstance(compose, Mapping):
        faults.add(f"{artefact.file}: compose", "is missing or no object")
        return
    if "exclude" in compose:
        faults.add(f"{artefact.file}: compose.exclude", "is not understood; leave the codes out")
    for place, include in faults.objects(
        compose.get("include"), f"{artefact.file}: compose.include"
    ):
        if "valueSet" in include:
            faults.add(f"{place}.valueSet", "is not understood; list the codes")
        if not include.get("concept") and not include.get("filter"):
            faults.add(place, "names no codes: neither a concept nor a filter")
        system = faults.text(include.get("system"), f"{place}.system")
        for spot, concept in faults.objects(include.get("concept"), f"{place}.concept"):
            code = faults.text(concept.get("code"), f"{spot}.code")
            name = concept.get("display")
            shown = name if isinstance(name, str) else ""
            yield spot, TableEntry(keys.key(Coding(system, code)), meaning, shown)
        for spot, condition in faults.objects(include.get("filter"), f"{place}.filter"):
            yield from _range(system, condition, meaning, keys, (spot, faults))


def _range(
    system: str,
    condition: Mapping[str, object],
    meaning: Meaning,
    keys: CodingKeys,
    report: tuple[str, Faults],
) -> Iterator[tuple[str, TableEntry[Meaning]]]:
    place, faults = report
    if condition.get("property") != "code" or condition.get("op") != "regex":
        faults.add(place, "is no regex on code; no other filter is understood")
        return
    pattern = faults.pattern(condition.get("value"), f"{place}.value")
    if pattern is not None:
        yield place, TableEntry(keys.key(Coding(system, "")), meaning, pattern=pattern)
