"""C, X and Z: the answer and its cards. What holds for every answer is in `checked_client`."""
# ruff: noqa: N802 - a test is named after its item

import re

import pytest
from markdown_it import MarkdownIt

from tests.contract.calls import (
    Json,
    order,
    order_select,
    order_sign,
    other_order,
    prefetch,
    roles,
    searchset,
    weekly,
    without,
)
from tests.contract.checked_client import assessments, check_answer, outcomes
from tests.contract.services import service

SHORT = {**prefetch(), "encounters": searchset(weekly("2025-09-01", 3, "fysio"), roles())}
MINOR = {
    **prefetch(),
    "patient": {"resourceType": "Patient", "id": "pat-1", "birthDate": "2015-01-01"},
}


def cards(body: Json, **environ: str) -> list[Json]:
    found: list[Json] = service(**environ).call(body).json()["cards"]
    return found


def test_C1_an_answer_has_cards_and_our_extension() -> None:
    answer = service().call(order_sign())
    check_answer(answer.json())
    assert len(answer.json()["cards"]) == 1
    assert list(answer.json()["extension"]) == ["nl.imsr-cds.assessments"]


def test_C2_nothing_to_say() -> None:
    assert service().call(order_sign(other_order())).json() == {"cards": []}
    minor = service().call(order_sign(prefetch=MINOR))
    assert minor.json()["cards"] == []
    assert assessments(minor) == [
        {
            "referral": "ServiceRequest/draft-1",
            "criteria": "imsr-persistent-pain|2026-04-20",
            "revision": 2,
            "referralDate": "2026-06-15",
            "lookback": {"start": "2024-06-15", "end": "2026-06-15"},
            "outcome": "not_applicable",
            "because": ["minor"],
        }
    ]


def test_C2_before_the_criteria_took_effect() -> None:
    answer = service().call(order_sign(order(authoredOn="2026-04-19")))
    assert answer.json()["cards"] == []
    assert assessments(answer) == [
        {
            "referral": "ServiceRequest/draft-1",
            "referralDate": "2026-04-19",
            "lookback": {"start": "2024-04-19", "end": "2026-04-19"},
            "outcome": "not_applicable",
            "because": ["before_effective_date"],
        }
    ]


def test_C2_an_order_that_is_not_ours_needs_no_data() -> None:
    assert service().call(without(order_sign(other_order()), "prefetch")).json() == {"cards": []}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_C3_summaries_stay_short_with_the_longest_values(language: str) -> None:
    name = "Zeer lange naam van een praktijk " * 20
    organizations = [
        {**each, "name": name} if each["resourceType"] == "Organization" else each
        for each in roles()
    ]
    many = {
        **prefetch(),
        "encounters": searchset(
            [
                {**each, "id": f"{each['id']}-{copy}", "status": "unknown"}
                for copy in range(100)
                for each in weekly("2025-06-02", 12, "fysio")
            ],
            organizations,
        ),
    }
    long_order = order(code={"text": "iMSR " + "bij pijn " * 200})
    (card,) = cards(order_sign(long_order, prefetch=many), IMSR_LANGUAGE=language)
    assert len(card["summary"]) <= 139


@pytest.mark.parametrize("given", [prefetch(), SHORT])
def test_C4_details_are_markdown_without_html(given: Json) -> None:
    (card,) = cards(order_sign(prefetch=given))
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(card["detail"])
    kinds = {each.type for token in tokens for each in (token, *(token.children or []))}
    assert not kinds & {"html_block", "html_inline"}


def test_C5_warnings_only_at_signing() -> None:
    (signing,) = cards(order_sign(prefetch={**SHORT, "encounters": evidence_of_both()}))
    (selecting,) = cards(order_select(prefetch={**SHORT, "encounters": evidence_of_both()}))
    assert signing["indicator"] == "warning"
    assert selecting["indicator"] == "info"
    assert cards(order_sign())[0]["indicator"] == "info"


def evidence_of_both() -> Json:
    """Three contacts of each kind: found, and too few."""
    few = [*weekly("2025-09-01", 3, "fysio"), *weekly("2025-06-02", 3, "poh-ggz")]
    return searchset(few, roles())


def test_C6_the_source_has_a_label() -> None:
    (card,) = cards(order_sign())
    assert card["source"]["label"].strip()


def test_C7_the_source_has_no_icon() -> None:
    (card,) = cards(order_sign())
    assert set(card["source"]) <= {"label", "url"}


