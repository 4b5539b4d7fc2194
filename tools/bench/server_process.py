"""One application in a process of its own, so that its CPU time is its own."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_START_SECONDS: Final = 60.0
_SERVE = (
    "import sys, socket, uvicorn; import tools.bench.applications as a;"
    "s = socket.socket(fileno=int(sys.argv[2])); c = uvicorn.Config(getattr(a, sys.argv[1])(),"
    " log_level='critical', access_log=False); uvicorn.Server(c).run(sockets=[s])"
)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Milliseconds: CPU of the server per request, and what a client waits."""

    cpu: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running application."""

    pid: int
    port: int

    def measure(self, path: str, body: bytes, requests: int) -> Measurement:
        """So many calls one after another on one connection, after a tenth as many to warm up."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        for _ in range(max(3, requests // 10)):
            _call(connection, path, body)
        before = self._cpu()
        waits = sorted(_call(connection, path, body) for _ in range(requests))
        cpu = (self._cpu() - before) / requests
        p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
        return Measurement(cpu * 1000, statistics.median(waits) * 1000, p99 * 1000)

    def _cpu(self) -> float:
        """Seconds of CPU that the process has used, as the kernel counts them."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK


def _call(connection: http.client.HTTPConnection, path: str, body: bytes) -> float:
    started = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"status {answer.status}")
    return time.perf_counter() - started


@contextmanager
def serving(application: str) -> Iterator[ServerProcess]:
    """An application of `applications.py` in its own process, until the end of the block."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        command = (sys.executable, "-c", _SERVE, application, str(sock.fileno()))
        with subprocess.Popen(command, pass_fds=(sock.fileno(),)) as process:
            try:
                yield ServerProcess(process.pid, sock.getsockname()[1])
            finally:
                process.terminate()
                process.wait(_START_SECONDS)
