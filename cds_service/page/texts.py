"""The texts of one language: those of the page, and those that it shares with the cards."""

from dataclasses import dataclass

from cds_service.cards.wording import Wording, wording
from cds_service.page.wording import page_wording


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """`page` are the texts of the page alone, `cards` those of the cards."""

    page: Wording
    cards: Wording


def texts(language: str) -> Texts:
    """The texts of a language; a KeyError where there are none in it."""
    return Texts(page_wording(language), wording(language))
