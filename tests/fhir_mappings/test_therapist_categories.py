import pytest

from cds_service.domain.contacts import Profession
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.coding_keys import COD016, UZI
from fhir_mappings.terminology.tables import load_terminology
from fhir_mappings.terminology.therapist_categories import (
    agb_professions,
    code_professions,
    is_session_code,
    professions,
)

TERMS = load_terminology()

SCT = "http://snomed.info/sct"
NUCC = "http://nucc.org/provider-taxonomy"
HL7_ROLE = "http://terminology.hl7.org/CodeSystem/practitioner-role"
SERVICE = "http://terminology.hl7.org/CodeSystem/service-type"
EPIC = "urn:oid:1.2.840.114350.1.13.485.3.7.10.836982.1040"
CLAIMS = "urn:oid:2.16.840.1.113883.2.4.3.11.22.192"
GP_CLAIMS = "urn:oid:2.16.840.1.113883.2.4.3.11.22.322"
OWN = "http://example.org/own"

PHYSIO = Profession.PHYSIOTHERAPIST
EXERCISE = Profession.EXERCISE_THERAPIST
ERGO = Profession.OCCUPATIONAL_THERAPIST
PSY_PHYSIO = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
PSY_EXERCISE = Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST
PSY_ERGO = Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST
PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_THERAPIST
PSYCHOLOGIST = Profession.PSYCHOLOGIST
POH_GGZ = Profession.PRACTICE_NURSE_GGZ
GGZ_NURSE = Profession.MENTAL_HEALTH_NURSE
NURSE = Profession.NURSE
PSYCHOTHERAPIST = Profession.PSYCHOTHERAPIST
PSYCHIATRIST = Profession.PSYCHIATRIST
EDUCATIONALIST = Profession.REMEDIAL_EDUCATIONALIST
OTHER = Profession.OTHER


def one(system: str, code: str, text: str = "", display: str = "") -> Concept:
    return Concept((Coding(system, code, display),), text)


def text(words: str) -> Concept:
    return Concept(text=words)


