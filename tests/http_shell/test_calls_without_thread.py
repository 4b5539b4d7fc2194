"""A small call for which nothing is waited costs no thread; its answer is the same."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.concurrency import run_in_threadpool

from cds_service.app import create_app
from cds_service.web import routes
from tests.contract.calls import access, order_sign, other_order, record
from tests.contract.checked_client import CheckedClient
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import settings


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that were given a thread."""
    names: list[str] = []

    async def noted(function: Callable[..., Any], *arguments: object) -> object:
        names.append(function.__name__)
        return await run_in_threadpool(function, *arguments)

    monkeypatch.setattr(routes, "run_in_threadpool", noted)
    return names


def outcome(answer: Any) -> str:
    (assessment,) = answer.json()["extension"]["nl.imsr-cds.assessments"]
    return str(assessment["outcome"])


def test_a_small_call_with_all_that_it_needs(threads: list[str]) -> None:
    client = CheckedClient(create_app(settings()))
    assert outcome(client.call(order_sign())) == "met"
    assert client.call(order_sign(other_order())).json() == {"cards": []}
    assert threads == []


def test_a_call_that_needs_a_fhir_server_waits_for_it_in_a_thread(threads: list[str]) -> None:
    client = CheckedClient(create_app(settings()))
    with running(FhirServer(record())) as server:
        answer = client.call(order_sign(prefetch=None, **access(server.base)))
    assert outcome(answer) == "met"
    assert threads == ["_answer_in_turn"]


def test_an_order_that_is_not_ours_needs_none_beside_a_fhir_server(threads: list[str]) -> None:
    client = CheckedClient(create_app(settings()))
    with running(FhirServer(record())) as server:
        answer = client.call(order_sign(other_order(), prefetch=None, **access(server.base)))
        assert server.hits == []
    assert answer.json() == {"cards": []}
    assert threads == []


def test_a_large_call_is_read_and_answered_in_a_thread(threads: list[str]) -> None:
    client = CheckedClient(create_app(settings()))
    assert outcome(client.call({**order_sign(), "note": "x" * 70_000})) == "met"
    assert threads == ["_answer_in_turn"]
