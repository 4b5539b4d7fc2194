"""Where two readings of the policy once differed: one minimal record each, for both of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tests.oracle.entries import (
    Case,
    Days,
    Entry,
    Kind,
    Missing,
    Place,
    Resource,
    Status,
    Who,
    Whose,
)
from tests.oracle.readings import C1, C2, DEFAULTS, O2, Readings, but
from tests.oracle.rows import days_of
from tests.oracle.second_reading import Part
from tests.properties.judges import Judge

DAY = date(2026, 6, 15)
PHYSIO = frozenset({Who.PHYSIO})
PSYCHOLOGIST = frozenset({Who.PSYCHOLOGIST})
POH_GGZ = frozenset({Who.POH_GGZ})
SOMEONE = frozenset({Who.PSYCHOSOMATIC})  # of which discipline is not told


def contact(
    day: str | None,
    who: frozenset[Who] = PHYSIO,
    *,
    place: Place = Place.FIRST_LINE,
    status: Status = Status.TOOK_PLACE,
    kind: Kind = Kind.TREATMENT,
    practitioner: str = "anna",
    is_lost: bool = False,
    source: str = "",
) -> Entry:
    """A contact on a day, in a month (`2025-03`), or without a date."""
    return Entry(
        source=source or f"Encounter/{day}-{'-'.join(sorted(who))}-{practitioner}",
        days=None if day is None else days_of(day),
        who=who,
        practitioner=practitioner,
        place=place,
        status=status,
        kind=kind,
        is_lost=is_lost,
    )


def stated(first: str, last: str, number: int | None, who: frozenset[Who] = PHYSIO) -> Entry:
    """Care that a clinician states; the dates can be months."""
    first_on, last_on = days_of(first), days_of(last)
    return Entry(
        source=f"QuestionnaireResponse/{first}",
        days=Days(first_on.first, last_on.last),
        resource=Resource.STATEMENT,
        who=who,
        place=Place.FIRST_LINE,
        is_course=True,
        first_on=first_on,
        last_on=last_on,
        is_stated=True,
        number=number,
    )


def judged(
    judge: Judge,
    criterion: str,
    entries: Sequence[Entry],
    r: Readings = DEFAULTS,
    *,
    missing: Missing = Missing(),  # noqa: B008 a frozen value
) -> Part:
    """The part of one criterion."""
    return judge(entries, Case(DAY, missing=missing), r).parts[criterion]


FIVE_DAYS = ("2025-01-06", "2025-01-27", "2025-02-17", "2025-03-10", "2025-04-07")
FIVE_PHYSIO = tuple(contact(day) for day in FIVE_DAYS)


def test_psychosomatic_occupational_therapy_is_never_certain_for_option_2(judge: Judge) -> None:
    """Policy 2.4: psychosomatisch ergotherapeut is possible for o2."""
    ergo = frozenset({Who.PSYCHOSOMATIC_ERGO})
    part = judged(judge, O2, [contact(day, ergo) for day in (*FIVE_DAYS, "2025-03-24")])
    assert part.outcome == "indeterminate"
    assert part.causes == {"profession_to_confirm"}


def test_a_role_that_could_not_be_had_is_possible_wherever_it_was(judge: Judge) -> None:
    """Policy 2.6: lost is not unknown, so the place closes nothing."""
    lost = contact("2025-03-24", frozenset(), place=Place.GP_PRACTICE, is_lost=True)
    part = judged(judge, C1, [*FIVE_PHYSIO, lost])
    assert part.outcome == "indeterminate"
    assert part.causes == {"record_incomplete"}


def test_a_mental_health_nurse_elsewhere_and_a_poh_ggz_on_one_day_can_be_two(judge: Judge) -> None:
    """Policy C1: outside a GP practice an SPV is a discipline of its own."""
    days = ("2025-09-03", "2025-09-10", "2025-09-17", "2025-09-24", "2025-10-01")
    spv = contact("2025-10-01", frozenset({Who.GGZ_NURSE}), place=Place.GGZ)
    part = judged(judge, C2, [*(contact(day, POH_GGZ) for day in days), spv])
    assert part.outcome == "indeterminate"
    assert part.causes == {"profession_to_confirm"}


def test_a_vague_contact_inside_a_stated_period_adds_nothing_to_a_larger_statement(
    judge: Judge,
) -> None:
    """Policy 2.6: the larger number counts, never the sum."""
    part = judged(judge, C1, [stated("2025-01-06", "2025-05-12", 5), contact("2025-03")])
    assert (part.outcome, part.possible) == ("not_met", (5, 126))


def test_stated_care_that_meets_a_criterion_stays_met_when_the_record_is_unavailable(
    judge: Judge,
) -> None:
    """Scenarios.md, Laws: missing data never takes a met away."""
    nothing = Missing(encounters=True, procedures=True, everything=True)
    part = judged(judge, C1, [stated("2025-01-06", "2025-05-12", 9)], missing=nothing)
    assert part.outcome == "met"


def test_two_doubtful_contacts_on_one_day_both_say_why(judge: Judge) -> None:
    """Policy 2.11: because holds every cause that applies."""
    entries = [
        *FIVE_PHYSIO,
        contact("2025-03-24", status=Status.UNKNOWN, source="Encounter/a"),
        contact("2025-03-24", kind=Kind.ASYNCHRONOUS, source="Encounter/b"),
    ]
    assert judged(judge, C1, entries).causes == {"status_unknown", "asynchronous_contact"}


def test_under_pooling_by_therapist_a_day_with_two_therapists_belongs_to_both(
    judge: Judge,
) -> None:
    """Policy A3: each therapist keeps the days on which another came too."""
    entries = [
        contact("2025-03-03", PSYCHOLOGIST, practitioner="anna", source="Encounter/b"),
        contact("2025-03-03", PSYCHOLOGIST, practitioner="bram", source="Encounter/a"),
        contact("2025-04-14", PSYCHOLOGIST, practitioner="anna"),
        contact("2025-05-26", PSYCHOLOGIST, practitioner="anna"),
    ]
    assert judged(judge, C2, entries, but("pooling", "therapist")).outcome == "met"


def test_under_a_longest_gap_an_undated_contact_bridges_no_long_gap(judge: Judge) -> None:
    """Policy B7: one contact on one day cannot bridge two years."""
    entries = [
        *(contact(day, PSYCHOLOGIST) for day in ("2025-03-03", "2025-03-10", "2025-03-17")),
        contact(None, PSYCHOLOGIST, source="Encounter/x"),
    ]
    assert judged(judge, C2, entries, but("longest-gap-days", "42")).outcome == "not_met"


def test_a_contact_that_another_one_explains_is_not_the_session_of_a_stated_course(
    judge: Judge,
) -> None:
    """Policy C1 and 2.6: whichever it was, five days of physiotherapy and the course are six."""
    days = ("2024-06-15", "2024-06-16", "2024-06-22", "2024-06-25", "2024-09-07")
    entries = [
        *(contact(day) for day in days),
        contact("2024-06-15", SOMEONE),
        stated("2024-06-15", "2024-06-28", 1, frozenset({Who.EXERCISE})),
    ]
    assert judged(judge, C1, entries).certain == (6, 84)


def test_undated_contacts_of_several_disciplines_can_share_a_day(judge: Judge) -> None:
    """Policy B7 and C1: three on two days are three, where they can be two disciplines."""
    two_days = Days(date(2025, 3, 3), date(2025, 3, 4))
    entries = [
        replace(contact(None, SOMEONE, source=f"Encounter/{number}"), days=two_days)
        for number in range(3)
    ]
    assert judged(judge, C1, entries).possible == (3, 1)


def test_vague_contacts_can_make_a_run_of_their_own(judge: Judge) -> None:
    """Policy A4 and B7: June to August 2024 can be 77 days, whatever came a year later."""
    entries = [
        contact("2024-06", PSYCHOLOGIST),
        contact("2024-08", PSYCHOLOGIST),
        contact("2025-06-15", PSYCHOLOGIST),
    ]
    part = judged(judge, C2, entries, but("longest-gap-days", "84"))
    assert part.outcome == "indeterminate"
    by_default = judged(judge, C2, entries)
    assert by_default.outcome == "indeterminate"
    assert by_default.causes == {"date_imprecise", "duration_borderline", "trace_only"}


def test_where_open_contacts_count_one_without_an_end_may_run_on(judge: Judge) -> None:
    """Policy B11: one session on the start day for certain, and any number up to the referral."""
    entry = replace(contact("2025-09-03", POH_GGZ, status=Status.OPEN), has_no_end=True)
    part = judged(judge, C2, [entry], but("status-open", "counts"))
    assert (part.outcome, part.certain, part.possible) == ("indeterminate", (1, 0), (None, 285))


def test_an_undated_contact_can_make_the_found_sessions_more_than_the_stated_ones(
    judge: Judge,
) -> None:
    """Policy 2.6 and B7: five found and one in March can be six, whatever is stated."""
    entries = [*FIVE_PHYSIO, contact("2025-03"), stated("2025-01-06", "2025-05-12", 5)]
    part = judged(judge, C1, entries)
    assert (part.outcome, part.possible) == ("indeterminate", (6, 126))


def test_what_is_stated_is_not_added_to_one_of_two_unsure_contacts_in_its_period(
    judge: Judge,
) -> None:
    """Policy 2.6: at most one of the two is psychology, and then it is the stated session."""
    unsure = frozenset({Who.PSYCHOLOGIST, Who.PSYCHOTHERAPIST})
    entries = [
        contact("2025-03-10", unsure, source="Encounter/1"),
        contact("2025-03-10", unsure, source="Encounter/2"),
        stated("2025-03-03", "2025-03-17", 1, PSYCHOLOGIST),
    ]
    sessions, days = judged(judge, C2, entries).possible
    assert sessions in (2, 3)  # the domain's is a bound from above
    assert days == 14


def test_an_admission_abroad_stays_care_abroad_where_hospitals_count(judge: Judge) -> None:
    """Policy 2.4 Where: its class keeps it from c1 only as that of a hospital does."""
    abroad = replace(contact("2025-03-24", place=Place.ABROAD), is_admission=True)
    entries = [*FIVE_PHYSIO, abroad]
    assert judged(judge, C1, entries).outcome == "not_met"
    part = judged(judge, C1, entries, but("hospital-allied-health", "counts"))
    assert part.outcome == "indeterminate"
    assert part.causes == {"setting_abroad"}


def test_two_contacts_of_one_day_can_be_two_where_the_discipline_is_not_told(
    judge: Judge,
) -> None:
    """Policy C2 and C3: a psychosomatic therapist is of one of three disciplines."""
    entries = [
        contact("2025-03-10", SOMEONE, source="Encounter/1"),
        contact("2025-03-10", SOMEONE, source="Encounter/2", status=Status.OPEN),
    ]
    part = judged(judge, C1, entries)
    assert (part.certain, part.possible) == ((1, 0), (2, 0))


def test_where_therapists_are_not_added_up_two_without_a_name_are_not_certainly_one(
    judge: Judge,
) -> None:
    """Policy A3, reading `therapist`: who must reach the thresholds alone is not known here."""
    days = ("2025-03-10", "2025-04-21", "2025-06-02")
    entries = [contact(day, PSYCHOLOGIST, practitioner="") for day in days]
    assert judged(judge, C2, entries, but("pooling", "therapist")).outcome == "indeterminate"


def test_stated_care_without_a_name_takes_no_session_from_a_therapist(judge: Judge) -> None:
    """Policy 2.10: under `pooling=therapist` bram alone reaches the 84 days."""
    entries = [
        contact("2024-06-15", POH_GGZ, practitioner="bram"),
        contact("2024-07-27", PSYCHOLOGIST, practitioner="bram"),
        contact("2024-09-07", PSYCHOLOGIST, practitioner="bram"),
        stated("2024-06-15", "2024-06-15", 1, POH_GGZ),
    ]
    assert judged(judge, C2, entries, but("pooling", "therapist")).outcome == "met"


# Reading 2


def test_a_pause_is_only_said_where_no_day_makes_one_run(judge: Judge) -> None:
    """Settled borders of r2: three, a pause of 14 weeks, two, and one without a date (S309)."""
    days = ("2025-01-06", "2025-01-13", "2025-01-20", "2025-04-28", "2025-05-05")
    part = judged(judge, C1, [*(contact(day) for day in days), contact(None, source="Encounter/x")])
    assert part.causes == {"date_imprecise"}
    late = ("2025-01-06", "2025-01-13", "2025-01-20", "2025-07-28", "2025-08-04")
    part = judged(judge, C1, [*(contact(day) for day in late), contact(None, source="Encounter/x")])
    assert part.causes == {"date_imprecise", "interrupted"}


def test_two_undated_contacts_bridge_a_pause_of_33_weeks(judge: Judge) -> None:
    """A4 and B7: 21-01 to 16-09 is 238 days, three pauses of at most 83."""
    days = ("2025-01-06", "2025-01-21", "2025-09-16", "2025-09-30")
    undated = [contact(None, source=f"Encounter/{number}") for number in range(2)]
    part = judged(judge, C1, [*(contact(day) for day in days), *undated])
    assert part.causes == {"date_imprecise"}


def test_a_run_is_named_where_there_are_several(judge: Judge) -> None:
    """Policy 2.0: of two that reach nothing the one with most sessions, then days, then latest."""
    knee = ("2025-01-06", "2025-01-13", "2025-01-20")
    back = ("2025-09-01", "2025-09-08", "2025-09-15")
    part = judged(judge, C1, [contact(day) for day in (*knee, *back)])
    assert part.certain == (6, 252)
    assert part.run is not None
    assert (part.run.sessions, part.run.days) == (3, 14)
    assert (part.run.first, part.run.last) == (date(2025, 9, 1), date(2025, 9, 15))
    assert judged(judge, C1, [contact(day) for day in knee]).run is None


def test_the_widest_months_absorb_for_certain_and_the_narrowest_possibly(judge: Judge) -> None:
    """Settled borders of r2: number and days of what overlaps (N016)."""
    part = judged(judge, C1, [stated("2025-02", "2025-06", 5), contact("2025-02-10")])
    assert (part.certain, part.possible) == ((5, 111), (6, 149))


def test_months_that_may_lie_before_the_window_are_not_certain(judge: Judge) -> None:
    """Policy 2.6: what holds on every day that they leave open is certain."""
    part = judged(judge, C1, [stated("2024-05", "2024-06", 9)])
    assert part.certain == (0, 0)
    assert part.outcome == "indeterminate"


def test_a_source_without_statuses_says_nothing_of_a_contact_of_somebody(judge: Judge) -> None:
    """Policy C13: what counts then are the contacts of this patient."""
    days = ("2025-01-06", "2025-01-20", "2025-02-03")
    unclear = contact("2025-03-24", PSYCHOLOGIST, status=Status.UNKNOWN)
    entries = [
        *(contact(day, PSYCHOLOGIST, status=Status.UNKNOWN) for day in days),
        replace(unclear, whose=Whose.UNCLEAR),
    ]
    part = judged(judge, C2, entries)
    assert part.certain == (3, 28)
    assert part.causes == {"duration_borderline", "patient_unclear", "status_unknown"}


def test_a_source_without_statuses_is_believed_from_a_complete_record_only(judge: Judge) -> None:
    """Settled borders of r2, C13."""
    days = (*FIVE_DAYS, "2025-03-24")
    entries = [contact(day, status=Status.UNKNOWN) for day in days]
    assert judged(judge, C1, entries).outcome == "met"
    part = judged(judge, C1, entries, missing=Missing(procedures=True))
    assert part.outcome == "indeterminate"
    assert part.causes == {"record_incomplete", "status_unknown"}


def test_stated_care_that_was_not_retrieved_leaves_nothing_not_met(judge: Judge) -> None:
    """Policy 2.6: a statement only adds, so met and what is open stay as they are."""
    lost = Missing(statements=True)
    long = [contact(day) for day in (*FIVE_DAYS, "2025-04-14")]
    assert judged(judge, C1, long, missing=lost).outcome == "met"
    short = [contact(day) for day in FIVE_DAYS]
    assert judged(judge, C1, short).outcome == "not_met"
    part = judged(judge, C1, short, missing=lost)
    assert part.outcome == "indeterminate"
    assert part.causes == {"record_incomplete"}
    part = judged(judge, C2, short, missing=lost)
    assert part.outcome == "indeterminate"
    assert part.causes == {"nothing_found"}
