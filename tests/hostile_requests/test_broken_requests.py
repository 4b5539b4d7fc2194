"""Each broken request gets the answer of the table: no 5xx, no hang, no wrong statement."""

import pytest

from tests.contract.checked_client import CheckedClient
from tests.contract.services import service
from tests.hostile_requests.asking import ask, said
from tests.hostile_requests.broken_requests import TABLE, Broken


@pytest.fixture(scope="module")
def client() -> CheckedClient:
    return service()


def test_the_table_is_long_enough_and_says_nothing_twice() -> None:
    assert len(TABLE) >= 60
    assert len({each.name for each in TABLE}) == len(TABLE)


@pytest.mark.parametrize("broken", TABLE, ids=lambda each: each.name)
def test_a_broken_request(client: CheckedClient, broken: Broken) -> None:
    headers = {name.replace("-", "_"): value for name, value in broken.headers.items()}
    answer = ask(client, broken.body, broken.path, **headers)
    assert said(answer) == broken.answer
