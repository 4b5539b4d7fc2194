"""The few marks of Markdown that our own texts for cards have, as HTML."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_STRONG = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS = re.compile(r"\*(.+?)\*")


def with_emphasis(text: str) -> Markup:
    """A text with `**strong**` and `*emphasised*` words; everything else is escaped.

    For our own wording alone: names from a record never come here.
    """
    strong = _STRONG.sub(r"<strong>\1</strong>", str(escape(text)))
    return Markup(_EMPHASIS.sub(r"<em>\1</em>", strong))  # noqa: S704 - escaped above


def paragraphs(text: str) -> Iterator[Markup]:
    """The lines of a part of a card, each a paragraph; its list dashes are left out."""
    for line in text.splitlines():
        if line.strip(" -"):
            yield with_emphasis(line.removeprefix("- "))
