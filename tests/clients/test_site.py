"""A site in production: what each client may, and what happens when the store does not answer."""

import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cds_service.observing.event_log import JsonLines
from tests.clients.issuing import DISCOVERY, ISSUER, bearer, signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.calls import Json, access, order, order_sign, other_order, record, without
from tests.contract.checked_client import CheckedClient, causes, outcomes
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import service

SIGN = "/cds-services/imsr-order-sign"


def good() -> dict[str, str]:
    return bearer(signing_key().token())


def asking(server: str) -> Json:
    """A call that offers nothing but access."""
    return {**without(order_sign(), "prefetch"), **access(server)}


def test_a_record_is_fetched_from_the_servers_of_the_client_only(tmp_path: Path) -> None:
    with running(FhirServer(record())) as ours, running(FhirServer(record())) as other:
        site = Site(
            tmp_path,
            {**ENTRY, "fhir_servers": [ours.base]},
            {
                **ENTRY,
                "name": "Another",
                "issuer": "https://another.example.nl",
                "fhir_servers": [other.base, "https://another.example.nl/fhir"],
            },
            IMSR_FHIR_SERVERS=other.base,  # serves development only
        )
        client = site.client()
        assert outcomes(client.call(asking(ours.base), **good())) == ["met"]
        assert client.call(asking(other.base), **good()).status_code == 400
        foreign = client.call(asking("https://another.example.nl/fhir"), **good())
        assert causes(foreign) == ["record_unavailable"]
        assert other.hits == []
        token = signing_key().token(iss="https://another.example.nl")
        assert outcomes(client.call(asking(other.base), **bearer(token))) == ["met"]


def test_each_client_has_its_own_cards_and_templates(tmp_path: Path) -> None:
    other = {
        **ENTRY,
        "name": "Another",
        "issuer": "https://another.example.nl",
        "language": "en",
        "prefetch": "full",
        "tables": "list",
    }
    client = Site(tmp_path, ENTRY, other).client()

    def detail(issuer: str) -> str:
        token = signing_key().token(iss=issuer)
        (card,) = client.call(order_sign(), **bearer(token)).json()["cards"]
        return str(card["summary"] + card["detail"])

    assert "Verwijsdatum" in detail(ISSUER) or "iMSR bij pijn" in detail(ISSUER)
    assert "iMSR for pain" in detail("https://another.example.nl")
    assert "|" in detail(ISSUER)
    assert "|" not in detail("https://another.example.nl")


def test_open_discovery_is_in_the_form_of_a_client_that_shows_who_it_is(tmp_path: Path) -> None:
    client = Site(tmp_path, {**ENTRY, "language": "en", "prefetch": "full"}).client()

    def encounters(**headers: str) -> str:
        answer = client.get("/cds-services", **headers)
        assert answer.status_code == 200
        first, *_ = answer.json()["services"]
        return str(first["title"] + first["prefetch"]["encounters"])

    token = signing_key().token(aud=DISCOVERY)
    for _ in range(2):  # it is not used up
        assert "_include" in encounters(**bearer(token))
        assert "treatment" in encounters(**bearer(token))
    for headers in ({}, bearer("x"), good()):
        assert "_include" not in encounters(**headers)
        assert "behandelingen" in encounters(**headers)


def test_what_is_no_call_needs_no_token(tmp_path: Path) -> None:
    client = Site(tmp_path).client()
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    assert client.get("/cds-services").status_code == 200
    assert client.request("OPTIONS", SIGN).status_code == 204
    assert client.get(SIGN).status_code == 405
    assert client.post("/cds-services/unknown", {}).status_code == 404


def test_a_wrong_body_uses_up_its_token(tmp_path: Path) -> None:
    client = Site(tmp_path).client()
    headers = good()
    assert client.post(SIGN, b"{", **headers).status_code == 400
    assert client.call(order_sign(), **headers).status_code == 401


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_the_scheme_may_be_written_in_any_case(tmp_path: Path, scheme: str) -> None:
    header = f"{scheme} {signing_key().token()}"
    assert Site(tmp_path).client().call(order_sign(), authorization=header).status_code == 200


def test_in_development_a_token_is_not_looked_at() -> None:
    client = service()
    for headers in ({}, bearer("x"), good()):
        for _ in range(2):
            assert client.call(order_sign(), **headers).status_code == 200


def test_in_development_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert service().call(order_sign()).status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_in_development_rows_are_kept_where_a_store_is_set(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    key = tmp_path / "key"
    client = service(IMSR_STORE_URL=url, IMSR_AUDIT_KEY_FILE=str(key))
    assert client.call(order_sign()).status_code == 200
    assert len(key.read_bytes()) == 64
    assert key.stat().st_mode & 0o777 == 0o600
    assert [row["client"] for row in rows(tmp_path)] == [""]


def rows(folder: Path, query: str = "SELECT * FROM answers ORDER BY id") -> list[dict[str, Any]]:
    database = sqlite3.connect(folder / "store.sqlite3")
    database.row_factory = sqlite3.Row
    found = [dict(row) for row in database.execute(query)]
    database.close()
    return found


def execute(site: Site, statement: str) -> None:
    database = sqlite3.connect(site.folder / "store.sqlite3")
    database.execute(statement)
    database.commit()
    database.close()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], list[Json]]:
    """The events that were logged."""
    caplog.set_level(logging.INFO, "cds_service")
    form = JsonLines()
    return lambda: [json.loads(form.format(record)) for record in caplog.records]


