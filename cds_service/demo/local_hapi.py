"""A real HAPI FHIR server on this machine, for the demo and the tests: started, awaited, stopped.

    with local_hapi(say=print) as hapi:
        requests.get(f"{hapi.base_url}/metadata", timeout=60)

It keeps everything in memory, listens on a free loopback port, and ends with whoever started it,
also when that process is killed: it then reads the end of its standard input.
"""

import atexit
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cds_service.demo.hapi_build import LocalHapiUnavailableError, Say, built_jar, java

__all__ = ["HapiSwitches", "LocalHapi", "LocalHapiUnavailableError", "local_hapi", "start_hapi"]

START_SECONDS = 300.0
"""Twelve seconds on a free machine with two cores; a loaded one has taken four minutes."""

_STOP_SECONDS = 10.0
_SAY_EVERY_SECONDS = 10.0
_LINES_OF_LOG = 20


@dataclass(frozen=True, slots=True)
class HapiSwitches:
    """How the server behaves; the defaults are those of the public HAPI test server.

    `page_size` and `max_page_size` count matches per page. `reuse_millis`: how long an identical
    search may be answered from the last one. `max_includes`: included resources per page, the rest
    is cut silently. `validate` refuses invalid writes, `integrity` dangling references.
    """

    fhir_version: str = "R4"
    page_size: int = 20
    max_page_size: int = 500
    reuse_millis: int = 60_000
    idle_millis: int = 30_000
    max_includes: int = 1000
    validate: bool = False
    integrity: bool = True
    heap: str = "1g"

    def arguments(self) -> tuple[str, ...]:
        """For `java`; the first compiler alone halves the CPU time of the start."""
        return (
            f"-Xmx{self.heap}",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-DstopWithParent=true",
            f"-Dfhir.version={self.fhir_version}",
            f"-DpageSize={self.page_size}",
            f"-DmaxPageSize={self.max_page_size}",
            f"-DreuseMillis={self.reuse_millis}",
            f"-DidleMillis={self.idle_millis}",
            f"-DmaxIncludes={self.max_includes}",
            f"-Dvalidate={str(self.validate).lower()}",
            f"-Dintegrity={str(self.integrity).lower()}",
        )


DEFAULT_SWITCHES = HapiSwitches()


@dataclass(frozen=True, slots=True)
class LocalHapi:
    """A server that answers at `base_url`; `log` holds one line per request and HAPI's warnings."""

    base_url: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """Stops this server and no other; a second call does nothing."""
        _stop(self.process)


@contextmanager
def local_hapi(
    switches: HapiSwitches = DEFAULT_SWITCHES,
    *,
    say: Say,
    limit_seconds: float = START_SECONDS,
) -> Iterator[LocalHapi]:
    """A running server for the length of a `with` block.

    Raises LocalHapiUnavailableError where Java, Maven or the source checkout is missing, or where
    the server does not answer in time.
    """
    with tempfile.TemporaryDirectory(prefix="imsr-hapi-") as folder:
        hapi = start_hapi(switches, Path(folder), say=say, limit_seconds=limit_seconds)
        try:
            yield hapi
        finally:
            hapi.stop()
            atexit.unregister(hapi.stop)


def start_hapi(
    switches: HapiSwitches, folder: Path, *, say: Say, limit_seconds: float = START_SECONDS
) -> LocalHapi:
    """A started server that keeps its log in `folder`; stopped at exit at the latest."""
    program = java()
    jar = built_jar(say)
    ready, log = folder / "ready", folder / "hapi.log"
    say(f"starting a HAPI FHIR {switches.fhir_version} server; this takes about 15 seconds")
    with log.open("wb") as record:
        process = subprocess.Popen(  # noqa: S603 - a program of this machine, our own arguments
            [program, *switches.arguments(), f"-DreadyFile={ready}", "-jar", str(jar)],
            stdin=subprocess.PIPE,
            stdout=record,
            stderr=record,
            start_new_session=True,  # Ctrl-C reaches us alone: we stop it in order
        )
    try:
        base_url = _await_ready(process, ready, log, say, limit_seconds)
    except BaseException:
        _stop(process)
        raise
    hapi = LocalHapi(base_url, process, log)
    atexit.register(hapi.stop)
    say(f"HAPI answers at {base_url}")
    return hapi


def _await_ready(
    process: subprocess.Popen[bytes], ready: Path, log: Path, say: Say, limit_seconds: float
) -> str:
    begun = time.monotonic()
    next_word = _SAY_EVERY_SECONDS
    while not ready.is_file():
        waited = time.monotonic() - begun
        if process.poll() is not None:
            raise LocalHapiUnavailableError(f"the HAPI server stopped at its start:\n{_end(log)}")
        if waited > limit_seconds:
            raise LocalHapiUnavailableError(
                f"the HAPI server was not ready within {limit_seconds:g} seconds:\n{_end(log)}"
            )
        if waited > next_word:
            say(f"still starting after {waited:.0f} seconds")
            next_word += _SAY_EVERY_SECONDS
        time.sleep(0.1)
    return ready.read_text().strip()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LINES_OF_LOG:])
