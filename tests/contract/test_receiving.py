"""R: what the service takes in, and what it refuses."""
# ruff: noqa: N802 - a test is named after its item

import json
from copy import deepcopy

import pytest

from cds_service.hooks.cds_hooks import Hook, HookAnswer, HookCall
from tests.contract.calls import (
    EHR,
    PATIENT,
    TOKEN,
    Json,
    access,
    order_select,
    order_sign,
    record,
    without,
)
from tests.contract.checked_client import expressions, outcomes
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import Checker, production_shell, service, shell

SIGN = "/cds-services/imsr-order-sign"
SELECT = "/cds-services/imsr-order-select"


def test_R1_a_call_is_a_post_of_an_object() -> None:
    checker = Checker()
    client = shell(checker)
    assert client.call(order_sign()).status_code == 200
    assert checker.call.hook is Hook.ORDER_SIGN
    assert checker.call.patient_id == PATIENT
    answer = client.get(SIGN)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("body", [[], [order_sign()], "text", 1, None, True])
def test_R1_anything_but_an_object_is_refused(body: object) -> None:
    checker = Checker()
    assert shell(checker).post(SIGN, body).status_code == 400
    assert checker.calls == []


@pytest.mark.parametrize("name", ["hook", "hookInstance", "context"])
@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_R2_what_every_call_needs(name: str, hook: str) -> None:
    checker = Checker()
    body = order_sign() if hook == "order-sign" else order_select()
    answer = shell(checker).post(f"/cds-services/imsr-{hook}", without(body, name))
    assert answer.status_code == 400
    assert expressions(answer) == [name]
    assert answer.json()["issue"][0]["code"] == "required"
    assert checker.calls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hook", None),
        ("hook", 1),
        ("hookInstance", None),
        ("hookInstance", 7),
        ("context", None),
        ("context", []),
        ("context", "text"),
        ("prefetch", []),
        ("prefetch", "text"),
        ("fhirServer", 1),
    ],
)
def test_R2_members_have_their_types(name: str, value: object) -> None:
    answer = shell().post(SIGN, {**order_sign(), name: value})
    assert answer.status_code == 400
    assert expressions(answer) == [name]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SELECT, order_sign()),
        (SIGN, order_select()),
        (SIGN, {**order_sign(), "hook": "patient-view"}),
    ],
)
def test_R3_the_hook_is_that_of_the_service(path: str, body: Json) -> None:
    checker = Checker()
    answer = shell(checker).post(path, body)
    assert answer.status_code == 400
    assert expressions(answer) == ["hook"]
    assert checker.calls == []


@pytest.mark.parametrize("instance", ["not-a-uuid", "9f8c2f8c-6a53-4c3f-9a5e-1f7b2a0c9d11"])
def test_R4_the_hook_instance_decides_nothing(instance: str) -> None:
    checker = Checker()
    client = shell(checker)
    for _ in range(2):
        assert client.call(order_sign(hookInstance=instance)).status_code == 200
    assert len(checker.calls) == 2


def test_R5_authorization_without_server_is_invalid() -> None:
    checker = Checker()
    answer = shell(checker).call({**order_sign(), **without(access(), "fhirServer")})
    assert answer.status_code == 400
    assert expressions(answer) == ["fhirServer"]
    assert checker.calls == []


PRODUCTION_HTTP = [
    ("http://ehr.example.nl/fhir", 400),
    ("http://10.0.0.8/fhir", 400),
    ("http://127.0.0.1:8080/fhir", 400),
    ("http://127.0.0.1:9090/fhir", 200),
    ("http://127.0.0.1:9090/fhir/", 200),
    ("http://127.0.0.1.example.nl/fhir", 400),
    ("https://ehr.example.nl/fhir", 200),
]


@pytest.mark.parametrize(("server", "status"), PRODUCTION_HTTP)
def test_R6_production_takes_http_from_listed_loopback_only(server: str, status: int) -> None:
    checker = Checker()
    client = production_shell(checker, IMSR_FHIR_SERVERS="http://127.0.0.1:9090/fhir")
    answer = client.call({**order_sign(), **access(server)})
    assert answer.status_code == status
    assert len(checker.calls) == (status == 200)


