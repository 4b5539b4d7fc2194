"""What commands print of files and servers cannot steer a terminal."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cds_service.cli import main
from cds_service.cli.printable_text import printable_json
from cds_service.demo.local_hapi import LocalHapiUnavailableError
from cds_service.demo.patients import DemoPatient
from cds_service.demo.stories import DEMO_PATIENTS

STEERING = "\u202ea\u2066b\u200fc\x9b31md\x7f"


def test_json_for_a_reader_holds_no_control_and_no_bidi_character() -> None:
    told = {"practice": STEERING, "naïef": ["é ", {"emoji": "🙂"}]}
    written = printable_json(told)
    assert all(letter == "\n" or letter.isprintable() for letter in written)
    assert "\\u202ea\\u2066b\\u200fc\\u009b31md\\u007f" in written
    assert json.loads(written) == told


def test_faults_of_a_rule_file_hold_no_control_and_no_bidi_character(tmp_path: Path) -> None:
    file = tmp_path / "rule.yaml"
    file.write_text(f'"name{STEERING}": 1\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["lint-criteria", str(file)])
    assert result.exit_code == 1
    assert all(letter == "\n" or letter.isprintable() for letter in result.output)


def test_an_explained_code_holds_no_control_and_no_bidi_character() -> None:
    arguments = ["explain-code", "http://snomed.info/sct", f"1{STEERING}2", "--json"]
    written = CliRunner().invoke(main, arguments).stdout
    assert all(letter == "\n" or letter.isprintable() for letter in written)
    assert json.loads(written)["known"] is False
    assert "\u202e" in json.loads(written)["asked"]["code"]


def test_answers_of_the_demo_hold_no_control_and_no_bidi_character(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answered(*_: object) -> list[tuple[DemoPatient, dict[str, Any]]]:
        return [(DEMO_PATIENTS[0], {"cards": [{"summary": STEERING}]})]

    def no_java(**_: object) -> None:
        raise LocalHapiUnavailableError("Java is not installed")

    monkeypatch.setattr("cds_service.cli.demo_command._answers", answered)
    monkeypatch.setattr("cds_service.cli.demo_command.local_hapi", no_java)
    written = CliRunner().invoke(main, ["demo", "--once", "--json"]).stdout
    assert all(letter == "\n" or letter.isprintable() for letter in written)
    assert json.loads(written)[0]["answer"] == {"cards": [{"summary": STEERING}]}
