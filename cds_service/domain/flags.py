"""What the reader must know because the outcome hangs on it (policy 2.8, closed list).

The starred flags are given only if a criterion would have another outcome without the fact: the
count is done again without it, and compared.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from cds_service.domain.assessment import (
    Assessment,
    CriterionFinding,
    Flag,
    FlagId,
    Outcome,
)
from cds_service.domain.causes import Reason
from cds_service.domain.contacts import (
    CareSetting,
    ContactKind,
    ContactStatus,
    Profession,
)
from cds_service.domain.counting import count_again
from cds_service.domain.criteria import CriterionId, ReadingKey, ReferralCriteria, Threshold
from cds_service.domain.findings import find
from cds_service.domain.ledger import LedgerEntry, SeenContact, Standing
from cds_service.domain.lookback import DayRange, birthday
from cds_service.domain.parts import SECOND_LINE
from cds_service.domain.professions import PSYCHOSOMATIC
from cds_service.domain.referral import Person
from cds_service.domain.standing import see_all

_INTERRUPTION_DAYS = 84  # policy 2.8, `interrupted`
_NEAR_MISS_DAYS = 77  # policy 2.8, `near_miss`
_ONGOING_DAYS = 42  # policy 2.8, `ongoing`


def flags(assessment: Assessment, person: Person) -> tuple[Flag, ...]:
    """Every flag of one assessment, criterion by criterion; none where nothing was judged."""
    is_met = assessment.outcome is Outcome.MET
    if assessment.completeness.is_unavailable and not is_met:
        return ()
    found = [
        flag
        for option in assessment.options
        for finding in option.findings
        for flag in _of_criterion(finding, assessment, person)
    ]
    return (*found, *_earlier_imsr(assessment))


def _of_criterion(
    finding: CriterionFinding, assessment: Assessment, person: Person
) -> Iterator[Flag]:
    yield from _by_count(finding)
    yield from _by_recount(finding, assessment)
    yield from _maybe_psychosomatic(finding, assessment)
    yield from _minor_part(finding, assessment, person)
    yield from _ongoing(finding, assessment)


def _by_count(finding: CriterionFinding) -> Iterator[Flag]:
    """The flags that the count itself shows."""
    criterion, certain = finding.criterion, finding.ledger.certain
    is_met = finding.outcome is Outcome.MET
    weeks = longest_gap(counted(finding)) // 7
    if is_met and longest_gap(counted(finding)) > _INTERRUPTION_DAYS:
        yield Flag(FlagId.INTERRUPTED, criterion.id, weeks=weeks)
    if is_met and criterion.threshold is Threshold.ANY and (arm := _only_arm(finding)):
        yield Flag(FlagId.ONE_ARM, criterion.id, arm=arm)
    left_out = sessions(entries_of(finding, Reason.NOT_PRIMARY_CARE))
    if left_out and criterion.id is CriterionId.ALLIED_HEALTH_THERAPY:
        yield Flag(FlagId.NOT_COUNTED_HOSPITAL, criterion.id, sessions=left_out)
    if stated := sum(entry.least for entry in counted(finding) if entry.contact.is_stated):
        yield Flag(FlagId.ATTESTED, criterion.id, sessions=stated)
    is_near = _NEAR_MISS_DAYS <= certain.days < criterion.days
    if is_near and finding.outcome is Outcome.NOT_MET:
        yield Flag(FlagId.NEAR_MISS, criterion.id, days=certain.days, required=criterion.days)


def _only_arm(finding: CriterionFinding) -> str | None:
    """The one of number and duration that is reached, where it is only one."""
    criterion, certain = finding.criterion, finding.ledger.certain
    by_number = certain.sessions >= criterion.sessions
    by_days = certain.days >= criterion.days
    if by_number == by_days:
        return None
    return "sessions" if by_number else "days"


Concerned = Callable[[list[LedgerEntry]], list[LedgerEntry]]


def _by_recount(finding: CriterionFinding, assessment: Assessment) -> Iterator[Flag]:
    """The starred flags that a reading set otherwise brings to light."""
    for flag, key, value, concerns, has_number in _RECOUNTS:
        if flag is FlagId.POOLED_ONLY and finding.outcome is not Outcome.MET:
            continue  # it says how a criterion was met
        entries = concerns(counted(finding))
        criteria = assessment.criteria
        if entries and criteria.reading(key) != value:
            other = _recount(assessment, finding, criteria.read_as(key, value))
            if other is not finding.outcome:
                number = sessions(entries) if has_number else None
                yield Flag(flag, finding.criterion.id, sessions=number)
    if entries := [entry for entry in counted(finding) if entry.contact.has_other_reason]:
        kept = _without(finding, entries)
        if _recount(assessment, finding, assessment.criteria, kept) is not finding.outcome:
            yield Flag(FlagId.OTHER_REASON, finding.criterion.id, sessions=sessions(entries))


def _of_several_disciplines(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return entries if len({entry.disciplines for entry in entries}) > 1 else []


def _intakes(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entry for entry in entries if entry.contact.kind is ContactKind.INTAKE]


def _second_line(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [e for e in entries if e.contact.setting in SECOND_LINE or e.contact.is_inpatient]


def _psychosomatic(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entry for entry in entries if entry.contact.professions & PSYCHOSOMATIC]


def _of_unknown_place(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    unknown = CareSetting.UNKNOWN
    return [e for e in entries if e.contact.setting is unknown and not e.contact.is_stated]


_RECOUNTS: tuple[tuple[FlagId, ReadingKey, str, Concerned, bool], ...] = (
    (FlagId.POOLED_ONLY, ReadingKey.POOLING, "discipline", _of_several_disciplines, False),
    (FlagId.INTAKE_DECISIVE, ReadingKey.INTAKE, "not", _intakes, False),
    (FlagId.SECONDARY_CARE_COUNTED, ReadingKey.SECONDARY_CARE, "not", _second_line, True),
    (
        FlagId.PSYCHOSOMATIC_AS_PHYSIO,
        ReadingKey.PSYCHOSOMATIC_AS_ALLIED_HEALTH,
        "no",
        _psychosomatic,
        False,
    ),
    (FlagId.SETTING_UNKNOWN, ReadingKey.SETTING_UNKNOWN, "not", _of_unknown_place, True),
)
"""Flag, the reading that takes its fact away, the contacts it concerns, whether it has a number."""


def _recount(
    assessment: Assessment,
    finding: CriterionFinding,
    criteria: ReferralCriteria,
    seen: tuple[SeenContact, ...] | None = None,
) -> Outcome:
    """The outcome of the same criterion under another reading, or with other contacts."""
    given = finding.ledger.seen if seen is None else seen
    part = count_again(finding.criterion.id, given, criteria)
    return find(part, assessment.completeness).outcome


def _without(finding: CriterionFinding, entries: list[LedgerEntry]) -> tuple[SeenContact, ...]:
    gone = {id(entry.contact) for entry in entries}
    return tuple(each for each in finding.ledger.seen if id(each.contact) not in gone)


_MAY_BE_PSYCHOSOMATIC = {
    Profession.PHYSIOTHERAPIST: Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST,
    Profession.EXERCISE_THERAPIST: Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST,
}


def _maybe_psychosomatic(finding: CriterionFinding, assessment: Assessment) -> Iterator[Flag]:
    """Option 2 would be met if these physio- and exercise therapists were psychosomatic ones."""
    is_option_2 = finding.criterion.id is CriterionId.PSYCHOSOMATIC_THERAPY
    if not is_option_2 or finding.outcome is not Outcome.NOT_MET:
        return
    given = finding.ledger.seen
    supposed = tuple(_supposed(each) for each in given)
    changed = {id(new.contact) for old, new in zip(given, supposed, strict=True) if new is not old}
    if not changed:
        return
    part = count_again(finding.criterion.id, supposed, assessment.criteria)
    if find(part, assessment.completeness).outcome is Outcome.MET:
        counts = [
            entry
            for entry in part.entries
            if id(entry.contact) in changed and entry.standing is Standing.CERTAIN
        ]
        yield Flag(FlagId.MAYBE_PSYCHOSOMATIC, finding.criterion.id, sessions=sessions(counts))


def _supposed(seen: SeenContact) -> SeenContact:
    """The same contact, supposed to be with a psychosomatic therapist where it may have been.

    Who states care chooses between the two, so there is nothing to ask.
    """
    professions = seen.contact.professions
    is_told = seen.reason is not None or seen.contact.is_stated
    if is_told or not professions & _MAY_BE_PSYCHOSOMATIC.keys():
        return seen
    supposed = frozenset(_MAY_BE_PSYCHOSOMATIC.get(each, each) for each in professions)
    return seen._replace(contact=replace(seen.contact, professions=supposed))


def _minor_part(
    finding: CriterionFinding, assessment: Assessment, person: Person
) -> Iterator[Flag]:
    """Care before the 18th birthday counts; the reader hears it where that decides (policy D2)."""
    if person.born is None:
        return
    adult = birthday(person.born.last, assessment.criteria.minimum_age)
    entries = [e for e in counted(finding) if e.days and e.days.first < adult]
    if not entries:
        return
    kept = _without(finding, entries)
    if _recount(assessment, finding, assessment.criteria, kept) is not finding.outcome:
        yield Flag(FlagId.MINOR_PART, finding.criterion.id, sessions=sessions(entries))


def _ongoing(finding: CriterionFinding, assessment: Assessment) -> Iterator[Flag]:
    """A contact in the last six weeks before the referral: treatment may go on (policy B10)."""
    recent = assessment.referral.date - timedelta(days=_ONGOING_DAYS)
    goes_on = any(
        entry.days and entry.days.last >= recent
        for entry in finding.ledger.entries
        if entry.standing is Standing.CERTAIN or _is_open(entry)
    )
    if finding.outcome is Outcome.MET or not goes_on:
        return
    missing = max(0, finding.criterion.sessions - finding.ledger.certain.sessions)
    yield Flag(
        FlagId.ONGOING,
        finding.criterion.id,
        sessions=missing or None,
        earliest=_earliest(finding, assessment, missing),
    )


def _is_open(entry: LedgerEntry) -> bool:
    return entry.standing is Standing.POSSIBLE and entry.contact.status is ContactStatus.OPEN


def _earliest(finding: CriterionFinding, assessment: Assessment, missing: int) -> date | None:
    """From which day the criterion can be met, if the planned contacts take place (policy B10)."""
    first = finding.ledger.certain.first
    if first is None:
        return None
    enough_days = first + timedelta(days=finding.criterion.days)
    if not missing:
        return enough_days
    planned = _planned_days(finding, assessment)
    return max(enough_days, planned[missing - 1]) if len(planned) >= missing else None


def _planned_days(finding: CriterionFinding, assessment: Assessment) -> list[date]:
    """The days after the referral on which this care is planned."""
    supposed = tuple(
        replace(entry.contact, status=ContactStatus.TOOK_PLACE)
        for entry in finding.ledger.entries
        if entry.reason is Reason.PLANNED and entry.contact.days
    )
    if not supposed:
        return []
    referral = assessment.referral.date
    later = replace(assessment.lookback, first=referral + timedelta(days=1), last=date.max)
    seen = see_all(supposed, later, assessment.criteria)
    part = count_again(finding.criterion.id, seen, assessment.criteria)
    return sorted(
        entry.days.first
        for entry in part.entries
        if entry.standing is Standing.CERTAIN and entry.days
    )


def _earlier_imsr(assessment: Assessment) -> Iterator[Flag]:
    """Contacts in a rehabilitation centre inside the window: the second-line care itself (D10)."""
    entries = [
        entry
        for option in assessment.options
        for finding in option.findings
        for entry in entries_of(finding, Reason.REHABILITATION_PROGRAMME)
    ]
    days = [entry.days for entry in entries if entry.days]
    if days:
        last = max(each.last for each in days)
        yield Flag(FlagId.EARLIER_IMSR, sessions=sessions(entries), last=last)


def counted(finding: CriterionFinding) -> list[LedgerEntry]:
    """The contacts that certainly count for a criterion."""
    return [e for e in finding.ledger.entries if e.standing is Standing.CERTAIN]


def entries_of(finding: CriterionFinding, reason: Reason) -> list[LedgerEntry]:
    """The contacts that do not count, for one reason."""
    return [entry for entry in finding.ledger.entries if entry.reason is reason]


def sessions(entries: list[LedgerEntry]) -> int:
    """How many sessions the contacts are, by day and discipline, were they to count."""
    singles = {
        (e.days, e.session_unit or e.contact.professions) for e in entries if not e.is_course
    }
    return len(singles) + sum(entry.least for entry in entries if entry.is_course)


def longest_gap(entries: list[LedgerEntry]) -> int:
    """The most days between one counted contact and the next."""
    ranges: list[DayRange] = sorted(
        (entry.days for entry in entries if entry.days), key=lambda days: days.first
    )
    gap, until = 0, None
    for days in ranges:
        if until is not None:
            gap = max(gap, (days.first - until).days)
        until = days.last if until is None else max(until, days.last)
    return gap