# every role that the scenarios name, and the main codes of the tables
CODES = [
    (UZI, "04.000", {PHYSIO}),
    (COD016, "0400", {PHYSIO}),
    (COD016, "0403", {PHYSIO}),
    (COD016, "0404", {PHYSIO}),
    (COD016, "0406", {PHYSIO}),
    (COD016, "0410", {PHYSIO}),
    (COD016, "0419", {PHYSIO}),
    (COD016, "0478", {PHYSIO}),
    (COD016, "0483", {PHYSIO, OTHER}),
    (COD016, "0477", {OTHER}),
    (COD016, "0482", {OTHER}),
    (UZI, "93.000", {EXERCISE}),
    (UZI, "94.000", {EXERCISE}),
    (COD016, "0700", {EXERCISE}),
    (COD016, "0703", {EXERCISE}),
    (COD016, "0719", {EXERCISE}),
    (COD016, "0722", {EXERCISE, OTHER}),
    (COD016, "0718", {OTHER}),
    (UZI, "90.000", {ERGO}),
    (COD016, "8800", {ERGO}),
    (COD016, "8803", {ERGO}),
    (COD016, "0409", {PSY_PHYSIO}),
    (COD016, "0704", {PSY_EXERCISE}),
    (COD016, "0713", {PSY_EXERCISE}),
    (COD016, "0441", {PHYSIO, PSY_PHYSIO}),
    (COD016, "0442", {PHYSIO, PSY_PHYSIO}),
    (COD016, "0455", {PHYSIO, PSY_PHYSIO}),
    (COD016, "0466", {PHYSIO, PSY_PHYSIO}),
    (COD016, "0707", {EXERCISE, PSY_EXERCISE}),
    (COD016, "0717", {EXERCISE, PSY_EXERCISE}),
    (UZI, "25.000", {PSYCHOLOGIST}),
    (UZI, "25.061", {PSYCHOLOGIST}),
    (UZI, "25.063", {PSYCHOLOGIST}),
    (COD016, "9401", {PSYCHOLOGIST}),
    (COD016, "9405", {PSYCHOLOGIST}),
    (COD016, "9416", {PSYCHOLOGIST}),
    (COD016, "9458", {PSYCHOLOGIST}),
    (COD016, "9400", {PSYCHOLOGIST, OTHER}),
    (COD016, "9462", {PSYCHOLOGIST, OTHER}),
    (COD016, "9423", {PSYCHOLOGIST, OTHER}),
    (UZI, "16.000", {PSYCHOTHERAPIST}),
    (COD016, "9402", {PSYCHOTHERAPIST}),
    (UZI, "01.035", {PSYCHIATRIST}),
    (COD016, "0329", {PSYCHIATRIST}),
    (UZI, "31.000", {EDUCATIONALIST}),
    (COD016, "9417", {EDUCATIONALIST}),
    (COD016, "9420", {OTHER}),
    (COD016, "9475", {OTHER}),
    (UZI, "30.069", {GGZ_NURSE}),
    (COD016, "9116", {GGZ_NURSE}),
    (COD016, "9134", {GGZ_NURSE}),
    (COD016, "9144", {GGZ_NURSE}),
    (UZI, "30.000", {NURSE}),
    (COD016, "9100", {NURSE}),
    (SCT, "106292003", {NURSE}),
    (HL7_ROLE, "nurse", {NURSE}),
    (COD016, "9101", {OTHER}),
    (UZI, "30.065", {OTHER}),
    (UZI, "01.015", {OTHER}),
    (COD016, "0100", {OTHER}),
    (COD016, "8425", {OTHER}),
    (COD016, "9011", {OTHER}),
    (UZI, "99.000", set()),
    (SCT, "223366009", set()),
    (SCT, "36682004", {PHYSIO}),
    (SCT, "106296000", {PHYSIO}),
    (SCT, "309402005", {PHYSIO}),
    (SCT, "309427003", {ERGO, OTHER}),
    (SCT, "159025009", {EXERCISE, OTHER}),
    (SCT, "59944000", {PSYCHOLOGIST}),
    (SCT, "68191000052106", {PSYCHOLOGIST}),
    (SCT, "310190000", {POH_GGZ, OTHER}),
    (SCT, "224564000", {GGZ_NURSE}),
    (NUCC, "225100000X", {PHYSIO}),
    (NUCC, "103TE1100X", {PSYCHOLOGIST, OTHER}),
    ("Sanday", "8", {Profession.PRACTICE_NURSE}),
    ("Sanday", "5", {NURSE}),
    (EPIC, "106", {PHYSIO}),
    (COD016, "0999", set()),
    (OWN, "04.000", set()),
]

