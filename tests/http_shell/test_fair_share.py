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
    share = FairShare(2)
    places = [share.place() for _ in range(3)]
    places[0].take("one")
    places[1].take("one")
    with pytest.raises(TooManyCallsError):
        places[2].take("one")
    places[2].take("two")
    places[0].give_back()
    places[0].give_back()
    share.place().take("one")
    with pytest.raises(TooManyCallsError):
        share.place().take("one")


def test_where_nobody_is_told_apart_nobody_is_sent_away() -> None:
    share = FairShare(1)
    for _ in range(3):
        share.place().take("")


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
