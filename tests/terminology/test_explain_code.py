"""`imsr-cds explain-code`: what a code means to the service, and why."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import main
from tests.terminology.standings import GP, HOSPITAL, THERAPY, coded, role, worth_at
from tests.terminology.tables import ROWS, Row, name
from tests.terminology.test_role_codes import ROLE_ROWS
from tests.terminology.test_site_tables import OWN, element, role_map, site


def explain(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, ["explain-code", *arguments], env=env)


def as_json(*arguments: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explain(*arguments, "--json", env=env).stdout)
    return found


COMBINATION = """\
0442  physiotherapist, also psychosomatic
  urn:oid:2.16.840.1.113883.2.4.6.7

Repaired
  alias: http://ei.vektis.nl/codelijsten/COD016-VEKT is another address of urn:oid:2.16.840.1.113883.2.4.6.7

What it is
  Role: physiotherapist or psychosomatic physiotherapist; the code does not say which
      concept_maps/role-cod016.json
  Setting: practice for physio-, exercise or occupational therapy
      value_sets/setting-therapy-practice.json (a range of codes)

A contact with somebody of this role
  GP practice; therapy practice; psychology practice; practice of another discipline; health
    centre; place not known
      1 (1) physio-, exercise, occupational therapist  counts
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    possible (profession_to_confirm)
  GGZ institution; hospital; nursing home or home care
      1 (1) physio-, exercise, occupational therapist  not counted (not_primary_care)
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    possible (profession_to_confirm)
  rehabilitation centre
      1 (1) physio-, exercise, occupational therapist  not counted (rehabilitation_programme)
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    not counted (rehabilitation_programme)
  abroad
      1 (1) physio-, exercise, occupational therapist  possible (setting_abroad)
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    possible (profession_to_confirm, setting_abroad)

A contact at a place of this type
  physiotherapist
      1 (1) physio-, exercise, occupational therapist  counts
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    not counted (other_profession)
  psychosomatic therapist
      1 (1) physio-, exercise, occupational therapist  counts
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    counts
  psychologist or POH-GGZ
      1 (1) physio-, exercise, occupational therapist  not counted (other_profession)
      1 (2) psychologist or POH-GGZ                    counts
      2     psychosomatic therapist                    not counted (other_profession)
  nurse, field of work not said
      1 (1) physio-, exercise, occupational therapist  not counted (other_profession)
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    not counted (other_profession)
  nobody with a usable role
      1 (1) physio-, exercise, occupational therapist  possible (unmapped_role)
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    possible (unmapped_role)
"""  # noqa: E501 - output as it is

REHABILITATION_PHYSICIAN = """\
01.042  rehabilitation physician
  http://fhir.nl/fhir/NamingSystem/uzi-rolcode

Repaired
  wrong system: a code of this shape is of http://fhir.nl/fhir/NamingSystem/uzi-rolcode, and is read as such

What it is
  Role: another profession, which never counts
      concept_maps/role-uzi.json
  Orders for rehabilitation medicine
      value_sets/referral-rehabilitation.json

What follows
  As the code or the receiver of an order: rehabilitation medicine, so the order is checked.

A contact with somebody of this role
  whatever else is said
      1 (1) physio-, exercise, occupational therapist  not counted (other_profession)
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    not counted (other_profession)
"""  # noqa: E501 - output as it is

LOW_BACK_PAIN = """\
L86.02  low back pain with radiation
  http://hl7.org/fhir/sid/icpc-1-nl

Repaired
  parent: no line of its own, read as L86, its parent by shape

What it is
  Reasons of a contact that are somatic
      value_sets/contact-reason-somatic.json (a range of codes)
  Indication: pain of the locomotor system, length not said
      value_sets/indication-duration.json

What follows
  As a reason for referral: pain of the locomotor system; how long it lasts is not tested, so the
    criteria apply.
"""

UNKNOWN = """\
Z
  https://ehr.example.nl/roles

What it is
  No table knows this code.

What follows
  As a role: no usable role, as if none were given; words beside it may name one.
  As the type or the class of an encounter: says nothing, and weakens nothing.
  As the code of a procedure without a usable role: not counted (other_procedure), but in a
    therapy practice possible (unmapped_role).
  As the type of an organisation: the place is not known.
  As a reason for referral: another indication, unless its words hold a pain word.
  As the code of an order: no referral to rehabilitation medicine, unless its words or the type of
    performer say so.

