"""What code and tests cite is in the repository, and every rule names what holds it."""

import csv
import re

import pytest

from tests.architecture.citations import (
    CONFORMANCE,
    GONE,
    HAPI,
    INTERFACE,
    POLICY,
    ROOT,
    Citation,
    anchors,
    citations,
    functions_of,
    texts,
)

TEXT_OF_POLICY = (ROOT / POLICY).read_text(encoding="utf-8")
ROWS = [line for line in TEXT_OF_POLICY.splitlines() if line.startswith("| <a id=")]
LISTS = ("cause-", "reason-", "flag-", "reading-", "003:", "000:")
"""Rows that are held as a whole: generated lists by their section, lines of the text by nothing."""


def _name(row: str) -> str:
    found = re.match(r'\| <a id="([^"]+)">', row)
    assert found
    return found[1]


WITHOUT_TEST = frozenset({"2.4-5", "2.6-who-states"})
"""Rules whose test is still to come: nobody claims that something holds them."""

RULES = [row for row in ROWS if not _name(row).startswith(LISTS)]


def _scenarios() -> set[str]:
    with (ROOT / "tests/data/scenarios.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("document", [POLICY, CONFORMANCE, INTERFACE, HAPI])
def test_what_is_cited_is_in_the_document(document: str) -> None:
    cited = [each for each in citations() if each.document == document]
    assert cited
    there = anchors(document)
    assert [each for each in cited if each.anchor not in there] == []


def test_the_forms_of_citations_are_recognised() -> None:
    found = set(citations())
    assert {
        Citation("fhir_mappings/reading/calendar_days.py", POLICY, "b11"),
        Citation("fhir_mappings/reading/record.py", POLICY, "2.4-2"),
        Citation("fhir_mappings/terminology/care_settings.py", POLICY, "2.4-where"),
        Citation("cds_service/clients/authentication.py", CONFORMANCE, "a7"),
        Citation("cds_service/hooks/requests.py", CONFORMANCE, "h7"),
        Citation("fhir_mappings/queries/prefetch.py", INTERFACE, "data"),
        Citation("fhir_mappings/queries/queries.py", HAPI, "paging"),
        Citation("cds_service/criteria_files/rule_file.py", POLICY, "003:11"),
    } <= found


def test_most_modules_say_which_rule_they_follow() -> None:
    assert len(set(citations())) > 190


def test_no_document_is_cited_that_the_repository_does_not_hold() -> None:
    found = [
        (name, match[0]) for name, text in texts().items() for match in re.finditer(GONE, text)
    ]
    assert found == []


@pytest.mark.parametrize("document", [POLICY, CONFORMANCE])
def test_an_anchor_occurs_once(document: str) -> None:
    named = re.findall(r'<a id="([^"]+)">', (ROOT / document).read_text(encoding="utf-8"))
    assert len(named) == len(set(named)) > 150


@pytest.mark.parametrize("row", RULES, ids=_name)
def test_a_rule_names_a_test_or_a_story(row: str) -> None:
    held_by = row.removesuffix(" |").rpartition(" | ")[2]
    assert ("*test to come*" in held_by) == (_name(row) in WITHOUT_TEST)
    if _name(row) in WITHOUT_TEST:
        return
    stories = set(re.findall(r"\b[SN]\d{3}\b", held_by))
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", held_by)
    assert stories or named
    assert stories - _scenarios() == set()
    assert [name for path, name in named if name not in functions_of(path)] == []


def test_every_list_names_what_holds_it() -> None:
    for section in ("2.8", "2.9", "2.10", "2.11", "2.12"):
        _, _, text = TEXT_OF_POLICY.partition(f'## <a id="{section}">')
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text.partition("\n## ")[0])
        assert named
        assert [name for path, name in named if name not in functions_of(path)] == []


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in [POLICY, *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]:
        text = (ROOT / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            path, _, anchor = target.partition("#")
            linked = ((ROOT / document).parent / path if path else ROOT / document).resolve()
            if target.startswith("https:"):
                continue
            assert linked.exists(), (document, target)
            if anchor:
                inside = linked.relative_to(ROOT).as_posix()
                assert anchor in anchors(inside), (document, target)


def test_every_file_that_the_recipes_name_is_there() -> None:
    text = (ROOT / "docs/DEVELOPERS.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:cds_service|fhir_mappings|tests)(?:/[\w.-]+)+", text))
    assert len(named) > 40
    assert [path for path in sorted(named) if not (ROOT / path.rstrip(".")).exists()] == []
    functions = set(re.findall(r"`(test_\w+)`", text))
    modules = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    assert [name for name in functions if not any(f"def {name}(" in text for text in modules)] == []


def test_the_words_of_the_glossary_are_in_the_code() -> None:
    rows = (ROOT / "docs/GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    cells = [row.removesuffix(" |").rpartition(" | ")[2] for row in rows if row.startswith("| ")]
    words = {word for cell in cells for word in re.findall(r"`([A-Z]\w+(?:\.[A-Z_]+)?)", cell)}
    code = " ".join(
        text for name, text in texts().items() if name.startswith(("cds_service", "fhir_map"))
    )
    assert len(words) > 25
    for word in words:
        assert word.rpartition(".")[2] in code, word
