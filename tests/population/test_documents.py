"""What a run writes: tables that others open, a MeasureReport, a page that needs nothing else."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from fhir.resources.R4B.measurereport import MeasureReport

from tests.population.exports import (
    add_line,
    encounters,
    little_treated,
    patient,
    referral,
    rows,
    run,
    treated,
    write_export,
)

MASKED = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "masked",
        }
    ]
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over 30 patients: 24 met, 6 not met."""
    folder = tmp_path_factory.mktemp("documents")
    people = [*(treated(each) for each in range(24)), *map(little_treated, range(24, 30))]
    source = write_export(folder / "in", [each for person in people for each in person])
    assert run(source, folder / "out", "--readings", "all").exit_code == 0
    return folder / "out"


COLUMNS = [
    "referral",
    "patient",
    "date",
    "criteria",
    "revision",
    "outcome",
    "because",
    "by_criterion",
    "flags",
    "readings",
    "lost_references",
]


def test_the_outcomes_open_in_duckdb(out: Path) -> None:
    judged = duckdb.read_parquet(str(out / "outcomes" / "*.parquet"))
    assert judged.columns == COLUMNS
    assert judged.aggregate("outcome, count(*)").order("outcome").fetchall() == [
        ("met", 24),
        ("not_met", 6),
    ]
    unnested = judged.project("unnest(by_criterion) as c").aggregate(
        "c.criterion, c.sessions_certain, count(*)"
    )
    assert unnested.order("all").fetchall() == [
        ("allied-health-therapy", 3, 6),
        ("allied-health-therapy", 6, 24),
        ("psychological-care", 6, 30),
        ("psychosomatic-therapy", 0, 30),
    ]


def test_the_outcomes_open_in_polars(out: Path) -> None:
    table = pl.read_parquet(out / "outcomes")
    assert table.columns == COLUMNS
    assert dict(table["outcome"].value_counts().sort("outcome").iter_rows()) == {
        "met": 24,
        "not_met": 6,
    }
    contacts = pl.read_parquet(out / "contacts")
    certain = contacts.filter(pl.col("standing") == "certain")
    assert certain.height == 24 * 12 + 6 * 9


def test_a_reading_that_changes_an_outcome_stands_with_the_referral(tmp_path: Path) -> None:
    days = ("01-06", "01-27", "02-17", "03-10", "03-24", "03-27")  # 80 days
    person = [
        patient(1),
        *encounters(1, "physio", days),
        *encounters(1, "psychologist"),
        referral(1),
    ]
    source = write_export(tmp_path / "in", person)
    run(source, tmp_path / "all", "--readings", "all")
    run(source, tmp_path / "one", "--readings", "min-days=83", "--readings", "intake=not")
    [found] = rows(tmp_path / "all", "outcomes")
    assert (found["outcome"], found["because"]) == ("indeterminate", ["duration_borderline"])
    assert found["readings"] == [{"id": "min-days=77", "outcome": "met"}]
    assert rows(tmp_path / "one", "outcomes")[0]["readings"] == []


def test_the_measure_report_counts_what_may_be_shown(out: Path) -> None:
    text = (out / "measure-report.json").read_text()
    report = json.loads(text)
    assert MeasureReport.model_validate_json(text).status == "complete"
    assert report["period"] == {"start": "2026-06-01", "end": "2026-06-30"}
    [overall, *criteria] = report["group"]
    assert [each["code"]["text"] for each in criteria] == [
        "allied-health-therapy",
        "psychological-care",
        "psychosomatic-therapy",
    ]
    populations = {
        each["code"]["coding"][0]["code"]: each.get("count", each.get("_count"))
        for each in overall["population"]
    }
    assert populations == {"initial-population": 30, "denominator": 30, "numerator": MASKED}
    assert _strata(overall) == {
        "met": MASKED,
        "not_met": MASKED,
        "indeterminate": 0,
        "not_applicable": 0,
    }
    assert _strata(criteria[1]) == {"met": 30, "not_met": 0, "indeterminate": 0}


def _strata(group: dict[str, Any]) -> dict[str, Any]:
    return {
        each["value"]["text"]: each["population"][0].get(
            "count", each["population"][0].get("_count")
        )
        for each in group["stratifier"][0]["stratum"]
    }


class _Page(HTMLParser):
    """What a page refers to, its headings and the ids in it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.named_by: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.addresses += [str(values[name]) for name in ("src", "href") if name in values]
        self.ids += [str(values["id"])] if "id" in values else []
        self.named_by += [str(values["aria-labelledby"])] if "aria-labelledby" in values else []
        if re.fullmatch(r"h\d", tag):
            self.headings.append(tag)


def test_the_page_needs_nothing_beside_it_and_names_its_parts(out: Path) -> None:
    text = (out / "report.html").read_text()
    page = _Page()
    page.feed(text)
    assert page.addresses == []
    assert "url(" not in text
    assert "<script" not in text
    assert page.headings[0] == "h1"
    assert set(page.headings[1:]) == {"h2"}
    assert len(page.ids) == len(set(page.ids))
    assert set(page.named_by) <= set(page.ids)


def test_the_page_shows_no_small_number(out: Path) -> None:
    text = (out / "report.html").read_text()
    assert "30 referrals of 30 patients." in re.sub(r"\s+", " ", text)
    assert re.findall(r"<td>([1-9])\b", text) == []
    assert "<td>left out</td>" in text


def test_the_page_shows_all_numbers_where_that_is_asked_for(tmp_path: Path) -> None:
    people = [*treated(1), *little_treated(2)]
    source = write_export(tmp_path / "in", people)
    run(source, tmp_path / "out", "--least", "1")
    assert "<td>1<svg" in (tmp_path / "out" / "report.html").read_text()


def test_the_page_says_what_the_export_does_not_hold(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", treated(1))
    add_line(source, "Encounter", b"{\n")
    (source / "Procedure.ndjson").unlink()
    run(source, tmp_path / "out")
    text = (tmp_path / "out" / "report.html").read_text()
    assert "There is no Procedure file, so it counts as not exported." in text
    assert "1 lines that are no JSON object" in text
    assert "What was lost of Encounter and Procedure can be anybody\u2019s" in text
