"""How many sessions of each discipline certainly count: the one count of them (policy 2.0, C1).

Each series without a pause of twelve weeks is one treatment (policy A4). The text to copy into the
referral says these numbers. Those of one criterion never add up to more than its certain tally.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cds_service.domain.adding_up import as_known, days_of, fewest_sessions
from cds_service.domain.assessment import Assessment, CriterionFinding
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Profession, TherapistCategory
from cds_service.domain.ledger import LedgerEntry
from cds_service.domain.professions import PSYCHOSOMATIC, PSYCHOSOMATIC_KIND_OF, category
from cds_service.domain.runs import unbroken

Disciplines = tuple[str, ...]
"""Codes of therapist disciplines; psychosomatic therapy by its profession where that is known."""

_SURELY_PSYCHOSOMATIC = PSYCHOSOMATIC - {Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST}
_PSYCHOSOMATIC: Disciplines = (str(TherapistCategory.PSYCHOSOMATIC_THERAPIST),)
_NUMBER_IS_UNKNOWN = frozenset({Cause.COURSE_WITHOUT_NUMBER, Cause.NUMBER_UNCLEAR})


@dataclass(frozen=True, slots=True)
class Treatment:
    """One series of sessions of a discipline, or of one of several: `disciplines`."""

    disciplines: Disciplines
    sessions: int
    number_is_unknown: bool
    first: date
    last: date


def treatments(assessment: Assessment) -> tuple[Treatment, ...]:
    """What certainly counts, per discipline: in the order of the criteria, then by first day.

    Psychosomatic therapy, which options 1 and 2 both count, is named once, where option 2 is,
    with the larger number.
    """
    largest: dict[Disciplines, tuple[int, list[Treatment]]] = {}
    for row, finding in enumerate(assessment.findings):
        for disciplines, series in _by_discipline(treatments_of(finding)).items():
            known = largest.get(disciplines)
            if known is None or _number(series) > _number(known[1]):
                largest[disciplines] = (row, series)
    ordered = sorted(
        largest.items(),
        key=lambda each: (_is_psychosomatic(each[0]), each[1][0], each[1][1][0].first),
    )
    return tuple(treatment for _, (_, series) in ordered for treatment in series)


def _by_discipline(found: Iterable[Treatment]) -> dict[Disciplines, list[Treatment]]:
    grouped: dict[Disciplines, list[Treatment]] = defaultdict(list)
    for treatment in found:
        grouped[treatment.disciplines].append(treatment)
    return grouped


def _number(series: Iterable[Treatment]) -> int:
    return sum(treatment.sessions for treatment in series)


def treatments_of(finding: CriterionFinding) -> tuple[Treatment, ...]:
    """What certainly counts for one criterion, per discipline and series, by date.

    Sessions that can be those of another discipline on the same day are not counted again:
    a physiotherapist on six days and, on the same days, somebody who is a physiotherapist or an
    exercise therapist are `physiotherapy 6`.
    """
    groups: dict[Disciplines, list[LedgerEntry]] = defaultdict(list)
    for entry in finding.ledger.certain_entries:
        groups[_names(entry.contact.professions)].append(as_known(entry))
    longest_gap = finding.criterion.pause - 1
    series = (
        (disciplines, run)
        for disciplines in sorted(groups, key=_surest_first)
        for run in unbroken(groups[disciplines], longest_gap)
    )
    return tuple(_shared_out(series))


def _surest_first(disciplines: Disciplines) -> tuple[bool, int, Disciplines]:
    return (not _is_psychosomatic(disciplines), len(disciplines), disciplines)


def _is_psychosomatic(disciplines: Disciplines) -> bool:
    return disciplines[0].startswith("psychosomatic")


def _shared_out(series: Iterable[tuple[Disciplines, list[LedgerEntry]]]) -> Iterator[Treatment]:
    """Each series with the sessions that those before it do not explain; none without any."""
    so_far: list[LedgerEntry] = []
    number = 0
    for disciplines, entries in series:
        so_far += entries
        together = fewest_sessions(so_far)
        if together > number:
            yield Treatment(
                disciplines,
                together - number,
                any(entry.causes & _NUMBER_IS_UNKNOWN for entry in entries),
                min(days_of(entry).first for entry in entries),
                max(days_of(entry).last for entry in entries),
            )
        number = together


@lru_cache(maxsize=256)
def _names(professions: frozenset[Profession]) -> Disciplines:
    """The disciplines that a contact may be of; psychosomatic only where that is certain.

    Where one person has several roles the contact is named once, so that nothing is copied twice.
    Psychosomatic physiotherapy and exercise therapy are two disciplines (policy C1).
    """
    if professions <= _SURELY_PSYCHOSOMATIC:
        return (str(next(iter(professions))),) if len(professions) == 1 else _PSYCHOSOMATIC
    found = {category(PSYCHOSOMATIC_KIND_OF.get(each, each)) for each in professions}
    return tuple(str(each) for each in TherapistCategory if each in found)
