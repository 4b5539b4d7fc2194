"""`make soak`: more calls than the service can answer, then a long day at a steady rate.

    python -m tools.soak [--burst 60] [--steady 1200] [--write]

Seconds of three times its capacity, and of 70 % of it. The exit code is 1 where something was not
as it must be; `--write` puts the figures into docs/benchmarks.md.
"""

import argparse
import asyncio
import itertools
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tools.soak import figures
from tools.soak.calls import Call, calls
from tools.soak.client import Client, at_once, at_rate, one_by_one
from tools.soak.figures import Figures
from tools.soak.processes import DEADLINE_SECONDS, RunningService, Usage, running

RESULTS: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
START, END = "<!-- soak -->", "<!-- /soak -->"

CALLERS: Final = (4, 8, 16)
OVERLOAD: Final = 3.0
STEADY_SHARE: Final = 0.7
SHED_WITHIN: Final = 1.0  # seconds, 99 of 100; the machine is busy with the accepted ones
WELL_AGAIN_WITHIN: Final = 10.0  # seconds after the burst
WELL_AGAIN: Final = 10  # calls in a row as fast as before
LEAST_ANSWERED: Final = 0.5  # of its capacity, also while three times as much comes
MOST_UNSERVED: Final = 0.01  # in the steady phase: a machine that does other work stalls at times
MOST_GROWTH: Final = (1.1, 10.0)  # of memory in the steady phase: a factor, and megabytes beside it
SAMPLES: Final = 24


@dataclass
class Soak:
    """Everything that was measured."""

    phases: list[Figures] = field(default_factory=list)
    usages: list[tuple[str, Usage]] = field(default_factory=list)
    capacity: float = 0.0
    well_after: float = 0.0
    steady_memory: list[float] = field(default_factory=list)

    def phase(self, name: str) -> Figures:
        """The phase of a name."""
        return next(each for each in self.phases if each.name == name)


async def soak(service: RunningService, *, burst: float, steady: float) -> Soak:
    """All phases, one after another."""
    done = Soak()
    client = Client(service.port)
    round_robin = itertools.cycle(calls(service.fhir_server))
    await one_by_one(client, round_robin, 40)  # to warm up
    await _quiet(done, client, round_robin)
    await _capacity(done, client, round_robin)
    done.usages.append(("before the burst", service.usage()))
    replies = await at_rate(client, round_robin, per_second=OVERLOAD * done.capacity, seconds=burst)
    done.phases.append(Figures("burst", burst, tuple(replies)))
    done.usages.append(("after the burst", service.usage()))
    done.well_after = await _recovery(done, client, round_robin)
    await _steady(done, client, round_robin, service, steady)
    done.usages.append(("at the end", service.usage()))
    client.close()
    return done


async def _quiet(done: Soak, client: Client, round_robin: Iterator[Call]) -> None:
    begun = time.monotonic()
    replies = await one_by_one(client, round_robin, 100)
    done.phases.append(Figures("one by one", time.monotonic() - begun, tuple(replies)))


async def _capacity(done: Soak, client: Client, round_robin: Iterator[Call]) -> None:
    """The most that is answered per second, with as many callers as brings most."""
    seconds = 8.0
    for callers in CALLERS:
        replies = await at_once(client, round_robin, callers=callers, seconds=seconds)
        done.phases.append(Figures(f"{callers} callers", seconds, tuple(replies)))
    done.capacity = max(done.phase(f"{callers} callers").rate for callers in CALLERS)


async def _recovery(done: Soak, client: Client, round_robin: Iterator[Call]) -> float:
    """Seconds until calls are answered as fast as before the burst."""
    usual = max(0.5, 3 * figures.percentile(done.phase("one by one").replies, 0.9))
    begun, well, since = time.monotonic(), 0, 0.0
    while well < WELL_AGAIN and time.monotonic() - begun < 6 * WELL_AGAIN_WITHIN:
        since = since if well else time.monotonic() - begun
        reply = await client.call(next(round_robin))
        is_well = reply.status == figures.OK and not reply.fault and reply.seconds < usual
        well = well + 1 if is_well else 0
    return since if well == WELL_AGAIN else float("inf")


async def _steady(
    done: Soak,
    client: Client,
    round_robin: Iterator[Call],
    service: RunningService,
    seconds: float,
) -> None:
    async def sample() -> None:
        for _ in range(SAMPLES):
            await asyncio.sleep(seconds / (SAMPLES + 1))
            done.steady_memory.append(service.usage().memory)

    sampling = asyncio.create_task(sample())
    rate = STEADY_SHARE * done.capacity
    replies = await at_rate(client, round_robin, per_second=rate, seconds=seconds)
    await sampling
    done.phases.append(Figures("steady", seconds, tuple(replies)))


