"""The steps of the Dockerfile, run without Docker.

Run: COPY and RUN of the build stage, in a folder instead of an image, with the locked wheels of
`make setup` instead of an index; then the CMD and the HEALTHCHECK of the last stage.
Not run: the base image (this machine's Python stands in), USER, and Docker's own layers.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.checkout import ROOT, bare_environment, free_port, run
from tests.packaging.dockerfile import Instruction, only, sources, stages

WHEELS = Path(sys.prefix) / "wheels"
START_SECONDS = 60


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build stage leaves under /opt/imsr-cds, built by its own steps."""
    if not WHEELS.is_dir():
        pytest.skip("no locked wheels: run `make setup`")
    folder = tmp_path_factory.mktemp("image")
    source = folder / "source"
    source.mkdir()
    for step in stages()[0]:
        if step.word == "COPY":
            copy(step, source)
        if step.word == "RUN":
            run_step(step, folder)
    return folder / "opt" / "imsr-cds"


def copy(step: Instruction, source: Path) -> None:
    target = source / step.rest.split()[-1]
    for name in sources(step):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, target)


def run_step(step: Instruction, folder: Path) -> None:
    script = step.rest.replace("/opt/", f"{folder}/opt/")
    python = Path(sys.executable).parent
    done = run(
        ["/bin/sh", "-ec", script],
        folder=folder / "source",
        environment={
            "PATH": f"{python}:{os.environ['PATH']}",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(WHEELS),
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_build_steps_leave_our_command_and_no_build_tools(environment: Path) -> None:
    installed = {path.name.split("-")[0] for path in environment.glob("lib/*/site-packages/*-info")}
    assert {"imsr_cds", "fastapi", "uvicorn"} <= installed
    assert {"pip", "setuptools", "pytest"} & installed == set()
    assert (environment / "bin" / "imsr-cds").is_file()


@pytest.fixture
def port() -> int:
    """Instead of 8000, which may be in use on this machine."""
    return free_port()


def commands(environment: Path, port: int) -> tuple[list[str], list[str]]:
    """The CMD and the health check, with the built environment on the PATH and a free port."""
    last = stages()[-1]
    return tuple(
        [
            str(environment / "bin" / word) if place == 0 else word.replace("8000", str(port))
            for place, word in enumerate(only(last, word).exec_form())
        ]
        for word in ("CMD", "HEALTHCHECK")
    )  # type: ignore[return-value]


@pytest.fixture
def served(environment: Path, port: int, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The CMD of the image, running in development mode."""
    command, _ = commands(environment, port)
    variables = bare_environment() | {"IMSR_MODE": "development"}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=variables, stdout=log, stderr=log)
    yield process
    process.terminate()
    process.wait(30)


def test_the_health_check_fails_while_nobody_answers(environment: Path, port: int) -> None:
    _, check = commands(environment, port)
    assert run(check, folder=environment).returncode != 0


@pytest.mark.usefixtures("served")
def test_the_command_of_the_image_starts_and_its_health_check_answers(
    environment: Path, port: int, served: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    _, check = commands(environment, port)
    begun = time.monotonic()
    while run(check, folder=environment).returncode != 0:
        assert served.poll() is None, (tmp_path / "log").read_text()
        assert time.monotonic() - begun < START_SECONDS, (tmp_path / "log").read_text()
        time.sleep(0.2)


def test_without_a_mode_the_command_refuses_to_start_and_says_why(environment: Path) -> None:
    command, _ = commands(environment, free_port())
    refused = run(command, folder=environment)
    assert refused.returncode != 0
    assert "IMSR_MODE" in refused.stderr
