"""The checkout under test, and a run of one command in it or outside it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent
PACKAGES = ("cds_service", "fhir_mappings")
SOURCES = ("LICENSE", "NOTICE", "README.md", "pyproject.toml")
_GENERATED = shutil.ignore_patterns("__pycache__")


def run(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What a command answered within five minutes; its output is text."""
    return subprocess.run(
        command,
        cwd=folder,
        env=bare_environment() | dict(environment or {}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def pip(*arguments: str, folder: Path) -> None:
    """A pip command that must succeed without any index."""
    command = [sys.executable, "-m", "pip", *arguments, "--no-index"]
    done = run(command, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr


def bare_environment() -> dict[str, str]:
    """The environment without what belongs to this run: settings, Python paths, pip's options."""
    private = ("IMSR_", "PYTHON", "PIP_", "COV_", "COVERAGE", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(private)}


def copy_sources(to: Path) -> None:
    """What a build needs, and no result of an earlier build."""
    to.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        shutil.copy(ROOT / name, to / name)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, to / package, ignore=_GENERATED)


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
