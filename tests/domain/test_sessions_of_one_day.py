"""How many sessions contacts of one day are if each can be of several disciplines (policy C1)."""

import pytest

from cds_service.domain.contacts import Profession
from tests.domain.judged import finding_of, session

PHYSIO = Profession.PHYSIOTHERAPIST
EXERCISE = Profession.EXERCISE_THERAPIST
ERGO = Profession.OCCUPATIONAL_THERAPIST


@pytest.mark.parametrize("narrow", [PHYSIO, ERGO])
def test_contacts_of_one_day_share_its_disciplines_as_well_as_they_can(narrow: Profession) -> None:
    """The first may be either of two; the second only one of them, as exercise therapy was had."""
    day = "2025-03-03"
    contacts = [
        session(day, EXERCISE),
        session(day, PHYSIO, ERGO, practitioner="bram"),
        session(day, narrow, EXERCISE, practitioner="carla"),
    ]
    assert finding_of(contacts).ledger.possible.sessions == 3


def test_contacts_of_one_day_without_a_common_discipline_are_two_at_least() -> None:
    day = "2025-03-03"
    contacts = [
        session(day, PHYSIO, EXERCISE),
        session(day, EXERCISE, ERGO, practitioner="bram"),
        session(day, PHYSIO, ERGO, practitioner="carla"),
    ]
    assert finding_of(contacts).ledger.certain.sessions == 2
