"""Which servers may be asked, and with what."""

import pytest

from cds_service.errors import InvalidSettingsError
from cds_service.fhir_access import Access, AllowedServers

LISTED = [
    "https://ehr.example.nl/fhir",
    "https://open.example.nl:8443/r4/#anonymous",
    "http://127.0.0.1:8080/fhir",
    "http://[::1]:8080/fhir#anonymous",
    "hapi-test",
]


@pytest.mark.parametrize(
    ("base_url", "access"),
    [
        ("https://ehr.example.nl/fhir", Access.ALLOWED_WITH_TOKEN),
        ("https://ehr.example.nl/fhir/", Access.ALLOWED_WITH_TOKEN),
        ("HTTPS://EHR.Example.NL:443/fhir", Access.ALLOWED_WITH_TOKEN),
        ("https://open.example.nl:8443/r4", Access.ALLOWED_ANONYMOUS),
        ("https://hapi.fhir.org/baseR4", Access.ALLOWED_ANONYMOUS),
        ("http://127.0.0.1:8080/fhir/", Access.ALLOWED_WITH_TOKEN),
        ("http://[::1]:8080/fhir", Access.ALLOWED_ANONYMOUS),
        ("http://[0:0:0:0:0:0:0:1]:8080/fhir", Access.PLAIN_HTTP),
        pytest.param("https://ehr.example.nl/FHIR", Access.NOT_ALLOWED, id="another path"),
        pytest.param("https://ehr.example.nl/fhir/tenant", Access.NOT_ALLOWED, id="a path below"),
        pytest.param("https://ehr.example.nl", Access.NOT_ALLOWED, id="a path above"),
        pytest.param("https://ehr.example.nl:8443/fhir", Access.NOT_ALLOWED, id="another port"),
        pytest.param("https://ehr.example.nl.evil.example/fhir", Access.NOT_ALLOWED, id="suffix"),
        pytest.param("https://user@ehr.example.nl/fhir", Access.NOT_ALLOWED, id="a user name"),
        pytest.param("https://ehr.example.nl@evil.example/fhir", Access.NOT_ALLOWED, id="as user"),
        pytest.param("https://ehr.example.nl/fhir#anonymous", Access.NOT_ALLOWED, id="fragment"),
        pytest.param("https://ehr.example.nl/fhir?x=y", Access.NOT_ALLOWED, id="a query"),
        pytest.param("https://ehr.example.nl/fhir/..", Access.NOT_ALLOWED, id="a way up"),
        pytest.param("https://ehr.example.nl\\@evil.example/fhir", Access.NOT_ALLOWED, id="\\"),
        pytest.param("https://ehr.example.nl/fhir\n", Access.NOT_ALLOWED, id="a line end"),
        ("ftp://ehr.example.nl/fhir", Access.NOT_ALLOWED),
        ("file:///etc/passwd", Access.NOT_ALLOWED),
        ("hapi-test", Access.NOT_ALLOWED),
        ("", Access.NOT_ALLOWED),
        ("https://[::1/fhir", Access.NOT_ALLOWED),
        ("https://ehr.example.nl:99999/fhir", Access.NOT_ALLOWED),
        ("http://ehr.example.nl/fhir", Access.PLAIN_HTTP),
        ("http://169.254.169.254/latest", Access.PLAIN_HTTP),
        ("http://127.0.0.1:9090/fhir", Access.PLAIN_HTTP),
        ("http://localhost:8080/fhir", Access.PLAIN_HTTP),
    ],
)
def test_production(base_url: str, access: Access) -> None:
    assert AllowedServers(LISTED, is_development=False).decide(base_url) is access


@pytest.mark.parametrize(
    ("base_url", "access"),
    [
        ("http://127.0.0.1:9090/any", Access.ALLOWED_ANONYMOUS),
        ("http://127.3.2.1/fhir", Access.ALLOWED_ANONYMOUS),
        ("http://localhost:8081/fhir", Access.ALLOWED_ANONYMOUS),
        ("https://[::1]/fhir", Access.ALLOWED_ANONYMOUS),
        pytest.param("http://127.0.0.1:8080/fhir", Access.ALLOWED_WITH_TOKEN, id="as listed"),
        ("http://127.0.0.1:9090/fhir/../x", Access.NOT_ALLOWED),
        ("http://user:word@127.0.0.1/fhir", Access.NOT_ALLOWED),
        ("http://127.0.0.1.evil.example/fhir", Access.PLAIN_HTTP),
        ("http://localhost.evil.example/fhir", Access.PLAIN_HTTP),
        ("http://10.0.0.1/fhir", Access.PLAIN_HTTP),
        ("https://ehr.example.nl/other", Access.NOT_ALLOWED),
        ("https://ehr.example.nl/fhir", Access.ALLOWED_WITH_TOKEN),
    ],
)
def test_development_allows_loopback_without_a_token(base_url: str, access: Access) -> None:
    assert AllowedServers(LISTED, is_development=True).decide(base_url) is access


def test_nothing_is_allowed_where_nothing_is_listed() -> None:
    allowed = AllowedServers([], is_development=False)
    assert allowed.decide("https://ehr.example.nl/fhir") is Access.NOT_ALLOWED
    assert allowed.decide("http://127.0.0.1/fhir") is Access.PLAIN_HTTP


def test_every_wrong_entry_is_named_by_its_place_and_not_repeated() -> None:
    words = [
        "https://ehr.example.nl/fhir",
        "https://user:word@ehr.example.nl/fhir",
        "http://ehr.example.nl/fhir",
        "https://ehr.example.nl/fhir#Anonymous",
        "https://ehr.example.nl/../fhir",
        "hapi",
    ]
    with pytest.raises(InvalidSettingsError) as error:
        AllowedServers(words, is_development=True)
    assert error.value.faults == (
        "IMSR_FHIR_SERVERS: entry 2 must hold no user name or password",
        "IMSR_FHIR_SERVERS: entry 3 must be https: plain http is for loopback addresses only",
        "IMSR_FHIR_SERVERS: entry 4 must have no query and no fragment",
        "IMSR_FHIR_SERVERS: entry 5 must have no empty, `.` or `..` part in its path",
        "IMSR_FHIR_SERVERS: entry 6 must be an absolute http or https URL",
    )
