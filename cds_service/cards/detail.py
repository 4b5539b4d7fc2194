"""Parts put together to one detail of bounded length: paragraphs and joined sentences."""

import re
from dataclasses import replace

from cds_service.cards import phrases
from cds_service.cards.context import CardContext
from cds_service.cards.layout import PartPlace, layout
from cds_service.cards.parts import part_text

MOST_WORDS = 110
"""So many words a reader takes in within ten seconds; numbers and dates beside them."""

_WITHOUT_BREAK = "POH\u2011GGZ"
_WORD = re.compile(r"[^\W\d_]\S*")
_NOTE = "note"  # is said shorter before it would be left out
_COUNTED_IN_LINES = "doubt"  # the list of doubtful contacts has at most so many lines instead


def detail(context: CardContext) -> str:
    """The detail in GitHub-flavoured Markdown; empty where the card has none."""
    blocks: list[str] = []
    if context.orders:
        names = phrases.listed(context.orders, context.wording)
        blocks.append(context.wording.say("parts.order", n=len(context.orders), order=names))
    for place, text in _within_length(context).items():
        if blocks and place.joins and not _ends_in_list(blocks[-1]):
            blocks[-1] += " " + text
        else:
            blocks.append(text)
    return unbroken("\n\n".join(blocks))


def unbroken(text: str) -> str:
    """The same text, in which no line can end inside `POH-GGZ`."""
    return text.replace("POH-GGZ", _WITHOUT_BREAK)


def _within_length(context: CardContext) -> dict[PartPlace, str]:
    """The parts that have something to say, without spare ones where they are too long."""
    places = layout().cards[context.kind].parts
    filled = ((place, part_text(place.name, context)) for place in places)
    texts = {place: text for place, text in filled if text is not None}
    lengths = {place: _length(place, text) for place, text in texts.items()}
    total = sum(lengths.values())
    for name in layout().spare:
        if total <= MOST_WORDS:
            break
        for place in [each for each in texts if each.name == name]:
            shorter = part_text(name, replace(context, is_short=True)) if name == _NOTE else None
            total -= lengths[place] - words(shorter or "")
            if shorter is None:
                del texts[place]
            else:
                texts[place] = shorter
    return texts


def _length(place: PartPlace, text: str) -> int:
    is_list = place.name == _COUNTED_IN_LINES
    return words(text.partition("\n")[0] if is_list else text)


def words(text: str) -> int:
    """How many words a text has: whatever has a letter, so no numbers, dates and rules of tables.

    `fysiotherapie 6 keer, 02-09-2024 tot en met 27-09-2024` has five.
    """
    return len(_WORD.findall(text))


def _ends_in_list(block: str) -> bool:
    return block.rsplit("\n", 1)[-1].startswith(("- ", "| "))
