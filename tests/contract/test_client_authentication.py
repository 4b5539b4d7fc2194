"""A, D13, E3, Z3: who may call. Hostile tokens in number are in tests/clients."""
# ruff: noqa: N802 - a test is named after its item

import json
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cds_service.clients import TimeLimits, TokenCheck, load_clients
from cds_service.clients.keys import read_key_set
from cds_service.clients.tokens import read_token
from cds_service.observing.event_log import JsonLines
from cds_service.settings.settings import read_settings
from tests.clients.issuing import (
    DISCOVERY,
    ISSUER,
    PUBLIC_URL,
    SELECT,
    SIGN,
    SigningKey,
    bearer,
    claims_with,
    key_set,
    raw_token,
    signing_key,
    without_none,
)
from tests.clients.key_server import KeyServer, running
from tests.clients.site import ENTRY, Site
from tests.contract.calls import order_select, order_sign
from tests.contract.checked_client import CheckedClient

RSA = ("key-rsa", "RS384")
REFUSAL = (
    b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"login",'
    b'"diagnostics":"This call was not accepted"}]}'
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def client(site: Site) -> CheckedClient:
    return site.client()


def status(client: CheckedClient, token: str) -> int:
    """What a call at order-sign with this token is answered."""
    return client.call(order_sign(), **bearer(token)).status_code


def test_A1_without_a_token_no_call_is_answered(client: CheckedClient) -> None:
    for body in (order_sign(), order_select(), {"hook": "order-sign"}):
        assert client.call(body).status_code == 401
    assert client.post("/cds-services/imsr-order-sign", b"{").status_code == 401


def test_A3_an_unsigned_token_is_refused(client: CheckedClient) -> None:
    header, claims, _ = signing_key().token().split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoia2V5LTEifQ"  # {"alg":"none",...}
    assert status(client, f"{none}.{claims}.") == 401
    assert status(client, f"{none}.{claims}.AAAA") == 401
    assert status(client, f"{header}.{claims}.") == 401


def test_A4_symmetric_algorithms_cannot_even_be_set() -> None:
    for algorithm in ("HS256", "HS384", "HS512", "none"):
        with pytest.raises(Exception, match="IMSR_TOKEN_ALGORITHMS must be a list"):
            read_settings({"IMSR_TOKEN_ALGORITHMS": f"ES384 {algorithm}"})


def test_A5_both_algorithms_of_the_specification_are_accepted(client: CheckedClient) -> None:
    assert status(client, signing_key().token()) == 200
    assert status(client, signing_key(*RSA).token()) == 200


@pytest.mark.parametrize("algorithm", ["ES256", "ES512", "RS256", "PS384", "EdDSA"])
def test_A5_others_are_accepted_where_the_site_says_so(tmp_path: Path, algorithm: str) -> None:
    key = signing_key(f"key-{algorithm}", algorithm)
    assert status(_with_key(tmp_path, key), key.token()) == 401
    allowing = _with_key(tmp_path, key, IMSR_TOKEN_ALGORITHMS=f"ES384 {algorithm}")
    assert status(allowing, key.token()) == 200


def _with_key(folder: Path, key: SigningKey, **environ: str) -> CheckedClient:
    site = Site(folder, **environ)
    site.write_keys(key)
    return site.client()


def test_A6_kid_and_typ_are_needed(client: CheckedClient) -> None:
    assert status(client, signing_key().token(header={"kid": "key-1", "typ": "JWT"})) == 200
    assert status(client, signing_key().token(header={"typ": "JOSE"})) == 401
    assert status(client, signing_key().token(header={"kid": ""})) == 401


def test_A7_the_key_of_that_name_must_have_signed(client: CheckedClient) -> None:
    stranger = SigningKey("key-1", "ES384", signing_key("stranger").private)
    assert status(client, stranger.token()) == 401
    assert status(client, signing_key("stranger").token()) == 401
    assert status(client, signing_key().token()) == 200


def test_A8_only_listed_issuers_and_their_addresses(tmp_path: Path) -> None:
    stranger = signing_key("stranger")
    with (
        running(KeyServer(key_set(signing_key()).encode())) as ours,
        running(KeyServer(key_set(stranger).encode())) as foreign,
    ):
        client = Site(tmp_path, _fetching(ours)).client()
        assert status(client, stranger.token(header={"jku": foreign.url})) == 401
        other = stranger.token(header={"jku": foreign.url}, iss="https://x.nl")
        assert status(client, other) == 401
        assert status(client, signing_key().token(iss="https://x.nl")) == 401
        assert foreign.hits == ours.hits == []
        assert status(client, signing_key().token(header={"jku": ours.url})) == 200
        assert status(client, signing_key().token()) == 200
        assert foreign.hits == []
        assert ours.hits == ["/jwks.json"]


def _fetching(server: KeyServer) -> dict[str, Any]:
    entry = {**ENTRY, "jwks_uri": server.url}
    del entry["jwks"]
    return entry


def test_A9_a_key_set_in_a_file_needs_no_network(client: CheckedClient) -> None:
    assert status(client, signing_key().token()) == 200
    assert status(client, signing_key().token(header={"jku": f"{ISSUER}/jwks.json"})) == 401


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (SIGN, 200),
        ([SIGN], 200),
        (["https://other.example.nl", SIGN], 200),
        (SELECT, 401),
        (PUBLIC_URL, 401),
        (DISCOVERY, 401),
        ("http://testserver/cds-services/imsr-order-sign", 401),
        (f"{SIGN}/feedback", 401),
        ("sandman", 401),
    ],
)
def test_A10_the_audience_is_the_public_address_of_the_service(
    client: CheckedClient, audience: object, expected: int
) -> None:
    assert status(client, signing_key().token(aud=audience)) == expected


