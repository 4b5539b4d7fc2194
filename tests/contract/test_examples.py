"""The example calls and answers that ship with the package are true."""

import json
from pathlib import Path

import pytest

import cds_service
from tests.contract.calls import Json
from tests.contract.checked_client import assessments
from tests.contract.services import service

EXAMPLES = Path(cds_service.__file__).parent / "examples"


def example(name: str) -> Json:
    content: Json = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize(
    ("hook", "outcome", "because"),
    [
        ("order-sign", "indeterminate", ["duration_borderline"]),
        ("order-select", "indeterminate", ["nothing_found"]),
        ("patient-view", "indeterminate", ["duration_borderline"]),
    ],
)
def test_the_example_call_gives_the_example_answer(
    hook: str, outcome: str, because: list[str]
) -> None:
    answer = service().call(example(f"{hook}.request"))
    expected = example(f"{hook}.answer")
    (assessment,) = assessments(answer)
    assert assessment["outcome"] == outcome
    assert assessment["because"] == because
    assert answer.json()["extension"] == expected["extension"]
    shown = [{**card, "uuid": ""} for card in answer.json()["cards"]]
    assert shown == [{**card, "uuid": ""} for card in expected["cards"]]


def test_the_example_call_for_the_full_assessment_gives_the_example_answer() -> None:
    answer = service().post("/assessments", example("assessments.request"))
    assert answer.json() == example("assessments.answer")
    (referral,) = answer.json()["referrals"]
    assert referral["assessment"]["because"] == ["asynchronous_contact", "duration_borderline"]
