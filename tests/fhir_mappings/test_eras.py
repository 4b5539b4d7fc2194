from datetime import date

import pytest

from cds_service.domain.contacts import Profession
from cds_service.domain.lookback import DayRange
from fhir_mappings.contacts.eras import Eras
from tests.fhir_mappings.made_records import contacts_of, days, encounter, practitioner, ref, role

SPRING = days("2025-03-01", "2025-05-31")
APRIL = days("2025-04-01", "2025-04-30")
PHYSIO = frozenset({Profession.PHYSIOTHERAPIST})
PSYCHOLOGIST = frozenset({Profession.PSYCHOLOGIST})
NOBODY: frozenset[Profession] = frozenset()


@pytest.mark.parametrize(
    ("first", "last", "era"),
    [
        pytest.param("2025-01-01", "2025-02-28", 0, id="before every period"),
        pytest.param("2025-02-28", "2025-03-01", None, id="over a first day"),
        pytest.param("2025-03-01", "2025-03-31", 1, id="in one period"),
        pytest.param("2025-04-01", "2025-04-30", 2, id="in two"),
        pytest.param("2025-04-30", "2025-05-01", None, id="over a last day"),
        pytest.param("2025-05-31", "2025-05-31", 3, id="the last day of all"),
        pytest.param("2025-06-01", "2025-06-01", 4, id="after every period"),
        pytest.param("2025-01-01", "2025-12-31", None, id="over all of them"),
    ],
)
def test_periods_part_time_into_eras(first: str, last: str, era: int | None) -> None:
    assert Eras.of([SPRING, APRIL, SPRING]).number(days(first, last)) == era


def test_without_periods_there_is_one_era() -> None:
    ages = DayRange(date(1900, 1, 1), date(2200, 12, 31))
    assert Eras.of([]).number(ages) == 0


@pytest.mark.parametrize(
    ("actor", "elsewhere"),
    [
        pytest.param(ref("Practitioner/a"), NOBODY, id="by the person"),
        pytest.param(ref("PractitionerRole/r1"), NOBODY, id="by the role of the first year"),
    ],
)
def test_one_person_in_one_record_is_who_they_were_on_each_day(
    actor: dict[str, str], elsewhere: frozenset[Profession]
) -> None:
    """A physiotherapist in the first quarter, a psychologist in the second, then neither."""
    roles = (
        role("r1", "0400", person="a", period={"start": "2025-01-01", "end": "2025-03-31"}),
        role("r2", "9401", person="a", period={"start": "2025-04-01", "end": "2025-06-30"}),
    )
    when = (
        "2024-12-31",
        "2025-01-01",
        "2025-03-31",
        "2025-04-01",
        "2025-06-30",
        "2025-07-01",
        "2025-02-14",
        "2025-05-14",
        "2024-12-30",
    )
    visits = (
        encounter(actor, id=f"e{number}", period={"start": each, "end": each})
        for number, each in enumerate(when)
    )
    vague = encounter(actor, id="vague", period={"start": "2025"})
    found = contacts_of(practitioner("a"), *roles, *visits, vague)
    assert [contact.professions for contact in found] == [
        elsewhere,
        PHYSIO,
        PHYSIO,
        PSYCHOLOGIST,
        PSYCHOLOGIST,
        elsewhere,
        PHYSIO,
        PSYCHOLOGIST,
        elsewhere,
        PHYSIO if actor == ref("PractitionerRole/r1") else PHYSIO | PSYCHOLOGIST,
    ]
