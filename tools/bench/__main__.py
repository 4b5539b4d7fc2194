"""`make bench`: what our answer costs beside a bare endpoint, in one run on one machine."""

import json
import platform
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, Final

import requests
from rich.console import Console
from rich.progress import track

from cds_service import app as service
from cds_service.demo.loading import load
from cds_service.demo.local_hapi import LocalHapiUnavailableError, local_hapi
from cds_service.hooks.cds_hooks import Hook
from cds_service.hooks.requests import read_call
from cds_service.settings.settings import read_settings
from cds_service.settings.site_access import fhir_access
from tools.bench import records
from tools.bench.applications import PATH
from tools.bench.server_process import Measurement, serving

SIZES: Final = ((20, 400), (200, 200), (1_000, 60), (10_000, 10))  # contacts, requests
PREFETCHED: Final = {
    "naive": "(a) bare endpoint, naive count",
    "ours": "(b) ours, full prefetch",
    "ours_validating": "(c) ours, fhir.resources validates",
}
RESULTS: Final = Path(__file__).with_name("RESULTS.md")
HAPI_SIZES: Final = (20, 200, 1_000)
HAPI_ROUNDS: Final = 30


def main() -> None:
    """Measure everything, print it, and write RESULTS.md where asked to."""
    lines = list(_report())
    sys.stdout.write("\n".join(lines) + "\n")
    if "--write" in sys.argv:
        text = RESULTS.read_text()
        head, tail = text.split("<!-- measured -->")[0], text.split("<!-- /measured -->")[1]
        body = "\n".join(lines)
        RESULTS.write_text(f"{head}<!-- measured -->\n{body}\n<!-- /measured -->{tail}")


def _report() -> Iterator[str]:
    yield f"{_machine()}, {time.strftime('%Y-%m-%d')}\n"
    yield from _prefetched()
    yield from _irrelevant()
    yield from _against_hapi()


def _machine() -> str:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    packages = ("fastapi", "uvicorn", "pydantic", "fhir.resources", "requests")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{cpu}; Python {platform.python_version()}; {versions}"


def _prefetched() -> Iterator[str]:
    """CPU and latency of one call by number of contacts, each application in its own process."""
    measured: dict[tuple[str, int], Measurement] = {}
    for name in track(PREFETCHED, "prefetch", console=Console(stderr=True)):
        with serving(name) as server:
            for contacts, number in SIZES:
                body = json.dumps(records.call(contacts)).encode()
                measured[name, contacts] = server.measure(PATH, body, number)
    yield "| contacts | application | CPU ms | p50 ms | p99 ms | CPU : (a) | p50 : (a) |"
    yield "|---|---|---|---|---|---|---|"
    for contacts, _ in SIZES:
        base = measured["naive", contacts]
        for name, title in PREFETCHED.items():
            yield _row(str(contacts), title, measured[name, contacts], base)
    yield ""


def _row(first: str, title: str, own: Measurement, base: Measurement) -> str:
    cells = (f"{own.cpu:.2f}", f"{own.p50:.2f}", f"{own.p99:.2f}")
    ratios = (f"{own.cpu / max(base.cpu, 1e-3):.2f}", f"{own.p50 / base.p50:.2f}")
    return f"| {first} | {title} | {' | '.join(cells + ratios)} |"


def _irrelevant() -> Iterator[str]:
    """An order that is not ours, beside an endpoint that only reads the body."""
    body = json.dumps(records.call(200, is_ours=False)).encode()
    with serving("empty") as server:
        base = server.measure(PATH, body, 400)
    with serving("ours") as server:
        own = server.measure(PATH, body, 400)
    yield "An order that is not ours, with the record of 200 contacts beside it:\n"
    yield "| application | CPU ms | p50 ms | p99 ms | CPU : empty | p50 : empty |"
    yield "|---|---|---|---|---|---|"
    for title, each in (("empty endpoint, same JSON parser", base), ("ours", own)):
        yield _row(title, "", each, base).replace(" |  |", " |", 1)
    yield ""


def _against_hapi() -> Iterator[str]:
    """From hook to card on a real HAPI, beside the raw time of the same requests."""
    console = Console(stderr=True)
    try:
        with local_hapi(say=console.print) as hapi:
            yield "Hook to card on a real HAPI, roles known, medians:\n"
            yield "| contacts | raw requests ms | hook to card ms | ratio |"
            yield "|---|---|---|---|"
            for contacts in track(HAPI_SIZES, "HAPI", console=console):
                load(records.resources(contacts), hapi.base_url)
                raw, whole = _hook_and_raw(hapi.base_url)
                yield f"| {contacts} | {raw:.1f} | {whole:.1f} | {whole / raw:.2f} |"
    except LocalHapiUnavailableError as error:
        yield f"Not measured on HAPI: {error}"


def _hook_and_raw(base: str) -> tuple[float, float]:
    settings = read_settings(
        {"IMSR_MODE": "development", "IMSR_TODAY": "2026-06-15", "IMSR_DEADLINE_SECONDS": "60"}
    )
    with fhir_access(settings) as access, requests.Session() as session:
        session.headers["Cache-Control"] = "no-cache"
        checker = service._checker(settings, access)  # noqa: SLF001
        body = {**records.call(0), "fhirServer": base}
        del body["prefetch"]
        call = read_call(
            body,
            hook=Hook.ORDER_SIGN,
            today=records.REFERRAL_DAY,
            client_options=settings.client_options,
            most_entries=100,
        )
        pairs = [
            (_timed(partial(_raw, session, base)), _timed(partial(checker.answer, call)))
            for _ in range(HAPI_ROUNDS)
        ]
    measured = pairs[HAPI_ROUNDS // 3 :]
    return median(raw for raw, _ in measured), median(whole for _, whole in measured)


def _raw(session: requests.Session, base: str) -> None:
    """The same three requests of a warm call, in parallel, each answer read as JSON."""
    bound = "date=ge2024-06-14&_count=500&_offset=0&_total=accurate"
    paths = (
        f"Patient/{records.PATIENT}",
        f"Encounter?patient={records.PATIENT}&{bound}",
        f"Procedure?patient={records.PATIENT}&{bound}",
    )
    with ThreadPoolExecutor(len(paths)) as workers:
        list(workers.map(lambda path: _all_pages(session, f"{base}/{path}"), paths))


def _all_pages(session: requests.Session, url: str) -> None:
    following: str | None = url
    while following:
        answer = session.get(following, timeout=60).json()
        links = answer.get("link", ())
        following = next((link["url"] for link in links if link["relation"] == "next"), None)


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
