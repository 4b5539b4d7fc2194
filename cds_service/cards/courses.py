"""Number and period per discipline, to copy into the referral."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cds_service.cards import phrases
from cds_service.cards.deciding import NUMBER_DOUBTS
from cds_service.cards.wording import Wording
from cds_service.domain.assessment import Assessment
from cds_service.domain.contacts import Profession, TherapistCategory
from cds_service.domain.ledger import LedgerEntry, Standing
from cds_service.domain.professions import category

Discipline = tuple[TherapistCategory, ...]

_ORDER = (
    frozenset(
        {
            TherapistCategory.PHYSIOTHERAPIST,
            TherapistCategory.EXERCISE_THERAPIST,
            TherapistCategory.OCCUPATIONAL_THERAPIST,
        }
    ),
    frozenset({TherapistCategory.PSYCHOLOGIST, TherapistCategory.MENTAL_HEALTH_PRACTICE_NURSE}),
    frozenset({TherapistCategory.PSYCHOSOMATIC_THERAPIST}),
)
"""The order of the table: option 1 (1), option 1 (2), option 2."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """All that certainly counts of one discipline."""

    discipline: Discipline
    sessions: int
    number_is_unknown: bool
    first: date
    last: date


def courses(assessment: Assessment, wording: Wording) -> str:
    """`fysiotherapie 13 keer, 01-09-2025 tot en met 24-11-2025; POH-GGZ 7 keer, ...`."""
    return "; ".join(_say(treatment, wording) for treatment in treatments(assessment))


def treatments(assessment: Assessment) -> list[Treatment]:
    """What certainly counts, per discipline: in the order of the table, then by first day."""
    by_discipline: dict[Discipline, dict[int, LedgerEntry]] = defaultdict(dict)
    for entry in _certain(assessment):
        by_discipline[_discipline(entry.contact.professions)].setdefault(id(entry.contact), entry)
    found = [_treatment(name, list(es.values())) for name, es in by_discipline.items()]
    return sorted(found, key=lambda each: (_row(each.discipline), each.first, each.discipline))


def _certain(assessment: Assessment) -> Iterator[LedgerEntry]:
    for option in assessment.options:
        for finding in option.findings:
            for entry in finding.ledger.counting:
                if entry.standing is Standing.CERTAIN and entry.days:
                    yield entry


@lru_cache(maxsize=256)
def _discipline(professions: frozenset[Profession]) -> Discipline:
    """The therapist categories that a contact may be of; psychosomatic therapy is named alone.

    Where one person has several roles the contact is named once, so that nothing is copied twice.
    """
    categories = {category(profession) for profession in professions}
    if TherapistCategory.PSYCHOSOMATIC_THERAPIST in categories:
        return (TherapistCategory.PSYCHOSOMATIC_THERAPIST,)
    return tuple(sorted(categories))


def _row(discipline: Discipline) -> int:
    return next((row for row, group in enumerate(_ORDER) if group & set(discipline)), len(_ORDER))


def _treatment(discipline: Discipline, entries: list[LedgerEntry]) -> Treatment:
    ranges = [entry.days for entry in entries if entry.days]
    singles = {(e.contact.professions, e.days) for e in entries if not e.is_course}
    return Treatment(
        discipline=discipline,
        sessions=len(singles) + sum(entry.least for entry in entries if entry.is_course),
        number_is_unknown=any(entry.causes & NUMBER_DOUBTS for entry in entries),
        first=min(days.first for days in ranges),
        last=max(days.last for days in ranges),
    )


def _say(treatment: Treatment, wording: Wording) -> str:
    key = "course_unknown" if treatment.number_is_unknown else "course"
    names = (wording.say(f"disciplines.{name}") for name in treatment.discipline)
    return wording.say(
        f"forms.{key}",
        n=treatment.sessions,
        discipline="/".join(names),
        first=phrases.day(treatment.first, wording),
        last=phrases.day(treatment.last, wording),
    )