An encounter with nobody but this role
  GP practice; psychology practice; GGZ institution; hospital; nursing home or home care
      1 (1) physio-, exercise, occupational therapist  not counted (other_profession)
      1 (2) psychologist or POH-GGZ                    possible (unmapped_role)
      2     psychosomatic therapist                    not counted (other_profession)
  therapy practice
      1 (1) physio-, exercise, occupational therapist  possible (unmapped_role)
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    possible (unmapped_role)
  practice of another discipline; rehabilitation centre
      1 (1) physio-, exercise, occupational therapist  not counted (other_profession)
      1 (2) psychologist or POH-GGZ                    not counted (other_profession)
      2     psychosomatic therapist                    not counted (other_profession)
  health centre; place not known
      1 (1) physio-, exercise, occupational therapist  possible (unmapped_role)
      1 (2) psychologist or POH-GGZ                    possible (unmapped_role)
      2     psychosomatic therapist                    possible (unmapped_role)
  abroad
      1 (1) physio-, exercise, occupational therapist  possible (setting_abroad, unmapped_role)
      1 (2) psychologist or POH-GGZ                    possible (setting_abroad, unmapped_role)
      2     psychosomatic therapist                    possible (setting_abroad, unmapped_role)
"""


@pytest.mark.parametrize(
    ("system", "code", "expected", "exit_code"),
    [
        ("http://ei.vektis.nl/codelijsten/COD016-VEKT", "0442", COMBINATION, 0),
        ("cod016", "01.042", REHABILITATION_PHYSICIAN, 0),
        ("icpc-1-nl", "L86.02", LOW_BACK_PAIN, 0),
        (OWN, "Z", UNKNOWN, 1),
    ],
    ids=["combination code", "rehabilitation physician", "parent by shape", "unknown"],
)
def test_an_explanation_word_by_word(system: str, code: str, expected: str, exit_code: int) -> None:
    result = explain(system, code)
    assert result.stdout == expected
    assert result.stderr == ""
    assert result.exit_code == exit_code


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("uzi-rolcode", "04.000", ["Role: physiotherapist"]),
        ("UZI", "04.000", ["Role: physiotherapist"]),
        ("uzi", "99.000", ["Role: says no profession, as if no role were given"]),
        ("uzi", "30.069", ["Role: mental health nurse (SPV, VS-GGZ)", "Role codes of nurses"]),
        (
            "cod016",
            "0483",
            [
                "Role: physiotherapist or another profession; the code does not say which",
                "Setting: practice for physio-, exercise or occupational therapy",
            ],
        ),
        (
            "snomed",
            "309402005",
            ["Role: physiotherapist (place of its own: hospital)"],
        ),
        (
            "snomed",
            "76168009",
            ["Kind of contact: group session", "Sessions: psychological care"],
        ),
        ("nhg-14", "3", ["Kind of contact: treatment"]),
        ("act-code", "IMP", ["Classes that are never first line"]),
        (
            "act-code",
            "VR",
            ["Classes that tell nothing about the place", "Class: virtual"],
        ),
        (
            "organization-type",
            "F1",
            ["Setting: practice for physio-, exercise or occupational therapy"],
        ),
        ("organization-type", "Z4", ["Setting: types that do not tell the place"]),
        ("cod016", "0616", ["Setting: rehabilitation centre"]),
        ("icd-11", "MG30.02", ["Indication: pain of the locomotor system, chronic by its meaning"]),
        (
            "icpc",
            "L20",
            [
                "Reasons of a contact that are somatic",
                "Indication: pain of the locomotor system, length not said",
            ],
        ),
        (
            "icpc",
            "A01.01",
            [
                "Reasons of a contact that are somatic",
                "Indication: pain of the locomotor system, chronic by its meaning",
            ],
        ),
        ("loinc", "57133-1", ["Orders that may be any referral"]),
        ("Sanday", "8", ["Role: practice nurse"]),
        ("plain-text", "POH GGZ", ["Role: POH-GGZ", "Sessions: POH-GGZ"]),
        ("plain-text", "Rugpijn", ["Words that make a reason pain"]),
        ("http://hl7.org/fhir/v3/RoleCode", "PC", ["Setting: first line, kind left open"]),
    ],
)
def test_what_a_code_is(system: str, code: str, expected: list[str]) -> None:
    found = as_json(system, code)
    assert [line["says"] for line in found["lines"]] == expected
    assert found["known"] is True


def test_the_json_says_all_that_the_text_says() -> None:
    found = as_json("http://hl7.org/fhir/v3/ActCode", "EMER")
    assert list(found) == [
        "asked",
        "known",
        "system",
        "code",
        "display",
        "repairs",
        "lines",
        "follows",
        "sections",
    ]
    assert found["asked"] == {"system": "http://hl7.org/fhir/v3/ActCode", "code": "EMER"}
    assert found["system"] == "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    assert found["display"] == "emergency department"
    assert found["lines"] == [
        {
            "says": "Classes that are never first line",
            "file": "value_sets/class-never-first-line.json",
            "display": "emergency department",
            "is_range": False,
            "is_site": False,
        }
    ]
    (section,) = found["sections"]
    assert section["title"] == "An encounter of this class, in first line by its organisation"
    assert section["effects"][0] == {
        "situations": ["physiotherapist"],
        "worths": [
            {
                "criterion": "allied-health-therapy",
                "standing": "not-counted",
                "why": ["not_primary_care"],
            },
            {
                "criterion": "psychological-care",
                "standing": "not-counted",
                "why": ["other_profession"],
            },
            {
                "criterion": "psychosomatic-therapy",
                "standing": "not-counted",
                "why": ["other_profession"],
            },
        ],
    }


def test_a_leading_zero_is_a_repair() -> None:
    assert as_json("nhg-14-contactwijze", "3")["repairs"] == [
        "leading zero: 3 is written 03 in our tables"
    ]
    assert as_json("nhg-14-contactwijze", "03")["repairs"] == []


def test_a_range_gives_way_to_a_code_of_its_own() -> None:
    found = as_json("cod016", "0327")
    assert [line["file"] for line in found["lines"]] == [
        "concept_maps/role-cod016.json",
        "value_sets/referral-rehabilitation.json",
        "value_sets/setting-rehabilitation-centre.json",
    ]


def test_a_role_list_that_lacks_a_code_says_so() -> None:
    found = as_json("cod016", "0499")
    assert found["known"] is True, "its group is that of a practice"
    assert found["follows"] == [
        "As a role: no usable role, as if none were given; words beside it may name one."
    ]


_LETTERS = {
    ("certain", ()): "C",
    ("possible", ("profession_to_confirm",)): "P",
    ("possible", ("unmapped_role",)): "U",
    ("not-counted", ("other_profession",)): "-",
    ("not-counted", ("not_primary_care",)): "H",
    ("not-counted", ("rehabilitation_programme",)): "R",
}


def _said_of(place: str, found: dict[str, Any]) -> str:
    section = found["sections"][0]
    assert section["title"] == "A contact with somebody of this role"
    (effect,) = [each for each in section["effects"] if place in each["situations"]]
    return "".join(_LETTERS[worth["standing"], tuple(worth["why"])] for worth in effect["worths"])


@pytest.mark.parametrize("row", ROLE_ROWS[::23], ids=name)
def test_what_is_said_of_a_role_is_what_a_record_gives(row: Row) -> None:
    found = as_json(row.system, row.code)
    giver = role(coded(row.code, row.system))
    assert _said_of("therapy practice", found) == worth_at(THERAPY, giver)
    assert _said_of("GP practice", found) == worth_at(GP, giver)
    assert _said_of("hospital", found) == worth_at(HOSPITAL, giver)


@pytest.mark.parametrize("row", [row for row in ROWS if row.verified == "UNVERIFIED"], ids=name)
def test_rows_that_are_left_out_are_unknown(row: Row) -> None:
    system = "vektis-cod192" if row.code == "1750" else row.system
    is_left_out = row.code in {"1750", "physio", "dentist", "speech"}
    assert explain(system, row.code).exit_code == (1 if is_left_out else 0)


def test_a_code_of_a_site_is_said_to_be_the_sites(tmp_path: Path) -> None:
    own = role_map(OWN, element("F", ("physiotherapist", "equivalent")))
    env = {"IMSR_TERMINOLOGY_DIR": str(site(tmp_path, concept_maps__own=own))}
    result = explain(OWN, "F", env=env)
    assert result.exit_code == 0
    assert "  Role: physiotherapist\n      the site's concept_maps/own.json\n" in result.stdout
    assert explain(OWN, "F").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["uzi-rolcode"], "Missing argument 'CODE'"),
        ([], "Missing argument 'SYSTEM'"),
        (["uzi-rolcode", " "], "Invalid value for 'CODE': is empty"),
        (
            ["icd", "M54.5"],
            (
                "Invalid value for 'SYSTEM': is no code system; give its URI, or one of icd-10-cm, "
                "icd-10-nl, icd-11\n"
            ),
        ),
        (["nonsense", "1"], "Invalid value for 'SYSTEM': is no code system; give its URI, or one"),
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments: list[str], expected: str) -> None:
    result = explain(*arguments)
    assert result.exit_code == 2
    assert expected in result.stderr


def test_a_code_cannot_steer_the_terminal() -> None:
    result = explain(OWN, "\x1b[2JZ")
    assert result.exit_code == 1
    assert result.stdout.startswith("[2JZ\n")
