"""Which parts a card is made of, and how urgent it is shown; read from `layout.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from cds_service.cards.card import CardFunction, CardKind, Indicator
from cds_service.yaml_text import read_shipped_yaml


@dataclass(frozen=True, slots=True)
class PartPlace:
    """A part at its place in the detail; `joins` the paragraph of the one before."""

    name: str
    joins: bool


@dataclass(frozen=True, slots=True)
class CardLayout:
    """The parts of one card, its indicator at signing, and whether it is silent by default."""

    parts: tuple[PartPlace, ...]
    at_signing: Indicator
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """All cards, and the function that a part needs for its full text.

    `spare` are the parts without which a card that is too long goes, the first of them first.
    """

    cards: Mapping[CardKind, CardLayout]
    needs: Mapping[str, CardFunction]
    spare: tuple[str, ...]


@cache
def layout() -> Layout:
    """The layout that comes with the service."""
    file = resources.files("cds_service.cards") / "layout.yaml"
    content = read_shipped_yaml(file.read_text(encoding="utf-8"))
    return Layout(
        cards={kind: _card(content["cards"][kind.value]) for kind in CardKind},
        needs={part: CardFunction(name) for part, name in content["needs"].items()},
        spare=tuple(content["spare"]),
    )


def _card(content: Mapping[str, object]) -> CardLayout:
    parts = content["parts"]
    if not isinstance(parts, list):
        raise TypeError("the parts of a card are a list")
    return CardLayout(
        parts=tuple(PartPlace(part.removeprefix("+"), part.startswith("+")) for part in parts),
        at_signing=Indicator(str(content["sign"])),
        is_silent=content.get("silent", False) is True,
    )
