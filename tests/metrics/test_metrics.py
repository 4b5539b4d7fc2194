"""What /metrics counts, each by a call that must change it, and that no label is open-ended."""

import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from tests.clients.issuing import SIGN, bearer, signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.calls import (
    access,
    order,
    order_select,
    order_sign,
    other_order,
    prefetch,
    record,
    without,
)
from tests.contract.checked_client import CheckedClient
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import Checker, settings, shell
from tests.metrics.reading import exposition, samples, value


def test_a_call_counts_with_its_outcome_and_the_time_of_its_stages() -> None:
    app = create_app(settings())
    assert CheckedClient(app).call(order_sign()).status_code == 200
    assert value(app, "imsr_calls_total", hook="order-sign", status="200", client="") == 1
    assert value(app, "imsr_call_seconds_count", hook="order-sign") == 1
    assert value(app, "imsr_assessments_total", outcome="met") == 1
    assert value(app, "imsr_records_total", completeness="complete") == 1
    stages = {s.labels["stage"] for s in samples(app) if s.name == "imsr_stage_seconds_count"}
    assert stages == {"admit", "receive", "find", "gather", "judge", "present"}
    assert value(app, "imsr_fhir_requests_total") == 0


def test_a_call_with_gaps_counts_its_causes_and_what_was_missing() -> None:
    app = create_app(settings())
    body = order_sign(prefetch=without(prefetch(), "procedures"))
    assert CheckedClient(app).call(body).status_code == 200
    assert value(app, "imsr_records_total", completeness="incomplete") == 1
    assert value(app, "imsr_record_gaps_total", part="procedures") == 1
    assert value(app, "imsr_record_gaps_total", part="encounters") == 0


def test_an_order_of_somebody_else_has_no_assessment() -> None:
    app = create_app(settings())
    assert CheckedClient(app).call(order_sign(other_order())).json() == {"cards": []}
    assert value(app, "imsr_calls_total", status="200") == 1
    assert value(app, "imsr_assessments_total") == 0


def test_requests_to_a_fhir_server_and_what_came_of_them() -> None:
    app = create_app(settings())
    with running(FhirServer(record())) as server:
        body = order_sign(prefetch=None, **access(server.base))
        assert CheckedClient(app).call(body).status_code == 200
        assert value(app, "imsr_fhir_requests_total") == len(server.hits) > 0
    name = "imsr_fhir_failures_total"
    told = {s.labels["failure"]: s.value for s in samples(app) if s.name == name}
    assert told == {"not_found": 2}  # the two people behind the roles, who are not in this record


def test_a_fhir_server_that_fails_is_asked_again_and_then_left_alone() -> None:
    app = create_app(settings(IMSR_CIRCUIT_FAILURES="2", IMSR_DEADLINE_SECONDS="10"))
    client = CheckedClient(app)
    with running(FhirServer(record(), statuses={"*": 503})) as server:
        body = order_sign(prefetch=None, **access(server.base))
        assert value(app, "imsr_fhir_circuits_open") == 0
        assert client.call(body).status_code == 200
        assert value(app, "imsr_fhir_retries_total") >= 2
        assert value(app, "imsr_fhir_failures_total", failure="server_error") >= 2
        assert value(app, "imsr_fhir_circuits_open") == 1
        asked = len(server.hits)
        assert client.call(body).status_code == 200
        assert len(server.hits) == asked
    assert value(app, "imsr_fhir_failures_total", failure="circuit_open") >= 2
    assert value(app, "imsr_records_total", completeness="no_care") == 2
    assert value(app, "imsr_causes_total", cause="record_unavailable") == 2


def test_a_performer_that_cannot_be_read_and_selections_without_an_order() -> None:
    app = create_app(settings())
    maybe = order(
        code={"text": "Verwijzing"}, performer=[{"reference": "Organization/revalidatie"}]
    )
    chosen = ["ServiceRequest/draft-1", "ServiceRequest/gone", "ServiceRequest/lost"]
    answer = CheckedClient(app).call(order_select(maybe, selections=chosen))
    assert answer.json() == {"cards": []}
    assert value(app, "imsr_unread_performers_total") == 1
    assert value(app, "imsr_dangling_selections_total") == 2


