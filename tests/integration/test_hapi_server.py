"""The HAPI server of the tests is a real one, and it accepts what we ship."""

import json
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
ARTEFACTS = sorted(
    file
    for folder in ("code_systems", "concept_maps", "value_sets", "naming_systems")
    for file in (ROOT / "fhir_mappings" / folder).glob("*.json")
)
JSON_BODY = {"Content-Type": "application/fhir+json"}


@pytest.mark.hapi
def test_hapi_speaks_fhir_r4(hapi: str) -> None:
    statement = requests.get(f"{hapi}/metadata", timeout=120)
    assert statement.status_code == 200
    assert statement.json()["fhirVersion"] == "4.0.1"
    assert statement.json()["software"]["name"] == "HAPI FHIR Server"


@pytest.mark.hapi
def test_a_transaction_loads_what_a_search_then_finds(hapi: str, fresh_id: str) -> None:
    patient = f"{fresh_id}-p"
    encounter: dict[str, object] = {
        "resourceType": "Encounter",
        "id": f"{fresh_id}-e",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "period": {"start": "2026-03-02", "end": "2026-03-02"},
    }
    loaded = requests.post(
        hapi,
        json={
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                put({"resourceType": "Patient", "id": patient}),
                put(encounter),
            ],
        },
        headers=JSON_BODY,
        timeout=120,
    )
    assert loaded.status_code == 200, loaded.text
    found = requests.get(f"{hapi}/Encounter?patient={patient}&date=ge2026-03-01", timeout=120)
    assert [entry["resource"]["id"] for entry in found.json()["entry"]] == [f"{fresh_id}-e"]
    later = requests.get(f"{hapi}/Encounter?patient={patient}&date=ge2026-03-03", timeout=120)
    assert "entry" not in later.json()


def put(resource: dict[str, object]) -> dict[str, object]:
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": url}}


def test_there_are_artefacts_of_each_kind() -> None:
    assert {file.parent.name for file in ARTEFACTS} == {
        "code_systems",
        "concept_maps",
        "naming_systems",
        "value_sets",
    }


@pytest.mark.hapi
@pytest.mark.parametrize("file", ARTEFACTS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_hapi_accepts_and_validates_the_artefact(hapi: str, file: Path) -> None:
    artefact = json.loads(file.read_text())
    kind = artefact["resourceType"]
    stored = requests.put(
        f"{hapi}/{kind}/{artefact['id']}", json=artefact, headers=JSON_BODY, timeout=120
    )
    assert stored.status_code in (200, 201), stored.text
    checked = requests.post(
        f"{hapi}/{kind}/$validate",
        data=file.read_text().encode(),
        headers=JSON_BODY,
        timeout=120,
    )
    faults = [
        (issue["severity"], issue.get("location"), issue["diagnostics"])
        for issue in checked.json()["issue"]
        if issue["severity"] in ("error", "fatal")
    ]
    assert faults == []
