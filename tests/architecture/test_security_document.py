"""docker/SECURITY.md says what is so: its tests, metrics, settings and log lines exist."""

import ast
import json
import logging
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cds_service.observing.metrics import Metrics
from cds_service.settings.settings import SETTINGS
from cds_service.store.tables import METADATA
from tests.clients.issuing import bearer, signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.calls import access, order_sign, record
from tests.contract.fhir_server import FhirServer, running

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker" / "SECURITY.md").read_text()
NAMED_TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


def names(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
    return found


def test_many_tests_are_named() -> None:
    assert len(NAMED_TESTS) > 35


@pytest.mark.parametrize(("module", "name"), NAMED_TESTS)
def test_a_test_that_is_named_exists(module: str, name: str) -> None:
    assert name in names(ROOT / module)


def test_every_row_of_threats_and_hazards_names_a_test() -> None:
    tables = TEXT.partition("## Threats")[2]
    rows = [line for line in tables.splitlines() if line.startswith("| ") and "|---" not in line]
    rows = [row for row in rows if not row.startswith(("| threat |", "| hazard |"))]
    assert len(rows) > 25
    assert [row for row in rows if "`tests/" not in row] == []


def test_metrics_that_are_named_exist() -> None:
    families = text_string_to_metric_families(Metrics().exposition().decode())
    told = {family.name for family in families}
    named = {name.removesuffix("_total") for name in re.findall(r"imsr_[a-z_]+", TEXT)}
    assert named
    assert named - told == set()


def test_settings_and_tables_that_are_named_exist() -> None:
    named = set(re.findall(r"IMSR_[A-Z_]+", TEXT))
    assert named - {setting.name for setting in SETTINGS} == set()
    assert set(re.findall(r"table `(\w+)`", TEXT)) == set(METADATA.tables)


def test_the_sample_of_the_log_is_json() -> None:
    lines = [json.loads(line) for line in TEXT.splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines] == ["call", "http", "audit_row_lost"]


def test_the_sample_of_a_call_is_what_a_call_writes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sample = next(json.loads(line) for line in TEXT.splitlines() if '"event": "call"' in line)
    caplog.set_level(logging.INFO, "cds_service")
    with running(FhirServer(record())) as server:
        client = Site(tmp_path, {**ENTRY, "fhir_servers": [server.base]}).client()
        body = order_sign(prefetch=None, **access(server.base))
        assert client.call(body, **bearer(signing_key().token())).status_code == 200
    events = [getattr(each, "event", {}) for each in caplog.records]
    (event,) = [each for each in events if each.get("event") == "call"]
    assert {"time", "level", *event} == set(sample)
    assert list(event["stages"]) == list(sample["stages"])
