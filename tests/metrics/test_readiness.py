"""/health/ready says what the service works with, and is not ready where it could not answer."""

import sqlite3
from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.errors import InvalidCriteriaError, InvalidSettingsError
from tests.clients.site import Site
from tests.contract.services import service, settings
from tests.metrics.reading import value


def test_it_names_rule_file_terminology_and_store() -> None:
    answer = service().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "criteria": "imsr-persistent-pain|2026-04-20",
        "revision": 2,
        "in_force": True,
        "terminology": "loaded",
        "store": "none",
    }


def test_before_the_first_criteria_take_effect_it_says_so() -> None:
    answer = service(IMSR_TODAY="2026-04-19").get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["in_force"] is False


def test_a_store_that_is_well_and_one_that_is_not(tmp_path: Path) -> None:
    site = Site(tmp_path)
    client = site.client()
    assert client.get("/health/ready").json()["store"] == "ok"
    with sqlite3.connect(tmp_path / "store.sqlite3") as database:
        database.execute("ALTER TABLE seen_tokens RENAME TO gone")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert client.get("/health/live").status_code == 200
    with database:
        database.execute("ALTER TABLE gone RENAME TO seen_tokens")
    database.close()
    assert client.get("/health/ready").status_code == 200


def test_a_wrong_rule_file_or_store_stops_the_start(tmp_path: Path) -> None:
    """So a service that answers at all has whole rule files and code tables."""
    (tmp_path / "own.yaml").write_text("id: imsr\n")
    with pytest.raises(InvalidCriteriaError):
        create_app(settings(IMSR_CRITERIA_DIR=str(tmp_path)))
    with pytest.raises(InvalidSettingsError, match="IMSR_STORE_URL"):
        create_app(settings(IMSR_STORE_URL=f"sqlite:///{tmp_path}/none/store.sqlite3"))


def test_looking_is_no_call(tmp_path: Path) -> None:
    app = Site(tmp_path).app()
    assert value(app, "imsr_calls_total") == 0
    assert value(app, "imsr_http_exchanges_total", status="200") == 1
