"""What commands print of files and servers cannot steer a terminal."""

import json
from pathlib import Path

from click.testing import CliRunner

from cds_service.cli import main
from cds_service.cli.printable_text import printable_json

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
