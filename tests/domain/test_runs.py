"""A pause of twelve weeks or more ends a run; number and duration belong in one (policy A4)."""

from datetime import date

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, ContactStatus, Profession
from cds_service.domain.ledger import Tally
from tests.domain.judged import C1, C2, during, finding_of, session, spread, stated, undated

PSYCHOLOGIST = Profession.PSYCHOLOGIST
THREE = spread("2025-01-06", 14, 3)  # until 20 January


@pytest.mark.parametrize(
    ("contacts", "causes"),
    [
        pytest.param((*THREE, *spread("2025-04-13", 14, 3)), (), id="83 days are no pause"),
        pytest.param(
            (*THREE, *spread("2025-04-14", 14, 3)), (Cause.INTERRUPTED,), id="84 days are one"
        ),
        pytest.param(
            (*THREE, session("2025-03-31").but(status=ContactStatus.OPEN),
             *spread("2025-06-09", 14, 3)),
            (Cause.STATUS_OPEN,),
            id="a doubtful contact may join two runs",
        ),
        pytest.param(
            (*THREE, undated(), *spread("2025-05-19", 14, 3)),
            (Cause.DATE_IMPRECISE,),
            id="so may one of any day",
        ),
        pytest.param(
            (*THREE, during("2025-02-01", "2025-02-28"), *spread("2025-06-09", 14, 3)),
            (Cause.DATE_IMPRECISE, Cause.INTERRUPTED),
            id="one in February cannot reach June",
        ),
        pytest.param(
            (*spread("2025-01-06", 77, 6), session("2025-12-01")),
            (Cause.DURATION_BORDERLINE,),
            id="a run of 77 days is borderline, not interrupted",
        ),
        pytest.param(
            (*spread("2025-01-06", 84, 6), session("2025-12-01")),
            (),
            id="a run that reaches both is enough",
        ),
        pytest.param(
            (stated("2025-01-06", "2025-03-03", 5), session("2025-05-25")),
            (),
            id="a course lasts to its last day: 83 days after it",
        ),
    ],
)  # fmt: skip
def test_what_is_reached_across_a_pause_is_doubtful(
    contacts: tuple[Contact, ...], causes: tuple[Cause, ...]
) -> None:
    finding = finding_of(contacts)
    assert finding.outcome.label == ("indeterminate" if causes else "met")
    assert finding.causes == causes


def test_two_contacts_far_apart_never_meet_the_duration_of_psychological_care() -> None:
    contacts = [session("2024-09-02", PSYCHOLOGIST), session("2026-04-20", PSYCHOLOGIST)]
    assert finding_of(contacts, C2).causes == (Cause.INTERRUPTED, Cause.TRACE_ONLY)


def test_the_numbers_stay_those_of_all_contacts_and_the_best_run_stands_beside_them() -> None:
    """The knee and, fourteen months later, the back."""
    contacts = [*spread("2024-09-02", 25, 6), *spread("2025-11-03", 25, 6)]
    ledger = finding_of(contacts).ledger
    assert (ledger.certain.sessions, ledger.certain.days) == (12, 452)
    assert ledger.run == Tally(6, 25, date(2025, 11, 3), date(2025, 11, 28))


@pytest.mark.parametrize(
    ("contacts", "run"),
    [
        pytest.param(spread("2025-01-06", 91, 6), None, id="a single run is not named"),
        pytest.param(
            (*spread("2024-09-02", 84, 6), *spread("2025-11-03", 25, 9)),
            (6, 84),
            id="the one that reaches the thresholds",
        ),
        pytest.param(
            (*spread("2024-09-02", 77, 6), *spread("2025-11-03", 25, 9)),
            (6, 77),
            id="else the one that reaches them with 77 days",
        ),
        pytest.param(
            (*spread("2024-09-02", 40, 4), *spread("2025-11-03", 25, 5)),
            (5, 25),
            id="else the one with most sessions",
        ),
        pytest.param(
            (*spread("2024-09-02", 40, 4), *spread("2025-11-03", 25, 4)),
            (4, 40),
            id="then most days",
        ),
    ],
)
def test_which_run_is_named(contacts: tuple[Contact, ...], run: tuple[int, int] | None) -> None:
    found = finding_of(contacts).ledger.run
    assert (found and (found.sessions, found.days)) == run


def test_of_a_run_without_a_certain_day_nothing_is_named() -> None:
    """Policy 2.0: one of May, stated by its month, can have begun on the last day of it."""
    may = stated("2026-05-01", "2026-05-31", 1)
    vague = may.but(begins=may.days, ends=may.days)
    assert finding_of([session("2025-01-06"), vague], C1).ledger.run is None


def test_an_undated_contact_lengthens_a_run_by_one_gap_at_most() -> None:
    """One session and one of any day are 83 days at most, though the span of all is 2 years."""
    finding = finding_of([session("2025-06-02", PSYCHOLOGIST), undated(PSYCHOLOGIST)], C2)
    assert finding.causes == (
        Cause.DATE_IMPRECISE,
        Cause.DURATION_BORDERLINE,
        Cause.TRACE_ONLY,
    )
