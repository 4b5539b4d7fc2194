"""Which readings would change the outcome of one patient (policy P5, 2.10)."""

from dataclasses import replace
from datetime import date

import pytest

from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Completeness, Outcome, RecordPart
from cds_service.domain.contacts import ContactKind, ContactStatus, Profession
from cds_service.domain.criteria import ReadingKey
from cds_service.domain.other_readings import OtherReading, OtherReadings, other_readings
from cds_service.domain.referral import Indication
from tests.domain.judged import CRITERIA, REFERRAL, changed, judge, session, spread, stated
from tests.domain.test_readings_on_the_table import CHANGES, STORIES

PSYCHOLOGIST = Profession.PSYCHOLOGIST
MET, NOT_MET, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.INDETERMINATE
ENOUGH_PSYCHOLOGY = spread("2025-09-01", 84, 6, PSYCHOLOGIST)


def changing_of(row: str) -> set[tuple[str, str]]:
    """Reading and outcome, as the literals of the table have it."""
    return {
        (f"{key}={value}", change.rpartition(" -> ")[2])
        for (key, value), changes in CHANGES.items()
        for change, rows in changes.items()
        if row in rows.split()
    }


@pytest.mark.parametrize("row", STORIES)
def test_of_each_story_exactly_the_readings_that_change_it_are_named(row: str) -> None:
    told = STORIES[row]
    assessment = judge(
        told.contacts,
        referral=told.referral,
        person=told.person,
        completeness=told.completeness,
    )
    found = other_readings(assessment)
    assert {(each.id, each.outcome.label) for each in found.changing} == changing_of(row)
    assert found.not_tried == ()


def test_they_come_in_the_order_of_the_policy() -> None:
    """Twelve weekly sessions run 77 days; with the last one by e-mail that is asked as well."""
    mail = session("2026-06-08").but(kind=ContactKind.ASYNCHRONOUS)
    contacts = [*spread("2026-03-23", 70, 11), mail, *ENOUGH_PSYCHOLOGY]
    assert other_readings(judge(contacts)).changing == (OtherReading("asynchronous=not", NOT_MET),)
    certain = [*spread("2026-03-23", 77, 12), *ENOUGH_PSYCHOLOGY]
    assert other_readings(judge(certain)).changing == (OtherReading("min-days=77", MET),)


def test_a_status_that_is_not_known_is_read_otherwise() -> None:
    """What a reading leaves out is a trace of this care all the same (policy A2)."""
    unknown = changed(spread("2026-03-16", 84, 6), status=ContactStatus.UNKNOWN)
    found = other_readings(judge([*unknown, *ENOUGH_PSYCHOLOGY]))
    assert found.changing == (
        OtherReading("status-unknown=counts", MET),
        OtherReading("status-unknown=not", NOT_MET),
    )


def test_stated_care_is_left_out_by_a_reading() -> None:
    care = stated("2025-09-01", "2026-01-12", 9, Profession.PHYSIOTHERAPIST)
    found = other_readings(judge([care, *ENOUGH_PSYCHOLOGY]))
    assert OtherReading("stated-care=not", OPEN) in found.changing


def test_a_site_that_reads_otherwise_is_told_the_default_as_an_alternative() -> None:
    site = CRITERIA.read_as(ReadingKey.MIN_DAYS, "77")
    contacts = [*spread("2026-03-23", 77, 12), *ENOUGH_PSYCHOLOGY]
    assert other_readings(judge(contacts, criteria=site)).changing == (
        OtherReading("min-days=84", OPEN),
        OtherReading("min-days=83", OPEN),
    )


def test_by_the_first_revision_its_own_readings_are_tried() -> None:
    first = next(each for each in load_criteria().revisions if each.revision == 1)
    contacts = [*spread("2026-03-23", 77, 12), *ENOUGH_PSYCHOLOGY]
    found = other_readings(judge(contacts, criteria=first))
    assert OtherReading("min-days=77", MET) in found.changing


def test_where_time_runs_out_the_rest_is_named() -> None:
    answers = iter([True, True, False])
    contacts = [*spread("2026-03-23", 77, 12), *ENOUGH_PSYCHOLOGY]
    found = other_readings(judge(contacts), has_time=lambda: next(answers))
    assert found.changing == ()
    assert found.not_tried[0] == "evidence-sessions=1"
    assert found.not_tried[-1] == "stated-care=not"
    assert len(found.not_tried) == 31


def test_what_does_not_apply_has_no_readings() -> None:
    other = replace(REFERRAL, indication=Indication.OTHER)
    assert other_readings(judge(ENOUGH_PSYCHOLOGY, referral=other)) == OtherReadings()
    before = replace(REFERRAL, date=date(2026, 4, 19))
    assert other_readings(judge(ENOUGH_PSYCHOLOGY, referral=before)) == OtherReadings()


def test_on_an_incomplete_record_no_reading_makes_a_no() -> None:
    gap = Completeness(frozenset({RecordPart.PROCEDURES}))
    found = other_readings(judge(spread("2026-03-23", 77, 12), completeness=gap))
    assert NOT_MET not in {each.outcome for each in found.changing}
