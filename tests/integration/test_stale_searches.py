"""HAPI answers a search again from its memory for a minute; what is new must be seen."""

import pytest
import requests

from tests.integration.proxy import Proxy
from tests.integration.records import encounter, load, record, referral
from tests.integration.service import Service, sessions, verdict

pytestmark = pytest.mark.hapi


def test_hapi_itself_answers_from_its_memory(hapi: str, fresh_id: str) -> None:
    """Else the test below would show nothing."""
    load(hapi, record(fresh_id, physiotherapy=5).resources)
    url = f"{hapi}/Encounter?patient={fresh_id}&date=ge2024-06-14&_count=100"
    before = requests.get(url, timeout=60)
    load(hapi, [_sixth(fresh_id)])
    after = requests.get(url, timeout=60)
    assert (len(before.json()["entry"]), len(after.json()["entry"])) == (11, 11)
    assert after.headers["X-Cache"].startswith("HIT")


@pytest.mark.parametrize("hides_hapi", [False, True], ids=["hapi form", "plain form"])
def test_a_contact_is_seen_that_was_written_after_the_last_call(
    hapi: str, fresh_id: str, *, hides_hapi: bool
) -> None:
    load(hapi, record(fresh_id, physiotherapy=5).resources)
    with Proxy(hapi, hides_hapi=hides_hapi) as proxy, Service() as service:
        call = referral(fresh_id, fhirServer=proxy.base_url)
        for _ in ("cold", "warm"):
            before = service.assessment(call)
            assert sessions(before)["allied-health-therapy"]["certain"] == 5
        load(hapi, [_sixth(fresh_id)])
        after = service.assessment(call)
        assert {each.headers["Cache-Control"] for each in proxy.asked} == {"no-cache"}
    assert verdict(before) == ("not_met", [])
    assert verdict(after) == ("met", [])
    assert sessions(after)["allied-health-therapy"]["certain"] == 6


@pytest.mark.parametrize("hides_hapi", [False, True], ids=["hapi form", "plain form"])
def test_a_contact_that_was_deleted_is_neither_counted_nor_missed(
    hapi: str, fresh_id: str, *, hides_hapi: bool
) -> None:
    """HAPI's remembered searches still count it in their total."""
    load(hapi, record(fresh_id).resources)
    with Proxy(hapi, hides_hapi=hides_hapi) as proxy, Service() as service:
        call = referral(fresh_id, fhirServer=proxy.base_url)
        for _ in ("cold", "warm"):
            assert verdict(service.assessment(call)) == ("met", [])
        deleted = requests.delete(f"{hapi}/Encounter/{fresh_id}-fysio-5", timeout=60)
        assert deleted.status_code == 200
        after = service.assessment(call)
    assert verdict(after) == ("not_met", [])
    assert sessions(after)["allied-health-therapy"] == {"certain": 5, "possible": 5, "required": 6}


def _sixth(patient: str) -> dict[str, object]:
    """The session that is missing: 85 days after the first one."""
    return encounter(f"{patient}-new", patient, "2025-11-25", f"Practitioner/{patient}-fysio")
