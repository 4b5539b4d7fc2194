"""A site that pins revision 1 of the rule file gets the answers of the first reading."""

from pathlib import Path
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient

from cds_service.app import create_app
from cds_service.settings.settings import read_settings
from tests.builders.hook_calls import hook_call
from tests.builders.scenario_rows import scenario
from tests.scenarios.expectations import EXTENSION, said_about

FIRST: Final = "imsr-persistent-pain.2026-04-20.r1.yaml"
FILES: Final = Path(__file__).parents[2] / "cds_service" / "criteria_files"


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("criteria")
    (folder / FIRST).write_bytes((FILES / FIRST).read_bytes())
    settings = {
        "IMSR_MODE": "development",
        "IMSR_TODAY": "2026-06-15",
        "IMSR_CRITERIA_DIR": str(folder),
    }
    return TestClient(create_app(read_settings(settings)))


@pytest.mark.parametrize(
    ("story", "outcome", "because"),
    [
        pytest.param("S293", "met", (), id="A4: a pause of 84 days is ignored"),
        pytest.param("S310", "not_met", (), id="A2: two sessions are proof of a shortfall"),
        pytest.param("S325", "met", (), id="A8: care for another reason counts"),
        pytest.param("S362", "indeterminate", ("status_unknown",), id="C13: no source is asked"),
    ],
)
def test_revision_one_reads_as_it_did(
    pinned: TestClient, story: str, outcome: str, because: tuple[str, ...]
) -> None:
    told = said_about(scenario(story), _answer(pinned, story))
    assert (told["overall"], told["because"]) == (outcome, because)


def test_each_answer_names_the_revision(pinned: TestClient) -> None:
    answer = _answer(pinned, "S293")
    assert answer["extension"][EXTENSION][0]["revision"] == 1
    assert "uitleg versie 1" in answer["cards"][0]["detail"]


def _answer(pinned: TestClient, story: str) -> dict[str, Any]:
    call = hook_call(scenario(story), hook="order-sign", roles_as="role", via="prefetch")
    response = pinned.post(f"/cds-services/{call.service}", json=call.body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer
