"""Help, version, settings, rule files and refusals: what a user sees without a FHIR server."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.cli import main
from cds_service.criteria_files.folder import OUR_FOLDER

DEVELOPMENT = {"IMSR_MODE": "development"}
RULE_FILE = OUR_FOLDER / "imsr-persistent-pain.2026-04-20.r1.yaml"


@pytest.fixture(autouse=True)
def _never_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """What should refuse to start and does not would serve for ever."""
    monkeypatch.setattr("cds_service.cli.serve_command.serve_until_stopped", _fail)


def _fail(*_: object) -> None:
    pytest.fail("the service has started")


def one_line(text: str) -> str:
    """Without the line breaks of a terminal."""
    return " ".join(text.split())


def test_the_help_names_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for command in ("serve", "check", "demo", "lint-criteria", "settings"):
        assert f"\n  {command} " in result.output


@pytest.mark.parametrize(
    "command", [["serve"], ["check"], ["demo"], ["demo", "load"], ["lint-criteria"], ["settings"]]
)
def test_every_command_explains_itself(command: list[str]) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")
    assert len(result.output.splitlines()) > 5


def test_the_version_is_that_of_the_package() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.output == "imsr-cds 0.1.0\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["sing"]).exit_code == 2


def test_settings_shows_value_source_and_meaning() -> None:
    result = CliRunner().invoke(main, ["settings"], env={"IMSR_LANGUAGE": "en", **DEVELOPMENT})
    assert result.exit_code == 0
    assert "IMSR_LANGUAGE = en  (environment)\n" in result.stdout
    assert "IMSR_DEADLINE_SECONDS = 4  (default)\n" in result.stdout
    assert "Language of the cards, `nl` or `en`. Default: nl." in one_line(result.stdout)


def test_settings_names_a_wrong_value_and_still_shows_all() -> None:
    result = CliRunner().invoke(main, ["settings"], env={"IMSR_LANGUAGE": "fr"})
    assert result.exit_code == 1
    assert "IMSR_LANGUAGE = fr  (environment)\n" in result.stdout
    assert "IMSR_LANGUAGE must be nl or en" in result.stderr


def test_settings_names_a_variable_that_means_nothing() -> None:
    environment = {"IMSR_LANGAUGE": "en", "IMSR_NO_SKIPS": None}  # the latter is for the tests
    result = CliRunner().invoke(main, ["settings"], env=environment)
    assert result.exit_code == 0
    assert result.stderr == "IMSR_LANGAUGE is set, but no setting has that name.\n"


def test_our_rule_file_has_no_faults() -> None:
    result = CliRunner().invoke(main, ["lint-criteria", str(RULE_FILE)])
    assert result.exit_code == 0
    assert result.stdout == f"{RULE_FILE}: no faults\n"


def test_a_fault_in_a_rule_file_is_named_with_its_place(tmp_path: Path) -> None:
    wrong = tmp_path / RULE_FILE.name
    wrong.write_text(RULE_FILE.read_text(encoding="utf-8").replace("sessions: 6", "sesions: 6"))
    result = CliRunner().invoke(main, ["lint-criteria", str(wrong)])
    assert result.exit_code == 1
    assert "sesions" in result.stderr
    assert "The service would not start with this file." in result.stderr


def test_a_rule_file_that_is_not_there_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["lint-criteria", "nowhere.yaml"])
    assert result.exit_code == 2
    assert "'nowhere.yaml' does not exist" in result.stderr


def test_production_refuses_to_start_and_says_why() -> None:
    result = CliRunner().invoke(main, ["serve"], env={"IMSR_MODE": "production"})
    assert result.exit_code == 1
    assert "anybody could ask for patient data" in one_line(result.stderr)


def test_development_listens_on_loopback_only() -> None:
    result = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0"], env=DEVELOPMENT)
    assert result.exit_code == 1
    assert "IMSR_HOST must be a loopback address in development mode" in result.stderr


def test_a_port_in_use_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(main, ["serve", "--port", port], env=DEVELOPMENT)
    assert result.exit_code == 1
    assert f"Cannot listen on 127.0.0.1, port {port}: Address already in use." in result.stderr
    assert "Choose another port with --port" in result.stderr


def test_a_port_that_is_none_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["serve", "--port", "70000"]).exit_code == 2


def test_a_wrong_rule_folder_stops_the_start(tmp_path: Path) -> None:
    environment = {**DEVELOPMENT, "IMSR_CRITERIA_DIR": str(tmp_path)}
    result = CliRunner().invoke(main, ["serve"], env=environment)
    assert result.exit_code == 1
    assert "A rule file is wrong:" in result.stderr
    assert "Traceback" not in result.output


def test_a_wrong_code_table_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "concept_maps").mkdir()
    (tmp_path / "concept_maps" / "role-uzi.json").write_text("{", encoding="utf-8")
    environment = {**DEVELOPMENT, "IMSR_TERMINOLOGY_DIR": str(tmp_path)}
    result = CliRunner().invoke(main, ["serve"], env=environment)
    assert result.exit_code == 1
    assert "A code table is wrong:" in result.stderr
