"""What the care of a patient really amounted to, whatever the record shows of it.

The numbers of the criteria of 20-04-2026: six sessions and (or) twelve weeks without a pause of
twelve weeks or more. That is read here a third time, from sessions whose day is known; that the
treatment did not help, which is a condition too, is nobody's to compute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from cds_service.synthetic_practice.patients import (
    REFERRAL_DAY,
    Discipline,
    Patient,
)

_SESSIONS: Final = 6
_DAYS: Final = 84
_PAUSE: Final = 84
_FIRST_DAY: Final = REFERRAL_DAY.replace(year=REFERRAL_DAY.year - 2)
_ALLIED: Final = {
    Discipline.PHYSIOTHERAPY,
    Discipline.EXERCISE_THERAPY,
    Discipline.OCCUPATIONAL_THERAPY,
    Discipline.PSYCHOSOMATIC,
}
_PSYCHOLOGICAL: Final = {Discipline.PSYCHOLOGY, Discipline.POH_GGZ}


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether the criteria apply to a patient, and which of them the real care meets."""

    is_applicable: bool
    criteria: dict[str, bool]

    @property
    def meets_the_numbers(self) -> bool:
        """Option 1 (both parts) or option 2."""
        met = self.criteria
        both = met["allied-health-therapy"] and met["psychological-care"]
        return both or met["psychosomatic-therapy"]


def truth(patient: Patient) -> Truth:
    """The truth about a patient."""
    is_adult = patient.born + timedelta(days=round(18 * 365.25)) <= REFERRAL_DAY
    wish = patient.wish
    wants_treatment = not (wish.is_one_time_consult or wish.is_other_complaint)
    return Truth(
        is_applicable=is_adult and wants_treatment,
        criteria={
            "allied-health-therapy": _meets(patient, _ALLIED, both=True),
            "psychological-care": _meets(patient, _PSYCHOLOGICAL, both=False),
            "psychosomatic-therapy": _meets(patient, {Discipline.PSYCHOSOMATIC}, both=True),
        },
    )


def _meets(patient: Patient, disciplines: set[Discipline], *, both: bool) -> bool:
    sessions = {
        (day, course.discipline)
        for course in patient.courses
        if course.discipline in disciplines
        for day in course.days
        if _FIRST_DAY <= day <= REFERRAL_DAY
    }
    return any(_is_enough(run, both=both) for run in _runs(sorted(day for day, _ in sessions)))


def _runs(days: list[date]) -> Iterator[list[date]]:
    run: list[date] = []
    for day in days:
        if run and (day - run[-1]).days >= _PAUSE:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _is_enough(run: list[date], *, both: bool) -> bool:
    arms = (len(run) >= _SESSIONS, (run[-1] - run[0]).days >= _DAYS)
    return all(arms) if both else any(arms)