def test_without_its_store_nobody_is_let_in(tmp_path: Path, log: Callable[[], list[Json]]) -> None:
    site = Site(tmp_path)
    client = site.client()
    assert client.get("/health/ready").status_code == 200
    execute(site, "ALTER TABLE seen_tokens RENAME TO gone")
    headers = good()
    answer = client.call(order_sign(), **headers)
    assert answer.status_code == 503
    assert answer.json()["issue"][0]["code"] == "transient"
    assert answer.headers["retry-after"] == "1"
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert client.call(order_sign(), **bearer("x")).status_code == 401
    assert [event.get("refusal") for event in log() if event.get("status") == 503] == [
        "StoreUnavailableError"
    ] * 2
    execute(site, "ALTER TABLE gone RENAME TO seen_tokens")
    assert client.get("/health/ready").status_code == 200
    assert client.call(order_sign(), **headers).status_code == 200


def test_an_answer_is_given_though_its_row_is_lost(
    tmp_path: Path, log: Callable[[], list[Json]]
) -> None:
    site = Site(tmp_path)
    client = site.client()
    execute(site, "DROP TABLE answers")
    assert outcomes(client.call(order_sign(), **good())) == ["met"]
    events = {event["event"]: event for event in log()}
    assert events["audit_row_lost"]["level"] == "error"
    assert events["audit_row_lost"]["trace"] == events["call"]["trace"]


def test_a_call_is_logged_with_its_client_and_a_refusal_with_its_reason(
    tmp_path: Path, log: Callable[[], list[Json]]
) -> None:
    client = Site(tmp_path).client()
    client.call(order_sign(), **good())
    client.call(order_sign(), **bearer(signing_key().token(exp=5, iat=1)))
    accepted, refused = log()
    assert accepted["client"] == "EHR of a test"
    assert accepted["gaps"] == [["encounters", "procedures"]] or accepted["gaps"] == [[]]
    assert refused["refusal"] == "UntrustedClientError"
    assert refused["token"] == "expired"
    assert "client" not in refused


def test_an_order_that_is_not_ours_leaves_a_row_too(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert site.client().call(order_sign(other_order()), **good()).json() == {"cards": []}
    (row,) = rows(tmp_path)
    assert row["status"] == 200
    assert row["referrals"] == "[]"
    assert len(row["patient_key"]) == 64


def test_the_row_keeps_the_cards_that_the_ehr_got(tmp_path: Path) -> None:
    """By their uuid, so that feedback on a card can be led back to its kind and criteria."""
    site = Site(tmp_path)
    late = order("draft-4", authoredOn="2029-01-01")  # so late that nothing is found
    body = order_sign(other_order(), order("draft-3"), late)
    answer = site.client().call(body, **good()).json()
    (row,) = rows(tmp_path)
    assert row["cards"] == 2
    kept = rows(tmp_path, "SELECT * FROM cards ORDER BY referral")
    assert [card.pop("uuid") for card in kept] == [card["uuid"] for card in answer["cards"]]
    same = {
        "answer": row["id"],
        "criteria": "imsr-persistent-pain|2026-04-20",
        "revision": 2,
    }
    assert kept == [
        {**same, "kind": "met_option1", "referral": 0},
        {**same, "kind": "not_found_both", "referral": 1},
    ]


def test_one_patient_has_one_key_per_client(tmp_path: Path) -> None:
    other = {**ENTRY, "name": "Another", "issuer": "https://another.example.nl"}
    site = Site(tmp_path, ENTRY, other)
    client = site.client()
    client.call(order_sign(), **good())
    client.call(order_sign(), **good())
    client.call(order_sign(), **bearer(signing_key().token(iss="https://another.example.nl")))
    first, second, third = (row["patient_key"] for row in rows(tmp_path))
    assert first == second != third
    assert "pat-1" not in str(rows(tmp_path))
    site.environ["IMSR_AUDIT_KEY"] = "another-key-of-the-test-that-is-long"
    site.client().call(order_sign(), **good())
    assert rows(tmp_path)[3]["patient_key"] not in {first, third}


MARK = "marked-7f3a"


def marked(client: CheckedClient) -> None:
    """Calls with marks in every place where a person or a secret can stand."""
    body = order_sign(hookInstance=MARK)
    body["context"] |= {"userId": f"Practitioner/{MARK}", "encounterId": MARK}
    body["prefetch"]["patient"] |= {"name": [{"family": MARK}]}
    body |= access("https://ehr.example.nl/fhir", access_token=MARK)
    client.call(body, **bearer(signing_key().token(jti=MARK, sub=MARK, tenant=MARK)))
    client.call({**body, "context": {}}, **bearer(signing_key().token(sub=MARK)))
    client.call(body, **bearer(signing_key().token(jti=MARK)))
    client.call(body, **bearer(signing_key(MARK).token(iss=f"https://{MARK}")))
    client.call(body, **bearer(f"{MARK}.{MARK}.{MARK}"))


def test_no_mark_gets_into_the_database_or_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site = Site(tmp_path)
    marked(site.client())
    form = JsonLines()
    logged = "\n".join([caplog.text, *(form.format(each) for each in caplog.records)])
    assert MARK not in logged
    assert MARK.encode() not in site.stored()
    assert len(rows(tmp_path)) == 2
