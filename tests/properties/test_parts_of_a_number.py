"""What a card names per discipline adds up to the number of the criterion."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.treatments import treatments_of
from tests.kit.effort import examples
from tests.oracle.agreement import assessed
from tests.oracle.entries import Case
from tests.properties.strategies import records, referral_days


@settings(
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_the_sessions_per_discipline_are_those_of_the_certain_tally(data: st.DataObject) -> None:
    day = data.draw(referral_days)
    for finding in assessed(data.draw(records(day)), Case(day)).findings:
        parts = treatments_of(finding)
        assert sum(each.sessions for each in parts) == finding.ledger.certain.sessions
        assert all(each.sessions > 0 for each in parts)
