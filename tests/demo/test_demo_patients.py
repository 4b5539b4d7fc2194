"""Each demo patient shows what it is said to show, with the record in the call and on HAPI."""

from functools import cache
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fhir.resources.R4B import get_fhir_model_class

from cds_service.app import create_app
from cds_service.demo.loading import load
from cds_service.demo.patients import DEMO_PATIENTS, DemoPatient
from cds_service.demo.records import (
    demo_resources,
    draft_order,
    order_sign_call,
    order_sign_call_with_record,
)
from cds_service.settings import read_settings

EXPECTED = {
    "optie-1": ("met", [], "info", "aantal en duur in dit dossier aangetoond (optie 1)"),
    "optie-2": ("met", [], "info", "aantal en duur in dit dossier aangetoond (optie 2, psychosomatisch)"),
    "ziekenhuis": ("not_met", [], "warning", "Fysio/oefen/ergo 4 keer in 12,0 weken"),
    "weinig-ggz": ("not_met", [], "warning", "Psycholoog/POH-GGZ 2 keer in 3,0 weken"),
    "twaalf-weken": (
        "indeterminate",
        ["duration_borderline"],
        "info",
        "Fysio/oefen/ergo 12 keer in 77 dagen; nodig 84 dagen",
    ),
    "geen-fysio": (
        "indeterminate",
        ["nothing_found"],
        "info",
        "Geen fysio-, oefen- of ergotherapie in 2 jaar dossier gevonden.",
    ),
    "niets-gevonden": (
        "indeterminate",
        ["nothing_found"],
        "info",
        "Geen behandeling die meetelt in 2 jaar dossier gevonden.",
    ),
    "onduidelijk": (
        "indeterminate",
        ["nothing_found", "unmapped_role"],
        "info",
        "Van 8 contacten is onduidelijk of ze meetellen.",
    ),
    "traject": (
        "indeterminate",
        ["course_without_number"],
        "info",
        "Van 1 behandeltraject is het aantal in de twee jaar onbekend.",
    ),
    "geen-reden": (
        "indeterminate",
        ["indication_unknown"],
        "info",
        "Revalidatie voor aanhoudende pijn? Dan gelden de iMSR-voorwaarden",
    ),
    "eenmalig": ("not_applicable", ["one_time_consult"], "", ""),
}
PATIENTS = [pytest.param(each, id=each.key) for each in DEMO_PATIENTS]


@cache
def service() -> TestClient:
    settings = read_settings(
        {
            "IMSR_MODE": "development",
            "IMSR_TODAY": "2026-06-15",
            "IMSR_DEADLINE_SECONDS": "30",
        },
    )
    return TestClient(create_app(settings))


def _sign(call: dict[str, Any]) -> dict[str, Any]:
    response = service().post("/cds-services/imsr-order-sign", json=call)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def _assert_shows(patient: DemoPatient, body: dict[str, Any]) -> None:
    outcome, because, indicator, words = EXPECTED[patient.key]
    (assessment,) = body["extension"]["nl.imsr-cds.assessments"]
    assert (assessment["outcome"], assessment.get("because", [])) == (outcome, because)
    if not words:
        assert body["cards"] == []
        return
    (card,) = body["cards"]
    assert card["indicator"] == indicator
    assert words in card["summary"]


@pytest.mark.parametrize("patient", PATIENTS)
def test_with_the_record_in_the_call(patient: DemoPatient) -> None:
    _assert_shows(patient, _sign(order_sign_call_with_record(patient)))


@pytest.fixture(scope="module")
def loaded(hapi: str) -> str:
    load(demo_resources(), hapi)
    return hapi


@pytest.mark.hapi
@pytest.mark.parametrize("patient", PATIENTS)
def test_with_the_record_on_hapi(patient: DemoPatient, loaded: str) -> None:
    _assert_shows(patient, _sign(order_sign_call(patient, fhir_server=loaded)))


def test_every_kind_of_patient_is_there_once() -> None:
    assert [each.key for each in DEMO_PATIENTS] == list(EXPECTED)


@pytest.mark.parametrize("resource", demo_resources(), ids=lambda each: each["id"])
def test_every_resource_is_valid_r4(resource: dict[str, Any]) -> None:
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    assert resource["id"].startswith("imsr-demo-")


@pytest.mark.parametrize("patient", PATIENTS)
def test_every_order_is_a_valid_draft(patient: DemoPatient) -> None:
    order = draft_order(patient)
    get_fhir_model_class("ServiceRequest").model_validate(order)
    assert order["status"] == "draft"
    assert order["authoredOn"] == "2026-06-15"


def test_no_identifier_can_be_that_of_a_person() -> None:
    systems = {
        each["system"] for resource in demo_resources() for each in resource.get("identifier", [])
    }
    assert systems == {
        "https://imsr-cds.nl/fhir/demo/organisaties",
        "https://imsr-cds.nl/fhir/demo/zorgverleners",
        "https://imsr-cds.nl/fhir/demo/patienten",
    }
