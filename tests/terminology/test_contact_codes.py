"""Every class, kind, session and service of the table, as the element that carries it."""

from typing import Final

import pytest

from tests.terminology.standings import (
    GP,
    HOSPITAL,
    NO_PLACE,
    NOBODY,
    PHYSIOTHERAPIST,
    PSYCHOLOGIST,
    REHABILITATION,
    THERAPY,
    Json,
    coded,
    encounter,
    procedure,
    role,
    worth,
    worth_at,
)
from tests.terminology.tables import (
    ALLIED_CLAIMS,
    CLASSES,
    COD016,
    CONTACT_FORMS,
    GP_CLAIMS,
    PROFESSIONS,
    SERVICES,
    SESSIONS,
    SNOMED,
    UZI,
    Row,
    addresses,
    name,
    rows,
    with_addresses,
)
from tests.terminology.test_role_codes import WORTH

CLASS_ROWS: Final = rows(lambda row: row.category in CLASSES)
KIND_ROWS: Final = rows(lambda row: row.category.partition(";")[0] in {"session", "not-a-session"})
DISCIPLINE_ROWS: Final = rows(
    lambda row: row.category in SESSIONS and row.category.startswith("session:")
)
OTHER_PROCEDURE_ROWS: Final = rows(
    lambda row: (
        row.category == "negative"
        and (row.system == GP_CLAIMS or row.key in {(SNOMED, "5154007"), (SNOMED, "52052004")})
    )
)
SERVICE_ROWS: Final = rows(lambda row: row.category in PROFESSIONS and row.system == SERVICES)


def test_there_are_as_many_codes_as_the_table_says() -> None:
    assert (len(CLASS_ROWS), len(KIND_ROWS), len(DISCIPLINE_ROWS)) == (12, 25, 47)
    assert (len(OTHER_PROCEDURE_ROWS), len(SERVICE_ROWS)) == (4, 13)


@pytest.mark.parametrize(("row", "address"), with_addresses(CLASS_ROWS), ids=name)
def test_a_class_says_first_line_or_not(row: Row, address: str) -> None:
    is_neutral = row.category == "class:neutral"
    for shape in ({"system": address, "code": row.code}, [coded(row.code, address)]):
        at = {"class": shape}
        physio = worth_at(THERAPY, PHYSIOTHERAPIST, **at)
        assert physio == ("C--" if is_neutral else "H--")
        assert worth_at(GP, PSYCHOLOGIST, **at) == "-C-"
        assert worth_at(NO_PLACE, NOBODY, **at) == ("UUU" if is_neutral else "-UU")
        assert worth_at(REHABILITATION, PHYSIOTHERAPIST, **at) == "R--"


KINDS: Final = {
    "session": "C-- -C-",
    "session;kind:remote": "C-- -C-",
    "session;kind:asynchronous": "A-- -A-",
    "session;kind:unclear": "K-- -K-",
    "not-a-session": "NNN NNN",
}
"""A physiotherapist and a psychologist, by the kind of contact (policy C5 to C10, C19)."""


def _spellings(row: Row) -> tuple[str, ...]:
    """NHG table 14 is written with and without the leading zero."""
    if row.system != CONTACT_FORMS:
        return (row.code,)
    return tuple(dict.fromkeys((row.code, row.code.lstrip("0"), f"0{row.code}")))


@pytest.mark.parametrize(("row", "address"), with_addresses(KIND_ROWS), ids=name)
def test_a_kind_of_contact_as_the_type_of_an_encounter(row: Row, address: str) -> None:
    for code in _spellings(row):
        kind = {"type": [coded(code, address)]}
        found = [worth_at(GP, giver, **kind) for giver in (PHYSIOTHERAPIST, PSYCHOLOGIST)]
        assert found == KINDS[row.category].split(), code


@pytest.mark.parametrize(("row", "address"), with_addresses(KIND_ROWS), ids=name)
def test_a_kind_of_contact_as_the_code_of_a_procedure(row: Row, address: str) -> None:
    by = {"performer": [{"actor": {"reference": "PractitionerRole/r1"}}]}
    for giver, expected in zip(
        (PHYSIOTHERAPIST, PSYCHOLOGIST), KINDS[row.category].split(), strict=True
    ):
        assert worth(procedure(coded(row.code, address), **by), giver) == expected


