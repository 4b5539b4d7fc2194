"""FHIR access for one test, and a way to open a call that ends soon."""

from collections.abc import Iterator
from typing import Protocol

import pytest

from cds_service.fhir_access import Deadline, FetchLimits, FhirAccess, FhirSession
from tests.kit.scripted_server import ScriptedServer


class Open(Protocol):
    def __call__(
        self, server: ScriptedServer, token: str | None = None, seconds: float = 3.0
    ) -> FhirSession: ...


@pytest.fixture
def limits() -> FetchLimits:
    """Small enough to be reached; a test may have its own."""
    return FetchLimits(answer_bytes=200_000, call_bytes=1_000_000, pages=6, retry_seconds=0.01)


@pytest.fixture
def access(limits: FetchLimits) -> Iterator[FhirAccess]:
    with FhirAccess(limits) as made:
        yield made


@pytest.fixture
def call(access: FhirAccess) -> Open:
    """Open one hook call; all calls of a test share one FhirAccess."""

    def opened(
        server: ScriptedServer, token: str | None = None, seconds: float = 3.0
    ) -> FhirSession:
        return access.session(server.base_url, token=token, deadline=Deadline(seconds))

    return opened
