"""A PostgreSQL cluster of our own, in a temporary folder and reached by a socket in it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_DEBIAN = Path("/usr/lib/postgresql")
_START_SECONDS = 60.0
_ACCOUNTS = ("postgres", "nobody")  # PostgreSQL refuses to run as root


class PostgresqlMissingError(Exception):
    """There is no PostgreSQL server on this machine."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`; Debian keeps them out of the PATH."""
    for folder in sorted(_DEBIAN.glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise PostgresqlMissingError
    return Path(found).parent


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of an empty cluster's database `postgres`."""
    binaries = programs()
    folder = Path(tempfile.mkdtemp(prefix="imsr-pg-", dir="/tmp"))
    account = _account(folder)
    try:
        _run([binaries / "initdb", "-D", folder / "data", "-A", "trust", "-U", "imsr",
              "-E", "UTF8", "--locale", "C", "--no-sync"], folder, account)  # fmt: skip
        with _server(binaries, folder, account):
            yield f"postgresql://imsr@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account(folder: Path) -> dict[str, Any]:
    """As whom the server runs: as we do, or as an account that owns nothing where we are root."""
    if os.getuid() != 0:
        return {}
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise PostgresqlMissingError


def _run(command: list[object], folder: Path, account: dict[str, Any]) -> None:
    subprocess.run(
        [str(part) for part in command],
        cwd=folder, check=True, capture_output=True, timeout=_START_SECONDS, **account,
    )  # fmt: skip


@contextmanager
def _server(binaries: Path, folder: Path, account: dict[str, Any]) -> Iterator[None]:
    command = [
        str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder),
        "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **account)
    try:
        _await(binaries, folder, server)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=_START_SECONDS)


def _await(binaries: Path, folder: Path, server: "subprocess.Popen[bytes]") -> None:
    begun = time.monotonic()
    ready = [str(binaries / "pg_isready"), "-h", str(folder), "-U", "imsr", "-q"]
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() - begun > _START_SECONDS:
            raise AssertionError((folder / "log").read_text(errors="replace"))
        time.sleep(0.1)
