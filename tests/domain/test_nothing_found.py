"""When nothing was found of some care, and what is evidence of it (policy A2)."""

import pytest

from cds_service.domain.assessment import Completeness
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    Profession,
)
from cds_service.domain.referral import Person
from tests.domain.judged import (
    C1,
    C2,
    changed,
    during,
    finding_of,
    judge,
    session,
    spread,
    stated,
)

LOST = frozenset({Cause.RECORD_INCOMPLETE})


def test_a_contact_on_the_day_of_the_referral_is_evidence() -> None:
    """Policy B4 and A2."""
    assert finding_of([session("2026-06-15")]).causes == (Cause.TRACE_ONLY,)


@pytest.mark.parametrize(
    ("contacts", "causes"),
    [
        pytest.param((), (Cause.NOTHING_FOUND,), id="nothing"),
        pytest.param(spread("2025-01-06", 14, 2), (Cause.TRACE_ONLY,), id="two sessions: a trace"),
        pytest.param(spread("2025-01-06", 28, 3), (), id="three: too little"),
        pytest.param(
            (
                *spread("2025-01-06", 14, 2),
                session("2025-01-20", Profession.OCCUPATIONAL_THERAPIST),
            ),
            (),
            id="two disciplines on one day are two of three",
        ),
        pytest.param(
            (*spread("2025-01-06", 14, 2), during("2025-01-01", "2025-01-31")),
            (Cause.TRACE_ONLY,),
            id="one of some day in January may be one of the two",
        ),
        pytest.param(
            (*spread("2025-01-06", 14, 2), during("2025-03-01", "2025-03-31")),
            (),
            id="one of some day in March is the third",
        ),
        pytest.param(
            changed(spread("2025-01-06", 91, 8), setting=CareSetting.HOSPITAL),
            (Cause.NOTHING_FOUND,),
            id="a hospital says nothing of the first line",
        ),
        pytest.param(
            changed(spread("2025-01-06", 91, 8), setting=CareSetting.REHABILITATION_CENTRE),
            (Cause.NOTHING_FOUND,),
            id="a rehabilitation centre says nothing",
        ),
        pytest.param(
            changed(spread("2025-01-06", 28, 3), setting=CareSetting.UNKNOWN),
            (),
            id="an unknown place does",
        ),
        pytest.param(
            (stated("2025-01-06", "2025-01-20", 2),), (), id="stated care is as much as needed"
        ),
        pytest.param(
            (stated("2025-01-06", "2025-01-20", 2).but(is_by_patient=True),),
            (Cause.NOTHING_FOUND,),
            id="what the patient states is none",
        ),
        pytest.param(
            changed(spread("2025-01-06", 28, 3), status=ContactStatus.PLANNED),
            (Cause.NOTHING_FOUND,),
            id="appointments of the past are none",
        ),
        pytest.param(
            changed(spread("2025-01-06", 28, 3), kind=ContactKind.SCREENING),
            (),
            id="a screening is one",
        ),
        pytest.param(
            changed(spread("2025-01-06", 28, 3), kind=ContactKind.CANCELLED),
            (Cause.NOTHING_FOUND,),
            id="what was cancelled is none",
        ),
        pytest.param(
            changed(spread("2025-01-06", 28, 3), has_other_reason=True),
            (),
            id="another reason is evidence",
        ),
    ],
)
def test_how_much_is_evidence(contacts: tuple[Contact, ...], causes: tuple[Cause, ...]) -> None:
    """Policy A2, for option 1 (1)."""
    assert finding_of(contacts).causes == causes


def test_a_course_with_imprecise_ends_is_no_evidence_where_it_may_lie_outside_the_window() -> None:
    """Policy B7 and A2."""
    doubt = frozenset({Cause.DATE_IMPRECISE})
    course = during("2024-01-01", "2024-12-31", is_course=True, doubts=doubt)
    assert finding_of([course]).causes == (
        Cause.COURSE_WITHOUT_NUMBER,
        Cause.DATE_IMPRECISE,
        Cause.NOTHING_FOUND,
    )


def test_where_stated_care_does_not_count_what_was_found_is_evidence_still() -> None:
    assert finding_of([session("2025-03-03")], stated_care="not").causes == (Cause.TRACE_ONLY,)


def test_a_contact_that_a_site_leaves_out_is_evidence_for_the_criterion_of_its_profession() -> None:
    """Policy A2: it took place, or doubtful."""
    doubtful = session("2025-03-03").but(status=ContactStatus.UNKNOWN)
    assert finding_of([doubtful], status_unknown="not").causes == (Cause.TRACE_ONLY,)
    psychological = finding_of([doubtful], C2, status_unknown="not")
    assert psychological.causes == (Cause.NOTHING_FOUND,)


def test_a_memo_is_no_evidence_where_a_site_leaves_its_status_out() -> None:
    """Policy C10."""
    memo = session("2025-03-03").but(status=ContactStatus.UNKNOWN, kind=ContactKind.NOTE)
    assert finding_of([memo], status_unknown="not").causes == (Cause.NOTHING_FOUND,)


def test_of_a_record_with_a_lost_role_it_is_not_said_that_nothing_was_found() -> None:
    """Policy 2.6: lost is not unknown."""
    lost = session("2025-03-03").but(professions=frozenset(), doubts=LOST)
    finding = finding_of([lost])
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (Cause.RECORD_INCOMPLETE,)


def test_of_a_record_that_could_not_be_had_that_is_the_cause() -> None:
    nothing = judge((), completeness=Completeness(is_unavailable=True))
    assert [nothing.finding(each).causes for each in (C1, C2)] == [(Cause.RECORD_UNAVAILABLE,)] * 2


def test_that_the_record_could_not_be_had_replaces_every_other_cause() -> None:
    """Policy 2.6: also the age that is not known then."""
    nothing = judge((), person=Person(born=None), completeness=Completeness(is_unavailable=True))
    assert nothing.causes == (Cause.RECORD_UNAVAILABLE,)
    assert judge((), person=Person(born=None)).causes == (Cause.AGE_UNKNOWN, Cause.NOTHING_FOUND)


def test_what_a_site_leaves_out_is_no_evidence_where_it_may_lie_outside_the_window() -> None:
    doubtful = during("2024-06-01", "2024-06-30").but(status=ContactStatus.UNKNOWN)
    inside = during("2024-07-01", "2024-07-31").but(status=ContactStatus.UNKNOWN)
    assert finding_of([doubtful], status_unknown="not").causes == (Cause.NOTHING_FOUND,)
    assert finding_of([inside], status_unknown="not").causes == (Cause.TRACE_ONLY,)


def test_one_open_contact_without_an_end_is_as_much_evidence_as_needed() -> None:
    """Policy A2: it may be a course that started in the window, also where it does not count."""
    running = session("2025-09-03").but(status=ContactStatus.OPEN, has_open_end=True)
    assert finding_of([running], status_open="not").outcome.label == "not_met"
