"""One GET: headers, sizes, times, errors."""

import gzip
import json
import time
import tracemalloc

import pytest

from cds_service.fhir_access import (
    Deadline,
    Failure,
    FetchLimits,
    FhirAccess,
    FhirSession,
    Query,
    SearchResult,
)
from tests.fhir_access.conftest import Open
from tests.kit.scripted_server import (
    Reply,
    ScriptedServer,
    bundle,
    gzip_reply,
    in_turn,
    json_reply,
    outcome_reply,
)

PATIENT = {"resourceType": "Patient", "id": "1"}
FHIR = {"Content-Type": "application/fhir+json"}
DATE = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT"}


def read(session: FhirSession) -> SearchResult:
    return session.search_all({"patient": Query("patient", "Patient/1")})["patient"]


def test_a_read_brings_the_resource_as_it_is(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
        assert read(call(server)) == SearchResult(
            ({"resourceType": "Patient", "id": "1"},), is_complete=True
        )
        assert server.addresses == ["Patient/1"]


def test_the_headers_of_every_request(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
        read(call(server, token="secret"))
        headers = server.asked[0].headers
    assert headers["accept"].split(",")[0] == "application/fhir+json"
    assert headers["accept-encoding"] == "gzip"
    assert headers["cache-control"] == "no-cache"
    assert headers["authorization"] == "Bearer secret"
    assert "cookie" not in headers


def test_without_a_token_there_is_no_authorization_header(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
        read(call(server))
        assert "authorization" not in server.asked[0].headers


def test_the_token_of_one_call_is_not_used_by_the_next(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
        read(call(server, token="secret"))
        read(call(server))
        assert "authorization" not in server.asked[1].headers


def test_a_cookie_is_never_sent_back(call: Open) -> None:
    reply = json_reply(PATIENT, headers={"Set-Cookie": "session=of-another-user; Path=/"})
    with ScriptedServer(in_turn(reply)) as server:
        read(call(server))
        read(call(server))
        assert "cookie" not in server.asked[1].headers


def test_proxies_and_netrc_of_the_environment_are_ignored(
    call: Open, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "")
    with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
        assert read(call(server)).is_complete
        assert "authorization" not in server.asked[0].headers


def test_a_zipped_answer(call: Open) -> None:
    with ScriptedServer(in_turn(gzip_reply(PATIENT))) as server:
        assert read(call(server)).pages == ({"resourceType": "Patient", "id": "1"},)


def test_a_zipped_answer_of_many_pieces_in_chunks(call: Open) -> None:
    large = gzip_reply({"resourceType": "Patient", "id": "1", "text": "x" * 150_000})
    reply = Reply(body=large.body, headers=large.headers, chunked=True)
    with ScriptedServer(in_turn(reply)) as server:
        (patient,) = read(call(server)).pages
    assert len(patient["text"]) == 150_000


@pytest.mark.parametrize(
    "content_type",
    ["application/fhir+json; charset=utf-8", "application/json", "application/json+fhir", ""],
)
def test_every_name_of_json_is_accepted(call: Open, content_type: str) -> None:
    reply = Reply(body=json.dumps(PATIENT).encode(), headers={"Content-Type": content_type})
    with ScriptedServer(in_turn(reply)) as server:
        assert read(call(server)).is_complete


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (204, Failure.UNEXPECTED_STATUS),
        (304, Failure.UNEXPECTED_STATUS),
        (400, Failure.BAD_REQUEST),
        (401, Failure.UNAUTHORIZED),
        (403, Failure.FORBIDDEN),
        (404, Failure.NOT_FOUND),
        (405, Failure.NOT_SUPPORTED),
        (410, Failure.GONE),
        (418, Failure.CLIENT_ERROR),
        (429, Failure.BUSY),
        (500, Failure.SERVER_ERROR),
        (501, Failure.NOT_SUPPORTED),
        (503, Failure.SERVER_ERROR),
    ],
)
def test_every_status_but_200_is_a_named_failure(call: Open, status: int, failure: Failure) -> None:
    reply = Reply(status=204) if status == 204 else outcome_reply(status)
    reply = Reply(status=304) if status == 304 else reply
    with ScriptedServer(in_turn(reply)) as server:
        assert read(call(server)) == SearchResult((), is_complete=False, failure=failure)


def test_414_with_html_and_a_closed_connection(call: Open) -> None:
    page = Reply(
        status=414,
        body=b"<h1>URI Too Long</h1>",
        headers={"Content-Type": "text/html"},
        closes=True,
    )
    with ScriptedServer(in_turn(page)) as server:
        assert read(call(server)).failure is Failure.CLIENT_ERROR


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({"Content-Type": "text/html"}, b"<html></html>", id="HTML"),
        pytest.param({"Content-Type": "application/fhir+xml"}, b"<Patient/>", id="XML"),
        pytest.param(
            {"Content-Type": "text/html"}, b'{"resourceType": "Patient"}', id="wrong type"
        ),
        pytest.param(FHIR, b"", id="nothing"),
        pytest.param(FHIR, b'{"resourceType": "Patient"', id="half an object"),
        pytest.param(FHIR, b"[]", id="an array"),
        pytest.param(FHIR, b'{"id": "1"}', id="no resourceType"),
        pytest.param(FHIR, b'{"resourceType": 7}', id="a number as resourceType"),
        pytest.param(FHIR, b'{"resourceType": "Patient", "x": NaN}', id="NaN"),
        pytest.param(FHIR, b'{"resourceType": "Patient", "x": -Infinity}', id="infinity"),
        pytest.param(FHIR, b'{"resourceType": "Patient", "x": 1e999}', id="a number too large"),
        pytest.param(FHIR, b'{"resourceType": "Patient", "x": "\xff"}', id="no UTF-8"),
        pytest.param(
            FHIR, b'{"resourceType": "Patient", "x": ' + b"9" * 5000 + b"}", id="5000 digits"
        ),
        pytest.param({**FHIR, "Content-Encoding": "gzip"}, b"no gzip", id="not zipped"),
        pytest.param({**FHIR, "Content-Encoding": "br"}, b"what?", id="zipped otherwise"),
    ],
)
def test_what_is_no_fhir_json_is_refused(call: Open, headers: dict[str, str], body: bytes) -> None:
    with ScriptedServer(in_turn(Reply(body=body, headers=headers))) as server:
        assert read(call(server)).failure is Failure.NOT_FHIR


