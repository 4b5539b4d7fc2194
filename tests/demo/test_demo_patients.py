"""Each demo patient shows what it is said to show, with the record in the call and on HAPI."""

from functools import cache
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fhir.resources.R4B import get_fhir_model_class

from cds_service.app import create_app
from cds_service.demo.loading import load
from cds_service.demo.patients import DemoPatient
from cds_service.demo.records import (
    demo_resources,
    draft_order,
    encounters,
    order_sign_call,
    order_sign_call_with_record,
)
from cds_service.demo.stories import DEMO_PATIENTS, GROUPS
from cds_service.settings.settings import read_settings

SHOWN = "aantal en duur aangetoond in dit dossier (optie 1)."
SILENT: tuple[str, str] = ("", "")

# outcome, causes, flags that the story is about, indicator, words of the summary
EXPECTED: dict[str, tuple[str, list[str], set[str], str, str]] = {
    "optie-1": ("met", [], set(), "info", SHOWN),
    "optie-2": (
        "met",
        [],
        set(),
        "info",
        "aantal en duur aangetoond in dit dossier (optie 2).",
    ),
    "beide-opties": (
        "met",
        [],
        set(),
        "info",
        "aantal en duur aangetoond in dit dossier (optie 1 en 2).",
    ),
    "psycholoog-84": ("met", [], {"one_arm"}, "info", SHOWN),
    "opgegeven": (
        "met",
        [],
        {"attested"},
        "info",
        "aantal en duur aangetoond (optie 1), maar deels volgens uw opgave.",
    ),
    "middernacht": ("met", [], set(), "info", SHOWN),
    "ziekenhuis": (
        "not_met",
        [],
        {"not_counted_hospital"},
        "warning",
        "Fysio/oefen/ergo 4 keer in 12,0 weken",
    ),
    "locatie": (
        "not_met",
        [],
        {"not_counted_hospital"},
        "warning",
        "Fysio/oefen/ergo 4 keer in 6,0 weken",
    ),
    "weinig-ggz": ("not_met", [], set(), "warning", "Psycholoog/POH-GGZ 3 keer in 6,0 weken"),
    "memos": ("not_met", [], set(), "warning", "Psycholoog/POH-GGZ 4 keer in 3,0 weken"),
    "beide-te-kort": (
        "not_met",
        [],
        set(),
        "warning",
        "nog te weinig gevonden, fysio/oefen/ergo én psycholoog/POH-GGZ.",
    ),
    "psychosomatisch-kort": (
        "not_met",
        [],
        set(),
        "warning",
        "Psychosomatisch 5 keer in 20,0 weken; nodig 6 keer en 12 weken",
    ),
    "twaalf-weken": (
        "indeterminate",
        ["duration_borderline"],
        set(),
        "info",
        "Fysio/oefen/ergo 12 keer in 77 dagen; nodig 84 dagen",
    ),
    "psycholoog-83": (
        "indeterminate",
        ["duration_borderline"],
        set(),
        "info",
        "Psycholoog/POH-GGZ 3 keer in 83 dagen; nodig 6 keer of 84 dagen",
    ),
    "onderbreking": (
        "indeterminate",
        ["interrupted"],
        set(),
        "info",
        "Fysio/oefen/ergo 12 keer, maar met 25 weken onderbreking. Was dit één behandeling?",
    ),
    "spoor": (
        "indeterminate",
        ["trace_only"],
        set(),
        "info",
        "Psycholoog/POH-GGZ 2 keer gevonden, misschien een spoor van meer.",
    ),
    "geen-fysio": (
        "indeterminate",
        ["nothing_found"],
        set(),
        "info",
        "Geen fysio-, oefen- of ergotherapie in twee jaar dossier gevonden.",
    ),
    "brief": (
        "indeterminate",
        ["nothing_found"],
        set(),
        "info",
        "Fysio/oefen/ergo niet gevonden, wel een brief van 02-06-2025.",
    ),
    "geen-psycholoog": (
        "indeterminate",
        ["nothing_found"],
        set(),
        "info",
        "Geen psycholoog of POH-GGZ in twee jaar dossier gevonden.",
    ),
    "niets-gevonden": (
        "indeterminate",
        ["nothing_found"],
        set(),
        "info",
        "Geen behandeling die meetelt in twee jaar dossier gevonden.",
    ),
    "onduidelijk": (
        "indeterminate",
        ["nothing_found", "unmapped_role"],
        set(),
        "info",
        "8 contacten zonder bekend beroep: wie was dit?",
    ),
    "status-onbekend": (
        "indeterminate",
        ["status_unknown"],
        set(),
        "info",
        "9 contacten met een fysiotherapeut: gingen ze door?",
    ),
    "traject": (
        "indeterminate",
        ["course_without_number"],
        set(),
        "info",
        "Van 1 behandeltraject is het aantal in de twee jaar onbekend.",
    ),
    "geen-reden": (
        "indeterminate",
        ["indication_unknown"],
        set(),
        "info",
        "Revalidatie voor aanhoudende pijn? Dan gelden de iMSR-voorwaarden",
    ),
    "soort-onduidelijk": (
        "indeterminate",
        ["indication_unknown"],
        set(),
        "info",
        "Revalidatie: gaat het om iMSR bij aanhoudende pijn? Dan gelden voorwaarden.",
    ),
    "geboortejaar": (
        "indeterminate",
        ["age_unknown"],
        set(),
        "info",
        "niet te bepalen, de geboortedatum is niet volledig (17 of 18 jaar).",
    ),
    "eenmalig": ("not_applicable", ["one_time_consult"], set(), *SILENT),
    "minderjarig": ("not_applicable", ["minor"], set(), *SILENT),
    "andere-diagnose": ("not_applicable", ["other_indication"], set(), *SILENT),
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
    outcome, because, flags, indicator, words = EXPECTED[patient.key]
    (assessment,) = body["extension"]["nl.imsr-cds.assessments"]
    assert (assessment["outcome"], assessment.get("because", [])) == (outcome, because)
    assert flags <= {flag["id"] for flag in assessment.get("flags", [])}
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


def test_every_kind_of_patient_is_there_once_in_the_order_of_the_groups() -> None:
    assert [each.key for each in DEMO_PATIENTS] == list(EXPECTED)
    assert len({each.name for each in DEMO_PATIENTS}) == len(EXPECTED) == 29
    outcomes = [{EXPECTED[each.key][0] for each in group} for _, group in GROUPS]
    assert outcomes == [{"met"}, {"not_met"}, {"indeterminate"}, {"not_applicable"}]


@pytest.mark.parametrize("patient", PATIENTS)
def test_every_story_is_one_sentence_of_at_most_four_lines(patient: DemoPatient) -> None:
    assert patient.shows.endswith(".")
    assert ". " not in patient.shows
    assert len(patient.shows) <= 200


def test_midnight_is_written_as_the_evening_before_also_across_the_clock_change() -> None:
    (patient,) = (each for each in DEMO_PATIENTS if each.key == "middernacht")
    starts = [each["period"]["start"] for each in encounters(patient)[:6]]
    assert starts == [
        "2024-06-14T22:00:00Z",
        "2024-07-12T22:00:00Z",
        "2024-08-09T22:00:00Z",
        "2024-09-06T22:00:00Z",
        "2024-10-04T22:00:00Z",
        "2024-11-01T23:00:00Z",
    ]


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
