from datetime import date

import pytest

from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Person
from fhir_mappings.contacts.persons import person


@pytest.mark.parametrize(
    ("birth_date", "born"),
    [
        pytest.param("1980-05-17", DayRange.on(date(1980, 5, 17)), id="a full date"),
        pytest.param("2008-06", DayRange(date(2008, 6, 1), date(2008, 6, 30)), id="a month"),
        pytest.param("2008", DayRange(date(2008, 1, 1), date(2008, 12, 31)), id="a year"),
        pytest.param("2008-02-30", None, id="impossible"),
        pytest.param("1880-01-01", None, id="before 1900"),
        pytest.param(1980, None, id="a number"),
        pytest.param(None, None, id="missing"),
    ],
)
def test_the_birth_is_on_one_of_some_days(birth_date: object, born: DayRange | None) -> None:
    assert person({"resourceType": "Patient", "birthDate": birth_date}) == Person(born)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"deceasedBoolean": True}, True),
        ({"deceasedBoolean": False}, False),
        ({"deceasedDateTime": "2026-07-01"}, True),
        ({"deceasedDateTime": "2026"}, True),
        ({"deceasedDateTime": "last spring"}, True),
        ({"deceasedDateTime": ""}, False),
        ({"deceasedDateTime": None}, False),
        ({}, False),
    ],
)
def test_dead_is_who_has_a_date_of_death_or_is_said_to_be(
    members: dict[str, object],
    expected: bool,  # noqa: FBT001
) -> None:
    assert person({"resourceType": "Patient", **members}) == Person(is_deceased=expected)


def test_of_a_patient_who_could_not_be_had_nothing_is_known() -> None:
    assert person(None) == Person()
