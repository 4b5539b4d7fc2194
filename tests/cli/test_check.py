"""`imsr-cds check` against a FHIR server on loopback."""

import json

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import main
from cds_service.demo.records import demo_resources
from tests.builders.loopback import LoopbackFhir, serve

TODAY = {"IMSR_TODAY": "2026-06-15", "IMSR_LANGUAGE": "en"}
SHORTFALL = "imsr-demo-ziekenhuis"


def check(*arguments: str, fhir: LoopbackFhir | None = None) -> Result:
    with serve(fhir or LoopbackFhir(demo_resources())) as server:
        return CliRunner().invoke(main, ["check", *arguments, "--server", server], env=TODAY)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_report_says_what_was_found_and_what_is_needed() -> None:
    result = check(SHORTFALL)
    assert result.exit_code == 0, result.output
    text = one_line(result.stdout)
    assert "Criteria imsr-persistent-pain|2026-04-20, revision 2" in text
    assert "Referral of 2026-06-15, lookback 2024-06-15 to 2026-06-15" in text
    assert "Outcome: not met" in text
    assert (
        "allied-health-therapy: not met; certain 4 sessions in 84 days, "
        "possible 4 sessions in 84 days; needed 6 sessions and 84 days" in text
    )
    assert "psychological-care: met; certain 7 sessions in 84 days" in text
    assert "One-time consult possible." in text


def test_the_ledger_shows_each_contact_and_its_worth() -> None:
    result = check(SHORTFALL, "--ledger", "--json")
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.stdout)["referrals"]
    worth = {
        contact["first"]: contact["criteria"][0]
        for contact in told["ledger"]
        if "physiotherapist" in contact["professions"]
    }
    hospital = [each for each in told["ledger"] if each["setting"] == "hospital"]
    assert [each["first"] for each in hospital] == [
        "2025-06-02",
        "2025-06-09",
        "2025-06-16",
        "2025-06-23",
        "2025-06-30",
    ]
    assert {worth[each["first"]]["reason"] for each in hospital} == {"not_primary_care"}
    certain = [day for day, each in worth.items() if each["standing"] == "certain"]
    assert certain == ["2025-09-01", "2025-09-29", "2025-10-27", "2025-11-24"]


def test_the_ledger_is_readable_too() -> None:
    result = check(SHORTFALL, "--ledger")
    text = one_line(result.stdout)
    assert "Contacts for allied-health-therapy" in text
    assert "not primary care" in text


def test_as_json_it_is_the_full_assessment_with_and_without_the_ledger_option() -> None:
    told = json.loads(check(SHORTFALL, "--json").stdout)
    assert list(told) == ["referrals"]
    assert list(told["referrals"][0]) == ["assessment", "ledger", "readings"]
    assert told["referrals"][0]["assessment"]["outcome"] == "not_met"
    assert told == json.loads(check(SHORTFALL, "--json", "--ledger").stdout)


def test_without_the_ledger_no_contact_is_shown() -> None:
    assert "Contacts for" not in check(SHORTFALL).stdout


def test_another_referral_date_has_another_lookback() -> None:
    result = check("Patient/imsr-demo-optie-1", "--referral-date", "2028-06-15", "--json")
    assessment = json.loads(result.stdout)["referrals"][0]["assessment"]
    assert assessment["lookback"] == {"start": "2026-06-15", "end": "2028-06-15"}
    assert assessment["because"] == ["nothing_found"]


def test_a_patient_that_is_not_there_is_said() -> None:
    result = check("nobody", "--json")
    assert result.exit_code == 0
    assert result.stderr == "Not everything of `patient` could be read from the server.\n"
    assert json.loads(result.stdout)["referrals"][0]["assessment"]["because"] == [
        "age_unknown",
        "nothing_found",
    ]


def test_a_server_that_is_not_there_is_a_failure() -> None:
    arguments = ["check", "someone", "--server", "http://127.0.0.1:9/fhir"]
    result = CliRunner().invoke(main, arguments, env=TODAY)
    assert result.exit_code == 1
    assert "The treatment data cannot be read from http://127.0.0.1:9/fhir." in result.stderr
    assert "NOT checked" in result.stdout
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["a b", "--server", "http://127.0.0.1:9/fhir"], "must be the id of a Patient"),
        (["a", "--server", "elsewhere"], "must be an absolute http or https URL"),
        (["a", "--server", "http://ehr.example.nl/fhir"], "must be https, unless"),
        (["a"], "Missing option '--server'"),
        (["a", "--server", "http://127.0.0.1:9", "--referral-date", "soon"], "does not match"),
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments: list[str], fault: str) -> None:
    result = CliRunner().invoke(main, ["check", *arguments], env=TODAY)
    assert result.exit_code == 2
    assert fault in one_line(result.stderr)


def test_nothing_is_written_to_the_server() -> None:
    fhir = LoopbackFhir(demo_resources())
    check(SHORTFALL, fhir=fhir)
    assert {each.split()[0] for each in fhir.requests} == {"GET"}


def test_text_of_a_server_cannot_steer_the_terminal() -> None:
    resources = [
        {**each, "name": "De \x1b[2JMeent"} if each["resourceType"] == "Organization" else each
        for each in demo_resources()
    ]
    result = check("imsr-demo-onduidelijk", fhir=LoopbackFhir(resources))
    assert result.exit_code == 0
    assert "\x1b[2J" not in result.stdout