def test_an_operation_outcome_with_200_is_for_the_caller(call: Open) -> None:
    with ScriptedServer(in_turn(outcome_reply(200))) as server:
        result = read(call(server))
    assert (result.is_complete, result.pages[0]["resourceType"]) == (True, "OperationOutcome")


def test_of_a_member_that_stands_there_twice_the_last_one_counts(call: Open) -> None:
    body = b'{"resourceType": "Patient", "id": "a", "id": "b"}'
    with ScriptedServer(in_turn(Reply(body=body, headers=FHIR))) as server:
        assert read(call(server)).pages[0]["id"] == "b"


def test_a_zipped_body_that_ends_before_its_end_is_tried_once_more(call: Open) -> None:
    whole = gzip_reply(PATIENT)
    half = Reply(body=whole.body[:-12], headers=whole.headers)
    with ScriptedServer(in_turn(half, whole)) as server:
        assert read(call(server)).is_complete
        server.script = in_turn(half)
        assert read(call(server)).failure is Failure.UNREACHABLE


def test_numbers_with_a_fraction_are_kept(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply({"resourceType": "Patient", "x": 1.5}))) as server:
        assert read(call(server)).pages[0]["x"] == 1.5


def test_half_a_character_becomes_a_question_mark(call: Open) -> None:
    body = rb'{"resourceType": "Patient", "id": "x\ud800y"}'
    with ScriptedServer(in_turn(Reply(body=body, headers=FHIR))) as server:
        assert read(call(server)).pages[0]["id"] == "x?y"


def test_more_bytes_than_an_answer_may_have(call: Open) -> None:
    huge = json_reply({"resourceType": "Patient", "text": "x" * 200_001})
    with ScriptedServer(in_turn(huge)) as server:
        assert read(call(server)).failure is Failure.TOO_LARGE


