"""The locked versions: complete, with hashes, one version of each package, no addresses."""

import re
import tomllib

import pytest

from tests.packaging.checkout import ROOT

LOCKS = ("build", "runtime", "test")


def text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text()


def versions(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", text(lock), re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[._]", "-", match[0].lower()) for match in found if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_version_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z])", text(lock))[1:]
    assert blocks != []
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_of_an_index_is_kept(lock: str) -> None:
    assert re.findall(r"https?:|://|--(?:extra-)?index|--find-links|@ ", text(lock)) == []


def test_what_pyproject_asks_for_is_locked() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = names(pyproject["project"]["dependencies"])
    extras = pyproject["project"]["optional-dependencies"]
    tests = names([each for extra in extras.values() for each in extra])
    assert "fastapi" in asked
    assert asked - versions("runtime").keys() == set()
    assert tests - versions("test").keys() == set()
    assert names(pyproject["build-system"]["requires"]) == versions("build").keys()


def test_tests_run_against_the_versions_that_are_served() -> None:
    tested = versions("test")
    assert {name: tested.get(name) for name in versions("runtime")} == versions("runtime")
