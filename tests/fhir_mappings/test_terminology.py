import json
from pathlib import Path
from timeit import timeit
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

import fhir_mappings
from cds_service.domain.contacts import CareSetting, Profession, TherapistCategory
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.coding_keys import COD016, NHG_14, UZI
from fhir_mappings.terminology.tables import (
    InvalidTerminologyError,
    ReasonWord,
    load_terminology,
)
from fhir_mappings.terminology.therapist_categories import professions

ARTEFACTS = sorted(Path(next(iter(fhir_mappings.__path__))).glob("*_*/*.json"))
TERMS = load_terminology()


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", ARTEFACTS, ids=lambda path: path.stem)
def test_artefact_is_valid_r4_under_our_address(path: Path) -> None:
    resource = read(path)
    model = get_fhir_model_class(resource["resourceType"])
    model.model_validate(resource)
    if resource["resourceType"] != "NamingSystem":
        expected = f"https://imsr-cds.nl/fhir/{resource['resourceType']}/{path.stem}"
        assert resource["url"] == expected
    assert resource["id"] == path.stem
    assert len(resource["id"]) <= 64


def test_there_are_artefacts_of_all_four_types() -> None:
    found = {read(path)["resourceType"] for path in ARTEFACTS}
    assert found == {"CodeSystem", "ConceptMap", "ValueSet", "NamingSystem"}


def test_code_systems_hold_the_codes_of_the_domain() -> None:
    folder = Path(next(iter(fhir_mappings.__path__))) / "code_systems"
    codes = {
        path.stem: {concept["code"] for concept in read(path)["concept"]}
        for path in folder.glob("*.json")
    }
    assert codes["therapist-category"] == {
        "physiotherapist",
        "exercise-therapist",
        "occupational-therapist",
        "psychosomatic-therapist",
        "psychologist",
        "mental-health-practice-nurse",
        "other",
    }
    assert codes["therapist-category"] == {str(category) for category in TherapistCategory}
    assert codes["profession"] == {str(profession) for profession in Profession}
    assert codes["care-setting"] == {str(setting) for setting in CareSetting}


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("http://fhir.nl/fhir/NamingSystem/uzi-rolcode", "04.000", (UZI, "04.000")),
        ("urn:oid:2.16.840.1.113883.2.4.15.111", "04.000", (UZI, "04.000")),
        ("2.16.840.1.113883.2.4.15.111", "04.000", (UZI, "04.000")),
        (
            "http://nuts-foundation.github.io/nl-generic-functions-ig/CodeSystem/uzi-rolcode",
            "04.000",
            (UZI, "04.000"),
        ),
        ("urn:oid:2.16.840.1.113883.2.4.6.7", "0400", (COD016, "0400")),
        ("http://ei.vektis.nl/codelijsten/COD016-VEKT", "0400", (COD016, "0400")),
        (
            "http://nuts-foundation.github.io/nl-generic-functions-ig/CodeSystem/agb-specialismen",
            "0400",
            (COD016, "0400"),
        ),
        pytest.param(
            "urn:oid:2.16.840.1.113883.2.4.6.7",
            "01.012",
            (UZI, "01.012"),
            id="UZI code under the Vektis system",
        ),
        pytest.param(
            "http://fhir.nl/fhir/NamingSystem/uzi-rolcode",
            "0327",
            (COD016, "0327"),
            id="COD016 code under the UZI system",
        ),
        (NHG_14, "3", (NHG_14, "03")),
        (NHG_14, "03", (NHG_14, "03")),
        (NHG_14, "003", (NHG_14, "03")),
        ("urn:oid:2.16.840.1.113883.2.4.4.30.14", "5", (NHG_14, "05")),
        (NHG_14, "12", (NHG_14, "12")),
        ("http://example.org/own", "04.000", ("http://example.org/own", "04.000")),
    ],
)
def test_systems_are_known_under_every_address(
    system: str, code: str, expected: tuple[str, str]
) -> None:
    assert TERMS.keys.key(Coding(system, code)) == expected


