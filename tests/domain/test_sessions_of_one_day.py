"""Contacts of one day: which of them count, and as how many sessions (policy C1, C3, C21)."""

import pytest

from cds_service.domain.causes import Reason
from cds_service.domain.contacts import CareSetting, ContactStatus, Profession
from tests.domain.judged import C2, changed, finding_of, reasons, session

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


def test_a_second_contact_of_one_discipline_on_a_day_is_set_aside_as_that() -> None:
    """Policy C3, 2.12: the discipline already counts on that day."""
    day = "2025-03-03"
    contacts = [session(day), session(day, practitioner="bram"), session("2025-03-04")]
    assert reasons(finding_of(contacts)) == [None, Reason.SAME_DAY, None]


def test_of_two_doubtful_contacts_on_a_day_each_keeps_its_doubt() -> None:
    day = "2025-03-03"
    contacts = changed(
        [session(day), session(day, practitioner="bram")], status=ContactStatus.UNKNOWN
    )
    assert reasons(finding_of(contacts)) == [None, None]
    assert finding_of(contacts).ledger.possible.sessions == 1


def test_a_psychologist_and_a_poh_ggz_in_one_gp_practice_are_two_disciplines() -> None:
    """Policy C1; a mental health nurse there is the POH-GGZ."""
    day, place = "2025-03-03", CareSetting.GP_PRACTICE
    psychologist = session(day, Profession.PSYCHOLOGIST, setting=place)
    poh_ggz = session(day, Profession.PRACTICE_NURSE_GGZ, setting=place)
    nurse = session(day, Profession.MENTAL_HEALTH_NURSE, setting=place)
    assert finding_of([psychologist, poh_ggz], C2).ledger.certain.sessions == 2
    assert finding_of([psychologist, nurse], C2).ledger.certain.sessions == 2
    assert finding_of([poh_ggz, nurse], C2).ledger.certain.sessions == 1