@pytest.mark.parametrize(
    ("server", "status"),
    [
        ("http://127.0.0.1:8080/fhir", 200),
        ("http://localhost:8080/fhir", 200),
        ("http://[::1]:8080/fhir", 200),
        ("http://ehr.example.nl/fhir", 400),
        ("http://localhost.example.nl/fhir", 400),
        ("http://localhost@ehr.example.nl/fhir", 400),
        ("http://169.254.169.254/latest", 400),
        ("ftp://ehr.example.nl/fhir", 400),
        ("ehr.example.nl/fhir", 400),
        ("/fhir", 400),
        ("", 400),
        ("https://ehr.example.nl/fhir?x=1", 400),
        ("https://ehr.example.nl/fhir#x", 400),
        ("https://ehr.example.nl:port/fhir", 400),
        ("https://ehr.example.nl\\@example.org/fhir", 400),
        ("https://ehr.example.nl/fhir\r\nX: y", 400),
    ],
)
def test_R6_in_development_http_is_for_loopback(server: str, status: int) -> None:
    answer = shell().call({**order_sign(), **access(server)})
    assert answer.status_code == status
    assert status == 200 or expressions(answer) == ["fhirServer"]


def test_R6_a_server_over_plain_http_is_not_called() -> None:
    with running(FhirServer()) as server:
        client = production_shell(Checker())
        assert client.call({**order_sign(), **access(server.base)}).status_code == 400
        assert server.hits == []


def test_R7_without_prefetch_the_record_is_fetched() -> None:
    client = service()
    with running(FhirServer(record())) as server:
        body = without({**order_sign(), "fhirServer": server.base}, "prefetch")
        assert outcomes(client.call(body)) == ["met"]
    assert client.call(without(order_sign(), "prefetch")).status_code == 412
    assert client.call({**order_sign(), "prefetch": None}).status_code == 412


def test_R8_unknown_members_are_ignored() -> None:
    checker = Checker()
    plain = {**order_sign(), **access()}
    richer = deepcopy(plain)
    for members in (richer, richer["context"], richer["fhirAuthorization"]):
        members["extension"] = {"com.example.more": [1]}
        members["unknown"] = {"deep": [None]}
    richer["context"]["selections"] = "not even a list"
    richer["context"]["encounterId"] = 5
    client = shell(checker)
    assert client.call(plain).status_code == 200
    assert client.call(richer).status_code == 200
    first, second = checker.calls
    assert first == second
    assert first.selections is None


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ('Application/JSON;charset="UTF-8"', 200),
        ("application/json; charset=utf-16", 415),
        ("application/fhir+json", 415),
        ("text/plain", 415),
        ("text/plain; application/json", 415),
        ("", 415),
    ],
)
def test_R9_the_media_type_is_json(media_type: str, status: int) -> None:
    checker = Checker()
    answer = shell(checker).call(order_sign(), content_type=media_type)
    assert answer.status_code == status
    assert len(checker.calls) == (status == 200)


def test_R9_a_compressed_body_is_refused() -> None:
    assert shell().call(order_sign(), content_encoding="gzip").status_code == 415


TEXT = json.dumps(order_sign())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(TEXT[:-1].encode(), id="cut off"),
        pytest.param(TEXT.replace('"hook"', '/* what */ "hook"', 1).encode(), id="comment"),
        pytest.param((TEXT[:-1] + ",}").encode(), id="comma before the end"),
        pytest.param((TEXT + "{}").encode(), id="two values"),
        pytest.param((TEXT[:-1] + ', "x": NaN}').encode(), id="NaN"),
        pytest.param((TEXT[:-1] + ', "x": -Infinity}').encode(), id="infinity"),
        pytest.param((TEXT[:-1] + ', "x": 1e999}').encode(), id="infinite by its exponent"),
        pytest.param((TEXT[:-1] + ', "x": ' + "9" * 5000 + "}").encode(), id="number of 5000"),
        pytest.param((TEXT[:-1] + ', "x": "\\ud800"}').encode(), id="half a surrogate pair"),
        pytest.param((TEXT[:-1] + ', "\\uDC00": 1}').encode(), id="the other half, as a name"),
        pytest.param((TEXT[:-1] + ', "x": "\t"}').encode(), id="control character"),
        pytest.param((TEXT[:-1] + ', "x": "\xe9"}').encode("latin-1"), id="latin-1"),
        pytest.param(TEXT.encode("utf-16"), id="utf-16"),
        pytest.param(TEXT.replace('"', "'").encode(), id="single quotes"),
    ],
)
def test_R10_only_strict_json_is_read(body: bytes) -> None:
    checker = Checker()
    answer = shell(checker).post(SIGN, body)
    assert answer.status_code == 400
    assert expressions(answer) == []
    assert checker.calls == []


