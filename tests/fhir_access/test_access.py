"""FhirAccess: what calls share, what they never share, and TLS."""

import ssl
import threading
from pathlib import Path

import pytest

from cds_service.fhir_access import (
    Deadline,
    Failure,
    FetchLimits,
    FhirAccess,
    Query,
    SearchResult,
)
from tests.kit.scripted_server import Asked, Reply, ScriptedServer, in_turn, json_reply

PATIENT = {"resourceType": "Patient", "id": "1"}
CERTIFICATE = Path(__file__).with_name("localhost.pem")


def read(access: FhirAccess, base_url: str, token: str | None = None) -> SearchResult:
    session = access.session(base_url, token=token, deadline=Deadline(3.0))
    return session.search_all({"patient": Query("patient", "Patient/1")})["patient"]


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-Evil: 1", "é"])
def test_a_token_that_cannot_stand_in_a_header(access: FhirAccess, token: str) -> None:
    with pytest.raises(ValueError, match=r"^the token cannot be sent in a header$"):
        access.session("http://127.0.0.1/fhir", token=token, deadline=Deadline(1.0))


@pytest.mark.parametrize(
    "base_url", ["", "ftp://x", "http://user@127.0.0.1", "http://127.0.0.1/#x"]
)
def test_what_is_no_base_url(access: FhirAccess, base_url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        access.session(base_url, token=None, deadline=Deadline(1.0))


def test_a_trailing_slash_makes_no_difference(access: FhirAccess) -> None:
    with ScriptedServer(in_turn(json_reply(PATIENT))) as server:
        session = access.session(f"{server.base_url}/", token=None, deadline=Deadline(3.0))
        assert session.base_url == server.base_url
        session.read_all(["Patient/1"])
        assert server.addresses == ["Patient/1"]


def test_many_calls_at_once_keep_their_tokens_apart(access: FhirAccess) -> None:
    def script(asked: Asked) -> Reply:
        return json_reply({"resourceType": "Patient", "id": asked.headers["authorization"]})

    came: dict[str, str] = {}
    with ScriptedServer(script) as server:

        def run(name: str) -> None:
            came[name] = read(access, server.base_url, token=name).pages[0]["id"]

        threads = [threading.Thread(target=run, args=(f"t{number}",)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert came == {f"t{number}": f"Bearer t{number}" for number in range(20)}


def test_a_forgotten_server_is_opened_again() -> None:
    with (
        FhirAccess(FetchLimits(servers=1)) as access,
        ScriptedServer(in_turn(json_reply(PATIENT))) as one,
        ScriptedServer(in_turn(json_reply(PATIENT))) as other,
    ):
        first = access.session(one.base_url, token=None, deadline=Deadline(3.0))
        assert read(access, other.base_url).is_complete
        assert first.search_all({"p": Query("p", "Patient/1")})["p"].is_complete
        assert read(access, one.base_url).is_complete


def test_an_unknown_certificate_is_refused_and_one_of_the_extra_file_is_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with ScriptedServer(in_turn(json_reply(PATIENT)), tls=context) as server:
        with FhirAccess() as usual:
            assert read(usual, server.base_url).failure is Failure.UNREACHABLE
        assert server.asked == []
        with FhirAccess(extra_ca=str(CERTIFICATE)) as extra:
            assert read(extra, server.base_url).is_complete


def test_a_dripping_server_with_tls_keeps_the_deadline() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with (
        ScriptedServer(in_turn(json_reply(PATIENT, drip=0.02)), tls=context) as server,
        FhirAccess(extra_ca=str(CERTIFICATE)) as access,
    ):
        session = access.session(server.base_url, token=None, deadline=Deadline(0.3))
        result = session.search_all({"p": Query("p", "Patient/1")})["p"]
    assert result.failure is Failure.TIMEOUT
