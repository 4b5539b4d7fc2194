"""Names from FHIR data, made harmless in Markdown and HTML and of a bounded length.

A client may render details with raw HTML switched on, so a name can reach a clinician's screen
as a link, a picture or a script. Nothing in a name is trusted.
"""

import re
import unicodedata

NAME_LENGTH = 80
"""The most characters that a name takes in a card, before escaping."""

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_MARKDOWN = frozenset("\\`*_{}[]#|~$")
_AUTOLINKS = (
    (re.compile(r"(?i)(:)(?=//)"), r"\1 "),  # https://example.org
    (re.compile(r"(?i)(www)(?=\.)"), r"\1 "),  # www.example.org
    (re.compile(r"\s*@\s*"), " @ "),  # name@example.org, and mentions
    (re.compile(r"(?i)(mailto|xmpp)(?=:)"), r"\1 "),
)
"""What GitHub-flavoured Markdown makes a link of without any brackets. Escapes do not stop every
renderer from doing so; a space does."""


def escaped(name: str, *, length: int = NAME_LENGTH) -> str:
    """The name for a detail: one line, without invisible characters, escaped; may be empty."""
    return "".join(_harmless(character) for character in _shortened(_plain(name), length))


def _plain(name: str) -> str:
    """One line of visible characters: no controls, no direction marks, no zero-width ones."""
    sample = unicodedata.normalize("NFC", name[: 20 * NAME_LENGTH])
    visible = "".join(" " if c.isspace() else c for c in sample if _is_visible(c))
    for pattern, replacement in _AUTOLINKS:
        visible = pattern.sub(replacement, visible)
    return " ".join(visible.split())


def _is_visible(character: str) -> bool:
    """Whitespace stays to part words; of the rest, everything that has a shape."""
    return character.isspace() or not unicodedata.category(character).startswith("C")


def _shortened(name: str, length: int) -> str:
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def _harmless(character: str) -> str:
    if character in _MARKDOWN:
        return "\\" + character
    return _HTML.get(character, character)
