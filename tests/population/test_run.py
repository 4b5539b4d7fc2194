"""A run goes on where it was ended, and the same bytes come out whoever does the work."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cds_service.population import run as population_run
from cds_service.population.tables import write_table
from cds_service.synthetic_practice.assumptions import PRACTICE
from cds_service.synthetic_practice.export import write_export as write_practice
from tests.population.exports import little_treated, run, treated, write_export


def contents(out: Path) -> dict[str, str]:
    """The hash of each file of a run."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An export in several pieces and buckets."""
    monkeypatch.setattr(population_run, "_BUCKET_BYTES", 100_000)
    folder = tmp_path / "in"
    folder.mkdir()
    write_practice(folder, 40, seed=3, assumptions=PRACTICE)
    return folder


def test_a_run_that_fails_at_any_step_goes_on_and_gives_the_same_bytes(
    practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(practice, tmp_path / "whole").exit_code == 0
    whole = contents(tmp_path / "whole")
    assert len([name for name in whole if name.startswith("outcomes/")]) == 5
    left = [0]

    def failing(*arguments: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        write_table(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(population_run, "write_table", failing)
    for _ in range(5):
        left[0] = 3
        result = run(practice, tmp_path / "broken")
        if result.exit_code == 0:
            break
        assert result.exit_code == 1
        assert "No space left on device" in result.stderr
        assert "a run goes on where it was" in result.stderr
    assert contents(tmp_path / "broken") == whole


def test_a_finished_run_is_not_done_again(practice: Path, tmp_path: Path) -> None:
    run(practice, tmp_path / "out")
    before = contents(tmp_path / "out")
    again = run(practice, tmp_path / "out")
    assert again.exit_code == 0
    assert "40 referrals of 40 patients" in again.stdout
    assert contents(tmp_path / "out") == before


def test_a_run_with_other_options_is_refused_in_the_same_folder(
    practice: Path, tmp_path: Path
) -> None:
    run(practice, tmp_path / "out")
    result = run(practice, tmp_path / "out", "--readings", "min-days=77")
    assert result.exit_code == 1
    assert "holds a run with other input or options (readings)" in result.stderr


def test_a_run_over_recorded_referrals_goes_on_on_another_day(
    practice: Path, tmp_path: Path
) -> None:
    run(practice, tmp_path / "out", "--as-of", "2026-06-15")
    before = contents(tmp_path / "out")
    assert run(practice, tmp_path / "out", "--as-of", "2026-06-16").exit_code == 0
    assert contents(tmp_path / "out") == before


def test_a_folder_that_holds_something_else_is_refused(practice: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    result = run(practice, tmp_path / "out")
    assert result.exit_code == 1
    assert "is not empty and holds no run" in result.stderr


def test_two_processes_give_the_same_bytes_as_one(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    run(source, tmp_path / "one")
    run(source, tmp_path / "two", "--workers", "2")
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_run_that_is_killed_goes_on_and_leaves_no_process(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_practice(folder, 300, seed=3, assumptions=PRACTICE)
    assert run(folder, tmp_path / "whole").exit_code == 0
    (tmp_path / "killed.key").write_bytes((tmp_path / "key").read_bytes())
    command = [sys.executable, "-m", "cds_service", "population", "run", str(folder)]
    command += ["--out", str(tmp_path / "killed"), "--workers", "2"]
    for moment in ("run.json", ".work/pieces/000001.json", ".work/pieces/000004.json"):
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            _wait_for(tmp_path / "killed" / moment)
            process.kill()
        _wait_until_gone(process.pid)
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def _wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while not path.exists() and not (path.parents[0] / "summary.json").exists():
        assert time.monotonic() < until, path.name
        time.sleep(0.01)


def _wait_until_gone(group: int) -> None:
    """No process of the group is left."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    pytest.fail("a worker outlived the run that started it")
