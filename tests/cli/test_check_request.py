"""`imsr-cds check --request`: a captured call, answered from its file, and every wrong file."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import main
from cds_service.demo.records import (
    demo_resources,
    order_sign_call,
    order_sign_call_with_record,
)
from cds_service.demo.stories import DEMO_PATIENTS
from tests.builders.loopback import LoopbackFhir, serve

PATIENTS = {each.key: each for each in DEMO_PATIENTS}
TODAY = "2026-06-15"
LISTED = "https://ehr.example.nl/fhir"


def call(key: str, **members: object) -> dict[str, Any]:
    return {**order_sign_call_with_record(PATIENTS[key]), **members}


def select(key: str) -> dict[str, Any]:
    made = call(key, hook="order-select")
    made["context"]["selections"] = [f"ServiceRequest/imsr-demo-{key}-verwijzing"]
    return made


def check(
    folder: Path, body: object, *arguments: str, today: str = TODAY, **environment: str
) -> Result:
    file = folder / "call.json"
    file.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    day = ["--today", today] if today else []
    return run("--request", str(file), *day, *arguments, **environment)


def run(*arguments: str, **environment: str) -> Result:
    env = {"IMSR_LANGUAGE": "en", "IMSR_MODE": None, **environment}
    return CliRunner().invoke(main, ["check", *arguments], env=env)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_call_is_answered_from_its_prefetch_alone(tmp_path: Path) -> None:
    result = check(tmp_path, call("ziekenhuis"))
    assert result.exit_code == 0, result.output
    text = one_line(result.stdout)
    assert "Outcome: not met" in text
    assert "certain 4 sessions in 84 days" in text
    assert "warning" in text
    assert result.stderr == ""


def test_the_ledger_of_a_call_names_every_entry(tmp_path: Path) -> None:
    result = check(tmp_path, call("memos"), "--ledger", "--json")
    (told,) = json.loads(result.stdout)["referrals"]
    assert told["assessment"]["outcome"] == "not_met"
    notes = [each for each in told["ledger"] if each["kind"] == "note"]
    assert [(n["source"], n["first"], n["criteria"][1]["reason"]) for n in notes] == [
        ("Encounter/imsr-demo-memos-contact-14", "2025-09-30", "note"),
        ("Encounter/imsr-demo-memos-contact-15", "2025-10-07", "note"),
        ("Encounter/imsr-demo-memos-contact-16", "2025-10-14", "note"),
    ]
    assert {each["practice"] for each in notes} == {"Huisartsenpraktijk De Meent"}


def test_at_order_select_the_card_is_no_warning(tmp_path: Path) -> None:
    text = check(tmp_path, select("ziekenhuis")).stdout
    assert "Outcome: not met" in text
    assert "info" in text
    assert "warning" not in text


def test_a_wide_terminal_shows_practices_and_entries(tmp_path: Path) -> None:
    wide = check(tmp_path, call("memos"), "--ledger", COLUMNS="180").stdout
    narrow = check(tmp_path, call("memos"), "--ledger", COLUMNS="80").stdout
    assert "Encounter/imsr-demo-memos-contact-14" in wide
    assert "Encounter/imsr-demo-memos-contact-14" not in narrow
    assert max(map(len, narrow.splitlines())) <= 80


def test_where_no_order_is_a_referral_that_is_said(tmp_path: Path) -> None:
    other = call("memos")
    other["context"]["draftOrders"]["entry"] = [
        {"resource": {"resourceType": "MedicationRequest", "id": "m"}}
    ]
    result = check(tmp_path, other)
    assert result.exit_code == 0
    assert "No order of this call is a referral to rehabilitation medicine" in result.stdout
    assert json.loads(check(tmp_path, other, "--json").stdout) == {"referrals": []}


def test_a_silent_answer_shows_the_outcome_and_no_card(tmp_path: Path) -> None:
    text = check(tmp_path, call("minderjarig")).stdout
    assert "Outcome: not applicable (minor)" in text
    assert "│" not in text


def test_standard_input_is_a_file_too() -> None:
    body = io.BytesIO(json.dumps(call("optie-1")).encode())
    result = CliRunner().invoke(
        main, ["check", "--request", "-", "--today", TODAY, "--json"], input=body
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["referrals"][0]["assessment"]["outcome"] == "met"


def test_a_server_of_this_machine_is_asked_for_what_is_missing(tmp_path: Path) -> None:
    fhir = LoopbackFhir(demo_resources())
    with serve(fhir) as server:
        captured = order_sign_call(PATIENTS["optie-2"], fhir_server=server)
        result = check(tmp_path, captured, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["referrals"][0]["assessment"]["outcome"] == "met"
    assert fhir.requests


def test_a_server_that_is_not_listed_is_not_asked_and_that_is_said(tmp_path: Path) -> None:
    result = check(tmp_path, call("optie-1", fhirServer=LISTED))
    assert result.exit_code == 0
    assert f"{LISTED} is not asked: IMSR_FHIR_SERVERS does not list it." in result.stderr


def test_a_listed_server_without_a_token_is_not_asked_and_that_is_said(tmp_path: Path) -> None:
    result = check(tmp_path, call("optie-1", fhirServer=LISTED), IMSR_FHIR_SERVERS=LISTED)
    assert f"{LISTED} is not asked: the call holds no token for it." in result.stderr


def test_an_old_call_needs_its_day(tmp_path: Path) -> None:
    """The prefetch of June reaches back far enough for an order of June, seen in June."""
    result = check(tmp_path, call("ziekenhuis"), "--json", today="", IMSR_TODAY="2026-09-01")
    assert json.loads(result.stdout)["referrals"][0]["assessment"]["because"] == [
        "record_incomplete"
    ]
    assert "Not everything of `encounters` could be read from the call or its" in result.stderr
    assert "give that day: --today DATE." in result.stderr
    again = check(tmp_path, call("ziekenhuis"), IMSR_TODAY="2026-09-01")
    assert "Outcome: not met" in again.stdout


def test_a_record_that_could_not_be_had_is_a_failure(tmp_path: Path) -> None:
    failed = {"resourceType": "OperationOutcome", "issue": []}
    prefetch = {"patient": None, "encounters": failed, "procedures": failed}
    result = check(tmp_path, call("optie-1", prefetch=prefetch))
    assert result.exit_code == 1
    assert "The treatment data cannot be read from the call." in result.stderr


def test_a_call_without_record_and_access_is_a_412(tmp_path: Path) -> None:
    result = check(tmp_path, call("optie-1", prefetch=None))
    assert result.exit_code == 1
    assert "nothing can be said (412)" in result.stderr
    assert "IMSR_FHIR_SERVERS" in result.stderr


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "the file is empty."),
        (b'{"hook": "order-sign",}', "this is no JSON: line 1, column 23:"),
        (b'{\n "hook": "order-s', "this is no JSON: line 2, column 10:"),
        (b"[{}, {}]", "it must be one JSON object and is a list of 2."),
        (b'"text"', "it must be one JSON object and is text."),
        (b"{}", "this is no call of a CDS Hooks service: it has no `hook`."),
        (b'{"resourceType": "Bundle"}', "it is a FHIR resource."),
        (b'{"cards": []}', "it is the answer to one."),
        (b'{"hook": "order-dispatch"}', "`hook` must be order-select, order-sign or patient-view."),
        (b'{"hook": 3}', "`hook` must be order-select, order-sign or patient-view."),
        (b'{"hook": "a", "hook": "b"}', "two members of one object are both called `hook`."),
        (b'{"a": NaN}', "NaN is no JSON."),
        (b'{"a": 1e999}', "a number is too large."),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number has too many digits."),
        (b'{\n"a": "\\ud800"}', "line 2 holds half a character"),
        (b'{\n"a": "\xe9"}', "line 2 holds a byte that is no UTF-8."),
        ('{"hook": "order-sign"}'.encode("utf-16"), "it is written in UTF-16."),
        (gzip.compress(b"{}", mtime=0), "it is compressed (gzip)."),
        (b"POST /cds-services/x HTTP/1.1\r\nHost: x\r\n\r\n{}", "it begins with an HTTP header."),
        (b"[" * 100_000, "the call is too large: nested"),
        (b'{"hook": "order-sign"}', "hookInstance: is required"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_what_to_do(
    tmp_path: Path, body: bytes, fault: str
) -> None:
    result = check(tmp_path, body)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {tmp_path / 'call.json'}: ")
    assert fault in result.stderr
    assert len(result.stderr.splitlines()) >= 2


def test_a_file_over_a_limit_names_the_settings(tmp_path: Path) -> None:
    result = check(tmp_path, call("optie-1"), IMSR_MAX_BODY_BYTES="2000")
    assert result.exit_code == 1
    assert "the call is too large: more than 2000 bytes." in result.stderr
    assert "IMSR_MAX_..." in result.stderr


def test_the_faults_of_a_call_are_named_with_their_fields(tmp_path: Path) -> None:
    wrong = call("optie-1", fhirServer="nowhere")
    del wrong["hookInstance"]
    result = check(tmp_path, wrong)
    assert result.exit_code == 1
    assert "the service refuses this call (400):" in result.stderr
    assert "  - hookInstance: is required\n" in result.stderr
    assert "  - fhirServer: must be an absolute http or https URL\n" in result.stderr


def test_an_order_of_another_patient_is_refused(tmp_path: Path) -> None:
    wrong = call("optie-1")
    order = wrong["context"]["draftOrders"]["entry"][0]["resource"]
    order["subject"] = {"reference": "Patient/somebody-else"}
    result = check(tmp_path, wrong)
    assert result.exit_code == 1
    place = "context.draftOrders.entry[0].resource.subject"
    assert f"{place}: must be the patient of context.patientId" in result.stderr
    assert "somebody-else" not in result.output


def test_plain_http_to_another_machine_is_refused(tmp_path: Path) -> None:
    result = check(tmp_path, call("optie-1", fhirServer="http://ehr.example.nl/fhir"))
    assert result.exit_code == 1
    assert "fhirServer: must be https, or a listed loopback address" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ([], "Name a PATIENT and --server, or a captured call: --request."),
        (["--request", "nowhere.json"], "'nowhere.json' does not exist"),
        (["--request", "."], "is a directory"),
        (["somebody", "--request", "-"], "--request goes without PATIENT"),
        (
            ["--request", "-", "--server", "http://127.0.0.1:9/fhir"],
            "--request goes without PATIENT",
        ),
        (["--request", "-", "--referral-date", TODAY], "--request goes without PATIENT"),
        (["a", "--server", "http://127.0.0.1:9", "--today", TODAY], "--today goes with --request"),
    ],
)
def test_mixtures_are_usage_errors(arguments: list[str], fault: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert fault in one_line(result.stderr)


def test_a_setting_that_is_wrong_is_said(tmp_path: Path) -> None:
    result = check(tmp_path, call("optie-1"), IMSR_LANGUAGE="fr")
    assert result.exit_code == 1
    assert "IMSR_LANGUAGE must be nl or en" in result.stderr


def test_production_settings_do_not_stand_in_the_way(tmp_path: Path) -> None:
    result = check(tmp_path, call("optie-1"), "--json", IMSR_MODE="production")
    assert result.exit_code == 0, result.output
