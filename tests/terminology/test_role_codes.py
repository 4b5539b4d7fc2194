"""Every role of the table as a PractitionerRole, under every address, at every kind of place."""

from collections.abc import Iterator, Sequence
from typing import Final

import pytest

from tests.kit.effort import IS_THOROUGH
from tests.terminology.standings import (
    GGZ,
    GP,
    HOME_CARE,
    HOSPITAL,
    NO_PLACE,
    PSYCHOLOGY,
    REHABILITATION,
    THERAPY,
    Json,
    coded,
    encounter,
    role,
    worth,
    worth_at,
)
from tests.terminology.tables import (
    COD016,
    GP_CLAIMS,
    PLACES,
    PROFESSIONS,
    PROFESSIONS_WITH_PLACE,
    SERVICES,
    UZI,
    Row,
    addresses,
    name,
    rows,
    with_addresses,
)

WORTH: Final = {
    #                  F1     Z3     G7     V4     G5     T2     R8     no place
    "fysiotherapeut": "C--   C--   C--   H--   H--   H--   R--   C--",
    "oefentherapeut": "C--   C--   C--   H--   H--   H--   R--   C--",
    "ergotherapeut": " C--   C--   C--   H--   H--   H--   R--   C--",
    "psychosomatisch": "C-C  C-C   C-C   H-C   H-C   H-C   R-R   C-C",
    "fysiotherapeut;review:psychosomatisch": "C-P C-P C-P H-P H-P H-P R-R C-P",
    "oefentherapeut;review:psychosomatisch": "C-P C-P C-P H-P H-P H-P R-R C-P",
    "psycholoog": "    -C-   -C-   -C-   -C-   -C-   -C-   -R-   -C-",
    "poh-ggz": "       -C-   -C-   -C-   -C-   -C-   -C-   -R-   -C-",
    "ggz-verpleegkundige": "-P- -C- -P-  -P-   -P-   -P-   -R-   -P-",
    "verpleegkundige": "---  -P-   -P-   ---   -P-   ---   ---   -P-",
    "review:fysiotherapeut": "P-- P-- P-- H--   H--   H--   R--   P--",
    "review:oefentherapeut": "P-- P-- P-- H--   H--   H--   R--   P--",
    "review:ergotherapeut": " P-- P-- P-- H--   H--   H--   R--   P--",
    "review:psycholoog": "-P- -P-   -P-   -P-   -P-   -P-   -R-   -P-",
    "review:poh-ggz": "   -P- -P-   -P-   -P-   -P-   -P-   -R-   -P-",
    "review:any": "     U-U -U-   -U-   -U-   -U-   -U-   ---   UUU",
    "negative": "       --- ---   ---   ---   ---   ---   ---   ---",
    "referral-target:rehab": "--- --- --- ---  ---   ---   ---   ---",
}
"""What a contact is worth by its category and place (policy 2.4)."""

_PLACES: Final = (
    THERAPY,
    GP,
    PSYCHOLOGY,
    HOSPITAL,
    GGZ,
    HOME_CARE,
    REHABILITATION,
    NO_PLACE,
)

NO_ROLES: Final = {
    (PLACES, "PM7"),
    (PLACES, "PM12"),
    (PLACES, "C3"),
    ("http://snomed.info/sct", "5154007"),
    ("http://snomed.info/sct", "52052004"),
    (GP_CLAIMS, "12000"),
    (GP_CLAIMS, "12001"),
}
"""Negative rows that are the type of an organisation or the code of a procedure."""

ROLE_ROWS: Final = rows(
    lambda row: (
        row.category in PROFESSIONS
        and row.system not in {"TEXT", SERVICES}
        and row.key not in NO_ROLES
    )
)
NUMBERED: Final = [pytest.param(number, row, id=name(row)) for number, row in enumerate(ROLE_ROWS)]
_OTHER_LIST: Final = {UZI: COD016, COD016: UZI}
PLACED_ROWS: Final = rows(lambda row: row.category in PROFESSIONS_WITH_PLACE)
WORD_ROWS: Final = rows(
    lambda row: row.system == "TEXT" and row.category in {"poh-ggz", "psychosomatisch"}
)


def test_there_are_as_many_roles_as_the_table_says() -> None:
    assert (len(ROLE_ROWS), len(PLACED_ROWS), len(WORD_ROWS)) == (654, 20, 2)


def _everywhere(giver: Json) -> list[str]:
    return [worth_at(place, giver) for place in _PLACES]


@pytest.mark.parametrize(("number", "row"), NUMBERED)
def test_a_role_counts_as_its_category_says(number: int, row: Row) -> None:
    expected = WORTH[row.category].split()
    for address, places in _places_under_each_address(number, row):
        giver = role(coded(row.code, address))
        found = [worth_at(_PLACES[place], giver) for place in places]
        assert found == [expected[place] for place in places], address


def _places_under_each_address(number: int, row: Row) -> Iterator[tuple[str, Sequence[int]]]:
    """All places under the first address and one under each other; in `thorough` all everywhere.

    Which one it is differs from row to row, so each address of eight rows or more meets each place.
    """
    everywhere = range(len(_PLACES))
    for shift, address in enumerate(addresses(row.system)):
        one = (number + shift) % len(_PLACES)
        yield address, everywhere if IS_THOROUGH or shift == 0 else (one,)


@pytest.mark.parametrize(("number", "row"), NUMBERED)
def test_a_role_may_stand_in_the_code_of_the_role(number: int, row: Row) -> None:
    expected = WORTH[row.category].split()
    giver = role(code=[coded(row.code, row.system)])
    everywhere = range(len(_PLACES))
    for place in everywhere if IS_THOROUGH else (number % 8, (number + 3) % 8):
        assert worth_at(_PLACES[place], giver) == expected[place], _PLACES[place]


