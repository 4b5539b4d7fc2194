import pytest

from cds_service.domain.contacts import CareSetting
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.care_settings import (
    is_abroad,
    is_never_first_line,
    is_virtual,
    setting_of,
    setting_of_role,
)
from fhir_mappings.terminology.coding_keys import COD016, UZI
from fhir_mappings.terminology.tables import load_terminology

TERMS = load_terminology()

ORG = "http://nictiz.nl/fhir/NamingSystem/organization-type"
SCT = "http://snomed.info/sct"
NUCC = "http://nucc.org/provider-taxonomy"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
EPIC = "urn:oid:1.2.840.114350.1.13.485.3.7.10.836982.1040"
OWN = "http://example.org/own"
ACT_CODES = (
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "http://hl7.org/fhir/v3/ActCode",
    "urn:oid:2.16.840.1.113883.5.4",
)

GP = CareSetting.GP_PRACTICE
THERAPY = CareSetting.THERAPY_PRACTICE
PSYCHOLOGY = CareSetting.PSYCHOLOGY_PRACTICE
OTHER = CareSetting.OTHER_PRACTICE
PRIMARY = CareSetting.PRIMARY_CARE
GGZ = CareSetting.MENTAL_HEALTH_INSTITUTION
HOSPITAL = CareSetting.HOSPITAL
LONG_TERM = CareSetting.LONG_TERM_CARE
REHAB = CareSetting.REHABILITATION_CENTRE
ABROAD = CareSetting.ABROAD
UNKNOWN = CareSetting.UNKNOWN


def types(*codes: tuple[str, str]) -> tuple[Concept, ...]:
    return tuple(Concept((Coding(system, code),)) for system, code in codes)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([(ORG, "Z3")], GP),
        ([(ORG, "H1")], GP),
        ([(ORG, "K3")], GP),
        ([(COD016, "0100")], GP),
        ([(COD016, "0101")], GP),
        ([(SCT, "408443003")], GP),
        ([(ORG, "F1")], THERAPY),
        ([(ORG, "PM8")], THERAPY),
        ([(ORG, "PM4")], THERAPY),
        ([(COD016, "0400")], THERAPY),
        ([(COD016, "0404")], THERAPY),
        ([(COD016, "0700")], THERAPY),
        ([(COD016, "8800")], THERAPY),
        ([(NUCC, "261QP2000X")], THERAPY),
        ([(ORG, "Z4"), (COD016, "0400")], THERAPY),
        ([(ORG, "G7")], PSYCHOLOGY),
        ([(COD016, "9401")], PSYCHOLOGY),
        ([(ORG, "G5"), (COD016, "9406")], PSYCHOLOGY),
        ([(ROLE_CODE, "PSI")], PSYCHOLOGY),
        ([(COD016, "3700")], PRIMARY),
        ([(COD016, "3700"), (COD016, "0100"), (COD016, "0400")], PRIMARY),
        ([(ORG, "ZG")], PRIMARY),
        ([(ORG, "N6")], PRIMARY),
        ([(ROLE_CODE, "PC")], PRIMARY),
        ([(ORG, "V4")], HOSPITAL),
        ([(ORG, "V5")], HOSPITAL),
        ([(ORG, "V6")], HOSPITAL),
        ([(ORG, "P4")], HOSPITAL),
        ([(ORG, "SC")], HOSPITAL),
        ([(ORG, "Z21")], HOSPITAL),
        ([(COD016, "0600")], HOSPITAL),
        ([(COD016, "0650")], HOSPITAL),
        ([(COD016, "0303")], HOSPITAL),
        ([(COD016, "0390")], HOSPITAL),
        ([(COD016, "2200")], HOSPITAL),
        ([(COD016, "2270")], HOSPITAL),
        ([(ROLE_CODE, "GACH")], HOSPITAL),
        ([(ORG, "V4"), (COD016, "0305")], HOSPITAL),
        ([(ORG, "G5")], GGZ),
        ([(ORG, "G8")], GGZ),
        ([(ORG, "V7")], GGZ),
        ([(COD016, "5400")], GGZ),
        ([(COD016, "7900")], GGZ),
        ([(ROLE_CODE, "PSY")], GGZ),
        ([(ORG, "R8")], REHAB),
        ([(COD016, "0616")], REHAB),
        ([(COD016, "2300")], REHAB),
        ([(COD016, "0327")], REHAB),
        ([(SCT, "80522000")], REHAB),
        ([(SCT, "37546005")], REHAB),
        ([(ROLE_CODE, "RHU")], REHAB),
        ([(ORG, "V4"), (COD016, "0327")], REHAB),
        ([(ORG, "R8"), (COD016, "0400")], REHAB),
        ([(ORG, "R5")], LONG_TERM),
        ([(ORG, "X3")], LONG_TERM),
        ([(ORG, "T2")], LONG_TERM),
        ([(ORG, "PM7")], OTHER),
        ([(ORG, "C3")], OTHER),
        ([(COD016, "0500")], OTHER),
        ([(COD016, "2400")], OTHER),
        ([(COD016, "9001")], OTHER),
        ([(ORG, "Z4")], UNKNOWN),
        ([(ORG, "PM14")], UNKNOWN),
        ([(ORG, "Z23")], UNKNOWN),
        ([(ROLE_CODE, "OF")], UNKNOWN),
        ([(COD016, "06019999")], UNKNOWN),
        ([(ORG, "Q9")], UNKNOWN),
        ([(OWN, "F1")], UNKNOWN),
        ([], UNKNOWN),
        pytest.param([(ORG, "F1"), (ORG, "Z3")], UNKNOWN, id="types that disagree"),
        pytest.param([(ORG, "Z3"), (COD016, "0400")], THERAPY, id="COD016 goes first"),
        pytest.param([(ORG, "V4"), (COD016, "0400")], HOSPITAL, id="a department of a hospital"),
    ],
)
def test_type_of_an_organisation(codes: list[tuple[str, str]], expected: CareSetting) -> None:
    assert setting_of(types(*codes), country="NL", terms=TERMS) == expected
    together = Concept(tuple(Coding(system, code) for system, code in reversed(codes)))
    assert setting_of((together,), country="", terms=TERMS) == expected