TRAPS = [
    ("logopedist", UZI, "91.000", {OTHER}),
    ("dietist", UZI, "89.000", {OTHER}),
    ("podotherapeut", UZI, "96.000", {OTHER}),
    ("huidtherapeut", UZI, "88.000", {OTHER}),
    ("mondhygienist", UZI, "92.000", {OTHER}),
    ("logopedist COD016", COD016, "0500", {OTHER}),
    ("dietist COD016", COD016, "2400", {OTHER}),
    ("podotherapeut COD016", COD016, "2600", {OTHER}),
    ("revalidatiearts", UZI, "01.042", {OTHER}),
    ("revalidatie", COD016, "0327", {OTHER}),
    ("anesthesioloog", UZI, "01.003", {OTHER}),
    ("reumatoloog", UZI, "01.041", {OTHER}),
    ("sportarts", UZI, "01.074", {OTHER}),
    ("sportgeneeskunde", COD016, "8416", {OTHER}),
    ("chiropractor", COD016, "9001", {OTHER}),
    ("osteopaat", COD016, "9012", {OTHER}),
    ("vaktherapeut", COD016, "9025", {OTHER}),
    ("psychosociaal zorgverlener", COD016, "9037", {OTHER}),
    ("mindfulness", COD016, "9047", {OTHER}),
    ("leefstijlcoach", COD016, "9038", {OTHER}),
    ("arts chiropractie", COD016, "8401", {OTHER}),
    ("chiropractor SNOMED", SCT, "3842006", {OTHER}),
    ("osteopaat SNOMED", SCT, "76231001", {OTHER}),
    ("vaktherapeut SNOMED", SCT, "309410006", {OTHER}),
    ("arts musculoskeletale geneeskunde", COD016, "8402", {OTHER}),
    ("arts manuele geneeskunde", COD016, "8410", {OTHER}),
    ("psychosomatic medicine physician", NUCC, "2084P0015X", {PSYCHIATRIST}),
    ("rehabilitation chiropractor", NUCC, "111NR0400X", {OTHER}),
    ("rehabilitation counselor", NUCC, "225C00000X", {OTHER}),
    ("psychomotorisch therapeut", EPIC, "2546", {OTHER}),
    ("cognitief revalidatietherapeut", EPIC, "2544", {OTHER}),
    ("orthopedagoog-psycholoog", EPIC, "2548", {PSYCHOLOGIST, OTHER}),
    ("ergotherapieassistent", SCT, "224587008", {OTHER}),
    ("ergotherapieassistent Epic", EPIC, "2529", {OTHER}),
]


