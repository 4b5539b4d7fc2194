import pytest

from cds_service.domain.referral import Indication
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.indications import indication_of, names_pain, reason, reason_class
from fhir_mappings.terminology.tables import load_terminology

TERMS = load_terminology()

ICPC = "http://hl7.org/fhir/sid/icpc-1-nl"
ICD_NL = "http://hl7.org/fhir/sid/icd-10-nl"
ICD_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_11 = "http://id.who.int/icd/release/11/mms"
SCT = "http://snomed.info/sct"

PAIN = Indication.PAIN
UNKNOWN = Indication.UNKNOWN
OTHER = Indication.OTHER


@pytest.mark.parametrize(
    "words",
    [
        "pijn",
        "Pijn.",
        "PIJN in de rug",
        "pijnen",
        "pijnklachten",
        "chronisch pijnsyndroom",
        "aanhoudende rugpijn",
        "lagerugpijn",
        "lage rugpijn",
        "lage-rugpijn",
        "rug- en nekpijn",
        "nekpijn/schouderpijn",
        "armpijn elleboogpijn",
        "polspijn",
        "handpijn",
        "heuppijn",
        "liespijn",
        "bekkenpijn",
        "beenpijn",
        "kniepijn",
        "enkelpijn",
        "voetpijn",
        "spierpijn",
        "gewrichtspijn",
        "rugklachten",
        "nekklachten",
        "Fibromyalgie",
        "lumbago",
        "whiplash",
        "myalgie",
        "artralgie",
        "pijnrevalidatie",
        "chronic pain",
        "pains",
        "backache",
        "fibromyalgia",
        "myalgia",
        "arthralgia",
        "Geen hoofdpijn, wel nekpijn",
        "geen pijn in de nek, wel rugpijn",
        "Hoofdpijn: geen. Pijn in de rug",
        "pijn op de borst en rugpijn",
    ],
)
def test_pain(words: str) -> None:
    assert names_pain(words, TERMS)


