"""An order that is not ours costs nothing; one that may be ours costs one read, once."""

import pytest

from tests.integration.proxy import Proxy
from tests.integration.records import Json, load, organization, record, referral
from tests.integration.service import Service, verdict

pytestmark = pytest.mark.hapi


def bare(performer: str) -> Json:
    """Elements of an order that says only to whom it goes."""
    return {"code": {"text": "Verwijzing"}, "performer": [{"reference": performer}]}


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_an_order_that_is_not_ours_causes_no_request(hapi: str, fresh_id: str, hook: str) -> None:
    eye_doctor = {"code": {"text": "Verwijzing naar de oogarts"}}
    with Proxy(hapi) as proxy, Service() as service:
        call = referral(fresh_id, order=eye_doctor, hook=hook, fhirServer=proxy.base_url)
        assert service.answer(call) == {"cards": []}
        assert proxy.urls == []


def test_an_order_that_is_not_selected_causes_no_request(hapi: str, fresh_id: str) -> None:
    with Proxy(hapi) as proxy, Service() as service:
        call = referral(fresh_id, hook="order-select", fhirServer=proxy.base_url)
        call["context"]["selections"] = ["ServiceRequest/another"]
        assert service.answer(call) == {"cards": []}
        assert proxy.urls == []


def test_a_bare_performer_that_is_not_ours_costs_one_read_once(hapi: str, fresh_id: str) -> None:
    load(hapi, [organization(fresh_id, "Z3")])
    with Proxy(hapi) as proxy, Service() as service:
        order = bare(f"Organization/{fresh_id}")
        call = referral(fresh_id, order=order, fhirServer=proxy.base_url)
        assert service.answer(call) == {"cards": []}
        assert proxy.urls == [f"Organization/{fresh_id}"]
        assert service.answer(call) == {"cards": []}
        assert proxy.urls == [f"Organization/{fresh_id}"]


def test_a_bare_performer_that_is_ours_costs_one_read_once(hapi: str, fresh_id: str) -> None:
    load(hapi, [*record(fresh_id).resources, organization(f"{fresh_id}-centre", "R8")])
    with Proxy(hapi) as proxy, Service() as service:
        order = bare(f"Organization/{fresh_id}-centre")
        call = referral(fresh_id, order=order, fhirServer=proxy.base_url)
        assert verdict(service.assessment(call)) == ("met", [])
        assert verdict(service.assessment(call)) == ("met", [])
        assert proxy.urls.count(f"Organization/{fresh_id}-centre") == 1