@pytest.mark.parametrize(("system", "code", "expected"), CODES)
def test_code_of_a_role(system: str, code: str, expected: set[Profession]) -> None:
    assert professions((one(system, code),), terms=TERMS) == expected


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [pytest.param(*trap[1:], id=trap[0]) for trap in TRAPS],
)
def test_trap(system: str, code: str, expected: set[Profession]) -> None:
    assert professions((one(system, code),), terms=TERMS) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Fysiotherapeut", {PHYSIO}),
        ("Kinderfysiotherapeut", {PHYSIO}),
        ("Manueel therapeut", {PHYSIO}),
        ("oefentherapeut Cesar", {EXERCISE}),
        ("Ergotherapeut", {ERGO}),
        ("GZ-psycholoog", {PSYCHOLOGIST}),
        ("Psycholoog", {PSYCHOLOGIST}),
        ("eerstelijnspsycholoog", {PSYCHOLOGIST}),
        ("GZ-psycholoog / psychotherapeut", {PSYCHOLOGIST}),
        ("Kinder- en jeugdpsycholoog", {PSYCHOLOGIST, OTHER}),
        ("Psychotherapeut", {PSYCHOTHERAPIST}),
        ("Psychiater", {PSYCHIATRIST}),
        ("Orthopedagoog-generalist", {EDUCATIONALIST}),
        ("Orthopedagoog", {OTHER}),
        ("POH-GGZ", {POH_GGZ}),
        ("POH GGZ", {POH_GGZ}),
        ("POH/GGZ", {POH_GGZ}),
        ("POHGGZ", {POH_GGZ}),
        ("poh-ggz", {POH_GGZ}),
        ("Praktijkondersteuner GGZ", {POH_GGZ}),
        ("Praktijkondersteuner huisarts GGZ", {POH_GGZ}),
        ("praktijkondersteuner geestelijke gezondheidszorg", {POH_GGZ}),
        ("POH", {Profession.PRACTICE_NURSE}),
        ("Praktijkondersteuner", {Profession.PRACTICE_NURSE}),
        ("POH-S", {OTHER}),
        ("POH somatiek", {OTHER}),
        ("POH ouderenzorg", {OTHER}),
        ("POH jeugd", {OTHER}),
        ("SPV", {GGZ_NURSE}),
        ("Sociaal psychiatrisch verpleegkundige", {GGZ_NURSE}),
        ("Verpleegkundige GGZ", {GGZ_NURSE}),
        ("Verpleegkundige (geestelijke gezondheidszorg)", {GGZ_NURSE}),
        ("Verpleegkundige", {NURSE}),
        ("Psychosomatisch therapeut", {PSYCHOSOMATIC}),
        ("Psychosomatisch fysiotherapeut", {PSY_PHYSIO}),
        ("psychosomatische fysiotherapie", {PSY_PHYSIO}),
        ("Psychosomatisch oefentherapeut", {PSY_EXERCISE}),
        ("psychosomatische oefentherapie", {PSY_EXERCISE}),
        ("Fysiotherapeut (psychosomatisch)", {PSY_PHYSIO}),
        ("Psychosomatisch ergotherapeut", {ERGO, PSY_ERGO}),
        ("Huisarts", {OTHER}),
        ("Basisarts", {OTHER}),
        ("Haptotherapeut", {OTHER}),
        ("Diëtist", {OTHER}),
        ("Psychomotorisch therapeut", {OTHER}),
        ("Cognitief revalidatietherapeut", {OTHER}),
        ("Assistent ergotherapie", {OTHER}),
        ("Ergotherapieassistent", {OTHER}),
        ("Arts manuele geneeskunde", {OTHER}),
        ("Psychosomatic Medicine Physician", set()),
        ("Psychosomatisch", set()),
        ("GGZ", set()),
        ("Medewerker", set()),
        ("", set()),
    ],
)
def test_words_of_a_role_without_code(words: str, expected: set[Profession]) -> None:
    assert professions((text(words),), terms=TERMS) == expected
    assert professions((one(OWN, "x", display=words),), terms=TERMS) == expected
    assert professions((one(UZI, "99.000", text=words),), terms=TERMS) == expected
    assert professions((), codes=(text(words),), terms=TERMS) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("J. de Vries", set()),
        ("M. Arts", set()),
        ("W. Poh", set()),
        ("Coach, A.", set()),
        ("dr. P. Pastor", set()),
        ("POH-GGZ", {POH_GGZ}),
        ("Praktijkondersteuner GGZ", {POH_GGZ}),
        ("J. de Vries, POH-GGZ", {POH_GGZ}),
        ("POH Jansen", {Profession.PRACTICE_NURSE}),
        ("A. Bakker, fysiotherapeut", {PHYSIO}),
        ("Huisarts de Wit", {OTHER}),
        ("Fysiofit Centrum", set()),
    ],
)
def test_a_displayed_name_tells_a_profession_only_by_whole_words(
    name: str, expected: set[Profession]
) -> None:
    assert professions((), names=(name,), terms=TERMS) == expected


