"""What others notice while one client, its servers or the database attack the service.

    python -m tools.soak.attacks [--seconds 8] [--code-of FOLDER]

The service runs in production mode with PostgreSQL behind a proxy that can go silent. Client A is
the attacker's: its FHIR server and its key server do what each phase says. Client B sends calls
with prefetch all the while, and somebody asks `/health/live`. A table tells how long both waited,
how many calls of B were refused, and the most memory of the service; behind a silence also how
long it took until B was answered again. `--code-of`: another checkout, to compare with.
"""

import argparse
import gzip
import http.client
import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from tests.clients.issuing import PUBLIC_URL, SIGN, SigningKey, key_set, signing_key
from tests.contract.calls import access, order_sign, without
from tests.store.postgresql import cluster
from tests.store.silent_proxy import SilentProxy, silent_proxy

CALLERS_OF_A: Final = 40
PATIENCE: Final = 30.0  # seconds; then a call has hung
LIVE_WITHIN: Final = 1.0  # seconds that `/health/live` may take at most
WELL_AGAIN_WITHIN: Final = 10.0  # seconds after a silence of the database
MOST_MEMORY: Final = 800.0  # megabytes
_ISSUERS: Final = {"A": "https://a.example.nl", "B": "https://b.example.nl"}
_OK: Final = 200

Answer = Callable[[], bytes | None]
"""The body that a hostile server sends, zipped; None: it says nothing."""


@dataclass
class Hostile:
    """A server on loopback that does what the phase says."""

    answer: Answer = lambda: None
    speaks: threading.Event = field(default_factory=threading.Event)
    port: int = 0


@contextmanager
def hostile() -> Iterator[Hostile]:
    """The running server."""
    told = Hostile()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = told.answer()
            if body is None:
                told.speaks.wait(60)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.speaks.set()
        server.shutdown()
        server.server_close()


@dataclass
class Phase:
    """What was measured in one phase; times in seconds."""

    name: str
    live: list[float] = field(default_factory=list)
    others: list[tuple[int, float]] = field(default_factory=list)
    memory: float = 0.0
    well_after: float | None = None

    def row(self) -> str:
        """As a line of the table."""
        waits = sorted(took for _, took in self.others) or [0.0]
        refused = sum(status != _OK for status, _ in self.others)
        again = "" if self.well_after is None else f"{self.well_after:.1f}"
        return (
            f"| {self.name} | {max(self.live, default=PATIENCE):.2f} "
            f"| {waits[len(waits) // 2]:.2f} | {waits[-1]:.2f} | {refused}/{len(self.others)} "
            f"| {self.memory:.0f} | {again} |"
        )


