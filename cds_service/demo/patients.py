"""What an invented patient is made of: contacts, courses, statements, and a referral.

The patients themselves are in :mod:`cds_service.demo.stories`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from cds_service.demo.care_providers import CareGiver, Practice

REFERRAL_DATE: Final = date(2026, 6, 15)
"""The day of every demo referral; the lookback runs from 15 June 2024."""

MEMO: Final = "11"
"""NHG table 14: a note in the record, which is no contact with the patient."""


@dataclass(frozen=True, slots=True)
class Visits:
    """`number` contacts with one care giver, the first on a day, then each so many days later.

    `place` is where they were, if not in the care giver's own practice. `kind` is a code of NHG
    table 14. `is_midnight_in_utc`: the system knows the day only and writes its first instant, in
    the Netherlands, as UTC: 22:00 or 23:00 of the day before.
    """

    giver: CareGiver
    first: date
    every: int  # days
    number: int
    status: str = "finished"
    place: Practice | None = None
    kind: str = ""
    is_midnight_in_utc: bool = False

    @property
    def days(self) -> tuple[date, ...]:
        """The day of each contact."""
        return tuple(self.first + timedelta(days=self.every * n) for n in range(self.number))


@dataclass(frozen=True, slots=True)
class Course:
    """A whole treatment as one Procedure with a period, without the number of sessions."""

    giver: CareGiver
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Statement:
    """A course given elsewhere, as the referrer states it in the form of the service."""

    discipline: str  # code of the therapist categories
    display: str
    first: date
    last: date
    number: int
    content: str
    result: str


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """An invented patient, what the record holds, and the referral that is about to be signed.

    `shows` is the sentence that the demo prints. `born` is a FHIR date, in full or in part. `asks`
    is the text of the order, `reason` the reason for the referral; an empty reason is left out of
    the order.
    """

    key: str
    given: str
    family: str
    gender: str
    born: str
    shows: str
    visits: tuple[Visits, ...] = ()
    courses: tuple[Course, ...] = ()
    statements: tuple[Statement, ...] = ()
    asks: str = "Interdisciplinaire medisch specialistische revalidatie (iMSR)"
    reason: str = "Aanhoudende lage rugpijn"

    @property
    def id(self) -> str:
        """The id of the Patient on the FHIR server."""
        return f"imsr-demo-{self.key}"

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given} {self.family}"


def poh_ggz(number: int, *, every: int = 14, first: date = date(2025, 9, 2)) -> Visits:
    """Contacts with the POH-GGZ in the GP practice."""
    return Visits(CareGiver.POH_GGZ, first, every, number)


def physiotherapy(number: int, every: int, *, first: date = date(2025, 9, 1)) -> Visits:
    """Sessions in a physiotherapy practice."""
    return Visits(CareGiver.PHYSIOTHERAPIST, first, every, number)


ENOUGH_PHYSIOTHERAPY: Final = physiotherapy(9, 14)
"""Nine sessions in sixteen weeks."""

ENOUGH_POH_GGZ: Final = poh_ggz(7)
"""Seven contacts in twelve weeks."""
