"""What only a real HTTP server shows: large bodies, large headers, HEAD, the start."""

import http.client
import json
import logging
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from cds_service.app import create_app
from cds_service.cli.running_service import running_service
from tests.contract.calls import order_sign, prefetch
from tests.contract.services import settings

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_service(create_app(settings()), "127.0.0.1", 0) as address:
        yield address


def test_a_call_over_the_wire(url: str) -> None:
    answer = requests.post(f"{url}/cds-services/imsr-order-sign", json=order_sign(), timeout=20)
    assert answer.status_code == 200
    assert answer.json()["extension"]["nl.imsr-cds.assessments"][0]["outcome"] == "met"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


def test_discovery_can_be_looked_at_without_its_body(url: str) -> None:
    answer = requests.head(f"{url}/cds-services", timeout=20)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("megabytes", [17, 40, 100])
def test_a_body_that_is_too_large_is_answered(url: str, megabytes: int) -> None:
    """The client sends all of it before it reads; larger ones than four times the limit are cut."""
    body = b" " * (megabytes * 1024 * 1024)
    address = f"{url}/cds-services/imsr-order-sign"
    try:
        answer = requests.post(address, data=body, headers=JSON, timeout=30)
    except requests.ConnectionError:
        assert megabytes == 100
    else:
        assert answer.status_code == 413
        assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_body_in_chunks_without_a_length(url: str) -> None:
    parts = iter([json.dumps(order_sign()).encode()[:100], json.dumps(order_sign()).encode()[100:]])
    address = f"{url}/cds-services/imsr-order-sign"
    assert requests.post(address, data=parts, headers=JSON, timeout=20).status_code == 200


def test_a_header_section_that_is_too_large(url: str) -> None:
    headers = {**JSON, "authorization": "Bearer " + "x" * 40_000}
    answer = requests.get(f"{url}/cds-services", headers=headers, timeout=20)
    assert answer.status_code == 431
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_client_that_goes_away_leaves_the_service_well(url: str) -> None:
    parts = urlsplit(url)
    assert parts.hostname
    for _ in range(5):
        with socket.create_connection((parts.hostname, parts.port or 0), timeout=5) as sock:
            sock.sendall(
                b"POST /cds-services/imsr-order-sign HTTP/1.1\r\nHost: x\r\n"
                b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
            )
    assert requests.get(f"{url}/health/ready", timeout=20).status_code == 200


def test_connections_are_kept(url: str) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    body = json.dumps(order_sign(prefetch=prefetch()))
    for _ in range(3):
        connection.request("POST", "/cds-services/imsr-order-sign", body, JSON)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    connection.close()


def test_the_start_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with running_service(create_app(settings(IMSR_LANGAUGE="en")), "127.0.0.1", 0):
        pass
    events = [getattr(record, "event", None) for record in caplog.records]
    assert {"event": "started", "mode": "development", "unrecognised": ("IMSR_LANGAUGE",)} in events
