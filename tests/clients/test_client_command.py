"""`imsr-cds client` and `imsr-cds store`: what an operator sees."""

import json
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from cds_service.cli import main
from tests.clients.issuing import (
    DISCOVERY,
    SELECT,
    SIGN,
    SigningKey,
    bearer,
    key_set,
    signing_key,
)
from tests.clients.site import ENTRY, Site
from tests.contract.calls import order_sign

ADD = (
    *("client", "add", "EHR of practice De Linde", "--issuer", "https://linde.example.nl"),
    *("--fhir-server", "https://linde.example.nl/fhir"),
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def run(site: Site, *arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, arguments, env=site.environ, input=stdin)


def linde_keys(site: Site) -> str:
    path = site.folder / "linde.json"
    path.write_text(key_set(signing_key("linde")))
    return str(path)


def test_add_prints_an_entry(site: Site) -> None:
    before = site.file.read_text()
    result = run(site, *ADD, "--jwks", linde_keys(site), "--language", "en")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "- name: EHR of practice De Linde\n"
        "  issuer: https://linde.example.nl\n"
        "  jwks: linde.json\n"
        "  fhir_servers:\n"
        "  - https://linde.example.nl/fhir\n"
        "  language: en\n"
    )
    assert site.file.read_text() == before
    assert [path.name for path in site.folder.iterdir() if path.name.startswith(".")] == []


def test_add_writes_below_what_stands_there(site: Site) -> None:
    site.file.write_text(
        "# our clients\nclients:\n    # the first one\n    - name: EHR of a test\n"
        "      issuer: https://ehr.example.nl\n      jwks: keys.json\n"
        "      fhir_servers: [https://ehr.example.nl/fhir] # the only one\n"
    )
    before = site.file.read_text()
    site.file.chmod(0o640)
    result = run(site, *ADD, "--jwks", linde_keys(site), "--audience", "sandman", "--write")
    assert result.exit_code == 0, result.output
    assert site.file.read_text().startswith(before)
    assert site.file.stat().st_mode & 0o777 == 0o640
    entries = yaml.safe_load(site.file.read_text())["clients"]
    assert [entry["name"] for entry in entries] == ["EHR of a test", "EHR of practice De Linde"]
    token = signing_key("linde").token(iss="https://linde.example.nl", aud="sandman")
    assert site.client().call(order_sign(), **bearer(token)).status_code == 200


def test_add_makes_the_file(site: Site) -> None:
    site.file.unlink()
    result = run(site, *ADD, "--jwks-uri", "https://linde.example.nl/jwks.json", "--write")
    assert result.exit_code == 0, result.output
    assert site.file.read_text() == (
        "clients:\n"
        "  - name: EHR of practice De Linde\n"
        "    issuer: https://linde.example.nl\n"
        "    jwks_uri: https://linde.example.nl/jwks.json\n"
        "    fhir_servers:\n"
        "    - https://linde.example.nl/fhir\n"
    )
    assert "started again" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "clients.1: must hold either jwks or jwks_uri"),
        (("--jwks-uri", "http://linde.example.nl/x"), "clients.1.jwks_uri: must be https"),
        (("--jwks-uri", "https://x.nl/j", "--fhir-server", "ftp://x"), "fhir_servers: entry 2"),
        (
            ("--jwks-uri", "https://x.nl/j", "--issuer", "https://ehr.example.nl"),
            "issuer: appears twice",
        ),
    ],
)
def test_add_refuses_what_the_start_would_refuse(
    site: Site, arguments: tuple[str, ...], fault: str
) -> None:
    before = site.file.read_text()
    result = run(site, *ADD, *arguments, "--write")
    assert result.exit_code == 1
    assert fault in result.stderr
    assert str(site.file) in result.stderr
    assert site.file.read_text() == before


def test_add_refuses_a_private_key(site: Site) -> None:
    path = site.folder / "private.json"
    path.write_text(json.dumps({"keys": [{**signing_key().public(), "d": "S3CRET"}]}))
    result = run(site, *ADD, "--jwks", str(path))
    assert result.exit_code == 1
    assert "holds a private or secret key" in result.stderr
    assert "S3CRET" not in result.stderr


def test_add_does_not_touch_a_file_in_another_form(site: Site) -> None:
    site.file.write_text(json.dumps({"clients": [dict(ENTRY)]}))
    before = site.file.read_text()
    result = run(site, *ADD, "--jwks-uri", "https://linde.example.nl/jwks.json", "--write")
    assert result.exit_code == 1
    assert "only a person can add to" in result.stderr
    assert site.file.read_text() == before


