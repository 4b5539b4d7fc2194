"""Whole words and phrases in text that people wrote.

Case and accents do not matter; hyphen, slash and space are alike ("POH-GGZ" = "poh ggz"). A
phrase never runs across a comma or a full stop, so that "hoofdpijn: geen. Pijn in de rug" denies
no back pain. Parts of words never match: "psycho" is not found in "psychomotorisch".
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

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
    """All words of the text, folded, whatever stands between them."""
    return tuple(_WORD.findall(folded(text)))


def stretches(text: str) -> tuple[Words, ...]:
    """The words of the text, cut at punctuation."""
    return tuple(found for part in _BREAKS.split(text) if (found := words(part)))


@dataclass(frozen=True, slots=True)
class Phrases(Generic[Value]):
    """Phrases with what each of them means, found in texts from left to right, longest first."""

    by_first_word: Mapping[str, tuple[tuple[Words, Value], ...]]
    whole: Mapping[Words, Value]

    @classmethod
    def of(cls, meanings: Iterable[tuple[str, Value]]) -> "Phrases[Value]":
        """A table of these phrases; of one given twice the last meaning holds."""
        whole = {words(phrase): value for phrase, value in meanings if words(phrase)}
        by_first: dict[str, list[tuple[Words, Value]]] = {}
        for phrase, value in whole.items():
            by_first.setdefault(phrase[0], []).append((phrase, value))
        for entries in by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        return cls({first: tuple(entries) for first, entries in by_first.items()}, whole)

    def matches(self, text: str) -> tuple[tuple[Words, Value], ...]:
        """Every phrase in the text with its meaning; a word belongs to one phrase only."""
        return tuple(match for stretch in stretches(text) for match in self._in_stretch(stretch))

    def find(self, text: str) -> tuple[Value, ...]:
        """The meanings of every phrase in the text."""
        return tuple(value for _, value in self.matches(text))

    def exact(self, text: str) -> Value | None:
        """The meaning of a text that is one of the phrases and nothing more."""
        return self.whole.get(words(text))

    def _in_stretch(self, stretch: Words) -> Iterable[tuple[Words, Value]]:
        start = 0
        while start < len(stretch):
            match = self._at(stretch, start)
            if match is not None:
                yield match
            start += len(match[0]) if match is not None else 1

    def _at(self, stretch: Words, start: int) -> tuple[Words, Value] | None:
        for phrase, value in self.by_first_word.get(stretch[start], ()):
            if stretch[start : start + len(phrase)] == phrase:
                return phrase, value
        return None
