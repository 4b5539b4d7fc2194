"""What words tell of a profession beside codes."""

import pytest

from cds_service.domain.contacts import Profession
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.coding_keys import UZI
from fhir_mappings.terminology.tables import load_terminology
from fhir_mappings.terminology.therapist_categories import (
    code_professions,
    is_session_code,
    professions,
)

TERMS = load_terminology()

SNOMED = "http://snomed.info/sct"
SERVICE = "http://terminology.hl7.org/CodeSystem/service-type"


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