def test_C9_every_card_of_every_call_has_its_own_uuid() -> None:
    client = service()
    found = [card["uuid"] for _ in range(5) for card in client.call(order_sign()).json()["cards"]]
    assert len(set(found)) == len(found) == 5


def test_C10_without_suggestions_no_selection_behaviour() -> None:
    (card,) = cards(order_sign(prefetch=SHORT))
    assert "suggestions" not in card
    assert "selectionBehavior" not in card


def test_C11_nothing_is_null_or_empty() -> None:
    """Every answer of the suite is checked for it; here one that could have had empty members."""
    answer = service().call(order_sign())
    (assessment,) = assessments(answer)
    assert "because" not in assessment
    assert "deviations" not in assessment
    assert "readings" not in assessment


def test_C12_each_card_names_its_order() -> None:
    """The second one lies so late that nothing is found."""
    first = order("draft-1", code={"text": "iMSR Heliomare"})
    second = order("draft-2", code={"text": "iMSR Roessingh"}, authoredOn="2029-01-01")
    texts = [card["summary"] + card.get("detail", "") for card in cards(order_sign(first, second))]
    assert len(texts) == 2
    assert sum("Heliomare" in text for text in texts) == 1
    assert sum("Roessingh" in text for text in texts) == 1


def test_C12_orders_with_the_same_answer_share_a_card_that_names_both() -> None:
    first = order("draft-1", code={"text": "iMSR Heliomare"})
    second = order("draft-2", code={"text": "iMSR Roessingh"})
    (card,) = cards(order_sign(first, second))
    assert card["detail"].startswith("**Verwijzingen:** iMSR Heliomare en iMSR Roessingh\n")


def test_C13_the_most_urgent_card_comes_first() -> None:
    """The first order lies so late that nothing is found; the second falls short."""
    later = order("draft-1", authoredOn="2029-01-01")
    now = order("draft-2")
    body = order_sign(later, now, prefetch={**prefetch(), "encounters": evidence_of_both()})
    assert [card["indicator"] for card in cards(body)] == ["warning", "info"]
    assert outcomes(service().call(body)) == ["indeterminate", "not_met"]


def test_C14_the_language_is_a_setting() -> None:
    client = service()
    assert (
        "aangetoond"
        in client.call(order_sign(), accept_language="en").json()["cards"][0]["summary"]
    )
    assert "shown" in cards(order_sign(), IMSR_LANGUAGE="en")[0]["summary"]


def test_X1_the_extension_is_an_object() -> None:
    assert isinstance(service().call(order_sign()).json()["extension"], dict)


def test_X2_its_name_is_globally_unique() -> None:
    (name,) = service().call(order_sign()).json()["extension"]
    assert re.fullmatch(r"nl\.imsr-cds\.[a-z]+", name)


@pytest.mark.parametrize("extension", [{"a": 1}, [], "text", None, 5])
def test_X3_incoming_extensions_are_ignored(extension: object) -> None:
    body = {**order_sign(), "extension": extension}
    body["context"]["extension"] = extension
    assert outcomes(service().call(body)) == ["met"]


def test_X4_no_members_of_our_own_outside_the_extension() -> None:
    assert set(service().call(order_sign()).json()) == {"cards", "extension"}


def test_Z2_a_card_says_as_of_when_and_over_what() -> None:
    detail = cards(order_sign(prefetch=SHORT))[0]["detail"]
    assert "Geteld op 15\u00a0juni 2026 over twee jaar." in detail


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "x](javascript:alert(1))",
    "`code`",
    "a|b|c",
    "# kop\n\n* lijst",
    "<script>alert(1)</script>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_Z5_text_of_the_record_cannot_become_markup(text: str) -> None:
    named = [
        {**each, "name": text} if each["resourceType"] == "Organization" else each
        for each in roles()
    ]
    doubtful = [{**each, "status": "unknown"} for each in weekly("2025-09-01", 13, "fysio")]
    given = {**prefetch(), "encounters": searchset(doubtful, named)}
    drafts = (order(code={"text": f"iMSR {text}"}), order("draft-2"))
    for card in cards(order_sign(*drafts, prefetch=given)):
        tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(card["detail"])
        inner = [each for token in tokens for each in (token, *(token.children or []))]
        assert not {each.type for each in inner} & {"html_block", "html_inline", "code_inline"}
        links = [each.attrs["href"] for each in inner if each.type == "link_open"]
        assert all(str(link).startswith("https://") for link in links)
        assert "<" not in card["summary"]
