"""Codes and days that surviving mutants showed to be untested; see `SURVIVORS.md`."""

from datetime import date

import pytest

from cds_service.domain.contacts import CareSetting, Profession
from cds_service.domain.lookback import DayRange
from fhir_mappings.calendar_days import ContactDays, contact_days
from fhir_mappings.care_settings import is_never_first_line, is_virtual, setting_of
from fhir_mappings.coding_keys import COD016, UZI
from fhir_mappings.concepts import Coding, Concept
from fhir_mappings.terminology import load_terminology
from fhir_mappings.therapist_categories import code_professions, is_session_code, professions

TERMS = load_terminology()

ORGANIZATION_TYPE = "http://nictiz.nl/fhir/NamingSystem/organization-type"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
SNOMED = "http://snomed.info/sct"
SERVICE = "http://terminology.hl7.org/CodeSystem/service-type"
OWN = "http://example.org/own"


def typed(*codes: str) -> tuple[Concept, ...]:
    return tuple(Concept((Coding(ORGANIZATION_TYPE, code),)) for code in codes)


def test_a_nursing_home_with_the_group_of_a_practice_is_of_unknown_kind() -> None:
    types = (
        Concept((Coding(ORGANIZATION_TYPE, "X3"),)),
        Concept((Coding(COD016, "0400"),)),
    )
    assert setting_of(types, terms=TERMS) is CareSetting.UNKNOWN


def test_codes_that_leave_the_place_open_are_not_settled_by_words() -> None:
    hospital = Concept((Coding(ORGANIZATION_TYPE, "V4"),), "Huisartspraktijk")
    practice = Concept((Coding(COD016, "0400"),))
    assert setting_of((hospital, practice), terms=TERMS) is CareSetting.UNKNOWN


def test_a_health_centre_may_hold_practices_of_every_kind() -> None:
    types = typed("ZG", "Z3", "F1", "G7", "C3")
    assert setting_of(types, terms=TERMS) is CareSetting.PRIMARY_CARE


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        pytest.param(
            Coding(OWN, "x", "Huisartspraktijk"),
            CareSetting.GP_PRACTICE,
            id="of a code of no table: like words",
        ),
        pytest.param(
            Coding(ORGANIZATION_TYPE, "Z4", "Ziekenhuis"),
            CareSetting.UNKNOWN,
            id="of a code that is known: the code speaks",
        ),
    ],
)
def test_the_display_of_a_type(coding: Coding, expected: CareSetting) -> None:
    assert setting_of((Concept((coding,)),), terms=TERMS) is expected


@pytest.mark.parametrize(
    ("classes", "never_first_line", "virtual"),
    [
        pytest.param((("IMP", ACT_CODE), ("opname", OWN)), True, False, id="inpatient"),
        pytest.param((("video", OWN), ("VR", ACT_CODE)), False, True, id="at a distance"),
        pytest.param((), False, False, id="no class at all"),
    ],
)
def test_one_of_several_classes_of_a_contact_is_enough(
    classes: tuple[tuple[str, str], ...], *, never_first_line: bool, virtual: bool
) -> None:
    codings = [Coding(system, code) for code, system in classes]
    assert is_never_first_line(codings, TERMS) is never_first_line
    assert is_virtual(codings, TERMS) is virtual


@pytest.mark.parametrize(
    ("system", "code", "expected", "is_session"),
    [
        pytest.param(SNOMED, "11429006", set(), True, id="a session of no discipline"),
        pytest.param(
            SERVICE, "65", {Profession.PHYSIOTHERAPIST}, False, id="a discipline and no session"
        ),
    ],
)
def test_words_add_nothing_to_a_code_of_a_procedure_that_is_known(
    system: str, code: str, expected: set[Profession], *, is_session: bool
) -> None:
    concept = Concept((Coding(system, code),), "Fysiotherapie")
    assert code_professions(concept, TERMS) == expected
    assert is_session_code(concept, TERMS) is is_session


def test_the_function_beside_one_specialty_is_not_that_of_another() -> None:
    physiotherapist = Concept((Coding(UZI, "04.000"),))
    nurse = Concept((Coding(UZI, "30.000"),), "POH-GGZ")
    assert professions((physiotherapist, nurse), terms=TERMS) == {
        Profession.PHYSIOTHERAPIST,
        Profession.PRACTICE_NURSE_GGZ,
    }


def test_the_function_that_a_code_and_its_words_tell_stays_beside_a_specialty_in_words() -> None:
    practice_nurse = Concept((Coding(UZI, "30.000"),), "POH-GGZ")
    found = professions((practice_nurse, Concept(text="Verpleegkundige")), terms=TERMS)
    assert found == {Profession.PRACTICE_NURSE_GGZ}


def test_words_that_name_a_gp_too_leave_both_open() -> None:
    found = professions((Concept(text="Huisarts en fysiotherapeut"),), terms=TERMS)
    assert found == {Profession.PHYSIOTHERAPIST, Profession.OTHER}


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        pytest.param("2025-01", "2025-01-31", (2025, 1, 1), (2025, 1, 31), id="at its end"),
        pytest.param("2025-02-01", "2025-02", (2025, 2, 1), (2025, 2, 28), id="at its start"),
    ],
)
def test_a_month_and_a_day_of_it_may_be_one_contact(
    start: str, end: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    whole = DayRange(date(*first), date(*last))
    assert contact_days(start, end) == ContactDays(whole, is_course=False)
