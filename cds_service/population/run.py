"""A whole run: files, pieces, buckets, tables; in one process or several, and again where it ended.

Each step leaves a file that is there only when the step is done, so a run that was ended at any
moment goes on with what is left, and the same bytes come out. Nothing hangs on who does a step.
"""

import hashlib
import json
import math
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

from cds_service.criteria_files import load_criteria
from cds_service.population.buckets import (
    judge_bucket,
    known_gaps,
    parsed,
    types_of_files,
)
from cds_service.population.counts import Counts, added
from cds_service.population.directory import Directory
from cds_service.population.export_files import Export, missing_types
from cds_service.population.heads import CARE, LossReason, LostLine
from cds_service.population.judging import KnownGaps, Referrals, Rule
from cds_service.population.partition import (
    SHARED,
    PieceIndex,
    partition,
    read_bucket,
    read_index,
)
from cds_service.population.published import LEAST
from cds_service.population.rows import Keys
from cds_service.population.tables import CONTACTS, LOSSES, OUTCOMES, write_table, write_text
from fhir_mappings.terminology.tables import load_terminology

_BUCKET_BYTES: Final = 16 << 20
"""How much of an export one bucket holds, more or less: what bounds the memory of a worker."""

_PACKED: Final = 10
"""How many times larger a compressed file of NDJSON is when it is read."""

_WORK: Final = ".work"
PLAN: Final = "run.json"
SUMMARY: Final = "summary.json"


class OtherRunError(Exception):
    """The folder holds another run, or something else. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a run. `readings` None: all alternatives."""

    referrals: Referrals
    as_of: date
    readings: frozenset[str] | None = frozenset()
    with_contacts: bool = True
    least: int = LEAST  # the smallest number that the report shows
    criteria_dir: Path | None = None
    terminology_dir: Path | None = None


