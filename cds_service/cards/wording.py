"""The texts of the cards, one file per language, checked as a whole when they are loaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from typing import TypeAlias

from cds_service.yaml_text import read_shipped_yaml

LANGUAGES = ("nl", "en")

PLACEHOLDERS = frozenset(
    {
        "basis",
        "caveat",
        "contacts",
        "c1_count",
        "c1_found",
        "c1_need",
        "c1_result",
        "c2_count",
        "c2_found",
        "c2_need",
        "c2_result",
        "checked",
        "courses",
        "d",
        "date",
        "days",
        "dd",
        "deviation",
        "discipline",
        "doubt",
        "doubt_lines",
        "earliest",
        "effective",
        "first",
        "found",
        "from",
        "k",
        "last",
        "lead",
        "min_age",
        "min_days",
        "min_sessions",
        "min_weeks",
        "missing_data",
        "mm",
        "month",
        "more",
        "n",
        "name",
        "named",
        "notes",
        "o2_count",
        "o2_found",
        "o2_need",
        "o2_result",
        "oldest",
        "option",
        "order",
        "part",
        "possible",
        "pointers",
        "possible_from",
        "practice",
        "question",
        "reasons",
        "required",
        "rev",
        "run",
        "sessions",
        "to",
        "weeks",
        "who",
        "years",
        "youngest",
        "yyyy",
    }
)
"""Every name that a text may have in braces."""

_LARGEST = 9999
"""Larger counts are shown as `forms.many`, so that no summary outgrows its limit."""


class InvalidWordingError(Exception):
    """The texts are wrong. `faults` holds every fault, each with file and key."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Plural:
    """A text that depends on a count: `one` where the placeholder `by` is 1, else `other`."""

    by: str
    one: "Text"
    other: "Text"


Text: TypeAlias = str | Plural


@dataclass(frozen=True, slots=True)
class Wording:
    """All texts of one language, by their key (`parts.intro`, `causes.status_open`)."""

    language: str
    texts: Mapping[str, Text]

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def say(self, key: str, /, **values: str | int) -> str:
        """The text with its placeholders filled in; counts choose singular or plural."""
        text = self.texts[key]
        while isinstance(text, Plural):
            text = text.one if values[text.by] == 1 else text.other
        return text.format_map({name: self._shown(value) for name, value in values.items()})

    def _shown(self, value: str | int) -> str:
        if isinstance(value, int) and value > _LARGEST:
            return self.say("forms.many")
        return str(value)


@cache
def wording(language: str) -> Wording:
    """The texts of a language; a KeyError where there are none in it."""
    return _all()[language]


@cache
def _all() -> dict[str, Wording]:
    folder = resources.files("cds_service.cards")
    files = {
        language: (folder / f"wording.{language}.yaml").read_text(encoding="utf-8")
        for language in LANGUAGES
    }
    return read_wordings({language: read_shipped_yaml(text) for language, text in files.items()})


def read_wordings(files: Mapping[str, object]) -> dict[str, Wording]:
    """The texts of all languages; an InvalidWordingError with every fault."""
    texts = {language: dict(_flat(content)) for language, content in files.items()}
    faults = tuple(_faults(texts))
    if faults:
        raise InvalidWordingError(faults)
    return {
        language: Wording(language, {key: _text(value) for key, value in flat.items()})
        for language, flat in texts.items()
    }


def _flat(content: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every text with its key. An object with `by` is one text in several numbers."""
    if not isinstance(content, Mapping) or "by" in content:
        yield path, content
        return
    for key, value in content.items():
        yield from _flat(value, f"{path}.{key}" if path else str(key))


def _text(value: object) -> Text:
    if isinstance(value, Mapping):
        return Plural(str(value["by"]), _text(value["one"]), _text(value["other"]))
    return str(value)


def _faults(texts: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    every_key = {key for flat in texts.values() for key in flat}
    for language, flat in texts.items():
        name = f"wording.{language}.yaml"
        for key in sorted(every_key - flat.keys()):
            yield f"{name}: {key}: missing"
        for key, value in flat.items():
            for fault in _text_faults(value):
                yield f"{name}: {key}: {fault}"


def _text_faults(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _plural_faults(value)
    elif isinstance(value, str):
        yield from _placeholder_faults(value)
    else:
        yield "not a text"


def _plural_faults(value: Mapping[object, object]) -> Iterator[str]:
    if set(value) != {"by", "one", "other"}:
        yield "an object needs exactly by, one and other"
        return
    if value["by"] not in PLACEHOLDERS:
        yield f"unknown placeholder in by: {value['by']}"
    yield from _text_faults(value["one"])
    yield from _text_faults(value["other"])


def _placeholder_faults(text: str) -> Iterator[str]:
    try:
        fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
    except ValueError as error:
        yield f"braces do not match: {error}"
        return
    for field in fields:
        if field not in PLACEHOLDERS:
            yield f"unknown placeholder {{{field}}}"