@pytest.mark.parametrize(
    "words",
    [
        # parts of other words
        "pijnloos",
        "pijnvrij",
        "pijnstiller",
        "pijnstillers",
        "pijnmedicatie",
        "pijnpoli",
        "pijncentrum",
        "pijnboom",
        "pijnappelklier",
        "painless",
        "pain-free",
        "pain free",
        "painkiller",
        "painkillers",
        "Spain",
        "paint",
        "painting",
        "pijn-vrij",
        "pijn poli",
        # pain elsewhere
        "hoofdpijn",
        "hoofd-pijn",
        "buikpijn",
        "maagpijn",
        "keelpijn",
        "oorpijn",
        "oogpijn",
        "kiespijn",
        "tandpijn",
        "borstpijn",
        "menstruatiepijn",
        "kankerpijn",
        "pijn op de borst",
        "pijn in de buik",
        "pijn bij plassen",
        "headache",
        "toothache",
        "stomach ache",
        "chest pain",
        "abdominal pain",
        "cancer pain",
        "period pain",
        "bladder pain",
        # denied
        "geen pijn",
        "zonder pijn",
        "niet pijnlijk",
        "no pain",
        "without pain",
        "denies pain",
        "geen rugpijn",
        "CVA",
        "",
    ],
)
def test_no_pain(words: str) -> None:
    assert not names_pain(words, TERMS)


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICPC, "A01.01", PAIN),
        (ICPC, "A01", PAIN),
        (ICPC, "A01.02", PAIN),
        (ICPC, "L01", PAIN),
        (ICPC, "L03", PAIN),
        (ICPC, "L04", PAIN),
        (ICPC, "L15", PAIN),
        (ICPC, "L18.01", PAIN),
        (ICPC, "L20", PAIN),
        (ICPC, "L20.01", PAIN),
        (ICPC, "L83", PAIN),
        (ICPC, "L84", PAIN),
        (ICPC, "L84.02", PAIN),
        (ICPC, "L86", PAIN),
        (ICPC, "L86.01", PAIN),
        (ICPC, "L86.09", PAIN),
        (ICPC, "L79", PAIN),
        ("urn:oid:2.16.840.1.113883.2.4.4.31.1", "L03", PAIN),
        ("http://hl7.org/fhir/sid/icpc-1", "L03", PAIN),
        (ICPC, "L89", UNKNOWN),
        (ICPC, "L89.01", UNKNOWN),
        (ICPC, "L91", UNKNOWN),
        (ICPC, "L88.01", OTHER),
        (ICPC, "L21", UNKNOWN),
        (ICPC, "L70", UNKNOWN),
        (ICPC, "L85", UNKNOWN),
        (ICPC, "L92", UNKNOWN),
        (ICPC, "L99", UNKNOWN),
        (ICPC, "P75", UNKNOWN),
        (ICPC, "A29", UNKNOWN),
        (ICPC, "N99", UNKNOWN),
        (ICPC, "N87", OTHER),
        (ICPC, "K01", OTHER),
        (ICPC, "K90", OTHER),
        (ICPC, "K92.01", OTHER),
        (ICPC, "T90.02", OTHER),
        (SCT, "82423001", PAIN),
        (SCT, "278860009", PAIN),
        (SCT, "373621006", PAIN),
        (SCT, "203082005", PAIN),
        (SCT, "762452003", PAIN),
        (SCT, "279039007", PAIN),
        (SCT, "22253000", PAIN),
        (SCT, "39848009", PAIN),
        (SCT, "128200000", UNKNOWN),
        (SCT, "23056005", UNKNOWN),
        (SCT, "396275006", UNKNOWN),
        (SCT, "714252004", OTHER),
        (SCT, "735935009", OTHER),
        (SCT, "426135001", OTHER),
        (SCT, "193184006", OTHER),
        (SCT, "25064002", OTHER),
        (SCT, "69896004", OTHER),
        pytest.param(SCT, "230690007", UNKNOWN, id="in no table"),
        (ICD_CM, "M54.5", PAIN),
        (ICD_CM, "M54.50", PAIN),
        (ICD_CM, "G89.4", PAIN),
        (ICD_CM, "G89.29", PAIN),
        (ICD_CM, "G89.28", UNKNOWN),
        (ICD_CM, "M96.1", UNKNOWN),
        (ICD_CM, "G89.3", OTHER),
        (ICD_CM, "R39.82", OTHER),
        (ICD_CM, "M54", UNKNOWN),
        (ICD_NL, "M79.7", PAIN),
        (ICD_NL, "M54.5", PAIN),
        (ICD_NL, "F45.4", UNKNOWN),
        (ICD_NL, "I63.9", UNKNOWN),
        (ICD_11, "MG30.02", PAIN),
        (ICD_11, "MG30.04", UNKNOWN),
        (ICD_11, "MG30.00", OTHER),
        ("http://example.org/own", "A01.01", UNKNOWN),
        ("https://snomed.info/sct", "278860009", PAIN),
    ],
)
def test_code_of_a_reason(system: str, code: str, expected: Indication) -> None:
    assert reason(Concept((Coding(system, code),)), (), TERMS) == expected