def test_malformed_calls_count_without_a_word_of_them() -> None:
    app = create_app(settings())
    client = CheckedClient(app)
    assert client.post("/cds-services/imsr-order-sign", b"{").status_code == 400
    assert client.call(order_sign(prefetch=None)).status_code == 412
    assert client.get("/no/such/place").status_code == 404
    assert value(app, "imsr_calls_total", status="400") == 1
    assert value(app, "imsr_calls_total", status="412") == 1
    assert value(app, "imsr_http_exchanges_total", status="404") == 1
    assert "no/such" not in exposition(app)


def test_a_failure_counts_as_a_call_with_500() -> None:
    def fail(_: HookCall) -> HookAnswer:
        raise ValueError

    client = shell(Checker(fail))
    assert client.call(order_sign()).status_code == 500
    assert value(client.app, "imsr_calls_total", hook="order-sign", status="500") == 1


def test_calls_that_are_shed_are_counted_and_told_to_come_back() -> None:
    """Two at work, the third is refused at once; when they are done a place is free."""
    entered, go_on = threading.Semaphore(0), threading.Event()

    def wait(_: HookCall) -> HookAnswer:
        entered.release()
        assert go_on.wait(30)
        return HookAnswer()

    client = shell(Checker(wait), IMSR_MAX_CALLS="2")
    with ThreadPoolExecutor(2) as threads:
        at_work = [threads.submit(client.call, order_sign()) for _ in range(2)]
        assert all(entered.acquire(timeout=30) for _ in at_work)
        assert value(client.app, "imsr_calls_at_work") == 2
        refused = client.call(order_sign())
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert value(client.app, "imsr_calls_shed_total") == 1
        go_on.set()
        assert [each.result().status_code for each in at_work] == [200, 200]
    assert value(client.app, "imsr_calls_at_work") == 0
    assert client.call(order_sign()).status_code == 200


def test_a_refused_token_counts_by_its_reason_and_a_client_by_its_name(tmp_path: Path) -> None:
    app = Site(tmp_path).app()
    client = CheckedClient(app)
    token = signing_key().token()
    other = signing_key().token(aud=f"{SIGN}/")
    statuses = [client.call(order_sign(), **bearer(each)).status_code for each in (token, token)]
    assert statuses == [200, 401]
    assert client.call(order_sign(), **bearer(other)).status_code == 401
    assert client.call(order_sign()).status_code == 401
    for reason in ("replayed", "audience", "no_token"):
        assert value(app, "imsr_tokens_refused_total", reason=reason) == 1
    assert value(app, "imsr_calls_total", client="EHR of a test", status="200") == 1
    assert value(app, "imsr_calls_total", client="", status="401") == 3


def test_an_audit_row_that_is_lost_is_counted(tmp_path: Path) -> None:
    app = Site(tmp_path).app()
    with sqlite3.connect(tmp_path / "store.sqlite3") as database:
        database.execute("DROP TABLE answers")
    database.close()
    answer = CheckedClient(app).call(order_sign(), **bearer(signing_key().token()))
    assert answer.status_code == 200
    assert value(app, "imsr_audit_rows_lost_total") == 1


def test_what_callers_send_makes_no_time_series(tmp_path: Path) -> None:
    """Hooks, services, clients, addresses, statuses of servers: none is a label as it was sent."""
    app = Site(tmp_path, {**ENTRY}).app()
    client = CheckedClient(app)
    client.call(order_sign(), **bearer(signing_key().token()))
    shape = {(s.name, tuple(sorted(s.labels.items()))) for s in samples(app)}
    for number in range(20):
        token = signing_key().token(iss=f"https://{number}.example.nl", jti=f"jti-{number}")
        client.call(order_sign(userId=f"Practitioner/{number}"), **bearer(token))
        client.get(f"/cds-services/{number}", traceparent=f"00-{number:032x}-{'cd' * 8}-01")
    grown = {(s.name, tuple(sorted(s.labels.items()))) for s in samples(app)} - shape
    assert {name.rpartition("_")[0] for name, _ in grown} <= {
        "imsr_calls",
        "imsr_call_seconds",
        "imsr_tokens_refused",
        "imsr_http_exchanges",
    }
    assert {value for _, labels in grown for _, value in labels} <= {
        "none", "401", "404", "200", "issuer", "",
        *(sample.labels["le"] for sample in samples(app) if "le" in sample.labels),
    }  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_metrics_are_only_read(method: str) -> None:
    assert shell().request(method, "/metrics").status_code == 405


def test_every_name_has_our_prefix_and_a_meaning() -> None:
    text = exposition(create_app(settings()))
    names = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    meanings = re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE)
    assert len(names) > 15
    assert names == meanings
    assert all(name.startswith("imsr_") for name in names)
