"""The texts of the page, beside those of the cards: one word per concept in both."""

from functools import cache
from importlib import resources

from cds_service.cards.wording import LANGUAGES, Wording, read_wordings
from cds_service.yaml_text import read_shipped_yaml


@cache
def page_wording(language: str) -> Wording:
    """The texts of a language; a KeyError where there are none in it."""
    return _all()[language]


@cache
def _all() -> dict[str, Wording]:
    folder = resources.files("cds_service.page")
    return read_wordings(
        {
            language: read_shipped_yaml(
                (folder / f"wording.{language}.yaml").read_text(encoding="utf-8")
            )
            for language in LANGUAGES
        }
    )
