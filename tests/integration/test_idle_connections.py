"""A kept connection that the server has closed in the meantime costs no answer."""

import time

import pytest

from tests.integration.proxy import Asked, Drop, Fault, Proxy
from tests.integration.records import load, record, referral
from tests.integration.service import Service, verdict

pytestmark = pytest.mark.hapi


def test_hapi_closes_idle_connections_and_the_next_call_succeeds(
    small_hapi: str, fresh_id: str
) -> None:
    load(small_hapi, record(fresh_id).resources)
    with Service() as service:
        call = referral(fresh_id, fhirServer=small_hapi)
        assert verdict(service.assessment(call)) == ("met", [])
        time.sleep(4.0)  # this server closes after three
        assert verdict(service.assessment(call)) == ("met", [])


def test_a_connection_that_breaks_when_it_is_used_again_is_replaced(
    hapi: str, fresh_id: str
) -> None:
    """The race: the server closes just when the next request is on its way."""
    load(hapi, record(fresh_id).resources)
    broken: list[str] = []

    def drops_kept_connections(asked: Asked) -> Fault | None:
        if asked.turn == 1:
            return None
        broken.append(asked.url)
        return Drop()

    with Proxy(hapi) as proxy, Service() as service:
        call = referral(fresh_id, fhirServer=proxy.base_url)
        service.assessment(call)
        proxy.rule = drops_kept_connections
        assert verdict(service.assessment(call)) == ("met", [])
    assert broken
