"""Every mark of the picture is a row of the table, and every row a contact of the ledger."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.assessing import explain
from cds_service.domain.assessment import Assessment
from cds_service.domain.criteria import CriterionId
from cds_service.page import PageContent, View, render_page
from tests.kit.effort import examples
from tests.oracle.agreement import assessed
from tests.oracle.entries import Case
from tests.page.page_stories import STORIES, TODAY, content
from tests.page.reading_pages import PageReader
from tests.properties.strategies import missing_parts, records, referral_days


def _contacts(assessment: Assessment) -> set[int]:
    """The contacts of the ledger, counted without any code of the page."""
    return {
        id(entry.contact) for finding in assessment.findings for entry in finding.ledger.entries
    }


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_marks_are_rows_are_contacts_of_the_ledger(data: st.DataObject) -> None:
    day = data.draw(referral_days)
    case = Case(day, missing=data.draw(missing_parts))
    assessment = assessed(data.draw(records(day)), case)
    language = data.draw(st.sampled_from(["nl", "en"]))
    view = data.draw(st.sampled_from(list(View)))
    page = PageContent((explain(assessment),), view, language, TODAY, "/f")
    read = PageReader(render_page(page))
    marks = sum(number for shape, number in read.marks.items() if shape != "a")
    if assessment.is_unavailable:
        assert not read.marks
        assert not read.rows
        return
    assert len(read.rows) == len(_contacts(assessment))
    assert marks == len(read.rows)
    assert all(len(row) == 4 and all(cell for cell in row) for row in read.rows)
    standings = Counter(row[2] for row in read.rows)
    yes, no = ("ja", "nee") if language == "nl" else ("yes", "no")
    possible = "mogelijk" if language == "nl" else "possible"
    assert standings[yes] == read.marks.get("c", 0) + read.marks.get("s", 0)
    assert standings[no] == read.marks.get("x", 0)
    assert standings[possible] == sum(read.marks.get(shape, 0) for shape in "prq")


@pytest.mark.parametrize("view", list(View))
def test_without_psychological_care_its_contacts_are_neither_marks_nor_rows(view: View) -> None:
    page = content("filled", view=view, hides_psychological_care=True, has_form=False)
    read = PageReader(render_page(page))
    assert len(read.rows) == 43  # of 52, without 5 with a POH-GGZ and 4 with a practice nurse
    assert sum(number for shape, number in read.marks.items() if shape != "a") == 43
    for word in ("POH-GGZ", "praktijkondersteuner", "sycholo", "Brief van 08-09-2025"):
        assert word not in read.text


def test_each_state_has_a_shape_of_its_own() -> None:
    read = PageReader(render_page(content("filled")))
    assert read.marks == {"c": 37, "p": 6, "r": 2, "x": 7, "a": 18}
    assert len(read.rows) == 52
    stated = PageReader(render_page(content("stated")))
    assert stated.marks == {"s": 2, "c": 4}


def test_a_contact_without_a_date_is_a_mark_and_the_last_row() -> None:
    read = PageReader(render_page(content("undated")))
    assert sum(read.marks.values()) == 7
    assert read.rows[-1][:3] == ["datum onbekend", "fysiotherapie", "mogelijk"]


def test_rows_stand_in_the_order_of_their_days() -> None:
    assessment = STORIES["filled"]()
    read = PageReader(render_page(content("filled")))
    days = [row[0][6:10] + row[0][3:5] + row[0][:2] for row in read.rows]
    assert days == sorted(days)
    assert {finding.criterion.id for finding in assessment.findings} == set(CriterionId)


def test_a_row_says_why_a_contact_counts_or_does_not() -> None:
    read = PageReader(render_page(content("filled")))
    rows = {row[0]: row[1:] for row in read.rows}
    assert rows["06-01-2025"] == ["fysiotherapie", "ja", "Optie 1 (1)"]
    assert rows["22-04-2024"] == ["fysiotherapie", "nee", "voor de twee jaar"]
    assert rows["18-06-2025"] == ["fysiotherapie", "nee", "niet in de eerste lijn"]
    assert rows["03-03-2025"] == ["andere behandelaar", "nee", "ander beroep"]
    assert rows["09-02-2026"] == [
        "psychosomatische fysiotherapie", "ja", "Optie 1 (1) en Optie 2"
    ]  # fmt: skip
    assert rows["24-11-2025"] == [
        "POH-GGZ",
        "mogelijk",
        "Optie 1 (2), praktijkondersteuner: was dit de POH-GGZ?, Praktijk De Linde",
    ]
