from datetime import date
from pathlib import Path

import pytest

from cds_service.app import calendar, create_app
from cds_service.errors import InvalidSettingsError
from cds_service.fhir_access import Access
from cds_service.settings.settings import (
    SETTINGS,
    Mode,
    describe_settings,
    read_settings,
    refuse_unsafe_start,
)

DEVELOPMENT = {"IMSR_MODE": "development"}


def test_without_any_variable_the_defaults_hold() -> None:
    settings = read_settings({})
    assert settings.mode is Mode.PRODUCTION
    assert settings.language == "nl"
    assert settings.deadline_seconds == 4.0
    assert settings.unavailable == "card"
    assert settings.window_margin_days == 31
    assert settings.prefetch == "portable"
    assert settings.cds_hooks_version == "2.0.1"
    assert settings.max_body_bytes == 16 * 1024 * 1024
    assert settings.max_nesting == 64
    assert settings.max_entries == 12_000
    assert settings.host == "127.0.0.1"
    assert settings.port == 8000
    assert settings.today is None
    assert settings.criteria_dir is None
    assert settings.tables == "table"
    assert not settings.show_not_applicable


def test_every_variable_is_read(tmp_path: Path) -> None:
    certificates = tmp_path / "ca.pem"
    certificates.touch()
    settings = read_settings(
        {
            "IMSR_MODE": " development ",
            "IMSR_HOST": "::1",
            "IMSR_PORT": "0",
            "IMSR_FHIR_SERVERS": "https://ehr.example.nl/fhir  hapi-test",
            "IMSR_LANGUAGE": "en",
            "IMSR_DEADLINE_SECONDS": "2.5",
            "IMSR_UNAVAILABLE": "412",
            "IMSR_CORS_ORIGINS": "https://Ehr.Example.nl:443 http://localhost:4200",
            "IMSR_TODAY": "2026-06-15",
            "IMSR_CRITERIA_DIR": str(tmp_path),
            "IMSR_TERMINOLOGY_DIR": str(tmp_path),
            "IMSR_WINDOW_MARGIN_DAYS": "400",
            "IMSR_PREFETCH": "full",
            "IMSR_CDS_HOOKS_VERSION": "3.0.0",
            "IMSR_SHOW_NOT_APPLICABLE": "on",
            "IMSR_TABLES": "list",
            "IMSR_CA_FILE": str(certificates),
            "IMSR_MAX_PAGES": "",
        }
    )
    assert settings.is_development
    assert settings.fhir_servers == ("https://ehr.example.nl/fhir", "hapi-test")
    assert settings.cors_origins == ("https://ehr.example.nl", "http://localhost:4200")
    assert settings.deadline_seconds == 2.5
    assert settings.today == date(2026, 6, 15)
    assert settings.criteria_dir == settings.terminology_dir == tmp_path
    assert settings.ca_file == certificates
    assert settings.show_not_applicable
    assert settings.max_pages == 100


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMSR_MODE", "dev"),
        ("IMSR_MODE", "Development"),
        ("IMSR_HOST", "local host"),
        ("IMSR_PORT", "65536"),
        ("IMSR_PORT", "-1"),
        ("IMSR_PORT", "8e3"),
        ("IMSR_FHIR_SERVERS", "http://ehr.example.nl/fhir"),
        ("IMSR_FHIR_SERVERS", "ehr.example.nl"),
        ("IMSR_FHIR_SERVERS", "https://ehr.example.nl/fhir?x=1"),
        ("IMSR_LANGUAGE", "de"),
        ("IMSR_DEADLINE_SECONDS", "0"),
        ("IMSR_DEADLINE_SECONDS", "4,5"),
        ("IMSR_DEADLINE_SECONDS", "inf"),
        ("IMSR_UNAVAILABLE", "413"),
        ("IMSR_CORS_ORIGINS", "*"),
        ("IMSR_CORS_ORIGINS", "https://ehr.example.nl/"),
        ("IMSR_CORS_ORIGINS", "ehr.example.nl"),
        ("IMSR_TODAY", "2026-02-30"),
        ("IMSR_TODAY", "20260615"),
        ("IMSR_TODAY", "2026-06"),
        ("IMSR_CRITERIA_DIR", "/no/such/folder"),
        ("IMSR_CA_FILE", "/no/such/file.pem"),
        ("IMSR_CDS_HOOKS_VERSION", "2.0"),
        ("IMSR_PREFETCH", "all"),
        ("IMSR_SHOW_NOT_APPLICABLE", "yes"),
        ("IMSR_TABLES", "html"),
        ("IMSR_MAX_NESTING", "0"),
        ("IMSR_PUBLIC_URL", "http://cds.example.nl"),
        ("IMSR_PUBLIC_URL", "cds.example.nl"),
        ("IMSR_PUBLIC_URL", "https://cds.example.nl?x=1"),
        ("IMSR_TRUSTED_CLIENTS", "/no/such/file.yaml"),
        ("IMSR_PROTECT_DISCOVERY", "yes"),
        ("IMSR_TOKEN_ALGORITHMS", "ES384 HS256"),
        ("IMSR_TOKEN_ALGORITHMS", "none"),
        ("IMSR_TOKEN_LEEWAY_SECONDS", "4"),
        ("IMSR_TOKEN_LIFETIME_SECONDS", "86400"),
        ("IMSR_STORE_URL", "mysql://localhost/x"),
        ("IMSR_STORE_URL", "sqlite://"),
        ("IMSR_AUDIT_KEY", "too-short"),
        ("IMSR_AUDIT_DAYS", "0"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidSettingsError) as raised:
        read_settings({**DEVELOPMENT, name: value})
    (fault,) = raised.value.faults
    assert fault.startswith(f"{name} ")


