"""More cases that surviving mutants of the rule showed to be missing; see `SURVIVORS.md`."""

from dataclasses import replace

from cds_service.domain.assessment import Completeness
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import ContactStatus
from tests.domain.judged import C1, C2, judge, session, spread


def test_of_a_record_that_could_not_be_had_that_is_the_cause() -> None:
    nothing = judge((), completeness=Completeness(is_unavailable=True))
    assert [nothing.finding(each).causes for each in (C1, C2)] == [(Cause.RECORD_UNAVAILABLE,)] * 2


def test_care_before_the_window_gives_no_cause_where_it_cannot_lengthen() -> None:
    status = ContactStatus.UNKNOWN
    doubtful = replace(session("2025-09-01"), days=None)
    before = replace(session("2024-01-10"), status=status)
    found = judge((*spread("2025-10-06", 91, 5), doubtful, before)).finding(C1)
    assert found.outcome.label == "indeterminate"
    assert found.causes == (Cause.DATE_IMPRECISE,)
    (entry,) = [e for e in found.ledger.entries if e.contact == before]
    assert entry.causes == frozenset()
    assert entry.lengthens is None
