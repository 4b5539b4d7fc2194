"""Where the domain once differed from the text of the policy: one minimal record each."""

from collections.abc import Sequence
from datetime import date

from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import CareSetting, Contact, ContactKind, ContactStatus, Profession
from cds_service.domain.criteria import CriterionId, ReadingKey, ReferralCriteria
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from tests.oracle.agreement import as_answered, assessed, our_criteria
from tests.oracle.second_reading import Part, second_reading

REFERRAL = Referral("ServiceRequest/1", date(2026, 6, 15), ReferralKind.IMSR, Indication.PAIN)
ADULT = Person(born=DayRange.on(date(1980, 5, 17)))
C1 = CriterionId.ALLIED_HEALTH_THERAPY
C2 = CriterionId.PSYCHOLOGICAL_CARE
O2 = CriterionId.PSYCHOSOMATIC_THERAPY
PHYSIO = frozenset({Profession.PHYSIOTHERAPIST})
PSYCHOLOGIST = frozenset({Profession.PSYCHOLOGIST})
POH_GGZ = frozenset({Profession.PRACTICE_NURSE_GGZ})


def contact(
    day: str | None,
    professions: frozenset[Profession] = PHYSIO,
    *,
    setting: CareSetting = CareSetting.PRIMARY_CARE,
    status: ContactStatus = ContactStatus.TOOK_PLACE,
    kind: ContactKind = ContactKind.TREATMENT,
    practitioner: str = "anna",
    doubts: frozenset[Cause] = frozenset(),
    source: str = "",
) -> Contact:
    return Contact(
        source=source or f"Encounter/{day}-{'-'.join(sorted(professions))}-{practitioner}",
        days=None if day is None else DayRange.on(date.fromisoformat(day)),
        professions=professions,
        practitioner=practitioner,
        setting=setting,
        status=status,
        kind=kind,
        doubts=doubts,
    )


def stated(first: str, last: str, sessions: int, professions: frozenset[Profession]) -> Contact:
    return Contact(
        source="QuestionnaireResponse/1",
        days=DayRange(date.fromisoformat(first), date.fromisoformat(last)),
        professions=professions,
        setting=CareSetting.PRIMARY_CARE,
        is_course=True,
        is_stated=True,
        sessions=sessions,
    )


FIVE_PHYSIO = tuple(
    contact(day) for day in ("2025-01-06", "2025-01-27", "2025-02-17", "2025-03-10", "2025-04-07")
)


def both(
    criterion: CriterionId,
    contacts: Sequence[Contact],
    *,
    criteria: ReferralCriteria | None = None,
    completeness: Completeness = Completeness(),  # noqa: B008 a frozen value
) -> tuple[Part, Part]:
    """The part of one criterion: of the second reading, and of the domain."""
    rule = criteria or our_criteria()
    expected = second_reading(contacts, REFERRAL, ADULT, completeness, rule)
    found = as_answered(assessed(contacts, REFERRAL, ADULT, completeness, rule))
    return expected.parts[criterion], found.parts[criterion]


def test_psychosomatic_occupational_therapy_is_never_certain_for_option_2() -> None:
    """Policy 2.4: psychosomatisch ergotherapeut is possible for o2."""
    ergo = frozenset({Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST})
    days = ("2025-01-06", "2025-01-27", "2025-02-17", "2025-03-10", "2025-03-24", "2025-04-07")
    expected, found = both(O2, [contact(day, ergo) for day in days])
    assert expected.outcome == "indeterminate"
    assert expected.causes == {Cause.PROFESSION_TO_CONFIRM}
    assert found == expected


def test_a_role_that_could_not_be_had_is_possible_wherever_it_was() -> None:
    """Policy 2.6: lost is not unknown, so the place closes nothing."""
    lost = contact(
        "2025-03-24",
        frozenset(),
        setting=CareSetting.GP_PRACTICE,
        doubts=frozenset({Cause.RECORD_INCOMPLETE}),
    )
    expected, found = both(C1, [*FIVE_PHYSIO, lost])
    assert expected.outcome == "indeterminate"
    assert expected.causes == {Cause.RECORD_INCOMPLETE}
    assert found == expected


def test_a_mental_health_nurse_elsewhere_and_a_poh_ggz_on_one_day_can_be_two() -> None:
    """Policy C1: outside a GP practice an SPV is a discipline of its own."""
    days = ("2025-09-03", "2025-09-10", "2025-09-17", "2025-09-24", "2025-10-01")
    poh = [contact(day, POH_GGZ) for day in days]
    spv = contact(
        "2025-10-01",
        frozenset({Profession.MENTAL_HEALTH_NURSE}),
        setting=CareSetting.MENTAL_HEALTH_INSTITUTION,
    )
    expected, found = both(C2, [*poh, spv])
    assert expected.outcome == "indeterminate"
    assert expected.causes == {Cause.PROFESSION_TO_CONFIRM}
    assert found == expected