def test_a_consultation_of_a_team_sent_as_class() -> None:
    at = {"class": {"system": SNOMED, "code": "384682003"}}
    assert worth_at(GP, PSYCHOLOGIST, **at) == "NNN"


@pytest.mark.parametrize("code", ["229065009", "11429006"])
def test_a_session_of_any_discipline_without_a_role_is_open(code: str) -> None:
    assert worth(procedure(coded(code, SNOMED))) == "UUU"


BY_DISCIPLINE: Final = {
    "session:fysiotherapeut": "C--",
    "session:oefentherapeut": "C--",
    "session:ergotherapeut": "C--",
    "session:psychosomatisch": "C-C",
    "session:psycholoog": "-C-",
    "session:poh-ggz": "-C-",
}

BY_KIND: Final = {
    "": "C",
    "kind:intake": "C",
    "kind:group": "C",
    "kind:remote": "C",
    "kind:asynchronous": "A",
    "kind:screening": "S",
}


@pytest.mark.parametrize(("row", "address"), with_addresses(DISCIPLINE_ROWS), ids=name)
def test_a_session_tells_the_discipline_of_a_procedure(row: Row, address: str) -> None:
    discipline, _, kind = row.category.partition(";")
    expected = BY_DISCIPLINE[discipline].replace("C", BY_KIND[kind])
    assert worth(procedure(coded(row.code, address))) == expected


@pytest.mark.parametrize("row", DISCIPLINE_ROWS, ids=name)
def test_a_session_by_somebody_else_is_possible_for_both(row: Row) -> None:
    """Role and code differ: possible for what each of them says (policy 2.4, 3)."""
    discipline, _, kind = row.category.partition(";")
    if kind in {"kind:screening", "kind:asynchronous"}:
        return
    by = {"performer": [{"actor": {"reference": "PractitionerRole/r1"}}]}
    code = coded(row.code, addresses(row.system)[0])
    dietician = role(coded("89.000", UZI))
    expected = BY_DISCIPLINE[discipline].replace("C", "P")
    assert worth(procedure(code, **by), dietician) == expected


@pytest.mark.parametrize("code", ["2600", "2601", "2602"])
@pytest.mark.parametrize("holder", ["0707", "0708", "0716", "0717"])
def test_a_session_code_settles_a_combination_code(code: str, holder: str) -> None:
    by = {"performer": [{"actor": {"reference": "PractitionerRole/r1"}}]}
    giver = role(coded(holder, COD016))
    claim = coded(code, addresses(ALLIED_CLAIMS)[0])
    assert worth(procedure(claim, **by), giver) == "C-C"


@pytest.mark.parametrize("system", ["", "http://example.org/fees", CONTACT_FORMS, SNOMED])
def test_a_number_without_its_list_is_no_session(system: str) -> None:
    assert worth(procedure(coded("2000", system))) == "OOO"


@pytest.mark.parametrize(("row", "address"), with_addresses(OTHER_PROCEDURE_ROWS), ids=name)
def test_a_procedure_of_another_discipline(row: Row, address: str) -> None:
    assert worth(procedure(coded(row.code, address))) == "---"


def _without_role(place: tuple[str, str], service_type: object) -> str:
    contact, organisation = encounter(place, participant=[], serviceType=service_type)
    return worth(contact, organisation)


@pytest.mark.parametrize(("row", "address"), with_addresses(SERVICE_ROWS), ids=name)
def test_a_service_type_tells_the_discipline_of_an_encounter(row: Row, address: str) -> None:
    by_place = WORTH[row.category].split()
    service = coded(row.code, address)
    shapes: tuple[Json | list[Json], ...] = (service, [{"concept": service}])
    for shape in shapes:
        found = [_without_role(place, shape) for place in (THERAPY, GP, HOSPITAL, NO_PLACE)]
        assert found == [by_place[0], by_place[1], by_place[3], by_place[7]]
