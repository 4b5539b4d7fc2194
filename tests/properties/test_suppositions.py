"""A flag "only by this" is given exactly where the criterion would not be met without it.

The domain does not count again where the rest meets the criterion by itself. Here everything is
counted again, from the contacts on.
"""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.assessment import FlagId, Outcome
from tests.kit.effort import examples
from tests.oracle.agreement import assessed
from tests.oracle.entries import Case, Days, Entry, Kind, Place, Status, Who
from tests.oracle.readings import but
from tests.properties.strategies import entries, numbered, stated_courses, with_statuses

DAY = date(2026, 6, 15)

FACTS = [
    (FlagId.POOLED_ONLY, "pooling", "discipline"),
    (FlagId.INTAKE_DECISIVE, "intake", "not"),
    (FlagId.SECONDARY_CARE_COUNTED, "secondary-care", "not"),
    (FlagId.PSYCHOSOMATIC_AS_PHYSIO, "psychosomatic-as-allied-health", "no"),
    (FlagId.SETTING_UNKNOWN, "setting-unknown", "not"),
    (FlagId.REMOTE_DECISIVE, "remote", "not"),
    (FlagId.STATUS_NOT_RECORDED, "status-unknown", "possible"),
]
CARE = (
    (Who.PHYSIO, Who.PSYCHOSOMATIC_PHYSIO, Who.EXERCISE),
    (Who.PSYCHOSOMATIC_PHYSIO, Who.PSYCHOSOMATIC_EXERCISE),
    (Who.PSYCHOLOGIST, Who.POH_GGZ),
)
KINDS = (Kind.TREATMENT,) * 4 + (Kind.INTAKE, Kind.REMOTE)


@st.composite
def met_or_nearly(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Six to eight sessions of one sort of care over twelve weeks, and a few other contacts."""
    whose = draw(st.sampled_from(CARE))
    places = st.sampled_from((Place.FIRST_LINE, Place.FIRST_LINE, Place.UNKNOWN, Place.HOSPITAL))
    is_known = draw(st.booleans())
    found = [
        Entry(
            source="",
            days=Days.on(date(2026, 1, 5) + timedelta(days=17 * at)),
            who=frozenset({draw(st.sampled_from(whose))}),
            practitioner="anna",
            place=draw(places),
            kind=draw(st.sampled_from(KINDS)),
            status=Status.TOOK_PLACE if is_known else Status.UNKNOWN,
        )
        for at in range(draw(st.integers(6, 8)))
    ]
    if is_known:
        found += draw(st.lists(entries(DAY), max_size=3))
    found += draw(st.lists(stated_courses(DAY), max_size=1))
    return with_statuses(numbered(found)) if is_known else numbered(found)


@settings(
    max_examples=examples(120),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(record=met_or_nearly())
def test_a_flag_is_given_where_a_met_criterion_would_have_another_outcome_without_its_fact(
    record: tuple[Entry, ...],
) -> None:
    told = assessed(record, Case(DAY))
    met = {each.criterion.id for each in told.findings if each.outcome is Outcome.MET}
    for flag, key, value in FACTS if met else ():
        without = assessed(record, Case(DAY), but(key, value))
        hang_on_it = {name for name in met if without.finding(name).outcome is not Outcome.MET}
        flagged = {each.criterion for each in told.flags if each.id is flag} & met
        assert (flag, flagged) == (flag, hang_on_it)
