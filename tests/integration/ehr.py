"""An EHR that prefetches: it fills in the templates of discovery and asks its FHIR server."""

import requests

from tests.integration.records import Json

PATIENT_TOKEN = "{{context.patientId}}"


def prefetched(base_url: str, templates: dict[str, str], patient: str) -> Json:
    """The answer of the server to each template, as it came: Bundles with their next links.

    A key whose request fails is left out, as CDS Hooks allows.
    """
    filled = {key: each.replace(PATIENT_TOKEN, patient) for key, each in templates.items()}
    assert not any("{{" in each for each in filled.values())
    with requests.Session() as session:
        answers = {
            key: session.get(f"{base_url}/{each}", timeout=60) for key, each in filled.items()
        }
    return {key: answer.json() for key, answer in answers.items() if answer.status_code == 200}
