"""Names from FHIR data, made harmless in Markdown and HTML and of a bounded length.

A client may render details with raw HTML switched on, so a name can reach a clinician's screen
as a link, a picture or a script. Nothing in a name is trusted.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

NAME_LENGTH = 80
"""The most characters that a name takes in a card, before escaping."""

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_MARKDOWN = frozenset("\\`*_{}[]#|~$")
_AUTOLINKS = (
    (re.compile(r":(?=\S)"), ": "),  # https://example.org, mailto:name
    (re.compile(r"/(?=/)"), "/ "),  # //localhost
    (re.compile(r"\.(?=[^\s.,;:)])"), ". "),  # example.org, 192.0.2.1
    (re.compile(r"\s*@\s*"), " @ "),  # name@example.org, and mentions
)
"""What GitHub-flavoured Markdown and its linkifiers make a link of without any brackets. Escapes do
not stop every renderer from doing so; a space does. `J.P. Jansen` becomes `J. P. Jansen`."""

_MOST_MARKS = 3
"""Combining marks in a name that are kept: piled up they cover the lines above and below."""


def escaped(name: str, *, length: int = NAME_LENGTH) -> str:
    """The name for a detail: one line, without invisible characters, escaped; may be empty."""
    return "".join(_harmless(character) for character in _shortened(_plain(name), length))


def one_line(name: str, *, length: int = NAME_LENGTH) -> str:
    """The name where templates escape it: one line, without invisible characters; may be empty."""
    return _shortened(" ".join(_visible(name).split()), length)


def _visible(name: str) -> str:
    """Visible characters: no controls, no direction marks, no zero-width ones."""
    sample = unicodedata.normalize("NFC", name[: 20 * NAME_LENGTH])
    return "".join(_few_marks(" " if c.isspace() else c for c in sample if _is_visible(c)))


def _plain(name: str) -> str:
    """One line of visible characters that nothing makes a link of."""
    visible = _visible(name)
    for pattern, replacement in _AUTOLINKS:
        visible = pattern.sub(replacement, visible)
    return " ".join(visible.split())


def _is_visible(character: str) -> bool:
    """Whitespace stays to part words; of the rest, everything that has a shape."""
    return character.isspace() or not unicodedata.category(character).startswith("C")


def _few_marks(characters: Iterable[str]) -> Iterator[str]:
    marks = 0
    for character in characters:
        is_mark = unicodedata.category(character).startswith("M")
        marks += is_mark
        if not is_mark or marks <= _MOST_MARKS:
            yield character


def _shortened(name: str, length: int) -> str:
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def _harmless(character: str) -> str:
    if character in _MARKDOWN:
        return "\\" + character
    return _HTML.get(character, character)
