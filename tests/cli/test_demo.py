"""`imsr-cds demo`: with a HAPI of its own, and without Java."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import main
from cds_service.demo.local_hapi import LocalHapi, LocalHapiUnavailableError
from tests.builders.loopback import LoopbackFhir, serve

OUTCOMES = ["met"] * 6 + ["not_met"] * 6 + ["indeterminate"] * 14 + ["not_applicable"] * 3


@contextmanager
def _no_java(**_: object) -> Iterator[LocalHapi]:
    raise LocalHapiUnavailableError("Java is not installed")
    yield


@pytest.fixture
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cds_service.cli.demo_command.local_hapi", _no_java)


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["demo", *arguments], env=environment)


def outcomes(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    told: list[dict[str, Any]] = json.loads(result.stdout)
    return [each["answer"]["extension"]["nl.imsr-cds.assessments"][0]["outcome"] for each in told]


@pytest.mark.usefixtures("without_java")
def test_without_java_the_records_come_with_the_calls_and_that_is_said() -> None:
    result = run("--once", "--json")
    assert outcomes(result) == OUTCOMES
    assert "No HAPI FHIR server: Java is not installed" in result.stderr
    assert "The records are sent with the calls instead (prefetch)" in result.stderr


@pytest.mark.usefixtures("without_java")
def test_each_patient_is_introduced_and_shown_with_a_card() -> None:
    result = run("--once")
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "1. Anneke Brouwer" in text
    assert "number and duration of option 1 are shown." in text
    assert "outcome: indeterminate (duration_borderline)" in text
    assert "27. Rosa Martina" in text
    assert "No card: the clinician sees nothing. outcome: not_applicable (one_time_consult)" in text
    assert "│" in result.stdout


@pytest.mark.usefixtures("without_java")
def test_the_end_is_a_table_of_all_patients_in_their_groups() -> None:
    text = run("--once", COLUMNS="80").stdout
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    order = [
        "Every patient here is invented.",
        "Number and duration are shown",
        "1. Anneke Brouwer  imsr-demo-optie-1",
        "Something is short",
        "Not certain, and the card says what would settle it",
        "The criteria do not apply: no card",
        "All demo patients",
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    table = lines[lines.index(next(each for each in lines if "All demo patients" in each)) :]
    assert [line.split() for line in table if "Brouwer" in line or "Ruiter" in line] == [
        ["1", "Anneke", "Brouwer", "met", "info"],
        ["28", "Finn", "de", "Ruiter", "not_applicable", "minor", "none"],
    ]


@pytest.mark.usefixtures("without_java")
def test_a_port_in_use_is_said_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "Address already in use" in result.stderr
    assert "HAPI" not in result.stderr


@pytest.mark.usefixtures("without_java")
def test_what_is_piped_holds_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    result = run("--once")
    assert "\x1b" not in result.output


@pytest.mark.usefixtures("without_java")
def test_the_language_of_the_cards_is_a_setting() -> None:
    told = json.loads(run("--once", "--json", IMSR_LANGUAGE="en").stdout)
    assert told[0]["answer"]["cards"][0]["summary"].startswith("iMSR for pain:")


@pytest.mark.usefixtures("without_java")
def test_a_wrong_setting_is_said_before_anything_starts() -> None:
    result = run("--once", IMSR_LANGUAGE="fr")
    assert result.exit_code == 1
    assert "IMSR_LANGUAGE must be nl or en" in result.stderr


@pytest.mark.usefixtures("without_java")
def test_ctrl_c_ends_the_demo_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("cds_service.cli.demo_command._stay_up", interrupt)
    result = run("--port", "0", "--json")
    assert outcomes(result) == OUTCOMES
    assert result.stderr.endswith("The demo has ended.\n")


def test_a_fhir_server_gives_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(LoopbackFhir()) as base_url:

        @contextmanager
        def _loopback(**_: object) -> Iterator[_Server]:
            yield _Server(base_url)

        monkeypatch.setattr("cds_service.cli.demo_command.local_hapi", _loopback)
        result = run("--once", "--json")
    assert outcomes(result) == OUTCOMES
    assert "Loading demo patients" in result.stderr


class _Server:
    """What the demo uses of a LocalHapi."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url


@pytest.mark.hapi
def test_the_demo_starts_a_hapi_of_its_own() -> None:
    result = run("--once", "--json")
    assert outcomes(result) == OUTCOMES
    assert "HAPI answers at http://127.0.0.1:" in result.stderr
    assert "No HAPI FHIR server" not in result.stderr
