"""The service as a process: it says where it is, answers, and ends with Ctrl-C."""

import os
import signal
import subprocess
import sys

import requests


def test_serve_says_where_discovery_is_and_ends_with_ctrl_c() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cds_service", "serve", "--port", "0"],
        env={**os.environ, "IMSR_MODE": "development"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        warning, discovery = process.stderr.readline(), process.stderr.readline()
        assert warning.startswith("DEVELOPMENT MODE: callers are not authenticated.")
        assert discovery.startswith("CDS Hooks discovery: http://127.0.0.1:")
        answer = requests.get(discovery.split()[-1], timeout=30)
        services = [each["id"] for each in answer.json()["services"]]
        assert services == ["imsr-order-select", "imsr-order-sign", "imsr-patient-view"]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
