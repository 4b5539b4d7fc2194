"""Mutants judged in forks of a process that has loaded and collected the tests already.

A fork puts the fault into the code of the loaded functions and runs the tests of the module until
one fails. Those that failed for earlier faults come first, so that most forks end at once.
"""

import json
import os
import pickle
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

import pytest

from tools.mutation.code_swaps import NotInAFunctionError, changed_functions, swap
from tools.mutation.mutants import Mutant
from tools.mutation.mutated_modules import every_mutant, modules, tests_of

SECONDS: Final = 120
FIRST: Final = 40
"""So many of the tests that failed before come before the others."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said: `killed`, `survived`, or `unsaid` where only a cold run can tell."""

    mutant: Mutant
    word: str
    test: str = ""


@dataclass(slots=True)
class _Fork:
    mutant: Mutant
    reads: int
    since: float


@dataclass(slots=True)
class Nursery:
    """A pytest plugin that judges mutants in place of running the tests once."""

    mutants: Sequence[Mutant]
    tests: Mapping[Path, Sequence[str]]
    tell: Callable[[Verdict], None]
    at_once: int = 2
    _items: dict[Path, list[pytest.Item]] = field(default_factory=dict)
    _deadly: Counter[str] = field(default_factory=Counter)
    _forks: dict[int, _Fork] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge all mutants, several at once."""
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors while collecting")
        self._items = {path: _of(session.items, tests) for path, tests in self.tests.items()}
        for mutant in self.mutants:
            while len(self._forks) >= self.at_once:
                self.tell(self._next_verdict())
            self._start(session, mutant)
        while self._forks:
            self.tell(self._next_verdict())
        return True

    def _start(self, session: pytest.Session, mutant: Mutant) -> None:
        sys.stdout.flush()
        reads, writes = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reads)
            _run_and_end(session, mutant, self._order(mutant.path), writes)
        os.close(writes)
        self._forks[pid] = _Fork(mutant, reads, monotonic())

    def _order(self, path: Path) -> list[pytest.Item]:
        items = self._items[path]
        deadly = [name for name, _ in self._deadly.most_common(FIRST)]
        first = sorted(
            (i for i in items if i.nodeid in deadly), key=lambda i: deadly.index(i.nodeid)
        )
        return first + [item for item in items if item.nodeid not in deadly]

    def _next_verdict(self) -> Verdict:
        """Of the first fork that ends; one that takes too long is ended, and counts as killed."""
        pid, status = os.wait()
        fork = self._forks.pop(pid)
        with os.fdopen(fork.reads, "rb") as pipe:
            said = pipe.read()
        if os.WIFSIGNALED(status) or not said:
            return Verdict(fork.mutant, "killed", "took too long, or brought the process down")
        word, test = pickle.loads(said)  # noqa: S301 our own fork wrote it
        self._deadly[test] += word == "killed"
        return Verdict(fork.mutant, word, test)


def _of(items: Sequence[pytest.Item], tests: Sequence[str]) -> list[pytest.Item]:
    """The tests of some files or folders, in the order of these."""
    return [
        item
        for test in tests
        for item in items
        if item.nodeid.startswith((f"{test}::", f"{test}/"))
    ]


def _run_and_end(
    session: pytest.Session, mutant: Mutant, items: Sequence[pytest.Item], writes: int
) -> None:
    """In a fork: put the fault in, run the tests, say how it went, and end."""
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    said = ("killed", "an error outside the tests")
    try:
        said = _verdict(session, mutant, items)
    except BaseException as error:  # noqa: BLE001 - nothing may run on in a fork
        said = ("killed", type(error).__name__)
    finally:
        os.write(writes, pickle.dumps(said))
        os._exit(0)


def _verdict(
    session: pytest.Session, mutant: Mutant, items: Sequence[pytest.Item]
) -> tuple[str, str]:
    module = str(mutant.path.with_suffix("")).replace("/", ".")
    try:
        swap(module, changed_functions(mutant, mutant.path.read_text(encoding="utf-8")))
    except NotInAFunctionError:
        return "unsaid", ""
    for item, following in _pairs(items):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return "killed", item.nodeid
    return "survived", ""


def _pairs(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    yield from zip(items, [*items[1:], None], strict=True)


def main() -> None:
    """Judge the faults whose numbers stand on standard input; a line of JSON for each."""
    every = every_mutant()
    mutants = {every[number]: number for number in json.load(sys.stdin)}
    out = os.fdopen(os.dup(1), "w", buffering=1)  # pytest keeps the other for itself

    def tell(verdict: Verdict) -> None:
        out.write(json.dumps([mutants[verdict.mutant], verdict.word, verdict.test]) + "\n")

    arguments = [
        "--override-ini=addopts=",
        "-m",
        "not hapi",
        "-s",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:terminal",
        *tests_of(mutants),
    ]
    code = pytest.main(arguments, plugins=[Nursery(list(mutants), modules(), tell)])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise SystemExit(f"pytest ended with {code!r}")


if __name__ == "__main__":
    main()
