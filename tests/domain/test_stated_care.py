"""Care that the referrer states beside contacts found in its period (policy 2.6, 2.12)."""

import pytest

from cds_service.domain.causes import Reason
from cds_service.domain.contacts import Contact, ContactKind, ContactStatus
from tests.domain.judged import changed, during, finding_of, reasons, session, spread, stated


def test_doubtful_contacts_that_are_more_than_is_stated_are_no_fewer_for_the_statement() -> None:
    """Policy 2.6: the larger number, never the sum and never less."""
    doubtful = changed(spread("2025-03-03", 28, 3), status=ContactStatus.UNKNOWN)
    ledger = finding_of([stated("2025-03-03", "2025-03-31", 1), *doubtful]).ledger
    assert ledger.possible.sessions == 3


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [
        (4, [None, Reason.OVERLAPS_STATED_CARE, Reason.OVERLAPS_STATED_CARE]),
        (2, [None, Reason.OVERLAPS_STATED_CARE, Reason.OVERLAPS_STATED_CARE]),
        (1, [Reason.OVERLAPS_STATED_CARE, None, None]),
    ],
)
def test_of_stated_and_found_care_the_smaller_is_set_aside(
    sessions: int, expected: list[Reason | None]
) -> None:
    found = (session("2025-01-13"), session("2025-01-20"))
    care = stated("2025-01-06", "2025-02-03", sessions)
    assert reasons(finding_of([care, *found])) == expected


def test_what_does_not_count_makes_found_care_no_larger_than_stated_care() -> None:
    """Policy 2.6 and C6: two sessions were found and three are stated; screenings are none."""
    found = spread("2025-03-03", 7, 2)
    screenings = changed(spread("2025-03-18", 7, 2), kind=ContactKind.SCREENING)
    finding = finding_of([stated("2025-03-03", "2025-03-31", 3), *found, *screenings])
    assert reasons(finding) == [
        None,
        Reason.OVERLAPS_STATED_CARE,
        Reason.OVERLAPS_STATED_CARE,
        Reason.SCREENING,
        Reason.SCREENING,
    ]


def test_a_course_that_was_found_is_not_stated_care() -> None:
    """Policy 2.12: only stated care sets aside what it overlaps."""
    course = during("2025-03-03", "2025-03-31", is_course=True, sessions=5)
    assert reasons(finding_of([course, session("2025-03-10")])) == [None, None]


def test_where_doubtful_contacts_could_make_found_care_larger_both_stay() -> None:
    """Two certain and three doubtful ones beside four that are stated: four are certain."""
    doubtful = changed(spread("2025-03-17", 14, 3), status=ContactStatus.UNKNOWN)
    finding = finding_of(
        [stated("2025-03-03", "2025-03-31", 4), *spread("2025-03-03", 7, 2), *doubtful]
    )
    assert reasons(finding) == [None] * 6
    assert finding.ledger.certain.sessions == 4
    assert finding.ledger.possible.sessions == 5


def test_found_care_that_is_no_smaller_for_certain_and_larger_perhaps_counts() -> None:
    doubtful = changed([session("2025-03-24")], status=ContactStatus.UNKNOWN)
    finding = finding_of(
        [stated("2025-03-03", "2025-03-31", 2), *spread("2025-03-03", 7, 2), *doubtful]
    )
    assert reasons(finding) == [Reason.OVERLAPS_STATED_CARE, None, None, None]


def test_stated_care_that_a_site_does_not_count_sets_nothing_aside() -> None:
    found = spread("2025-03-03", 7, 2)
    finding = finding_of([stated("2025-03-03", "2025-03-31", 4), *found], stated_care="not")
    assert reasons(finding) == [None, None, Reason.EXCLUDED_BY_READING]


@pytest.mark.parametrize(
    "other",
    [
        during("2025-03-10", "2025-03-24", is_course=True, sessions=2),
        during("2024-09-01", "2024-09-30"),
        during("2025-03-01", "2025-03-31"),
    ],
    ids=["a course that was found", "in another month", "perhaps before the period"],
)
def test_only_what_may_be_one_more_session_in_the_period_makes_found_care_larger(
    other: Contact,
) -> None:
    """Two were found and two are stated, so the statement counts."""
    care = stated("2025-03-03", "2025-03-31", 2)
    finding = finding_of([care, *spread("2025-03-03", 7, 2), other])
    overlaps = Reason.OVERLAPS_STATED_CARE
    assert reasons(finding) == [None, overlaps, overlaps, None]


def test_a_contact_without_a_full_date_in_the_period_may_be_one_more_session() -> None:
    care = stated("2025-02-24", "2025-04-07", 2)
    finding = finding_of([care, *spread("2025-03-03", 7, 2), during("2025-03-01", "2025-03-31")])
    assert reasons(finding) == [Reason.OVERLAPS_STATED_CARE, None, None, None]
