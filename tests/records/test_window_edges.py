"""Both edges of the two years before 15 June 2026, in every way to write a time."""

from datetime import date
from typing import Any, Final

import pytest

from cds_service.criteria_files import load_criteria
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.counting import count
from cds_service.domain.criteria import CriterionId
from cds_service.domain.ledger import LedgerEntry, Standing
from tests.fhir_mappings.made_records import LOOKBACK, contact_of, encounter, procedure, ref, role

Json = dict[str, Any]

BEFORE, AFTER = Reason.BEFORE_WINDOW, Reason.AFTER_REFERRAL
PHYSIO: Final = role("r1", "0400")


def entry_of(resource: Json) -> LedgerEntry:
    """The contact as the criterion for allied health therapy sees it."""
    contact = contact_of(resource, PHYSIO)
    criteria = load_criteria(None).in_force(date(2026, 6, 15))
    (entry,) = (
        count([contact], criteria, LOOKBACK, is_complete=True)
        .of(CriterionId.ALLIED_HEALTH_THERAPY)
        .entries
    )
    return entry


def visit(**period: str) -> Json:
    return encounter(ref("PractitionerRole/r1"), period=period)


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        pytest.param("2024-06-14", BEFORE, id="the day before the first"),
        pytest.param("2024-06-15", None, id="the first day"),
        pytest.param("2026-06-15", None, id="the day of the referral"),
        pytest.param("2026-06-16", AFTER, id="the day after it"),
        pytest.param("2024-06-14T21:59:59Z", BEFORE, id="a second before the first day, in UTC"),
        pytest.param("2024-06-14T22:00:00Z", None, id="the first second, in UTC"),
        pytest.param("2024-06-14T23:59:59+02:00", BEFORE, id="the second before, in Amsterdam"),
        pytest.param("2024-06-15T00:00:00+02:00", None, id="the first second, in Amsterdam"),
        pytest.param("2024-06-14T12:00:00-10:00", None, id="the first second, in Hawaii"),
        pytest.param("2024-06-15T11:59:59+14:00", BEFORE, id="already the 15th far in the east"),
        pytest.param("2026-06-15T21:59:59Z", None, id="the last second, in UTC"),
        pytest.param("2026-06-15T22:00:00Z", AFTER, id="a second too late, in UTC"),
        pytest.param("2026-06-15T14:00:00-10:00", AFTER, id="still the 15th far in the west"),
        pytest.param("2026-06-16T11:59:59+14:00", None, id="already the 16th far in the east"),
    ],
)
def test_a_contact_counts_by_its_day_in_amsterdam(start: str, reason: Reason | None) -> None:
    as_procedure = procedure(ref("PractitionerRole/r1"), performedDateTime=start)
    for resource in (visit(start=start), visit(start=start, end=start), as_procedure):
        entry = entry_of(resource)
        expected = Standing.NOT_COUNTED if reason else Standing.CERTAIN
        assert (entry.standing, entry.reason) == (expected, reason)


@pytest.mark.parametrize(
    ("start", "standing"),
    [
        pytest.param("2024-05", Standing.NOT_COUNTED, id="a month before the window"),
        pytest.param("2024-06", Standing.POSSIBLE, id="the month of the first day"),
        pytest.param("2025", Standing.POSSIBLE, id="a year inside"),
        pytest.param("2026-06", Standing.POSSIBLE, id="the month of the referral"),
        pytest.param("2026-07", Standing.NOT_COUNTED, id="a month after it"),
        pytest.param("2026-06-15T25:00:00+02:00", Standing.POSSIBLE, id="an impossible hour"),
        pytest.param("2025-02-30", Standing.POSSIBLE, id="an impossible day"),
        pytest.param("2026-06-15T10:00:00+20:00", Standing.POSSIBLE, id="an impossible zone"),
        pytest.param("0025-06-15", Standing.POSSIBLE, id="a year that is no year"),
        pytest.param("2225-06-15", Standing.POSSIBLE, id="a year too far away"),
    ],
)
def test_a_date_that_is_not_known_is_never_certain(start: str, standing: Standing) -> None:
    entry = entry_of(visit(start=start))
    assert entry.standing is standing
    vague = frozenset({Cause.DATE_IMPRECISE}) if standing is Standing.POSSIBLE else frozenset()
    assert entry.causes == vague


@pytest.mark.parametrize(
    ("start", "end", "days", "evidence"),
    [
        pytest.param("2024-01-08", "2024-06-14", None, False, id="ends the day before"),
        pytest.param("2024-01-08", "2024-06-15", 0, True, id="ends on the first day"),
        pytest.param("2024-01-08", "2024-09-07", 84, True, id="clipped at the first day"),
        pytest.param("2026-03-23", "2026-08-01", 84, True, id="clipped at the referral"),
        pytest.param("2026-06-15", "2026-08-01", 0, True, id="starts on the last day"),
        pytest.param("2026-06-16", "2026-08-01", None, False, id="starts the day after"),
        pytest.param(
            "2024-06-14T21:00:00Z", "2024-06-16T10:00:00Z", 1, True, id="clipped by an hour"
        ),
    ],
)
def test_a_course_lasts_as_long_as_it_lies_inside(
    start: str,
    end: str,
    days: int | None,
    evidence: bool,  # noqa: FBT001
) -> None:
    entry = entry_of(visit(start=start, end=end))
    assert (entry.days.days if entry.days else None) == days
    assert entry.is_evidence is evidence


@pytest.mark.parametrize(
    ("start", "end", "is_course"),
    [
        pytest.param(
            "2025-03-29T12:00:00+01:00", "2025-03-30T13:00:00+02:00", False, id="24 hours in spring"
        ),
        pytest.param(
            "2025-10-25T12:00:00+02:00", "2025-10-26T12:00:00+01:00", True, id="25 hours in autumn"
        ),
        pytest.param(
            "2025-03-30T02:30:00", "2025-03-30T03:30:00", False, id="an hour that was not"
        ),
        pytest.param(
            "2025-10-26T02:30:00", "2025-10-26T02:45:00", False, id="an hour that was twice"
        ),
    ],
)
def test_a_night_of_daylight_saving_time_is_counted_in_hours(
    start: str,
    end: str,
    is_course: bool,  # noqa: FBT001
) -> None:
    assert entry_of(visit(start=start, end=end)).is_course is is_course
