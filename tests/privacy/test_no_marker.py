"""No name, id, number, token or address of a call gets out, on whatever path the call ends.

Every path of success and of failure is walked with a marked call over real HTTP, all loggers at
DEBUG. Afterwards no mark stands in the log, the metrics, the errors, or anywhere in the database;
the answers hold none either, save what the record says of a contact.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.hooks.order_hooks import ReferralCheck
from cds_service.store import Answers, Pseudonyms
from cds_service.store.database import Store
from tests.clients.issuing import raw_token, signing_key
from tests.privacy.marked import (
    BSN,
    MARK,
    PATIENT,
    TOKEN,
    by_server,
    call,
    further_page,
    marked_order,
    marked_prefetch,
    marks_in,
    with_context,
)
from tests.privacy.watching import Answer, Case, Watched, watched

SIGN = "/cds-services/imsr-order-sign"
TRACE = "ab" * 16
HERE = f"https://ehr.example.nl/fhir/Encounter?patient={PATIENT}&name={MARK}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("site")
    settings = {"IMSR_DEADLINE_SECONDS": "1", "IMSR_CIRCUIT_FAILURES": "0"}
    with watched(folder, **settings) as running:
        yield running
    assert marks_in(running.written()) == []  # also what was said while it stopped
    assert marks_in(running.site.stored()) == []


def failing(status: int) -> Case:
    def case(service: Watched) -> Answer:
        service.server.statuses = {"*": status}
        return service.post(by_server(service.server.base))

    return case


def slow(service: Watched) -> Answer:
    service.server.seconds = 1.5
    return service.post(by_server(service.server.base))


def redirected(service: Watched) -> Answer:
    service.server.redirect_to = f"https://{MARK}.example.nl/fhir"
    return service.post(by_server(service.server.base))


def paged_elsewhere(service: Watched) -> Answer:
    service.server.page_size, service.server.next_base = 2, f"https://{MARK}.example.nl/fhir"
    return service.post(by_server(service.server.base))


def with_token(token: str) -> Case:
    return lambda service: service.post(call(), authorization=f"Bearer {token}")


def replayed(service: Watched) -> Answer:
    token = signing_key().token(jti=f"{MARK}-{BSN}")
    assert service.post(call(), authorization=f"Bearer {token}").status == 200
    return service.post(call(), authorization=f"Bearer {token}")


def at(path: str) -> Case:
    return lambda service: service.post(call(), path)


def sent(body: object, **more: str) -> Case:
    return lambda service: service.post(body, **more)


RAW = json.dumps(call()).encode()
GOOD = {
    "prefetch": sent(call()),
    "the FHIR server": lambda service: service.post(by_server(service.server.base)),
    "an order of somebody else": sent(call(context={**call()["context"], "draftOrders": {
        "resourceType": "Bundle", "entry": [{"resource": marked_order(code={"text": MARK})}]}})),
    "a FHIR server that fails": failing(500),
    "a FHIR server that is busy": failing(503),
    "a FHIR server that refuses": failing(401),
    "a FHIR server that forbids": failing(403),
    "a FHIR server that has nothing": failing(404),
    "a FHIR server that is slow": slow,
    "a FHIR server that sends elsewhere": redirected,
    "pages elsewhere": paged_elsewhere,
    "a further page of the prefetch elsewhere": sent(further_page(f"https://{MARK}.nl/{BSN}")),
    "a further page that cannot be had": sent(further_page(HERE)),
    "a server that is not listed": sent(by_server(f"https://{MARK}.example.nl/fhir")),
    "an expired token": lambda s: s.post(by_server(s.server.base, expires_in=-1)),
    "no scope": lambda s: s.post(by_server(s.server.base, scope=MARK)),
    "an outcome under a key": sent(call(prefetch={**marked_prefetch(), "encounters": {
        "resourceType": "OperationOutcome", "issue": [
            {"severity": "error", "code": "exception", "diagnostics": f"{MARK} {BSN}"}]}})),
    "resources that cannot be read": sent(call(prefetch={**marked_prefetch(), "procedures": {
        "resourceType": "Bundle", "type": "searchset", "entry": [{"resource": {
            "resourceType": "Procedure", "id": MARK, "status": [MARK], "subject": MARK}}]}})),
    "dates that are none": sent(call(context={**call()["context"], "draftOrders": {
        "resourceType": "Bundle", "entry": [{"resource": marked_order(authoredOn=MARK)}]}})),
}  # fmt: skip

REFUSED: dict[str, tuple[int, Case]] = {
    "a body that is cut off": (400, sent(RAW[:-3])),
    "a body in other bytes": (400, sent(RAW + b"\xff")),
    "a name twice": (400, sent(f'{{"{MARK}":1,"{MARK}":2}}'.encode())),
    "another hook": (400, sent(call(hook=MARK))),
    "a server of another kind": (400, sent(call(fhirServer=f"ftp://{MARK}/{BSN}"))),
    "a server over http": (400, sent(call(fhirServer=f"http://{MARK}.nl/{BSN}"))),
    "a server with a password": (400, sent(call(fhirServer=f"https://{MARK}:{BSN}@x.nl"))),
    "a token of another type": (400, sent(by_server("https://x.nl", token_type=MARK))),
    "a token that is split": (400, sent(call(fhirServer="https://x.nl", fhirAuthorization={
        "access_token": f"{TOKEN}\r\n", "token_type": "Bearer", "scope": MARK,
        "subject": MARK}))),
    "a patient that is a path": (400, sent(with_context(patientId=f"../{MARK}"))),
    "a foreign patient": (400, sent(with_context(draftOrders={
        "resourceType": "Bundle", "entry": [{"resource": {
            **marked_order(), "subject": {"reference": f"Patient/other-{MARK}"}}}]}))),
    "an order that is a text": (400, sent(with_context(draftOrders={
        "resourceType": "Bundle", "entry": [{"resource": MARK}]}))),
    "a type that is none": (400, sent(with_context(draftOrders={"resourceType": MARK}))),
    "no token": (401, lambda s: s.send("POST", SIGN, RAW, {"content-type": "application/json"})),
    "no JWT": (401, with_token(f"{MARK}.{BSN}")),
    "a token of another issuer": (401, with_token(signing_key().token(iss=f"https://{MARK}"))),
    "a token for another audience": (401, with_token(signing_key().token(aud=MARK))),
    "a token with another key": (401, with_token(signing_key().token(header={"kid": MARK}))),
    "a token with keys elsewhere": (401, with_token(
        signing_key().token(header={"jku": f"https://{MARK}/{BSN}"}))),
    "a token with claims in words": (401, with_token(signing_key().token(sub=BSN, exp=MARK))),
    "a token with odd JSON": (401, with_token(raw_token(
        signing_key(), f'{{"alg":"{MARK}"'.encode(), {"iss": MARK}))),
    "a token used twice": (401, replayed),
    "nothing offered": (412, sent(call(prefetch=None))),
    "a token for somebody else": (
        412,
        lambda s: s.post(by_server(s.server.base, patient=f"x-{MARK}")),
    ),
    "nothing but an unlisted key": (412, sent(call(prefetch={MARK: BSN}))),
    "a body that is too large": (413, sent(json.dumps(call(x=MARK * 3_000_000)).encode())),
    "a body nested too deeply": (413, sent(f'{{"{MARK}":{"[" * 99}{"]" * 99}}}'.encode())),
    "another media type": (415, sent(RAW, **{"content-type": f"text/{MARK}"})),
    "headers that are too large": (431, sent(RAW, **{"x-large": MARK * 5000})),
    "no such address": (404, at(f"/Patient/{PATIENT}?name={MARK}&bsn={BSN}")),
    "no such service": (404, at(f"/cds-services/{MARK}-{BSN}")),
    "no such method": (405, lambda s: s.send("DELETE", f"{SIGN}?patient={PATIENT}&x={BSN}")),
}  # fmt: skip


def nothing_is_told(service: Watched) -> None:
    assert marks_in(service.written()) == []
    assert marks_in(service.metrics()) == []
    assert marks_in(service.site.stored()) == []


@pytest.fixture(autouse=True)
def well_again(service: Watched) -> None:
    """The FHIR server answers as it should, and nothing is logged yet."""
    server = service.server
    server.statuses, server.seconds, server.redirect_to = {}, 0.0, ""
    server.page_size, server.next_base = 0, ""
    service.log.texts.clear()


@pytest.mark.parametrize("case", GOOD.values(), ids=GOOD)
def test_answers(service: Watched, case: Case) -> None:
    answer = case(service)
    assert answer.status == 200
    assert marks_in(answer.head + answer.body) == []
    nothing_is_told(service)
    assert '"event": "call"' in service.written()


def test_the_full_assessment_names_entries_of_the_record_to_the_caller_alone(
    service: Watched,
) -> None:
    """Interface.md, The full assessment: ids of entries and practices, and nobody by name."""
    token = signing_key().token(aud="https://cds.example.nl/assessments")
    answer = service.post(call(), "/assessments", authorization=f"Bearer {token}")
    assert answer.status == 200
    (referral,) = json.loads(answer.body)["referrals"]
    assert len(referral["ledger"]) > 6
    for contact in referral["ledger"]:
        del contact["source"]
        contact.pop("practice", None)
    assert marks_in(json.dumps(referral)) == []
    nothing_is_told(service)


@pytest.mark.parametrize(("status", "case"), REFUSED.values(), ids=REFUSED)
def test_refusals(service: Watched, status: int, case: Case) -> None:
    answer = case(service)
    assert answer.status == status
    assert json.loads(answer.body)["resourceType"] == "OperationOutcome"
    assert marks_in(answer.head + answer.body) == []
    nothing_is_told(service)
    assert f'"status": {status}' in service.written()


@pytest.mark.parametrize(
    "error", [ValueError(f"{MARK} {BSN}"), KeyError(MARK), RecursionError(), MemoryError(TOKEN)]
)
def test_failures(service: Watched, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """What should not happen: its text can quote anything, and so does what caused it."""

    def fail(*_: object) -> None:
        raise error from LookupError(f"{MARK} was the cause")

    monkeypatch.setattr(ReferralCheck, "assess", fail)
    answer = service.post(call(), traceparent=f"00-{TRACE}-{'cd' * 8}-01")
    assert answer.status == 500
    assert marks_in(answer.head + answer.body) == []
    assert TRACE in answer.body
    assert "Traceback" not in answer.body
    nothing_is_told(service)
    assert '"event": "failure"' in service.written()


def test_a_store_that_fails_after_the_answer(
    service: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError(f"UNIQUE constraint failed: {MARK}, {BSN}")

    monkeypatch.setattr(Answers, "write", fail)
    assert service.post(call()).status == 200
    nothing_is_told(service)


def test_a_store_that_is_away(service: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(f"{MARK} {BSN}")

    monkeypatch.setattr(Store, "_exclusive", fail)
    answer = service.post(call())
    assert answer.status == 503
    assert "Retry-After: 1" in answer.head or "retry-after: 1" in answer.head
    assert marks_in(answer.head + answer.body) == []
    nothing_is_told(service)


def test_a_request_that_is_no_http(service: Watched) -> None:
    answer = service.send("GET", f"/{MARK}", given={"host": MARK, "transfer-encoding": MARK})
    assert answer.status in {400, 404}
    assert marks_in(answer.head + answer.body) == []
    nothing_is_told(service)


def test_what_the_database_holds_of_a_call(tmp_path: Path) -> None:
    """The columns meant for it hold keyed hashes, and whoever has the key finds the rows."""
    with watched(tmp_path) as service:
        token = signing_key().token(jti=f"{MARK}-{BSN}")
        trace = {"traceparent": f"00-{TRACE}-{'cd' * 8}-01"}
        assert service.post(call(), authorization=f"Bearer {token}", **trace).status == 200
    stored = service.site.stored()
    assert marks_in(stored) == []
    assert token.rpartition(".")[2].encode() not in stored
    names = Pseudonyms(b"a-key-of-the-test-that-is-long-enough")
    with sqlite3.connect(tmp_path / "store.sqlite3") as database:
        cursor = database.execute("SELECT * FROM answers")
        columns = [each[0] for each in cursor.description]
        (row,) = [dict(zip(columns, each, strict=True)) for each in cursor]
        (used,) = database.execute("SELECT token_key, expires_at FROM seen_tokens")
        (card,) = database.execute("SELECT answer, referral, kind, criteria, revision FROM cards")
    database.close()
    assert row["trace"] == TRACE
    assert row["client"] == "EHR of a test"
    assert row["service"] == "imsr-order-sign"
    assert row["status"] == 200
    assert row["patient_key"] == names.of("patient", "EHR of a test", PATIENT)
    assert row["user_key"] == names.of("user", "EHR of a test", f"Practitioner/user-{MARK}")
    assert set(row) == {
        "id", "answered_at", "trace", "client", "service", "status", "milliseconds",
        "user_key", "patient_key", "instance_key", "referrals", "stages", "cards",
    }  # fmt: skip
    assert set(json.loads(row["stages"])) <= {
        "admit", "receive", "find", "gather", "judge", "present",
    }  # fmt: skip
    (referral,) = json.loads(row["referrals"])
    assert set(referral) == {"criteria", "revision", "outcome", "because", "gaps"}
    assert referral["outcome"] == "met"
    assert card == (1, 0, "met_option1", "imsr-persistent-pain|2026-04-20", 2)
    assert len(used[0]) == 64


def test_the_marks_would_be_found(service: Watched) -> None:
    """The call is full of them, and so is what the FHIR server is asked."""
    assert set(marks_in(json.dumps(by_server("https://ehr.example.nl/fhir")))) == {
        MARK,
        BSN,
        TOKEN,
    }
    service.server.hits.clear()
    assert service.post(by_server(service.server.base)).status == 200
    assert any(MARK in hit.path for hit in service.server.hits)
    assert {hit.authorization for hit in service.server.hits} == {f"Bearer {TOKEN}"}
