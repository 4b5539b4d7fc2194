"""`imsr-cds population` says what was wrong, where, and what to do; and makes up a practice."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import main
from tests.population.exports import (
    encounters,
    little_treated,
    outcomes,
    patient,
    rows,
    run,
    treated,
    write_export,
)


def synth(out: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["population", "synth", "--out", str(out), *options])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing", "there is no such folder or file"),
        ("empty", "no NDJSON found. Name the folder that holds the files of the export"),
        ("notes.json", "is no manifest of an export"),
    ],
)
def test_an_input_that_is_no_export_is_refused(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.json").write_text("[]")
    result = run(tmp_path / name, tmp_path / "out")
    assert result.exit_code == 1
    assert says in result.stderr


def test_a_reading_that_there_is_not_is_a_wrong_call(tmp_path: Path) -> None:
    result = run(tmp_path, tmp_path / "out", "--readings", "min-days=80")
    assert result.exit_code == 2
    assert "'min-days=80' is no reading; use all, or one of: abroad=counts" in result.stderr


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", treated(1))
    (tmp_path / "key").write_text("short")
    result = run(source, tmp_path / "out")
    assert result.exit_code == 1
    assert "must hold at least 32 bytes" in result.stderr


def test_a_key_is_made_beside_the_folder_for_its_owner_alone(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", treated(1))
    CliRunner().invoke(main, ["population", "run", str(source), "--out", str(tmp_path / "out")])
    key = tmp_path / "out.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 64


def test_another_key_gives_other_pseudonyms(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", treated(1))
    run(source, tmp_path / "one")
    (tmp_path / "key").write_text("another key of thirty-two bytes!")
    run(source, tmp_path / "two")
    one, two = rows(tmp_path / "one", "outcomes"), rows(tmp_path / "two", "outcomes")
    assert one[0]["patient"] != two[0]["patient"]
    assert one[0]["outcome"] == two[0]["outcome"] == "met"


def test_the_files_that_a_manifest_names_are_read_and_no_others(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    (source / "stray.ndjson").write_text("{\n")
    names = [file.name for file in source.iterdir() if file.name != "stray.ndjson"]
    output = [
        {"type": name.partition(".")[0], "url": f"https://ehr.example.nl/files/{name}"}
        for name in names
    ]
    manifest = {"request": "https://ehr.example.nl/fhir/Patient/$export", "output": output}
    (source / "manifest.json").write_text(json.dumps(manifest))
    assert run(source / "manifest.json", tmp_path / "out").exit_code == 0
    assert outcomes(tmp_path / "out") == [("met", []), ("not_met", [])]


def test_a_file_of_the_manifest_that_is_not_there_is_lost(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", little_treated(1))
    output = [
        {"type": file.stem, "url": f"https://ehr.example.nl/files/{file.name}"}
        for file in source.iterdir()
    ]
    output.append({"type": "Encounter", "url": "https://ehr.example.nl/files/2.Encounter.ndjson"})
    (source / "manifest.json").write_text(json.dumps({"output": output}))
    result = run(source / "manifest.json", tmp_path / "out")
    assert result.exit_code == 3
    assert "Lost: 1 x no_file." in result.stderr
    assert outcomes(tmp_path / "out") == [("indeterminate", ["record_incomplete"])]


def test_references_by_address_are_followed_on_the_server_of_the_export(tmp_path: Path) -> None:
    base = "https://ehr.example.nl/fhir"
    text = json.dumps(treated(1)).replace('"Patient/', f'"{base}/Patient/')
    source = write_export(tmp_path / "in", json.loads(text))
    assert run(source, tmp_path / "without").exit_code == 3
    assert run(source, tmp_path / "out", "--base-url", f"{base}/").exit_code == 0
    assert outcomes(tmp_path / "out") == [("met", [])]


PAIN = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icpc-1-nl", "code": "A01.01"}]},
}


def test_an_assumed_referral_is_judged_for_each_adult_with_pain(tmp_path: Path) -> None:
    child = {**patient(3), "birthDate": "2015-01-01"}
    stroke = {"coding": [{"system": "http://hl7.org/fhir/sid/icpc-1-nl", "code": "K90"}]}
    past = {"clinicalStatus": {"coding": [{"code": "resolved"}]}}
    people = [
        *(patient(1), *encounters(1, "physio"), *encounters(1, "psychologist"), PAIN),
        *(patient(2), {**PAIN, "subject": {"reference": "Patient/p2"}, "code": stroke}),
        *(child, {**PAIN, "subject": {"reference": "Patient/p3"}}),
        *(patient(4), {**PAIN, "subject": {"reference": "Patient/p4"}, **past}),
        patient(5),
    ]
    source = write_export(tmp_path / "in", people)
    options = ("--referrals", "assumed", "--as-of", "2026-06-15")
    assert run(source, tmp_path / "out", *options).exit_code == 0
    assert outcomes(tmp_path / "out") == [("met", [])]
    assert str(rows(tmp_path / "out", "outcomes")[0]["date"]) == "2026-06-15"


def test_a_made_up_practice_is_the_same_each_time(tmp_path: Path) -> None:
    assert synth(tmp_path / "one", "--patients", "20", "--seed", "4").exit_code == 0
    synth(tmp_path / "two", "--patients", "20", "--seed", "4", "--gzip")
    synth(tmp_path / "other", "--patients", "20", "--seed", "5")
    for file in (tmp_path / "one").iterdir():
        packed = gzip.decompress((tmp_path / "two" / f"{file.name}.gz").read_bytes())
        assert packed == file.read_bytes()
    encounters_of = [tmp_path / name / "Encounter.ndjson" for name in ("one", "other")]
    one, other = (hashlib.sha256(path.read_bytes()).hexdigest() for path in encounters_of)
    assert one != other


def test_a_made_up_practice_refers_each_patient_once_on_days_of_half_a_year(
    tmp_path: Path,
) -> None:
    synth(tmp_path / "in", "--patients", "60")
    assert run(tmp_path / "in", tmp_path / "out").exit_code == 0
    found = rows(tmp_path / "out", "outcomes")
    assert len(found) == len({row["patient"] for row in found}) == 60
    days = sorted(str(row["date"]) for row in found)
    assert "2026-04-20" <= days[0] < "2026-06-01"
    assert "2026-09-01" < days[-1] <= "2026-10-12"


def test_a_practice_is_not_written_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = synth(tmp_path)
    assert result.exit_code == 1
    assert "is not an empty folder" in result.stderr
