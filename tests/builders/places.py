"""Organisations of every level of a scenario, and the ways from a contact to them."""

from typing import Final

from tests.builders.codes import (
    COD016,
    COD016_VEKTIS,
    ORGANIZATION_KIND,
    ORGANIZATION_TYPE,
    SNOMED,
    Json,
    coding,
    concept,
)


def _type(code: str) -> Json:
    return concept(coding(ORGANIZATION_TYPE, code))


def _department(code: str, system: str = COD016) -> Json:
    return concept(coding(system, code))


def _kind(code: str) -> Json:
    return concept(coding(ORGANIZATION_KIND, code))


LEVEL_FORMS: Final[dict[str, tuple[Json, ...]]] = {
    "gppractice": (
        {"type": [_type("Z3")]},
        {"type": [_department("0100")]},
        {"type": [_department("0101", COD016_VEKTIS)]},
        {"type": [concept(text="Huisartspraktijk")]},
    ),
    "therapypractice": (
        {"type": [_type("F1")]},
        {"type": [_type("PM8")]},
        {"type": [_type("PM4")]},
        {"type": [_department("0400")]},
        {"type": [_department("0404")]},
        {"type": [_department("0700")]},
        {"type": [_department("8800")]},
        {"type": [_type("Z4"), _department("0400")]},
    ),
    "psychpractice": (
        {"type": [_type("G7")]},
        {"type": [_department("9401")]},
        {"type": [_type("G5"), _department("9405")]},
    ),
    "otherpractice": ({"type": [_department("9011")]},),
    "healthcentre": (
        {"type": [_department("3700")]},
        {"type": [concept(text="Gezondheidscentrum")]},
        {"type": [_department("3700"), _department("0100"), _department("0400")]},
    ),
    "hospital": (
        {"type": [_type("V4")]},
        {"type": [_type("V5")]},
        {"type": [_type("V6")]},
        {"type": [_department("0600")]},
        {"type": [_type("V4"), _department("0324")]},
        {"type": [_type("P4")]},
    ),
    "ggz": (
        {"type": [_type("G5")]},
        {"type": [_department("5400")]},
        {"type": [_department("7900")]},
    ),
    "rehab": (
        {"type": [_type("R8")]},
        {"type": [_department("0616")]},
        {"type": [_department("2300")]},
        {"type": [concept(coding(SNOMED, "80522000"))]},
    ),
    "nursinghome": (
        {"type": [_type("R5")]},
        {"type": [_type("X3")]},
        {"type": [_type("T2")]},
    ),
    "abroad": (
        {"type": [_type("F1")], "address": [{"country": "BE"}]},
        {"type": [_type("F1")], "address": [{"country": "BEL"}]},
        {"address": [{"country": "België"}]},
    ),
    "department": (
        {"type": [_kind("dept")]},
        {"type": [_department("0400")]},
        {"type": [_kind("team")]},
    ),
    "rehabteam": (
        {"type": [_kind("team")]},
        {"type": [_kind("dept")]},
        {"type": [_kind("prov")]},
        {"type": [_kind("other")]},
        {},
    ),
    "unknown": (
        {},
        {"address": [{"city": "Utrecht", "country": "Nederland"}]},
    ),
}
"""Elements of the Organization, per level and form (`scenarios.md`, FHIR forms)."""

PART_OF: Final = {"department": "hospital", "rehabteam": "rehab"}
"""Levels that say nothing by themselves: what they are part of decides (policy 2.4, Where)."""

NAMES: Final = ("De Linde", "De Singel", "Het Veer", "Noorderhof", "De Brug")


def organization(identifier: str, level: str, form: int) -> Json:
    """An Organization of a level. `unknown` has only a name."""
    forms = LEVEL_FORMS[level]
    return {
        "resourceType": "Organization",
        "id": identifier,
        "meta": {
            "profile": [
                "http://nictiz.nl/fhir/StructureDefinition/nl-core-HealthcareProvider-Organization",
            ],
        },
        "name": NAMES[form % len(NAMES)],
        **forms[form % len(forms)],
    }


def location(identifier: str, organization_id: str, part_of: str = "") -> Json:
    """A Location of an Organization, as R4 nl-core places contacts, or a room of a Location."""
    if part_of:
        return {
            "resourceType": "Location",
            "id": identifier,
            "partOf": reference("Location", part_of),
        }
    return {
        "resourceType": "Location",
        "id": identifier,
        "meta": {
            "profile": ["http://nictiz.nl/fhir/StructureDefinition/nl-core-HealthcareProvider"],
        },
        "managingOrganization": reference("Organization", organization_id),
    }


def reference(resource_type: str, identifier: str, display: str = "") -> Json:
    """A relative reference with its type."""
    value = {"reference": f"{resource_type}/{identifier}", "type": resource_type}
    return {**value, "display": display} if display else value
