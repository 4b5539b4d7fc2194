"""What an outcome beside a search means, versions and servers of a Bundle (policy 2.4, 2.6)."""

from datetime import date
from typing import Any

import pytest

from cds_service.domain.lookback import LookbackPeriod
from fhir_mappings.queries.asked import is_narrower
from fhir_mappings.reading.bundles import AnswerShape, included_in, joined, read_answer
from fhir_mappings.reading.search_outcomes import OutcomeMeaning, is_refusal, outcome_meaning

Json = dict[str, Any]

A = "https://a.example.nl/fhir"
B = "https://b.example.nl/fhir"
LOOKBACK = LookbackPeriod.before(date(2026, 6, 15), years=2)


def issue(severity: str = "warning", code: str = "", number: str = "") -> Json:
    details = {"details": {"coding": [{"code": number}]}} if number else {}
    return {"severity": severity, "code": code, **details}


def outcome(*issues: Json) -> Json:
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def encounter(**members: object) -> Json:
    return {"resourceType": "Encounter", "id": "e1", "status": "finished", **members}


def bundle(*entries: Json, **members: object) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": list(entries), **members}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *(
            (issue("information", code), OutcomeMeaning.NOT_WHOLE)
            for code in ("incomplete", "suppressed", "security", "forbidden", "throttled")
        ),
        *(
            (issue("warning", code), OutcomeMeaning.NOT_WHOLE)
            for code in ("too-costly", "timeout", "transient", "exception")
        ),
        *(
            (issue("warning", "processing", number), OutcomeMeaning.NOT_WHOLE)
            for number in ("4119", "4134", "59133", "59204", "59205")
        ),
        (issue("error", "processing"), OutcomeMeaning.NOT_WHOLE),
        (issue("fatal"), OutcomeMeaning.NOT_WHOLE),
        (issue("warning", "processing", "4101"), OutcomeMeaning.REMARK),
        (issue("information", "informational"), OutcomeMeaning.REMARK),
        (issue("warning", "not-found"), OutcomeMeaning.REMARK),
    ],
)
def test_an_outcome_is_judged_by_its_code_and_not_by_its_severity_alone(
    said: Json, expected: OutcomeMeaning
) -> None:
    assert outcome_meaning(outcome(issue("information", "informational"), said)) is expected


@pytest.mark.parametrize(
    ("total", "said", "shape"),
    [
        (0, issue("information", "informational"), AnswerShape.BUNDLE),
        (0, issue("warning", "processing", "4101"), AnswerShape.BUNDLE),
        (0, issue("warning", "incomplete"), AnswerShape.OUTCOME),
        (0, issue("error"), AnswerShape.OUTCOME),
        (None, issue("information", "informational"), AnswerShape.OUTCOME),
        (1, issue("information", "informational"), AnswerShape.OUTCOME),
    ],
)
def test_an_empty_search_with_a_remark_is_whole(
    total: int | None, said: Json, shape: AnswerShape
) -> None:
    counted = {} if total is None else {"total": total}
    assert read_answer(bundle({"resource": outcome(said)}, **counted), "Encounter").shape is shape


def test_a_total_above_all_that_came_is_seen_over_all_pages() -> None:
    role = {"resource": {"resourceType": "PractitionerRole", "id": "r"}}
    page = read_answer(bundle({"resource": encounter()}, role, total=3), "Encounter")
    more = read_answer(bundle({"resource": encounter(id="e2")}, total=3), "Encounter")
    assert page.is_short
    assert not joined((page, more)).is_short


@pytest.mark.parametrize("kind", ["history", "transaction", "batch", "batch-response"])
def test_a_bundle_of_another_type_is_no_result_of_a_search(kind: str) -> None:
    answer = read_answer(bundle({"resource": encounter()}, type=kind), "Encounter")
    assert answer.shape is AnswerShape.WRONG_TYPE


@pytest.mark.parametrize(
    "meta", [{"security": [{"code": "REDACTED"}]}, {"tag": [{"code": "SUBSETTED"}]}]
)
def test_a_label_on_a_bundle_says_that_something_was_left_out(meta: Json) -> None:
    assert read_answer(bundle({"resource": encounter()}, meta=meta), "Encounter").has_error


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"versionId": "9"}, {"versionId": "10"}),
        ({"lastUpdated": "2026-01-01T10:00:00Z"}, {"lastUpdated": "2026-01-01T12:00:00+01:00"}),
    ],
)
def test_the_newest_version_rules_wherever_it_stands(old: Json, new: Json) -> None:
    older, newer = encounter(meta=old), encounter(status="entered-in-error", meta=new)
    for pair in ((older, newer), (newer, older)):
        page = bundle(*({"resource": each} for each in pair))
        assert read_answer(page, "Encounter").matches == (newer,)
        pages = [read_answer(bundle({"resource": each}), "Encounter") for each in pair]
        assert joined(pages).matches == (newer,)


def test_versions_that_nothing_orders_cannot_be_read() -> None:
    pair = (encounter(), encounter(status="cancelled"))
    page = bundle(*({"resource": each} for each in pair))
    assert read_answer(page, "Encounter").matches == (None,)


def test_versions_that_differ_in_nothing_but_their_meta_are_one() -> None:
    pair = (encounter(meta={"source": "#1"}), encounter(meta={"source": "#2"}))
    page = bundle(*({"resource": each} for each in pair))
    assert read_answer(page, "Encounter").matches == (pair[0],)