def test_A10_further_audiences_can_be_agreed_with_a_client(tmp_path: Path) -> None:
    client = Site(tmp_path, {**ENTRY, "audiences": ["sandman"]}).client()
    assert status(client, signing_key().token(aud="sandman")) == 200
    assert status(client, signing_key().token(aud=SIGN)) == 200
    assert status(client, signing_key().token(aud="sandmen")) == 401


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "jti"])
@pytest.mark.parametrize("value", [None, "", "1800000000", True, [1], {"x": 1}])
def test_A11_every_claim_is_needed_and_has_its_type(
    client: CheckedClient, name: str, value: object
) -> None:
    if name == "jti" and value == "1800000000":
        assert status(client, signing_key().token(jti=value)) == 200
        return
    token = _signed_without_help(**{name: value})
    assert status(client, token) == 401


def _signed_without_help(**claims: object) -> str:
    header = {"alg": "ES384", "typ": "JWT", "kid": "key-1"}
    return raw_token(signing_key(), header, without_none(claims_with(**claims)))


@pytest.mark.parametrize(("seconds", "expected"), [(-600, 401), (-7, 401), (-2, 200), (60, 200)])
def test_A12_an_expired_token_is_refused(
    client: CheckedClient, seconds: int, expected: int
) -> None:
    expires = int(time.time()) + seconds
    assert status(client, signing_key().token(exp=expires, iat=expires - 60)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(1, 200), (3, 200), (7, 401), (600, 401), (-200, 200)]
)
def test_A13_the_clock_of_a_client_may_be_a_little_ahead(
    client: CheckedClient, seconds: int, expected: int
) -> None:
    issued = int(time.time()) + seconds
    token = signing_key().token(iat=issued, exp=issued + 280)
    assert status(client, token) == expected


def test_A14_a_token_serves_one_call_of_all_workers_and_for_good(site: Site) -> None:
    first, second = site.client(), site.client()
    token, other = signing_key().token(), signing_key().token()
    assert status(first, token) == 200
    assert status(first, token) == 401
    assert status(second, token) == 401
    assert status(second, other) == 200
    assert status(first, other) == 401
    restarted = site.client()
    assert status(restarted, token) == 401


def test_A14_the_same_name_of_a_token_is_the_same_token(client: CheckedClient) -> None:
    assert status(client, signing_key().token(jti="x")) == 200
    assert status(client, signing_key(*RSA).token(jti="x")) == 401


def test_A14_a_refused_token_uses_up_nothing(client: CheckedClient) -> None:
    stranger = SigningKey("key-1", "ES384", signing_key("stranger").private)
    assert status(client, stranger.token(jti="x")) == 401
    assert status(client, signing_key().token(jti="x", aud=SELECT)) == 401
    assert status(client, signing_key().token(jti="x")) == 200


def test_A15_a_token_may_not_live_for_long(site: Site) -> None:
    now = int(time.time())
    client = site.client()
    assert status(client, signing_key().token(iat=now, exp=now + 900)) == 200
    assert status(client, signing_key().token(iat=now, exp=now + 901)) == 401
    assert status(client, signing_key().token(iat=now, exp=now + 86_400)) == 401
    site.environ["IMSR_TOKEN_LIFETIME_SECONDS"] = "3600"
    assert status(site.client(), signing_key().token(iat=now, exp=now + 3600)) == 200