@dataclass(frozen=True)
class Run:
    """A run: what it reads, where it writes, and how. It can be sent to another process."""

    export: Export
    out: Path
    options: Options
    secret: bytes = field(repr=False)

    @property
    def work(self) -> Path:
        """Where unfinished work lies."""
        return self.out / _WORK

    @property
    def pieces_folder(self) -> Path:
        """Where the pieces lie, by bucket."""
        return self.work / "pieces"

    @property
    def counts_folder(self) -> Path:
        """Where the counts of finished buckets lie."""
        return self.work / "buckets"

    @cached_property
    def buckets(self) -> int:
        """Into how many buckets patients are divided: by the size of the export alone."""
        size = sum(each.size * (_PACKED if each.is_compressed else 1) for each in self.export.files)
        return max(1, math.ceil(size / _BUCKET_BYTES))

    @cached_property
    def rule(self) -> Rule:
        """The rule, loaded in each process."""
        options = self.options
        return Rule(
            criteria=load_criteria(options.criteria_dir),
            terms=load_terminology(options.terminology_dir),
            referrals=options.referrals,
            as_of=options.as_of,
            readings=options.readings,
            base_url=self.export.base_url,
        )

    @cached_property
    def indexes(self) -> tuple[PieceIndex, ...]:
        """What each piece held; known when all pieces are there."""
        number = len(list(self.export.pieces()))
        return tuple(read_index(self.pieces_folder, each) for each in range(number))

    @cached_property
    def losses(self) -> tuple[LostLine, ...]:
        """What could not be read of the files, in the order of the export."""
        not_there = (
            LostLine(each.name, 0, LossReason.NO_FILE, each.resource_type)
            for each in self.export.files
            if not each.is_there
        )
        return (*not_there, *(loss for index in self.indexes for loss in index.losses))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The types without which a record is not whole and of which the export has nothing."""
        wanted = set(CARE) | {"Patient"}
        if self.options.referrals is Referrals.RECORDED:
            wanted.add("ServiceRequest")
        else:
            wanted.add("Condition")
        there = {kind for index in self.indexes for kind in index.types}
        return missing_types(self.export, wanted - there)

    @cached_property
    def gaps(self) -> KnownGaps:
        """What of everybody's record is not whole."""
        named = {each.name: each.resource_type for each in self.export.files}
        files = (piece.file.name for piece in self.export.pieces())
        read = zip(files, (index.types for index in self.indexes), strict=True)
        return known_gaps(self.missing, self.losses, types_of_files(named, read))

    @cached_property
    def directory(self) -> Directory:
        """The roles, people, places and organisations of the export."""
        held = read_bucket(self.pieces_folder, self.indexes, SHARED)
        found = [one for one in map(parsed, held) if one is not None]
        is_whole = not any(
            not loss.resource_type or loss.resource_type == "PractitionerRole"
            for loss in self.losses
        )
        return Directory.of(found, base_url=self.export.base_url, has_every_role=is_whole)

    def fingerprint(self) -> dict[str, Any]:
        """All that decides what comes out, as plain values; of the secret only a hash."""
        options = self.options
        files = [
            [each.name, each.size, each.path.stat().st_mtime_ns if each.is_there else 0]
            for each in self.export.files
        ]
        rules = [
            [each.name, each.revision, each.deviations] for each in self.rule.criteria.revisions
        ]
        return {
            "version": version("imsr-cds"),
            "input": hashlib.sha256(msgspec.json.encode(files)).hexdigest(),
            "baseUrl": self.export.base_url,
            "referrals": options.referrals.value,
            "asOf": options.as_of.isoformat(),
            "readings": "all" if options.readings is None else sorted(options.readings),
            "contacts": options.with_contacts,
            "least": options.least,
            "criteria": hashlib.sha256(msgspec.json.encode(rules)).hexdigest(),
            "terminology": str(options.terminology_dir or ""),
            "key": hashlib.sha256(b"fingerprint" + self.secret).hexdigest(),
            "buckets": self.buckets,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """Told how many steps there are of a part, and each time that one is done."""

    begin: Callable[[str, int], None] = lambda _part, _steps: None
    step: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found: the numbers, what was lost, and which types the export lacks."""

    counts: Counts
    losses: dict[str, int]
    missing: tuple[str, ...]
    gaps: KnownGaps


def begin(run: Run) -> bool:
    """Make the folders, or find the run that was ended here; True where that was finished.

    Raises OtherRunError where the folder holds anything else.
    """
    wanted = run.fingerprint()
    plan = run.out / PLAN
    if plan.exists():
        held = json.loads(plan.read_text(encoding="utf-8"))
        if run.options.referrals is Referrals.RECORDED:
            wanted["asOf"] = held.get("asOf")  # each has its own day, so today decides nothing
        differing = sorted(key for key in wanted if held.get(key) != wanted[key])
        if differing:
            raise OtherRunError(
                f"{run.out} holds a run with other input or options ({', '.join(differing)})."
                " Name another folder, or remove this one."
            )
    elif run.out.exists() and any(run.out.iterdir()):
        raise OtherRunError(f"{run.out} is not empty and holds no run. Name another folder.")
    for folder in ("outcomes", "contacts", "losses"):
        (run.out / folder).mkdir(parents=True, exist_ok=True)
    is_finished = (run.out / SUMMARY).exists()
    if not is_finished:
        run.pieces_folder.mkdir(parents=True, exist_ok=True)
        run.counts_folder.mkdir(parents=True, exist_ok=True)
    write_text(plan, json.dumps(wanted, indent=2) + "\n")
    return is_finished


def do(run: Run, workers: int, progress: Progress) -> Result:
    """Everything up to the numbers; what was done before is not done again."""
    pieces = len(list(run.export.pieces()))
    with _processes(run, workers) as each_done:
        progress.begin("Reading", pieces)
        for _ in each_done(_partition, range(pieces)):
            progress.step()
    # the processes of the second part begin when all pieces are there
    with _processes(run, workers) as each_done:
        progress.begin("Judging", run.buckets)
        for _ in each_done(_judge, range(run.buckets)):
            progress.step()
    return _result(run)


def finish(run: Run) -> None:
    """Remove what was needed to go on."""
    shutil.rmtree(run.work, ignore_errors=True)


def _partition(run: Run, number: int) -> None:
    piece = list(run.export.pieces())[number]
    partition(piece, run.pieces_folder, number, run.buckets, run.export.base_url)


def _judge(run: Run, bucket: int) -> None:
    done = run.counts_folder / f"{bucket:06d}.json"
    if done.exists():
        return
    found = judge_bucket(
        read_bucket(run.pieces_folder, run.indexes, bucket),
        run.directory,
        run.rule,
        Keys(run.secret),
        run.gaps,
        with_contacts=run.options.with_contacts,
    )
    name = f"part-{bucket:06d}.parquet"
    write_table(run.out / "outcomes" / name, found.outcomes, OUTCOMES)
    if run.options.with_contacts:
        write_table(run.out / "contacts" / name, found.contacts, CONTACTS)
    losses = [msgspec.to_builtins(each) for each in found.losses]
    counted = {"counts": found.counts.as_json(), "losses": losses}
    write_text(done, json.dumps(counted))


def _result(run: Run) -> Result:
    losses = list(run.losses)
    parts: list[Counts] = []
    for bucket in range(run.buckets):
        text = (run.counts_folder / f"{bucket:06d}.json").read_text(encoding="utf-8")
        counted = json.loads(text)
        parts.append(Counts.of_json(counted["counts"]))
        losses.extend(msgspec.convert(each, LostLine) for each in counted["losses"])
    rows = [msgspec.to_builtins(each) for each in losses]
    write_table(run.out / "losses" / "part-000000.parquet", rows, LOSSES)
    reasons: dict[str, int] = {}
    for each in losses:
        reasons[each.reason.value] = reasons.get(each.reason.value, 0) + 1
    return Result(added(parts), dict(sorted(reasons.items())), run.missing, run.gaps)


_EachDone = Callable[[Callable[[Run, int], None], Iterable[int]], Iterator[None]]


@contextmanager
def _processes(run: Run, workers: int) -> Iterator[_EachDone]:
    """Something that does a step for each number and gives a sign for each that is done."""
    if workers == 1:

        def here(step: Callable[[Run, int], None], numbers: Iterable[int]) -> Iterator[None]:
            for number in numbers:
                step(run, number)
                yield

        yield here
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start_worker, (replace(run),)) as pool:

        def there(step: Callable[[Run, int], None], numbers: Iterable[int]) -> Iterator[None]:
            futures = [pool.submit(_in_worker, step, number) for number in numbers]
            try:
                for future in as_completed(futures):
                    yield future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

        yield there


_RUN_OF_WORKER: list[Run] = []


def _start_worker(run: Run) -> None:
    """What a worker keeps, and that it ends with the process that started it."""
    _RUN_OF_WORKER[:] = [run]
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _in_worker(step: Callable[[Run, int], None], number: int) -> None:
    step(_RUN_OF_WORKER[0], number)
