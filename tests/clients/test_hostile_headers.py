"""Nobody gets in without a token that is right in everything, and nobody learns why."""

import logging
from collections.abc import Iterator

import pytest

from tests.clients.hostile_headers import HOSTILE, Hostile
from tests.clients.issuing import bearer, signing_key
from tests.clients.key_server import KeyServer, running
from tests.clients.site import Site
from tests.contract.calls import order_sign
from tests.contract.checked_client import CheckedClient

SIGN = "/cds-services/imsr-order-sign"
REFUSAL = (
    b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"login",'
    b'"diagnostics":"This call was not accepted"}]}'
)


@pytest.fixture(scope="module")
def listener() -> Iterator[KeyServer]:
    with running(KeyServer()) as server:
        yield server


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> CheckedClient:
    return Site(tmp_path_factory.mktemp("site")).client()


def test_there_are_more_than_a_hundred() -> None:
    assert len({hostile.name for hostile in HOSTILE}) == len(HOSTILE) >= 100


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_it_is_refused(
    hostile: Hostile,
    client: CheckedClient,
    listener: KeyServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "cds_service")
    headers = hostile.make(listener.url)
    answer = client.request(
        "POST", SIGN, json=order_sign(), headers=[("authorization", each) for each in headers]
    )
    assert answer.status_code == 401
    assert answer.content == REFUSAL
    assert answer.headers["www-authenticate"] == "Bearer"
    assert listener.hits == []
    (event,) = [getattr(record, "event", {}) for record in caplog.records]
    assert event["token"] == hostile.refusal.value
    assert not any(len(each) > 8 and each in caplog.text for each in headers)


def test_a_good_token_still_comes_through(client: CheckedClient) -> None:
    assert client.call(order_sign(), **bearer(signing_key().token())).status_code == 200
