"""Whole words and phrases in text that people wrote.

Case and accents do not matter; hyphen, slash and space are alike ("POH-GGZ" = "poh ggz"). A
phrase never runs across a comma or a full stop, so that "hoofdpijn: geen. Pijn in de rug" denies
no back pain. Parts of words never match: "psycho" is not found in "psychomotorisch". Some
abbreviations are words too when they are written small ("als", "kans"): those match in capitals
only.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")
Words = tuple[str, ...]

_BREAKS = re.compile(r"[.,;:!?()\[\]\n\r\t|\"]+")
_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def words(text: str) -> Words:
    """All words of the text, folded, whatever is between them."""
    return tuple(_WORD.findall(folded(text)))


def stretches(text: str) -> tuple[Words, ...]:
    """The words of the text, cut at punctuation."""
    return tuple(found for part in _BREAKS.split(text) if (found := words(part)))


def capitals(text: str) -> frozenset[str]:
    """The words of a text that are written in capitals, folded."""
    return frozenset(folded(word) for word in _WORD.findall(text) if word.isupper())


class Match(NamedTuple, Generic[Value]):
    """One phrase in a text."""

    phrase: Words
    value: Value
    stretch: int  # the number of the stretch between two punctuation marks
    start: int  # the number of its first word in the stretch
    before: str  # the word in front of it; empty at the start of a stretch

    @property
    def place(self) -> tuple[int, int]:
        """Where it is; a smaller one is further in front."""
        return self.stretch, self.start


@dataclass(frozen=True, slots=True)
class Phrases(Generic[Value]):
    """Phrases with what each of them means, found in texts from left to right, longest first.

    `in_capitals` are those of one word that match only where the text has them in capitals.
    """

    by_first_word: Mapping[str, tuple[tuple[Words, Value], ...]]
    whole: Mapping[Words, Value]
    in_capitals: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, meanings: Iterable[tuple[str, Value]], *, in_capitals: frozenset[str] = frozenset()
    ) -> "Phrases[Value]":
        """A table of these phrases; of one given twice the last meaning holds."""
        whole = {words(phrase): value for phrase, value in meanings if words(phrase)}
        by_first: dict[str, list[tuple[Words, Value]]] = {}
        for phrase, value in whole.items():
            by_first.setdefault(phrase[0], []).append((phrase, value))
        for entries in by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        lists = {first: tuple(entries) for first, entries in by_first.items()}
        return cls(lists, whole, in_capitals)

    def places(self, text: str) -> Iterator[Match[Value]]:
        """Every phrase in the text, from left to right; a word belongs to one phrase only."""
        for number, stretch in enumerate(stretches(text)):
            start = 0
            while start < len(stretch):
                found = self._at(stretch, start, text)
                if found is None:
                    start += 1
                    continue
                phrase, value = found
                before = stretch[start - 1] if start else ""
                yield Match(phrase, value, number, start, before)
                start += len(phrase)

    def matches(self, text: str) -> tuple[tuple[Words, Value], ...]:
        """Every phrase in the text with its meaning."""
        return tuple((match.phrase, match.value) for match in self.places(text))

    def find(self, text: str) -> tuple[Value, ...]:
        """The meanings of every phrase in the text."""
        return tuple(match.value for match in self.places(text))

    def exact(self, text: str) -> Value | None:
        """The meaning of a text that is one of the phrases and nothing more."""
        return self.whole.get(words(text))

    def _at(self, stretch: Words, start: int, text: str) -> tuple[Words, Value] | None:
        for phrase, value in self.by_first_word.get(stretch[start], ()):
            if stretch[start : start + len(phrase)] != phrase:
                continue
            is_of_capitals = len(phrase) == 1 and phrase[0] in self.in_capitals
            if not is_of_capitals or phrase[0] in capitals(text):
                return phrase, value
        return None
