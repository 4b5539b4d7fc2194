"""The card of a referral that was sent, word for word: for triage and physician of the centre.

The files in `golden/sent/` are reviewed texts: the summary in bold, then the detail.
"""

from datetime import date
from pathlib import Path

import pytest

from cds_service.cards import Card, Indicator
from cds_service.cards.sent import present_sent
from tests.cards.golden_stories import golden_assessment

_FOLDER = Path(__file__).parent / "golden"
_FILES = sorted((_FOLDER / "sent").glob("*.md"))
_STORIES = sorted({file.stem.rpartition(".")[0] for file in _FOLDER.glob("*.nl.md")})
_TODAY = date(2026, 6, 15)
_SILENT = ("not_applicable", "one_time_consult")
_OF_A_REFERRER = ("uw verwijzing", "your referral", "zet ", "schrijf", "licht toe", "explain in")


def _cards(story: str, language: str) -> tuple[Card, ...]:
    return present_sent(golden_assessment(story), language=language, today=_TODAY)


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_the_card_reads_as_reviewed(file: Path) -> None:
    story, _, language = file.stem.rpartition(".")
    (card,) = _cards(story, language)
    assert f"**{card.summary}**\n\n{card.detail}\n" == file.read_text(encoding="utf-8")


def test_there_are_reviewed_files() -> None:
    assert len(_FILES) == 36


@pytest.mark.parametrize("story", _STORIES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_of_every_story_it_is_short_and_asks_nothing_that_only_the_referrer_can_do(
    story: str, language: str
) -> None:
    for card in _cards(story, language):
        assert card.indicator is Indicator.INFO
        assert len(card.summary.encode("utf-16-le")) < 280
        text = f"{card.summary} {card.detail}".lower()
        assert [words for words in _OF_A_REFERRER if words in text] == []


@pytest.mark.parametrize("story", _STORIES)
def test_it_is_silent_only_where_the_criteria_do_not_apply(story: str) -> None:
    assert bool(_cards(story, "nl")) is not story.startswith(_SILENT)