def _nested(levels: int) -> bytes:
    """A resource with that many levels; brackets in strings, escaped ones too, are none."""
    inner = levels - 1
    text = rb'"[[[[\"[[[\\"'
    return b'{"resourceType": "Patient", "x": %s, "y": %s%s}' % (text, b"[" * inner, b"]" * inner)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        pytest.param(_nested(64), None, id="64 levels"),
        pytest.param(_nested(65), Failure.TOO_LARGE, id="65 levels"),
        pytest.param(b'{"resourceType":' + b"[" * 100_000, Failure.TOO_LARGE, id="without end"),
        pytest.param(b'{"a":' * 5_000_000, Failure.TOO_LARGE, id="objects without end"),
    ],
)
def test_an_answer_may_be_nested_64_levels(
    call: Open, body: bytes, failure: Failure | None
) -> None:
    with ScriptedServer(in_turn(Reply(body=body, headers=FHIR))) as server:
        assert read(call(server)).failure is failure


def test_a_gzip_bomb_ends_at_the_limit(call: Open) -> None:
    zeros = gzip.compress(b'{"resourceType": "Patient", "text": "' + b"0" * 50_000_000)
    bomb = Reply(body=zeros, headers={**FHIR, "Content-Encoding": "gzip"})
    with ScriptedServer(in_turn(bomb)) as server:
        session = call(server)
        assert read(session).failure is Failure.TOO_LARGE
        assert session.counts.bytes < 400_000


def _opened(access: FhirAccess, server: ScriptedServer) -> FhirSession:
    return access.session(server.base_url, token=None, deadline=Deadline(20.0))


def test_a_small_body_of_many_values_is_not_built() -> None:
    """A thousand bytes for each that was sent, and hundreds more for each value of them."""
    limits = FetchLimits(call_values=100_000)
    many = gzip.compress(b'{"resourceType": "Bundle", "entry": [' + b"{}," * 200_000 + b"{}]}")
    bomb = Reply(body=many, headers={**FHIR, "Content-Encoding": "gzip"})
    with ScriptedServer(in_turn(bomb)) as server, FhirAccess(limits) as access:
        session = _opened(access, server)
        tracemalloc.start()
        assert read(session).failure is Failure.TOO_LARGE
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000


def test_all_answers_of_a_call_together_have_a_limit_of_values() -> None:
    limits = FetchLimits(call_values=1_000)
    large = json_reply({"resourceType": "Patient", "name": [{}] * 150})
    with ScriptedServer(in_turn(large)) as server, FhirAccess(limits) as access:
        session = _opened(access, server)
        results = [read(session).failure for _ in range(4)]
        assert results == [None, None, None, Failure.TOO_LARGE]


def test_what_stands_behind_the_end_of_a_zipped_body_is_not_kept() -> None:
    zipped = gzip.compress(json.dumps(PATIENT).encode())
    behind = Reply(body=zipped + b"\0" * 30_000_000, headers={**FHIR, "Content-Encoding": "gzip"})
    with ScriptedServer(in_turn(behind)) as server, FhirAccess() as access:
        session = _opened(access, server)
        tracemalloc.start()
        assert read(session).pages == (PATIENT,)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b'{"resourceType": "Patient", "id": "1", "text": "' + b'[{,\\"' * 300_000 + b'"}', None),
        (b'{"resourceType": "Patient", "id": "1", "text": "' + b"\\\\" * 900_000 + b'"}', None),
        (b"]" * 15_000_000, Failure.NOT_FHIR),
        (b"[" * 7_000_000 + b"]" * 7_000_000, Failure.TOO_LARGE),
    ],
    ids=["marks in a string", "backslashes", "closed and never opened", "a deep well"],
)
def test_the_look_at_a_body_counts_what_is_there(body: bytes, failure: Failure | None) -> None:
    limits = FetchLimits(call_values=1_000)
    with (
        ScriptedServer(in_turn(Reply(body=body, headers=FHIR))) as server,
        FhirAccess(limits) as access,
    ):
        assert read(_opened(access, server)).failure is failure


def test_the_body_of_a_redirect_is_not_read(call: Open) -> None:
    zeros = gzip.compress(b"0" * 50_000_000)
    bomb = {"Content-Encoding": "gzip", "Location": "/fhir/Patient/1"}
    moved = Reply(status=302, body=zeros, headers=bomb)
    with ScriptedServer(in_turn(moved, json_reply(PATIENT))) as server:
        session = call(server)
        tracemalloc.start()
        assert read(session).is_complete
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000


