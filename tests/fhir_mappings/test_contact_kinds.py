import pytest

from cds_service.domain.contacts import ContactKind
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.coding_keys import NHG_14
from fhir_mappings.terminology.contact_kinds import kind_of
from fhir_mappings.terminology.tables import load_terminology

TERMS = load_terminology()

SCT = "http://snomed.info/sct"
CLAIMS = "urn:oid:2.16.840.1.113883.2.4.3.11.22.192"
GP_CLAIMS = "urn:oid:2.16.840.1.113883.2.4.3.11.22.322"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
AMB = (Coding(ACT_CODE, "AMB"),)
VR = (Coding(ACT_CODE, "VR"),)

TREATMENT = ContactKind.TREATMENT
INTAKE = ContactKind.INTAKE
SCREENING = ContactKind.SCREENING
GROUP = ContactKind.GROUP
REMOTE = ContactKind.REMOTE
ASYNCHRONOUS = ContactKind.ASYNCHRONOUS
UNCLEAR = ContactKind.UNCLEAR
NOTE = ContactKind.NOTE


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("01", TREATMENT),
        ("1", TREATMENT),
        ("03", TREATMENT),
        ("3", TREATMENT),
        ("05", REMOTE),
        ("5", REMOTE),
        ("12", ASYNCHRONOUS),
        ("02", NOTE),
        ("04", NOTE),
        ("6", NOTE),
        ("08", NOTE),
        ("9", NOTE),
        ("10", NOTE),
        ("11", NOTE),
        ("90", UNCLEAR),
        ("99", UNCLEAR),
        ("77", TREATMENT),
    ],
)
def test_nhg_table_14(code: str, expected: ContactKind) -> None:
    assert kind_of((Concept((Coding(NHG_14, code),)),), AMB, TERMS) == expected
    oid = "urn:oid:2.16.840.1.113883.2.4.4.30.14"
    assert kind_of((Concept((Coding(oid, code),)),), (), TERMS) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Beeldbelconsult", REMOTE),
        ("Videoconsult", REMOTE),
        ("Beeldbellen", REMOTE),
        ("Telefonisch consult", REMOTE),
        ("Huisbezoek", TREATMENT),
        ("Intake", INTAKE),
        ("Intake en onderzoek na verwijzing", INTAKE),
        ("Intakegesprek", INTAKE),
        ("Screening, intake en onderzoek", INTAKE),
        ("Screening directe toegankelijkheid", SCREENING),
        ("Screening DTF", SCREENING),
        ("Screening, geen behandeling", SCREENING),
        ("E-consult", ASYNCHRONOUS),
        ("E-mailconsult", ASYNCHRONOUS),
        ("Chat", ASYNCHRONOUS),
        ("e-health", ASYNCHRONOUS),
        ("Notitie/memo", NOTE),
        ("Memo", NOTE),
        ("MDO zonder patiënt", NOTE),
        ("MDO met patiënt", TREATMENT),
        ("No-show", ContactKind.CANCELLED),
        ("Groepszitting", GROUP),
        ("Groepsbehandeling", GROUP),
        ("Groepsconsult", GROUP),
        ("Consult", TREATMENT),
        ("Overig", TREATMENT),
        ("Chateau", TREATMENT),
        ("Memorabel gesprek", TREATMENT),
        ("", TREATMENT),
    ],
)
def test_words_of_a_type(words: str, expected: ContactKind) -> None:
    assert kind_of((Concept(text=words),), AMB, TERMS) == expected
    local = Concept((Coding("http://example.org/own", "x", words),))
    assert kind_of((local,), AMB, TERMS) == expected


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        pytest.param((), REMOTE, id="no type"),
        pytest.param((Concept(text="Beeldbelconsult"),), REMOTE, id="video"),
        pytest.param((Concept((Coding(NHG_14, "05"),)),), REMOTE, id="telephone"),
        pytest.param((Concept((Coding(NHG_14, "03"),)),), REMOTE, id="consult"),
        pytest.param((Concept((Coding("http://example.org/own", "x"),)),), REMOTE, id="no table"),
        pytest.param((Concept((Coding(NHG_14, "12"),)),), ASYNCHRONOUS, id="e-consult"),
        pytest.param((Concept(text="Chat"),), ASYNCHRONOUS, id="chat"),
        pytest.param((Concept((Coding(NHG_14, "99"),)),), UNCLEAR, id="left open"),
        pytest.param((Concept(text="Intake"),), INTAKE, id="intake"),
    ],
)
@pytest.mark.parametrize(
    "system", [ACT_CODE, "http://hl7.org/fhir/v3/ActCode", "urn:oid:2.16.840.1.113883.5.4"]
)
def test_class_virtual(system: str, types: tuple[Concept, ...], expected: ContactKind) -> None:
    assert kind_of(types, (Coding(system, "VR"),), TERMS) == expected


def test_no_type_is_a_treatment() -> None:
    assert kind_of((), AMB, TERMS) == TREATMENT
    assert kind_of((), (), TERMS) == TREATMENT


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        pytest.param("99", "Overig", UNCLEAR, id="overig"),
        pytest.param("99", "Groepszitting", GROUP, id="words say more than overig"),
        pytest.param("03", "Intake", INTAKE, id="consult that is an intake"),
        pytest.param("11", "Consult", NOTE, id="a memo stays one"),
        pytest.param("12", "Consult", ASYNCHRONOUS, id="an e-consult stays one"),
    ],
)
def test_code_and_words_together(code: str, words: str, expected: ContactKind) -> None:
    assert kind_of((Concept((Coding(NHG_14, code),), words),), AMB, TERMS) == expected
    two = (Concept(text=words), Concept((Coding(NHG_14, code),)))
    assert kind_of(two, AMB, TERMS) == expected


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (SCT, "228653003", TREATMENT),
        (SCT, "76168009", GROUP),
        (SCT, "410158009", NOTE),
        (SCT, "384682003", NOTE),
        (CLAIMS, "1000", TREATMENT),
        (CLAIMS, "1850", SCREENING),
        (CLAIMS, "1864", INTAKE),
        (CLAIMS, "5010", REMOTE),
        (CLAIMS, "5001", NOTE),
        (CLAIMS, "5012", GROUP),
        (GP_CLAIMS, "12115", ASYNCHRONOUS),
        (GP_CLAIMS, "11201", NOTE),
    ],
)
def test_code_of_a_procedure(system: str, code: str, expected: ContactKind) -> None:
    assert kind_of((Concept((Coding(system, code),)),), (), TERMS) == expected


def test_a_consultation_of_a_team_sent_as_class() -> None:
    assert kind_of((), (Coding(SCT, "384682003"),), TERMS) == NOTE
