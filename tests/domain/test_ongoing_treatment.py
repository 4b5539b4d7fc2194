"""The flag `ongoing`: treatment that goes on, and what is planned (policy B10)."""

from datetime import date

import pytest

from cds_service.domain.assessment import Flag, FlagId
from cds_service.domain.contacts import Contact, ContactStatus, Profession
from tests.domain.judged import C1, changed, flags_of, session, spread

PSYCHOLOGIST = Profession.PSYCHOLOGIST


@pytest.mark.parametrize(
    ("contact", "goes_on"),
    [
        pytest.param(session("2026-05-04"), True, id="42 days before"),
        pytest.param(session("2026-05-03"), False, id="43 days before"),
        pytest.param(session("2026-05-18").but(status=ContactStatus.OPEN), True, id="open"),
        pytest.param(
            session("2026-05-18").but(status=ContactStatus.UNKNOWN),
            False,
            id="doubtful for another cause",
        ),
        pytest.param(
            session("2026-05-18", PSYCHOLOGIST).but(status=ContactStatus.OPEN),
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
    planned = session("2026-08-10", PSYCHOLOGIST).but(status=ContactStatus.PLANNED)
    found = flags_of([*spread("2026-05-04", 28, 5), planned])
    assert found == [Flag(FlagId.ONGOING, C1, sessions=1)]


def test_of_more_planned_sessions_than_are_missing_the_last_missing_one_counts() -> None:
    """Two are missing and three are planned; 84 days are reached on 27 July."""
    planned = changed(spread("2026-08-03", 28, 3), status=ContactStatus.PLANNED)
    found = flags_of([*spread("2026-05-04", 28, 4), *planned])
    assert found == [Flag(FlagId.ONGOING, C1, sessions=2, earliest=date(2026, 8, 17))]