def test_no_fault_repeats_a_value() -> None:
    with pytest.raises(InvalidSettingsError) as raised:
        read_settings({setting.name: "S3CRET S3CRET" for setting in SETTINGS})
    assert len(raised.value.faults) == 47
    assert "S3CRET" not in str(raised.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidSettingsError) as raised:
        read_settings({"IMSR_PORT": "x", "IMSR_LANGUAGE": "x", "IMSR_FHIR_SERVERS": "x y"})
    assert [fault.split()[0] for fault in raised.value.faults] == [
        "IMSR_PORT",
        "IMSR_FHIR_SERVERS",
        "IMSR_LANGUAGE",
    ]


def test_a_password_in_a_url_is_refused_and_never_shown() -> None:
    environ = {**DEVELOPMENT, "IMSR_FHIR_SERVERS": "https://me:secret@ehr.example.nl/fhir"}
    with pytest.raises(InvalidSettingsError) as raised:
        read_settings(environ)
    assert "secret" not in str(raised.value)
    assert not any("secret" in row.value for row in describe_settings(environ))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:S3CRET@db.example.nl/cds", "postgresql://***"),
        ("postgresql://me:S3@CRET@db.example.nl/cds", "postgresql://***"),
        ("postgresql://me:S3/CRET@db.example.nl/cds", "postgresql://***"),
        ("postgresql://db/cds?user=me&password=S3CRET", "postgresql://***"),
        ("postgresql://db/cds?password=S3@CRET", "postgresql://***"),
    ],
)
def test_no_form_of_the_url_of_a_store_shows_its_password(url: str, shown: str) -> None:
    values = {row.name: row.value for row in describe_settings({"IMSR_STORE_URL": url})}
    assert values["IMSR_STORE_URL"] == shown


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("IMSR_MODE", "must be production or development"),
        ("IMSR_LANGUAGE", "must be nl or en"),
        ("IMSR_PORT", "must be a whole number from 0 to 65535"),
        ("IMSR_DEADLINE_SECONDS", "must be a number from 0.1 to 60, with a decimal point"),
        ("IMSR_TABLES", "must be table or list"),
        ("IMSR_SHOW_NOT_APPLICABLE", "must be on or off"),
        ("IMSR_TODAY", "must be a day like 2026-06-15"),
        ("IMSR_AUDIT_KEY", "must be a secret of at least 32 characters"),
        (
            "IMSR_FHIR_SERVERS",
            "is wrong: entry 1 must be an absolute http or https URL",
        ),
        (
            "IMSR_CA_FILE",
            "must be a file that exists; correct the path, or leave the setting out",
        ),
        (
            "IMSR_CRITERIA_DIR",
            "must be a folder that exists; make it, or leave the setting out",
        ),
    ],
)
def test_a_fault_says_what_the_value_must_be(name: str, rule: str) -> None:
    with pytest.raises(InvalidSettingsError) as raised:
        read_settings({**DEVELOPMENT, name: "x"})
    assert raised.value.faults == (f"{name} {rule}",)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "ehr.example.nl"])
