"""A referral of an export is judged as the hook service judges the same record."""

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cds_service.criteria_files import load_criteria
from cds_service.hooks.extension import assessment_json
from cds_service.population.directory import Directory
from cds_service.population.judging import (
    JudgedPatient,
    KnownGaps,
    PatientResources,
    Referrals,
    Rule,
    judge_patient,
)
from cds_service.population.rows import Keys
from cds_service.synthetic_practice.assumptions import PRACTICE
from cds_service.synthetic_practice.export import write_export
from fhir_mappings.terminology.tables import load_terminology
from tests.builders.codes import Json
from tests.builders.hook_calls import hook_call, searchset
from tests.builders.record_builder import record
from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.population.exports import rows, run
from tests.scenarios.expectations import EXTENSION, NOT_OURS, service_on

_GAPS = {
    "": KnownGaps(),
    "patient": KnownGaps(),
    "procedures": KnownGaps(missing=frozenset({"Procedure"})),
    "page": KnownGaps(partial=frozenset({"Encounter"})),
    "both": KnownGaps(missing=frozenset({"Procedure"}), partial=frozenset({"Encounter"})),
}


def _fits(row: Scenario) -> bool:
    """Whether an export can hold the row: one referral with a day of its own, whole lines."""
    flags = row.flags
    return not (row.is_by_prefetch_only or flags.has_no_authored or flags.is_unreachable)


ROWS = [pytest.param(row, id=row.id) for row in read_scenarios() if _fits(row)]
RULE = Rule(load_criteria(), load_terminology(), Referrals.RECORDED, date(2026, 4, 20))


def _judged(row: Scenario) -> JudgedPatient:
    built = record(row, roles_as="role", form=0, prefix="s-")
    call = hook_call(row, hook="order-sign", roles_as="role", via="prefetch", prefix="s-")
    drafts = [each["resource"] for each in call.body["context"]["draftOrders"]["entry"]]
    sent = [{**each, "status": "active"} for each in drafts]
    conditions = call.body["prefetch"].get("conditions", {}).get("entry", [])
    held = PatientResources(
        built.patient["id"],
        {
            "Patient": [] if row.flags.partial == "patient" else [built.patient],
            "Encounter": built.encounters,
            "Procedure": built.procedures,
            "QuestionnaireResponse": built.statements,
            "Condition": [each["resource"] for each in conditions],
            "ServiceRequest": sent,
        },
        _GAPS[row.flags.partial],
    )
    return judge_patient(held, Directory.of(built.supporting), RULE)


def _said(judged: JudgedPatient) -> list[dict[str, Any]]:
    return [assessment_json(each.assessment) for each in judged.referrals]


@pytest.mark.parametrize("row", ROWS)
def test_a_story_in_an_export_has_the_outcome_of_the_table(row: Scenario) -> None:
    said = _said(_judged(row))
    if row.referral_kind in NOT_OURS:
        assert said == []
        return
    ours = [each for each in said if each["referral"] == "ServiceRequest/draft-1"]
    found = [
        (
            each["outcome"],
            tuple(each.get("because", [])),
            {c["id"]: c["outcome"] for o in each.get("options", []) for c in o["criteria"]},
        )
        for each in ours
    ]
    expected = row.expected
    assert found == [(expected.overall, expected.because, expected.criteria)]


def test_most_stories_fit_an_export() -> None:
    assert len(ROWS) > 200


def _call(patient: Json, own: dict[str, list[Json]], supporting: list[Json]) -> Json:
    """The call that the EHR would have made of the referral."""
    order = next(each for each in own["ServiceRequest"] if each["id"].endswith("-referral"))
    return {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/huisarts",
            "patientId": patient["id"],
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
        },
        "prefetch": {
            "patient": patient,
            "encounters": searchset(own["Encounter"], supporting),
            "procedures": searchset((), ()),
            "statements": searchset((), ()),
        },
    }


def _counts(criteria: list[dict[str, Any]]) -> Any:
    return [
        (each["sessions"]["certain"], each["sessions"].get("possible"), each["days"]["certain"])
        for each in criteria
    ]


def test_generated_patients_have_the_outcome_causes_and_counts_of_the_service(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    write_export(tmp_path / "in", 200, seed=5, assumptions=PRACTICE)
    assert run(tmp_path / "in", tmp_path / "out").exit_code == 0
    by_key = {row["referral"]: row for row in rows(tmp_path / "out", "outcomes")}
    keys = Keys(b"0123456789abcdef0123456789abcdef")
    held: dict[str, dict[str, list[Json]]] = defaultdict(lambda: defaultdict(list))
    supporting: list[Json] = []
    for file in sorted((tmp_path / "in").iterdir()):
        for line in file.read_bytes().splitlines():
            resource = msgspec.json.decode(line)
            if "subject" in resource:
                owner = resource["subject"]["reference"].removeprefix("Patient/")
                held[owner][resource["resourceType"]].append(resource)
            elif resource["resourceType"] == "Patient":
                held[resource["id"]]["Patient"].append(resource)
            else:
                supporting.append(resource)
    outcomes: Counter[str] = Counter()
    for owner, own in held.items():
        call = _call(own["Patient"][0], own, supporting)
        day = call["context"]["draftOrders"]["entry"][0]["resource"]["authoredOn"]
        answer = service_on(day).post("/cds-services/imsr-order-sign", json=call).json()
        said = answer["extension"][EXTENSION][0]
        criteria = [each for option in said.get("options", []) for each in option["criteria"]]
        row = by_key[keys.of("referral", owner, f"ServiceRequest/{owner}-referral")]
        found = [
            (each["sessions_certain"], each["sessions_possible"], each["days_certain"])
            for each in row["by_criterion"]
        ]
        assert (row["outcome"], row["because"]) == (said["outcome"], said.get("because", []))
        assert found == _counts(criteria)
        outcomes[row["outcome"]] += 1
    assert outcomes == {"indeterminate": 158, "not_applicable": 34, "not_met": 6, "met": 2}