def test_all_answers_of_a_call_together_have_a_limit(call: Open) -> None:
    large = json_reply({"resourceType": "Patient", "text": "x" * 190_000})
    with ScriptedServer(in_turn(large)) as server:
        session = call(server)
        results = [read(session).failure for _ in range(6)]
        assert results == [None, None, None, None, None, Failure.TOO_LARGE]
        assert read(call(server)).is_complete


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(json_reply(PATIENT, delay=5.0), id="no status line"),
        pytest.param(json_reply(PATIENT, drip=0.05), id="a byte now and then"),
        pytest.param(json_reply(PATIENT, drip=0.05, chunked=True), id="the same in chunks"),
        pytest.param(json_reply(PATIENT, drip=0.05, drips_headers=True), id="dripping headers"),
        pytest.param(outcome_reply(500, drip=0.05), id="a dripping error"),
    ],
)
def test_a_slow_server_does_not_outlast_the_deadline(call: Open, reply: Reply) -> None:
    with ScriptedServer(in_turn(reply)) as server:
        started = time.monotonic()
        assert read(call(server, seconds=0.3)).failure is Failure.TIMEOUT
        assert time.monotonic() - started < 0.8


def test_a_worker_of_a_dripping_server_ends_too(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT, drip=0.02))) as server:
        session = call(server, seconds=0.2)
        read(session)
        time.sleep(0.3)
        server.script = in_turn(json_reply(PATIENT))
        assert read(call(server)).is_complete
    assert session.counts.bytes < 30


def test_after_the_deadline_nothing_is_asked(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
        assert read(call(server, seconds=0.0)).failure is Failure.TIMEOUT
        assert server.asked == []


def test_a_connection_is_kept_for_the_next_request(call: Open) -> None:
    with ScriptedServer(
        in_turn(json_reply(PATIENT), outcome_reply(404), json_reply(PATIENT))
    ) as server:
        for _ in range(3):
            read(call(server))
        assert len({asked.connection for asked in server.asked}) == 1


@pytest.mark.parametrize("first", [Reply(hangs_up=True), json_reply(PATIENT, missing=5)])
def test_a_broken_connection_is_tried_once_more(call: Open, first: Reply) -> None:
    with ScriptedServer(in_turn(first, json_reply(PATIENT))) as server:
        session = call(server)
        assert read(session).is_complete
        assert session.counts.requests == 2
        assert len({asked.connection for asked in server.asked}) == 2


def test_an_idle_connection_that_the_server_closed(call: Open) -> None:
    replies = in_turn(json_reply(PATIENT, closes=True), json_reply(PATIENT))
    with ScriptedServer(replies) as server:
        assert read(call(server)).is_complete
        assert read(call(server)).is_complete


def test_an_idle_connection_that_the_server_closes_as_we_ask(call: Open) -> None:
    replies = in_turn(json_reply(PATIENT), Reply(hangs_up=True), json_reply(PATIENT))
    with ScriptedServer(replies) as server:
        assert read(call(server)).is_complete
        assert read(call(server)).is_complete
        numbers = [asked.connection for asked in server.asked]
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_connection_that_breaks_twice_is_a_failure(call: Open) -> None:
    with ScriptedServer(in_turn(Reply(hangs_up=True))) as server:
        session = call(server)
        assert read(session).failure is Failure.UNREACHABLE
        assert session.counts.requests == 2


def test_nobody_listens(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
        session = call(server)
    assert read(session).failure is Failure.UNREACHABLE


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_once_more(call: Open, status: int) -> None:
    busy = outcome_reply(status, headers={"Retry-After": "0"})
    with ScriptedServer(in_turn(busy, json_reply(PATIENT))) as server:
        assert read(call(server)).is_complete


@pytest.mark.parametrize(
    ("retry_after", "asked"),
    [
        ("60", 1),
        ("9" * 400, 1),
        pytest.param("Wed, 21 Oct 2026 07:29:00 GMT", 1, id="a minute after its own clock"),
        pytest.param("Wed, 21 Oct 2026 07:28:00 GMT", 2, id="now by its own clock"),
        pytest.param("Wed, 21 Oct 2026 07:00:00 GMT", 2, id="half an hour ago"),
        ("soon", 1),
        ("", 2),
    ],
)
def test_a_server_that_stays_busy(call: Open, retry_after: str, asked: int) -> None:
    with ScriptedServer(
        in_turn(outcome_reply(503, headers={"Retry-After": retry_after, **DATE}))
    ) as server:
        session = call(server)
        assert read(session).failure is Failure.SERVER_ERROR
        assert session.counts.requests == asked


def test_an_error_of_the_server_is_not_tried_again(call: Open) -> None:
    with ScriptedServer(in_turn(outcome_reply(500))) as server:
        session = call(server)
        read(session)
        assert session.counts.requests == 1


def test_a_redirect_on_the_same_origin_is_followed_with_the_token(call: Open) -> None:
    moved = Reply(status=307, headers={"Location": "/fhir/Patient/2"})
    with ScriptedServer(in_turn(moved, json_reply(PATIENT))) as server:
        assert read(call(server, token="secret")).is_complete
        assert server.addresses == ["Patient/1", "Patient/2"]
        assert server.asked[1].headers["authorization"] == "Bearer secret"


def test_a_redirect_elsewhere_is_not_followed(call: Open) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT))) as other:
        moved = Reply(status=302, headers={"Location": f"{other.base_url}/Patient/1"})
        with ScriptedServer(in_turn(moved)) as server:
            result = read(call(server, token="secret"))
        assert result.failure is Failure.FOREIGN_REDIRECT
        assert other.asked == []


