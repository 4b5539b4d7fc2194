"""An EHR and a browser at a site that trusts it. Server and worker are the same for all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.kit.scripted_server import ScriptedServer
from tests.smart.browser import Browser, PageSite
from tests.smart.ehr import SmartEhr


@pytest.fixture(scope="session")
def ehr_server() -> Iterator[ScriptedServer]:
    """The server of whichever EHR the test has."""
    with ScriptedServer(SmartEhr().answer, path="/fhir") as server:
        yield server


@pytest.fixture
def ehr(ehr_server: ScriptedServer) -> SmartEhr:
    """An EHR that does everything right until a test says otherwise."""
    made = SmartEhr(origin=ehr_server.origin)
    ehr_server.script = made.answer
    return made


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory, ehr_server: ScriptedServer) -> PageSite:
    """A site that trusts that server."""
    return PageSite(tmp_path_factory.mktemp("site"), SmartEhr(origin=ehr_server.origin))


@pytest.fixture(scope="session")
def worker(shared_site: PageSite) -> FastAPI:
    """One worker of it."""
    return shared_site.app()


@pytest.fixture
def site(tmp_path: Path, ehr: SmartEhr) -> PageSite:
    """A site of the test's own that trusts the EHR."""
    return PageSite(tmp_path, ehr)


@pytest.fixture
def browser(worker: FastAPI) -> Browser:
    """A new browser at the worker that all tests share."""
    return Browser(worker)
