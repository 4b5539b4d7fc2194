"""Every patient story through the HTTP interface, with the record in `prefetch`, in many ways."""

from typing import Any

import pytest

from tests.builders.fhir_versions import FhirVersion
from tests.builders.hook_calls import HookCallFixture, hook_call
from tests.builders.loopback import LoopbackFhir, serve
from tests.builders.scenario_rows import Scenario, read_scenarios, scenario
from tests.kit.combinations import HOOKS, Combination, combinations
from tests.scenarios.expectations import (
    EXTENSION,
    answer_to,
    expected_of,
    said_about,
)

ROWS = [pytest.param(number, row, id=row.id) for number, row in enumerate(read_scenarios())]
NO_SERVER = "http://127.0.0.1:9/fhir"


def _answer(row: Scenario, way: Combination) -> dict[str, Any]:
    def call(fhir_server: str) -> HookCallFixture:
        return hook_call(
            row,
            hook=way.hook,
            roles_as=way.roles_as,
            via="prefetch",
            form=way.form,
            fhir_server=fhir_server,
            version=way.version,
        )

    if not row.flags.page_size:
        return answer_to(call(NO_SERVER), row)
    fhir = LoopbackFhir(call(NO_SERVER).resources)
    with serve(fhir) as base_url:
        paged = call(base_url)
        fhir.pages.update(paged.pages)
        return answer_to(paged, row)


@pytest.mark.parametrize(("number", "row"), ROWS)
def test_the_answer_is_that_of_the_table_however_the_story_is_told(
    number: int, row: Scenario
) -> None:
    ways = list(combinations(number))
    said = {way: said_about(row, _answer(row, way)) for way in ways}
    assert said == dict.fromkeys(ways, expected_of(row))


def test_another_order_gets_no_assessment() -> None:
    row = scenario("S247")
    for hook in HOOKS:
        way = Combination(0, FhirVersion.R4, hook, "role")
        assert len(_answer(row, way)["extension"][EXTENSION]) == 1
