"""How many sessions contacts can be that lie on some day of a range (policy B7)."""

from cds_service.domain.contacts import Profession
from tests.domain.judged import during, finding_of, session

PHYSIO = Profession.PHYSIOTHERAPIST
ERGO = Profession.OCCUPATIONAL_THERAPIST


def test_undated_contacts_take_the_days_that_they_can_have_and_are_free() -> None:
    """Policy B7 and C1: one on 1 or 2 March; none on 10 or 11 March, which are taken."""
    contacts = [
        session("2025-03-10"),
        session("2025-03-11"),
        during("2025-03-01", "2025-03-02"),
        during("2025-03-10", "2025-03-11"),
    ]
    assert finding_of(contacts).ledger.possible.sessions == 3


def test_undated_contacts_leave_room_for_those_of_a_known_day() -> None:
    """Policy B7 and C1: two disciplines on two days are four sessions, however many contacts."""
    known = [session("2025-03-03", PHYSIO, ERGO, practitioner=name) for name in ("anna", "bram")]
    vague = during("2025-03-03", "2025-03-04", PHYSIO, ERGO)
    contacts = [*known, *(vague.but(source=f"Encounter/{at}") for at in range(3))]
    assert finding_of(contacts).ledger.possible.sessions == 4


def test_two_undated_contacts_far_apart_are_two_sessions() -> None:
    contacts = [during("2025-03-01", "2025-03-02"), during("2025-05-01", "2025-05-02")]
    assert finding_of(contacts).ledger.possible.sessions == 2
