"""Every patient story through the HTTP interface, with the record in `prefetch`."""

from typing import Any

import pytest

from tests.builders.fhir_versions import FhirVersion
from tests.builders.hook_calls import Hook, HookCallFixture, hook_call
from tests.builders.loopback import LoopbackFhir, serve
from tests.builders.record_builder import RolesAs
from tests.builders.scenario_rows import Scenario, read_scenarios, scenario
from tests.scenarios.expectations import (
    EXTENSION,
    answer_to,
    expected_of,
    said_about,
)

ROWS = [pytest.param(row, id=row.id) for row in read_scenarios()]
NO_SERVER = "http://127.0.0.1:9/fhir"


def _answer(
    row: Scenario, hook: Hook, roles_as: RolesAs, form: int, version: FhirVersion = FhirVersion.R4
) -> dict[str, Any]:
    def call(fhir_server: str) -> HookCallFixture:
        return hook_call(
            row,
            hook=hook,
            roles_as=roles_as,
            via="prefetch",
            form=form,
            fhir_server=fhir_server,
            version=version,
        )

    if not row.flags.page_size:
        return answer_to(call(NO_SERVER), row)
    fhir = LoopbackFhir(call(NO_SERVER).resources)
    with serve(fhir) as base_url:
        paged = call(base_url)
        fhir.pages.update(paged.pages)
        return answer_to(paged, row)


@pytest.mark.parametrize("roles_as", ["role", "practitioner"])
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
@pytest.mark.parametrize("row", ROWS)
def test_the_answer_is_that_of_the_table(row: Scenario, hook: Hook, roles_as: RolesAs) -> None:
    assert said_about(row, _answer(row, hook, roles_as, 0)) == expected_of(row)


@pytest.mark.parametrize("form", range(1, 8))
@pytest.mark.parametrize("row", ROWS)
def test_every_form_of_a_story_gets_the_same_answer(row: Scenario, form: int) -> None:
    said = [
        said_about(row, _answer(row, "order-sign", roles_as, form))
        for roles_as in ("role", "practitioner")
    ]
    assert said == [expected_of(row), expected_of(row)]


@pytest.mark.parametrize("version", ["STU3", "R4B", "R5"])
@pytest.mark.parametrize("row", ROWS)
def test_a_record_of_another_version_gets_the_same_answer(
    row: Scenario, version: FhirVersion
) -> None:
    form = int(row.id[1:])  # each row another of its forms, so all occur
    said = [
        said_about(row, _answer(row, "order-sign", roles_as, form, FhirVersion(version)))
        for roles_as in ("role", "practitioner")
    ]
    assert said == [expected_of(row), expected_of(row)]


def test_another_order_gets_no_assessment() -> None:
    row = scenario("S247")
    for hook in ("order-select", "order-sign"):
        body = _answer(row, hook, "role", 0)
        assert len(body["extension"][EXTENSION]) == 1
