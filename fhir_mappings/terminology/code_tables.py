"""Tables from codes, ranges of codes and words to what they mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from fhir_mappings.terminology.coding_keys import PLAIN_TEXT, Key
from fhir_mappings.terminology.phrases import Phrases

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class TableEntry(Generic[Meaning]):
    """One line of a table: a code, a word (system plain-text) or a range (`pattern`)."""

    key: Key
    meaning: Meaning
    name: str = ""
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class CodeTable(Generic[Meaning]):
    """What codes and words mean. A code of its own wins over a range that holds it."""

    codes: Mapping[Key, Meaning]
    ranges: Mapping[str, tuple[tuple[re.Pattern[str], Meaning], ...]]
    words: Phrases[Meaning]
    names: Mapping[Key, str]

    @classmethod
    def of(
        cls, entries: Iterable[TableEntry[Meaning]], *, in_capitals: frozenset[str] = frozenset()
    ) -> "CodeTable[Meaning]":
        """A table of these lines; of a code given twice the last line holds.

        `in_capitals` are words that are read in capitals only.
        """
        codes: dict[Key, Meaning] = {}
        ranges: dict[str, list[tuple[re.Pattern[str], Meaning]]] = {}
        texts: list[tuple[str, Meaning]] = []
        names: dict[Key, str] = {}
        for entry in entries:
            system, code = entry.key
            if entry.pattern is not None:
                ranges.setdefault(system, []).append((entry.pattern, entry.meaning))
            elif system == PLAIN_TEXT:
                texts.append((code, entry.meaning))
            else:
                codes[entry.key] = entry.meaning
                names[entry.key] = entry.name
        frozen = {system: tuple(found) for system, found in ranges.items()}
        return cls(codes, frozen, Phrases.of(texts, in_capitals=in_capitals), names)

    def get(self, key: Key) -> Meaning | None:
        """What this code means; None where the table does not hold it."""
        meaning = self.codes.get(key)
        return meaning if meaning is not None else self.in_range(key)

    def in_range(self, key: Key) -> Meaning | None:
        """What a range says that holds this code."""
        for pattern, meaning in self.ranges.get(key[0], ()):
            if pattern.fullmatch(key[1]):
                return meaning
        return None
