"""The ledger: every contact of the record, and what it is worth for each criterion."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import Circumstances, Contact
from cds_service.domain.criteria import CriterionId, TreatmentCriterion
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.words import Word


class Standing(Word):
    """What a contact is worth for a criterion (policy 2.0)."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NOT_COUNTED = "not-counted"


class SeenContact(NamedTuple):
    """A contact as every criterion sees it: its days inside the window, and its own doubts.

    `circumstances` are those of the contact, or what is supposed of them.
    `reason` is set where it never counts, for no criterion; then the rest says nothing.
    Those that are equal but for entry and days have the same number in `alike`; None: it has no
    like.
    """

    contact: Contact
    days: DayRange | None
    alike: int | None
    circumstances: Circumstances
    reason: Reason | None
    causes: frozenset[Cause] = frozenset()
    number: Cause | None = None  # why the number of sessions is not known
    is_course: bool = False
    most: int | None = 1  # sessions at most; None: no upper bound is known
    can_be_evidence: bool = False


class LedgerEntry(NamedTuple):
    """One contact as one criterion sees it.

    `causes` say what is doubtful (a certain course without a number has one too); `reason` says
    why the contact is not counted. `days` are the contact's days inside the lookback. By default
    the discipline makes the session (policy C1).
    """

    contact: Contact
    days: DayRange | None
    standing: Standing
    causes: frozenset[Cause] = frozenset()
    reason: Reason | None = None
    disciplines: frozenset[str] = frozenset()  # alternatives; policy C1
    session_unit: frozenset[str] = frozenset()  # what makes a session with the day; alternatives
    lengthens: Standing | None = None  # adds days to the duration, and no session
    is_course: bool = False
    most: int | None = 1  # sessions at most; None: no upper bound is known
    is_evidence: bool = False  # policy A2: a trace of this care

    @property
    def least(self) -> int:
        """Sessions at least, if it counts: a course of unclear number held one (policy B12)."""
        if self.most is None or Cause.NUMBER_UNCLEAR in self.causes:
            return 1
        return self.most


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of sessions, and the days from the first to the last of them."""

    sessions: int = 0
    days: int = 0
    first: date | None = None
    last: date | None = None
    is_unbounded: bool = False  # no upper bound of the number is known


@dataclass(frozen=True, slots=True)
class CriterionLedger:
    """All contacts as one criterion sees them, and the two tallies it is judged on."""

    criterion: TreatmentCriterion
    entries: tuple[LedgerEntry, ...]
    certain: Tally
    possible: Tally
    doubts: frozenset[Cause] = frozenset()  # why `possible` is more than `certain`
    seen: tuple[SeenContact, ...] = ()  # one per entry; for counting again under a supposition

    @property
    def has_evidence(self) -> bool:
        """Whether the record holds any trace of this care (policy A2)."""
        return any(entry.is_evidence for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The whole count, per criterion, over one lookback."""

    lookback: LookbackPeriod
    criteria: tuple[CriterionLedger, ...]

    def of(self, criterion: CriterionId) -> CriterionLedger:
        """The part of the ledger that one criterion is judged on."""
        return next(part for part in self.criteria if part.criterion.id == criterion)
