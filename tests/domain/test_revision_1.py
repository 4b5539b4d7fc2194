"""Revision 1 of the rule file keeps its own readings; a site may pin it (policy 2.10)."""

from dataclasses import dataclass

import pytest

from cds_service.criteria_files import load_criteria
from cds_service.domain.contacts import CareSetting, Contact, ContactStatus, Profession
from cds_service.domain.criteria import ReadingKey
from tests.domain.judged import C1, C2, CRITERIA, changed, judge, session, spread

FIRST, SECOND = load_criteria().revisions
AS_FIRST = (
    CRITERIA.read_as(ReadingKey.LONGEST_GAP_DAYS, "none")
    .read_as(ReadingKey.STATUS_UNKNOWN, "possible")
    .read_as(ReadingKey.EVIDENCE_SESSIONS, "1")
    .read_as(ReadingKey.OTHER_REASON, "counts")
)


@dataclass(frozen=True)
class Row:
    """A record, and the outcome of option 1 (1) by either revision."""

    contacts: tuple[Contact, ...]
    first: str
    second: str


ROWS = [
    pytest.param(Row((*spread("2025-01-06", 7, 6), session("2026-12-01")), "not_met", "not_met"),
        id="after the referral"),
    pytest.param(
        Row((*spread("2024-07-01", 7, 6), session("2026-06-01")), "met", "indeterminate"),
        id="six in a week and a check two years later"),
    pytest.param(Row(spread("2025-01-06", 14, 2), "not_met", "indeterminate"), id="a trace"),
    pytest.param(
        Row(changed(spread("2025-01-06", 91, 8), has_other_reason=True), "met", "indeterminate"),
        id="another reason"),
    pytest.param(
        Row(changed(spread("2025-01-06", 91, 8), status=ContactStatus.UNKNOWN),
            "indeterminate", "met"),
        id="a source without statuses"),
    pytest.param(
        Row(changed(spread("2025-01-06", 91, 8), setting=CareSetting.PRIMARY_CARE), "met", "met"),
        id="alike in both"),
]  # fmt: skip


def test_both_revisions_are_shipped_and_neither_deviates() -> None:
    assert [(each.revision, each.deviations) for each in (FIRST, SECOND)] == [(1, ()), (2, ())]
    assert CRITERIA is not None
    assert CRITERIA.revision == 2


@pytest.mark.parametrize("row", ROWS)
def test_each_revision_judges_by_its_own_readings(row: Row) -> None:
    by_first = judge(row.contacts, criteria=FIRST).finding(C1)
    by_second = judge(row.contacts, criteria=SECOND).finding(C1)
    assert (by_first.outcome.label, by_second.outcome.label) == (row.first, row.second)
    as_first = judge(row.contacts, criteria=AS_FIRST).finding(C1)
    assert (as_first.outcome, as_first.causes) == (by_first.outcome, by_first.causes)


def test_the_answer_names_the_revision_that_judged() -> None:
    contacts = spread("2025-06-02", 84, 2, Profession.PSYCHOLOGIST)
    judged = [judge(contacts, criteria=each) for each in (FIRST, SECOND)]
    assert [(a.criteria.revision, a.finding(C2).outcome.label) for a in judged] == [
        (1, "met"),
        (2, "indeterminate"),
    ]