@pytest.mark.parametrize(
    "system",
    [
        "http://terminology.hl7.org/CodeSystem/v3-ActCode",
        "http://hl7.org/fhir/v3/ActCode",
        "urn:oid:2.16.840.1.113883.5.4",
    ],
)
def test_act_code_has_three_addresses(system: str) -> None:
    assert TERMS.keys.key(Coding(system, "IMP")) == (
        "http://terminology.hl7.org/CodeSystem/v3-ActCode",
        "IMP",
    )


def test_full_tables_are_there() -> None:
    in_system = [key for key in TERMS.roles.codes if key[0] == COD016]
    assert len(in_system) == 454
    assert len([key for key in TERMS.roles.codes if key[0] == UZI]) == 83


def test_tables_are_loaded_once() -> None:
    assert load_terminology() is TERMS


def test_a_lookup_costs_microseconds() -> None:
    role = (Concept((Coding(UZI, "04.000"),)),)
    seconds = timeit(lambda: professions(role, terms=TERMS), number=1000) / 1000
    assert seconds < 0.0005


def site(folder: Path, name: str, resource: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(resource if isinstance(resource, str) else json.dumps(resource), "utf-8")
    return folder


def concept_map(*elements: object) -> dict[str, object]:
    target = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"
    group = {"source": "http://example.org/own", "target": target, "element": list(elements)}
    return {"resourceType": "ConceptMap", "id": "own", "group": [group]}


def test_a_site_adds_codes_of_its_own(tmp_path: Path) -> None:
    own = {"code": "F", "target": [{"code": "physiotherapist", "equivalence": "equivalent"}]}
    terms = load_terminology(site(tmp_path, "concept_maps/own.json", concept_map(own)))
    role = (Concept((Coding("http://example.org/own", "F"),)),)
    assert professions(role, terms=terms) == {Profession.PHYSIOTHERAPIST}
    assert professions((Concept((Coding(UZI, "90.000"),)),), terms=terms) == {
        Profession.OCCUPATIONAL_THERAPIST
    }


def test_a_site_replaces_a_file_of_ours(tmp_path: Path) -> None:
    words = {
        "resourceType": "ValueSet",
        "id": "pain-words",
        "compose": {
            "include": [
                {
                    "system": "https://imsr-cds.nl/fhir/NamingSystem/plain-text",
                    "concept": [{"code": "zeer"}],
                }
            ]
        },
    }
    terms = load_terminology(site(tmp_path, "value_sets/pain-words.json", words))
    assert terms.reason_words.words.find("zeer in de knie") == (ReasonWord.PAIN,)
    assert terms.reason_words.words.find("pijn in de knie") == ()


def test_every_fault_is_named_with_file_and_path(tmp_path: Path) -> None:
    site(tmp_path, "concept_maps/broken.json", "{")
    site(tmp_path, "value_sets/wrong.json", {"resourceType": "ConceptMap", "id": "wrong"})
    site(tmp_path, "value_sets/typo.json", {"resourceType": "ValueSet", "id": "pain-word"})
    elements: tuple[object, ...] = (
        {"code": "A", "target": [{"code": "fysio", "equivalence": "equivalent"}]},
        {"code": "A", "target": [{"code": "other", "equivalence": "same"}]},
        {"target": []},
    )
    site(tmp_path, "concept_maps/own.json", concept_map(*elements))
    bad_range = {"system": COD016, "filter": [{"property": "code", "op": "regex", "value": "("}]}
    nurses = {
        "resourceType": "ValueSet",
        "id": "nurse-roles",
        "compose": {"include": [bad_range]},
    }
    site(tmp_path, "value_sets/nurse-roles.json", nurses)
    with pytest.raises(InvalidTerminologyError) as caught:
        load_terminology(tmp_path)
    places = sorted({fault.rpartition(": ")[0] for fault in caught.value.faults})
    assert places == [
        "concept_maps/broken.json",
        "concept_maps/own.json: group[0].element[0].target[0].code",
        "concept_maps/own.json: group[0].element[1].code",
        "concept_maps/own.json: group[0].element[1].target[0].equivalence",
        "concept_maps/own.json: group[0].element[2].code",
        "value_sets/nurse-roles.json: compose.include[0].filter[0].value",
        "value_sets/typo.json: id",
        "value_sets/wrong.json: resourceType",
    ]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InvalidTerminologyError, match="is no folder"):
        load_terminology(tmp_path / "absent")
