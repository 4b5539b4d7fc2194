"""From hook to card on a real HAPI, beside the raw time of the same requests."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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

_SIZES: Final = (20, 200, 1_000)
_ROUNDS: Final = 30


def against_hapi() -> Iterator[str]:
    """A table of medians; a sentence where no HAPI can be started."""
    console = Console(stderr=True)
    try:
        with local_hapi(say=console.print) as hapi:
            yield "Hook to card on a real HAPI, roles known, medians:\n"
            yield "| contacts | raw requests ms | hook to card ms | ratio |"
            yield "|---|---|---|---|"
            for contacts in track(_SIZES, "HAPI", console=console):
                load(records.resources(contacts), hapi.base_url)
                raw, whole = _hook_and_raw(hapi.base_url)
                yield f"| {contacts} | {raw:.1f} | {whole:.1f} | {whole / raw:.2f} |"
    except LocalHapiUnavailableError as error:
        yield f"Not measured on HAPI: {error}"
    yield ""


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
            for _ in range(_ROUNDS)
        ]
    measured = pairs[_ROUNDS // 3 :]
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


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