@pytest.mark.parametrize(
    "location", ["", "http://169.254.169.254/", "https://127.0.0.1/", "file:///"]
)
def test_redirects_that_lead_nowhere_we_go(call: Open, location: str) -> None:
    with ScriptedServer(in_turn(Reply(status=301, headers={"Location": location}))) as server:
        result = read(call(server))
    expected = Failure.REDIRECT_LIMIT if location == "" else Failure.FOREIGN_REDIRECT
    assert result.failure is expected


def test_a_circle_of_redirects(call: Open) -> None:
    with ScriptedServer(in_turn(Reply(status=302, headers={"Location": "Patient"}))) as server:
        assert read(call(server)).failure is Failure.REDIRECT_LIMIT
        assert len(server.asked) == 4


@pytest.mark.parametrize(
    "address",
    [
        "Encounter?patient=",
        "Encounter?patient",
        "Encounter?patient=%20",
        "Encounter?patient=Patient/",
        "Encounter?patient=Patient%2F",
        "Encounter?date=ge2024-01-01&patient=",
        "Encounter?",
        "Patient/..",
        "Patient/../metadata",
        "Patient/%2e%2e",
        "Patient/1#x",
        "/Patient/1",
        "//elsewhere.example/Patient/1",
        "http://elsewhere.example/Patient/1",
        "Patient/1 2",
        "",
    ],
)
def test_a_query_that_would_ask_for_more_or_elsewhere_is_not_sent(call: Open, address: str) -> None:
    with ScriptedServer(in_turn(json_reply(bundle()))) as server:
        result = call(server).search_all({"q": Query("q", address)})["q"]
        assert result.failure is Failure.NOT_ASKED
        assert server.asked == []


def test_no_address_and_no_token_in_logs(call: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    broken = {"Bad Header Line": "MARKER", "Content-Type": "text/html"}
    replies = (
        Reply(hangs_up=True),
        outcome_reply(500),
        Reply(headers=broken, closes=True),
        json_reply(PATIENT),
    )
    with ScriptedServer(in_turn(*replies)) as server:
        for _ in replies:
            session = call(server, token="MARKER-TOKEN")
            session.search_all({"q": Query("q", "Patient/MARKER")})
            assert "MARKER" not in repr(session)
    assert "MARKER" not in caplog.text


class TestOldConnections:
    @pytest.fixture
    def limits(self) -> FetchLimits:
        return FetchLimits(idle_seconds=0.05)

    def test_a_connection_is_not_used_after_it_was_idle_for_long(self, call: Open) -> None:
        with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
            read(call(server))
            time.sleep(0.1)
            read(call(server))
            assert len({asked.connection for asked in server.asked}) == 2
