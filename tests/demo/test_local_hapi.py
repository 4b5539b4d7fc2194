"""Starting the local HAPI server: what is missing is said, and what was started is stopped."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.demo.hapi_build import LocalHapiUnavailableError, built_jar, java
from cds_service.demo.local_hapi import HapiSwitches, local_hapi, start_hapi

JAVA_17 = 'echo "    java.specification.version = 17" >&2'
JAVA_8 = 'echo "    java.specification.version = 1.8" >&2'
BUILDS = "echo built >> builds; mkdir -p target; echo jar > target/hapi-server.jar"

Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a shell script on a PATH that otherwise holds the shell's own tools without Java."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for tool in ("mkdir", "mv", "sleep"):
        found = next(Path(f, tool) for f in ("/bin", "/usr/bin") if Path(f, tool).is_file())
        (programs / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    def add(name: str, script: str) -> None:
        program = programs / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    return add


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A checkout of a Maven module with one source."""
    folder = tmp_path / "module"
    (folder / "src").mkdir(parents=True)
    (folder / "pom.xml").write_text("<project/>")
    (folder / "src" / "Main.java").write_text("class Main {}")
    return folder


def silent(_: str) -> None:
    """For tests that do not look at the progress."""


def test_no_java_is_said(install: Install) -> None:
    del install
    with pytest.raises(LocalHapiUnavailableError, match="Java is not installed"):
        java()


def test_an_old_java_is_said(install: Install) -> None:
    install("java", JAVA_8)
    with pytest.raises(LocalHapiUnavailableError, match="Java 8 is too old"):
        java()


def test_the_java_of_java_home_comes_first(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("java", JAVA_8)
    home = tmp_path / "jdk"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").write_text(f"#!/bin/sh\n{JAVA_17}\n")
    (home / "bin" / "java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert java() == f"{home}/bin/java"


def test_an_installed_package_has_no_hapi_module(tmp_path: Path) -> None:
    with pytest.raises(LocalHapiUnavailableError, match="source checkout only"):
        built_jar(silent, tmp_path)


def test_no_maven_is_said(install: Install, module: Path) -> None:
    install("java", JAVA_17)
    with pytest.raises(LocalHapiUnavailableError, match="Maven is not installed"):
        built_jar(silent, module)


def test_a_failing_build_names_its_log(install: Install, module: Path) -> None:
    install("mvn", "echo no such dependency; exit 1")
    with pytest.raises(LocalHapiUnavailableError, match=r"target/build\.log"):
        built_jar(silent, module)
    assert (module / "target" / "build.log").read_text() == "no such dependency\n"


def test_the_server_is_built_again_only_after_a_change(install: Install, module: Path) -> None:
    install("mvn", BUILDS)
    assert built_jar(silent, module) == module / "target" / "hapi-server.jar"
    built_jar(silent, module)
    assert (module / "builds").read_text() == "built\n"
    (module / "src" / "Main.java").write_text("class Main { int changed; }")
    built_jar(silent, module)
    assert (module / "builds").read_text() == "built\nbuilt\n"


def test_downloads_are_counted_for_who_waits(install: Install, module: Path) -> None:
    install(
        "mvn",
        f'i=0; while [ $i -lt 60 ]; do echo "Downloaded from x: y"; i=$((i+1)); done\n{BUILDS}',
    )
    heard: list[str] = []
    built_jar(heard.append, module)
    assert heard[1:] == ["50 files downloaded"]


def test_a_server_that_stops_at_its_start_shows_the_end_of_its_log(
    install: Install, module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.demo.local_hapi.built_jar", lambda _: module / "x.jar")
    install("java", f'case "$1" in -XshowSettings*) {JAVA_17};; *) echo no memory; exit 1;; esac')
    with pytest.raises(LocalHapiUnavailableError, match="stopped at its start:\nno memory"):
        start_hapi(HapiSwitches(), tmp_path, say=silent)


def test_a_server_that_is_never_ready_is_stopped(
    install: Install, module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.demo.local_hapi.built_jar", lambda _: module / "x.jar")
    hangs = f"echo $$ > {tmp_path}/pid; exec sleep 60"
    install("java", f'case "$1" in -XshowSettings*) {JAVA_17};; *) {hangs};; esac')
    with pytest.raises(LocalHapiUnavailableError, match=r"not ready within 0\.5 seconds"):
        start_hapi(HapiSwitches(), tmp_path, say=silent, limit_seconds=0.5)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_server_is_stopped_after_its_block_and_says_where_it_answered(
    install: Install, module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.demo.local_hapi.built_jar", lambda _: module / "x.jar")
    install(
        "java",
        f'case "$1" in -XshowSettings*) {JAVA_17}; exit;; esac\n'
        'for a in "$@"; do case "$a" in -DreadyFile=*) '
        'f="${a#-DreadyFile=}"; echo http://127.0.0.1:4711/fhir > "$f.new"; mv "$f.new" "$f";; '
        "esac; done\nexec sleep 60",
    )
    heard: list[str] = []
    with local_hapi(HapiSwitches(fhir_version="R5"), say=heard.append) as hapi:
        assert hapi.base_url == "http://127.0.0.1:4711/fhir"
        assert hapi.process.poll() is None
    assert hapi.process.poll() is not None
    assert heard == [
        "starting a HAPI FHIR R5 server; this takes about 15 seconds",
        "HAPI answers at http://127.0.0.1:4711/fhir",
    ]


@pytest.mark.hapi
def test_the_real_server_ends_when_its_parent_is_gone(hapi: str) -> None:
    del hapi  # built by now, or the test is skipped
    arguments = [java(), *HapiSwitches().arguments(), "-jar", str(built_jar(silent))]
    server = subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdin is not None
    server.stdin.close()  # what a killed parent leaves
    assert server.wait(60) == 0
