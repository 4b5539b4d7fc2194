"""What `imsr-cds population run` does: a run from its options to its files and last words."""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

from cds_service.population.export_files import UnusableExportError, find_export
from cds_service.population.judging import Referrals
from cds_service.population.measure_report import measure_report
from cds_service.population.published import publish
from cds_service.population.report import report_html
from cds_service.population.run import (
    PLAN,
    SUMMARY,
    Options,
    OtherRunError,
    Progress,
    Run,
    begin,
    do,
    finish,
)
from cds_service.population.summary import summary_json
from cds_service.population.tables import write_text

_KEY_BYTES: Final = 32


class UnusableRunError(Exception):
    """The run cannot begin. The text says what was wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command."""

    source: Path
    out: Path
    referrals: str
    as_of: date
    readings: frozenset[str] | None
    workers: int
    base_url: str
    key_file: Path
    with_contacts: bool
    least: int
    criteria_dir: Path | None
    terminology_dir: Path | None


@dataclass(frozen=True, slots=True)
class Ended:
    """What is said at the end; warnings where the export is not whole."""

    says: tuple[str, ...]
    warnings: tuple[str, ...]


class Bars(Protocol):
    """Bars that show how far each part is."""

    def add_task(self, description: str, *, total: float | None = None) -> Any:
        """A further bar; what it gives names it."""

    def advance(self, task_id: Any, advance: float = 1) -> None:
        """One step further."""


def progress_on(bars: Bars) -> Progress:
    """Progress that is shown on bars: one for each part."""
    tasks: list[Any] = []
    return Progress(
        begin=lambda part, steps: tasks.append(bars.add_task(part, total=steps)),
        step=lambda: bars.advance(tasks[-1]),
    )


def run(asked: Asked, progress: Progress) -> Ended:
    """Judge all, write all, and say what came of it.

    Raises UnusableRunError where nothing can be judged, and OSError for a disk that is full or a
    folder that cannot be written.
    """
    try:
        wanted = _run_of(asked)
        is_finished = begin(wanted)
    except (UnusableExportError, OtherRunError) as error:
        raise UnusableRunError(str(error)) from None
    if not is_finished:
        result = do(wanted, asked.workers, progress)
        written = summary_json(result, json.loads((asked.out / PLAN).read_text(encoding="utf-8")))
        shown = publish(written["counts"], asked.least)
        write_text(asked.out / "measure-report.json", measure_report(shown, written["run"]))
        write_text(asked.out / "report.html", report_html(shown, written))
        write_text(asked.out / SUMMARY, json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    finish(wanted)
    summary = json.loads((asked.out / SUMMARY).read_text(encoding="utf-8"))
    return Ended(tuple(_says(summary, asked.out)), tuple(_warnings(summary)))


def _run_of(asked: Asked) -> Run:
    export = find_export(asked.source, asked.base_url)
    options = Options(
        referrals=Referrals(asked.referrals),
        as_of=asked.as_of,
        readings=asked.readings,
        with_contacts=asked.with_contacts,
        least=asked.least,
        criteria_dir=asked.criteria_dir,
        terminology_dir=asked.terminology_dir,
    )
    return Run(export, asked.out, options, _secret(asked.key_file))


def _secret(path: Path) -> bytes:
    """The key of the pseudonyms; a new one where there is no file yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(_KEY_BYTES).encode())
    key = path.read_bytes().strip()
    if len(key) < _KEY_BYTES:
        raise UnusableRunError(
            f"{path} must hold at least {_KEY_BYTES} bytes. Name another file, or remove it and a"
            " new key is made."
        )
    return key


def _says(summary: dict[str, Any], out: Path) -> Iterator[str]:
    counts = summary["counts"]
    yield f"{counts['referrals']} referrals of {counts['patients_referred']} patients"
    for outcome, number in counts["outcomes"].items():
        yield f"  {outcome:<15}{number:>10}"
    yield f"in {out}"


def _warnings(summary: dict[str, Any]) -> Iterator[str]:
    """What makes the export not whole, and what that did."""
    for kind in summary["missing"]:
        yield (
            f"There is no {kind} file, so it counts as not exported. If the export was asked for"
            f" it and there is none, add an empty {kind}.ndjson."
        )
    for reason, number in summary["losses"].items():
        yield f"Lost: {number} x {reason}. The table of losses says where."
    if summary["incomplete"]:
        kinds = " and ".join(summary["incomplete"])
        yield f"What was lost of {kinds} can be anybody's: such outcomes are record_incomplete."
    for kind, number in summary["counts"]["lost_references"].items():
        yield f"{number} references lead to a {kind} that the export does not hold."
