"""A prefetched first page whose further pages have expired on the server, as HAPI's do: 410."""

from uuid import uuid4

import pytest
import requests

from tests.integration.proxy import Proxy
from tests.integration.records import Json, load, record, referral
from tests.integration.service import Service, sessions, verdict

pytestmark = pytest.mark.hapi

NOBODY_LISTENS = "http://127.0.0.1:9/fhir"


def first_page(base_url: str, patient: str) -> tuple[Json, str]:
    """Five of the twelve contacts, as a client prefetches them, and the link to the others."""
    url = f"{base_url}/Encounter?patient={patient}&date=ge2024-05-15&_count=5"
    page: Json = requests.get(url, timeout=60).json()
    (link,) = (each["url"] for each in page["link"] if each["relation"] == "next")
    assert len(page["entry"]) == 5
    return page, link


def expired(page: Json, link: str) -> Json:
    """The same page, whose link names a search that the server does not know any more."""
    (search,) = (each for each in link.split("?")[1].split("&") if each.startswith("_getpages="))
    gone = link.replace(search, f"_getpages={uuid4()}")
    assert requests.get(gone, timeout=60).status_code == 410
    links = [each for each in page["link"] if each["relation"] != "next"]
    return {**page, "link": [*links, {"relation": "next", "url": gone}]}


def test_a_page_that_has_not_expired_is_followed(hapi: str, fresh_id: str) -> None:
    load(hapi, record(fresh_id).resources)
    with Proxy(hapi) as proxy, Service() as service:
        page, _ = first_page(proxy.base_url, fresh_id)
        proxy.forget()
        call = referral(fresh_id, fhirServer=proxy.base_url, prefetch={"encounters": page})
        said = service.assessment(call)
        assert sum(url.startswith("?_getpages=") for url in proxy.urls) == 2
        assert not any(url.startswith("Encounter") for url in proxy.urls)
    assert verdict(said) == ("met", [])


def test_after_410_the_whole_search_is_asked(hapi: str, fresh_id: str) -> None:
    load(hapi, record(fresh_id).resources)
    with Proxy(hapi) as proxy, Service() as service:
        page = expired(*first_page(proxy.base_url, fresh_id))
        proxy.forget()
        call = referral(fresh_id, fhirServer=proxy.base_url, prefetch={"encounters": page})
        said = service.assessment(call)
        searches = [url for url in proxy.urls if url.startswith("Encounter")]
        assert len(searches) == 1
        assert f"patient={fresh_id}" in searches[0]
    assert verdict(said) == ("met", [])
    assert sessions(said)["allied-health-therapy"] == {"certain": 6, "possible": 6, "required": 6}
    assert sessions(said)["psychological-care"] == {"certain": 6, "possible": 6, "required": 6}


@pytest.mark.parametrize("server", [None, NOBODY_LISTENS], ids=["none", "dead"])
def test_without_access_the_further_pages_are_a_gap(
    hapi: str, fresh_id: str, server: str | None
) -> None:
    made = record(fresh_id, named="role")
    load(hapi, made.resources)
    page = expired(*first_page(hapi, fresh_id))
    others = [{"resource": each, "search": {"mode": "include"}} for each in made.others]
    patient = {"resourceType": "Patient", "id": fresh_id, "birthDate": "1980-05-17"}
    prefetch = {
        "patient": patient,
        "encounters": {**page, "entry": [*page["entry"], *others]},
        "procedures": {"resourceType": "Bundle", "type": "searchset", "total": 0},
    }
    with Service() as service:
        said = service.assessment(referral(fresh_id, prefetch=prefetch, fhirServer=server))
    assert verdict(said) == ("indeterminate", ["record_incomplete"])
    certain = {name: each["certain"] for name, each in sessions(said).items()}
    assert certain == {
        "allied-health-therapy": 5,
        "psychological-care": 0,
        "psychosomatic-therapy": 0,
    }