class Service:
    """The service under attack."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port

    def ask(self, method: str, path: str, body: bytes = b"", token: str = "") -> int:
        """The status of an answer; 0: there was none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        return answer.status

    def memory(self) -> float:
        """Megabytes that it takes now."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
        (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmRSS"))
        return int(kilobytes) / 1024


@dataclass
class Attack:
    """The service, who attacks it, and what stands between it and its database."""

    service: Service
    fhir: Hostile
    keys: Hostile
    proxy: SilentProxy
    key: SigningKey

    def call(self, client: str, body: dict[str, Any], key: SigningKey | None = None) -> int:
        """One call of a client."""
        token = (key or self.key).token(iss=_ISSUERS[client])
        return self.service.ask("POST", SIGN.removeprefix(PUBLIC_URL), _json(body), token)

    def phase(
        self,
        name: str,
        seconds: float,
        attack: Callable[[], object] | None = None,
        *,
        is_silent: bool = False,
    ) -> Phase:
        """Let A attack for so long, and measure what others notice."""
        phase, ends = Phase(name), time.monotonic() + seconds
        jobs: list[Callable[[], object]] = [
            lambda: phase.live.append(self._timed_live()),
            lambda: phase.others.append(self._timed_call()),
            lambda: setattr(phase, "memory", max(phase.memory, self.service.memory())),
        ]
        jobs += [attack] * CALLERS_OF_A if attack else []
        self.proxy.is_silent = is_silent
        with ThreadPoolExecutor(len(jobs)) as threads:
            for job in jobs:
                threads.submit(_again, job, ends)
        self.proxy.is_silent = False
        if is_silent:
            phase.well_after = self._well_after()
        return phase

    def _timed_live(self) -> float:
        begun = time.monotonic()
        self.service.ask("GET", "/health/live")
        return time.monotonic() - begun

    def _timed_call(self) -> tuple[int, float]:
        begun = time.monotonic()
        return self.call("B", order_sign()), time.monotonic() - begun

    def _well_after(self) -> float:
        begun = time.monotonic()
        while self.call("B", order_sign()) != _OK and time.monotonic() - begun < PATIENCE:
            time.sleep(0.05)
        return time.monotonic() - begun


def _again(job: Callable[[], object], ends: float) -> None:
    while time.monotonic() < ends:
        job()
        time.sleep(0.1)


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def attacks(attack: Attack, seconds: float) -> Iterator[Phase]:
    """All phases, one after another."""
    fetched = {
        **without(order_sign(), "prefetch"),
        **access(f"http://127.0.0.1:{attack.fhir.port}/fhir"),
    }
    unknown = signing_key("unknown")
    attack.keys.answer = lambda: gzip.compress(key_set(attack.key).encode())
    attack.phase("warm-up", 2.0, lambda: attack.call("A", order_sign()))
    yield attack.phase("nobody attacks", seconds)
    values = gzip.compress(b'{"resourceType":"Bundle","entry":[' + b"{}," * 5_000_000 + b"{}]}")
    attack.fhir.answer = lambda: values
    yield attack.phase("answers of many values", seconds, lambda: attack.call("A", fetched))
    behind = gzip.compress(b'{"resourceType":"Bundle","type":"searchset"}') + b"\0" * 20_000_000
    attack.fhir.answer = lambda: behind
    yield attack.phase("bytes behind the end", seconds, lambda: attack.call("A", fetched))
    numbers = itertools.count()
    attack.fhir.answer = lambda: _roles(next(numbers))
    yield attack.phase("roles without end", seconds, lambda: attack.call("A", fetched))
    attack.fhir.answer = lambda: None
    yield attack.phase("silent FHIR server", seconds, lambda: attack.call("A", fetched))
    attack.keys.answer = lambda: None
    yield attack.phase(
        "silent key server", seconds, lambda: attack.call("A", order_sign(), unknown)
    )
    for number in ("first", "second"):
        yield attack.phase(f"silent database, {number}", seconds, is_silent=True)


def _roles(number: int) -> bytes:
    """A page of 20 roles that were never seen before, of 100 kB each."""
    entries = [
        {
            "resource": {
                "resourceType": "PractitionerRole",
                "id": f"{number}-{each}",
                "code": [{"text": "x" * 100_000}],
            },
            "search": {"mode": "include"},
        }
        for each in range(20)
    ]
    return gzip.compress(_json({"resourceType": "Bundle", "type": "searchset", "entry": entries}))


@contextmanager
def under_attack(code_of: Path) -> Iterator[Attack]:
    """Everything that takes part, until the end of the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imsr-attack-")))
        database = stack.enter_context(cluster())
        directory = database.partition("host=")[2]
        proxy = stack.enter_context(silent_proxy(f"{directory}/.s.PGSQL.5432"))
        fhir, keys = stack.enter_context(hostile()), stack.enter_context(hostile())
        key = signing_key("key-1", "RS384")
        (folder / "keys.json").write_text(key_set(key))
        (folder / "clients.yaml").write_text(
            f"clients:\n"
            f"  - {{name: A, issuer: '{_ISSUERS['A']}', "
            f"jwks_uri: 'http://127.0.0.1:{keys.port}/jwks.json', "
            f"fhir_servers: ['http://127.0.0.1:{fhir.port}/fhir']}}\n"
            f"  - {{name: B, issuer: '{_ISSUERS['B']}', jwks: keys.json, fhir_servers: []}}\n"
        )
        port = _free_port()
        environ = {
            **{name: text for name, text in os.environ.items() if not name.startswith("IMSR_")},
            "PYTHONPATH": str(code_of),
            "IMSR_PUBLIC_URL": PUBLIC_URL,
            "IMSR_TRUSTED_CLIENTS": str(folder / "clients.yaml"),
            "IMSR_AUDIT_KEY": "a-key-of-a-run-that-is-long-enough",
            "IMSR_STORE_URL": f"postgresql://imsr@127.0.0.1:{proxy.port}/postgres",
        }
        command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=code_of, env=environ, stdout=log, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.kill)
        service = Service(process, port)
        _await(service, folder / "log")
        yield Attack(service, fhir, keys, proxy, key)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


def _await(service: Service, log: Path) -> None:
    ends = time.monotonic() + 60
    while service.ask("GET", "/health/live") != _OK:
        if service.process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(log.read_text(errors="replace")[-2000:])
        time.sleep(0.2)


def faults(phases: list[Phase]) -> Iterator[str]:
    """What was not as it must be."""
    for phase in phases:
        if max(phase.live, default=PATIENCE) > LIVE_WITHIN:
            yield f"{phase.name}: /health/live took longer than {LIVE_WITHIN:g} s"
        if phase.memory > MOST_MEMORY:
            yield f"{phase.name}: more than {MOST_MEMORY:g} MB of memory"
        if phase.well_after is None:
            if any(status != _OK for status, _ in phase.others):
                yield f"{phase.name}: calls of another client were refused"
        elif phase.well_after > WELL_AGAIN_WITHIN:
            yield f"{phase.name}: not well again within {WELL_AGAIN_WITHIN:g} s"


def main() -> int:
    """Measure and print; 1 where something was not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak.attacks")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each phase")
    parser.add_argument("--code-of", type=Path, default=Path.cwd(), help="a checkout to attack")
    asked = parser.parse_args()
    _tell("| phase | live, most s | B, middle s | B, most s | B refused | MB | well after s |")
    _tell("|---|---|---|---|---|---|---|")
    done: list[Phase] = []
    with under_attack(asked.code_of.resolve()) as attack:
        for phase in attacks(attack, asked.seconds):
            _tell(phase.row())
            done.append(phase)
    found = list(faults(done))
    for each in [f"NOT AS IT MUST BE: {fault}" for fault in found] or ["All as it must be."]:
        _tell(each)
    return 1 if found else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
