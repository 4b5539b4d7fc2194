"""The reading `longest-gap-days`: runs of contacts between which no gap is longer (policy A4)."""

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import ContactStatus, Profession
from tests.domain.judged import C1, C2, during, finding_of, session, spread, undated

PSYCHOLOGIST = Profession.PSYCHOLOGIST


def test_a_run_that_reaches_the_thresholds_is_enough_whatever_comes_a_year_later() -> None:
    contacts = [*spread("2024-09-02", 91, 6), session("2026-01-05")]
    finding = finding_of(contacts, longest_gap_days="42")
    assert finding.outcome.label == "met"
    assert (finding.ledger.certain.sessions, finding.ledger.certain.days) == (6, 91)


def test_a_doubtful_contact_in_one_run_of_known_days_leaves_the_whole_run() -> None:
    contacts = spread("2025-01-06", 91, 6)
    doubtful = contacts[2].but(status=ContactStatus.UNKNOWN)
    finding = finding_of([*contacts[:2], doubtful, *contacts[3:]], longest_gap_days="42")
    assert finding.outcome.label == "indeterminate"
    assert finding.ledger.possible.days == 91


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        pytest.param("2025-05-26", "indeterminate", id="84 days: it may lie halfway"),
        pytest.param("2025-05-12", "not_met", id="70 days: it bridges, and cannot lengthen too"),
        pytest.param("2025-05-27", "not_met", id="85 days: one of the two gaps is over 42"),
    ],
)
def test_an_undated_contact_bridges_one_gap(last: str, outcome: str) -> None:
    """Policy B7: it is one contact on one day."""
    contacts = [session("2025-03-03", PSYCHOLOGIST), session(last, PSYCHOLOGIST)]
    finding = finding_of(
        [*contacts, undated(PSYCHOLOGIST)], C2, longest_gap_days="42", evidence_sessions="1"
    )
    assert finding.outcome.label == outcome


@pytest.mark.parametrize(
    ("months", "outcome"),
    [
        pytest.param((6, 9), "not_met", id="two are 42 days apart at most"),
        pytest.param((6, 7, 8), "indeterminate", id="three can make 84 days"),
    ],
)
def test_how_long_a_run_of_undated_contacts_can_be(months: tuple[int, ...], outcome: str) -> None:
    contacts = [
        during(f"2025-{month:02}-01", f"2025-{month:02}-30", PSYCHOLOGIST) for month in months
    ]
    finding = finding_of(contacts, C2, longest_gap_days="42", evidence_sessions="1")
    assert finding.outcome.label == outcome


@pytest.mark.parametrize(
    ("first", "last", "outcome"),
    [
        pytest.param("2025-04-01", "2025-04-21", "indeterminate", id="42 days before"),
        pytest.param("2025-04-01", "2025-04-20", "not_met", id="43 days before"),
        pytest.param("2025-10-13", "2025-10-31", "indeterminate", id="42 days after"),
        pytest.param("2025-10-14", "2025-10-31", "not_met", id="43 days after"),
    ],
)
def test_an_undated_contact_is_the_sixth_if_it_can_be_near_enough(
    first: str, last: str, outcome: str
) -> None:
    """2 June to 1 September 2025 are 91 days; no gap is longer than 42."""
    five = spread("2025-06-02", 91, 5)
    finding = finding_of([*five, during(first, last)], longest_gap_days="42")
    assert finding.outcome.label == outcome


@pytest.mark.parametrize(
    ("first", "last"), [("2024-07-01", "2024-07-30"), ("2026-05-01", "2026-05-30")]
)
def test_an_undated_contact_far_from_a_run_adds_nothing_to_it(first: str, last: str) -> None:
    contacts = [*spread("2025-06-02", 91, 5), during(first, last)]
    assert finding_of(contacts, longest_gap_days="42").outcome.label == "not_met"


@pytest.mark.parametrize("value", ["none", "42"])
def test_no_contacts_are_no_sessions_and_no_days(value: str) -> None:
    ledger = finding_of([], longest_gap_days=value).ledger
    assert (ledger.possible.sessions, ledger.possible.days) == (0, 0)


def test_months_too_far_apart_make_no_run() -> None:
    """From 31 December to 16 May are 136 days: reached over all, across a pause that is certain."""
    apart = [
        during("2025-12-01", "2025-12-31", PSYCHOLOGIST),
        during("2026-05-16", "2026-05-17", PSYCHOLOGIST),
    ]
    finding = finding_of(apart, C2, evidence_sessions="1")
    assert Cause.INTERRUPTED in finding.causes
    assert Cause.DURATION_BORDERLINE not in finding.causes


def test_one_undated_contact_does_not_bridge_two_pauses() -> None:
    """Six contacts, twice 84 days apart: one of unknown day joins two of three runs, so five."""
    dated = ["2025-09-07", "2025-11-30", "2026-02-22", "2026-03-22", "2026-04-20"]
    finding = finding_of([*map(session, dated), undated()], C1)
    assert Cause.INTERRUPTED in finding.causes
