"""The service and the FHIR server, each as a process, and what the kernel says about them."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.soak.scripted_server import BASE_PATH

_START_SECONDS: Final = 90.0
DEADLINE_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Usage:
    """Megabytes of memory, open files and threads of a process."""

    memory: float
    files: int
    threads: int


@dataclass(frozen=True, slots=True)
class RunningService:
    """The service under load."""

    pid: int
    port: int
    fhir_server: str
    log: Path

    def usage(self) -> Usage:
        """What it takes at this moment."""
        proc = Path(f"/proc/{self.pid}")
        lines = (line.partition(":") for line in (proc / "status").read_text().splitlines())
        status = {name: value.split() for name, _, value in lines}
        files = len(list((proc / "fd").iterdir()))
        return Usage(int(status["VmRSS"][0]) / 1024, files, int(status["Threads"][0]))


@contextmanager
def running() -> Iterator[RunningService]:
    """Both processes, until the end of the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imsr-soak-")))
        fhir_port, port = _free_port(), _free_port()
        log = folder / "service.log"
        server = (sys.executable, "-m", "tools.soak.scripted_server", str(fhir_port))
        service = (sys.executable, "-m", "cds_service", "serve", "--port", str(port))
        stack.enter_context(_process(server, folder / "server.log", {}))
        own = {
            "IMSR_MODE": "development",
            "IMSR_TODAY": "2026-06-15",
            "IMSR_DEADLINE_SECONDS": f"{DEADLINE_SECONDS:g}",
        }
        process = stack.enter_context(_process(service, log, own))
        for each in (fhir_port, port):
            _await(each, folder)
        yield RunningService(process.pid, port, f"http://127.0.0.1:{fhir_port}{BASE_PATH}", log)


@contextmanager
def _process(
    command: tuple[str, ...], log: Path, own: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    rest = {name: text for name, text in os.environ.items() if not name.startswith("IMSR_")}
    with log.open("wb") as record:
        process = subprocess.Popen(command, stdout=record, stderr=record, env={**rest, **own})
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _await(port: int, folder: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    told = "\n".join(log.read_text(errors="replace")[-2000:] for log in folder.glob("*.log"))
    raise RuntimeError(f"nothing listens on port {port}:\n{told}")