@pytest.mark.parametrize(
    ("system", "code", "words", "expected"),
    [
        (UZI, "04.000", "Psychosomatisch fysiotherapeut", {PSY_PHYSIO}),
        (UZI, "04.000", "psychosomatisch", {PSY_PHYSIO}),
        (UZI, "93.000", "Psychosomatische oefentherapie", {PSY_EXERCISE}),
        (UZI, "94.000", "psychosomatisch therapeut", {PSY_EXERCISE}),
        (UZI, "90.000", "Psychosomatisch ergotherapeut", {ERGO, PSY_ERGO}),
        (UZI, "30.000", "POH-GGZ", {POH_GGZ}),
        (UZI, "01.015", "POH-GGZ", {POH_GGZ}),
        (COD016, "0100", "Praktijkondersteuner huisarts GGZ", {POH_GGZ}),
        (UZI, "30.000", "Verpleegkundige GGZ", {GGZ_NURSE}),
        (COD016, "9103", "wijkverpleegkundige ggz", {GGZ_NURSE}),
        (UZI, "30.068", "geestelijke gezondheidszorg", {GGZ_NURSE}),
        (UZI, "30.000", "POH-S", {OTHER}),
        (UZI, "16.000", "eerstelijnspsycholoog", {PSYCHOLOGIST}),
        (COD016, "9462", "eerstelijnspsycholoog", {PSYCHOLOGIST}),
        (COD016, "9462", "psycholoog", {PSYCHOLOGIST, OTHER}),
        ("Sanday", "8", "GGZ", {POH_GGZ}),
        ("Sanday", "5", "ggz", {GGZ_NURSE}),
        pytest.param(UZI, "01.015", "Fysiotherapeut", {OTHER}, id="a negative code wins"),
        pytest.param(UZI, "91.000", "GGZ", {OTHER}, id="GGZ makes no nurse of a speech therapist"),
        pytest.param(UZI, "25.000", "Fysiotherapeut", {PSYCHOLOGIST}, id="the code wins"),
        pytest.param(COD016, "0442", "Psychosomatisch fysiotherapeut", {PHYSIO, PSY_PHYSIO}),
        pytest.param(UZI, "25.000", "psychosomatisch", {PSYCHOLOGIST}, id="no psychologist"),
    ],
)
def test_words_refine_a_code_and_never_contradict_it(
    system: str, code: str, words: str, expected: set[Profession]
) -> None:
    assert professions((one(system, code, text=words),), terms=TERMS) == expected
    assert professions((one(system, code),), codes=(text(words),), terms=TERMS) == expected
    assert professions((one(system, code),), names=(words,), terms=TERMS) == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("0400", "0409"), {PSY_PHYSIO}),
        (("0442", "0404"), {PHYSIO, PSY_PHYSIO}),
        (("0442", "0409"), {PHYSIO, PSY_PHYSIO}),
        (("0477", "0400"), {PHYSIO}),
        (("0483", "0400"), {PHYSIO}),
        (("9100", "9116"), {GGZ_NURSE}),
        (("9402", "9406"), {PSYCHOLOGIST}),
        (("9423", "9406"), {PSYCHOLOGIST}),
        (("0400", "8800"), {PHYSIO, ERGO}),
        (("0999", "0400"), {PHYSIO}),
    ],
)
def test_of_several_codings_of_one_specialty_the_more_specific_wins(
    codes: tuple[str, ...], expected: set[Profession]
) -> None:
    specialty = Concept(tuple(Coding(COD016, code) for code in codes))
    assert professions((specialty,), terms=TERMS) == expected
    backwards = Concept(tuple(reversed(specialty.codings)))
    assert professions((backwards,), terms=TERMS) == expected


@pytest.mark.parametrize(
    ("specialties", "expected"),
    [
        ((one(COD016, "0400"), one(COD016, "0409")), {PHYSIO, PSY_PHYSIO}),
        (
            (one(UZI, "04.000"), one(COD016, "0409", "Psychosomatische fysiotherapie")),
            {PHYSIO, PSY_PHYSIO},
        ),
        ((one(UZI, "04.000"), text("Psychosomatisch fysiotherapeut")), {PHYSIO, PSY_PHYSIO}),
        ((one(UZI, "93.000"), one(UZI, "25.000")), {EXERCISE, PSYCHOLOGIST}),
        ((one(UZI, "04.000"), one(OWN, "x")), {PHYSIO}),
        ((one(UZI, "04.000"), one(UZI, "99.000")), {PHYSIO}),
        ((one(COD016, "0400"), one(COD016, "0477")), {PHYSIO, OTHER}),
        ((one(UZI, "30.000"), text("POH-GGZ")), {POH_GGZ}),
        ((one(UZI, "30.000"), text("GGZ")), {GGZ_NURSE}),
        ((one(UZI, "30.000"), text("Verpleegkundige GGZ")), {GGZ_NURSE}),
    ],
)
def test_several_specialties_are_alternatives(
    specialties: tuple[Concept, ...], expected: set[Profession]
) -> None:
    assert professions(specialties, terms=TERMS) == expected
    assert professions(tuple(reversed(specialties)), terms=TERMS) == expected


