"""The JSON Schema of the extension, which ships with the package."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cds_service.domain.assessment import FlagId
from cds_service.domain.causes import Cause
from cds_service.domain.criteria import CriterionId
from cds_service.hooks.cds_hooks import SCHEMA_OF_EXTENSION
from cds_service.hooks.extension import assessment_json
from tests.http_shell.test_extension import BORDERLINE


def schema() -> Any:
    return json.loads(SCHEMA_OF_EXTENSION.read_text(encoding="utf-8"))


def accepts(*assessments: object) -> bool:
    return bool(Draft202012Validator(schema()).is_valid(list(assessments)))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_it_accepts_what_we_say() -> None:
    assert accepts(assessment_json(BORDERLINE))
    minor = replace(BORDERLINE, outcome=None, causes=(Cause.MINOR,), options=(), flags=())
    assert accepts(assessment_json(minor))
    early = replace(minor, causes=(Cause.BEFORE_EFFECTIVE_DATE,))
    assert accepts(assessment_json(early))


def test_it_knows_the_closed_lists() -> None:
    definitions = schema()["$defs"]
    causes = definitions["assessment"]["properties"]["because"]["items"]["enum"]
    assert causes == sorted(cause.value for cause in Cause)
    flags = {each["properties"]["id"]["const"] for each in definitions["flag"]["oneOf"]}
    assert flags == {flag.value for flag in FlagId}
    assert definitions["criterion"]["properties"]["id"]["enum"] == [
        each.value for each in CriterionId
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "not_applicable"},
        {"outcome": "met"},
        {"outcome": "voldoet"},
        {"because": []},
        {"because": ["no_such_cause"]},
        {"because": ["minor"]},
        {"flags": [{"id": "one_arm", "criterion": "psychological-care"}]},
        {"flags": [{"id": "no_such_flag"}]},
        {"flags": []},
        {"referralDate": "2026-06"},
        {"revision": None},
        {"patient": "pat-1"},
    ],
)
def test_it_refuses_what_we_never_say(change: dict[str, object]) -> None:
    assert not accepts({**assessment_json(BORDERLINE), **change})
