"""The tables themselves: complete, closed, each system known under each of its addresses."""

import pytest

from fhir_mappings.reading.concepts import Coding
from tests.terminology.standings import TERMS
from tests.terminology.tables import (
    ALIASES,
    CATEGORIES,
    CLASSES,
    HL7_PLACES,
    HL7_ROLES,
    INDICATIONS,
    LEFT_OUT,
    NUCC,
    PROFESSIONS,
    PROFESSIONS_WITH_PLACE,
    REFERRALS,
    ROWS,
    SERVICES,
    SESSIONS,
    SETTINGS,
    SNOMED,
)
from tests.terminology.test_contact_codes import (
    CLASS_ROWS,
    DISCIPLINE_ROWS,
    KIND_ROWS,
    OTHER_PROCEDURE_ROWS,
    SERVICE_ROWS,
)
from tests.terminology.test_indication_codes import INDICATION_ROWS
from tests.terminology.test_place_codes import OTHER_PRACTICE_ROWS, PLACE_ROWS
from tests.terminology.test_referral_codes import REFERRAL_ROWS, TARGET_ROWS
from tests.terminology.test_role_codes import PLACED_ROWS, ROLE_ROWS, WORD_ROWS


def test_the_table_holds_958_codes_each_once() -> None:
    assert len(ROWS) == 958
    assert len({row.key for row in ROWS}) == 958


def test_every_category_is_of_the_closed_list() -> None:
    assert [row for row in ROWS if row.category not in CATEGORIES] == []


def test_every_category_of_the_closed_list_is_used() -> None:
    assert {row.category for row in ROWS} == CATEGORIES
    parts = (PROFESSIONS, PROFESSIONS_WITH_PLACE, SETTINGS, CLASSES, SESSIONS, INDICATIONS)
    assert sum(map(len, (*parts, REFERRALS))) == len(CATEGORIES)


def test_every_row_is_tried_as_a_resource_or_left_out_for_a_reason() -> None:
    tried = {
        row.key
        for rows in (
            ROLE_ROWS,
            PLACED_ROWS,
            WORD_ROWS,
            PLACE_ROWS,
            OTHER_PRACTICE_ROWS,
            CLASS_ROWS,
            KIND_ROWS,
            DISCIPLINE_ROWS,
            OTHER_PROCEDURE_ROWS,
            SERVICE_ROWS,
            INDICATION_ROWS,
            TARGET_ROWS,
            REFERRAL_ROWS,
        )
        for row in rows
    }
    assert {row.key for row in ROWS} - tried == set(LEFT_OUT)
    assert not tried & set(LEFT_OUT)


def test_only_rows_without_a_source_are_left_out() -> None:
    left_out = [row for row in ROWS if row.key in LEFT_OUT]
    assert len(left_out) == 4
    assert {row.verified for row in left_out} == {"UNVERIFIED"}


@pytest.mark.parametrize("alias", ALIASES, ids=lambda alias: str(alias["system"]))
def test_every_address_leads_to_the_preferred_one(alias: dict[str, str]) -> None:
    preferred = {
        line["system"]
        for line in ALIASES
        if line["group"] == alias["group"] and line["preferred"] == "yes"
    } or {"https://imsr-cds.nl/fhir/NamingSystem/vektis-cod192"}
    assert {TERMS.keys.key(Coding(alias["system"], "X"))[0]} == preferred


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://hl7.org/fhir/v3/RoleCode", HL7_PLACES),
        ("urn:oid:2.16.840.1.113883.5.111", HL7_PLACES),
        ("http://hl7.org/fhir/practitioner-role", HL7_ROLES),
        ("http://hl7.org/fhir/service-type", SERVICES),
        ("urn:oid:2.16.840.1.113883.6.96", SNOMED),
        ("urn:oid:2.16.840.1.113883.6.101", NUCC),
        ("urn:oid:2.16.840.1.113883.6.1", "http://loinc.org"),
        (
            "urn:oid:2.16.840.1.113883.5.1008",
            "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
        ),
    ],
)
def test_addresses_of_older_data(address: str, expected: str) -> None:
    assert TERMS.keys.key(Coding(f" {address} ", "X")) == (expected, "X")
