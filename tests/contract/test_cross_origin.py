"""T4 to T6: browser clients."""
# ruff: noqa: N802 - a test is named after its item

import pytest

from cds_service.errors import RecordNotOfferedError
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from tests.contract.calls import order_sign
from tests.contract.services import Checker, production_shell, shell

EHR = "https://ehr.example.nl"
PATHS = ["/cds-services", "/cds-services/imsr-order-sign", "/cds-services/imsr-order-select"]
ALLOW = "access-control-allow-origin"


@pytest.mark.parametrize("path", PATHS)
def test_T4_a_preflight_needs_no_authorization(path: str) -> None:
    client = shell(IMSR_CORS_ORIGINS=f"{EHR} https://other.example.nl")
    asked = {
        "origin": EHR,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    answer = client.request("OPTIONS", path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers[ALLOW] == EHR
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert answer.headers["access-control-allow-headers"] == "authorization, content-type"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:4200", "http://127.0.0.1:8080", "https://127.8.9.1", "http://[::1]:3000"],
)
def test_T4_in_development_loopback_may_read(origin: str) -> None:
    assert shell().get("/cds-services", origin=origin).headers[ALLOW] == origin
    assert ALLOW not in production_shell(Checker()).get("/cds-services", origin=origin).headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.org",
        "null",
        "https://ehr.example.nl.evil.example.org",
        "http://ehr.example.nl",
        "https://ehr.example.nl:8443",
        "http://localhost.evil.example.org",
        "http://localhost@evil.example.org",
        "http://127.0.0.1.nip.example.org",
        "chrome-extension://abc",
        "http://localhost:x",
        "http://localhost http://localhost",
        "*",
    ],
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_T5_a_foreign_origin_may_not_read(origin: str, method: str) -> None:
    client = shell(IMSR_CORS_ORIGINS=EHR)
    answer = client.request(method, "/cds-services", headers={"origin": origin})
    assert ALLOW not in answer.headers
    assert answer.headers["vary"] == "Origin"


def test_T6_errors_can_be_read_too() -> None:
    def not_offered(_: HookCall) -> HookAnswer:
        raise RecordNotOfferedError

    def broken(_: HookCall) -> HookAnswer:
        raise ValueError

    for answer_of, status in ((not_offered, 412), (broken, 500)):
        client = shell(Checker(answer_of), IMSR_CORS_ORIGINS=EHR)
        answer = client.call(order_sign(), origin=EHR)
        assert answer.status_code == status
        assert answer.headers[ALLOW] == EHR
    client = shell(IMSR_CORS_ORIGINS=EHR)
    assert client.get("/unknown", origin=EHR).headers[ALLOW] == EHR
    assert client.post(PATHS[1], b"{", origin=EHR).headers[ALLOW] == EHR
    assert client.call(order_sign(), origin=EHR, x_large="x" * 40_000).headers[ALLOW] == EHR
