"""How many sessions contacts can be that lie on some day of a range (policy B7)."""

from cds_service.domain.contacts import Profession
from tests.domain.judged import during, finding_of, session

PHYSIO = Profession.PHYSIOTHERAPIST
ERGO = Profession.OCCUPATIONAL_THERAPIST


def test_an_undated_contact_may_be_a_session_where_a_day_is_free() -> None:
    """Policy B7: 10 and 11 March are taken, so one of the two can be no other session."""
    contacts = [
        session("2025-03-10"),
        session("2025-03-11"),
        during("2025-03-01", "2025-03-02"),
        during("2025-03-10", "2025-03-11"),
    ]
    assert finding_of(contacts).ledger.possible.sessions == 3


def test_undated_contacts_share_no_day() -> None:
    """Four on three days are three sessions at most; the one that can be later is one more."""
    contacts = [
        *(during("2025-03-10", "2025-03-12").but(source=f"Encounter/{n}") for n in range(4)),
        during("2025-03-10", "2025-03-13"),
    ]
    assert finding_of(contacts).ledger.possible.sessions == 4


def test_contacts_of_a_known_day_are_no_more_sessions_than_they_have_disciplines() -> None:
    """Policy C1: three of one day are two sessions at most; each undated one is one more."""
    known = [session("2025-03-03", PHYSIO, ERGO, practitioner=name) for name in ("a", "b", "c")]
    vague = during("2025-03-03", "2025-03-04", PHYSIO, ERGO)
    contacts = [*known, *(vague.but(source=f"Encounter/{at}") for at in range(3))]
    assert finding_of(contacts).ledger.possible.sessions == 5


def test_two_undated_contacts_far_apart_are_two_sessions() -> None:
    contacts = [during("2025-03-01", "2025-03-02"), during("2025-05-01", "2025-05-02")]
    assert finding_of(contacts).ledger.possible.sessions == 2


def test_who_may_be_of_two_disciplines_is_no_second_session_of_the_one_that_is_known() -> None:
    """Policy C1: the physiotherapist was there, so two others can add the other discipline only."""
    known = session("2025-03-03", PHYSIO)
    others = [session("2025-03-03", PHYSIO, ERGO, practitioner=name) for name in ("a", "b")]
    assert finding_of([known, *others]).ledger.possible.sessions == 2
