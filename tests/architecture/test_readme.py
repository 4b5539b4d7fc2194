"""The README says what is there: every setting, every command, every room."""

import re
import subprocess
from pathlib import Path

import click
import pytest

from cds_service.cli import main
from cds_service.settings.settings import SETTINGS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def _table_row(name: str, default: str, meaning: str) -> str:
    shown = f"`{default}`" if default else ""
    return f"| `{name}` | {shown} | {meaning} |"


def test_every_setting_stands_in_the_readme_as_the_table_has_it() -> None:
    inside = README.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    rows = [line for line in inside.splitlines() if line.startswith("| `IMSR_")]
    assert rows == [_table_row(each.name, each.default, each.meaning) for each in SETTINGS]


def _commands(group: click.Command, before: str) -> list[str]:
    if not isinstance(group, click.Group):
        return [before]
    context = click.Context(group)
    named = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return [
        spelled
        for name, command in named
        if command is not None
        for spelled in _commands(command, f"{before} {name}")
    ]


@pytest.mark.parametrize("command", _commands(main, "imsr-cds"))
def test_every_command_stands_in_the_readme(command: str) -> None:
    first, _, last = command.rpartition(" ")
    assert command in README or (first in README and f"`{last}" in README)


def test_every_path_that_the_readme_names_exists() -> None:
    linked = set(re.findall(r"\]\(([a-z_./A-Z-]+)\)", README))
    assert linked
    assert [path for path in linked if not (ROOT / path).exists()] == []


def test_every_target_of_make_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`?make ([a-z]+)", README))
    listed = subprocess.run(
        ["make", "help"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert named
    assert [name for name in named if f"make {name}" not in listed] == []


def test_no_registry_and_no_path_of_a_machine_is_named() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    # written backwards, so that this file names none of them either
    backwards = ("gro.ipyp", "gro.detsohnohtyp", "/krow/", "gro.nevam.1oper")
    words = [word[::-1] for word in backwards]
    found = [
        (path, word)
        for path in tracked
        if (ROOT / path).suffix in {".md", ".txt", ".toml", ".py", ".yaml", ".xml", ""}
        and (ROOT / path).is_file()
        for word in words
        if word in (ROOT / path).read_text(errors="ignore")
    ]
    assert found == []
