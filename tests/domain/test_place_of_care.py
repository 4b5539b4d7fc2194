"""What the place of a contact decides: unknown, lost, an admission, abroad (policy 2.4)."""

import pytest

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import CareSetting
from tests.domain.judged import changed, finding_of, spread

LOST = frozenset({Cause.RECORD_INCOMPLETE})


@pytest.mark.parametrize("value", ["not", "possible"])
def test_a_place_that_was_lost_is_not_an_unknown_place(value: str) -> None:
    """Policy 2.6."""
    finding = finding_of(
        changed(spread("2025-01-06", 91, 6), setting=CareSetting.UNKNOWN, doubts=LOST),
        setting_unknown=value,
    )
    assert finding.outcome.label == "indeterminate"
    assert {*finding.ledger.doubts} == {Cause.RECORD_INCOMPLETE}


@pytest.mark.parametrize("value", ["not", "possible"])
def test_a_place_that_is_known_counts_whatever_is_made_of_unknown_ones(value: str) -> None:
    assert finding_of(spread("2025-01-06", 91, 6), setting_unknown=value).outcome.label == "met"


def test_an_admission_is_a_known_place() -> None:
    """The class overrides the place: never first line, which this site counts."""
    admitted = changed(spread("2025-01-06", 91, 6), setting=CareSetting.UNKNOWN, is_inpatient=True)
    finding = finding_of(admitted, hospital_allied_health="counts", setting_unknown="not")
    assert finding.outcome.label == "met"


def test_an_admission_abroad_stays_care_abroad() -> None:
    admitted = changed(spread("2025-01-06", 91, 6), setting=CareSetting.ABROAD, is_inpatient=True)
    finding = finding_of(admitted, hospital_allied_health="counts")
    assert finding.outcome.label == "indeterminate"
    assert finding.ledger.doubts == {Cause.SETTING_ABROAD}
