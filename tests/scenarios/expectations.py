"""What an answer must say for a scenario, and a service that lives on the scenario's day."""

from functools import cache
from typing import Any, Final

from fastapi.testclient import TestClient

from cds_service.app import create_app
from cds_service.settings.settings import read_settings
from tests.builders.hook_calls import ORDER_ID, HookCallFixture
from tests.builders.scenario_rows import Scenario

NOT_OURS: Final = {"other", "other_rehab", "other_note"}
"""Orders for another service: no card, no assessment."""

EXTENSION: Final = "nl.imsr-cds.assessments"


@cache
def service_on(day: str) -> TestClient:
    """The service on a day, in development mode; what it has cached is kept between tests."""
    settings = read_settings(
        {"IMSR_MODE": "development", "IMSR_TODAY": day, "IMSR_DEADLINE_SECONDS": "30"},
    )
    return TestClient(create_app(settings))


def answer_to(call: HookCallFixture, row: Scenario) -> dict[str, Any]:
    """The answer of the service on the day of the scenario."""
    response = service_on(row.today).post(f"/cds-services/{call.service}", json=call.body)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def said_about(row: Scenario, body: dict[str, Any]) -> dict[str, Any]:
    """Outcome, causes and the outcome per criterion, of our order; or that nothing was said."""
    if row.referral_kind in NOT_OURS:
        return body
    order = f"ServiceRequest/{ORDER_ID}"
    ours = [each for each in body["extension"][EXTENSION] if each["referral"] == order]
    assert len(ours) == 1, row.id
    criteria = {
        criterion["id"]: criterion["outcome"]
        for option in ours[0].get("options", [])
        for criterion in option["criteria"]
    }
    return {
        "overall": ours[0]["outcome"],
        "because": tuple(ours[0].get("because", [])),
        "criteria": criteria,
    }


def expected_of(row: Scenario) -> dict[str, Any]:
    """The same, as the table demands; an order that is not ours gets no word at all."""
    if row.referral_kind in NOT_OURS:
        return {"cards": []}
    return {
        "overall": row.expected.overall,
        "because": row.expected.because,
        "criteria": row.expected.criteria,
    }