def test_A17_a_key_file_is_read_again_when_it_changes(site: Site) -> None:
    client, new = site.client(), signing_key("key-2")
    assert status(client, new.token()) == 401
    site.write_keys(signing_key(), new)
    assert status(client, new.token()) == 200
    assert status(client, signing_key().token()) == 200
    site.write_keys(new)
    assert status(client, signing_key().token()) == 401
    assert status(client, new.token()) == 200


def test_A17_an_unknown_key_is_looked_for_once_in_a_while(tmp_path: Path) -> None:
    with running(KeyServer(key_set(signing_key()).encode())) as server:
        client = Site(tmp_path, _fetching(server)).client()
        for _ in range(5):
            assert status(client, signing_key("key-2").token()) == 401
        assert status(client, signing_key().token()) == 200
        assert server.hits == ["/jwks.json"]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that was logged, as the service writes it and as any handler could."""
    caplog.set_level(logging.DEBUG)
    form = JsonLines()
    return lambda: "\n".join([*(form.format(each) for each in caplog.records), caplog.text])


def test_A18_a_token_is_nowhere_kept(site: Site, log: Callable[[], str]) -> None:
    client = site.client()
    tokens = [
        signing_key().token(),
        signing_key().token(aud=SELECT),
        signing_key("key-2").token(),
        signing_key().token(iss="https://marked-issuer.example.org"),
    ]
    for token in tokens:
        status(client, token)
    stored = site.stored()
    for token in tokens:
        for part in token.split("."):
            assert part not in log()
            assert part.encode() not in stored
    assert "marked-issuer" not in log()


def test_A19_what_else_a_token_holds_is_let_pass(client: CheckedClient) -> None:
    key = SigningKey("a/b+c==", "ES384", signing_key().private)
    assert status(client, key.token()) == 401
    now = int(time.time())
    token = signing_key().token(
        header={"x5t": "abc", "cty": "JWT", "vendor": {"a": [1]}},
        nbf=now,
        sub="someone",
        tenant="a-b-c",
        fhirUser=None,
        context={"deep": [{"er": 1}]},
    )
    assert status(client, token) == 200


def test_A19_a_key_may_have_any_name(site: Site) -> None:
    key = SigningKey("a/b+c==é", "ES384", signing_key().private)
    site.write_keys(key)
    assert status(site.client(), key.token()) == 200


# The example of CDS Hooks 2.0.1, section JWT: expired in 2015, so the clock is set back.
EXAMPLE_KEYS = b"""{"keys": [{"kty": "EC", "use": "sig", "crv": "P-384", "kid": "example-kid",
"x": "46SDH7Znh821wblCBglA61sNE9ZrHYKKt3qRtRTmSXyOI_FIGBLWrWa0GPUkDCEk",
"y": "XMcRuuoGW7CXjQdy-F5i3FeBE0x9hPLdeFdSoDd3ELmx404tLX0VRRcqzAsPhXcI", "alg": "ES384"}]}"""
EXAMPLE = (
    "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6ImV4YW1wbGUta2lkIiwiamt1IjoiaHR0cHM6Ly9maGlyLWVo"
    "ci5leGFtcGxlLmNvbS9qd2tfdXJpIn0.eyJpc3MiOiJodHRwczovL2ZoaXItZWhyLmV4YW1wbGUuY29tLyIsImF1ZCI6"
    "Imh0dHBzOi8vY2RzLmV4YW1wbGUub3JnL2Nkcy1zZXJ2aWNlcy9zb21lLXNlcnZpY2UiLCJleHAiOjE0MjI1Njg4NjAs"
    "ImlhdCI6MTMxMTI4MDk3MCwianRpIjoiZWUyMmIwMjEtZTFiNy00NjExLWJhNWItOGVlYzZhMzNhYzFlIiwidGVuYW50"
    "IjoiMmRkZDZjM2EtOGU5YS00NGM2LWEzMDUtNTIxMTFhZDMwMmEyIn0.d1WfLjGRKlcWB94l9do4cM8REXeYJLL6SGUB"
    "O8VHZhfM8mwKYP70EMxJ67War4TQblEpaQrp11wx5p7oPFm2ETYgCicS84vXWEIYTdjooZdooCSDf2L8-i4awdoUwiEb"
)


def test_A20_the_example_of_the_specification_verifies(tmp_path: Path) -> None:
    address = "https://fhir-ehr.example.com/jwk_uri"
    file = tmp_path / "clients.yaml"
    file.write_text(
        "clients:\n- name: Example\n  issuer: https://fhir-ehr.example.com/\n"
        f"  jwks_uri: {address}\n  fhir_servers: [https://fhir-ehr.example.com/fhir]\n"
    )
    usual = read_settings({"IMSR_MODE": "development"}).client_options
    clients = load_clients(file, usual=usual, fetch=lambda _: read_key_set(EXAMPLE_KEYS))
    limits = TimeLimits(leeway=5, lifetime=200_000_000)  # it was valid for three years and a half
    check = TokenCheck(clients, ["ES384"], limits, now=lambda: 1_400_000_000)
    accepted = check.check(EXAMPLE, "https://cds.example.org/cds-services/some-service")
    assert accepted.client.name == "Example"
    assert accepted.validity.token_id == "ee22b021-e1b7-4611-ba5b-8eec6a33ac1e"
    assert read_token(EXAMPLE).header["jku"] == address


def test_D13_protected_discovery_is_an_audience_of_its_own(site: Site) -> None:
    assert site.client().get("/cds-services").status_code == 200
    site.environ["IMSR_PROTECT_DISCOVERY"] = "on"
    client = site.client()
    assert client.get("/cds-services").status_code == 401
    assert client.get("/cds-services", **bearer(signing_key().token())).status_code == 401
    token = signing_key().token(aud=DISCOVERY)
    assert client.get("/cds-services", **bearer(token)).status_code == 200
    assert client.get("/cds-services", **bearer(token)).status_code == 401


def test_E3_all_refusals_are_the_same_to_the_byte(client: CheckedClient) -> None:
    used = signing_key().token()
    status(client, used)
    stranger = SigningKey("key-1", "ES384", signing_key("stranger").private)
    answers = [
        client.call(order_sign()),
        client.call(order_sign(), **bearer("x")),
        client.call(order_sign(), **bearer(used)),
        client.call(order_sign(), **bearer(stranger.token())),
        client.call(order_select(), **bearer(signing_key().token())),
        client.call(order_sign(), **bearer(signing_key().token(exp=1))),
    ]
    assert {answer.content for answer in answers} == {REFUSAL}
    assert {answer.status_code for answer in answers} == {401}
    assert [dict(answer.headers) for answer in answers] == [dict(answers[0].headers)] * 6


def test_Z3_every_answer_leaves_a_row_without_a_name(site: Site) -> None:
    client = site.client()
    body = order_sign()
    trace = f"00-{'ab' * 16}-{'cd' * 8}-01"
    answer = client.call(body, traceparent=trace, **bearer(signing_key().token()))
    assert answer.status_code == 200
    assert client.call({**body, "hook": "x"}, **bearer(signing_key().token())).status_code == 404
    malformed = client.post("/cds-services/imsr-order-sign", b"{", **bearer(signing_key().token()))
    assert malformed.status_code == 400
    assert client.call(body).status_code == 401
    first, second = rows(site)
    assert first["trace"] == "ab" * 16
    assert first["client"] == "EHR of a test"
    assert first["service"] == second["service"] == "imsr-order-sign"
    assert (first["status"], second["status"]) == (200, 400)
    assert abs(first["answered_at"] / 1000 - time.time()) < 60
    assert first["milliseconds"] >= 0
    (referral,) = json.loads(first["referrals"])
    assert referral["criteria"] == "imsr-persistent-pain|2026-04-20"
    assert referral["revision"] == 2
    assert referral["outcome"] == "met"
    assert json.loads(second["referrals"]) == []
    stages = json.loads(first["stages"])
    assert set(stages) == {"admit", "receive", "find", "gather", "judge", "present"}
    assert set(json.loads(second["stages"])) == {"admit", "receive"}
    assert sum(stages.values()) <= first["milliseconds"] + 1
    assert [second[name] for name in ("user_key", "patient_key", "instance_key")] == [None] * 3
    keys = {first[name] for name in ("user_key", "patient_key", "instance_key")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {64}
    context = body["context"]
    for name in (context["userId"], f'"{context["patientId"]}"', body["hookInstance"], "draft-1"):
        assert name not in str(first)


def rows(site: Site) -> list[dict[str, Any]]:
    """The audit rows, in order."""
    database = sqlite3.connect(site.folder / "store.sqlite3")
    database.row_factory = sqlite3.Row
    found = [dict(row) for row in database.execute("SELECT * FROM answers ORDER BY id")]
    database.close()
    return found
