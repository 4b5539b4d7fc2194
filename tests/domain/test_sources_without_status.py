"""A source that records no status of any contact: they count (policy C13)."""

import pytest

from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.contacts import (
    Contact,
    ContactStatus,
    ProcedureMeaning,
    Profession,
    Subject,
)
from tests.domain.judged import C1, changed, judge, session, spread, stated

UNKNOWN = changed(spread("2025-01-06", 91, 6), status=ContactStatus.UNKNOWN)
PROCEDURES = changed(UNKNOWN, procedure=ProcedureMeaning.SESSION)


@pytest.mark.parametrize(
    ("contacts", "outcome"),
    [
        pytest.param(UNKNOWN, "met", id="six, all unknown"),
        pytest.param(
            (*UNKNOWN, session("2025-02-03", Profession.OTHER)),
            "indeterminate",
            id="one visit to the GP has a status",
        ),
        pytest.param(
            (*UNKNOWN, session("2022-02-03", Profession.OTHER)),
            "indeterminate",
            id="even before the lookback",
        ),
        pytest.param(
            (*UNKNOWN, session("2025-02-03").but(status=ContactStatus.VOID)),
            "indeterminate",
            id="a cancelled one is a status too",
        ),
        pytest.param(
            (*UNKNOWN, session("2025-02-03").but(subject=Subject.OTHER_PATIENT)),
            "met",
            id="what another patient has says nothing",
        ),
        pytest.param(
            (*UNKNOWN, session("2025-02-03").but(procedure=ProcedureMeaning.ANOTHER)),
            "met",
            id="Procedures are another source",
        ),
        pytest.param(
            (*UNKNOWN, stated("2025-02-03", "2025-02-10", 1)), "met", id="a statement is none"
        ),
        pytest.param(PROCEDURES, "met", id="Procedures, all unknown"),
        pytest.param(
            (*PROCEDURES, session("2025-02-03", Profession.OTHER)),
            "met",
            id="Procedures, and an Encounter with a status",
        ),
    ],
)
def test_where_no_contact_of_a_source_has_a_status(
    contacts: tuple[Contact, ...], outcome: str
) -> None:
    assert judge(contacts).finding(C1).outcome.label == outcome


@pytest.mark.parametrize(
    ("number", "is_certain"), [pytest.param(2, False, id="two"), pytest.param(3, True, id="three")]
)
def test_three_contacts_show_it(number: int, is_certain: bool) -> None:  # noqa: FBT001
    ledger = judge(UNKNOWN[:number]).finding(C1).ledger
    assert ledger.certain.sessions == (number if is_certain else 0)


def test_an_incomplete_record_does_not_show_it() -> None:
    gap = Completeness(frozenset({RecordPart.PROCEDURES}))
    assert judge(UNKNOWN, completeness=gap).finding(C1).ledger.certain.sessions == 0
