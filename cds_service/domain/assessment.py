"""What the record shows about one referral: met, not met, or indeterminate with its causes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum, StrEnum

from cds_service.domain.causes import Cause
from cds_service.domain.criteria import CriterionId, ReferralCriteria, TreatmentCriterion
from cds_service.domain.ledger import CriterionLedger, Ledger
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.pointers import Pointer, PointerKind
from cds_service.domain.referral import Referral


class Outcome(IntEnum):
    """Kleene's three values, in order: *all of* is `min`, *any of* is `max`."""

    NOT_MET = 0
    INDETERMINATE = 1
    MET = 2

    @property
    def label(self) -> str:
        """`not_met`, `indeterminate` or `met`, as answers write it."""
        return self.name.lower()


class RecordPart(StrEnum):
    """The parts of a record that can be missing, named as their prefetch keys."""

    PATIENT = "patient"
    ENCOUNTERS = "encounters"
    PROCEDURES = "procedures"
    STATEMENTS = "statements"


CARE_PARTS = frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES})
"""What holds contacts."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """What could not be retrieved of the record (interface.md, Data).

    `is_unavailable`: nothing usable of the encounters and of the procedures was received.
    Statements are a gap only where a search for them failed: nobody has to offer them.
    `is_recorded_elsewhere`: the patient was merged, replaced or is no longer in use, so that care
    can stand under another Patient, which nobody asked for (policy 2.6, whose contact).
    """

    gaps: frozenset[RecordPart] = frozenset()
    is_unavailable: bool = False
    is_recorded_elsewhere: bool = False

    def with_gap(self, part: RecordPart) -> "Completeness":
        """The same, and this part could not be retrieved either."""
        return replace(self, gaps=self.gaps | {part})

    @property
    def care_is_incomplete(self) -> bool:
        """Whether contacts can be missing."""
        return self.is_recorded_elsewhere or bool(self.gaps & CARE_PARTS)

    @property
    def statements_are_missing(self) -> bool:
        """Whether care that was stated can be missing, because a search for it failed."""
        return RecordPart.STATEMENTS in self.gaps


class FlagId(StrEnum):
    """The closed list of flags (policy 2.8)."""

    POOLED_ONLY = "pooled_only"
    INTERRUPTED = "interrupted"
    ONE_ARM = "one_arm"
    INTAKE_DECISIVE = "intake_decisive"
    SECONDARY_CARE_COUNTED = "secondary_care_counted"
    NOT_COUNTED_HOSPITAL = "not_counted_hospital"
    PSYCHOSOMATIC_AS_PHYSIO = "psychosomatic_as_physio"
    MAYBE_PSYCHOSOMATIC = "maybe_psychosomatic"
    SETTING_UNKNOWN = "setting_unknown"
    ATTESTED = "attested"
    NEAR_MISS = "near_miss"
    ONGOING = "ongoing"
    STATUS_NOT_RECORDED = "status_not_recorded"
    REMOTE_DECISIVE = "remote_decisive"
    OTHER_REASON = "other_reason"
    EARLIER_IMSR = "earlier_imsr"
    MINOR_PART = "minor_part"


@dataclass(frozen=True, slots=True)
class Flag:
    """A fact of this patient that the reader must know. Only the fields of policy 2.8 are set."""

    id: FlagId
    criterion: CriterionId | None = None
    sessions: int | None = None
    weeks: int | None = None
    arm: str | None = None  # `sessions` or `days`
    days: int | None = None
    required: int | None = None
    earliest: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class CriterionFinding:
    """The outcome of one criterion, with the count behind it."""

    ledger: CriterionLedger
    outcome: Outcome
    causes: tuple[Cause, ...] = ()  # sorted; empty exactly when met or not met

    @property
    def criterion(self) -> TreatmentCriterion:
        """The criterion that was judged."""
        return self.ledger.criterion


@dataclass(frozen=True, slots=True)
class OptionFinding:
    """The outcome of one option: all of its criteria."""

    id: str
    outcome: Outcome
    findings: tuple[CriterionFinding, ...]


@dataclass(frozen=True, slots=True)
class LeadingDoubt:
    """What an indeterminate outcome hangs on most, and the criteria that it concerns (2.13.6).

    Several causes only where they are those of doubtful contacts; no criteria where the whole
    record, the age or the indication is what is not known.
    """

    causes: tuple[Cause, ...]
    criteria: tuple[CriterionId, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that is said about one referral.

    `outcome` is None where the criteria do not apply; then there are no options, and `causes`
    hold every reason why not.
    """

    referral: Referral
    criteria: ReferralCriteria
    lookback: LookbackPeriod
    outcome: Outcome | None
    causes: tuple[Cause, ...] = ()
    options: tuple[OptionFinding, ...] = ()
    flags: tuple[Flag, ...] = ()
    completeness: Completeness = Completeness()
    unknown: frozenset[Cause] = frozenset()  # INDICATION_UNKNOWN, AGE_UNKNOWN: also when met
    ages: tuple[int, int] | None = None  # the possible ages, where that leaves AGE_UNKNOWN
    ledger: Ledger | None = None
    leading: LeadingDoubt | None = None  # exactly where the outcome is indeterminate
    pointers: tuple[Pointer, ...] = ()  # newest first; they change no outcome (policy 2.6)

    @property
    def label(self) -> str:
        """The outcome as answers write it; `not_applicable` where the criteria do not apply."""
        return "not_applicable" if self.outcome is None else self.outcome.label

    @property
    def criteria_in_force(self) -> ReferralCriteria | None:
        """The criteria that are named beside the outcome: none before they took effect."""
        is_before = Cause.BEFORE_EFFECTIVE_DATE in self.causes
        return None if is_before else self.criteria

    @property
    def is_unavailable(self) -> bool:
        """Whether nothing could be checked, because no treatment data could be had."""
        return self.completeness.is_unavailable and self.outcome is not None

    def with_pointers(self, pointers: Iterable[Pointer]) -> "Assessment":
        """The same assessment, with what says where to look for care: newest first, each once.

        What the draft itself says is named only where its criterion is not met. Outcomes, causes
        and numbers stay as they are (policy 2.6); where the criteria do not apply, so does all.
        """
        not_met = {f.criterion.id for f in self.findings if f.outcome is not Outcome.MET}
        applying = {finding.criterion.id for finding in self.findings}
        named = {
            pointer
            for pointer in pointers
            if pointer.criterion
            in (not_met if pointer.kind is PointerKind.DRAFT_TEXT else applying)
        }
        return replace(self, pointers=tuple(sorted(named, key=_newest_first)))

    @property
    def findings(self) -> tuple[CriterionFinding, ...]:
        """The findings of all criteria, in order; none where the criteria do not apply."""
        return tuple(finding for option in self.options for finding in option.findings)

    def finding(self, criterion: CriterionId) -> CriterionFinding:
        """The finding of one criterion; a KeyError where the criteria do not apply."""
        for finding in self.findings:
            if finding.criterion.id == criterion:
                return finding
        raise KeyError(criterion)


def _newest_first(pointer: Pointer) -> tuple[int, str, str, str]:
    discipline = pointer.discipline or ""
    return (-pointer.date.toordinal(), pointer.kind, pointer.criterion, discipline)