def test_a_nursing_home_with_the_group_of_a_practice_is_a_nursing_home() -> None:
    assert setting_of(types((ORG, "X3"), (COD016, "0400")), terms=TERMS) is LONG_TERM


def test_a_health_centre_may_hold_practices_of_every_kind() -> None:
    held = types((ORG, "ZG"), (ORG, "Z3"), (ORG, "F1"), (ORG, "G7"), (ORG, "C3"))
    assert setting_of(held, terms=TERMS) is PRIMARY


@pytest.mark.parametrize(
    "address",
    [
        "urn:oid:2.16.840.1.113883.2.4.6.7",
        "http://ei.vektis.nl/codelijsten/COD016-VEKT",
        "http://nuts-foundation.github.io/nl-generic-functions-ig/CodeSystem/agb-specialismen",
    ],
)
def test_cod016_has_three_addresses(address: str) -> None:
    assert setting_of(types((address, "0616")), country="", terms=TERMS) == REHAB


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Huisartspraktijk", GP),
        ("Huisartsenpraktijk", GP),
        ("Gezondheidscentrum", PRIMARY),
        ("Fysiotherapiepraktijk", THERAPY),
        ("Ziekenhuis", HOSPITAL),
        ("Revalidatiecentrum", REHAB),
        ("Verpleeghuis", LONG_TERM),
        ("Praktijk", UNKNOWN),
        ("De Linde", UNKNOWN),
    ],
)
def test_words_of_a_type_without_code(words: str, expected: CareSetting) -> None:
    assert setting_of((Concept(text=words),), country="", terms=TERMS) == expected


def test_a_code_goes_before_words() -> None:
    hospital = Concept((Coding(ORG, "V4"),), "Huisartspraktijk")
    assert setting_of((hospital,), country="", terms=TERMS) == HOSPITAL


