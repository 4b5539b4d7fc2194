"""Every kind of card as a clinician reads it, word for word, from contacts to Markdown.

The files in `golden/` are reviewed texts: the summary in bold, then the detail.
"""

import re
from datetime import date
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cds_service.cards import Card, CardKind, Indicator, present
from tests.cards.golden_stories import golden_assessment

_FOLDER = Path(__file__).parent / "golden"
_FILES = sorted(_FOLDER.glob("*.md"))
_TODAY = date(2026, 6, 15)


def _card(file: Path, hook: str = "order-sign") -> Card:
    name, _, language = file.stem.rpartition(".")
    (card,) = present(
        golden_assessment(name),
        hook=hook,
        language=language,
        today=_TODAY,
        show_not_applicable=True,
    )
    return card


def _as_file(card: Card) -> str:
    return "\n\n".join(part for part in (f"**{card.summary}**", card.detail) if part) + "\n"


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_the_card_reads_as_reviewed(file: Path) -> None:
    card = _card(file)
    assert _as_file(card) == file.read_text(encoding="utf-8")
    assert card.kind == file.stem.split(".")[0]


@pytest.mark.parametrize("kind", CardKind)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_kind_of_card_has_a_reviewed_file(kind: CardKind, language: str) -> None:
    assert list(_FOLDER.glob(f"{kind}.*.{language}.md"))


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_only_a_shortfall_warns_and_only_at_signing(file: Path) -> None:
    warns = file.stem.startswith("not_met") and ".S214." not in file.name  # its kind is unclear
    assert _card(file, "order-sign").indicator is (Indicator.WARNING if warns else Indicator.INFO)
    assert _card(file, "order-select").indicator is Indicator.INFO


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_the_detail_is_a_table_of_three_rows_and_no_html(file: Path) -> None:
    tokens = _parsed(_card(file).detail)
    assert not {"html_block", "html_inline", "code_block", "fence"} & {t.type for t in tokens}
    if not file.stem.startswith(_WITHOUT_TABLE):
        assert _table_shape(tokens) == (4, 16)


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_a_card_is_read_in_ten_seconds(file: Path) -> None:
    """At most 110 words, without numbers and dates; of doubtful contacts at most five lines."""
    lines = file.read_text(encoding="utf-8").split("\n")[1:]
    listed = [line for line in lines if line.startswith("- ") and _DOUBTFUL.match(line)]
    words = re.findall(r"[^\W\d_]\S*", " ".join(line for line in lines if line not in listed))
    assert len(words) <= 110
    assert len(listed) <= 5


_DOUBTFUL = re.compile(r"- (covering )?(\d+ (contact|\w+ \d{4})|\d\d-\d\d-\d{4})")
_WITHOUT_TABLE = (
    "kind_and_indication_unclear",
    "not_applicable",
    "one_time_consult",
    "record_unavailable",
)


def _parsed(detail: str) -> list[Token]:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(detail)
    return [*tokens, *(child for token in tokens for child in token.children or ())]


def _table_shape(tokens: list[Token]) -> tuple[int, int]:
    """Rows with the head, and cells."""
    types = [token.type for token in tokens]
    return types.count("tr_open"), types.count("th_open") + types.count("td_open")
