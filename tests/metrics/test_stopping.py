"""Real processes that are told to stop: calls at work are answered, new ones find nobody."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from tests.clients.issuing import bearer, signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.calls import access, order_sign, record
from tests.contract.fhir_server import FhirServer, running

TRACE = "5a" * 16
SECONDS = 1.0  # that the FHIR server takes for each answer


@contextmanager
def process(site: Site, workers: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """`imsr-cds serve`, and the address of order-sign at it."""
    command = [sys.executable, "-m", "cds_service", "serve", "--port", "0", "--workers", workers]
    served = subprocess.Popen(
        command, env={**os.environ, **site.environ}, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert served.stderr is not None
        lines = iter(served.stderr.readline, "")
        found = next(match for line in lines if (match := re.search(r"http://\S+", line)))
        yield served, f"{found.group()}/imsr-order-sign"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(served.pid, signal.SIGKILL)
        served.communicate(timeout=30)


def until(holds: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < 30
        time.sleep(0.01)


def is_refused(address: str) -> bool:
    try:
        requests.get(address, timeout=5)
    except requests.ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    ("told", "workers"), [(signal.SIGTERM, "1"), (signal.SIGINT, "1"), (signal.SIGINT, "2")]
)
def test_a_call_at_work_is_answered_and_written_down_and_new_ones_are_refused(
    tmp_path: Path, told: signal.Signals, workers: str
) -> None:
    with running(FhirServer(record(), seconds=SECONDS)) as server:
        entry = {**ENTRY, "fhir_servers": [server.base]}
        site = Site(tmp_path, entry, IMSR_DEADLINE_SECONDS="20")
        body = order_sign(prefetch=None, **access(server.base))
        headers = {
            **bearer(signing_key().token()),
            "traceparent": f"00-{TRACE}-{'cd' * 8}-01",
        }
        with process(site, workers) as (served, address), ThreadPoolExecutor(1) as threads:
            call = threads.submit(requests.post, address, json=body, headers=headers, timeout=60)
            until(lambda: bool(server.hits))
            os.killpg(served.pid, told)  # as a terminal does, and systemd: all processes get it
            until(lambda: is_refused(address))
            assert not call.done()
            answer = call.result()
            assert answer.status_code == 200
            assert answer.json()["cards"] != []
            _, log = served.communicate(timeout=30)
            assert served.returncode in ((0, -told) if workers == "1" else (0,))
    events = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    (event,) = [each for each in events if each["event"] == "call"]
    assert (event["trace"], event["status"]) == (TRACE, 200)
    assert event["fhir_requests"] == len(server.hits)
    assert "Traceback" not in log
    with sqlite3.connect(tmp_path / "store.sqlite3") as database:
        rows = database.execute("SELECT trace, status FROM answers").fetchall()
    database.close()
    assert rows == [(TRACE, 200)]
