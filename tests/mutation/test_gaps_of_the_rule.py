"""Cases that surviving mutants of the rule showed to be missing; see `SURVIVORS.md`."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cds_service.domain.assessment import (
    Completeness,
    CriterionFinding,
    Flag,
    FlagId,
    RecordPart,
)
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
    Subject,
)
from cds_service.domain.criteria import CriterionId, ReadingKey
from cds_service.domain.ledger import Standing
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Person
from tests.domain.judged import ADULT, C1, C2, COMPLETE, CRITERIA, O2, judge, session, spread

K = ReadingKey
PHYSIO = Profession.PHYSIOTHERAPIST
ERGO = Profession.OCCUPATIONAL_THERAPIST
PSYCHOLOGIST = Profession.PSYCHOLOGIST
PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
UNAVAILABLE = Completeness(
    gaps=frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES}), is_unavailable=True
)
LOST = frozenset({Cause.RECORD_INCOMPLETE})


def judged(
    contacts: Iterable[Contact], criterion: CriterionId = C1, **readings: str
) -> CriterionFinding:
    """One criterion, with readings set otherwise: `pooling="therapist"`."""
    criteria = CRITERIA
    for key, value in readings.items():
        criteria = criteria.read_as(ReadingKey[key.upper()], value)
    return judge(contacts, criteria=criteria).finding(criterion)


def reasons(finding: CriterionFinding) -> list[Reason | None]:
    return [entry.reason for entry in finding.ledger.entries]


def flags_of(
    contacts: Iterable[Contact],
    criterion: CriterionId | None = C1,
    *,
    person: Person = ADULT,
    completeness: Completeness = COMPLETE,
) -> list[Flag]:
    """The flags of one criterion."""
    found = judge(contacts, person=person, completeness=completeness).flags
    return [flag for flag in found if flag.criterion is criterion]


def changed(contacts: Iterable[Contact], **changes: Any) -> tuple[Contact, ...]:
    return tuple(replace(contact, **changes) for contact in contacts)


def during(first: str, last: str, *professions: Profession, **facts: Any) -> Contact:
    """A contact on one of these days, or with `is_course` a course over them."""
    return replace(
        session(first, *professions),
        source=f"Encounter/{first}-{last}-{'-'.join(professions)}",
        days=DayRange(date.fromisoformat(first), date.fromisoformat(last)),
        **facts,
    )


def undated(*professions: Profession, **facts: Any) -> Contact:
    return replace(session("2025-01-01", *professions), source="Encounter/x", days=None, **facts)


def stated(first: str, last: str, sessions: int, *professions: Profession) -> Contact:
    return during(first, last, *professions, is_course=True, is_stated=True, sessions=sessions)


# Whose contact, whether it took place, when


def test_what_cannot_be_read_of_another_patient_does_not_count() -> None:
    """Policy 2.12: `other_patient` comes first."""
    theirs = undated(subject=Subject.OTHER_PATIENT, doubts=frozenset({Cause.RESOURCE_UNREADABLE}))
    finding = judged([theirs])
    assert reasons(finding) == [Reason.OTHER_PATIENT]
    assert finding.causes == (Cause.NOTHING_FOUND,)


def test_an_open_contact_that_began_before_the_window_may_be_a_course_still_running() -> None:
    """Policy B11: `course_without_number` and `status_open`, and no number was ever stated."""
    started = replace(session("2024-03-04"), status=ContactStatus.OPEN, has_open_end=True)
    (entry,) = judged([started]).ledger.entries
    assert entry.standing is Standing.POSSIBLE
    assert entry.causes == {Cause.STATUS_OPEN, Cause.COURSE_WITHOUT_NUMBER}


def test_an_open_contact_without_a_date_may_be_a_course_at_any_time() -> None:
    """Policy B7, B11 and A2."""
    finding = judged([undated(status=ContactStatus.OPEN, has_open_end=True)])
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
    finding = judged([course])
    assert finding.outcome.label == "met"
    assert (finding.ledger.certain.sessions, finding.ledger.certain.days) == (6, 105)


def test_a_contact_on_the_day_of_the_referral_is_evidence() -> None:
    """Policy B4 and A2."""
    assert judged([session("2026-06-15")]).outcome.label == "not_met"


def test_a_course_with_imprecise_ends_is_no_evidence_where_it_may_lie_outside_the_window() -> None:
    """Policy B7 and A2."""
    doubt = frozenset({Cause.DATE_IMPRECISE})
    course = during("2024-01-01", "2024-12-31", is_course=True, doubts=doubt)
    assert judged([course]).causes == (
        Cause.COURSE_WITHOUT_NUMBER,
        Cause.DATE_IMPRECISE,
        Cause.NOTHING_FOUND,
    )


# Evidence, where a site reads the policy otherwise (A2)


def test_where_stated_care_does_not_count_what_was_found_is_evidence_still() -> None:
    assert judged([session("2025-03-03")], stated_care="not").outcome.label == "not_met"


def test_a_contact_that_a_site_leaves_out_is_evidence_for_the_criterion_of_its_profession() -> None:
    """Policy A2: it took place, or doubtful."""
    doubtful = replace(session("2025-03-03"), status=ContactStatus.UNKNOWN)
    assert judged([doubtful], status_unknown="not").outcome.label == "not_met"
    psychological = judged([doubtful], C2, status_unknown="not")
    assert psychological.causes == (Cause.NOTHING_FOUND,)


def test_a_memo_is_no_evidence_where_a_site_leaves_its_status_out() -> None:
    """Policy C10."""
    memo = replace(session("2025-03-03"), status=ContactStatus.UNKNOWN, kind=ContactKind.NOTE)
    assert judged([memo], status_unknown="not").causes == (Cause.NOTHING_FOUND,)


def test_of_a_record_with_a_lost_role_it_is_not_said_that_nothing_was_found() -> None:
    """Policy 2.6: lost is not unknown."""
    lost = replace(session("2025-03-03"), professions=frozenset(), doubts=LOST)
    finding = judged([lost])
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (Cause.RECORD_INCOMPLETE,)


# The place (policy 2.4, Where)


@pytest.mark.parametrize("value", ["not", "possible"])
def test_a_place_that_was_lost_is_not_an_unknown_place(value: str) -> None:
    """Policy 2.6."""
    finding = judged(
        changed(spread("2025-01-06", 91, 6), setting=CareSetting.UNKNOWN, doubts=LOST),
        setting_unknown=value,
    )
    assert finding.outcome.label == "indeterminate"
    assert {*finding.ledger.doubts} == {Cause.RECORD_INCOMPLETE}


@pytest.mark.parametrize("value", ["not", "possible"])
def test_a_place_that_is_known_counts_whatever_is_made_of_unknown_ones(value: str) -> None:
    assert judged(spread("2025-01-06", 91, 6), setting_unknown=value).outcome.label == "met"


def test_an_admission_is_a_known_place() -> None:
    """The class overrides the place: never first line, which this site counts."""
    admitted = changed(spread("2025-01-06", 91, 6), setting=CareSetting.UNKNOWN, is_inpatient=True)
    finding = judged(admitted, hospital_allied_health="counts", setting_unknown="not")
    assert finding.outcome.label == "met"


def test_an_admission_abroad_stays_care_abroad() -> None:
    admitted = changed(spread("2025-01-06", 91, 6), setting=CareSetting.ABROAD, is_inpatient=True)
    finding = judged(admitted, hospital_allied_health="counts")
    assert finding.outcome.label == "indeterminate"
    assert finding.ledger.doubts == {Cause.SETTING_ABROAD}


def test_why_a_contact_without_a_role_does_not_count() -> None:
    """Policy 2.4, Without a usable role; it is no rehabilitation programme."""
    in_gp_practice = replace(
        session("2025-03-03"), professions=frozenset(), setting=CareSetting.GP_PRACTICE
    )
    assert reasons(judged([in_gp_practice])) == [Reason.OTHER_PROFESSION]
    blood_test = replace(in_gp_practice, procedure=ProcedureMeaning.ANOTHER)
    assert reasons(judged([blood_test], C2)) == [Reason.OTHER_PROCEDURE]
    assert flags_of([in_gp_practice, blood_test], None) == []


# Numbers of sessions


def test_undated_contacts_take_the_days_that_they_can_have_and_are_free() -> None:
    """Policy B7 and C1: one on 1 or 2 March; none on 10 or 11 March, which are taken."""
    contacts = [
        session("2025-03-10"),
        session("2025-03-11"),
        during("2025-03-01", "2025-03-02"),
        during("2025-03-10", "2025-03-11"),
    ]
    assert judged(contacts).ledger.possible.sessions == 3


def test_undated_contacts_leave_room_for_those_of_a_known_day() -> None:
    """Policy B7 and C1: two disciplines on two days are four sessions, however many contacts."""
    known = [session("2025-03-03", PHYSIO, ERGO, practitioner=name) for name in ("anna", "bram")]
    vague = during("2025-03-03", "2025-03-04", PHYSIO, ERGO)
    contacts = [*known, *(replace(vague, source=f"Encounter/{at}") for at in range(3))]
    assert judged(contacts).ledger.possible.sessions == 4


def test_two_undated_contacts_far_apart_are_two_sessions() -> None:
    contacts = [during("2025-03-01", "2025-03-02"), during("2025-05-01", "2025-05-02")]
    assert judged(contacts).ledger.possible.sessions == 2


def test_two_courses_that_touch_can_share_the_session_of_that_day() -> None:
    """Policy B12 and C1: one session at least is certain of each, and it can be the same."""
    courses = [
        during("2025-03-03", "2025-03-10", is_course=True),
        during("2025-03-10", "2025-03-20", is_course=True),
    ]
    assert judged(courses).ledger.certain.sessions == 1


def test_where_a_course_has_no_number_a_contact_within_it_can_be_its_one_certain_session() -> None:
    """Policy B12."""
    course = during("2025-03-03", "2025-03-31", is_course=True)
    ledger = judged([course, session("2025-03-10")]).ledger
    assert (ledger.certain.sessions, ledger.possible.sessions) == (1, 1)
    assert ledger.possible.is_unbounded


def test_doubtful_contacts_that_are_more_than_is_stated_are_no_fewer_for_the_statement() -> None:
    """Policy 2.6: the larger number, never the sum and never less."""
    doubtful = changed(spread("2025-03-03", 28, 3), status=ContactStatus.UNKNOWN)
    ledger = judged([stated("2025-03-03", "2025-03-31", 1), *doubtful]).ledger
    assert ledger.possible.sessions == 3


def test_what_does_not_count_makes_found_care_no_larger_than_stated_care() -> None:
    """Policy 2.6 and C6: two sessions were found and three are stated; screenings are none."""
    found = spread("2025-03-03", 7, 2)
    screenings = changed(spread("2025-03-18", 7, 2), kind=ContactKind.SCREENING)
    finding = judged([stated("2025-03-03", "2025-03-31", 3), *found, *screenings])
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
    assert reasons(judged([course, session("2025-03-10")])) == [None, None]


def test_where_a_course_may_hold_the_sessions_of_its_period_the_number_is_unclear() -> None:
    """Policy 2.11: four and four are four to eight; who gave them is not in doubt."""
    course = during("2025-01-06", "2025-04-14", is_course=True, sessions=4)
    finding = judged([course, *spread("2025-01-13", 21, 4)])
    assert (finding.ledger.certain.sessions, finding.ledger.possible.sessions) == (4, 8)
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (Cause.NUMBER_UNCLEAR,)


@pytest.mark.parametrize(
    ("practitioners", "sessions"),
    [
        pytest.param(("anna", "anna"), 1, id="of one practitioner"),
        pytest.param(("anna", "bram"), 2, id="of two"),
        pytest.param(("", ""), 2, id="of nobody named: they may be two"),
    ],
)
def test_contacts_of_unmapped_roles_on_one_day(
    practitioners: tuple[str, ...], sessions: int
) -> None:
    """Policy C1."""
    contacts = [
        replace(
            session("2025-03-03", practitioner=name),
            source=f"Encounter/{number}",
            professions=frozenset(),
        )
        for number, name in enumerate(practitioners)
    ]
    assert judged(contacts).ledger.possible.sessions == sessions


# The reading `longest-gap-days` (A4)


def test_a_run_that_reaches_the_thresholds_is_enough_whatever_comes_a_year_later() -> None:
    contacts = [*spread("2024-09-02", 91, 6), session("2026-01-05")]
    finding = judged(contacts, longest_gap_days="42")
    assert finding.outcome.label == "met"
    assert (finding.ledger.certain.sessions, finding.ledger.certain.days) == (6, 91)


def test_a_doubtful_contact_in_one_run_of_known_days_leaves_the_whole_run() -> None:
    contacts = spread("2025-01-06", 91, 6)
    doubtful = replace(contacts[2], status=ContactStatus.UNKNOWN)
    finding = judged([*contacts[:2], doubtful, *contacts[3:]], longest_gap_days="42")
    assert finding.outcome.label == "indeterminate"
    assert finding.ledger.possible.days == 91


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        pytest.param("2025-05-26", "indeterminate", id="84 days: it may lie halfway"),
        pytest.param("2025-05-12", "not_met", id="70 days: it bridges, and cannot lengthen too"),
        pytest.param("2025-05-27", "not_met", id="85 days: one of the two gaps is over 42"),
    ],
)
def test_an_undated_contact_bridges_one_gap(last: str, outcome: str) -> None:
    """Policy B7: it is one contact on one day."""
    contacts = [session("2025-03-03", PSYCHOLOGIST), session(last, PSYCHOLOGIST)]
    finding = judged([*contacts, undated(PSYCHOLOGIST)], C2, longest_gap_days="42")
    assert finding.outcome.label == outcome


@pytest.mark.parametrize(
    ("months", "outcome"),
    [
        pytest.param((6, 9), "not_met", id="two are 42 days apart at most"),
        pytest.param((6, 7, 8), "indeterminate", id="three can make 84 days"),
    ],
)
def test_how_long_a_run_of_undated_contacts_can_be(months: tuple[int, ...], outcome: str) -> None:
    contacts = [
        during(f"2025-{month:02}-01", f"2025-{month:02}-30", PSYCHOLOGIST) for month in months
    ]
    assert judged(contacts, C2, longest_gap_days="42").outcome.label == outcome


@pytest.mark.parametrize(
    ("first", "last", "outcome"),
    [
        pytest.param("2025-04-01", "2025-04-21", "indeterminate", id="42 days before"),
        pytest.param("2025-04-01", "2025-04-20", "not_met", id="43 days before"),
        pytest.param("2025-10-13", "2025-10-31", "indeterminate", id="42 days after"),
        pytest.param("2025-10-14", "2025-10-31", "not_met", id="43 days after"),
    ],
)
def test_an_undated_contact_is_the_sixth_if_it_can_be_near_enough(
    first: str, last: str, outcome: str
) -> None:
    """2 June to 1 September 2025 are 91 days; no gap is longer than 42."""
    five = spread("2025-06-02", 91, 5)
    finding = judged([*five, during(first, last)], longest_gap_days="42")
    assert finding.outcome.label == outcome


@pytest.mark.parametrize("value", ["none", "42"])
def test_no_contacts_are_no_sessions_and_no_days(value: str) -> None:
    ledger = judged([], longest_gap_days=value).ledger
    assert (ledger.possible.sessions, ledger.possible.days) == (0, 0)


# The reading `duration-before-window` (B8)


def test_what_comes_after_the_referral_says_nothing_about_the_duration() -> None:
    """Policy B9."""
    contacts = spread("2025-01-06", 91, 6)
    doubtful = replace(contacts[2], status=ContactStatus.UNKNOWN)
    later = replace(session("2026-06-22"), kind=ContactKind.ASYNCHRONOUS)
    finding = judged(
        [*contacts[:2], doubtful, *contacts[3:], later], duration_before_window="counts"
    )
    assert finding.causes == (Cause.STATUS_UNKNOWN,)


def test_an_undated_contact_may_be_the_sixth_also_where_earlier_care_lengthens() -> None:
    finding = judged([*spread("2025-01-06", 91, 5), undated()], duration_before_window="counts")
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (Cause.DATE_IMPRECISE,)


def test_why_a_contact_before_the_window_is_doubtful_is_why_the_duration_is() -> None:
    """Policy 2.11: 92 days from 10 June to 10 September 2024, if the first took place."""
    before = replace(session("2024-06-10", PSYCHOLOGIST), status=ContactStatus.UNKNOWN)
    contacts = [before, session("2024-09-10", PSYCHOLOGIST)]
    finding = judged(contacts, C2, duration_before_window="counts")
    assert finding.outcome.label == "indeterminate"
    assert finding.causes == (Cause.STATUS_UNKNOWN,)


def test_without_a_contact_in_the_window_there_is_no_duration_to_lengthen() -> None:
    contacts = spread("2024-01-08", 91, 6)
    ledger = judged(contacts, duration_before_window="counts").ledger
    assert (ledger.certain.sessions, ledger.certain.days) == (0, 0)
    assert (ledger.possible.sessions, ledger.possible.days) == (0, 0)


# Flags (policy 2.8)


def test_no_flags_where_nothing_was_judged_and_all_where_stated_care_meets_the_criteria() -> None:
    assert judge([session("2025-03-03")], completeness=UNAVAILABLE).flags == ()
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
    other = replace(session("2025-09-01"), has_other_reason=True)
    found = flags_of([*spread("2025-02-03", 84, 7), other])
    assert FlagId.OTHER_REASON not in {flag.id for flag in found}


def test_care_before_the_18th_birthday_is_not_named_where_it_does_not_decide() -> None:
    person = Person(DayRange.on(date(2007, 2, 10)))
    found = flags_of([session("2025-02-03"), *spread("2025-02-17", 84, 7)], person=person)
    assert found == []


def test_an_interruption_begins_when_a_course_ends() -> None:
    """10 January lies within the course; from its end to 1 September are 63 days."""
    course = during("2025-01-06", "2025-06-30", is_course=True, sessions=9)
    found = flags_of([course, session("2025-01-10"), session("2025-09-01")])
    assert FlagId.INTERRUPTED not in {flag.id for flag in found}


@pytest.mark.parametrize(
    ("contact", "goes_on"),
    [
        pytest.param(session("2026-05-04"), True, id="42 days before"),
        pytest.param(session("2026-05-03"), False, id="43 days before"),
        pytest.param(replace(session("2026-05-18"), status=ContactStatus.OPEN), True, id="open"),
        pytest.param(
            replace(session("2026-05-18"), status=ContactStatus.UNKNOWN),
            False,
            id="doubtful for another cause",
        ),
        pytest.param(
            replace(session("2026-05-18", PSYCHOLOGIST), status=ContactStatus.OPEN),
            False,
            id="open, of another profession",
        ),
    ],
)
def test_what_shows_that_treatment_goes_on(contact: Contact, goes_on: bool) -> None:  # noqa: FBT001
    """Policy B10: a counted or open contact in the last 42 days before the referral."""
    found = {flag.id for flag in flags_of([session("2025-01-06"), contact])}
    assert (FlagId.ONGOING in found) is goes_on


def test_planned_care_of_another_profession_does_not_make_up_what_is_missing() -> None:
    """Policy B10: no date where what is planned does not suffice."""
    planned = replace(session("2026-08-10", PSYCHOLOGIST), status=ContactStatus.PLANNED)
    found = flags_of([*spread("2026-05-04", 28, 5), planned])
    assert found == [Flag(FlagId.ONGOING, C1, sessions=1)]