def test_a_vague_contact_inside_a_stated_period_adds_nothing_to_a_larger_statement() -> None:
    """Policy 2.6: the larger number counts, never the sum."""
    march = Contact(
        source="Encounter/march",
        days=DayRange(date(2025, 3, 1), date(2025, 3, 31)),
        professions=PHYSIO,
        setting=CareSetting.PRIMARY_CARE,
    )
    expected, found = both(C1, [stated("2025-01-06", "2025-05-12", 5, PHYSIO), march])
    assert (expected.outcome, expected.possible) == ("not_met", (5, 126))
    assert (found.outcome, found.possible) == ("not_met", (5, 126))


def test_stated_care_that_meets_a_criterion_stays_met_when_the_record_is_unavailable() -> None:
    """Scenarios.md, Laws: missing data never takes a met away."""
    nothing = Completeness(
        gaps=frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES}), is_unavailable=True
    )
    care = [stated("2025-01-06", "2025-05-12", 9, PHYSIO)]
    expected, found = both(C1, care, completeness=nothing)
    assert expected.outcome == "met"
    assert found.outcome == "met"


def test_two_doubtful_contacts_on_one_day_both_say_why() -> None:
    """Policy 2.11: because holds every cause that applies."""
    contacts = [
        *FIVE_PHYSIO,
        contact("2025-03-24", status=ContactStatus.UNKNOWN, source="Encounter/a"),
        contact("2025-03-24", kind=ContactKind.ASYNCHRONOUS, source="Encounter/b"),
    ]
    expected, found = both(C1, contacts)
    assert expected.causes == {Cause.STATUS_UNKNOWN, Cause.ASYNCHRONOUS_CONTACT}
    assert found == expected


def test_under_pooling_by_therapist_a_day_with_two_therapists_belongs_to_both() -> None:
    """Policy A3: each therapist keeps the days on which another came too."""
    criteria = our_criteria().read_as(ReadingKey.POOLING, "therapist")
    contacts = [
        contact("2025-03-03", PSYCHOLOGIST, practitioner="anna", source="Encounter/b"),
        contact("2025-03-03", PSYCHOLOGIST, practitioner="bram", source="Encounter/a"),
        contact("2025-05-26", PSYCHOLOGIST, practitioner="anna", source="Encounter/c"),
    ]
    expected, found = both(C2, contacts, criteria=criteria)
    assert expected.outcome == "met"
    assert found.outcome == "met"


def test_under_a_longest_gap_an_undated_contact_bridges_no_long_gap() -> None:
    """Policy B7: one contact on one day cannot bridge two years."""
    criteria = our_criteria().read_as(ReadingKey.LONGEST_GAP_DAYS, "42")
    contacts = [contact("2025-03-03", PSYCHOLOGIST), contact(None, PSYCHOLOGIST, source="x")]
    expected, found = both(C2, contacts, criteria=criteria)
    assert expected.outcome == "not_met"
    assert found.outcome == "not_met"


def test_a_contact_that_another_one_explains_is_not_the_session_of_a_stated_course() -> None:
    """Policy C1 and 2.6: whichever it was, five days of physiotherapy and the course are six."""
    days = ("2024-06-15", "2024-06-16", "2024-06-22", "2024-06-25", "2024-09-07")
    unsure = contact("2024-06-15", frozenset({Profession.PSYCHOSOMATIC_THERAPIST}))
    exercise = frozenset({Profession.EXERCISE_THERAPIST})
    care = [
        *(contact(day) for day in days),
        unsure,
        stated("2024-06-15", "2024-06-28", 1, exercise),
    ]
    expected, found = both(C1, care)
    assert expected.certain == (6, 84)
    assert found.certain == (6, 84)


def test_undated_contacts_of_several_disciplines_can_share_a_day() -> None:
    """Policy B7 and C1: three on two days are three, where they can be two disciplines."""
    care = [
        Contact(
            source=f"Encounter/{number}",
            days=DayRange(date(2025, 3, 3), date(2025, 3, 4)),
            professions=frozenset({Profession.PSYCHOSOMATIC_THERAPIST}),
            setting=CareSetting.PRIMARY_CARE,
        )
        for number in range(3)
    ]
    expected, found = both(C1, care)
    assert expected.possible == (3, 1)
    assert found.possible == (3, 1)


