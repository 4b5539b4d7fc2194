from typing import Any

import pytest

from fhir_mappings.reading.bundles import AnswerShape, joined, read_answer
from fhir_mappings.reading.references import key_of

BASE = "https://ehr.example.nl/fhir"


def encounter(number: int, **members: object) -> dict[str, Any]:
    return {"resourceType": "Encounter", "id": f"e{number}", **members}


def bundle(*entries: object, **members: object) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": list(entries), **members}


def outcome(severity: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity}]}


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        pytest.param(None, AnswerShape.NULL, id="null"),
        pytest.param({"resourceType": "Bundle"}, AnswerShape.BUNDLE, id="an empty Bundle"),
        pytest.param(bundle(), AnswerShape.BUNDLE, id="a Bundle with an empty list"),
        pytest.param(outcome("error"), AnswerShape.OUTCOME, id="an OperationOutcome"),
        pytest.param(
            bundle({"resource": outcome("error")}, {"resource": outcome("warning")}),
            AnswerShape.OUTCOME,
            id="a Bundle of OperationOutcomes",
        ),
        pytest.param(
            bundle({"resource": outcome("information"), "search": {"mode": "outcome"}}),
            AnswerShape.OUTCOME,
            id="also of harmless ones: it is never no data",
        ),
        pytest.param(encounter(1), AnswerShape.WRONG_TYPE, id="a resource instead of a Bundle"),
        pytest.param([], AnswerShape.WRONG_TYPE, id="a list"),
        pytest.param("", AnswerShape.WRONG_TYPE, id="a string"),
        pytest.param({}, AnswerShape.WRONG_TYPE, id="an object of no type"),
        pytest.param(
            {"resourceType": "Bundle", "entry": "e1"}, AnswerShape.WRONG_TYPE, id="entry a string"
        ),
        pytest.param(
            {"resourceType": "Bundle", "link": "next"}, AnswerShape.WRONG_TYPE, id="link a string"
        ),
    ],
)
def test_answers_of_every_shape_are_told_apart(value: object, shape: AnswerShape) -> None:
    assert read_answer(value, "Encounter").shape is shape


def test_matches_and_included_resources_are_told_apart() -> None:
    role = {"resourceType": "PractitionerRole", "id": "r1"}
    answer = read_answer(
        bundle(
            {"resource": encounter(1), "search": {"mode": "match"}},
            {"resource": encounter(2)},
            {"resource": encounter(3), "search": {"mode": "include"}},
            {"resource": role, "search": {"mode": "include"}},
            {"resource": outcome("warning"), "search": {"mode": "outcome"}},
        ),
        "Encounter",
    )
    assert answer.matches == (encounter(1), encounter(2))
    assert answer.included == {"Encounter/e3": encounter(3), "PractitionerRole/r1": role}
    assert not answer.has_error


@pytest.mark.parametrize("severity", ["error", "fatal"])
def test_an_error_beside_the_matches_is_seen(severity: str) -> None:
    answer = read_answer(
        bundle({"resource": encounter(1)}, {"resource": outcome(severity)}), "Encounter"
    )
    assert (answer.shape, len(answer.matches), answer.has_error) == (AnswerShape.BUNDLE, 1, True)


@pytest.mark.parametrize(
    "issue", [pytest.param("x", id="a string"), pytest.param([{"severity": 1}], id="a number")]
)
def test_an_outcome_that_cannot_be_read_is_an_error(issue: object) -> None:
    unreadable = {"resourceType": "OperationOutcome", "issue": issue}
    answer = read_answer(bundle({"resource": encounter(1)}, {"resource": unreadable}), "Encounter")
    assert answer.has_error


def test_a_resource_that_stands_twice_is_one_match() -> None:
    answer = read_answer(
        bundle({"resource": encounter(1)}, {"resource": encounter(2)}, {"resource": encounter(1)}),
        "Encounter",
    )
    assert answer.matches == (encounter(1), encounter(2))


