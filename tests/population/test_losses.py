"""Nothing vanishes: what cannot be read is named, and never makes an outcome more certain."""

import gzip
import json
from pathlib import Path

from tests.population.exports import (
    add_line,
    little_treated,
    outcomes,
    patient,
    referral,
    rows,
    run,
    treated,
    write_export,
)

Outcome = tuple[str, list[str]]
MET: Outcome = ("met", [])
NOT_MET: Outcome = ("not_met", [])
INCOMPLETE: Outcome = ("indeterminate", ["record_incomplete"])


def test_a_whole_export_is_judged_without_a_word(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    result = run(source, tmp_path / "out")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert outcomes(tmp_path / "out") == [MET, NOT_MET]
    assert rows(tmp_path / "out", "losses") == []


def test_a_line_that_is_no_json_can_be_anybodys_encounter(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    place = (source / "Encounter.ndjson").stat().st_size
    add_line(source, "Encounter", b'{"resourceType": "Encounter", "id": "x", "sub\n')
    result = run(source, tmp_path / "out")
    assert result.exit_code == 3
    assert "Lost: 1 x not_json." in result.stderr
    assert "What was lost of Encounter can be anybody's" in result.stderr
    assert outcomes(tmp_path / "out") == [INCOMPLETE, MET]
    assert rows(tmp_path / "out", "losses") == [
        {"file": "Encounter.ndjson", "offset": place, "resource_type": "", "reason": "not_json"}
    ]


def test_an_encounter_that_names_nobody_can_be_anybodys(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", little_treated(1))
    add_line(source, "Encounter", b'{"resourceType": "Encounter", "id": "x"}\n')
    assert run(source, tmp_path / "out").exit_code == 3
    assert outcomes(tmp_path / "out") == [INCOMPLETE]


def test_a_broken_line_whose_patient_is_known_is_a_gap_of_theirs_alone(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*little_treated(1), *little_treated(2)])
    twice = b'{"resourceType":"Encounter","id":"x","subject":{"reference":"Patient/p1"}'
    add_line(source, "Encounter", twice + b',"status":"finished","status":"planned"}\n')
    result = run(source, tmp_path / "out")
    assert result.exit_code == 3
    assert outcomes(tmp_path / "out") == [INCOMPLETE, NOT_MET]
    assert [row["reason"] for row in rows(tmp_path / "out", "losses")] == ["unreadable"]


def test_a_lost_line_of_another_type_is_nobodys_gap(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", little_treated(1))
    (source / "Observation.ndjson").write_bytes(b'{"resourceType": "Observation"}\n{"resou\n')
    assert run(source, tmp_path / "out").exit_code == 3
    assert outcomes(tmp_path / "out") == [NOT_MET]


def test_an_object_of_20_mb_is_read_like_any_other(tmp_path: Path) -> None:
    large = {**patient(1), "text": {"status": "generated", "div": "x" * 20_000_000}}
    source = write_export(tmp_path / "in", [large, *treated(1)[1:]])
    assert run(source, tmp_path / "out").exit_code == 0
    assert outcomes(tmp_path / "out") == [MET]


def test_a_resource_counts_once_however_often_it_is_exported(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", little_treated(1) * 3)
    assert run(source, tmp_path / "out").exit_code == 0
    assert outcomes(tmp_path / "out") == [NOT_MET]
    found = rows(tmp_path / "out", "outcomes")[0]["by_criterion"][0]
    assert (found["sessions_certain"], found["sessions_possible"]) == (3, 3)


def test_two_different_patients_of_one_id_leave_the_age_unknown(tmp_path: Path) -> None:
    other = {**patient(1), "birthDate": "2015-05-01"}
    source = write_export(tmp_path / "in", [*little_treated(1), other])
    run(source, tmp_path / "out")
    assert outcomes(tmp_path / "out") == [("indeterminate", ["age_unknown"])]


def test_what_a_patient_has_may_stand_in_any_file_and_order(tmp_path: Path) -> None:
    one = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    folder = tmp_path / "mixed"
    folder.mkdir()
    lines = b"".join(file.read_bytes() for file in sorted(one.iterdir())).splitlines()
    (folder / "2.ndjson").write_bytes(b"\r\n\r\n".join(lines[1::2]))
    (folder / "1.ndjson").write_bytes(b"\n".join(reversed(lines[::2])) + b"\n")
    (folder / "Procedure.ndjson").write_bytes(b"")
    assert run(folder, tmp_path / "out").exit_code == 0
    assert outcomes(tmp_path / "out") == [MET, NOT_MET]


def test_compressed_files_give_the_same_rows(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    run(source, tmp_path / "out")
    packed = tmp_path / "packed"
    packed.mkdir()
    for file in source.iterdir():
        (packed / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
    assert run(packed, tmp_path / "other").exit_code == 0
    assert rows(tmp_path / "other", "outcomes") == rows(tmp_path / "out", "outcomes")


def test_a_compressed_file_that_ends_early_leaves_all_after_it_unknown(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    plain = source / "Encounter.ndjson"
    packed = gzip.compress(plain.read_bytes())
    (source / "Encounter.ndjson.gz").write_bytes(packed[: len(packed) * 9 // 10])
    plain.unlink()
    result = run(source, tmp_path / "out")
    assert result.exit_code == 3
    assert "Lost: 1 x cut_short." in result.stderr
    assert ("not_met", []) not in outcomes(tmp_path / "out")


def test_without_a_file_of_procedures_nothing_is_not_met(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", [*treated(1), *little_treated(2)])
    (source / "Procedure.ndjson").unlink()
    result = run(source, tmp_path / "out")
    assert result.exit_code == 3
    assert "There is no Procedure file, so it counts as not exported." in result.stderr
    assert outcomes(tmp_path / "out") == [INCOMPLETE, MET]


def test_without_any_care_exported_the_record_is_unavailable(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", little_treated(1))
    (source / "Procedure.ndjson").unlink()
    (source / "Encounter.ndjson").unlink()
    assert run(source, tmp_path / "out").exit_code == 3
    assert outcomes(tmp_path / "out") == [("indeterminate", ["record_unavailable"])]


def test_a_role_that_the_export_lacks_is_lost_and_not_unknown(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", little_treated(1))
    (source / "PractitionerRole.ndjson").unlink()
    result = run(source, tmp_path / "out")
    assert result.exit_code == 3
    assert "2 references lead to a PractitionerRole that the export does not hold." in result.stderr
    [(outcome, because)] = outcomes(tmp_path / "out")
    assert outcome == "indeterminate"
    assert "record_incomplete" in because


def test_a_sent_referral_without_a_day_is_named_and_not_judged(tmp_path: Path) -> None:
    undated = {key: value for key, value in referral(1).items() if key != "authoredOn"}
    source = write_export(tmp_path / "in", [patient(1), undated])
    assert run(source, tmp_path / "out").exit_code == 3
    assert rows(tmp_path / "out", "outcomes") == []
    assert [row["reason"] for row in rows(tmp_path / "out", "losses")] == ["no_date"]


def test_each_referral_of_a_patient_is_judged_at_its_own_day(tmp_path: Path) -> None:
    before = referral(1, "2026-04-19", "early")
    source = write_export(tmp_path / "in", [*treated(1), before])
    run(source, tmp_path / "out")
    assert outcomes(tmp_path / "out") == [MET, ("not_applicable", ["before_effective_date"])]


def test_no_id_and_no_name_of_the_record_is_written(tmp_path: Path) -> None:
    named = {**patient(1), "id": "secret-1", "name": [{"family": "Achternaam"}]}
    own = json.loads(json.dumps(treated(1)[1:]).replace("p1", "secret-1"))
    source = write_export(tmp_path / "in", [named, *own])
    result = run(source, tmp_path / "out", "--readings", "all")
    assert outcomes(tmp_path / "out") == [MET]
    everything = str([rows(tmp_path / "out", each) for each in ("outcomes", "contacts")])
    texts = [file.read_text() for file in (tmp_path / "out").iterdir() if file.is_file()]
    for text in (everything, result.output, *texts):
        assert "secret-1" not in text
        assert "Achternaam" not in text


def test_odd_values_never_end_a_run(tmp_path: Path) -> None:
    source = write_export(tmp_path / "in", treated(1))
    for line in (
        b"null\n",
        b"[1, 2]\n",
        b'{"resourceType": 7}\n',
        b'{"resourceType": "Patient", "id": {}}\n',
        b'{"resourceType": "Encounter", "id": "\\ud800", "subject": {"reference": 5}}\n',
        b'{"resourceType": "Encounter", "subject": {"reference": "Patient/\\ud800"}}\n',
        b'{"resourceType": "Encounter", "subject": ["Patient/p1"]}\n',
        b'{"resourceType": "Encounter", "subject": {"reference": "Patient/p1"}, "x": NaN}\n',
        b'\xff\xfe{"resourceType": "Encounter"}\n',
        b'{"resourceType": "Encounter", "subject": {"reference": "Patient/p1"}, "t": "\xff"}\n',
        b'{"resourceType": "ServiceRequest", "subject": {"reference": "Patient/p1"}, "code": 5}\n',
        b"[" * 100_000 + b"\n",
    ):
        add_line(source, "Encounter", line)
    assert run(source, tmp_path / "out").exit_code == 3
    assert outcomes(tmp_path / "out") == [MET]