def test_under_a_longest_gap_undated_contacts_can_make_a_run_of_their_own() -> None:
    """Policy A4 and B7: June to August 2024 can be 77 days, whatever came a year later."""
    criteria = our_criteria().read_as(ReadingKey.LONGEST_GAP_DAYS, "84")
    vague = [
        Contact(
            source=f"Encounter/{first}",
            days=DayRange(date.fromisoformat(first), date.fromisoformat(last)),
            professions=PSYCHOLOGIST,
            setting=CareSetting.PRIMARY_CARE,
        )
        for first, last in (("2024-06-15", "2024-06-30"), ("2024-08-01", "2024-08-31"))
    ]
    care = [*vague, contact("2025-06-15", PSYCHOLOGIST)]
    expected, found = both(C2, care, criteria=criteria)
    assert expected.outcome == "indeterminate"
    assert found.outcome == "indeterminate"


def test_where_open_contacts_count_one_without_an_end_may_run_on() -> None:
    """Policy B11: one session on the start day for certain, and any number up to the referral."""
    criteria = our_criteria().read_as(ReadingKey.STATUS_OPEN, "counts")
    started = contact("2025-09-03", POH_GGZ, status=ContactStatus.OPEN).but(has_open_end=True)
    expected, found = both(C2, [started], criteria=criteria)
    assert (expected.outcome, expected.certain, expected.possible) == (
        "indeterminate", (1, 0), (None, 285),
    )  # fmt: skip
    assert found == expected


def test_an_undated_contact_can_make_the_found_sessions_more_than_the_stated_ones() -> None:
    """Policy 2.6 and B7: five found and one in March can be six, whatever is stated."""
    march = Contact(
        source="Encounter/march",
        days=DayRange(date(2025, 3, 1), date(2025, 3, 31)),
        professions=PHYSIO,
        setting=CareSetting.PRIMARY_CARE,
    )
    care = [*FIVE_PHYSIO, march, stated("2025-01-06", "2025-05-12", 5, PHYSIO)]
    expected, found = both(C1, care)
    assert (expected.outcome, expected.possible) == ("indeterminate", (6, 126))
    assert found == expected


def test_what_is_stated_is_not_added_to_one_of_two_unsure_contacts_in_its_period() -> None:
    """Policy 2.6: at most one of the two is psychology, and then it is the stated session."""
    unsure = frozenset({Profession.PSYCHOLOGIST, Profession.PSYCHOTHERAPIST})
    care = [
        contact("2025-03-10", unsure, source="Encounter/1"),
        contact("2025-03-10", unsure, source="Encounter/2"),
        stated("2025-03-03", "2025-03-17", 1, PSYCHOLOGIST),
    ]
    expected, found = both(C2, care)
    assert expected.possible == (2, 14)
    assert found.possible == (3, 14)  # a bound from above


def test_an_admission_abroad_stays_care_abroad_where_hospitals_count() -> None:
    """Policy 2.4 Where: its class keeps it from c1 only as that of a hospital does."""
    criteria = our_criteria().read_as(ReadingKey.HOSPITAL_ALLIED_HEALTH, "counts")
    plain = contact("2025-03-24", setting=CareSetting.ABROAD)
    care = [*FIVE_PHYSIO, plain.but(is_inpatient=True)]
    expected, found = both(C1, care, criteria=criteria)
    assert expected.outcome == "indeterminate"
    assert expected.causes == {Cause.SETTING_ABROAD}
    assert found == expected


def test_two_contacts_of_one_day_can_be_two_where_the_discipline_is_not_told() -> None:
    """Policy C2 and C3: a psychosomatic therapist is of one of three disciplines."""
    someone = frozenset({Profession.PSYCHOSOMATIC_THERAPIST})
    care = [
        contact("2025-03-10", someone, source="Encounter/1"),
        contact("2025-03-10", someone, source="Encounter/2", status=ContactStatus.UNKNOWN),
    ]
    expected, found = both(C1, care)
    assert (expected.certain, expected.possible) == ((1, 0), (2, 0))
    assert found == expected


def test_where_therapists_are_not_added_up_two_without_a_name_are_not_certainly_one() -> None:
    """Policy A3, reading `therapist`: who must reach the thresholds alone is not known here."""
    criteria = our_criteria().read_as(ReadingKey.POOLING, "therapist")
    days = ("2025-03-10", "2025-06-02")
    care = [contact(day, PSYCHOLOGIST, practitioner="") for day in days]
    expected, found = both(C2, care, criteria=criteria)
    assert expected.outcome == "indeterminate"
    assert found.outcome == "indeterminate"


def test_stated_care_without_a_name_takes_no_session_from_a_therapist() -> None:
    """Policy 2.10: under `pooling=therapist` bram alone reaches the 84 days."""
    criteria = our_criteria().read_as(ReadingKey.POOLING, "therapist")
    contacts = [
        contact("2024-06-15", POH_GGZ, practitioner="bram"),
        contact("2024-09-07", PSYCHOLOGIST, practitioner="bram"),
        stated("2024-06-15", "2024-06-15", 1, POH_GGZ),
    ]
    expected, found = both(C2, contacts, criteria=criteria)
    assert (expected.outcome, found.outcome) == ("met", "met")