def test_R10_a_byte_order_mark_and_a_whole_surrogate_pair_are_read() -> None:
    text = TEXT[:-1] + ', "x": "\\ud83d\\ude00"}'
    assert shell().post(SIGN, b"\xef\xbb\xbf" + text.encode()).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace('"hook":', '"hook": "order-sign", "hook":', 1),
        TEXT.replace('"birthDate":', '"birthDate": "2015-01-01", "birthDate":', 1),
    ],
)
def test_R11_a_name_stands_once(text: str) -> None:
    assert shell().post(SIGN, text.encode()).status_code == 400


def _nested(levels: int) -> bytes:
    return (TEXT[:-1] + ', "x": ' + "[" * levels + "]" * levels + "}").encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(_nested(63), 200, id="64 levels"),
        pytest.param(_nested(64), 413, id="65 levels"),
        pytest.param(_nested(100_000), 413, id="very deep"),
        pytest.param(b"[" * 100_000, 413, id="very deep and never closed"),
        pytest.param((TEXT[:-1] + ', "x": "[[[[' + "[" * 99 + '\\""}').encode(), 200, id="in text"),
        pytest.param((TEXT[:-1] + ', "x": "' + "x" * 1_000_000 + '"}').encode(), 200, id="string"),
        pytest.param((TEXT[:-1] + ', "x": "' + "x" * 1_000_001 + '"}').encode(), 413, id="longer"),
        pytest.param(b"[" + b"0," * 2_000_001 + b"0]", 413, id="two million values"),
        pytest.param(b" " * (16 * 1024 * 1024 + 1), 413, id="more than 16 MB"),
    ],
)
def test_R11_large_bodies_are_refused(body: bytes, status: int) -> None:
    assert shell().post(SIGN, body).status_code == status


@pytest.mark.parametrize(("number", "status"), [(11_999, 200), (12_000, 413)])
def test_R11_entries_are_counted_over_orders_and_prefetch(number: int, status: int) -> None:
    body = order_sign(prefetch={"a": {"entry": [{}] * (number - 1)}, "b": {"entry": [{}]}})
    assert shell().call(body).status_code == status


def test_R11_more_calls_than_allowed_are_shed() -> None:
    """While one call is answered, another one comes in."""
    answers: list[int] = []

    def call_again(_: HookCall) -> HookAnswer:
        answers.append(client.call(order_sign()).status_code)
        return HookAnswer()

    client = shell(Checker(call_again), IMSR_MAX_CALLS="1")
    assert client.call(order_sign()).status_code == 200
    assert answers == [503]
    assert client.call(order_sign()).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/imsr-appointment-book",
        "/cds-services/unknown",
        "/cds-services/imsr-order-sign/",
        "/cds-services/imsr-order-sign/feedback",
        "/cds-services/",
        "/",
        "/docs",
        "/openapi.json",
    ],
)
def test_R12_unknown_addresses(path: str) -> None:
    assert shell().post(path, order_sign()).status_code == 404
    assert shell().get(path).status_code == 404


def test_R13_a_call_can_be_repeated() -> None:
    client = service()
    answers = [client.call(order_select()).json() for _ in range(20)]
    for answer in answers:
        for card in answer["cards"]:
            del card["uuid"]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["extension"]["nl.imsr-cds.assessments"][0]["outcome"] == "met"


def test_the_token_is_handed_on_and_never_shown() -> None:
    checker = Checker()
    assert shell(checker).call({**order_sign(), **access(f"{EHR}/")}).status_code == 200
    assert checker.call.fhir_server == EHR
    assert checker.call.authorization is not None
    assert checker.call.authorization.token == TOKEN
    assert checker.call.authorization.scope == "user/*.read"
    assert checker.call.authorization.expires_in == 300
    assert TOKEN not in repr(checker.call)
