"""Which cause leads where several leave the outcome open (policy 2.13, 6)."""

import pytest

from cds_service.domain.assessment import Completeness, LeadingDoubt, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, ContactStatus, Profession
from cds_service.domain.referral import Person
from tests.domain.judged import C1, C2, O2, changed, judge, session, spread

POH_GGZ = spread("2025-06-02", 84, 7, Profession.PRACTICE_NURSE_GGZ)
PRACTICE_NURSE = spread("2025-06-02", 84, 8, Profession.PRACTICE_NURSE)
PHYSIO = spread("2025-02-03", 84, 7)
OPEN_PHYSIO = changed(PHYSIO, status=ContactStatus.OPEN)
PAUSED = (*spread("2024-09-02", 25, 6), *spread("2025-11-03", 25, 6))


@pytest.mark.parametrize(
    ("contacts", "leading"),
    [
        pytest.param((*PHYSIO, *POH_GGZ), None, id="met"),
        pytest.param((*spread("2025-02-03", 28, 3), *POH_GGZ), None, id="not met"),
        pytest.param(
            PRACTICE_NURSE,
            LeadingDoubt((Cause.NOTHING_FOUND,), (C1,)),
            id="unclear contacts never hide that no physiotherapy was found",
        ),
        pytest.param(
            (*PHYSIO, *PRACTICE_NURSE),
            LeadingDoubt((Cause.PROFESSION_TO_CONFIRM,), (C2,)),
            id="if they count option 1 is met: the doubt leads",
        ),
        pytest.param(
            (*OPEN_PHYSIO, *PRACTICE_NURSE),
            LeadingDoubt((Cause.PROFESSION_TO_CONFIRM, Cause.STATUS_OPEN), (C1, C2)),
            id="two doubts",
        ),
        pytest.param(
            (*PAUSED, *PRACTICE_NURSE),
            LeadingDoubt((Cause.INTERRUPTED,), (C1,)),
            id="a pause stays, whatever the practice nurse was",
        ),
        pytest.param(
            (*spread("2025-02-03", 77, 7), *PRACTICE_NURSE),
            LeadingDoubt((Cause.DURATION_BORDERLINE,), (C1,)),
            id="so does a borderline",
        ),
        pytest.param(
            (*PAUSED, *spread("2025-06-02", 80, 3, Profession.PRACTICE_NURSE_GGZ)),
            LeadingDoubt((Cause.INTERRUPTED,), (C1,)),
            id="a pause before a borderline",
        ),
        pytest.param(
            (session("2025-02-03"),),
            LeadingDoubt((Cause.NOTHING_FOUND,), (C2,)),
            id="nothing found before a trace",
        ),
        pytest.param(
            (session("2025-02-03"), *POH_GGZ),
            LeadingDoubt((Cause.TRACE_ONLY,), (C1,)),
            id="a trace",
        ),
        pytest.param(
            changed(
                spread("2025-02-03", 84, 7, Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST),
                status=ContactStatus.OPEN,
            ),
            LeadingDoubt((Cause.STATUS_OPEN,), (C1, O2)),
            id="if they count option 2 is met",
        ),
    ],
)
def test_what_leads(contacts: tuple[Contact, ...], leading: LeadingDoubt | None) -> None:
    assert judge(contacts).leading == leading


def test_missing_data_leads_before_all_of_these() -> None:
    gap = Completeness(frozenset({RecordPart.PROCEDURES}))
    assert judge(PRACTICE_NURSE, completeness=gap).leading == LeadingDoubt(
        (Cause.RECORD_INCOMPLETE,), (C1, C2, O2)
    )
    nothing = Completeness(frozenset(RecordPart), is_unavailable=True)
    assert judge((), completeness=nothing).leading == LeadingDoubt((Cause.RECORD_UNAVAILABLE,))


def test_an_unknown_age_leads_where_nothing_else_is_open() -> None:
    contacts = (*spread("2025-02-03", 28, 3), *POH_GGZ)
    assert judge(contacts, person=Person()).leading == LeadingDoubt((Cause.AGE_UNKNOWN,))
