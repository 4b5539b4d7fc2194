"""Puts faults into the rule and into its mapping, one at a time, and lists what no test notices.

`python -m tests.mutation.run --sample 200` (or `--all`), from the root of the repository. The
tests run in temporary copies of the tree, two at a time. A mutant is killed when a test fails or
when they take too long. What survives is judged in `SURVIVORS.md`.
"""

import argparse
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
from typing import Final

from tests.mutation.mutants import Mutant, closed_lists, mutants_of

ROOT: Final = Path(__file__).parents[2]
COPIES: Final = 2
TIMEOUT_SECONDS: Final = 150
COPIED: Final = ("cds_service", "fhir_mappings", "tests")

RULE_TESTS: Final = (
    "tests/domain/test_readings.py",
    "tests/domain/test_who_and_where.py",
    "tests/domain/test_thresholds.py",
    "tests/domain/test_applicability.py",
    "tests/domain/test_lookback.py",
    "tests/domain/test_reasons_and_matching.py",
    "tests/domain/test_scenarios.py",
)
DOMAIN_TESTS: Final = (
    *RULE_TESTS,
    "tests/oracle/test_settled_disagreements.py",
    "tests/oracle/test_agreement.py",
)
FLAG_TESTS: Final = ("tests/domain/test_flags.py", "tests/cards/test_notes.py", *RULE_TESTS)
ROLE_TESTS: Final = (
    "tests/fhir_mappings/test_roles.py",
    "tests/fhir_mappings/test_contacts.py",
    "tests/fhir_mappings/test_versions.py",
    "tests/fhir_mappings/test_stated_care.py",
)
MAPPING_TESTS: Final[dict[str, tuple[str, ...]]] = {
    "calendar_days": ("tests/fhir_mappings/test_calendar_days.py", *ROLE_TESTS),
    "roles": ROLE_TESTS,
    "practitioners": ROLE_TESTS,
    "places": ("tests/fhir_mappings/test_places.py", *ROLE_TESTS),
    "care_settings": (
        "tests/mutation/test_what_no_test_noticed.py",
        "tests/fhir_mappings/test_care_settings.py",
        "tests/fhir_mappings/test_places.py",
        "tests/terminology/test_place_codes.py",
    ),
    "therapist_categories": (
        "tests/fhir_mappings/test_therapist_categories.py",
        "tests/fhir_mappings/test_roles.py",
        "tests/terminology/test_role_codes.py",
    ),
    "disciplines": (
        "tests/fhir_mappings/test_disciplines.py",
        "tests/fhir_mappings/test_procedures.py",
    ),
}
"""The modules of the mapping that are mutated, and the tests that hold each of them."""

ORACLE_EXAMPLES: Final = "300"
"""Fewer than in `make test`, for time."""


def modules() -> dict[Path, tuple[str, ...]]:
    """Every mutated module, by its path from the root, and its tests."""
    domain = sorted(
        path.relative_to(ROOT)
        for path in (ROOT / "cds_service/domain").glob("*.py")
        if path.name != "__init__.py"
    )
    found: dict[Path, tuple[str, ...]] = dict.fromkeys(domain, DOMAIN_TESTS)
    found[Path("cds_service/domain/flags.py")] = FLAG_TESTS
    return found | {
        Path(f"fhir_mappings/{name}.py"): tests for name, tests in MAPPING_TESTS.items()
    }


def every_mutant(paths: Sequence[Path]) -> list[Mutant]:
    """The mutants of all modules, in a fixed order."""
    enums = closed_lists(tuple(modules()))
    return [mutant for path in paths for mutant in mutants_of(path, enums)]


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
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {
        "PYTHONDONTWRITEBYTECODE": "1",  # or a mutant might be run from what was kept of another
        "IMSR_ORACLE_EXAMPLES": ORACLE_EXAMPLES,
        "PYTHONPATH": str(copy),
    }
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=environment,
            timeout=seconds,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


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


def main() -> int:
    """Runs the mutants and prints those that survive; 1 where the tests fail without any fault."""
    asked = _arguments()
    os.chdir(ROOT)
    chosen = every_mutant([path for path in modules() if asked.only in str(path)])
    total = len(chosen)
    if not asked.all:
        sampled = random.Random(asked.seed)  # noqa: S311 a sample
        chosen = sampled.sample(chosen, min(asked.sample, total))
    with TemporaryDirectory() as folder:
        copies = [Path(folder) / str(number) for number in range(COPIES)]
        for copy in copies:
            _copy_tree(copy)
        return _report(chosen, total, copies)


def _copy_tree(copy: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("target"))
    shutil.copy(ROOT / "pyproject.toml", copy)


def _report(chosen: Sequence[Mutant], total: int, copies: Sequence[Path]) -> int:
    tests = sorted({test for mutant in chosen for test in modules()[mutant.path]})
    if not passes(tests, copies[0], seconds=4 * TIMEOUT_SECONDS):
        print("The tests fail without any fault, or take too long.", flush=True)  # noqa: T201
        return 1
    killed = 0
    for done, (mutant, is_dead) in enumerate(judged(chosen, copies), 1):
        killed += is_dead
        if not is_dead:
            print(f"survived  {mutant}", flush=True)  # noqa: T201
        if done % 10 == 0 or done == len(chosen):
            print(f"{killed} of {done} killed ({total} can be made)", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
