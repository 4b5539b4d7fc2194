"""One client whose FHIR server is slow leaves others their places."""

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from cds_service.errors import TooManyCallsError
from cds_service.web.fair_share import FairShare, most_of_one
from tests.clients.issuing import bearer, signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.calls import access, order_sign, record, without
from tests.contract.checked_client import outcomes
from tests.contract.fhir_server import FhirServer, running

OTHER = "https://another.example.nl"


def test_a_client_has_its_share_and_no_more() -> None:
    share = FairShare(4, 2)
    first, second, third = (share.arrive() for _ in range(3))
    first.take("one")
    second.take("one")
    with pytest.raises(TooManyCallsError):
        third.take("one")
    third.take("two")
    first.leave()
    share.arrive().take("one")
    with pytest.raises(TooManyCallsError):
        share.arrive().take("one")


def test_all_together_have_so_many_places_and_the_lobby_twice_as_many() -> None:
    share = FairShare(1, 1)
    places = [share.arrive() for _ in range(2)]
    assert share.at_work == 2
    with pytest.raises(TooManyCallsError):
        share.arrive()
    places[0].take("one")
    with pytest.raises(TooManyCallsError):
        places[1].take("two")
    with pytest.raises(TooManyCallsError):
        share.arrive()
    for place in places:
        place.leave()
    assert share.at_work == 0


def test_where_nobody_is_told_apart_only_the_number_of_all_counts() -> None:
    share = FairShare(3, 1)
    for _ in range(3):
        share.arrive().take("")
    with pytest.raises(TooManyCallsError):
        share.arrive()


@pytest.mark.parametrize(
    ("most", "setting", "clients", "expected"),
    [
        (32, 0, 1, 32),
        (32, 0, 2, 24),
        (1, 0, 5, 1),
        (32, 8, 2, 8),
        (32, 8, 1, 8),
        (4, 100, 2, 4),
    ],
)
def test_how_large_a_share_is(most: int, setting: int, clients: int, expected: int) -> None:
    assert most_of_one(most, setting, clients=clients) == expected


def test_while_one_client_waits_for_its_server_another_is_answered(tmp_path: Path) -> None:
    """Four places, of which one client may have three, with a server that takes two seconds."""
    with running(FhirServer(record(), seconds=2.0)) as slow:
        site = Site(
            tmp_path,
            {**ENTRY, "fhir_servers": [slow.base]},
            {**ENTRY, "name": "Another", "issuer": OTHER},
            IMSR_MAX_CALLS="4",
        )
        client = site.client()
        asking = {**without(order_sign(), "prefetch"), **access(slow.base)}
        start = threading.Barrier(4)

        def ask(_: int) -> int:
            token = signing_key().token()
            start.wait(20)
            return client.call(asking, **bearer(token)).status_code

        with ThreadPoolExecutor(4) as threads:
            asked = [threads.submit(ask, number) for number in range(4)]
            (sent_away,) = wait(asked, 20, return_when=FIRST_COMPLETED).done
            assert sent_away.result() == 503
            answer = client.call(order_sign(), **bearer(signing_key().token(iss=OTHER)))
            assert outcomes(answer) == ["met"]
            assert sorted(each.result(20) for each in asked) == [200, 200, 200, 503]
        assert client.call(asking, **bearer(signing_key().token())).status_code == 200
