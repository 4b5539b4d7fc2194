"""A site's own tables (`IMSR_TERMINOLOGY_DIR`): what they change, and every fault in them."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

import fhir_mappings
from cds_service.app import create_app
from cds_service.cli import main
from cds_service.domain.contacts import CareSetting, ContactKind, Profession
from cds_service.domain.referral import Indication
from cds_service.settings.settings import read_settings
from fhir_mappings.orders.referrals import OurOrder, referral_orders
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.care_settings import setting_of
from fhir_mappings.terminology.contact_kinds import kind_of
from fhir_mappings.terminology.indications import reason
from fhir_mappings.terminology.tables import InvalidTerminologyError, load_terminology
from fhir_mappings.terminology.therapist_categories import code_professions, professions
from tests.terminology.standings import Json, coded
from tests.terminology.tables import COD016, SNOMED, UZI

CATEGORIES: Final = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"
PLAIN_TEXT: Final = "https://imsr-cds.nl/fhir/NamingSystem/plain-text"
CLAIMS: Final = "https://imsr-cds.nl/fhir/NamingSystem/vektis-cod192"
OWN: Final = "https://ehr.example.nl/roles"


def site(folder: Path, **files: object) -> Path:
    """A folder of a site; `concept_maps__own` is the file `concept_maps/own.json`."""
    for name, resource in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(resource), encoding="utf-8")
    return folder


def role_map(system: str, *elements: Json, name: str = "own") -> Json:
    group = {"source": system, "target": CATEGORIES, "element": list(elements)}
    return {"resourceType": "ConceptMap", "id": name, "group": [group]}


def element(code: str, *targets: tuple[str, str]) -> Json:
    found = [{"code": category, "equivalence": how} for category, how in targets]
    return {"code": code, "target": found}


def value_set(name: str, *includes: Mapping[str, object]) -> Json:
    return {"resourceType": "ValueSet", "id": name, "compose": {"include": list(includes)}}


def naming_system(name: str, *addresses: str) -> Json:
    unique_ids = [
        {"type": "uri", "value": address, "preferred": number == 0}
        for number, address in enumerate(addresses)
    ]
    return {"resourceType": "NamingSystem", "id": name, "uniqueId": unique_ids}


def concept(system: str, code: str) -> Concept:
    return Concept((Coding(system, code),))


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(InvalidTerminologyError) as caught:
        load_terminology(folder)
    return caught.value.faults


def ours(name: str) -> Json:
    """A copy of one of our files, as a site would start from it."""
    path = Path(next(iter(fhir_mappings.__path__))) / f"{name}.json"
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_map_of_a_new_code_system(tmp_path: Path) -> None:
    elements = (
        element("F", ("physiotherapist", "equivalent")),
        element("Q", ("psychologist", "inexact")),
        element("FP", ("physiotherapist", "wider"), ("psychosomatic-therapist", "inexact")),
        element("H", ("other", "wider")),
        element("X"),
    )
    terms = load_terminology(site(tmp_path, concept_maps__own=role_map(OWN, *elements)))
    found = {
        code: professions((concept(OWN, code),), terms=terms)
        for code in ("F", "Q", "FP", "H", "X", "Y")
    }
    assert found == {
        "F": {Profession.PHYSIOTHERAPIST},
        "Q": {Profession.PSYCHOLOGIST, Profession.OTHER},
        "FP": {Profession.PHYSIOTHERAPIST, Profession.PSYCHOSOMATIC_THERAPIST},
        "H": {Profession.OTHER},
        "X": frozenset(),
        "Y": frozenset(),
    }


def test_another_map_overrules_ours_code_by_code(tmp_path: Path) -> None:
    own = role_map(COD016, element("0483", ("physiotherapist", "equivalent")))
    terms = load_terminology(site(tmp_path, concept_maps__own=own))
    assert professions((concept(COD016, "0483"),), terms=terms) == {Profession.PHYSIOTHERAPIST}
    assert professions((concept(COD016, "0722"),), terms=terms) == {
        Profession.EXERCISE_THERAPIST,
        Profession.OTHER,
    }


def test_an_alias_in_a_map_of_a_site_is_understood(tmp_path: Path) -> None:
    alias = "urn:oid:2.16.840.1.113883.2.4.15.111"
    own = role_map(alias, element("16.000", ("psychologist", "equivalent")))
    terms = load_terminology(site(tmp_path, concept_maps__own=own))
    assert professions((concept(UZI, "16.000"),), terms=terms) == {Profession.PSYCHOLOGIST}


def test_a_map_of_the_same_name_takes_the_place_of_ours(tmp_path: Path) -> None:
    own = role_map(UZI, element("04.000", ("physiotherapist", "equivalent")))
    terms = load_terminology(site(tmp_path, **{"concept_maps__role-uzi": own}))
    assert professions((concept(UZI, "04.000"),), terms=terms) == {Profession.PHYSIOTHERAPIST}
    assert professions((concept(UZI, "90.000"),), terms=terms) == frozenset()


def test_a_value_set_of_a_site_replaces_ours_as_a_whole(tmp_path: Path) -> None:
    confirmed = ours("value_sets/session-psychosomatic-physiotherapist")
    confirmed["compose"]["include"].append({"system": CLAIMS, "concept": [{"code": "1750"}]})
    files = {"value_sets__session-psychosomatic-physiotherapist": confirmed}
    terms = load_terminology(site(tmp_path, **files))
    assert code_professions(concept(CLAIMS, "1750"), terms) == {
        Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
    }
    oid = "urn:oid:2.16.840.1.113883.2.4.3.11.22.192"
    assert code_professions(concept(oid, "1750"), terms) == {
        Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
    }


def test_a_value_set_is_known_by_its_id(tmp_path: Path) -> None:
    words = value_set("pain-words", {"system": PLAIN_TEXT, "concept": [{"code": "zeer"}]})
    terms = load_terminology(site(tmp_path, value_sets__our_words=words))
    assert reason(Concept(text="zeer in de knie"), (), terms) is Indication.PAIN
    assert reason(Concept(text="pijn in de knie"), (), terms) is Indication.UNKNOWN


def test_places_kinds_and_orders_of_a_site(tmp_path: Path) -> None:
    place = ours("value_sets/setting-therapy-practice")
    place["compose"]["include"].append({"system": OWN, "concept": [{"code": "FT"}]})
    kind = ours("value_sets/contact-kind-note")
    pattern = [{"property": "code", "op": "regex", "value": "N[0-9]+"}]
    kind["compose"]["include"].append({"system": OWN, "filter": pattern})
    order = ours("value_sets/referral-rehabilitation")
    order["compose"]["include"].append({"system": OWN, "concept": [{"code": "REV"}]})
    folder = site(tmp_path, value_sets__a=place, value_sets__b=kind, value_sets__c=order)
    terms = load_terminology(folder)
    assert setting_of((concept(OWN, "FT"),), terms=terms) is CareSetting.THERAPY_PRACTICE
    assert kind_of((concept(OWN, "N12"),), (), terms) is ContactKind.NOTE
    assert kind_of((concept(OWN, "M12"),), (), terms) is ContactKind.TREATMENT
    asked = {
        "resourceType": "ServiceRequest",
        "id": "draft-1",
        "status": "draft",
        "subject": {"reference": "Patient/p1"},
        "code": coded("REV", OWN),
    }
    (found,) = referral_orders(
        {"resourceType": "Bundle", "entry": [{"resource": asked}]},
        selections=None,
        patient_id="p1",
        today=date(2026, 6, 15),
        resources={},
        terms=terms,
    )
    assert isinstance(found, OurOrder)


def test_an_address_of_a_code_system_that_only_a_site_uses(tmp_path: Path) -> None:
    own = ours("naming_systems/snomed")
    own["uniqueId"].append({"type": "uri", "value": "https://ehr.example.nl/sct"})
    terms = load_terminology(site(tmp_path, naming_systems__snomed=own))
    physiotherapist = concept("https://ehr.example.nl/sct", "36682004")
    assert professions((physiotherapist,), terms=terms) == {Profession.PHYSIOTHERAPIST}


def test_hidden_files_and_a_readme_may_lie_beside_the_tables(tmp_path: Path) -> None:
    site(tmp_path, concept_maps__own=role_map(OWN, element("F", ("other", "wider"))))
    (tmp_path / "README.md").write_text("Tables of a site", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / "concept_maps" / ".own.json.swp").write_text("{", encoding="utf-8")
    terms = load_terminology(tmp_path)
    assert professions((concept(OWN, "F"),), terms=terms) == {Profession.OTHER}


MAP: Final = role_map(OWN, element("F", ("physiotherapist", "equivalent")))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"concept-maps__own": MAP},
            (
                (
                    "concept-maps/: is none of the folders code_systems, concept_maps, value_sets, "
                    "naming_systems"
                ),
            ),
            id="a folder with another name",
        ),
        pytest.param(
            {"own": MAP},
            (
                (
                    "own.json: is in none of the folders code_systems, concept_maps, "
                    "value_sets, naming_systems"
                ),
            ),
            id="a table outside the folders",
        ),
        pytest.param(
            {"concept_maps__own": {**MAP, "group": []}},
            ("concept_maps/own.json: group: is missing or empty",),
            id="a map without a group",
        ),
        pytest.param(
            {"concept_maps__own": role_map(OWN)},
            ("concept_maps/own.json: group[0].element: is missing or empty",),
            id="a group without codes",
        ),
        pytest.param(
            {"concept_maps__own": {**MAP, "id": ""}},
            ("concept_maps/own.json: id: is missing or no text",),
            id="no id",
        ),
        pytest.param(
            {"concept_maps__own": MAP, "concept_maps__two": MAP},
            ("concept_maps/two.json: F is in concept_maps/own.json too",),
            id="two maps with the same code",
        ),
        pytest.param(
            {
                "value_sets__a": value_set("pain-words", {"system": PLAIN_TEXT}),
            },
            (
                (
                    "value_sets/a.json: compose.include[0]: names no codes: neither a concept "
                    "nor a filter"
                ),
            ),
            id="a whole code system",
        ),
        pytest.param(
            {
                "value_sets__a": {
                    "resourceType": "ValueSet",
                    "id": "pain-words",
                    "compose": {
                        "include": [
                            {
                                "system": PLAIN_TEXT,
                                "concept": [{"code": "zeer"}],
                                "valueSet": ["https://ehr.example.nl/words"],
                            }
                        ],
                        "exclude": [{"system": PLAIN_TEXT}],
                    },
                }
            },
            (
                "value_sets/a.json: compose.exclude: is not understood; leave the codes out",
                "value_sets/a.json: compose.include[0].valueSet: is not understood; list the codes",
            ),
            id="parts of a value set that are not understood",
        ),
        pytest.param(
            {
                "value_sets__a": value_set(
                    "indication-review", {"system": SNOMED, "concept": [{"code": "278860009"}]}
                )
            },
            (
                (
                    "value_sets/a.json: compose.include[0].concept[0]: 278860009 is in "
                    "value_sets/indication-include.json too"
                ),
            ),
            id="a code in two value sets of one subject",
        ),
        pytest.param(
            {
                "value_sets__a": value_set(
                    "pain-words", {"system": PLAIN_TEXT, "concept": [{"code": "zeer"}]}
                ),
                "value_sets__b": value_set(
                    "pain-words", {"system": PLAIN_TEXT, "concept": [{"code": "au"}]}
                ),
            },
            ("value_sets/b.json: id: pain-words is that of value_sets/a.json too",),
            id="two value sets with one id",
        ),
        pytest.param(
            {"naming_systems__own": naming_system("own", OWN, SNOMED)},
            (
                (
                    f"naming_systems/own.json: uniqueId[1].value: {SNOMED} is in "
                    "naming_systems/snomed.json too"
                ),
            ),
            id="an address of another code system",
        ),
        pytest.param(
            {"naming_systems__own": {"resourceType": "NamingSystem", "id": "own"}},
            ("naming_systems/own.json: uniqueId: has no preferred one",),
            id="a code system without an address",
        ),
    ],
)
def test_every_fault_of_a_site_is_named(
    files: dict[str, object], expected: tuple[str, ...], tmp_path: Path
) -> None:
    assert faults_of(site(tmp_path, **files)) == expected


def test_a_folder_without_tables_is_a_fault(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    expected = "tables: holds no tables in code_systems, concept_maps, value_sets, naming_systems"
    assert faults_of(folder) == (expected,)


def test_a_table_with_another_ending_is_a_fault(tmp_path: Path) -> None:
    site(tmp_path, concept_maps__own=MAP)
    (tmp_path / "concept_maps" / "own.json").rename(tmp_path / "concept_maps" / "own.JSON")
    assert faults_of(tmp_path) == ("concept_maps/own.JSON: does not end in .json",)


BROKEN: Final = {"concept_maps__own": role_map(OWN, element("F", ("fysio", "equivalent")))}


def test_the_service_does_not_start_with_a_faulty_table(tmp_path: Path) -> None:
    folder = site(tmp_path, **BROKEN)
    settings = read_settings({"IMSR_MODE": "development", "IMSR_TERMINOLOGY_DIR": str(folder)})
    with pytest.raises(InvalidTerminologyError, match=r"concept_maps/own\.json: group\[0\]"):
        create_app(settings)


def test_the_command_line_names_the_fault(tmp_path: Path) -> None:
    env = {"IMSR_TERMINOLOGY_DIR": str(site(tmp_path, **BROKEN))}
    result = CliRunner().invoke(main, ["explain-code", "uzi-rolcode", "04.000"], env=env)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "Error: A code table is wrong:\n"
        "  - concept_maps/own.json: group[0].element[0].target[0].code: 'fysio' is none of "
        "physiotherapist, exercise-therapist, occupational-therapist, psychosomatic-therapist, "
        "psychologist, mental-health-practice-nurse, other\n"
        "Correct the table, or leave IMSR_TERMINOLOGY_DIR out to use the tables that ship.\n"
    )
