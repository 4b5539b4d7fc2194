"""`imsr-cds check --validate`: the strict second look, and the reason of what cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import main
from cds_service.cli.check_incoming import Received
from cds_service.cli.check_strict_look import faults_of
from cds_service.demo.records import demo_resources, order_sign_call_with_record
from cds_service.demo.stories import DEMO_PATIENTS
from tests.builders.loopback import LoopbackFhir, serve

TODAY = {"IMSR_TODAY": "2026-06-15", "IMSR_LANGUAGE": "en", "COLUMNS": "80"}
PATIENT = "imsr-demo-optie-1"
FIRST = f"{PATIENT}-contact-1"
ENCOUNTER = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}


def on_a_server(*arguments: str, **members: object) -> Result:
    """The record of a patient whose first contact has other members."""
    changed = [{**each, **members} if each["id"] == FIRST else each for each in demo_resources()]
    with serve(LoopbackFhir(changed)) as server:
        return CliRunner().invoke(
            main, ["check", PATIENT, "--server", server, *arguments], env=TODAY
        )


def captured(folder: Path, *arguments: str, **members: object) -> Result:
    made = order_sign_call_with_record(DEMO_PATIENTS[0])
    first = made["prefetch"]["encounters"]["entry"][0]["resource"]
    first.update(members)
    made["prefetch"]["encounters"]["entry"].append(None)
    file = folder / "call.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    return CliRunner().invoke(main, ["check", "--request", str(file), *arguments], env=TODAY)


def test_a_record_without_faults_says_so() -> None:
    result = on_a_server("--validate")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("resources read, no faults\n")


def test_each_fault_is_listed_with_resource_element_and_what() -> None:
    result = on_a_server("--validate", period={"start": "yesterday"}, colour="blue")
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert "2 faults in 1 of them" in lines[-3]
    assert set(lines[-2:]) == {
        f"  Encounter/{FIRST}: Encounter.period.start is no DateTime as FHIR writes it",
        f"  Encounter/{FIRST}: Encounter.colour is no element of FHIR R4 here",
    }


def test_the_same_in_json_beside_the_assessment() -> None:
    told = json.loads(on_a_server("--validate", "--json", status=None).stdout)
    assert told["referrals"][0]["assessment"]["outcome"] == "met"
    assert told["strict"]["faulty"] == 1
    assert told["strict"]["faults"] == [
        {
            "resource": f"Encounter/{FIRST}",
            "element": "Encounter.status",
            "what": "is required",
        }
    ]
    assert told["strict"]["resources"] > 21


def test_a_fault_of_many_resources_is_counted(tmp_path: Path) -> None:
    made = order_sign_call_with_record(DEMO_PATIENTS[0])
    for entry in made["prefetch"]["encounters"]["entry"][:5]:
        del entry["resource"]["class"]
    file = tmp_path / "call.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    result = CliRunner().invoke(main, ["check", "--request", str(file), "--validate"], env=TODAY)
    assert result.exit_code == 3
    assert "5 faults in 5 of them\n  5 times Encounter.class is required\n" in result.stdout


def test_every_resource_that_came_in_is_looked_at_once(tmp_path: Path) -> None:
    told = json.loads(captured(tmp_path, "--validate", "--json").stdout)
    # the patient, 21 contacts, 6 practices with places, 7 people, 6 roles, the order, and the
    # Bundles of the orders and of the four searches
    assert told["strict"]["resources"] == 1 + 21 + 12 + 7 + 6 + 1 + 5


def test_what_our_reader_cannot_read_has_its_reason_in_the_ledger(tmp_path: Path) -> None:
    told = json.loads(captured(tmp_path, "--ledger", "--json", period=3).stdout)
    ledger = told["referrals"][0]["ledger"]
    unreadable = [each for each in ledger if "fault" in each]
    assert [each["criteria"][0]["because"] for each in unreadable] == [["resource_unreadable"]] * 2
    assert [(each["source"], each["fault"]) for each in unreadable] == [
        ("Encounter 22", "must be an object"),
        (f"Encounter/{FIRST}", "period must be an object of type Period"),
    ]


def test_a_reason_is_found_for_a_contact_without_an_id_too(tmp_path: Path) -> None:
    told = json.loads(captured(tmp_path, "--ledger", "--json", id=None, status=[1]).stdout)
    ledger = told["referrals"][0]["ledger"]
    assert {each["source"]: each.get("fault") for each in ledger if "first" not in each} == {
        "Encounter 1": "status must be a string",
        "Encounter 22": "must be an object",
    }


def test_the_reason_stands_in_the_readable_ledger() -> None:
    text = " ".join(on_a_server("--ledger", participant="somebody").stdout.split())
    assert "resource unreadable: participant must be a list" in text


@pytest.mark.parametrize(
    ("resource", "faults"),
    [
        (ENCOUNTER, []),
        ([], [("resource", "must be an object")]),
        ({"resourceType": 3}, [("resourceType", "must be a string")]),
        ({"resourceType": "Letter"}, [("resourceType", "is no resource type of FHIR R4")]),
        (
            {"resourceType": "Encounter", "status": "finished"},
            [("Encounter.class", "is required")],
        ),
        (
            {**ENCOUNTER, "period": {"start": 3}},
            [("Encounter.period.start", "must be a string")],
        ),
        (
            {**ENCOUNTER, "participant": [{}, {"individual": {"reference": 3}}]},
            [("Encounter.participant[1].individual.reference", "must be a string")],
        ),
        ({**ENCOUNTER, "id": "a b"}, [("Encounter.id", "must be letters, digits, - and . only")]),
        ({**ENCOUNTER, "type": [None]}, [("Encounter.type", "must hold no null")]),
        (
            {"resourceType": "Patient", "active": "yes"},
            [("Patient.active", "must be true or false")],
        ),
        (
            {"resourceType": "Patient", "contained": [{"resourceType": "Letter", "name": 3}]},
            [("Patient", "cannot be read by fhir.resources (KeyError)")],
        ),
    ],
    ids=lambda value: None if isinstance(value, list) else "resource",
)
def test_faults_in_words(resource: Any, faults: list[tuple[str, str]]) -> None:
    found = faults_of(Received("it", resource))
    assert [(each.element, each.what) for each in found] == faults


def test_numbers_and_days_that_are_written_in_another_way_are_no_faults() -> None:
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "pain"},
        "effectiveDateTime": "2020-01-01T00:00:00.000+01:00",
        "valueQuantity": {"value": 1.50},
        "component": [{"code": {"text": "x"}, "valueQuantity": {"value": 3}}],
    }
    assert faults_of(Received("it", resource)) == ()
