"""Whether care before the window lengthens the duration: `duration-before-window` (policy B8)."""

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import ContactKind, ContactStatus, Profession
from tests.domain.judged import C1, C2, finding_of, judge, session, spread, undated

PSYCHOLOGIST = Profession.PSYCHOLOGIST


def test_care_before_the_window_gives_no_cause_where_it_cannot_lengthen() -> None:
    status = ContactStatus.UNKNOWN
    doubtful = session("2025-09-01").but(days=None)
    before = session("2024-01-10").but(status=status)
    found = judge((*spread("2025-10-06", 91, 5), doubtful, before)).finding(C1)
    assert found.outcome.label == "indeterminate"
    assert found.causes == (Cause.DATE_IMPRECISE,)
    (entry,) = [e for e in found.ledger.entries if e.contact == before]
    assert entry.causes == frozenset()
    assert entry.lengthens is None


def test_what_comes_after_the_referral_says_nothing_about_the_duration() -> None:
    """Policy B9."""
    contacts = spread("2025-01-06", 91, 6)
    doubtful = contacts[2].but(status=ContactStatus.UNKNOWN)
    later = session("2026-06-22").but(kind=ContactKind.ASYNCHRONOUS)
    finding = finding_of(
        [*contacts[:2], doubtful, *contacts[3:], later], duration_before_window="counts"
    )
    assert finding.causes == (Cause.STATUS_UNKNOWN,)


def test_an_undated_contact_may_be_the_sixth_also_where_earlier_care_lengthens() -> None:
    finding = finding_of([*spread("2025-01-06", 91, 5), undated()], duration_before_window="counts")
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (Cause.DATE_IMPRECISE,)


def test_why_a_contact_before_the_window_is_doubtful_is_why_the_duration_is() -> None:
    """Policy 2.11: 92 days from 10 June to 10 September 2024, if the first took place."""
    before = session("2024-06-10", PSYCHOLOGIST).but(status=ContactStatus.UNKNOWN)
    contacts = [before, session("2024-09-10", PSYCHOLOGIST)]
    finding = finding_of(contacts, C2, duration_before_window="counts")
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (Cause.STATUS_UNKNOWN,)


def test_without_a_contact_in_the_window_there_is_no_duration_to_lengthen() -> None:
    contacts = spread("2024-01-08", 91, 6)
    ledger = finding_of(contacts, duration_before_window="counts").ledger
    assert (ledger.certain.sessions, ledger.certain.days) == (0, 0)
    assert (ledger.possible.sessions, ledger.possible.days) == (0, 0)