@pytest.mark.parametrize("row", ROLE_ROWS, ids=name)
def test_a_role_may_be_a_qualification_of_a_bare_practitioner(row: Row) -> None:
    person: Json = {
        "resourceType": "Practitioner",
        "id": "d1",
        "qualification": [{"code": coded(row.code, row.system)}],
    }
    participants = [{"individual": {"reference": "Practitioner/d1"}}]
    contact, organisation = encounter(GP, participant=participants)
    assert worth(contact, person, organisation) == WORTH[row.category].split()[1]


@pytest.mark.parametrize("row", [row for row in ROLE_ROWS if row.system in _OTHER_LIST], ids=name)
def test_the_shape_of_a_code_repairs_its_system(row: Row) -> None:
    """The rows of one of the two lists, under the addresses of the other one."""
    for address in addresses(_OTHER_LIST[row.system]):
        giver = role(coded(row.code, address))
        assert worth_at(GP, giver) == WORTH[row.category].split()[1], address


@pytest.mark.parametrize(("row", "address"), with_addresses(PLACED_ROWS), ids=name)
def test_a_role_with_a_place_of_its_own(row: Row, address: str) -> None:
    profession, _, place = row.category.rpartition(";setting:")
    giver = role(coded(row.code, address))
    by_place = WORTH[profession].split()
    own = {"eerstelijns": by_place[0], "tweedelijns": by_place[3]}[place]
    assert worth_at(NO_PLACE, giver) == own
    assert worth_at(THERAPY, giver) == by_place[0], "an organisation goes before the role"
    assert worth_at(REHABILITATION, giver) == by_place[6]


@pytest.mark.parametrize("row", WORD_ROWS, ids=name)
def test_words_that_no_code_says(row: Row) -> None:
    for words in row.words:
        for giver in (role({"text": words}), role(code=[{"text": words.upper()}])):
            assert _everywhere(giver) == WORTH[row.category].split(), words


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("04.000", "Psychosomatisch fysiotherapeut", "C-C"),
        ("93.000", "psychosomatische oefentherapie", "C-C"),
        ("94.000", "Oefentherapeut (psychosomatisch)", "C-C"),
        ("90.000", "psychosomatisch ergotherapeut", "C-P"),
        ("04.000", "psychomotorisch therapeut", "C--"),
        ("30.000", "POH-GGZ", "-C-"),
        ("30.000", "verpleegkundige ggz", "-C-"),
        ("30.067", "GGZ-verpleegkundige", "-C-"),
        ("01.015", "POH GGZ", "-C-"),
        ("01.015", "huisarts met affiniteit voor GGZ", "---"),
        ("30.000", "POH-S", "---"),
        ("16.000", "eerstelijnspsycholoog", "-C-"),
        ("99.000", "ergotherapeut", "C--"),
        ("99.000", "praktijkondersteuner", "-P-"),
        ("91.000", "fysiotherapeut", "---"),
    ],
)
def test_words_refine_a_code_and_never_contradict_it(code: str, text: str, expected: str) -> None:
    giver = role({**coded(code, UZI), "text": text})
    assert worth_at(GP, giver) == expected


@pytest.mark.parametrize(
    "text",
    [
        "POH-S",
        "POH somatiek",
        "POH ouderenzorg",
        "huisarts",
        "ergotherapieassistent",
        "psychomotorisch therapeut",
        "leefstijlcoach",
        "mindfulnesstrainer",
        "haptotherapeut",
        "chiropractor",
        "diëtist",
        "logopedist",
        "revalidatiearts",
    ],
)
def test_words_for_somebody_else(text: str) -> None:
    assert worth_at(NO_PLACE, role({"text": text})) == "---"


@pytest.mark.parametrize(
    "text", ["psycho", "fysiologisch laborant", "rehabilitation", "Z. Ergo", "x"]
)
def test_parts_of_words_name_nobody(text: str) -> None:
    assert worth_at(NO_PLACE, role({"text": text})) == "UUU"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POH-S/GGZ", "-P-"),
        ("POH somatiek en GGZ", "-P-"),
        ("POH-GGZ / POH-S", "-P-"),
        ("Praktijkondersteuner GGZ en somatiek", "-P-"),
        ("POH-GGZ", "-C-"),
        ("POH/GGZ", "-C-"),
        ("POH-GGZ'er", "-C-"),
        ("POH GGZ jeugd", "---"),
        ("Cesartherapeut", "C--"),
        ("mensendiecktherapeut", "C--"),
        ("Oefentherapeut Cesar/Mensendieck", "C--"),
        ("Bekkenbodemfysiotherapeut", "C--"),
        ("handtherapeut", "C--"),
        ("fysiotherapeut (psychosomatiek)", "C-C"),
        ("PMT-therapeut", "---"),
        ("psychomotorische therapeut", "---"),
        ("HAIO", "---"),
    ],
)
def test_names_of_functions_as_practices_write_them(text: str, expected: str) -> None:
    assert worth_at(GP, role({"text": text})) == expected


@pytest.mark.parametrize("code", ["30.000", "01.015", "99.000"])
def test_two_functions_of_one_person_leave_open_which_it_was(code: str) -> None:
    """POH-S and POH-GGZ: neither counted nor set aside, whatever the code says."""
    texts = [{"text": "POH-S"}, {"text": "POH-GGZ"}]
    assert worth_at(GP, role(coded(code, UZI), code=texts)) == "-P-"
    assert worth_at(GP, role(coded(code, UZI), *texts)) == "-P-"
