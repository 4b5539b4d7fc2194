"""`make bench`: what our answer costs beside others, in one run on one machine.

python -m tools.bench --peers .venv/bench/bin/python           # all tables, printed
python -m tools.bench --peers ... --write                      # and into docs/benchmarks.md
python -m tools.bench --peers ... --only not-ours,prefetched   # some of them
python -m tools.bench --peers ... --quick                      # a tenth of the calls
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import track

from tests.clients.issuing import signing_key
from tests.clients.site import Site
from tools.bench import records, shapes
from tools.bench.applications import PATH
from tools.bench.hapi import against_hapi
from tools.bench.instructions import ValgrindMissingError, instructions
from tools.bench.server_process import Measurement, ServerProcess, ours, serving

RESULTS: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_HEALTHCHAIN_PATH: Final = f"/cds{PATH}"
_ROUNDS: Final = 4  # each application is measured in turn, so that all see the same machine
_SIZES: Final = ((20, 400), (200, 200), (1_000, 60), (10_000, 12))  # contacts, calls
_Table = Callable[["Bench"], Iterator[str]]


class Bench:
    """What the tables share: the interpreter of the peers, and how many calls are made."""

    def __init__(self, peers: str, *, is_quick: bool) -> None:
        self._peers = peers
        self._share = 10 if is_quick else 1
        self.console = Console(stderr=True)

    def calls(self, number: int) -> int:
        """So many calls, or a tenth of them."""
        return max(4, number // self._share)

    def command(self, application: str) -> tuple[str, ...]:
        """What starts an application: ours here, a peer in its own environment."""
        if application.startswith("ours"):
            return ours(application)
        return (self._peers, str(Path(__file__).with_name("peers.py")), application)

    def side_by_side(
        self, applications: Sequence[str], body: bytes, calls: int
    ) -> dict[str, Measurement]:
        """Each application alone in its process, measured in turns; the mean of the rounds."""
        with ExitStack() as stack:
            servers = {
                name: stack.enter_context(serving(self.command(name))) for name in applications
            }
            for name, server in servers.items():
                server.warm(_path(name), body, max(3, calls // 5))
            rounds = [
                {
                    name: server.measure(_path(name), body, max(1, calls // _ROUNDS))
                    for name, server in servers.items()
                }
                for _ in range(_ROUNDS)
            ]
        return {name: _mean([measured[name] for measured in rounds]) for name in applications}


def _path(application: str) -> str:
    return _HEALTHCHAIN_PATH if application.startswith("healthchain") else PATH


def _mean(measured: Sequence[Measurement]) -> Measurement:
    number = len(measured)
    return Measurement(
        sum(each.cpu for each in measured) / number,
        sum(each.p50 for each in measured) / number,
        max(each.p99 for each in measured),
    )


def _body(content: object) -> bytes:
    return json.dumps(content).encode()


def _rows(
    first: str, names: Mapping[str, str], measured: Mapping[str, Measurement], base: str
) -> Iterator[str]:
    for name, title in names.items():
        own = measured[name]
        ratio = own.cpu / max(measured[base].cpu, 1e-3)
        yield (
            f"| {first} | {title} | {own.cpu:.2f} | {own.p50:.2f} | {own.p99:.2f} | {ratio:.2f} |"
        )


def not_ours(bench: Bench) -> Iterator[str]:
    """An order that is not ours: what most calls of an EHR are."""
    names = {
        "healthchain_trivial": "HealthChain, trivial handler",
        "floor_empty": "bare endpoint, orjson",
        "ours": "ours",
    }
    yield "An order that is not ours, with a record beside it:\n"
    yield "| contacts | application | CPU ms | p50 ms | p99 ms | CPU : HealthChain |"
    yield "|---|---|---|---|---|---|"
    for contacts in (20, 200):
        body = _body(records.call(contacts, is_ours=False))
        measured = bench.side_by_side(tuple(names), body, bench.calls(800))
        yield from _rows(str(contacts), names, measured, "healthchain_trivial")
    yield ""


def prefetched(bench: Bench) -> Iterator[str]:
    """A referral to rehabilitation medicine with the whole record in prefetch."""
    names = {
        "floor_counting": "(a) floor: bare endpoint, orjson, naive count",
        "ours": "(b) ours, full prefetch",
        "ours_validating": "(c) ours, fhir.resources validates",
        "healthchain_counting": "(d) HealthChain, naive count",
    }
    yield "A referral with the whole record in prefetch:\n"
    yield "| contacts | application | CPU ms | p50 ms | p99 ms | CPU : (a) |"
    yield "|---|---|---|---|---|---|"
    for contacts, calls in track(_SIZES, "prefetch", console=bench.console):
        body = _body(records.call(contacts))
        measured = bench.side_by_side(tuple(names), body, bench.calls(calls))
        yield from _rows(str(contacts), names, measured, "floor_counting")
    yield ""


def counted(_: Bench) -> Iterator[str]:
    """Instructions of a call."""
    try:
        found = instructions()
    except ValgrindMissingError as error:
        yield f"Instructions were not counted: {error}\n"
        return
    yield (
        f"Instructions per call (callgrind, in process): {found.fixed / 1e6:.1f} M"
        f" + {found.per_contact / 1e6:.3f} M per contact.\n"
    )


def production(bench: Bench) -> Iterator[str]:
    """What token, used-token row and audit row add to a call."""
    yield "Production mode (token, store in SQLite, audit row) beside development mode:\n"
    yield "| call | development CPU ms | production CPU ms | more ms |"
    yield "|---|---|---|---|"
    cases = (
        ("order not ours, 20 contacts", records.call(20, is_ours=False)),
        ("referral, 20 contacts", records.call(20)),
    )
    for title, content in cases:
        plain, real = _in_both_modes(bench, _body(content), bench.calls(400))
        yield f"| {title} | {plain:.2f} | {real:.2f} | {real - plain:.2f} |"
    yield ""


def _in_both_modes(bench: Bench, body: bytes, calls: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        site = Site(Path(folder), IMSR_TODAY="")
        settings = Path(folder) / "settings.json"
        settings.write_text(json.dumps({k: v for k, v in site.environ.items() if v}))
        os.environ["BENCH_SITE"] = str(settings)
        plain = stack.enter_context(serving(bench.command("ours")))
        real = stack.enter_context(serving(bench.command("ours_production")))
        key = signing_key()
        sums = [0.0, 0.0]
        for turn in range(_ROUNDS + 1):
            tokens = [f"Bearer {key.token()}" for _ in range(calls // _ROUNDS)]
            measured = (
                plain.measure(PATH, body, len(tokens)).cpu,
                real.measure(PATH, body, len(tokens), tokens).cpu,
            )
            if turn:  # the first one warms up
                sums = [total + one for total, one in zip(sums, measured, strict=True)]
    return sums[0] / _ROUNDS, sums[1] / _ROUNDS


def largest(bench: Bench) -> Iterator[str]:
    """Calls at the edge of the default limits."""
    yield "Calls inside the default limits that take most:\n"
    yield "| call | CPU s |"
    yield "|---|---|"
    cases = {
        "300 referrals, 2,000 contacts": shapes.many_orders(300, 2_000),
        "25 referrals, 10,000 contacts": shapes.many_orders(25, 10_000),
        "one referral, 11,900 contacts": records.call(11_900),
    }
    with serving(bench.command("ours_within_limits")) as server:
        for title, content in cases.items():
            before = server.cpu()
            try:
                server.measure(PATH, _body(content), 1)
            except RuntimeError as refused:
                yield f"| {title} | refused: {refused} |"
            else:
                yield f"| {title} | {server.cpu() - before:.2f} |"
    yield ""


def awkward(bench: Bench) -> Iterator[str]:
    """Shapes of record that cost more than the usual one of the same size."""
    yield "Awkward shapes of 10,000 contacts:\n"
    yield "| shape | CPU ms at 5,000 | at 10,000 | : usual | exponent |"
    yield "|---|---|---|---|---|"
    usual = 1.0
    with serving(bench.command("ours")) as server:
        for name, shape in track(shapes.SHAPES.items(), "shapes", console=bench.console):
            half, whole = (_cpu_of(server, shape(size), bench.calls(8)) for size in (5_000, 10_000))
            usual = whole if name == "usual" else usual
            exponent = _exponent(half, whole)
            title = name.replace("_", " ")
            yield f"| {title} | {half:.0f} | {whole:.0f} | {whole / usual:.2f} | {exponent:.2f} |"
    yield ""


def _cpu_of(server: ServerProcess, content: object, calls: int) -> float:
    body = _body(content)
    server.warm(PATH, body, 1)
    return server.measure(PATH, body, calls).cpu


def _exponent(half: float, whole: float) -> float:
    """By which power of the size the cost grows."""
    from math import log2  # noqa: PLC0415

    return log2(whole / half)


def loaded(bench: Bench) -> Iterator[str]:
    """How much longer the slowest callers wait at 60 % of what one core can do."""
    body = _body(records.call(20))
    cpus = sorted(os.sched_getaffinity(0))
    with serving(bench.command("ours"), cpus=frozenset(cpus[-1:])) as server:
        server.warm(PATH, body, bench.calls(400))
        alone = server.measure(PATH, body, bench.calls(400))
        rate = 0.6 * 1000 / alone.cpu
        under = server.under_load(PATH, body, rate=rate, seconds=20)
    yield (
        f"At 60 % of one core ({rate:.0f} calls a second, 20 contacts): p50 {under.p50:.2f} ms,"
        f" p99 {under.p99:.2f} ms, ratio {under.p99 / under.p50:.1f}.\n"
    )


def memory(bench: Bench) -> Iterator[str]:
    """What a worker holds."""
    calls = bench.calls(1_000)
    body = _body(records.call(10_000))
    with serving(bench.command("ours")) as server:
        server.warm(PATH, _body(records.call(0, is_ours=False)), 3)
        idle = server.memory()
        server.warm(PATH, body, calls)
        worked = server.memory()
    yield (
        f"Memory of a worker: idle {idle:.0f} MB, after {calls} calls of 10,000 contacts"
        f" {worked:.0f} MB.\n"
    )


def started(_: Bench) -> Iterator[str]:
    """How long the command line and the service take to start."""
    told = _cpu_of_command((str(Path(sys.executable).with_name("imsr-cds")), "--version"))
    environment = {**os.environ, "IMSR_MODE": "development"}
    begun = time.perf_counter()
    command = (sys.executable, "-m", "cds_service", "serve", "--port", "0")
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        if process.stdout is None:
            raise RuntimeError("the output of the service cannot be read")
        next((line for line in process.stdout if "127.0.0.1" in line), "")
        ready = time.perf_counter() - begun
        process.terminate()
        process.stdout.read()
    yield f"`imsr-cds --version`: {told:.2f} s of CPU; the service listens after {ready:.2f} s.\n"


def _cpu_of_command(command: Sequence[str]) -> float:
    before = os.times()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    return (
        after.children_user - before.children_user + after.children_system - before.children_system
    )


def hapi(_: Bench) -> Iterator[str]:
    """On a real HAPI."""
    return against_hapi()


_TABLES: Final[dict[str, _Table]] = {
    "not-ours": not_ours,
    "prefetched": prefetched,
    "instructions": counted,
    "production": production,
    "largest": largest,
    "awkward": awkward,
    "loaded": loaded,
    "memory": memory,
    "start": started,
    "hapi": hapi,
}


def _machine() -> str:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    packages = ("fastapi", "uvicorn", "pydantic", "msgspec", "requests")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    is_optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    build = "with" if is_optimised else "without"
    load = os.getloadavg()[0]
    return (
        f"{cpu}, {os.cpu_count()} cores, load {load:.1f} at the start; Python"
        f" {platform.python_version()} built {build} PGO; {versions}; {time.strftime('%Y-%m-%d')}"
    )


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--peers", required=True, help="interpreter with requirements/bench.txt")
    parser.add_argument("--only", default=",".join(_TABLES), help="tables, comma separated")
    parser.add_argument("--quick", action="store_true", help="a tenth of the calls")
    parser.add_argument("--write", action="store_true", help=f"also into {RESULTS.name}")
    chosen = parser.parse_args()
    bench = Bench(chosen.peers, is_quick=chosen.quick)
    lines = [_machine(), ""]
    for name in chosen.only.split(","):
        for line in _TABLES[name](bench):
            lines.append(line)
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    if chosen.write:
        head, _, rest = RESULTS.read_text().partition("<!-- measured -->")
        tail = rest.partition("<!-- /measured -->")[2]
        body = "\n".join(lines).strip()
        RESULTS.write_text(f"{head}<!-- measured -->\n{body}\n<!-- /measured -->{tail}")


if __name__ == "__main__":
    main()
