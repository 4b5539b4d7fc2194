"""The wheel holds all it needs and runs from it, outside the checkout and without the network."""

import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.checkout import PACKAGES, ROOT, copy_sources, pip, run


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from a copy of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    copy_sources(folder / "source")
    pip(
        *("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "."),
        str(folder / "source"),
        folder=folder,
    )
    (file,) = folder.glob("imsr_cds-*.whl")
    return file


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but our installed wheel; dependencies come from this environment."""
    folder = tmp_path_factory.mktemp("site")
    pip("install", "--no-deps", "--target", ".", str(wheel), folder=folder)
    return folder


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    tracked = run(["git", "ls-files", *PACKAGES], folder=ROOT).stdout.split()
    assert "cds_service/criteria_files/imsr-persistent-pain.2026-04-20.r1.yaml" in tracked
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert [name for name in tracked if name not in inside] == []


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    (info,) = {
        name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" in name
    }
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"cds_service", "fhir_mappings", info}


def test_the_wheel_carries_licence_and_notice(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name.split("licenses/")[1] for name in names if "licenses/" in name] == [
        "LICENSE",
        "NOTICE",
    ]


def test_the_command_runs_from_the_wheel(site: Path, tmp_path: Path) -> None:
    helped = run(
        [str(site / "bin" / "imsr-cds"), "--help"],
        folder=tmp_path,
        environment={"PYTHONPATH": str(site)},
    )
    assert helped.returncode == 0, helped.stderr
    for command in ("serve", "demo", "lint-criteria", "settings"):
        assert command in helped.stdout


ANSWERS_DISCOVERY = """
import cds_service, fhir_mappings
from cds_service.app import create_app
from cds_service.settings.settings import read_settings
from fastapi.testclient import TestClient

with TestClient(create_app(read_settings({"IMSR_MODE": "development"}))) as client:
    services = client.get("/cds-services").json()["services"]
    print(cds_service.__file__)
    print(fhir_mappings.__file__)
    print(*sorted(service["id"] for service in services))
"""


def test_the_service_runs_from_the_wheel(site: Path, tmp_path: Path) -> None:
    answered = run(
        [sys.executable, "-c", ANSWERS_DISCOVERY],
        folder=tmp_path,
        environment={"PYTHONPATH": str(site)},
    )
    assert answered.returncode == 0, answered.stderr
    assert answered.stdout.splitlines() == [
        f"{site}/cds_service/__init__.py",
        f"{site}/fhir_mappings/__init__.py",
        "imsr-order-select imsr-order-sign imsr-patient-view",
    ]
