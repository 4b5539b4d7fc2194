"""One application in a process of its own, so that its CPU time and memory are its own."""

import asyncio
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_START_SECONDS: Final = 60.0
_OK: Final = 200


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

    def warm(self, path: str, body: bytes, requests: int) -> None:
        """So many calls that are not measured."""
        self.measure(path, body, requests)

    def measure(
        self, path: str, body: bytes, requests: int, headers: Sequence[str] = ()
    ) -> Measurement:
        """So many calls one after another on one connection.

        `headers` are Authorization headers, one for each call, where each call needs its own.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        before = self.cpu()
        waits = sorted(
            _call(connection, path, body, headers[number] if headers else "")
            for number in range(requests)
        )
        cpu = (self.cpu() - before) / requests
        connection.close()
        return Measurement(cpu * 1000, statistics.median(waits) * 1000, _p99(waits) * 1000)

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, as the kernel counts them."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def under_load(self, path: str, body: bytes, *, rate: float, seconds: float) -> Measurement:
        """What callers wait who come at a steady rate, whether or not others were answered."""
        before = self.cpu()
        waits = sorted(asyncio.run(_open_loop(self.port, path, body, rate, seconds)))
        cpu = (self.cpu() - before) / len(waits)
        return Measurement(cpu * 1000, statistics.median(waits) * 1000, _p99(waits) * 1000)


def _p99(waits: Sequence[float]) -> float:
    return waits[min(len(waits) - 1, int(len(waits) * 0.99))]


def _call(connection: http.client.HTTPConnection, path: str, body: bytes, token: str) -> float:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = token
    started = time.perf_counter()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != _OK:
        raise RuntimeError(f"status {answer.status}")
    return time.perf_counter() - started


async def _open_loop(port: int, path: str, body: bytes, rate: float, seconds: float) -> list[float]:
    """The wait of each call from the moment at which it was due."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def one(due: float) -> float:
        await asyncio.sleep(max(0.0, due - loop.time()))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + body)
        answer = await reader.read()
        writer.close()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer[:20].decode("ascii", "replace"))
        return loop.time() - due

    calls = int(rate * seconds)
    return list(await asyncio.gather(*(one(start + number / rate) for number in range(calls))))


@contextmanager
def serving(
    command: Sequence[str], *, cpus: frozenset[int] = frozenset()
) -> Iterator[ServerProcess]:
    """An application in its own process until the end of the block.

    `command` gets the descriptor of its listening socket as a last argument; `cpus` are the ones
    that it may use, all where none is named.
    """
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(1024)
        with subprocess.Popen([*command, str(sock.fileno())], pass_fds=(sock.fileno(),)) as process:
            try:
                if cpus:
                    os.sched_setaffinity(process.pid, cpus)
                yield ServerProcess(process.pid, sock.getsockname()[1])
            finally:
                process.terminate()
                process.wait(_START_SECONDS)


def ours(application: str) -> tuple[str, ...]:
    """The command of an application of `applications.py`, with the interpreter that runs this."""
    return (sys.executable, "-m", "tools.bench.applications", application)