def test_what_came_along_twice_is_taken_in_its_newest_version() -> None:
    def with_role(version: str, code: str) -> Json:
        role = {"resourceType": "PractitionerRole", "id": "r", "code": [{"text": code}]}
        return bundle({"resource": {**role, "meta": {"versionId": version}}})

    answers = [read_answer(with_role(*each), "Encounter") for each in (("2", "b"), ("1", "a"))]
    assert included_in(answers)["PractitionerRole/r"]["code"] == [{"text": "b"}]


def test_entries_of_two_servers_are_two_resources_each_with_its_own_references() -> None:
    here = {"reference": "PractitionerRole/1"}
    answer = read_answer(
        bundle(
            {"fullUrl": f"{A}/Encounter/e1", "resource": encounter(participant=[here])},
            {"fullUrl": f"{B}/Encounter/e1", "resource": encounter(participant=[here])},
            {
                "fullUrl": f"{B}/PractitionerRole/1",
                "resource": {"resourceType": "PractitionerRole", "id": "1"},
            },
        ),
        "Encounter",
        A,
    )
    own, foreign = answer.matches
    assert own == encounter(participant=[here])
    assert foreign == encounter(
        id=f"{B}/Encounter/e1", participant=[{"reference": f"{B}/PractitionerRole/1"}]
    )
    assert answer.aliases[f"{B}/PractitionerRole/1"] in answer.included
    assert answer.base_url == A


def test_the_server_of_the_call_is_the_own_one() -> None:
    answer = read_answer(
        bundle(
            {"fullUrl": f"{A}/Encounter/e1", "resource": encounter()},
            {"fullUrl": f"{B}/Encounter/e1", "resource": encounter()},
        ),
        "Encounter",
        B,
    )
    assert answer.base_url == B
    assert encounter() in answer.matches


@pytest.mark.parametrize("bases", [(A, B), (B, A)])
def test_of_two_servers_neither_of_which_is_known_none_is_the_own_one(bases: list[str]) -> None:
    entries = [{"fullUrl": f"{base}/Encounter/e1", "resource": encounter()} for base in bases]
    answer = read_answer(bundle(*entries), "Encounter")
    assert (answer.base_url, answer.is_of_unknown_servers) == ("", True)
    assert {match["id"] for match in answer.matches if isinstance(match, dict)} == {
        f"{A}/Encounter/e1",
        f"{B}/Encounter/e1",
    }


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("not-supported", True),
        ("not-found", True),
        ("forbidden", True),
        ("exception", False),
        ("timeout", False),
        ("processing", False),
    ],
)
def test_an_outcome_that_refuses_is_told_from_one_that_failed(code: str, *, is_one: bool) -> None:
    issue = {"severity": "error", "code": code}
    assert is_refusal({"resourceType": "OperationOutcome", "issue": [issue]}) is is_one
    failed = {"severity": "error", "code": "exception"}
    assert not is_refusal({"resourceType": "OperationOutcome", "issue": [issue, failed]})


@pytest.mark.parametrize("value", [None, 7, {}, {"resourceType": "Bundle"}])
def test_what_is_no_outcome_refuses_nothing(value: object) -> None:
    assert not is_refusal(value)


@pytest.mark.parametrize("issue", [None, [], 7, [7], [{"code": 7}]])
def test_an_outcome_that_cannot_be_read_is_no_refusal(issue: object) -> None:
    assert not is_refusal({"resourceType": "OperationOutcome", "issue": issue})


def test_entries_with_one_id_and_different_urns_are_two_resources() -> None:
    answer = read_answer(
        bundle(
            {"fullUrl": "urn:uuid:1", "resource": encounter()},
            {"fullUrl": "urn:uuid:2", "resource": encounter(status="planned")},
        ),
        "Encounter",
    )
    assert len(answer.matches) == 2


def test_a_resource_without_id_has_that_of_its_full_url() -> None:
    role = {"resourceType": "PractitionerRole"}
    answer = read_answer(
        bundle({"fullUrl": f"{A}/PractitionerRole/7", "resource": role}), "Encounter"
    )
    assert answer.included == {"PractitionerRole/7": role}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("patient=p1&date=ge2024-06-14", False),
        ("patient=p1&date=ge2024-06-14&_count=50&_sort=-date&_format=json", False),
        ("patient=p1&date=ge2024-06-14&date=le2026-06-15", False),
        ("patient=p1&date=ge2024-06-14&date=lt2026-06-16", False),
        ("patient=p1&date=ge2024-06-14,le2027-01-01", False),
        ("patient=p1&date=ge2024-06-14&page=2&cursor=x", False),
        ("subject=Patient/p1&_include=Encounter:participant", False),
        ("", False),
        ("patient=p1&date=ge2024-06-16", True),
        ("patient=p1&date=ge2024-06-14&date=lt2026-06-15", True),
        ("patient=p1&date=le2025", True),
        ("patient=p1&date=2025", True),
        ("patient=p1&date=ge2024-06-14&class=IMP", True),
        ("patient=p1&status=finished", True),
        ("patient=p1&status:not=cancelled", True),
        ("patient=p1&_lastUpdated=gt2026-01-01", True),
        ("patient=p1&_summary=count", True),
        ("patient=p1&participant.name=x", True),
    ],
)
def test_a_self_link_that_asks_for_less_is_seen(query: str, expected: bool) -> None:  # noqa: FBT001
    assert is_narrower(f"{A}/Encounter?{query}", LOOKBACK) is expected
