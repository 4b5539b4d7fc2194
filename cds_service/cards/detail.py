"""Parts put together to one detail: paragraphs, joined sentences, numbered lists."""

import re

from cds_service.cards import phrases
from cds_service.cards.context import CardContext
from cds_service.cards.layout import layout
from cds_service.cards.parts import part_text

_WITHOUT_BREAK = "POH\u2011GGZ"  # so that no line ends between its halves
_NUMBERED = re.compile(r"\d+\. ")


def detail(context: CardContext) -> str:
    """The detail in GitHub-flavoured Markdown; empty where the card has none."""
    blocks: list[str] = []
    if context.orders:
        names = phrases.listed(context.orders, context.wording)
        blocks.append(context.wording.say("parts.order", n=len(context.orders), order=names))
    for place in layout().cards[context.kind].parts:
        text = part_text(place.name, context)
        if text is None:
            continue
        if blocks and _continues_list(blocks[-1], text):
            blocks[-1] += "\n" + _numbered(text, after=blocks[-1])
        elif blocks and place.joins and not _ends_in_list(blocks[-1]):
            blocks[-1] += " " + text
        else:
            blocks.append(_numbered(text, after=""))
    return "\n\n".join(blocks).replace("POH-GGZ", _WITHOUT_BREAK)


def _continues_list(block: str, text: str) -> bool:
    return bool(_NUMBERED.match(text) and _NUMBERED.match(_last_line(block)))


def _ends_in_list(block: str) -> bool:
    line = _last_line(block)
    return line.startswith(("- ", "| ")) or bool(_NUMBERED.match(line))


def _numbered(text: str, *, after: str) -> str:
    """The line with its number in the list that it continues; other text as it is."""
    if not _NUMBERED.match(text):
        return text
    number = len(after.split("\n")) + 1 if after else 1
    return _NUMBERED.sub(f"{number}. ", text, count=1)


def _last_line(block: str) -> str:
    return block.rsplit("\n", 1)[-1]
