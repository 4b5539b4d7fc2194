"""Whole pages as they were looked at, in a browser and as text.

After a change of the page look at it, then let `python -m tests.page.test_golden_pages` write them.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from cds_service.page import (
    FailureCause,
    FailureContent,
    PageContent,
    View,
    render_failure,
    render_page,
)
from tests.page.page_stories import FAULTY_FORM, NOT_SAVED, REFUSED, SAVED, content

_FOLDER = Path(__file__).parent / "golden"
_PAGES: Mapping[str, PageContent] = {
    "filled.physician.nl": content("filled"),
    "filled.gp.nl": content("filled", view=View.GP),
    "filled.without_psychology.nl": content("filled", hides_psychological_care=True),
    "filled.physician.en": content("filled", language="en"),
    "empty.gp.nl": content("empty", view=View.GP),
    "incomplete.gp.nl": content("incomplete", view=View.GP, notices=(REFUSED,)),
    "interrupted.physician.nl": content("interrupted"),
    "interrupted.gp.en": content("interrupted", view=View.GP, language="en"),
    "stated.physician.nl": content("stated"),
    "stated.gp.nl": content("stated", view=View.GP, notices=(SAVED,)),
    "faults.gp.nl": content("empty", view=View.GP, form=FAULTY_FORM, notices=(NOT_SAVED,)),
    "undated.physician.en": content("undated", language="en"),
    "unavailable.physician.nl": content("unavailable"),
}


@pytest.mark.parametrize("name", _PAGES)
def test_a_page_is_as_it_was_looked_at(name: str) -> None:
    assert render_page(_PAGES[name]) == (_FOLDER / f"{name}.html").read_text(encoding="utf-8")


def test_there_are_no_other_files() -> None:
    assert {file.stem for file in _FOLDER.glob("*.html")} == {*_PAGES, "failure.nl"}


def _failure() -> str:
    failure = FailureContent(
        FailureCause.CODE_REFUSED, "nl", "/page-files", reference="0af7651916cd43dd"
    )
    return render_failure(failure)


def test_a_failure_is_as_it_was_looked_at() -> None:
    assert _failure() == (_FOLDER / "failure.nl.html").read_text(encoding="utf-8")


if __name__ == "__main__":
    for page, what in _PAGES.items():
        (_FOLDER / f"{page}.html").write_text(render_page(what), encoding="utf-8")
    (_FOLDER / "failure.nl.html").write_text(_failure(), encoding="utf-8")
