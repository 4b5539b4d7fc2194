"""Certificates: those of servers are always verified, and one of our own is shown where asked."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.errors import InvalidSettingsError
from cds_service.fhir_access import ClientCertificate, Deadline, Failure, FhirAccess, Query
from cds_service.fhir_access.addresses import network
from cds_service.settings.settings import read_settings
from tests.kit.scripted_server import ScriptedServer, in_turn, json_reply

PEM = Path(__file__).with_name("localhost.pem")  # a certificate and its key


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that talks to clients with this very certificate only."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(PEM)
    tls.load_verify_locations(PEM)
    tls.verify_mode = ssl.CERT_REQUIRED
    reply = json_reply({"resourceType": "Patient", "id": "1"})
    with ScriptedServer(in_turn(reply), tls=tls) as running:
        yield running


def parts(folder: Path) -> ClientCertificate:
    """The certificate and the key in two files."""
    key, end, certificate = PEM.read_text().partition("-----END PRIVATE KEY-----\n")
    (folder / "key.pem").write_text(key + end)
    (folder / "certificate.pem").write_text(certificate)
    return ClientCertificate(str(folder / "certificate.pem"), str(folder / "key.pem"))


def failure(access: FhirAccess, base_url: str) -> Failure | None:
    session = access.session(base_url, token=None, deadline=Deadline(3.0))
    return session.search_all({"q": Query("q", "Patient/1")})["q"].failure


def test_without_a_certificate_such_a_server_does_not_talk_to_us(server: ScriptedServer) -> None:
    with FhirAccess(extra_ca=str(PEM)) as access:
        assert failure(access, server.base_url) is Failure.UNREACHABLE
    assert server.asked == []


def test_with_it_it_does(server: ScriptedServer) -> None:
    with FhirAccess(extra_ca=str(PEM), client=ClientCertificate(str(PEM))) as access:
        assert failure(access, server.base_url) is None


def test_the_key_may_stand_in_a_file_of_its_own(server: ScriptedServer, tmp_path: Path) -> None:
    with FhirAccess(extra_ca=str(PEM), client=parts(tmp_path)) as access:
        assert failure(access, server.base_url) is None


def test_our_own_certificate_makes_no_server_trusted(server: ScriptedServer) -> None:
    with FhirAccess(client=ClientCertificate(str(PEM))) as access:
        assert failure(access, server.base_url) is Failure.UNREACHABLE
    assert server.asked == []


def test_a_certificate_for_another_name_is_not_accepted(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [found])
    own = ClientCertificate(str(PEM))
    with FhirAccess(extra_ca=str(PEM), client=own, networks=[network("127.0.0.1/32")]) as access:
        for name, expected in (
            ("localhost", None),
            ("ehr.example.nl", Failure.UNREACHABLE),
        ):
            assert failure(access, f"https://{name}:{server.port}/fhir") is expected
    assert len(server.asked) == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_before_1_2_is_not_spoken(version: ssl.TLSVersion) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(PEM)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version = tls.maximum_version = version
    reply = json_reply({"resourceType": "Patient", "id": "1"})
    with (
        ScriptedServer(in_turn(reply), tls=tls) as old,
        FhirAccess(extra_ca=str(PEM)) as access,
    ):
        assert failure(access, old.base_url) is Failure.UNREACHABLE
        assert old.asked == []


DEVELOPMENT = {"IMSR_MODE": "development"}


@pytest.mark.parametrize("name", ["IMSR_CA_FILE", "IMSR_CLIENT_CERT"])
def test_a_file_that_holds_no_certificate_stops_the_start(name: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    with pytest.raises(InvalidSettingsError) as raised:
        create_app(read_settings({**DEVELOPMENT, name: str(wrong)}))
    (fault,) = raised.value.faults
    assert fault.startswith(f"{name} must be a PEM file")


def test_a_certificate_without_its_key_stops_the_start(tmp_path: Path) -> None:
    certificate = parts(tmp_path).certificate
    with pytest.raises(InvalidSettingsError) as raised:
        create_app(read_settings({**DEVELOPMENT, "IMSR_CLIENT_CERT": certificate}))
    (fault,) = raised.value.faults
    assert fault.startswith("IMSR_CLIENT_CERT must be a PEM file with a certificate")


def test_a_key_without_a_certificate_is_a_wrong_setting(tmp_path: Path) -> None:
    key = parts(tmp_path).key or ""
    with pytest.raises(InvalidSettingsError) as raised:
        read_settings({"IMSR_CLIENT_KEY": key})
    assert raised.value.faults == (
        "IMSR_CLIENT_KEY needs IMSR_CLIENT_CERT, the certificate of that key",
    )


def test_the_settings_reach_the_connections(tmp_path: Path) -> None:
    own = parts(tmp_path)
    settings = {
        **DEVELOPMENT,
        "IMSR_CA_FILE": str(PEM),
        "IMSR_CLIENT_CERT": own.certificate,
        "IMSR_CLIENT_KEY": own.key or "",
        "IMSR_FHIR_NETWORKS": "10.20.0.0/16",
        "IMSR_CIRCUIT_FAILURES": "0",
        "IMSR_CIRCUIT_PAUSE_SECONDS": "2.5",
    }
    read = read_settings(settings)
    assert (read.circuit_failures, read.circuit_pause_seconds) == (0, 2.5)
    assert create_app(read) is not None