def faults(done: Soak) -> Iterator[str]:
    """What is not as it must be."""
    for each in done.phases:
        yield from _faults_of(each)
    burst, steady = done.phase("burst"), done.phase("steady")
    if not burst.shed:
        yield "burst: nothing was sent away, so it was no overload"
    if figures.percentile(burst.shed, 0.99) > SHED_WITHIN:
        yield f"burst: calls were not sent away within {SHED_WITHIN:g} s"
    if burst.rate < LEAST_ANSWERED * done.capacity:
        yield "burst: fewer calls were answered than the service can answer"
    if done.well_after > WELL_AGAIN_WITHIN:
        yield f"not as fast as before within {WELL_AGAIN_WITHIN:g} s after the burst"
    unserved = len(steady.shed) + steady.faults("gap")
    if unserved > MOST_UNSERVED * len(steady.replies):
        yield f"steady: {len(steady.shed)} sent away, {steady.faults('gap')} with a gap"
    yield from _growth(done)


def _faults_of(phase: Figures) -> Iterator[str]:
    if phase.others:
        yield f"{phase.name}: neither answered nor sent away: {dict(phase.others)}"
    if phase.faults("wrong"):
        yield f"{phase.name}: {phase.faults('wrong')} wrong answers"
    if figures.longest(phase.accepted) > DEADLINE_SECONDS:
        took = figures.longest(phase.accepted)
        yield f"{phase.name}: an answer took {took:.2f} s, later than the deadline"
    if not all(each.retry_after for each in phase.shed):
        yield f"{phase.name}: calls were sent away without Retry-After"


def _growth(done: Soak) -> Iterator[str]:
    """Memory may rise at first; from the second quarter on it must stay."""
    quarter = SAMPLES // 4
    early = figures.middle(done.steady_memory[quarter : 2 * quarter])
    late = figures.middle(done.steady_memory[-quarter:])
    factor, beside = MOST_GROWTH
    if late > factor * early + beside:
        yield f"steady: memory rose from {early:.0f} to {late:.0f} MB"
    (_, before), *_, (_, after) = done.usages
    if after.files > before.files + 100:
        yield f"{before.files} open files before the burst, {after.files} at the end"


def report(done: Soak, *, burst: float, steady: float) -> Iterator[str]:
    """The figures as Markdown."""
    yield f"{os.cpu_count()} CPUs for service, FHIR server and callers; {time.strftime('%Y-%m-%d')}"
    yield "(503, with the wait for it: sent away; gaps: answers that say what did not come in time)"
    yield ""
    yield from figures.HEAD
    yield from (each.row() for each in done.phases)
    yield ""
    yield (
        f"Capacity {done.capacity:.0f} calls a second; {OVERLOAD:g} times that for {burst:g} s, "
        f"{STEADY_SHARE:.0%} for {steady:g} s. "
        f"As fast as before {done.well_after:.1f} s after the burst."
    )
    yield ""
    yield "| | memory MB | open files | threads |"
    yield "|---|---|---|---|"
    for name, usage in done.usages:
        yield f"| {name} | {usage.memory:.0f} | {usage.files} | {usage.threads} |"
    memory = ", ".join(f"{each:.0f}" for each in done.steady_memory[:: SAMPLES // 8])
    yield ""
    yield f"Memory in the steady phase, in MB: {memory}."


def write(lines: Sequence[str]) -> None:
    """Put the figures between the marks in docs/benchmarks.md."""
    text = RESULTS.read_text()
    if START not in text:
        text = f"{text.rstrip()}\n\n# Under load (`make soak`)\n\n{START}\n{END}\n"
    head, rest = text.split(START)
    RESULTS.write_text(f"{head}{START}\n" + "\n".join(lines) + f"\n{END}{rest.split(END)[1]}")


def main() -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak")
    parser.add_argument("--burst", type=float, default=60, help="seconds of overload")
    parser.add_argument("--steady", type=float, default=1200, help="seconds at 70 %% of capacity")
    parser.add_argument(
        "--write", action="store_true", help="put the figures into docs/benchmarks.md"
    )
    asked = parser.parse_args()
    with running() as service:
        done = asyncio.run(soak(service, burst=asked.burst, steady=asked.steady))
    lines = list(report(done, burst=asked.burst, steady=asked.steady))
    found = list(faults(done))
    told = [f"NOT AS IT MUST BE: {each}" for each in found] or ["All as it must be."]
    sys.stdout.write("\n".join([*lines, "", *told]) + "\n")
    if asked.write:
        write([*lines, "", *told])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
