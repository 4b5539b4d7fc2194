"""docs/smart.md says what is so: the tests that it names exist, and no duty is without one."""

import re
from pathlib import Path

import pytest

from tests.architecture.test_security_document import names

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "smart.md").read_text()
NAMED_TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


@pytest.mark.parametrize(("module", "name"), NAMED_TESTS)
def test_a_test_that_is_named_exists(module: str, name: str) -> None:
    assert name in names(ROOT / module)


def test_every_duty_names_a_test_or_says_why_not() -> None:
    table = TEXT.partition("| an app SHALL |")[2].partition("\n\n")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) == 25
    for _, duty, state, held, *_ in rows:
        word = state.strip().partition(":")[0].partition(";")[0]
        assert word in {"holds", "not done", "not applicable"}, duty
        assert bool(held.strip()) == (word == "holds"), duty
