"""Care that is stated by months or years: certain as far as every day agrees (policy 2.6)."""

from datetime import date

import pytest

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import Contact, ContactStatus
from cds_service.domain.lookback import DayRange
from tests.domain.judged import C1, during, finding_of, reasons, session, spread, stated


def by_months(first: tuple[str, str], last: tuple[str, str], sessions: int) -> Contact:
    """Stated care that began on a day of the first range and ended on one of the second."""
    begins, ends = (DayRange(*map(date.fromisoformat, each)) for each in (first, last))
    care = stated(first[0], last[1], sessions)
    return care.but(begins=begins, ends=ends)


FEBRUARY, JUNE = ("2025-02-01", "2025-02-28"), ("2025-06-01", "2025-06-30")
MARCH, MAY = ("2025-03-01", "2025-03-31"), ("2025-05-01", "2025-05-31")


def test_nine_times_from_february_to_june_are_93_days_at_least() -> None:
    finding = finding_of([by_months(FEBRUARY, JUNE, 9)])
    assert finding.outcome.label == "met"
    tally = finding.ledger.certain
    assert (tally.sessions, tally.days, tally.first, tally.last) == (
        9, 93, date(2025, 2, 28), date(2025, 6, 1),
    )  # fmt: skip
    assert (finding.ledger.possible.sessions, finding.ledger.possible.days) == (9, 149)


def test_nine_times_from_march_to_may_may_be_twelve_weeks() -> None:
    finding = finding_of([by_months(MARCH, MAY, 9)])
    assert (finding.outcome.label, finding.causes) == ("indeterminate", (Cause.DATE_IMPRECISE,))
    assert (finding.ledger.certain.sessions, finding.ledger.certain.days) == (9, 31)


def test_all_within_a_month_no_duration_is_certain() -> None:
    ledger = finding_of([by_months(MARCH, MARCH, 3)]).ledger
    assert (ledger.certain.sessions, ledger.certain.days, ledger.certain.first) == (3, 0, None)


def test_what_may_have_begun_before_the_lookback_has_no_certain_number() -> None:
    finding = finding_of([by_months(("2024-06-01", "2024-06-30"), ("2024-12-01", "2024-12-31"), 9)])
    assert finding.causes == (Cause.DATE_IMPRECISE, Cause.NUMBER_UNCLEAR)


def test_what_may_have_ended_before_the_lookback_is_only_possible() -> None:
    finding = finding_of([by_months(("2024-05-01", "2024-05-31"), ("2024-06-01", "2024-06-30"), 9)])
    assert finding.ledger.certain.sessions == 0
    assert finding.ledger.possible.sessions == 9


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(
            session("2025-04-10"), [None, Reason.OVERLAPS_STATED_CARE], id="on a day inside"
        ),
        pytest.param(
            during("2025-04-01", "2025-04-30"),
            [None, Reason.OVERLAPS_STATED_CARE],
            id="in a month inside",
        ),
        pytest.param(session("2025-03-10"), [None, None], id="on a day that may be before it"),
        pytest.param(
            during("2025-05-01", "2025-05-31"), [None, None], id="in a month that may be after it"
        ),
    ],
)
def test_what_is_found_in_the_period_on_every_day_of_it_is_part_of_what_is_stated(
    found: Contact, expected: list[Reason | None]
) -> None:
    assert reasons(finding_of([by_months(MARCH, MAY, 4), found])) == expected


def test_what_a_patient_states_is_possible() -> None:
    care = stated("2025-01-06", "2025-05-12", 9).but(is_by_patient=True)
    finding = finding_of([care], C1)
    assert finding.causes == (Cause.NOTHING_FOUND, Cause.NUMBER_UNCLEAR)
    assert finding.ledger.possible.sessions == 9


def test_two_statements_of_one_period_may_be_of_different_sessions() -> None:
    """Six found, twice five stated: six at least, and at most five and five."""
    found = spread("2025-01-13", 70, 6)
    care = [stated("2025-01-06", "2025-05-12", 5), stated("2025-01-06", "2025-05-19", 5)]
    ledger = finding_of([*found, *care]).ledger
    assert (ledger.certain.sessions, ledger.possible.sessions) == (6, 10)


def test_what_is_found_in_the_last_month_is_one_more_or_makes_found_care_larger() -> None:
    """Once stated from March to an open day in May; found on 10 March and on 20 May.

    Either 20 May is after the statement, so beside it, or inside it, so two were found in it.
    """
    found = [session("2025-03-10"), session("2025-05-20")]
    ledger = finding_of([by_months(("2025-03-10", "2025-03-10"), MAY, 1), *found]).ledger
    assert ledger.certain.sessions == 2


def test_months_leave_the_duration_open_where_more_was_found_than_stated() -> None:
    """The statement counts no session, but how long it lasted is why more days can count."""
    doubtful = during("2025-04-01", "2025-04-01", status=ContactStatus.UNKNOWN)
    found = [session("2025-03-10"), session("2025-04-10"), doubtful]
    finding = finding_of([by_months(("2025-03-10", "2025-03-10"), MAY, 1), *found], C1)
    assert Cause.DATE_IMPRECISE in finding.ledger.doubts
