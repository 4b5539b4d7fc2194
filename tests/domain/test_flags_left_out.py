"""Where a flag is left out, and which contacts a flag that is given counts (policy 2.8)."""

from datetime import date

import pytest

from cds_service.domain.assessment import Completeness, Flag, FlagId, RecordPart
from cds_service.domain.contacts import CareSetting, Contact, ContactKind, ContactStatus, Profession
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Person
from tests.domain.judged import C1, O2, changed, during, flags_of, judge, session, spread, stated

PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
UNAVAILABLE = Completeness(
    gaps=frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES}), is_unavailable=True
)


def test_no_flags_where_nothing_was_judged_and_all_where_stated_care_meets_the_criteria() -> None:
    few = stated("2025-01-06", "2025-05-12", 3, PSYCHOSOMATIC)
    assert judge([few], completeness=UNAVAILABLE).flags == ()
    course = stated("2025-01-06", "2025-05-12", 9, PSYCHOSOMATIC)
    found = flags_of([course], O2, completeness=UNAVAILABLE)
    assert found == [Flag(FlagId.ATTESTED, O2, sessions=9)]


@pytest.mark.parametrize(
    "contacts",
    [
        pytest.param(spread("2025-02-03", 84, 7, PSYCHOSOMATIC), id="met"),
        pytest.param(
            changed(spread("2025-02-03", 84, 7, PSYCHOSOMATIC), status=ContactStatus.UNKNOWN),
            id="indeterminate",
        ),
    ],
)
def test_psychosomatic_therapy_is_asked_for_only_where_option_2_is_not_met(
    contacts: tuple[Contact, ...],
) -> None:
    flags = flags_of([*contacts, *spread("2025-09-01", 84, 7)], O2)
    assert FlagId.MAYBE_PSYCHOSOMATIC not in {flag.id for flag in flags}


def test_psychosomatic_therapy_is_asked_of_physiotherapists_and_not_of_those_who_gave_it() -> None:
    contacts = [*spread("2025-02-03", 28, 3, PSYCHOSOMATIC), *spread("2025-03-17", 49, 4)]
    assert flags_of(contacts, O2) == [Flag(FlagId.MAYBE_PSYCHOSOMATIC, O2, sessions=4)]


def test_only_contacts_of_unknown_place_are_said_to_be_of_unknown_place() -> None:
    unknown = changed(spread("2025-02-03", 28, 3), setting=CareSetting.UNKNOWN)
    found = flags_of([*unknown, *spread("2025-03-17", 49, 4)])
    assert found == [Flag(FlagId.SETTING_UNKNOWN, C1, sessions=3)]


def test_another_reason_is_named_only_where_it_decides() -> None:
    other = session("2025-09-01").but(has_other_reason=True)
    found = flags_of([*spread("2025-02-03", 84, 7), other])
    assert FlagId.OTHER_REASON not in {flag.id for flag in found}


def test_care_before_the_18th_birthday_is_not_named_where_it_does_not_decide() -> None:
    person = Person(DayRange.on(date(2007, 2, 10)))
    found = flags_of([session("2025-02-03"), *spread("2025-02-17", 84, 7)], person=person)
    assert found == []


def test_an_interruption_of_what_does_not_meet_the_criterion_is_not_named() -> None:
    assert flags_of([session("2025-01-06"), session("2025-09-01")]) == []


def test_an_interruption_begins_when_a_course_ends() -> None:
    """10 January lies within the course; from its end to 1 September are 63 days."""
    course = during("2025-01-06", "2025-06-30", is_course=True, sessions=9)
    found = flags_of([course, session("2025-01-10"), session("2025-09-01")])
    assert FlagId.INTERRUPTED not in {flag.id for flag in found}


def test_an_intake_that_may_not_have_taken_place_gives_no_flag() -> None:
    plain = spread("2025-01-06", 91, 6)
    intake = plain[2].but(kind=ContactKind.INTAKE, status=ContactStatus.UNKNOWN)
    assessment = judge([*plain[:2], intake, *plain[3:]])
    assert assessment.finding(C1).outcome.label == "indeterminate"
    assert FlagId.INTAKE_DECISIVE not in {flag.id for flag in assessment.flags}


def test_how_a_criterion_was_met_is_said_of_met_ones_only_and_other_flags_always() -> None:
    """Six sessions in 80 days: indeterminate, and not met by one discipline or without intake."""
    plain = spread("2025-01-06", 80, 6)
    ergo = plain[2].but(professions=frozenset({Profession.OCCUPATIONAL_THERAPIST}))
    intake = plain[3].but(kind=ContactKind.INTAKE)
    assessment = judge([*plain[:2], ergo, intake, *plain[4:]])
    assert assessment.finding(C1).outcome.label == "indeterminate"
    flags = {flag.id for flag in assessment.flags if flag.criterion is C1}
    assert FlagId.INTAKE_DECISIVE in flags
    assert FlagId.POOLED_ONLY not in flags


def test_hospital_sessions_are_told_by_day_and_discipline_and_a_course_by_its_number() -> None:
    hospital = [
        session("2025-03-03"),
        session("2025-03-03", practitioner="bram"),
        session("2025-03-03", Profession.OCCUPATIONAL_THERAPIST),
        session("2025-03-10"),
        during("2025-04-07", "2025-05-05", is_course=True, sessions=5),
    ]
    found = flags_of(changed(hospital, setting=CareSetting.HOSPITAL))
    assert found == [Flag(FlagId.NOT_COUNTED_HOSPITAL, C1, sessions=8)]
