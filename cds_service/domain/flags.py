"""What the reader must know because the outcome hangs on it (policy 2.8, closed list).

The starred flags are given only if a criterion would have another outcome without the fact
(:mod:`cds_service.domain.suppositions`).
"""

from collections.abc import Callable, Iterator

from cds_service.domain.adding_up import fewest_sessions
from cds_service.domain.assessment import (
    Assessment,
    CriterionFinding,
    Flag,
    FlagId,
    Outcome,
)
from cds_service.domain.causes import Reason
from cds_service.domain.contacts import CareSetting, ContactKind, ContactStatus
from cds_service.domain.criteria import CriterionId, ReadingKey, Threshold
from cds_service.domain.forecast import forecast
from cds_service.domain.ledger import LedgerEntry
from cds_service.domain.lookback import birthday
from cds_service.domain.parts import SECOND_LINE
from cds_service.domain.professions import PSYCHOSOMATIC
from cds_service.domain.referral import Person
from cds_service.domain.runs import longest_pause
from cds_service.domain.time_check import Check, no_check
from cds_service.domain.what_if import (
    hangs_on,
    hangs_on_reading,
    hangs_on_status,
    met_if_psychosomatic,
)


def flags(assessment: Assessment, person: Person, check: Check = no_check) -> tuple[Flag, ...]:
    """Every flag of one assessment, criterion by criterion; none where nothing was judged.

    `check` is called before each count that a flag asks for; what it raises ends them.
    """
    is_met = assessment.outcome is Outcome.MET
    if assessment.completeness.is_unavailable and not is_met:
        return ()
    found = [
        flag
        for finding in assessment.findings
        for flag in _of_criterion(finding, assessment, person, check)
    ]
    return (*found, *_earlier_imsr(assessment))


def _of_criterion(
    finding: CriterionFinding,
    assessment: Assessment,
    person: Person,
    check: Check,
) -> Iterator[Flag]:
    counts = finding.ledger.certain_entries
    yield from _by_count(finding, counts)
    yield from _by_recount(finding, counts, assessment, check)
    check()
    yield from _maybe_psychosomatic(finding, assessment)
    check()
    yield from _minor_part(finding, counts, assessment, person)
    check()
    yield from _ongoing(finding, assessment)


