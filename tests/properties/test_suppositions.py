"""A flag "only by this" is given exactly where the criterion would not be met without it.

The domain does not count again where the rest meets the criterion by itself. Here everything is
counted again, from the contacts on.
"""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.assessment import Completeness, CriterionFinding, FlagId, Outcome
from cds_service.domain.contacts import CareSetting, Contact, ContactKind, Profession
from cds_service.domain.criteria import ReadingKey
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from tests.kit.effort import examples
from tests.oracle.agreement import assessed, our_criteria
from tests.properties.strategies import contacts, numbered, stated_courses

CRITERIA = our_criteria()
DAY = date(2026, 6, 15)
ADULT = Person(born=DayRange.on(date(1980, 5, 17)))
REFERRAL = Referral("ServiceRequest/draft-1", DAY, ReferralKind.IMSR, Indication.PAIN)
P, S, K = Profession, CareSetting, ReadingKey

FACTS = [
    (FlagId.POOLED_ONLY, K.POOLING, "discipline"),
    (FlagId.INTAKE_DECISIVE, K.INTAKE, "not"),
    (FlagId.SECONDARY_CARE_COUNTED, K.SECONDARY_CARE, "not"),
    (FlagId.PSYCHOSOMATIC_AS_PHYSIO, K.PSYCHOSOMATIC_AS_ALLIED_HEALTH, "no"),
    (FlagId.SETTING_UNKNOWN, K.SETTING_UNKNOWN, "not"),
]
CARE = (
    (P.PHYSIOTHERAPIST, P.PSYCHOSOMATIC_PHYSIOTHERAPIST, P.EXERCISE_THERAPIST),
    (P.PSYCHOSOMATIC_PHYSIOTHERAPIST, P.PSYCHOSOMATIC_EXERCISE_THERAPIST),
    (P.PSYCHOLOGIST, P.PRACTICE_NURSE_GGZ),
)


@st.composite
def met_or_nearly(draw: st.DrawFn) -> tuple[Contact, ...]:
    """Six to eight sessions of one sort of care over twelve weeks, and a few other contacts."""
    professions = draw(st.sampled_from(CARE))
    places = st.sampled_from((S.PRIMARY_CARE, S.PRIMARY_CARE, S.UNKNOWN, S.HOSPITAL))
    found = [
        Contact(
            source="",
            days=DayRange.on(date(2026, 1, 5) + timedelta(days=12 * week)),
            professions=frozenset({draw(st.sampled_from(professions))}),
            practitioner="anna",
            setting=draw(places),
            kind=draw(st.sampled_from((ContactKind.TREATMENT,) * 4 + (ContactKind.INTAKE,))),
        )
        for week in range(draw(st.integers(6, 8)))
    ]
    found += draw(st.lists(contacts(DAY), max_size=3))
    found += draw(st.lists(stated_courses(DAY), max_size=1))
    return numbered(found)


@pytest.mark.parametrize(("flag", "key", "value"), FACTS)
@settings(
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(record=met_or_nearly())
def test_a_flag_is_given_where_a_met_criterion_would_have_another_outcome_without_its_fact(
    flag: FlagId, key: ReadingKey, value: str, record: tuple[Contact, ...]
) -> None:
    told = assessed(record, REFERRAL, ADULT, Completeness(), CRITERIA)
    without = assessed(record, REFERRAL, ADULT, Completeness(), CRITERIA.read_as(key, value))
    flagged = {each.criterion for each in told.flags if each.id is flag}
    findings: list[CriterionFinding] = [each for o in told.options for each in o.findings]
    for finding in findings:
        name = finding.criterion.id
        if finding.outcome is Outcome.MET:
            is_other = without.finding(name).outcome is not Outcome.MET
            assert (name in flagged) == is_other
