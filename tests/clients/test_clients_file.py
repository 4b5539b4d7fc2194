"""The file of trusted clients: every fault stops the start, with the path to it."""

from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.clients import load_clients
from cds_service.clients.keys import KeySet
from cds_service.errors import InvalidClientsError, InvalidSettingsError
from cds_service.fhir_access import Access
from cds_service.settings.settings import read_settings
from tests.clients.issuing import key_set, signing_key
from tests.clients.site import Site

USUAL = read_settings({"IMSR_MODE": "development"}).client_options

GOOD = """
clients:
  - name: EHR of practice De Linde            # shown in log and metrics
    issuer: https://ehr.example.nl
    jwks: keys/de-linde.jwks.json             # relative to this file
    fhir_servers: [https://ehr.example.nl/fhir]
    language: en
  - name: Hospital
    issuer: https://hospital.example.nl
    jwks_uri: https://hospital.example.nl/jwks.json
    fhir_servers:
      - https://hospital.example.nl/fhir/
      - https://test.hospital.example.nl/fhir#anonymous
      - http://127.0.0.1:8080/fhir
    audiences: [sandman]
    prefetch: full
    tables: list
    show_not_applicable: yes
"""


def no_fetch(_: str) -> KeySet:
    raise AssertionError("a key set was fetched")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "de-linde.jwks.json").write_text(key_set(signing_key()))
    return tmp_path / "clients.yaml"


def test_a_good_file(file: Path) -> None:
    file.write_text(GOOD)
    linde, hospital = load_clients(file, usual=USUAL, fetch=no_fetch)
    assert linde.name == linde.client_options.client == "EHR of practice De Linde"
    assert linde.issuer == "https://ehr.example.nl"
    assert linde.key_address is None
    assert linde.audiences == ()
    assert linde.client_options.language == "en"
    assert linde.client_options.prefetch == "portable"
    assert not linde.client_options.show_not_applicable
    assert hospital.key_address == "https://hospital.example.nl/jwks.json"
    assert hospital.audiences == ("sandman",)
    assert hospital.client_options.language == "nl"
    assert hospital.client_options.prefetch == "full"
    assert hospital.client_options.tables == "list"
    assert hospital.client_options.show_not_applicable
    servers = hospital.client_options.servers
    assert servers.decide("https://hospital.example.nl/fhir") is Access.ALLOWED_WITH_TOKEN
    assert servers.decide("https://test.hospital.example.nl/fhir") is Access.ALLOWED_ANONYMOUS
    assert servers.decide("http://127.0.0.1:8080/fhir") is Access.ALLOWED_WITH_TOKEN
    assert servers.decide("https://ehr.example.nl/fhir") is Access.NOT_ALLOWED
    assert servers.decide("http://127.0.0.1:9090/fhir") is Access.PLAIN_HTTP


ENTRY = """
  - name: EHR
    issuer: https://ehr.example.nl
    jwks: keys/de-linde.jwks.json
    fhir_servers: [https://ehr.example.nl/fhir]
"""


def changed(old: str, new: str) -> str:
    assert old in ENTRY
    return "clients:" + ENTRY.replace(old, new)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("clients: [", "line 1: is not YAML"),
        ("- x", "the file: must be a mapping"),
        ("client: []", "clients: is missing"),
        ("clients: []", "clients: must name at least one client"),
        ("clients: {}", "clients: "),
        ("clients: [x]", "clients.0: must be a mapping"),
        ("clients:" + ENTRY + "other: 1\n", "other: unknown key"),
        (changed("name: EHR", "name: ''"), "clients.0.name: "),
        (changed("name: EHR", "name: 5"), "clients.0.name: "),
        (changed("    issuer: https://ehr.example.nl\n", ""), "clients.0.issuer: is missing"),
        (changed("    jwks: keys/de-linde.jwks.json\n", ""), "clients.0: must hold either jwks"),
        (
            changed("    jwks:", "    jwks_uri: https://ehr.example.nl/j\n    jwks:"),
            "clients.0: must hold either jwks or jwks_uri",
        ),
        (changed("keys/de-linde", "keys/none"), "clients.0.jwks: cannot be read"),
        (
            changed("jwks: keys/de-linde.jwks.json", "jwks_uri: http://ehr.example.nl/j"),
            "clients.0.jwks_uri: must be https",
        ),
        (
            changed("jwks: keys/de-linde.jwks.json", "jwks_uri: https://me:pw@ehr.example.nl/j"),
            "clients.0.jwks_uri: must hold no user name or password",
        ),
        (
            changed("jwks: keys/de-linde.jwks.json", "jwks_uri: file:///etc/passwd"),
            "clients.0.jwks_uri: must be an absolute http or https URL",
        ),
        (changed("[https://ehr.example.nl/fhir]", "5"), "clients.0.fhir_servers: "),
        (
            changed("[https://ehr.example.nl/fhir]", "[https://a.nl/fhir, http://b.nl/fhir]"),
            "clients.0.fhir_servers: entry 2 must be https",
        ),
        (
            changed("[https://ehr.example.nl/fhir]", "[https://169.254.169.254/fhir]"),
            "clients.0.fhir_servers: entry 1 must not be a link-local",
        ),
        (changed("name: EHR", "name: EHR\n    colour: red"), "clients.0.colour: unknown key"),
        (changed("name: EHR", "name: EHR\n    name: EPD"), "clients.0.name: appears twice"),
        (changed("name: EHR", "name: EHR\n    language: de"), "clients.0.language: "),
        (changed("name: EHR", "name: EHR\n    prefetch: all"), "clients.0.prefetch: "),
        (changed("name: EHR", "name: EHR\n    tables: html"), "clients.0.tables: "),
        (changed("name: EHR", "name: EHR\n    show_not_applicable: maybe"), "clients.0.show_not"),
        (changed("name: EHR", "name: &a EHR"), "line 2: anchors and aliases are not allowed"),
        ("clients:" + ENTRY + ENTRY, "clients.1.name: appears twice in this file"),
        (
            "clients:" + ENTRY + ENTRY.replace("name: EHR", "name: EPD"),
            "clients.1.issuer: appears twice in this file",
        ),
    ],
)
def test_a_fault_is_named_with_its_path(file: Path, text: str, fault: str) -> None:
    file.write_text(text)
    with pytest.raises(InvalidClientsError) as raised:
        load_clients(file, usual=USUAL, fetch=no_fetch)
    assert raised.value.faults[0].startswith(f"{file}: {fault}")
    assert "me:pw" not in str(raised.value)


def test_all_faults_are_told_at_once(file: Path) -> None:
    file.write_text("clients:\n  - name: ''\n    jwks: x\n    colour: red\n")
    with pytest.raises(InvalidClientsError) as raised:
        load_clients(file, usual=USUAL, fetch=no_fetch)
    assert [fault.removeprefix(f"{file}: ").split(":")[0] for fault in raised.value.faults] == [
        "clients.0.name",
        "clients.0.issuer",
        "clients.0.fhir_servers",
        "clients.0.colour",
    ]


def test_production_starts_with_clients_and_an_address(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert create_app(site.settings)
    site.environ["IMSR_PUBLIC_URL"] = ""
    with pytest.raises(InvalidSettingsError, match="IMSR_PUBLIC_URL must be the URL"):
        create_app(site.settings)


def test_production_does_not_start_with_a_wrong_file(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.file.write_text("clients: []")
    with pytest.raises(InvalidClientsError):
        create_app(site.settings)
