"""D, and P1 to P3: what discovery says, and what its prefetch templates ask for."""
# ruff: noqa: N802 - a test is named after its item

import re
from urllib.parse import parse_qsl

import pytest

from cds_service.hooks.cds_hooks import discovery_json
from tests.contract.calls import Json, order_select, order_sign, prefetch
from tests.contract.checked_client import outcomes
from tests.contract.patient_views import patient_view, sent
from tests.contract.services import Checker, service, shell

DISCOVERY = "/cds-services"
KEYS = {
    *("patient", "encounters", "procedures", "conditions", "statements", "letters", "referrals"),
}
SUBSET = {  # parameters that every client supports, and the values that they may have here
    "patient": r"\{\{context\.patientId\}\}",
    "date": r"(eq|lt|gt|ge|le)?\d{4}-\d{2}-\d{2}",
    "authored": r"ge\d{4}-\d{2}-\d{2}",
    "_count": r"\d+",
    "_sort": r"-?[a-z-]+",
}


def services(**environ: str) -> list[Json]:
    found: list[Json] = service(**environ).get(DISCOVERY).json()["services"]
    return found


def test_D1_discovery_is_there_and_stays_the_same() -> None:
    client = service()
    first, second = client.get(DISCOVERY), client.get(DISCOVERY)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_D1_discovery_is_only_read(method: str) -> None:
    answer = shell().request(method, DISCOVERY)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_D2_discovery_is_an_object_with_services() -> None:
    body = shell().get(DISCOVERY).json()
    assert set(body) == {"services"}
    assert isinstance(body["services"], list)


def test_D3_without_services_the_list_is_empty() -> None:
    assert discovery_json((), lambda _: {}) == b'{"services":[]}'


def test_D4_every_service_says_what_it_is() -> None:
    assert [(each["id"], each["hook"]) for each in services()] == [
        ("imsr-order-select", "order-select"),
        ("imsr-order-sign", "order-sign"),
        ("imsr-patient-view", "patient-view"),
    ]
    members = {"id", "hook", "title", "description", "usageRequirements", "version", "prefetch"}
    for each in services():
        assert set(each) == members
        assert all(isinstance(each[name], str) for name in members - {"prefetch"})


@pytest.mark.parametrize(("language", "word"), [("nl", "behandelingen"), ("en", "treatment")])
def test_D5_every_service_has_a_title_in_the_language_of_the_site(language: str, word: str) -> None:
    for each in services(IMSR_LANGUAGE=language):
        assert word in each["title"]
        assert word in each["description"]


def test_D6_every_listed_service_can_be_called() -> None:
    client = service()
    bodies = {"order-select": order_select(), "order-sign": order_sign()}
    bodies["patient-view"] = patient_view(sent())
    for each in client.get(DISCOVERY).json()["services"]:
        answer = client.post(f"{DISCOVERY}/{each['id']}", bodies[each["hook"]])
        assert outcomes(answer) == ["met"]


def test_D7_prefetch_is_an_object_of_strings() -> None:
    for each in services():
        assert set(each["prefetch"]) == KEYS
        assert all(isinstance(template, str) for template in each["prefetch"].values())


def test_D9_the_version_is_semver_and_a_setting() -> None:
    assert {each["version"] for each in services()} == {"2.0.1"}
    assert {each["version"] for each in services(IMSR_CDS_HOOKS_VERSION="3.0.0")} == {"3.0.0"}


def test_D11_ids_are_unique() -> None:
    ids = [each["id"] for each in services()]
    assert len(set(ids)) == len(ids) == 3


def test_D12_ids_need_no_encoding() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+", each["id"]) for each in services())


def parts(template: str) -> tuple[str, list[tuple[str, str]]]:
    """The path of a template, and its parameters in order."""
    path, _, query = template.partition("?")
    return path, parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))


@pytest.mark.parametrize("form", ["portable", "full"])
def test_P1_templates_are_reads_or_searches_below_the_base(form: str) -> None:
    for each in services(IMSR_PREFETCH=form):
        paths = {key: parts(template)[0] for key, template in each["prefetch"].items()}
        assert paths == {
            "patient": "Patient/{{context.patientId}}",
            "encounters": "Encounter",
            "procedures": "Procedure",
            "conditions": "Condition",
            "statements": "QuestionnaireResponse",
            "letters": "DocumentReference",
            "referrals": "ServiceRequest",
        }


@pytest.mark.parametrize("form", ["portable", "full"])
def test_P2_the_only_token_is_the_patient(form: str) -> None:
    for each in services(IMSR_PREFETCH=form):
        for template in each["prefetch"].values():
            assert re.findall(r"\{\{.*?\}\}", template) == ["{{context.patientId}}"]


def test_P3_portable_templates_use_what_every_client_supports() -> None:
    for each in services():
        for template in each["prefetch"].values():
            for name, value in parts(template)[1]:
                assert re.fullmatch(SUBSET[name], value)


@pytest.mark.parametrize("form", ["portable", "full"])
def test_P3_a_parameter_stands_once(form: str) -> None:
    for each in services(IMSR_PREFETCH=form):
        for template in each["prefetch"].values():
            names = [name for name, _ in parts(template)[1]]
            assert len(set(names)) == len(names)


def test_P3_full_templates_bring_the_roles_too_and_change_nothing_else() -> None:
    full = services(IMSR_PREFETCH="full")[0]["prefetch"]
    assert "_include=Encounter:participant" in full["encounters"]
    answers = [service(IMSR_PREFETCH=form).call(order_sign()) for form in ("portable", "full")]
    assert [outcomes(answer) for answer in answers] == [["met"], ["met"]]


def test_P3_the_window_reaches_back_two_years_and_a_margin() -> None:
    on_the_day = {"IMSR_TODAY": "2026-11-22"}
    for template in ("encounters", "procedures"):
        assert "date=ge2024-10-22" in services(**on_the_day)[1]["prefetch"][template]
        wider = services(**on_the_day, IMSR_WINDOW_MARGIN_DAYS="400")
        assert "date=ge2023-10-19" in wider[1]["prefetch"][template]


def test_Q3_only_what_is_used_is_asked_for() -> None:
    assert set(services()[0]["prefetch"]) == {
        *prefetch(),
        *("conditions", "statements", "letters", "referrals"),
    }


def test_the_service_is_alive_and_ready() -> None:
    for path in ("/health/live", "/health/ready"):
        assert shell(Checker()).get(path).json() == {"status": "ok"}
