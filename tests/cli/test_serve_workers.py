"""Several processes behind one port, as an operator starts, watches, breaks and stops them."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.clients.site import Site
from tests.contract.calls import order_sign

COMMAND = [sys.executable, "-m", "cds_service", "serve", "--port", "0", "--workers", "2"]
PATIENCE = 60.0  # seconds, on a machine that is busy


class Service:
    """`imsr-cds serve --workers 2`: the process, its address, and what it writes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        self.process = process
        self.lines: list[str] = []
        self._reading = threading.Thread(target=self._read, args=(process.stderr,))
        self._reading.start()
        until(lambda: self.address != "")
        until(lambda: len(self.workers("started")) == 2)

    def _read(self, stderr: Any) -> None:
        for line in stderr:
            self.lines.append(line)

    @property
    def address(self) -> str:
        found = re.search(r"CDS Hooks discovery: (http://\S+)/cds-services\n", "".join(self.lines))
        return "" if found is None else found.group(1)

    def workers(self, event: str) -> set[int]:
        """The workers that have told an event."""
        events = [json.loads(line) for line in list(self.lines) if line.startswith("{")]
        return {each["worker"] for each in events if each["event"] == event}

    def sign(self) -> int:
        address = f"{self.address}/cds-services/imsr-order-sign"
        return requests.post(address, json=order_sign(), timeout=PATIENCE).status_code

    def metric(self, name: str, **labels: str) -> float:
        text = requests.get(f"{self.address}/metrics", timeout=PATIENCE).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def ended(self) -> int:
        """The exit code, once the process and all that it started have ended."""
        code = self.process.wait(PATIENCE)
        self._reading.join(PATIENCE)  # the last process that could write has ended
        assert not self._reading.is_alive()
        return code


@contextmanager
def serving(folder: Path, **environ: str) -> Iterator[Service]:
    process = subprocess.Popen(
        COMMAND,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), **environ},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Service(process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def until(holds: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.02)


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_both_are_reached_any_tells_the_numbers_of_all_and_sigterm_ends_all(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, IMSR_MODE="development") as service:
        sent = 0
        with ThreadPoolExecutor(8) as threads:
            while len(service.workers("call")) < 2:
                assert set(threads.map(lambda _: service.sign(), range(16))) == {200}
                sent += 16
        told = [service.metric("imsr_calls_total", status="200") for _ in range(12)]
        assert told == [sent] * 12
        assert service.metric("imsr_call_seconds_count") == sent
        assert service.metric("imsr_calls_at_work") == 0

        first = min(service.workers("started"))
        os.kill(first, signal.SIGKILL)
        until(lambda: len(service.workers("started")) == 3)
        assert service.workers("worker_ended") == {first}
        assert service.metric("imsr_workers") == 2
        assert service.metric("imsr_calls_total", status="200") == sent

        service.process.send_signal(signal.SIGTERM)
        assert service.ended() == 0
        assert all(is_gone(each) for each in service.workers("started"))
        assert "Traceback" not in "".join(service.lines)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_hangs_is_killed_when_the_service_stops(
    tmp_path: Path, told: signal.Signals
) -> None:
    with serving(tmp_path, IMSR_MODE="development", IMSR_DEADLINE_SECONDS="0.4") as service:
        hanging = min(service.workers("started"))
        os.kill(hanging, signal.SIGSTOP)
        service.process.send_signal(told)
        assert service.ended() == 0
        assert service.workers("worker_killed") == {hanging}
        assert all(is_gone(each) for each in service.workers("started"))


def test_a_worker_that_hangs_is_replaced_after_sighup_and_forgotten(tmp_path: Path) -> None:
    with serving(tmp_path, IMSR_MODE="development", IMSR_DEADLINE_SECONDS="0.4") as service:
        before = service.workers("started")
        os.kill(min(before), signal.SIGSTOP)
        service.process.send_signal(signal.SIGHUP)
        until(lambda: service.workers("worker_ended") == before)
        assert service.workers("worker_killed") == {min(before)}
        assert len(service.workers("started") - before) == 2
        assert service.metric("imsr_workers") == 2
        service.process.send_signal(signal.SIGTERM)
        assert service.ended() == 0


def test_ctrl_c_while_workers_start_ends_all_without_a_traceback(tmp_path: Path) -> None:
    process = subprocess.Popen(
        COMMAND, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "IMSR_MODE": "development"},
    )  # fmt: skip
    assert process.stderr is not None
    try:
        until(lambda: len(children(process.pid)) >= 3)  # two workers and the tracker of resources
        os.killpg(process.pid, signal.SIGINT)
        _, log = process.communicate(timeout=PATIENCE)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0
    assert "Traceback" not in log


def children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def test_no_worker_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    with serving(tmp_path, IMSR_MODE="development") as service:
        service.process.kill()
        assert service.ended() == -signal.SIGKILL


def test_a_worker_that_cannot_be_replaced_ends_the_service_and_says_why(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with serving(tmp_path, **site.environ) as service:
        site.file.write_text("clients: []\n")
        os.kill(min(service.workers("started")), signal.SIGKILL)
        assert service.ended() == 1
        text = "".join(service.lines)
        assert text.count("Error: The file of trusted clients is wrong:\n") == 1
        assert text.endswith(
            "Error: A worker could not start, so all were stopped; it has said why.\n"
        )
        assert len(service.workers("started")) == 2


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        (
            {"IMSR_MODE": "development", "IMSR_LANGUAGE": "fr"},
            "Error: A setting is wrong:\n  - IMSR_LANGUAGE ",
        ),
        (
            {"IMSR_MODE": "development", "IMSR_STORE_URL": "sqlite:////no/such/folder/file"},
            "Error: A setting is wrong:\n  - IMSR_STORE_URL names a database that cannot be opened",
        ),
    ],
)
def test_a_wrong_setting_is_told_once_before_any_worker(
    tmp_path: Path, environ: Mapping[str, str], says: str
) -> None:
    ended = subprocess.run(
        COMMAND, cwd=tmp_path, env={**os.environ, "TMPDIR": str(tmp_path), **environ},
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.startswith(says)
    assert ended.stderr.count("Error:") == 1
    assert "{" not in ended.stderr
    assert list(tmp_path.iterdir()) == []
