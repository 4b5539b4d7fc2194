"""`imsr-cds demo load` against FHIR servers that accept, refuse, or are not there."""

import pytest
import requests
from click.testing import CliRunner, Result

from cds_service.cli import main
from tests.builders.loopback import LoopbackFhir, serve

RESOURCES = 389


def load(server: str) -> Result:
    return CliRunner().invoke(main, ["demo", "load", "--server", server])


def test_loading_puts_every_resource_there() -> None:
    fhir = LoopbackFhir()
    with serve(fhir) as server:
        result = load(server)
    assert result.exit_code == 0, result.output
    assert f"{RESOURCES} resources are on the server. Patients: imsr-demo-optie-1," in result.stdout
    assert "Loading demo patients" in result.stderr
    assert len(fhir.resources) == RESOURCES


def test_loading_twice_changes_nothing() -> None:
    fhir = LoopbackFhir()
    with serve(fhir) as server:
        load(f"{server}/")
        before = dict(fhir.resources)
        assert load(server).exit_code == 0
    assert fhir.resources == before


@pytest.mark.hapi
def test_loading_twice_is_idempotent_on_hapi(hapi: str) -> None:
    for _ in range(2):
        result = load(hapi)
        assert result.exit_code == 0, result.output
    contact = requests.get(f"{hapi}/Encounter/imsr-demo-optie-1-contact-1", timeout=60).json()
    assert contact["meta"]["versionId"] == "1"
    found = requests.get(
        f"{hapi}/Encounter",
        params={"patient": "imsr-demo-optie-1", "_summary": "count"},
        headers={"Cache-Control": "no-cache"},
        timeout=60,
    )
    assert found.json()["total"] == 21


def test_a_refusal_names_the_resource_the_status_and_a_way_out() -> None:
    fhir = LoopbackFhir(refuses=lambda key: 403 if key.startswith("Patient/") else 0)
    with serve(fhir) as server:
        result = load(server)
    assert result.exit_code == 1
    assert (
        f"{server} refused Patient/imsr-demo-optie-1 with status 403. "
        "The server does not let the demo write; use a test server." in result.stderr
    )


def test_a_server_that_is_not_there_is_said() -> None:
    result = load("http://127.0.0.1:9/fhir")
    assert result.exit_code == 1
    assert "http://127.0.0.1:9/fhir cannot be reached. Is the server running" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("server", ["not a url", "ftp://example.nl/fhir", "http://a@b/fhir"])
def test_an_address_that_is_none_is_a_usage_error(server: str) -> None:
    result = load(server)
    assert result.exit_code == 2
    assert "Invalid value for --server" in result.stderr
