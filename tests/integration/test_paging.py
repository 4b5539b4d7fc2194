"""Small pages on a real HAPI: the answer is that of all pages, and never that of some of them."""

import pytest

from tests.integration.proxy import Answer, Asked, Fault, Proxy
from tests.integration.records import load, record, referral
from tests.integration.service import Service, sessions, verdict

pytestmark = pytest.mark.hapi

SIX_EACH = {
    "allied-health-therapy": {"certain": 6, "possible": 6, "required": 6},
    "psychological-care": {"certain": 6, "possible": 6, "required": 6},
    "psychosomatic-therapy": {"certain": 0, "possible": 0, "required": 6},
}


@pytest.fixture(scope="module")
def twelve_visits(small_hapi: str) -> str:
    """The id of a patient whose criteria are met by the twelve contacts of three pages."""
    load(small_hapi, record("paged").resources)
    return "paged"


@pytest.mark.parametrize("hides_hapi", [False, True], ids=["hapi form", "plain form"])
def test_met_by_all_pages(small_hapi: str, twelve_visits: str, *, hides_hapi: bool) -> None:
    with Proxy(small_hapi, hides_hapi=hides_hapi) as proxy, Service() as service:
        call = referral(twelve_visits, fhirServer=proxy.base_url)
        for _ in ("cold", "warm"):
            said = service.assessment(call)
            assert verdict(said) == ("met", [])
            assert sessions(said) == SIX_EACH


def test_pages_in_the_form_for_hapi_are_counted_and_asked_all_at_once(
    small_hapi: str, twelve_visits: str
) -> None:
    with Proxy(small_hapi) as proxy, Service() as service:
        call = referral(twelve_visits, fhirServer=proxy.base_url)
        service.assessment(call)
        proxy.forget()
        service.assessment(call)
        encounters = [url for url in proxy.urls if "_offset=0" in url and "Encounter" in url]
        assert encounters == [
            "Encounter?patient=paged&date=ge2024-06-14&_count=500&_offset=0&_total=accurate"
        ]
        # HAPI lowered 500 to 5 in its link; the further pages keep to that
        assert sorted(_offsets(proxy.urls)) == [0, 0, 5, 10]
        assert (service.cost.requests, service.cost.rounds) == (10, 2)


def test_pages_in_the_plain_form_are_followed_one_by_one(
    small_hapi: str, twelve_visits: str
) -> None:
    with Proxy(small_hapi, hides_hapi=True) as proxy, Service() as service:
        call = referral(twelve_visits, fhirServer=proxy.base_url)
        service.assessment(call)
        proxy.forget()
        service.assessment(call)
        assert [url for url in proxy.urls if url.startswith("Encounter")] == [
            "Encounter?patient=paged&date=ge2024-06-14&_count=1000"
        ]
        assert sum(url.startswith("?_getpages=") for url in proxy.urls) == 2
        assert (service.cost.requests, service.cost.rounds) == (10, 3)


@pytest.mark.parametrize(
    ("hides_hapi", "lost"),
    [
        (False, "_offset=5"),
        (False, "_offset=10"),
        (True, "_getpagesoffset=5"),
        (True, "_getpagesoffset=10"),
    ],
)
def test_a_page_that_does_not_come_is_a_gap(
    small_hapi: str, twelve_visits: str, lost: str, *, hides_hapi: bool
) -> None:
    def fails(asked: Asked) -> Fault | None:
        return Answer(500) if f"{lost}&" in f"{asked.url}&" else None

    with Proxy(small_hapi, hides_hapi=hides_hapi, rule=fails) as proxy, Service() as service:
        said = service.assessment(referral(twelve_visits, fhirServer=proxy.base_url))
    assert verdict(said) == ("indeterminate", ["record_incomplete"])
    found = sessions(said)
    assert found["allied-health-therapy"]["certain"] + found["psychological-care"]["certain"] < 12
    assert all(each["unbounded"] is True for each in found.values())


def test_the_short_page_that_a_proxy_in_between_asks_for_is_no_problem(
    hapi: str, fresh_id: str
) -> None:
    """A gateway may lower `_count` on its way; here to two matches a page."""
    load(hapi, record(fresh_id).resources)
    for hides_hapi in (False, True):
        with Proxy(hapi, page_size=2, hides_hapi=hides_hapi) as proxy, Service() as service:
            said = service.assessment(referral(fresh_id, fhirServer=proxy.base_url))
        assert verdict(said) == ("met", [])
        assert sessions(said) == SIX_EACH


def _offsets(urls: list[str]) -> list[int]:
    found = (part for url in urls for part in url.partition("?")[2].split("&"))
    return [int(part.partition("=")[2]) for part in found if part.startswith("_offset=")]
