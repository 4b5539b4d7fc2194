"""What documents say of settings, exit codes, metrics and closed lists is what the code says."""

from pathlib import Path

import pytest

from cds_service.domain import meanings
from cds_service.domain.assessment import FlagId
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.criteria import READING_VALUES
from tools import generate_docs
from tools.generate_docs import CHANGES, ROOT, between_markers, generated

POLICY = (ROOT / "cds_service/criteria_files/POLICY.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CHANGES, ids=lambda path: path.name)
def test_make_docs_would_change_nothing(path: Path) -> None:
    assert generated(path) == path.read_text(encoding="utf-8")


def test_every_word_of_a_closed_list_has_its_sentence() -> None:
    assert set(meanings.CAUSES) == set(Cause)
    assert set(meanings.REASONS) == set(Reason)
    assert set(meanings.FLAGS) == set(FlagId)
    assert {key: tuple(values) for key, values in meanings.READINGS.items()} == READING_VALUES


def test_a_sentence_is_one_line_without_a_full_stop() -> None:
    sentences = [
        *meanings.CAUSES.values(),
        *meanings.REASONS.values(),
        *meanings.FLAGS.values(),
        *(each for values in meanings.READINGS.values() for each in values.values()),
    ]
    assert [each for each in sentences if "\n" in each or each.endswith(".") or "|" in each] == []


def test_the_lists_of_the_policy_hold_every_word() -> None:
    for row in (
        '| <a id="cause-nothing_found"></a>`nothing_found` | a complete record holds no evidence',
        '| <a id="reason-same_day"></a>`same_day` | the same discipline already counts on that day',
        '| <a id="flag-intake_decisive"></a>`intake_decisive` | * an intake is counted |',
        '| <a id="reading-intake"></a>`intake` | `counts`: an intake is a session; `not`: it is',
    ):
        assert row in POLICY


def test_the_exit_codes_of_a_command_are_those_of_its_help() -> None:
    rows = list(generate_docs.exit_codes())
    assert (
        "| `imsr-cds check` | 3 | checked, and the strict look (--validate) found faults |" in rows
    )
    assert "| `imsr-cds explain-code` | 0 | a table knows the code |" in rows


def test_what_stands_between_markers_is_replaced_and_nothing_else() -> None:
    change = between_markers("list", lambda: ["one", "two"])
    assert change("before\n<!-- list -->\nold\n<!-- /list -->\nafter\n") == (
        "before\n<!-- list -->\none\ntwo\n<!-- /list -->\nafter\n"
    )


def test_a_document_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="must both stand in the document"):
        between_markers("list", lambda: ["one"])("a document\n")
