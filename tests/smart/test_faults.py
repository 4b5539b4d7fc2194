"""Every fault of an EHR, and of a browser, ends in a page that names the cause.

Each test says what the page's cause is by the word of the log line (`refusal`) and the status; that
no page or log holds a token, a name or a text of the other side is held for all of them.
"""

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator

import jwt
import pytest
from fastapi import FastAPI
from httpx2 import Response

from cds_service.observing.event_log import JsonLines
from tests.clients.issuing import signing_key
from tests.contract.calls import PATIENT, Json, patient
from tests.kit.scripted_server import Reply
from tests.smart.browser import Browser, PageSite
from tests.smart.ehr import (
    ACCESS_TOKEN,
    CLIENT_ID,
    NAME,
    SmartEhr,
    oauth_error,
    plain_json,
    running,
)

SECRETS = (ACCESS_TOKEN, "MARKER", "Traceback", "verwijzer", PATIENT)


class Log(logging.Handler):
    """The lines of the log, as they are written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))

    @property
    def last(self) -> Json:
        """What the last line says."""
        found: Json = json.loads(self.lines[-1])
        return found


@pytest.fixture
def log() -> Iterator[Log]:
    """The log of the service; at the end nothing that names anybody may be in it."""
    handler, logger = Log(), logging.getLogger("cds_service")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)
    text = "\n".join(handler.lines)
    for secret in (*SECRETS, NAME, "user-7", CLIENT_ID):
        assert secret not in text


def refused(answer: Response, log: Log, refusal: str, status: int) -> None:
    """The answer is a page of that status for that cause, and tells nothing else."""
    assert (log.last.get("refusal"), answer.status_code) == (refusal, status)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "<h1" in answer.text
    for secret in (*SECRETS, NAME):
        assert secret not in answer.text


UNSUITABLE: list[tuple[str, Json]] = [
    ("no_launch", {"capabilities": ["launch-standalone"]}),
    ("configuration_broken", {"capabilities": None}),
    ("configuration_broken", {"capabilities": "launch-ehr"}),
    ("configuration_broken", {"capabilities": [7]}),
    ("no_pkce", {"code_challenge_methods_supported": None}),
    ("no_pkce", {"code_challenge_methods_supported": ["plain"]}),
    ("no_common_proof", {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}),
    ("configuration_broken", {"token_endpoint": None}),
    ("configuration_broken", {"authorization_endpoint": 7}),
    ("configuration_broken", {"issuer": None}),
    ("configuration_broken", {"jwks_uri": None}),
    ("unsafe_endpoint", {"token_endpoint": "http://ehr.example.nl/token"}),
    ("unsafe_endpoint", {"authorization_endpoint": "javascript:alert(1)"}),
    ("unsafe_endpoint", {"authorization_endpoint": "https://u:p@ehr.example.nl/authorize"}),
]


@pytest.mark.parametrize(("refusal", "configuration"), UNSUITABLE)
def test_a_server_that_cannot_launch_safely_is_named_unsuitable(
    refusal: str, configuration: Json, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.configuration = configuration
    refused(browser.get(ehr.launch()), log, refusal, 502)


@pytest.mark.parametrize(
    ("refusal", "reply"),
    [
        ("no_configuration", Reply(404)),
        ("no_configuration", Reply(302, headers={"Location": "/elsewhere"})),
        ("no_configuration", oauth_error("MARKER", 500)),
        ("configuration_broken", Reply(200, b"<html>MARKER</html>")),
        ("configuration_broken", Reply(200, b'{"capabilities": [], "capabilities": []}')),
        ("server_unreachable", Reply(hangs_up=True)),
        ("server_unreachable", Reply(200, b" " * 200_000)),
    ],
)
def test_a_configuration_that_does_not_come_whole_is_no_configuration(
    refusal: str, reply: Reply, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.configuration_reply = reply
    refused(browser.get(ehr.launch()), log, refusal, 502)


def test_a_server_that_is_slow_is_not_waited_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(SmartEhr(configuration_reply=Reply(200, b"{}", delay=30.0))) as slow:
        site = PageSite(
            tmp_path_factory.mktemp("site"), slow, environ={"IMSR_DEADLINE_SECONDS": "0.5"}
        )
        assert Browser(site.app()).get(slow.launch()).status_code == 502


def test_a_server_that_nobody_listed_is_refused(browser: Browser, log: Log) -> None:
    answer = browser.get("/smart/launch?iss=https%3A%2F%2Fother.example.nl%2Ffhir&launch=1")
    refused(answer, log, "unknown_server", 403)


@pytest.mark.parametrize("detour", ["/../fhir", "#x", "?x", "%2e"])
def test_another_spelling_of_a_listed_server_is_another_server(
    detour: str, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    answer = browser.get(ehr.launch(iss=ehr.server + detour))
    refused(answer, log, "unknown_server", 403)
    assert ehr.asked == []


@pytest.mark.parametrize(
    "query",
    ["", "iss=https%3A%2F%2Fehr.example.nl", "launch=1", "iss=a&iss=b&launch=1", "iss=&launch=1"],
)
def test_a_launch_without_its_parameters_is_incomplete(
    query: str, browser: Browser, log: Log
) -> None:
    refused(browser.get(f"/smart/launch?{query}"), log, "launch_incomplete", 400)


def test_a_launch_that_is_too_long_is_incomplete(ehr: SmartEhr, browser: Browser, log: Log) -> None:
    refused(browser.get(ehr.launch(launch="x" * 5000)), log, "launch_incomplete", 400)


def test_a_wrong_state_is_refused(ehr: SmartEhr, browser: Browser, log: Log) -> None:
    back = browser.sent_on(ehr)
    refused(browser.back({**back, "state": "x" * 43}), log, "state_unknown", 400)


def test_a_state_that_is_missing_is_refused(ehr: SmartEhr, browser: Browser, log: Log) -> None:
    back = browser.sent_on(ehr)
    refused(browser.back({"code": back["code"]}), log, "state_unknown", 400)


def test_a_state_of_another_browser_is_refused_and_not_used_up(
    ehr: SmartEhr, worker: FastAPI, log: Log
) -> None:
    browser, other = Browser(worker), Browser(worker)
    back = browser.sent_on(ehr)
    refused(other.back(back), log, "other_browser", 400)
    assert browser.back(back).status_code == 303


def test_a_replayed_answer_is_refused(ehr: SmartEhr, browser: Browser, log: Log) -> None:
    back = browser.sent_on(ehr)
    assert browser.back(back).status_code == 303
    refused(browser.back(back), log, "state_unknown", 400)


def test_a_code_of_another_launch_is_refused_by_pkce(
    ehr: SmartEhr, worker: FastAPI, log: Log
) -> None:
    browser, attacker = Browser(worker), Browser(worker)
    mine, theirs = browser.sent_on(ehr), attacker.sent_on(ehr)
    answer = browser.back({"code": theirs["code"], "state": mine["state"]})
    refused(answer, log, "code_refused", 400)


def test_an_unknown_code_is_refused(ehr: SmartEhr, browser: Browser, log: Log) -> None:
    back = browser.sent_on(ehr)
    refused(browser.back({**back, "code": "MARKER"}), log, "code_refused", 400)


def test_an_answer_without_a_code_is_refused(ehr: SmartEhr, browser: Browser, log: Log) -> None:
    back = browser.sent_on(ehr)
    refused(browser.back({"state": back["state"]}), log, "no_code", 400)


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        ("access_denied", "access_denied"),
        ("invalid_scope", "authorization_failed"),
        ("server_error", "authorization_failed"),
        ("MARKER<script>", "authorization_failed"),
    ],
)
def test_a_no_of_the_ehr_is_a_no(
    error: str, refusal: str, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    back = browser.sent_on(ehr)
    answer = browser.back({"error": error, "error_description": "MARKER", "state": back["state"]})
    refused(answer, log, refusal, 403)


def test_an_answer_of_another_authorization_server_is_refused(
    ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    back = browser.sent_on(ehr)
    refused(browser.back({**back, "iss": "https://evil.example"}), log, "other_issuer", 400)
    assert all(asked.target != "/auth/token" for asked in ehr.asked)


def test_a_server_that_names_itself_in_answers_must_do_so(
    ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.configuration = {"authorization_response_iss_parameter_supported": True}
    refused(browser.back(browser.sent_on(ehr)), log, "other_issuer", 400)
    assert browser.back({**browser.sent_on(ehr), "iss": ehr.origin}).status_code == 303


@pytest.mark.parametrize(
    ("refusal", "reply", "status"),
    [
        ("client_refused", oauth_error("invalid_client", 401), 403),
        ("client_refused", oauth_error("unauthorized_client"), 403),
        ("code_refused", oauth_error("invalid_grant"), 400),
        ("token_refused", oauth_error("invalid_request"), 403),
        ("token_refused", Reply(500, b"MARKER"), 403),
        ("token_refused", Reply(307, headers={"Location": "https://evil.example/token"}), 403),
        ("token_broken", Reply(200, b"access_token=MARKER"), 502),
        ("token_broken", plain_json(["MARKER"]), 502),
        ("server_unreachable", Reply(hangs_up=True), 502),
    ],
)
def test_a_token_endpoint_that_fails_gives_no_page(
    refusal: str, reply: Reply, status: int, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.token_reply = reply
    refused(browser.open(ehr), log, refusal, status)


@pytest.mark.parametrize(
    ("refusal", "members", "status"),
    [
        ("token_broken", {"access_token": None}, 502),
        ("token_broken", {"access_token": "two words"}, 502),
        ("token_broken", {"access_token": "line\r\nX-Evil: 1"}, 502),
        ("token_broken", {"token_type": None}, 502),
        ("token_broken", {"token_type": "mac"}, 502),
        ("token_broken", {"scope": None}, 502),
        ("token_broken", {"expires_in": 0}, 502),
        ("token_broken", {"expires_in": "soon"}, 502),
        ("token_broken", {"patient": 7}, 502),
        ("token_broken", {"patient": "../Patient"}, 502),
        ("token_broken", {"patient": "a&_id=b"}, 502),
        ("token_broken", {"id_token": 7}, 502),
        ("no_patient", {"patient": None}, 400),
        ("no_identity", {"id_token": None}, 502),
        ("no_scopes", {"scope": "launch openid fhirUser"}, 403),
    ],
)
def test_a_token_answer_that_lacks_something_gives_no_page(
    refusal: str, members: Json, status: int, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.token = members
    refused(browser.open(ehr), log, refusal, status)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"exp": int(time.time()) - 600},
        {"exp": None},
        {"iat": int(time.time()) + 6000},
        {"iat": None},
        {"sub": None},
        {"nonce": "of another launch"},
        {"nonce": None},
    ],
)
def test_an_id_token_that_claims_something_else_proves_nobody(
    claims: Json, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.claims = claims
    refused(browser.open(ehr), log, "identity_claims", 502)


def _unsigned() -> str:
    return jwt.encode({"sub": "user-7"}, "", algorithm="none")


def _by_a_secret() -> str:
    return jwt.encode({"sub": "user-7"}, "s" * 64, algorithm="HS256")


@pytest.mark.parametrize(
    "make", [_unsigned, _by_a_secret, lambda: "no.token", lambda: "x" * 20_000]
)
def test_an_id_token_that_nobody_signed_proves_nobody(
    make: Callable[[], str], ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.id_token = make()
    refused(browser.open(ehr), log, "identity_signature", 502)


def test_an_id_token_of_another_key_proves_nobody(
    ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.keys_reply = plain_json({"keys": [signing_key("ehr", "ES384").public()]})
    refused(browser.open(ehr), log, "identity_signature", 502)


@pytest.mark.parametrize(
    "reply", [Reply(404), Reply(hangs_up=True), plain_json({"keys": 7}), plain_json([])]
)
def test_keys_that_cannot_be_had_prove_nobody(
    reply: Reply, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.keys_reply = reply
    refused(browser.open(ehr), log, "identity_keys", 502)


@pytest.mark.parametrize("kind", ["Patient", "RelatedPerson"])
def test_a_patient_or_a_relative_gets_no_page(
    kind: str, ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.claims = {"fhirUser": f"{ehr.server}/{kind}/7"}
    refused(browser.open(ehr), log, "no_clinician", 403)


def test_a_record_of_another_patient_is_never_shown(
    ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.patient_read = {**patient(), "id": "pat-2", "name": [{"text": NAME}]}
    refused(browser.open(ehr), log, "other_patient", 400)


def test_a_referral_of_another_patient_is_never_shown(
    ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    other = {**_referral(), "subject": {"reference": "Patient/pat-2"}}
    ehr.resources.append(other)
    ehr.token = {"fhirContext": [{"reference": "ServiceRequest/sent-1"}]}
    refused(browser.open(ehr), log, "other_patient", 400)


def test_a_referral_that_is_not_there_is_named(ehr: SmartEhr, browser: Browser, log: Log) -> None:
    ehr.token = {"fhirContext": [{"reference": "ServiceRequest/nowhere"}]}
    refused(browser.open(ehr, view="physician"), log, "referral_unknown", 404)


def test_access_that_was_revoked_is_named_and_the_session_closed(
    ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    assert browser.open(ehr).status_code == 200
    ehr.is_revoked = True
    refused(browser.get(browser.page), log, "access_revoked", 403)
    ehr.is_revoked = False
    refused(browser.get(browser.page), log, "session_expired", 403)


def test_a_session_that_has_expired_is_named(
    ehr: SmartEhr, shared_site: PageSite, browser: Browser, log: Log
) -> None:
    assert browser.open(ehr).status_code == 200
    with sqlite3.connect(shared_site.folder / "store.sqlite3") as store:
        store.execute("UPDATE browser_sessions SET expires_at = 1790000000")
    store.close()
    refused(browser.get(browser.page), log, "session_expired", 403)


def test_a_page_of_another_browser_is_not_shown(ehr: SmartEhr, worker: FastAPI, log: Log) -> None:
    browser, other = Browser(worker), Browser(worker)
    assert browser.open(ehr).status_code == 200
    refused(other.get(browser.page), log, "session_unknown", 404)


def test_an_address_that_was_never_given_is_no_page(browser: Browser, log: Log) -> None:
    refused(browser.get(f"/smart/sessions/{'x' * 43}/"), log, "session_unknown", 404)
    refused(browser.get(f"/smart/sessions/{'x' * 4300}/"), log, "session_unknown", 404)


def test_a_scope_that_was_refused_is_a_gap_and_named(
    ehr: SmartEhr, browser: Browser, log: Log
) -> None:
    ehr.scope = "launch openid fhirUser patient/Patient.rs patient/Procedure.rs"
    page = browser.open(ehr)
    assert page.status_code == 200
    assert log.last["outcomes"] == ["indeterminate"]
    assert log.last["because"] == [["record_incomplete"]]
    assert log.last["gaps"] == [["encounters"]]
    assert "Encounter" in page.text


def _referral() -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": "sent-1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "code": {"text": "iMSR"},
        "reasonCode": [{"text": "aanhoudende pijn"}],
        "authoredOn": "2026-06-01",
    }
