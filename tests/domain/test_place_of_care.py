"""What the place of a contact decides: unknown, lost, a hospital, abroad (policy 2.4)."""

import pytest

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import CareSetting, ContactKind, Profession
from cds_service.domain.ledger import Standing
from tests.domain.judged import C1, C2, changed, finding_of, reasons, session, spread, stated

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


def test_what_never_counts_is_not_said_to_be_excluded_by_the_site() -> None:
    in_hospital = session("2025-03-03", Profession.PSYCHOLOGIST, setting=CareSetting.HOSPITAL)
    screening = in_hospital.but(source="Encounter/s", kind=ContactKind.SCREENING)
    finding = finding_of([in_hospital, screening], C2, secondary_care="not")
    assert [entry.standing for entry in finding.ledger.entries] == [Standing.NOT_COUNTED] * 2
    assert reasons(finding) == [Reason.EXCLUDED_BY_READING, Reason.SCREENING]


@pytest.mark.parametrize(
    ("setting", "readings"),
    [
        (CareSetting.ABROAD, {"abroad": "not"}),
        (CareSetting.UNKNOWN, {"setting_unknown": "not"}),
    ],
)
def test_a_place_that_a_site_leaves_out_is_the_reason(
    setting: CareSetting, readings: dict[str, str]
) -> None:
    finding = finding_of([session("2025-03-03", setting=setting)], C1, **readings)
    assert reasons(finding) == [Reason.EXCLUDED_BY_READING]


def test_an_unknown_place_is_the_cause_where_a_site_doubts_it() -> None:
    contacts = changed(spread("2025-02-03", 84, 7), setting=CareSetting.UNKNOWN)
    finding = finding_of(contacts, setting_unknown="possible")
    assert finding.causes == (Cause.SETTING_UNKNOWN,)


@pytest.mark.parametrize("value", ["not", "possible"])
def test_stated_care_is_not_of_an_unknown_place(value: str) -> None:
    care = stated("2025-02-03", "2025-05-05", 9)
    assert finding_of([care], setting_unknown=value).outcome.label == "met"
