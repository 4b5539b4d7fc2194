"""The numbers of several processes, told by one of them."""

import subprocess
import sys
import time
from pathlib import Path

from fastapi.testclient import TestClient

from cds_service.app import create_app
from cds_service.observing.metrics import Metrics, forget_worker, shared_metrics
from tests.contract.services import settings

WORKER = """
import os, sys
from pathlib import Path
from cds_service.observing.metrics import Metrics
metrics = Metrics(Path(sys.argv[1]))
metrics.watch_circuits(lambda: int(sys.argv[2]))
metrics.calls_at_work.set(3)
metrics.audit_row_lost()
text = metrics.exposition().decode()
print(os.getpid(), *[line for line in text.splitlines() if line[0] != "#"], sep="\\n")
"""


def worker(folder: Path, circuits: int) -> tuple[int, dict[str, str]]:
    """A process that counts, tells what all have counted, and ends; its number and what it told."""
    command = [sys.executable, "-c", WORKER, str(folder), str(circuits)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    number, *lines = ended.stdout.splitlines()
    return int(number), dict(line.split(" ") for line in lines)


def test_counts_stay_and_what_was_going_on_in_a_worker_ends_with_it() -> None:
    with shared_metrics() as folder:
        first, alone = worker(folder, 2)
        assert alone["imsr_fhir_circuits_open"] == "2.0"
        _, both = worker(folder, 1)
        assert both["imsr_fhir_circuits_open"] == "3.0"
        assert both["imsr_calls_at_work"] == "6.0"
        assert both["imsr_workers"] == "2.0"
        forget_worker(folder, first)
        _, later = worker(folder, 0)
        assert later["imsr_fhir_circuits_open"] == "1.0"
        assert later["imsr_workers"] == "2.0"
        assert later["imsr_audit_rows_lost_total"] == "3.0"
    assert not folder.exists()


def test_a_worker_that_is_just_starting_is_not_counted_yet() -> None:
    with shared_metrics() as folder:
        (folder / "counter_1.db").touch()
        _, told = worker(folder, 1)
    assert told["imsr_audit_rows_lost_total"] == "1.0"


def test_a_worker_that_nobody_calls_keeps_its_numbers_up_to_date(tmp_path: Path) -> None:
    asked: list[float] = []

    def circuits() -> int:
        asked.append(time.monotonic())
        return 0

    metrics = Metrics(tmp_path)
    app = create_app(settings(), metrics)
    metrics.watch_circuits(circuits)
    with TestClient(app):
        begun = time.monotonic()
        while len(asked) < 2:
            assert time.monotonic() - begun < 30
            time.sleep(0.02)
    assert asked[1] - asked[0] >= 0.9
