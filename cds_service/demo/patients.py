"""Eleven invented patients, one per kind of card, all referred on 15 June 2026.

Each shows one thing; :data:`DEMO_PATIENTS` says which. Their records hold first-line and hospital
contacts as Dutch systems send them: GP contacts beside therapy, one contact without a role, one
course as a single Procedure.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from cds_service.demo.care_providers import CareGiver

REFERRAL_DATE: Final = date(2026, 6, 15)
"""The day of every demo referral; the lookback runs from 15 June 2024."""


@dataclass(frozen=True, slots=True)
class Visits:
    """`number` contacts with one care giver, the first on a day, then each so many days later."""

    giver: CareGiver
    first: date
    every: int  # days
    number: int

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
class DemoPatient:
    """An invented patient, what the record holds, and the referral that is about to be signed.

    `shows` is the sentence that the demo prints. `asks` is the text of the order, `reason` the
    reason for the referral; an empty reason is left out of the order.
    """

    key: str
    given: str
    family: str
    gender: str
    born: date
    shows: str
    visits: tuple[Visits, ...] = ()
    courses: tuple[Course, ...] = ()
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


def _poh_ggz(number: int, first: date = date(2025, 9, 2)) -> Visits:
    return Visits(CareGiver.POH_GGZ, first, 14, number)


def _physiotherapy(number: int, every: int, first: date = date(2025, 9, 1)) -> Visits:
    return Visits(CareGiver.PHYSIOTHERAPIST, first, every, number)


DEMO_PATIENTS: Final = (
    DemoPatient(
        "optie-1",
        "Anneke",
        "Brouwer",
        "female",
        date(1978, 3, 9),
        "Fourteen weekly physiotherapy sessions and seven contacts with the POH-GGZ: number and "
        "duration of option 1 are shown.",
        (_physiotherapy(14, 7), _poh_ggz(7)),
    ),
    DemoPatient(
        "optie-2",
        "Willem",
        "van Leeuwen",
        "male",
        date(1969, 11, 21),
        "Eight sessions with a psychosomatic physiotherapist in fourteen weeks: option 2 is shown "
        "without a psychologist.",
        (Visits(CareGiver.PSYCHOSOMATIC_THERAPIST, date(2025, 10, 6), 14, 8),),
    ),
    DemoPatient(
        "ziekenhuis",
        "Fatima",
        "el Idrissi",
        "female",
        date(1985, 7, 30),
        "Four first-line and five hospital physiotherapy sessions: the hospital ones do not "
        "count, so two sessions are missing.",
        (
            _physiotherapy(4, 28),
            Visits(CareGiver.HOSPITAL_PHYSIOTHERAPIST, date(2025, 6, 2), 7, 5),
            _poh_ggz(7),
        ),
    ),
    DemoPatient(
        "weinig-ggz",
        "Jan",
        "Postma",
        "male",
        date(1962, 1, 14),
        "Enough physiotherapy, but only two POH-GGZ contacts in three weeks: part 2 of option 1 "
        "falls short.",
        (_physiotherapy(10, 14), Visits(CareGiver.POH_GGZ, date(2026, 2, 3), 21, 2)),
    ),
    DemoPatient(
        "twaalf-weken",
        "Chantal",
        "Dekkers",
        "female",
        date(1991, 5, 2),
        "A twelve-week programme: twelve weekly sessions run 77 days from the first to the last, "
        "so whether 12 weeks are reached is uncertain.",
        (_physiotherapy(12, 7), _poh_ggz(7)),
    ),
    DemoPatient(
        "geen-fysio",
        "Pieter",
        "Kuipers",
        "male",
        date(1974, 8, 25),
        "A psychologist, but no physiotherapy in this record: not found is not the same as not "
        "done, so the card asks.",
        (
            Visits(CareGiver.PSYCHOLOGIST, date(2025, 11, 4), 14, 8),
            Visits(CareGiver.GP, date(2025, 10, 1), 60, 3),
        ),
    ),
    DemoPatient(
        "niets-gevonden",
        "Yara",
        "Sewnarain",
        "female",
        date(1988, 12, 5),
        "Only visits to the GP: nothing that counts was found, and the card asks for care "
        "elsewhere.",
        (Visits(CareGiver.GP, date(2025, 3, 12), 45, 6),),
    ),
    DemoPatient(
        "onduidelijk",
        "Hendrik",
        "Groeneveld",
        "male",
        date(1957, 4, 18),
        "Enough physiotherapy, and eight GP practice contacts of somebody whose role is not "
        "recorded: these may be the POH-GGZ.",
        (_physiotherapy(9, 14), Visits(CareGiver.WITHOUT_ROLE, date(2026, 1, 7), 10, 8)),
    ),
    DemoPatient(
        "traject",
        "Lotte",
        "Hofman",
        "female",
        date(1995, 2, 27),
        "Physiotherapy recorded as one course without the number of sessions: the duration is "
        "known, the number is not.",
        (_poh_ggz(7),),
        (Course(CareGiver.PHYSIOTHERAPIST, date(2025, 9, 8), date(2026, 1, 19)),),
    ),
    DemoPatient(
        "geen-reden",
        "Kees",
        "Wiersma",
        "male",
        date(1980, 10, 11),
        "A referral without a reason, and three physiotherapy sessions: the criteria apply only "
        "if persistent pain is the reason.",
        (_physiotherapy(3, 21), _poh_ggz(7)),
        reason="",
    ),
    DemoPatient(
        "eenmalig",
        "Rosa",
        "Martina",
        "female",
        date(1972, 6, 1),
        "A one-time consult: the criteria do not apply to it, and the service stays silent.",
        (_physiotherapy(3, 21),),
        asks="Eenmalig consult revalidatiearts",
    ),
)
