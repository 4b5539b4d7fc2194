"""What the builders write for other FHIR versions is what those versions allow."""

from collections.abc import Callable
from typing import Any, Final

import fhir.resources
import fhir.resources.R4B
import fhir.resources.STU3
import pytest

from tests.builders.codes import Json
from tests.builders.fhir_versions import FhirVersion, in_version
from tests.builders.record_builder import Record, RolesAs, record
from tests.builders.scenario_rows import Scenario, read_scenarios, scenario

MODELS: Final[dict[str, Callable[[str], Any]]] = {
    "STU3": fhir.resources.STU3.get_fhir_model_class,
    "R4B": fhir.resources.R4B.get_fhir_model_class,
    "R5": fhir.resources.get_fhir_model_class,
}


def built(row: Scenario, version: FhirVersion, roles_as: RolesAs = "role") -> Record:
    made = record(row, roles_as=roles_as, form=int(row.id[1:]), prefix="x-")
    return in_version(made, version)


def is_readable(row: Scenario) -> bool:
    return not any("unreadable" in token.roles for token in row.tokens)


@pytest.mark.parametrize("version", ["STU3", "R4B", "R5"])
@pytest.mark.parametrize("roles_as", ["role", "practitioner"])
def test_every_record_is_valid_in_its_version(version: str, roles_as: RolesAs) -> None:
    for row in filter(is_readable, read_scenarios()[::3]):
        for resource in built(row, FhirVersion(version), roles_as).resources:
            model = MODELS[version](resource["resourceType"])
            assert model.model_validate(resource).id == resource["id"], row.id


def named(sessions: Json, *names: str) -> set[str]:
    return {name for name in names if name in sessions}


def test_each_version_has_its_own_names() -> None:
    row = scenario("S001")
    names = ("period", "actualPeriod")
    for version, expected in (("STU3", "period"), ("R4", "period"), ("R5", "actualPeriod")):
        for encounter in built(row, FhirVersion(version)).encounters:
            assert named(encounter, *names) == {expected}


def test_in_stu3_only_people_take_part() -> None:
    actors = [
        participant["individual"]
        for encounter in built(scenario("S001"), FhirVersion.STU3).encounters
        for participant in encounter["participant"]
    ]
    assert all(actor["reference"].startswith("Practitioner/") for actor in actors)
    assert any("extension" in actor for actor in actors)


def test_in_r5_a_class_is_a_list_and_a_finished_contact_completed() -> None:
    for encounter in built(scenario("S001"), FhirVersion.R5).encounters:
        assert isinstance(encounter["class"], list)
        assert encounter["status"] == "completed"
