"""Every patient story that a server can give, with the record on a real HAPI FHIR server.

All records are loaded once, each row in both ways to name roles, with ids of this run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, Final
from uuid import uuid4

import pytest
import requests

from tests.builders.hook_calls import Hook, HookCallFixture, hook_call, transaction
from tests.builders.loopback import PassingOn, passing_on
from tests.builders.record_builder import RolesAs
from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.kit.combinations import HOOKS, ROLES
from tests.kit.effort import IS_THOROUGH
from tests.scenarios.expectations import answer_to, expected_of, said_about

RUN: Final = uuid4().hex[:8]
FROM_A_SERVER: Final = [row for row in read_scenarios() if not row.is_by_prefetch_only]
ROWS: Final = [pytest.param(row, id=row.id) for row in FROM_A_SERVER]
RESOURCES_PER_BUNDLE: Final = 250
NOBODY_LISTENS: Final = "http://127.0.0.1:9/fhir"

FAILING: Final = {
    "procedures": PassingOn(fails=lambda path: path.startswith("/Procedure")),
    "page": PassingOn(lost_page=True),
    "both": PassingOn(fails=lambda path: path.startswith("/Procedure"), lost_page=True),
    "patient": PassingOn(fails=lambda path: path.startswith("/Patient/")),
}


def _call(row: Scenario, hook: Hook, roles_as: RolesAs, fhir_server: str) -> HookCallFixture:
    return hook_call(
        row,
        hook=hook,
        roles_as=roles_as,
        via="server",
        form=FROM_A_SERVER.index(row),
        prefix=f"r{RUN}-{row.id.lower()}-{roles_as[0]}-",
        fhir_server=fhir_server,
    )


@pytest.fixture(scope="module")
def loaded(hapi: str) -> str:
    """The base URL of HAPI, with every record on it."""
    resources = [
        resource
        for row in FROM_A_SERVER
        for roles_as in ("role", "practitioner")
        for resource in _call(row, "order-sign", roles_as, hapi).resources
    ]
    for start in range(0, len(resources), RESOURCES_PER_BUNDLE):
        batch = resources[start : start + RESOURCES_PER_BUNDLE]
        answer = requests.post(hapi, json=transaction(batch), timeout=300)
        assert answer.status_code == 200, answer.text[:2000]
    return hapi


@contextmanager
def _server_for(row: Scenario, loaded: str) -> Iterator[str]:
    """HAPI itself, HAPI behind something that fails, or an address where nobody listens."""
    if row.flags.is_unreachable:
        yield NOBODY_LISTENS
    elif row.flags.partial:
        with passing_on(loaded, FAILING[row.flags.partial]) as base_url:
            yield base_url
    else:
        yield loaded


def _said(row: Scenario, hook: Hook, roles_as: RolesAs, loaded: str) -> dict[str, Any]:
    with _server_for(row, loaded) as base_url:
        return said_about(row, answer_to(_call(row, hook, roles_as, base_url), row))


@pytest.mark.hapi
@pytest.mark.parametrize("row", ROWS)
def test_the_answer_is_that_of_the_table(row: Scenario, loaded: str) -> None:
    ways = _ways(FROM_A_SERVER.index(row))
    said = {way: _said(row, *way, loaded) for way in ways}
    assert said == dict.fromkeys(ways, expected_of(row))


def _ways(number: int) -> list[tuple[Hook, RolesAs]]:
    """Each hook and each way to name roles; in `thorough` each with each."""
    if IS_THOROUGH:
        return list(product(HOOKS, ROLES))
    return list(zip(HOOKS, ROLES if number % 2 else ROLES[::-1], strict=True))