def test_development_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(InvalidSettingsError, match="IMSR_HOST must be a loopback address"):
        read_settings({**DEVELOPMENT, "IMSR_HOST": host})


def test_today_is_for_development() -> None:
    with pytest.raises(InvalidSettingsError, match="IMSR_TODAY works in development mode only"):
        read_settings({"IMSR_TODAY": "2026-06-15"})


def test_production_refuses_to_start_and_says_why() -> None:
    settings = read_settings({})
    for start in (refuse_unsafe_start, create_app):
        with pytest.raises(InvalidSettingsError, match="IMSR_TRUSTED_CLIENTS must name"):
            start(settings)


def test_a_variable_that_means_nothing_is_named() -> None:
    settings = read_settings({"IMSR_LANGAUGE": "en", "PATH": "/bin", "IMSR_PORT": "1"})
    assert settings.unrecognised == ("IMSR_LANGAUGE",)


def test_every_setting_is_described() -> None:
    rows = {row.name: row for row in describe_settings({"IMSR_PORT": "9000", "IMSR_HOST": ""})}
    assert len(rows) == len(SETTINGS) == 48
    assert rows["IMSR_PORT"].value == "9000"
    assert rows["IMSR_PORT"].source == "environment"
    assert rows["IMSR_PORT"].default == "8000"
    assert rows["IMSR_HOST"].source == "default"
    assert all(len(row.meaning) > 10 for row in rows.values())


@pytest.mark.parametrize(
    ("server", "development", "production"),
    [
        ("https://ehr.example.nl/fhir", Access.ALLOWED_WITH_TOKEN, Access.ALLOWED_WITH_TOKEN),
        ("https://EHR.example.nl:443/fhir/", Access.ALLOWED_WITH_TOKEN, Access.ALLOWED_WITH_TOKEN),
        ("https://ehr.example.nl/fhir2", Access.NOT_ALLOWED, Access.NOT_ALLOWED),
        ("https://hapi.fhir.org/baseR4", Access.ALLOWED_ANONYMOUS, Access.ALLOWED_ANONYMOUS),
        ("http://127.0.0.1:8080/fhir", Access.ALLOWED_WITH_TOKEN, Access.ALLOWED_WITH_TOKEN),
        ("http://localhost:8080/fhir", Access.ALLOWED_ANONYMOUS, Access.PLAIN_HTTP),
        ("http://ehr.example.nl/fhir", Access.PLAIN_HTTP, Access.PLAIN_HTTP),
    ],
)
def test_which_servers_may_be_asked(server: str, development: Access, production: Access) -> None:
    words = "https://ehr.example.nl/fhir hapi-test http://127.0.0.1:8080/fhir"
    listed = {"IMSR_FHIR_SERVERS": words}
    assert read_settings({**DEVELOPMENT, **listed}).allowed_servers.decide(server) is development
    assert read_settings(listed).allowed_servers.decide(server) is production


def test_the_day_is_that_of_amsterdam_or_the_one_that_was_set() -> None:
    fixed = read_settings({**DEVELOPMENT, "IMSR_TODAY": "2026-06-15"})
    assert calendar(fixed)() == date(2026, 6, 15)
    assert abs((calendar(read_settings({}))() - date.today()).days) <= 1  # noqa: DTZ011