def test_a_hospital_that_also_carries_the_group_of_a_practice_is_a_hospital() -> None:
    hospital = Concept((Coding(ORG, "V4"),), "Huisartspraktijk")
    practice = Concept((Coding(COD016, "0400"),))
    assert setting_of((hospital, practice), terms=TERMS) is HOSPITAL


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        pytest.param(
            Coding(OWN, "x", "Huisartspraktijk"), GP, id="of a code of no table: like words"
        ),
        pytest.param(
            Coding(ORG, "Z4", "Ziekenhuis"), UNKNOWN, id="of a code that is known: the code speaks"
        ),
    ],
)
def test_the_display_of_a_type(coding: Coding, expected: CareSetting) -> None:
    assert setting_of((Concept((coding,)),), terms=TERMS) is expected


@pytest.mark.parametrize(
    "country",
    ["BE", "BEL", "België", "056", "Germany", "DE", "Duitsland", "Deutschland", "USA", "5010"],
)
def test_abroad(country: str) -> None:
    assert is_abroad(country, TERMS)
    assert setting_of(types((ORG, "F1")), country=country, terms=TERMS) == ABROAD
    assert setting_of((), country=country, terms=TERMS) == ABROAD
    assert setting_of(types((ORG, "R8")), country=country, terms=TERMS) == REHAB


@pytest.mark.parametrize(
    "country",
    [
        *("", " ", "NL", "nl", "NLD", "528", "6030", "Nederland", "Netherlands"),
        *("The Netherlands", "Holland", "Niederlande", "Limburg", "onbekend", "0000"),
    ],
)
def test_not_abroad(country: str) -> None:
    assert not is_abroad(country, TERMS)
    assert setting_of(types((ORG, "F1")), country=country, terms=TERMS) == THERAPY


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (SCT, "309402005", HOSPITAL),
        (SCT, "309423004", HOSPITAL),
        (EPIC, "106", HOSPITAL),
        (EPIC, "10", HOSPITAL),
        (SCT, "224589006", PRIMARY),
        (SCT, "309401003", GP),
        (SCT, "408443003", GP),
        (SCT, "36682004", UNKNOWN),
        (UZI, "04.000", UNKNOWN),
        (COD016, "0400", UNKNOWN),
    ],
)
def test_place_that_the_code_of_a_role_carries(
    system: str, code: str, expected: CareSetting
) -> None:
    assert setting_of_role(types((system, code)), TERMS) == expected


@pytest.mark.parametrize("system", ACT_CODES)
@pytest.mark.parametrize(
    ("code", "never_first_line"),
    [
        ("IMP", True),
        ("EMER", True),
        ("ACUTE", True),
        ("NONAC", True),
        ("OBSENC", True),
        ("SS", True),
        ("PRENC", True),
        ("AMB", False),
        ("HH", False),
        ("VR", False),
        ("FLD", False),
    ],
)
def test_class(system: str, code: str, *, never_first_line: bool) -> None:
    classes = (Coding(system, code),)
    assert is_never_first_line(classes, TERMS) is never_first_line
    assert is_virtual(classes, TERMS) is (code == "VR")


def test_an_inpatient_class_is_one_whatever_its_system() -> None:
    assert is_never_first_line((Coding(OWN, "IMP"),), TERMS)
    assert is_never_first_line((Coding("", "IMP", "inpatient encounter"),), TERMS)


def test_a_class_of_no_list_says_nothing() -> None:
    odd = (Coding(OWN, "inpatient"), Coding(SCT, "384682003"), Coding())
    assert not is_never_first_line(odd, TERMS)
    assert not is_virtual(odd, TERMS)


@pytest.mark.parametrize(
    ("classes", "never_first_line", "virtual"),
    [
        pytest.param((("IMP", ACT_CODES[0]), ("opname", OWN)), True, False, id="inpatient"),
        pytest.param((("video", OWN), ("VR", ACT_CODES[0])), False, True, id="at a distance"),
        pytest.param((), False, False, id="no class at all"),
    ],
)
def test_one_of_several_classes_of_a_contact_is_enough(
    classes: tuple[tuple[str, str], ...], *, never_first_line: bool, virtual: bool
) -> None:
    codings = [Coding(system, code) for code, system in classes]
    assert is_never_first_line(codings, TERMS) is never_first_line
    assert is_virtual(codings, TERMS) is virtual
