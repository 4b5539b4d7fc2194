"""What a command or a service does not need is not loaded: start and memory stay small."""

import subprocess
import sys

import pytest

VERSION = "from cds_service.cli import main\nmain(['--version'], standalone_mode=False)"
DEVELOPMENT = (
    "from cds_service.app import create_app\n"
    "from cds_service.settings.settings import read_settings\n"
    "create_app(read_settings({'IMSR_MODE': 'development'}))"
)
TELL = "\nimport sys\nprint('loaded', *sys.modules)"


def loaded_after(program: str) -> set[str]:
    command = [sys.executable, "-c", program + TELL]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    word, *modules = ended.stdout.splitlines()[-1].split()
    assert word == "loaded"
    return set(modules)


def test_the_version_is_told_without_the_service() -> None:
    loaded = loaded_after(VERSION)
    assert {"click", "cds_service.cli"} <= loaded
    ours = {name for name in loaded if name.startswith(("cds_service.", "fhir_mappings"))}
    assert ours == {"cds_service.cli"}
    assert loaded.isdisjoint({"asyncio", "fastapi", "pydantic", "requests", "rich", "yaml"})


def test_development_mode_loads_no_database_no_tokens_and_no_models_of_fhir() -> None:
    loaded = loaded_after(DEVELOPMENT)
    assert "fastapi" in loaded
    unneeded = {"alembic", "cryptography", "fhir.resources", "jwt", "psycopg", "rich", "sqlalchemy"}
    assert loaded & unneeded == set()


@pytest.mark.parametrize("name", ["check", "client", "demo", "explain-code", "lint-criteria"])
def test_every_command_is_found_by_its_name(name: str) -> None:
    program = f"from cds_service.cli import main\nmain(['{name}', '-h'], standalone_mode=False)"
    assert "cds_service.cli" in loaded_after(program)
