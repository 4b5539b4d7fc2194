"""Writes into the documents what the code already says: settings, exit codes, closed lists.

`make docs` runs it. Each generated part stands between two markers, `<!-- causes -->` and
`<!-- /causes -->`; everything else in a document is written by hand. tests/architecture holds that
running it again would change nothing.
"""

import csv
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click
from prometheus_client.parser import text_string_to_metric_families

from cds_service import cli
from cds_service.criteria_files import load_criteria
from cds_service.domain import meanings
from cds_service.domain.assessment import FlagId
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.criteria import READING_VALUES
from cds_service.observing.metrics import Metrics
from cds_service.settings.settings import SETTINGS

ROOT: Final = Path(__file__).parents[1]
POLICY: Final = ROOT / "cds_service" / "criteria_files" / "POLICY.md"
CONFORMANCE: Final = ROOT / "docs" / "conformance.md"
OPERATIONS: Final = ROOT / "docs" / "operations.md"
README: Final = ROOT / "README.md"
REGISTER: Final = ROOT / "tests" / "contract" / "register.csv"
SCENARIOS: Final = ROOT / "tests" / "data" / "scenarios.csv"

_NAMED_SCENARIOS = 3
_HELD_OTHERWISE: Final[Mapping[str, str]] = {
    "resource_unreadable": "`tests/domain/test_who_and_where.py::test_kind_status_subject_and_day`",
    "setting_unknown": "`tests/domain/test_place_of_care.py::"
    "test_an_unknown_place_is_the_cause_where_a_site_doubts_it`",
    "kind_unclear": "`tests/domain/test_who_and_where.py::test_kind_status_subject_and_day`",
}
"""Causes that no story of the table has as its expected cause, and the test that holds them."""


def settings() -> Iterator[str]:
    """The table of all settings."""
    yield from _head("setting", "default", "meaning")
    for setting in SETTINGS:
        shown = f"`{setting.default}`" if setting.default else ""
        yield f"| `{setting.name}` | {shown} | {setting.meaning} |"


def exit_codes() -> Iterator[str]:
    """What each command says of its exit codes in its help; first what holds for all of them."""
    yield from _head("command", "code", "meaning")
    for code, meaning in re.findall(r"(\d) ([^,;]+)[,;]", cli.__doc__ or ""):
        yield f"| every command, where nothing else is said | {code} | {_one_line(meaning)} |"
    for name, command in _commands(cli.main, "imsr-cds"):
        text = command.help or ""
        _, _, told = text.partition("Exit code")
        listed = re.findall(r"^ +(\d)  (.+)$", told, re.MULTILINE)
        for code, meaning in listed or re.findall(r"(\d): ([^.]+)\.", told):
            yield f"| `{name}` | {code} | {_one_line(meaning)} |"


def metrics() -> Iterator[str]:
    """What `/metrics` tells, as it describes itself."""
    yield from _head("metric", "what it counts")
    for family in text_string_to_metric_families(Metrics().exposition().decode()):
        if family.name.startswith("imsr_") and not family.name.endswith("_created"):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            yield f"| `{name}` | {family.documentation} |"


def causes() -> Iterator[str]:
    """Every cause, what it means, and stories of the table in which it is expected."""
    yield from _head("cause", "meaning", "held by")
    for cause in Cause:
        held = ", ".join(_stories_with(cause)) or _HELD_OTHERWISE[cause]
        yield f"| {_anchor('cause', cause)}`{cause}` | {meanings.CAUSES[cause]} | {held} |"


def reasons() -> Iterator[str]:
    """Every reason for which a contact does not count."""
    yield from _head("reason", "meaning")
    for reason in Reason:
        yield f"| {_anchor('reason', reason)}`{reason}` | {meanings.REASONS[reason]} |"


def flags() -> Iterator[str]:
    """Every flag, when it is given, and its fields beside `id` and `criterion`."""
    yield from _head("flag", "when; further fields")
    for flag in FlagId:
        yield f"| {_anchor('flag', flag)}`{flag}` | {meanings.FLAGS[flag]} |"


def readings() -> Iterator[str]:
    """Every reading of the rule file that applies to referrals from now on."""
    yield from _head("reading", "values", "why the default", "source")
    for reading in load_criteria().revisions[-1].readings:
        meaning = meanings.READINGS[reading.key]
        values = "; ".join(f"`{value}`: {meaning[value]}" for value in READING_VALUES[reading.key])
        yield (
            f"| {_anchor('reading', reading.key)}`{reading.key}` | {values} "
            f"| {reading.why} | {reading.source.place} |"
        )


def with_register(text: str) -> str:
    """The conformance list with what holds each item, as the register of the contract tests says.

    Raises ValueError if an item stands in one of the two only.
    """
    with REGISTER.open(encoding="utf-8", newline="") as file:
        rows = {row["item"]: row for row in csv.DictReader(file)}
    lines = []
    for line in text.splitlines():
        item = re.match(r'\| <a id="(\w+)"></a>([A-Z]\d+) \|', line)
        if item is None:
            lines.append(line)
            continue
        row = rows.pop(item[2], None)
        if row is None:
            raise ValueError(f"{item[2]} is not in {REGISTER.name}")
        held = f"`tests/contract/{row['test']}`" if row["test"] else f"no test: {row['why none']}"
        cells = line.split(" | ")
        lines.append(" | ".join([*cells[:2], f"{held} |"]))
    if rows:
        raise ValueError(f"{', '.join(rows)}: not in {CONFORMANCE.name}")
    return "\n".join(lines) + "\n"


def between_markers(name: str, lines: Callable[[], Iterable[str]]) -> Callable[[str], str]:
    """A change of a document: what stands between the markers of that name becomes these lines."""

    def change(text: str) -> str:
        opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, found, rest = text.partition(opening)
        _, ended, after = rest.partition(closing)
        if not (found and ended):
            raise ValueError(f"{opening} and {closing} must both stand in the document")
        return "\n".join([f"{before}{opening}", *lines(), f"{closing}{after}"])

    return change


CHANGES: Final[Mapping[Path, tuple[Callable[[str], str], ...]]] = {
    README: (between_markers("settings", settings),),
    OPERATIONS: (
        between_markers("exit-codes", exit_codes),
        between_markers("metrics", metrics),
    ),
    CONFORMANCE: (with_register,),
    POLICY: (
        between_markers("flags", flags),
        between_markers("readings", readings),
        between_markers("causes", causes),
        between_markers("reasons", reasons),
    ),
}
"""What is generated, per document."""


def generated(path: Path) -> str:
    """The document with its generated parts as they must be now."""
    text = path.read_text(encoding="utf-8")
    for change in CHANGES[path]:
        text = change(text)
    return text


def main() -> None:
    """Write every document that is out of step, and name it."""
    for path in CHANGES:
        text = generated(path)
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}: written\n")


def _head(*names: str) -> tuple[str, str]:
    return f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"


def _anchor(kind: str, word: str) -> str:
    return f'<a id="{kind}-{word}"></a>'


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _stories_with(cause: Cause) -> list[str]:
    with SCENARIOS.open(encoding="utf-8", newline="") as file:
        found = [
            row["id"] for row in csv.DictReader(file) if cause in row["expected_because"].split(";")
        ]
    return found[:_NAMED_SCENARIOS]


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for part in command.list_commands(context):
            inner = command.get_command(context, part)
            if inner is not None:
                yield from _commands(inner, f"{name} {part}")


if __name__ == "__main__":
    main()
