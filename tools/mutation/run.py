"""Puts faults into the rule and into its mapping, one at a time, and lists what no test notices.

`python -m tools.mutation.run --sample 200` (or `--all`), from the root of the repository. The
tests run in temporary copies of the tree, two at a time: each fault first in a fork of a process
that has loaded them (:mod:`tools.mutation.nursery`); what cannot be put into a loaded module, in a
process of its own. A mutant is killed when a test fails or when they take too long. What survives
is judged in `SURVIVORS.md`.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import Progress

from tools.mutation.mutants import Mutant
from tools.mutation.mutated_modules import ROOT, every_mutant, modules, tests_of

COPIES: Final = 2
TIMEOUT_SECONDS: Final = 150
COPIED: Final = ("cds_service", "fhir_mappings", "tests", "tools")
ORACLE_EXAMPLES: Final = "300"
"""Fewer than in `make test`, for time."""
LINES_EVERY: Final = 100


def main() -> int:
    """Runs the mutants and prints those that survive; 1 where the tests fail without any fault."""
    asked = _arguments()
    os.chdir(ROOT)
    with TemporaryDirectory() as folder:
        copies = [Path(folder) / str(number) for number in range(COPIES)]
        for copy in copies:
            _copy_tree(copy)
        os.chdir(copies[0])
        chosen = _chosen(asked)
        if not passes(tests_of(chosen), copies[0], seconds=4 * TIMEOUT_SECONDS):
            print("The tests fail without any fault, or take too long.", flush=True)  # noqa: T201
            return 1
        _report(chosen, copies)
    return 0


def _chosen(asked: argparse.Namespace) -> list[Mutant]:
    every = [mutant for mutant in every_mutant() if asked.only in str(mutant.path)]
    if asked.all or asked.sample >= len(every):
        return every
    return random.Random(asked.seed).sample(every, asked.sample)  # noqa: S311 a sample


def _report(chosen: Sequence[Mutant], copies: Sequence[Path]) -> None:
    """Judge each, first in forks, and print what survives and how many there were."""
    unsaid: list[Mutant] = []
    survivors = 0
    console = Console(soft_wrap=True)
    for mutant, word in _shown(judged_in_forks(chosen, copies[0]), len(chosen), "forks", console):
        if word == "unsaid":
            unsaid.append(mutant)
        survivors += _told(mutant, word != "survived", console)
    for mutant, is_dead in _shown(judged(unsaid, copies), len(unsaid), "processes", console):
        survivors += _told(mutant, is_dead, console)
    killed = len(chosen) - survivors
    console.print(f"{killed} of {len(chosen)} killed, {survivors} survived", markup=False)


def _told(mutant: Mutant, is_dead: bool, console: Console) -> bool:  # noqa: FBT001 one word of two
    """Whether it survives, which is printed."""
    if not is_dead:
        console.print(f"survived  {mutant}", markup=False)
    return not is_dead


Judged = TypeVar("Judged")


def _shown(each: Iterator[Judged], total: int, name: str, console: Console) -> Iterator[Judged]:
    """The same, with a progress bar; where there is no terminal, a line now and then."""
    with Progress(console=console) as progress:
        task = progress.add_task(name, total=total)
        for done, one in enumerate(each, 1):
            progress.advance(task)
            if done % LINES_EVERY == 0 and not console.is_terminal:
                console.print(f"{done} of {total} in {name}", markup=False)
            yield one


def judged_in_forks(mutants: Sequence[Mutant], copy: Path) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with `killed`, `survived` or `unsaid`, as they come."""
    numbers = {mutant: number for number, mutant in enumerate(every_mutant())}
    of_number = {numbers[mutant]: mutant for mutant in mutants}
    with subprocess.Popen(
        [sys.executable, "-m", "tools.mutation.nursery"],
        cwd=copy,
        env=_environment(copy),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.write(json.dumps(list(of_number)))
        nursery.stdin.close()
        for line in nursery.stdout:
            number, word, _ = json.loads(line)
            yield of_number.pop(number), word
    if of_number:
        raise SystemExit(f"{len(of_number)} faults were not judged in forks")


def is_killed(mutant: Mutant, tests: Sequence[str], copy: Path) -> bool:
    """Whether a test notices the fault."""
    target = copy / mutant.path
    original = target.read_bytes()
    target.write_text(mutant.source, encoding="utf-8")
    try:
        return not passes(tests, copy)
    finally:
        target.write_bytes(original)


def passes(tests: Sequence[str], copy: Path, *, seconds: int = TIMEOUT_SECONDS) -> bool:
    """Whether these tests pass in a copy of the tree."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not hapi",
        *tests,
    ]
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=_environment(copy),
            timeout=seconds,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _environment(copy: Path) -> dict[str, str]:
    return os.environ | {
        "PYTHONDONTWRITEBYTECODE": "1",  # or a mutant might be run from what was kept of another
        "PYTHONHASHSEED": "0",
        "IMSR_ORACLE_EXAMPLES": ORACLE_EXAMPLES,
        "PYTHONPATH": str(copy),
    }


def judged(mutants: Sequence[Mutant], copies: Sequence[Path]) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant with whether it was killed, as they come."""
    free: Queue[Path] = Queue()
    for each in copies:
        free.put(each)
    tests = modules()

    def judge(mutant: Mutant) -> tuple[Mutant, bool]:
        copy = free.get()
        try:
            return mutant, is_killed(mutant, tests[mutant.path], copy)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        for done in as_completed([pool.submit(judge, each) for each in mutants]):
            yield done.result()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    how_many = parser.add_mutually_exclusive_group(required=True)
    how_many.add_argument("--sample", type=int, metavar="N", help="N mutants of all modules")
    how_many.add_argument("--all", action="store_true", help="every mutant: takes hours")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (default 1)")
    parser.add_argument("--only", default="", metavar="TEXT", help="modules with TEXT in the path")
    return parser.parse_args()


def _copy_tree(copy: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("target"))
    shutil.copy(ROOT / "pyproject.toml", copy)


if __name__ == "__main__":
    sys.exit(main())