def _by_count(finding: CriterionFinding, counts: list[LedgerEntry]) -> Iterator[Flag]:
    """The flags that the count itself shows."""
    criterion, certain = finding.criterion, finding.ledger.certain
    is_met = finding.outcome is Outcome.MET
    if is_met and (pause := longest_pause(counts)) >= criterion.pause:
        yield Flag(FlagId.INTERRUPTED, criterion.id, weeks=pause // 7)
    if is_met and criterion.threshold is Threshold.ANY and (arm := _only_arm(finding)):
        yield Flag(FlagId.ONE_ARM, criterion.id, arm=arm)
    left_out = fewest_sessions(finding.ledger.left_out_for(Reason.NOT_PRIMARY_CARE))
    if left_out and criterion.id is CriterionId.ALLIED_HEALTH_THERAPY:
        yield Flag(FlagId.NOT_COUNTED_HOSPITAL, criterion.id, sessions=left_out)
    if stated := sum(entry.least for entry in counts if entry.contact.is_stated):
        yield Flag(FlagId.ATTESTED, criterion.id, sessions=stated)
    is_near = criterion.possible_from <= certain.days < criterion.days
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


def _by_recount(
    finding: CriterionFinding,
    counts: list[LedgerEntry],
    assessment: Assessment,
    check: Check,
) -> Iterator[Flag]:
    """The starred flags that a reading set otherwise brings to light."""
    for flag, key, value, concerns, has_number in _RECOUNTS:
        if flag is FlagId.POOLED_ONLY and finding.outcome is not Outcome.MET:
            continue  # it says how a criterion was met
        entries = concerns(counts)
        if not entries or assessment.criteria.reading(key) == value:
            continue
        check()
        if hangs_on_reading(finding, assessment, assessment.criteria.read_as(key, value)):
            number = fewest_sessions(entries) if has_number else None
            yield Flag(flag, finding.criterion.id, sessions=number)
    check()
    yield from _status_not_recorded(finding, counts, assessment)


def _status_not_recorded(
    finding: CriterionFinding, counts: list[LedgerEntry], assessment: Assessment
) -> Iterator[Flag]:
    """Contacts of a source without statuses that count by it (policy C13)."""
    entries = [e for e in counts if e.contact.status is ContactStatus.NOT_RECORDED]
    criteria = assessment.criteria
    if not entries or criteria.reading(ReadingKey.STATUS_UNKNOWN) != "by-source":
        return
    always_doubtful = criteria.read_as(ReadingKey.STATUS_UNKNOWN, "possible")
    if hangs_on_status(finding, assessment, always_doubtful):
        number = fewest_sessions(entries)
        yield Flag(FlagId.STATUS_NOT_RECORDED, finding.criterion.id, sessions=number)


def _of_several_disciplines(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    names = frozenset().union(*(entry.disciplines for entry in entries))
    return entries if len(names) > 1 else []


def _intakes(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entry for entry in entries if entry.contact.kind is ContactKind.INTAKE]


def _second_line(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [e for e in entries if e.contact.setting in SECOND_LINE or e.contact.is_inpatient]


def _psychosomatic(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entry for entry in entries if entry.contact.professions & PSYCHOSOMATIC]


def _of_unknown_place(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    unknown = CareSetting.UNKNOWN
    return [e for e in entries if e.contact.setting is unknown and not e.contact.is_stated]


def _remote(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entry for entry in entries if entry.contact.kind is ContactKind.REMOTE]


def _of_other_reason(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entry for entry in entries if entry.contact.has_other_reason]


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
    (FlagId.REMOTE_DECISIVE, ReadingKey.REMOTE, "not", _remote, True),
    (FlagId.OTHER_REASON, ReadingKey.OTHER_REASON, "possible", _of_other_reason, True),
)
"""Flag, the reading that takes its fact away, the contacts it concerns, whether it has a number."""


def _maybe_psychosomatic(finding: CriterionFinding, assessment: Assessment) -> Iterator[Flag]:
    """Option 2 would be met if these physio- and exercise therapists were psychosomatic ones."""
    is_option_2 = finding.criterion.id is CriterionId.PSYCHOSOMATIC_THERAPY
    if is_option_2 and finding.outcome is Outcome.NOT_MET:
        counts = met_if_psychosomatic(finding, assessment)
        if number := fewest_sessions(counts):
            yield Flag(FlagId.MAYBE_PSYCHOSOMATIC, finding.criterion.id, sessions=number)


def _minor_part(
    finding: CriterionFinding, counts: list[LedgerEntry], assessment: Assessment, person: Person
) -> Iterator[Flag]:
    """Care before the 18th birthday counts; the reader hears it where that decides (policy D2)."""
    if person.born is None:
        return
    adult = birthday(person.born.last, assessment.criteria.minimum_age)
    entries = [e for e in counts if e.days and e.days.first < adult]
    if entries and hangs_on(entries, finding, assessment):
        yield Flag(FlagId.MINOR_PART, finding.criterion.id, sessions=fewest_sessions(entries))


def _ongoing(finding: CriterionFinding, assessment: Assessment) -> Iterator[Flag]:
    """Treatment goes on (policy B10)."""
    goes_on = forecast(finding, assessment)
    if goes_on is not None:
        yield Flag(
            FlagId.ONGOING,
            finding.criterion.id,
            sessions=goes_on.missing or None,
            earliest=goes_on.earliest,
        )


def _earlier_imsr(assessment: Assessment) -> Iterator[Flag]:
    """Contacts in a rehabilitation centre inside the window: the second-line care itself (D10)."""
    entries = {
        id(entry.contact): entry
        for finding in assessment.findings
        for entry in finding.ledger.left_out_for(Reason.REHABILITATION_PROGRAMME)
    }
    days = [entry.days for entry in entries.values() if entry.days]
    if days:
        last = max(each.last for each in days)
        yield Flag(FlagId.EARLIER_IMSR, sessions=fewest_sessions(entries.values()), last=last)