def test_resources_without_an_id_are_all_kept() -> None:
    nameless = {"resourceType": "Encounter", "status": "finished"}
    answer = read_answer(bundle({"resource": nameless}, {"resource": nameless}), "Encounter")
    assert answer.matches == (nameless, nameless)


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        pytest.param({}, None, id="no resource"),
        pytest.param("e1", None, id="no object"),
        pytest.param(None, None, id="null"),
        pytest.param({"resource": "e1"}, "e1", id="a resource that is none"),
        pytest.param({"resource": {"id": "e1"}}, {"id": "e1"}, id="a resource of no type"),
        pytest.param(
            {"resource": {"resourceType": 7}, "search": []}, {"resourceType": 7}, id="odd types"
        ),
    ],
)
def test_what_cannot_be_read_stays_among_the_matches(entry: object, match: object) -> None:
    assert read_answer(bundle(entry), "Encounter").matches == (match,)


def test_an_entry_without_resource_that_says_it_is_no_match_is_none() -> None:
    assert read_answer(bundle({"search": {"mode": "outcome"}}), "Encounter").matches == ()


@pytest.mark.parametrize(
    ("links", "has_next", "next_url"),
    [
        ([{"relation": "next", "url": f"{BASE}?page=2"}], True, f"{BASE}?page=2"),
        ([{"relation": "next"}], True, ""),
        ([{"relation": "next", "url": 7}], True, ""),
        ([{"relation": "self", "url": f"{BASE}/Encounter"}], False, ""),
        ([{"url": "x"}], False, ""),
        ({"relation": "next", "url": "x"}, True, "x"),
        ([], False, ""),
    ],
)
def test_a_further_page_is_seen_also_where_it_cannot_be_followed(
    links: object,
    has_next: bool,  # noqa: FBT001
    next_url: str,
) -> None:
    answer = read_answer(bundle(link=links), "Encounter")
    assert (answer.has_next, answer.next_url) == (has_next, next_url)


def test_full_urls_name_the_entries_and_the_base() -> None:
    urn = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
    nameless = {"resourceType": "PractitionerRole"}
    answer = read_answer(
        bundle(
            {"fullUrl": f"{BASE}/Encounter/e1", "resource": encounter(1)},
            {"fullUrl": urn, "resource": {"resourceType": "Practitioner", "id": "p1"}},
            {"fullUrl": "urn:uuid:2", "resource": nameless},
        ),
        "Encounter",
    )
    assert answer.base_url == BASE
    assert answer.aliases == {
        f"{BASE}/Encounter/e1": "Encounter/e1",
        urn: "Practitioner/p1",
        "urn:uuid:2": "urn:uuid:2",
    }
    assert answer.included["urn:uuid:2"] == nameless


def test_pages_are_joined_and_shifted_rows_counted_once() -> None:
    first = read_answer(
        bundle(
            {"resource": encounter(1)},
            {"resource": encounter(2)},
            link=[{"relation": "next", "url": "n2"}, {"relation": "self", "url": "s1"}],
        ),
        "Encounter",
    )
    second = read_answer(bundle({"resource": encounter(2)}, {"resource": "x"}), "Encounter")
    whole = joined((first, second))
    assert whole.shape is AnswerShape.BUNDLE
    assert whole.matches == (encounter(1), encounter(2), "x")
    assert (whole.has_next, whole.self_url, whole.has_error) == (False, "s1", False)
    assert joined((first, read_answer(outcome("error"), "Encounter"))).has_error
    assert joined((first, read_answer("<html>", "Encounter"))).has_error


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        (encounter(1), "Encounter/e1"),
        ({"resourceType": "Encounter"}, ""),
        ({"resourceType": "Encounter", "id": ""}, ""),
        ({"id": "e1"}, ""),
        ("e1", ""),
    ],
)
def test_the_key_of_a_resource(resource: object, key: str) -> None:
    assert key_of(resource) == key