def test_the_code_of_a_role_speaks_where_no_specialty_does() -> None:
    code = one(SCT, "36682004")
    assert professions((), codes=(code,), terms=TERMS) == {PHYSIO}
    assert professions((one(COD016, "0409"),), codes=(code,), terms=TERMS) == {PSY_PHYSIO}


@pytest.mark.parametrize("system", [UZI, COD016])
def test_a_code_under_the_wrong_system_is_told_by_its_shape(system: str) -> None:
    assert professions((one(system, "04.000"),), terms=TERMS) == {PHYSIO}
    assert professions((one(system, "0409"),), terms=TERMS) == {PSY_PHYSIO}


@pytest.mark.parametrize(
    ("system", "code", "expected", "is_session"),
    [
        (SCT, "91251008", {PHYSIO}, True),
        (SCT, "410160006", {PHYSIO}, True),
        (SCT, "84478008", {ERGO}, True),
        (SCT, "228653003", {ERGO}, True),
        (SCT, "76168009", {PSYCHOLOGIST}, True),
        (SCT, "18512000", {PSYCHOLOGIST}, True),
        (SCT, "228557008", {PSYCHOLOGIST}, True),
        pytest.param(SCT, "229065009", set(), True, id="exercise therapy is a method"),
        (SCT, "11429006", set(), True),
        (SCT, "410158009", set(), False),
        (SCT, "384682003", set(), False),
        (SCT, "5154007", {OTHER}, False),
        (SCT, "52052004", {OTHER}, False),
        pytest.param(SCT, "33879002", set(), False, id="a vaccination"),
        (CLAIMS, "1000", {PHYSIO}, True),
        pytest.param(CLAIMS, "1700", {PHYSIO}, True, id="a long session, not psychosomatic"),
        pytest.param(CLAIMS, "1750", set(), False, id="no source confirms it"),
        (CLAIMS, "2600", {PSY_EXERCISE}, True),
        (CLAIMS, "5000", {ERGO}, True),
        (CLAIMS, "1900", set(), False),
        (GP_CLAIMS, "12110", {POH_GGZ}, True),
        (GP_CLAIMS, "12000", {OTHER}, False),
        pytest.param(OWN, "2000", set(), False, id="a bare number of another list"),
        (SERVICE, "65", {PHYSIO}, False),
        (SERVICE, "61", {ERGO}, False),
        (SERVICE, "142", {PSYCHOLOGIST}, False),
        (SERVICE, "414", {POH_GGZ, OTHER}, False),
        (SERVICE, "124", {OTHER}, False),
    ],
)
def test_code_of_a_procedure_or_service(
    system: str, code: str, expected: set[Profession], *, is_session: bool
) -> None:
    assert code_professions(one(system, code), TERMS) == expected
    assert is_session_code(one(system, code), TERMS) is is_session


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Fysiotherapie", {PHYSIO}),
        ("Psychosomatische oefentherapie", {PSY_EXERCISE}),
        ("Verwijzing naar fysiotherapie", set()),
        ("Vaccinatie", set()),
        ("", set()),
    ],
)
def test_a_procedure_in_words_is_a_session_only_if_they_say_nothing_else(
    words: str, expected: set[Profession]
) -> None:
    assert code_professions(text(words), TERMS) == expected
    assert is_session_code(text(words), TERMS) is bool(expected)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("04115923", {PHYSIO, OTHER}),
        ("07000001", {EXERCISE, OTHER}),
        ("88000001", {ERGO, OTHER}),
        ("94000001", {PSYCHOLOGIST, OTHER}),
        ("01000001", set()),
        ("03103161", set()),
        ("04", set()),
        ("", set()),
    ],
)
def test_an_agb_number_is_a_hint(number: str, expected: set[Profession]) -> None:
    assert agb_professions(number) == expected