def test_a_code_covered_by_a_range_is_in_a_table() -> None:
    assert reason_class(Coding(ICPC, "L11"), TERMS) is not None
    assert reason_class(Coding(ICPC, "L21"), TERMS) is None


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        pytest.param(
            Concept((Coding(SCT, "714252004", "Post-mastectomy chronic pain syndrome"),)),
            OTHER,
            id="the display of a known code is no text",
        ),
        pytest.param(
            Concept(
                (Coding(SCT, "714252004", "Post-mastectomy chronic pain syndrome (disorder)"),),
                "Post-mastectomy chronic pain syndrome",
            ),
            OTHER,
            id="a text that repeats the display adds nothing",
        ),
        pytest.param(
            Concept((Coding(SCT, "714252004"),), "Post-mastectomy chronic pain syndrome"),
            OTHER,
            id="nor one that repeats the name without a display",
        ),
        pytest.param(
            Concept(
                (Coding(SCT, "128200000", "Complex regional pain syndrome"),),
                "Complex regional pain syndrome (disorder)",
            ),
            UNKNOWN,
            id="review code with its name as text",
        ),
        pytest.param(
            Concept((Coding(SCT, "128200000"),), "chronische pijn"),
            PAIN,
            id="review code with pain in words",
        ),
        pytest.param(
            Concept((Coding(SCT, "230690007", "CVA"),), "aanhoudende pijn na CVA"),
            PAIN,
            id="words add to a code of another diagnosis",
        ),
        pytest.param(
            Concept((Coding("http://example.org/own", "x", "chronische rugpijn"),)),
            UNKNOWN,
            id="the display of a code of a system of their own is no text",
        ),
        pytest.param(
            Concept((Coding(SCT, "45326000", "Shoulder pain"),)),
            PAIN,
            id="the display of a SNOMED CT code that no table knows is read",
        ),
        pytest.param(
            Concept((Coding(SCT, "230690007", "Cerebrovasculair accident (CVA)"),)),
            OTHER,
            id="also where it names another diagnosis",
        ),
        pytest.param(
            Concept((Coding(ICPC, "K01", "Pijn toegeschreven aan hart"),)),
            OTHER,
            id="the display of an ICPC code is not read",
        ),
        pytest.param(Concept((), "schouderpijn na CVA"), PAIN, id="pain beside another diagnosis"),
        pytest.param(Concept((), "artrose na CVA"), UNKNOWN, id="what may be pain beside it"),
        pytest.param(
            Concept((Coding("", "", "chronische rugpijn"),)),
            PAIN,
            id="a display without a code is text",
        ),
        pytest.param(Concept(text="aanhoudende rugpijn"), PAIN, id="words only"),
        pytest.param(Concept(text="CVA"), OTHER, id="other words only"),
        pytest.param(Concept(text="buikpijn"), OTHER, id="pain elsewhere only"),
        pytest.param(Concept(), None, id="nothing at all"),
        pytest.param(Concept((Coding(),)), None, id="an empty coding"),
        pytest.param(
            Concept((Coding("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK"),)),
            None,
            id="unknown by a null flavour",
        ),
    ],
)
def test_code_and_words_of_a_reason(concept: Concept, expected: Indication | None) -> None:
    assert reason(concept, (), TERMS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("schouderklachten", PAIN),
        ("lumboischialgie", PAIN),
        ("pijnlijke rug", PAIN),
        ("frozen shoulder links", PAIN),
        ("KANS", PAIN),
        ("Pijnsyndr. lage rug", PAIN),
        ("artrose", UNKNOWN),
        ("CRPS hand rechts", UNKNOWN),
        ("status na operatie", UNKNOWN),
        ("kans op herstel", UNKNOWN),
        ("niet anders dan vorig jaar", UNKNOWN),
        ("geen CVA", UNKNOWN),
        ("als boven", UNKNOWN),
        ("ms", UNKNOWN),
        ("MS", OTHER),
        ("ALS", OTHER),
        ("multiple sclerose", OTHER),
        ("status na beroerte", OTHER),
        ("Ziekte van Parkinson", OTHER),
        ("syndroom van Guillain-Barré", OTHER),
    ],
)
def test_the_words_of_a_reason(text: str, expected: Indication) -> None:
    assert reason(Concept((), text), (), TERMS) is expected


def test_notes_are_text_of_a_reason() -> None:
    artrosis = Concept((Coding(ICPC, "L90"),))
    assert reason(artrosis, ("al jaren kniepijn",), TERMS) == PAIN
    assert reason(artrosis, ("geen pijn",), TERMS) == UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "own_words", "expected"),
    [
        ((), (), UNKNOWN),
        ((None,), (), UNKNOWN),
        ((PAIN, OTHER), (), PAIN),
        ((UNKNOWN, OTHER), (), UNKNOWN),
        ((OTHER,), (), OTHER),
        ((OTHER, None), (), OTHER),
        ((), ("aanhoudende pijn",), PAIN),
        ((OTHER,), ("aanhoudende pijn",), PAIN),
        ((), ("iMSR-behandeling",), UNKNOWN),
        ((OTHER,), ("iMSR-behandeling",), OTHER),
    ],
)
def test_all_reasons_together(
    verdicts: tuple[Indication | None, ...], own_words: tuple[str, ...], expected: Indication
) -> None:
    assert indication_of(verdicts, own_words, TERMS) == expected
