"""`imsr-cds check` shows the card that the service sends, whatever a site has set."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from cds_service.cli import main
from cds_service.cli.card_view import panel
from cds_service.demo.records import demo_resources, order_sign_call_with_record
from cds_service.demo.stories import DEMO_PATIENTS
from cds_service.settings.settings import describe_settings
from tests.builders.loopback import LoopbackFhir, serve
from tests.clients.issuing import bearer, signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.checked_client import CheckedClient
from tests.contract.services import service
from tests.criteria_files.rule_texts import changed, write
from tests.terminology.tables import UZI
from tests.terminology.test_site_tables import element, role_map, site

Json = dict[str, Any]
PATIENTS = {patient.key: patient for patient in DEMO_PATIENTS}
WIDTH = 80  # columns of a terminal that is none

SHOWN_HERE = {
    "IMSR_LANGUAGE",
    "IMSR_TABLES",
    "IMSR_STATED_CARE_FORM",
    "IMSR_SHOW_NOT_APPLICABLE",
    "IMSR_UNAVAILABLE",
    "IMSR_CRITERIA_DIR",
    "IMSR_TERMINOLOGY_DIR",
    "IMSR_WINDOW_MARGIN_DAYS",
    "IMSR_TODAY",
    "IMSR_TRUSTED_CLIENTS",
}
"""Settings that change a card, each held by a test of this module."""

WHAT_CAN_BE_FETCHED = {
    "IMSR_FHIR_SERVERS",
    "IMSR_FHIR_NETWORKS",
    "IMSR_DEADLINE_SECONDS",
    "IMSR_MAX_FETCHED_BYTES",
    "IMSR_MAX_FETCHED_VALUES",
    "IMSR_MAX_PAGES",
    "IMSR_CA_FILE",
    "IMSR_PATIENT_VIEW_MARGIN_DAYS",
    "IMSR_CLIENT_CERT",
    "IMSR_CLIENT_KEY",
    "IMSR_CIRCUIT_FAILURES",
    "IMSR_CIRCUIT_PAUSE_SECONDS",
    "IMSR_ROLE_CACHE_SECONDS",
    "IMSR_ROLE_CACHE_BYTES",
    "IMSR_ROLE_CACHE_SIZE",
}
"""Settings that change a card only by what of the record comes in."""

NO_CARD = {
    "IMSR_MODE",
    "IMSR_HOST",
    "IMSR_PORT",
    "IMSR_CORS_ORIGINS",
    "IMSR_PREFETCH",
    "IMSR_CDS_HOOKS_VERSION",
    "IMSR_MAX_BODY_BYTES",
    "IMSR_MAX_NESTING",
    "IMSR_MAX_ENTRIES",
    "IMSR_MAX_STRING_BYTES",
    "IMSR_MAX_VALUES",
    "IMSR_MAX_CALLS",
    "IMSR_MAX_CALLS_PER_CLIENT",
    "IMSR_MAX_REFERRALS",
    "IMSR_PUBLIC_URL",
    "IMSR_PROTECT_DISCOVERY",
    "IMSR_TOKEN_ALGORITHMS",
    "IMSR_TOKEN_LEEWAY_SECONDS",
    "IMSR_TOKEN_LIFETIME_SECONDS",
    "IMSR_STORE_URL",
    "IMSR_AUDIT_KEY",
    "IMSR_AUDIT_KEY_FILE",
    "IMSR_AUDIT_DAYS",
}
"""Settings that change no card: a call is let in and answered, or it is not."""


def test_of_every_setting_it_is_known_whether_it_changes_a_card() -> None:
    known = [*SHOWN_HERE, *WHAT_CAN_BE_FETCHED, *NO_CARD]
    assert sorted(known) == sorted(row.name for row in describe_settings({}))


def in_a_terminal(card: Json) -> str:
    """A card of the service as `check` draws it."""
    drawn = StringIO()
    shown = panel(
        card["summary"], card.get("detail", ""), card["indicator"], card["source"]["label"]
    )
    Console(file=drawn, width=WIDTH).print(shown)
    return drawn.getvalue()


def drawn_in(text: str) -> list[str]:
    """Every card that `check` has drawn."""
    parts = text.split("╭")[1:]
    return ["╭" + part.partition("╯")[0] + "╯\n" for part in parts]


def check(*arguments: str, **environ: str) -> str:
    """What `imsr-cds check` prints."""
    result = CliRunner().invoke(main, ["check", *arguments], env={"COLUMNS": str(WIDTH), **environ})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stdout


def check_call(folder: Path, body: Json, *arguments: str, **environ: str) -> list[str]:
    """The cards that it draws for a captured call."""
    file = folder / "call.json"
    file.write_text(json.dumps(body))
    return drawn_in(check("--request", str(file), *arguments, **environ))


def own_criteria(folder: Path) -> dict[str, str]:
    """A site for which no trace of care is proof that there was none."""
    write(folder, changed("value: indeterminate", "value: not_met"))
    return {"IMSR_CRITERIA_DIR": str(folder)}


def own_tables(folder: Path) -> dict[str, str]:
    """A site where whoever is written down as a GP is a psychologist."""
    own = role_map(UZI, element("01.015", ("psychologist", "equivalent")))
    site(folder, concept_maps__own=own)
    return {"IMSR_TERMINOLOGY_DIR": str(folder)}


@dataclass(frozen=True, slots=True)
class Case:
    """What is set, and a patient whose card it changes."""

    patient: str
    environ: Mapping[str, str] | Callable[[Path], Mapping[str, str]]

    def settings(self, folder: Path) -> dict[str, str]:
        """What is set; files that it names lie in a folder."""
        environ = self.environ(folder) if callable(self.environ) else self.environ
        return {"IMSR_TODAY": "2026-06-15", **environ}


CASES = {
    "language": Case("ziekenhuis", {"IMSR_LANGUAGE": "en"}),
    "tables": Case("ziekenhuis", {"IMSR_TABLES": "list"}),
    "form for care elsewhere": Case("niets-gevonden", {"IMSR_STATED_CARE_FORM": "on"}),
    "not applicable": Case("minderjarig", {"IMSR_SHOW_NOT_APPLICABLE": "on"}),
    "not applicable, in English": Case(
        "andere-diagnose", {"IMSR_SHOW_NOT_APPLICABLE": "on", "IMSR_LANGUAGE": "en"}
    ),
    "rule file": Case("niets-gevonden", own_criteria),
    "code tables": Case("geen-psycholoog", own_tables),
    "all together": Case(
        "niets-gevonden",
        {
            "IMSR_LANGUAGE": "en",
            "IMSR_TABLES": "list",
            "IMSR_STATED_CARE_FORM": "on",
            "IMSR_SHOW_NOT_APPLICABLE": "on",
        },
    ),
}
"""One setting changed in each, and all of them together."""


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_card_of_a_captured_call_is_the_one_that_the_ehr_gets(
    tmp_path: Path, case: Case
) -> None:
    body = order_sign_call_with_record(PATIENTS[case.patient])
    environ = case.settings(tmp_path)
    (card,) = service(**environ).call(body).json()["cards"]
    assert check_call(tmp_path, body, **environ) == [in_a_terminal(card)]
    usual = service().call(body).json()["cards"]
    assert [each["detail"] for each in usual] != [card["detail"]]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_card_of_a_patient_is_the_one_that_the_ehr_gets(tmp_path: Path, case: Case) -> None:
    environ = case.settings(tmp_path)
    with serve(LoopbackFhir(demo_resources())) as server:
        text = check(f"imsr-demo-{case.patient}", "--server", server, **environ)
        answer = service(**environ).call(referral_of(case.patient, server)).json()
    assert drawn_in(text) == [in_a_terminal(card) for card in answer["cards"]]


def referral_of(patient: str, server: str) -> Json:
    """What `check PATIENT` asks: a referral for persistent pain, today."""
    order = {
        "resourceType": "ServiceRequest",
        "id": "check",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/imsr-demo-{patient}"},
        "code": {"text": "iMSR"},
        "reasonCode": [{"text": "aanhoudende pijn"}],
        "authoredOn": "2026-06-15",
    }
    return {
        "hook": "order-sign",
        "hookInstance": "9f8c2f8c-6a53-4c3f-9a5e-1f7b2a0c9d11",
        "fhirServer": server,
        "context": {
            "userId": "Practitioner/verwijzer",
            "patientId": f"imsr-demo-{patient}",
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
        },
    }


@pytest.fixture(scope="module")
def with_form() -> CheckedClient:
    """A service whose clients can open the form for care given elsewhere."""
    return service(IMSR_STATED_CARE_FORM="on")


@pytest.mark.parametrize("patient", sorted(PATIENTS))
def test_every_demo_patient_has_the_same_card(
    with_form: CheckedClient, tmp_path: Path, patient: str
) -> None:
    body = order_sign_call_with_record(PATIENTS[patient])
    body["hook"] = "order-select"
    body["context"]["selections"] = [f"ServiceRequest/imsr-demo-{patient}-verwijzing"]
    answer = with_form.call(body).json()
    drawn = check_call(tmp_path, body, IMSR_TODAY="2026-06-15", IMSR_STATED_CARE_FORM="on")
    assert drawn == [in_a_terminal(card) for card in answer["cards"]]


def test_a_card_of_several_orders_names_its_own(tmp_path: Path) -> None:
    body = order_sign_call_with_record(PATIENTS["ziekenhuis"])
    (entry,) = body["context"]["draftOrders"]["entry"]
    other = {**entry["resource"], "id": "draft-2", "code": {"text": "iMSR bij rugpijn"}}
    body["context"]["draftOrders"]["entry"] = [entry, {"resource": other}]
    cards = service().call(body).json()["cards"]
    assert len(cards) == 1  # the answer is the same for both
    assert "iMSR bij rugpijn" in cards[0]["detail"]
    assert check_call(tmp_path, body, IMSR_TODAY="2026-06-15") == [*map(in_a_terminal, cards)]


@pytest.mark.parametrize("margin", ["0", "31"])
def test_how_far_the_prefetch_reaches_back_counts_in_both(tmp_path: Path, margin: str) -> None:
    """An order of 25 days ago: templates with a margin of 31 days cover it, others do not."""
    body = order_sign_call_with_record(PATIENTS["ziekenhuis"])
    environ = {"IMSR_TODAY": "2026-07-10", "IMSR_WINDOW_MARGIN_DAYS": margin}
    answer = service(**environ).call(body).json()
    (card,) = answer["cards"]
    (assessment,) = answer["extension"]["nl.imsr-cds.assessments"]
    assert assessment["outcome"] == {"0": "indeterminate", "31": "not_met"}[margin]
    assert check_call(tmp_path, body, "--today", "2026-07-10", **environ) == [in_a_terminal(card)]


@pytest.mark.parametrize(("answer", "cards"), [("card", 1), ("412", 0)])
def test_a_site_that_answers_412_sends_no_card(tmp_path: Path, answer: str, cards: int) -> None:
    failed = {"resourceType": "OperationOutcome", "issue": []}
    body = order_sign_call_with_record(PATIENTS["optie-1"])
    body["prefetch"] |= {"encounters": failed, "procedures": failed}
    drawn = check_call(tmp_path, body, IMSR_TODAY="2026-06-15", IMSR_UNAVAILABLE=answer)
    assert len(drawn) == cards
    sent = service(IMSR_UNAVAILABLE=answer).call(body)
    assert sent.status_code == {"card": 200, "412": 412}[answer]
    assert len(sent.json().get("cards", [])) == cards


LOOKS: Mapping[str, Mapping[str, object]] = {
    "EHR in English": {"language": "en"},
    "EHR without tables": {"tables": "list"},
    "EHR that hears it all": {"show_not_applicable": True},
    "EHR as the site": {},
}


@pytest.mark.parametrize("patient", ["ziekenhuis", "minderjarig"])
@pytest.mark.parametrize("client", LOOKS)
def test_a_client_sees_the_card_by_its_own_options(
    tmp_path: Path, client: str, patient: str
) -> None:
    entries = [
        {**ENTRY, "name": name, "issuer": f"https://{number}.example.nl", **look}
        for number, (name, look) in enumerate(LOOKS.items())
    ]
    known = Site(tmp_path, *entries, IMSR_STATED_CARE_FORM="on")
    body = order_sign_call_with_record(PATIENTS[patient])
    token = signing_key().token(iss=f"https://{list(LOOKS).index(client)}.example.nl")
    cards = known.client().call(body, **bearer(token)).json()["cards"]
    drawn = check_call(tmp_path, body, "--client", client, **known.environ)
    assert drawn == [in_a_terminal(card) for card in cards]


def test_a_client_that_is_not_known_is_said(tmp_path: Path) -> None:
    known = Site(tmp_path)
    arguments = ["check", "a", "--server", "http://127.0.0.1:9/fhir", "--client", "Nobody"]
    result = CliRunner().invoke(main, arguments, env=known.environ)
    assert result.exit_code == 1
    assert "There is no client named Nobody in" in result.stderr
    assert "`imsr-cds client list` shows their names." in result.stderr
    result = CliRunner().invoke(main, arguments)
    assert "Set IMSR_TRUSTED_CLIENTS, or leave out --client." in result.stderr
