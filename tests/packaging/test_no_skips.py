"""In CI a skipped test is a failed one."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.packaging.checkout import ROOT, run

SKIPS = {
    "in the test": "import pytest\ndef test_a(): pytest.skip('no Java')\n",
    "by a mark": "import pytest\n@pytest.mark.skip(reason='no Java')\ndef test_a(): pass\n",
    "in a fixture": (
        "import pytest\n@pytest.fixture\ndef java(): pytest.skip('no Java')\n"
        "def test_a(java): pass\n"
    ),
    "as a module": (
        "import pytest\npytest.skip('no Java', allow_module_level=True)\ndef test_a(): pass\n"
    ),
}
PLUGINS = ("-q", "-p", "no:cacheprovider", "-p", "conftest", "--noconftest")
EXPECTED_FAILURE = (
    "import pytest\n@pytest.mark.xfail(reason='known')\ndef test_a(): raise ValueError\n"
)


def outcome(folder: Path, test: str, environment: dict[str, str]) -> tuple[int, str]:
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "conftest.py")
    (folder / "test_it.py").write_text(test)
    done = run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--noconftest",
            "-p",
            "conftest",
            str(folder / "test_it.py"),
        ],
        folder=folder,
        environment=environment | {"PYTHONPATH": f"{folder}:{ROOT}"},
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("test", SKIPS.values(), ids=SKIPS)
def test_a_skip_fails_in_ci(tmp_path: Path, test: str) -> None:
    code, output = outcome(tmp_path, test, {"IMSR_NO_SKIPS": "1"})
    assert code != 0
    assert "IMSR_NO_SKIPS forbids" in output
    assert "no Java" in output


@pytest.mark.parametrize("test", SKIPS.values(), ids=SKIPS)
def test_a_skip_is_a_skip_elsewhere(tmp_path: Path, test: str) -> None:
    code, output = outcome(tmp_path, test, {})
    assert code in (0, 5)  # 5: a module skipped as a whole leaves no test
    assert "1 skipped" in output


def test_an_expected_failure_stays_one(tmp_path: Path) -> None:
    code, output = outcome(tmp_path, EXPECTED_FAILURE, {"IMSR_NO_SKIPS": "1"})
    assert (code, "1 xfailed" in output) == (0, True)
