"""Cases that surviving mutants of the mapping showed to be missing; see `SURVIVORS.md`."""

from cds_service.domain.contacts import CareSetting
from fhir_mappings.care_settings import setting_of
from fhir_mappings.coding_keys import COD016
from fhir_mappings.concepts import Coding, Concept
from fhir_mappings.terminology import load_terminology

ORGANIZATION_TYPE = "http://nictiz.nl/fhir/NamingSystem/organization-type"


def test_a_nursing_home_with_the_group_of_a_practice_is_of_unknown_kind() -> None:
    types = (
        Concept((Coding(ORGANIZATION_TYPE, "X3"),)),
        Concept((Coding(COD016, "0400"),)),
    )
    assert setting_of(types, terms=load_terminology()) is CareSetting.UNKNOWN