def test_list_shows_every_client(tmp_path: Path) -> None:
    remote = {
        "name": "Hospital",
        "issuer": "https://hospital.example.nl",
        "jwks_uri": "https://hospital.example.nl/jwks.json",
        "fhir_servers": ["https://hospital.example.nl/fhir"],
        "audiences": ["sandman"],
        "language": "en",
    }
    result = run(Site(tmp_path, ENTRY, remote), "client", "list")
    assert result.exit_code == 0
    assert result.stdout == (
        "EHR of a test\n"
        "  issuer               https://ehr.example.nl\n"
        "  keys                 key-1, key-rsa\n"
        "  FHIR servers         https://ehr.example.nl/fhir\n"
        "  further audiences    none\n"
        "  language             nl\n"
        "  prefetch             portable\n"
        "  tables               table\n"
        "  show not applicable  no\n"
        "  launch of the page   none\n"
        "Hospital\n"
        "  issuer               https://hospital.example.nl\n"
        "  keys                 from https://hospital.example.nl/jwks.json\n"
        "  FHIR servers         https://hospital.example.nl/fhir\n"
        "  further audiences    sandman\n"
        "  language             en\n"
        "  prefetch             portable\n"
        "  tables               table\n"
        "  show not applicable  no\n"
        "  launch of the page   none\n"
    )


def test_check_accepts_and_does_not_use_up(site: Site) -> None:
    client = site.client()
    for audience in (SIGN, SELECT, DISCOVERY):
        token = signing_key().token(aud=audience)
        for text in (token, f"Bearer {token}"):
            result = run(site, "client", "check", "-", stdin=text)
            assert result.exit_code == 0, result.output
            assert "Accepted, as a call of EHR of a test." in result.stdout
            assert "used       not yet" in result.stdout
            assert token not in result.output
    token = signing_key().token()
    assert run(site, "client", "check", token).exit_code == 0
    assert client.call(order_sign(), **bearer(token)).status_code == 200
    result = run(site, "client", "check", token)
    assert result.exit_code == 1
    assert "Refused (replayed)" in result.stderr


NOW = int(time.time())


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (lambda: "x", "Refused (malformed): a token is three parts"),
        (lambda: signing_key().token(aud="x"), "(audience): `aud` is 'x' and must be 'https"),
        (lambda: signing_key().token(iss="x"), "(issuer): no trusted client has the issuer 'x'"),
        (lambda: signing_key().token(exp=NOW - 100), "Refused (expired): it expired "),
        (lambda: signing_key().token(exp=NOW + 9999), "Refused (lifetime): `exp` - `iat` is "),
        (lambda: signing_key().token(exp="x"), "Refused (claims): `exp` must be a number"),
        (lambda: signing_key("key-9").token(), "(unknown_key): the client has no key 'key-9'"),
        (lambda: signing_key().token(header={"kid": "a\x1b[31m"}), "has no key 'a\\x1b[31m'"),
        (
            lambda: SigningKey("key-1", "ES384", signing_key("stranger").private).token(),
            "Refused (signature): the signature is not of the key 'key-1'",
        ),
    ],
)
def test_check_says_why(site: Site, token: object, words: str) -> None:
    assert callable(token)
    result = run(site, "client", "check", token())
    assert result.exit_code == 1
    assert words in " ".join(result.stderr.split())


def test_check_makes_no_store(site: Site) -> None:
    result = run(site, "client", "check", signing_key().token())
    assert "used       not known: there is no store here" in result.stdout
    assert not (site.folder / "store.sqlite3").exists()


def test_check_needs_to_know_for_whom_a_token_is(site: Site) -> None:
    site.environ["IMSR_PUBLIC_URL"] = ""
    result = run(site, "client", "check", "x")
    assert result.exit_code == 1
    assert "IMSR_PUBLIC_URL is not set" in result.stderr


def test_without_a_file_each_command_says_what_to_do(site: Site) -> None:
    site.environ["IMSR_TRUSTED_CLIENTS"] = ""
    for arguments in (("list",), ("check", "x")):
        result = run(site, "client", *arguments)
        assert result.exit_code == 1
        assert "Set IMSR_TRUSTED_CLIENTS" in result.stderr


def test_rows_of_a_patient_are_found_and_purged(site: Site) -> None:
    client = site.client()
    for _ in range(2):
        client.call(order_sign(), **bearer(signing_key().token()))
    found = run(site, "store", "find", "EHR of a test", "-", stdin="pat-1\n")
    assert [json.loads(line)["status"] for line in found.stdout.splitlines()] == [200, 200]
    assert run(site, "store", "find", "EHR of a test", "pat-2").stdout == ""
    assert run(site, "store", "find", "another EHR", "pat-1").stdout == ""
    result = run(site, "store", "purge")
    assert result.stdout == (
        "Deleted 0 audit rows older than 1827 days, 0 expired tokens and 0 expired sessions of "
        "the page.\n"
    )


def test_where_nothing_is_kept_the_store_commands_say_so() -> None:
    result = CliRunner().invoke(main, ["store", "purge"], env={"IMSR_MODE": "development"})
    assert result.exit_code == 1
    assert "nothing is kept" in result.stderr
