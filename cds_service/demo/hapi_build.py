"""Builds the HAPI server of the source checkout (tests/hapi_server), once per change of it."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Say = Callable[[str], None]
"""Takes one line for a person who waits: what happens now."""

MODULE = Path(__file__).resolve().parents[2] / "tests" / "hapi_server"
"""Only a source checkout has it: Java is no part of the installed package."""

OLDEST_JAVA = 17
_REPORT_EVERY = 50  # files


class LocalHapiUnavailableError(Exception):
    """No HAPI server can run here. `why` says what is missing, in words for a person."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def java() -> str:
    """The Java that runs HAPI: of JAVA_HOME, else of the PATH; 17 or newer."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home, "bin"))) if home else None
    found = found or shutil.which("java")
    if found is None:
        raise LocalHapiUnavailableError("Java is not installed (HAPI needs Java 17 or newer)")
    version = _major_version(found)
    if version < OLDEST_JAVA:
        raise LocalHapiUnavailableError(f"Java {version} is too old (HAPI needs 17 or newer)")
    return found


def _major_version(program: str) -> int:
    """17 of `java.specification.version = 17`; 0 where it cannot be told."""
    told = subprocess.run(  # noqa: S603 - a program of this machine, fixed arguments
        [program, "-XshowSettings:properties", "-version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    for line in told.stderr.splitlines():
        name, _, value = line.strip().partition(" = ")
        if name == "java.specification.version":
            major = value.removeprefix("1.")
            return int(major) if major.isdigit() else 0
    return 0


def built_jar(say: Say, module: Path = MODULE) -> Path:
    """The runnable jar, built now if its sources have changed; two runs at once build it once."""
    if not (module / "pom.xml").is_file():
        raise LocalHapiUnavailableError("the HAPI server comes with a source checkout only")
    target = module / "target"
    target.mkdir(exist_ok=True)
    with _lock(target / "build.lock"):
        stamp = target / "sources.sha256"
        jar = target / "hapi-server.jar"
        sources = _fingerprint(module)
        if jar.is_file() and stamp.is_file() and stamp.read_text() == sources:
            return jar
        _package(module, say)
        stamp.write_text(sources)
        return jar


def _fingerprint(module: Path) -> str:
    digest = hashlib.sha256()
    for file in (module / "pom.xml", *sorted((module / "src").rglob("*"))):
        if file.is_file():
            digest.update(str(file.relative_to(module)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _package(module: Path, say: Say) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise LocalHapiUnavailableError("Maven is not installed (it builds the HAPI server)")
    say("building the HAPI server with Maven; the first time it downloads about 300 MB")
    log = module / "target" / "build.log"
    with (
        log.open("w") as record,
        subprocess.Popen(  # noqa: S603 - a program of this machine, fixed arguments
            [maven, "-B", "package"],
            cwd=module,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as build,
    ):
        try:
            _follow(build.stdout or (), record.write, say)
        except BaseException:
            build.terminate()
            raise
    if build.returncode != 0:
        raise LocalHapiUnavailableError(f"Maven could not build the HAPI server; see {log}")


def _follow(lines: Iterator[str] | tuple[str, ...], keep: Callable[[str], int], say: Say) -> None:
    downloaded = 0
    for line in lines:
        keep(line)
        if "Downloaded from" in line:
            downloaded += 1
            if downloaded % _REPORT_EVERY == 0:
                say(f"{downloaded} files downloaded")


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    if sys.platform == "win32":
        raise LocalHapiUnavailableError("the local HAPI server runs on Linux and macOS only")
    import fcntl  # noqa: PLC0415 - absent on Windows, where the rest of the package works

    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
