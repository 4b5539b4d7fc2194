"""Every place of the table as the type of an organisation and of a location."""

from typing import Final

import pytest

from tests.terminology.standings import (
    NOBODY,
    NURSE,
    PHYSIOTHERAPIST,
    PSYCHOLOGIST,
    coded,
    encounter,
    role,
    worth,
    worth_at,
)
from tests.terminology.tables import (
    COD016,
    HL7_PLACES,
    NUCC,
    PLACES,
    SETTINGS,
    SNOMED,
    UZI,
    Row,
    name,
    rows,
    with_addresses,
)

PLACE_ROWS: Final = (
    *rows(lambda row: row.category in SETTINGS),
    *rows(lambda row: row.category == "negative;setting:eerstelijns"),
)
OTHER_PRACTICE_ROWS: Final = rows(lambda row: row.category == "negative" and row.system == PLACES)

GP_PRACTICE: Final = "C-- -C- -U- -P-"
THERAPY_PRACTICE: Final = "C-- -C- U-U ---"
PSYCHOLOGY_PRACTICE: Final = "C-- -C- -U- -P-"
FIRST_LINE_OPEN: Final = "C-- -C- UUU -P-"
GGZ: Final = "H-- -C- -U- -P-"
SECOND_LINE: Final = "H-- -C- -U- ---"
REHABILITATION: Final = "R-- -R- --- ---"
NOT_TOLD: Final = "C-- -C- UUU -P-"
OTHER_PRACTICE: Final = "C-- -C- --- ---"
# physiotherapist, psychologist, nobody usable, bare nurse (policy 2.4)

BY_CATEGORY: Final = {
    "setting:tweedelijns": SECOND_LINE,
    "setting:overig": SECOND_LINE,
    "setting:rehab": REHABILITATION,
    "review:setting": NOT_TOLD,
}

BY_CODE: Final = {
    (PLACES, "Z3"): GP_PRACTICE,
    (PLACES, "H1"): GP_PRACTICE,
    (PLACES, "K3"): GP_PRACTICE,
    (SNOMED, "408443003"): GP_PRACTICE,
    (SNOMED, "394814009"): GP_PRACTICE,
    (PLACES, "F1"): THERAPY_PRACTICE,
    (PLACES, "PM8"): THERAPY_PRACTICE,
    (PLACES, "PM4"): THERAPY_PRACTICE,
    (NUCC, "261QP2000X"): THERAPY_PRACTICE,
    (PLACES, "G7"): PSYCHOLOGY_PRACTICE,
    (HL7_PLACES, "PSI"): PSYCHOLOGY_PRACTICE,
    (COD016, "3700"): FIRST_LINE_OPEN,
    (PLACES, "ZG"): FIRST_LINE_OPEN,
    (PLACES, "N6"): FIRST_LINE_OPEN,
    (HL7_PLACES, "PC"): FIRST_LINE_OPEN,
    (NUCC, "261QP2300X"): FIRST_LINE_OPEN,
    (PLACES, "G5"): GGZ,
    (PLACES, "G8"): GGZ,
    (PLACES, "V7"): GGZ,
    (PLACES, "G1"): GGZ,
    (COD016, "5400"): GGZ,
    (HL7_PLACES, "PSY"): GGZ,
}
"""What section 3.4 says of single codes: the category does not tell which first line it is."""


def test_there_are_as_many_places_as_the_table_says() -> None:
    assert (len(PLACE_ROWS), len(OTHER_PRACTICE_ROWS)) == (68, 3)
    open_ones = [row.key for row in PLACE_ROWS if row.category == "setting:eerstelijns"]
    assert set(open_ones) <= set(BY_CODE)


_GIVERS: Final = (PHYSIOTHERAPIST, PSYCHOLOGIST, NOBODY, NURSE)


@pytest.mark.parametrize(("row", "address"), with_addresses(PLACE_ROWS), ids=name)
def test_a_place_leaves_open_what_its_category_says(row: Row, address: str) -> None:
    expected = BY_CODE.get(row.key) or BY_CATEGORY[row.category]
    place = (row.code, address)
    assert [worth_at(place, giver) for giver in _GIVERS] == expected.split()


@pytest.mark.parametrize(("row", "address"), with_addresses(PLACE_ROWS), ids=name)
def test_a_place_may_be_the_type_of_a_location(row: Row, address: str) -> None:
    expected = BY_CODE.get(row.key) or BY_CATEGORY[row.category]
    location = {
        "resourceType": "Location",
        "id": "l1",
        "type": [coded(row.code, address)],
    }
    at = {"location": [{"location": {"reference": "Location/l1"}}]}
    contact, _ = encounter(("", ""), **at)
    found = [worth(contact, giver, location) for giver in _GIVERS]
    assert found == expected.split()


@pytest.mark.parametrize(("row", "address"), with_addresses(OTHER_PRACTICE_ROWS), ids=name)
def test_a_practice_of_another_discipline(row: Row, address: str) -> None:
    found = [worth_at((row.code, address), giver) for giver in _GIVERS]
    assert found == OTHER_PRACTICE.split()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0100", GP_PRACTICE),
        ("0101", GP_PRACTICE),
        ("0400", THERAPY_PRACTICE),
        ("0442", THERAPY_PRACTICE),
        ("0700", THERAPY_PRACTICE),
        ("8801", THERAPY_PRACTICE),
        ("9405", PSYCHOLOGY_PRACTICE),
        ("0301", SECOND_LINE),
        ("0327", REHABILITATION),
        ("0616", REHABILITATION),
        ("0650", SECOND_LINE),
        ("7900", GGZ),
        ("0501", OTHER_PRACTICE),
        ("2400", OTHER_PRACTICE),
        ("9012", OTHER_PRACTICE),
    ],
)
@pytest.mark.parametrize("system", [COD016, UZI, "http://ei.vektis.nl/codelijsten/COD016-VEKT"])
def test_a_group_of_professions_as_an_organisation(code: str, system: str, expected: str) -> None:
    found = [worth_at((code, system), giver) for giver in _GIVERS]
    assert found == expected.split()


def test_a_combination_code_in_a_health_centre() -> None:
    assert worth_at(("3700", COD016), role(coded("0442", COD016))) == "C-P"
