"""Courses of treatment: the sessions they stand for, and those without an end (policy B11, B12)."""

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import ContactStatus
from cds_service.domain.ledger import Standing
from tests.domain.judged import during, finding_of, session, spread, undated


def test_an_open_contact_that_began_before_the_window_may_be_a_course_still_running() -> None:
    """Policy B11: `course_without_number` and `status_open`, and no number was ever stated."""
    started = session("2024-03-04").but(status=ContactStatus.OPEN, has_open_end=True)
    (entry,) = finding_of([started]).ledger.entries
    assert entry.standing is Standing.POSSIBLE
    assert entry.causes == {Cause.STATUS_OPEN, Cause.COURSE_WITHOUT_NUMBER}


def test_an_open_contact_without_a_date_may_be_a_course_at_any_time() -> None:
    """Policy B7, B11 and A2."""
    finding = finding_of([undated(status=ContactStatus.OPEN, has_open_end=True)])
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (
        Cause.COURSE_WITHOUT_NUMBER,
        Cause.DATE_IMPRECISE,
        Cause.NOTHING_FOUND,
        Cause.STATUS_OPEN,
    )


def test_a_course_up_to_the_day_of_the_referral_lies_in_the_window() -> None:
    """Policy B4 and B12: its number counts in full."""
    course = during("2026-03-02", "2026-06-15", is_course=True, sessions=6)
    finding = finding_of([course])
    assert finding.outcome.label == "met"
    assert (finding.ledger.certain.sessions, finding.ledger.certain.days) == (6, 105)


def test_two_courses_that_touch_can_share_the_session_of_that_day() -> None:
    """Policy B12 and C1: one session at least is certain of each, and it can be the same."""
    courses = [
        during("2025-03-03", "2025-03-10", is_course=True),
        during("2025-03-10", "2025-03-20", is_course=True),
    ]
    assert finding_of(courses).ledger.certain.sessions == 1


def test_where_a_course_has_no_number_a_contact_within_it_can_be_its_one_certain_session() -> None:
    """Policy B12."""
    course = during("2025-03-03", "2025-03-31", is_course=True)
    ledger = finding_of([course, session("2025-03-10")]).ledger
    assert (ledger.certain.sessions, ledger.possible.sessions) == (1, 1)
    assert ledger.possible.is_unbounded


def test_where_a_course_may_hold_the_sessions_of_its_period_the_number_is_unclear() -> None:
    """Policy 2.11: four and four are four to eight; who gave them is not in doubt."""
    course = during("2025-01-06", "2025-04-14", is_course=True, sessions=4)
    finding = finding_of([course, *spread("2025-01-13", 21, 4)])
    assert (finding.ledger.certain.sessions, finding.ledger.possible.sessions) == (4, 8)
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (Cause.NUMBER_UNCLEAR,)
