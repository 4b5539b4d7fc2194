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


class SeenContacts(NamedTuple):
    """Contacts that every criterion sees alike, but for their days: often one, often many.

    `days` are those inside the window where it is one contact; of several each is on the day of
    its own, which lies inside (`is_by_day`). `circumstances` are those of the contacts, or what is
    supposed of them. `reason` is set where they never count, for no criterion; then the rest says
    nothing.
    """

    contacts: list[Contact]
    days: DayRange | None
    circumstances: Circumstances
    reason: Reason | None
    causes: frozenset[Cause] = frozenset()
    remarks: frozenset[Cause] = frozenset()  # why its number or its days are not quite known
    is_course: bool = False
    most: int | None = 1  # sessions at most; None: no upper bound is known
    can_be_evidence: bool = False
    is_by_day: bool = False

    @property
    def contact(self) -> Contact:
        """The first of them."""
        return self.contacts[0]


class LedgerEntry(NamedTuple):
    """One contact as one criterion sees it.

    `causes` say what is doubtful (a certain course without a number has one too); `reason` says
    why the contact is not counted. `days` are the contact's days inside the lookback. One
    discipline on one day is one session (policy C1).
    """

    contact: Contact
    days: DayRange | None
    standing: Standing
    causes: frozenset[Cause] = frozenset()
    reason: Reason | None = None
    disciplines: frozenset[str] = frozenset()  # alternatives; policy C1
    lengthens: bool = False  # adds days to the duration, and no session (policy 2.6)
    is_course: bool = False
    most: int | None = 1  # sessions at most; None: no upper bound is known
    is_evidence: bool = False  # policy A2: a trace of this care

    @property
    def surely(self) -> tuple[date, date]:
        """The first and last day that are certain, if it counts.

        Of a course stated by months the last day on which it can have begun and the first on
        which it can have ended: February to April begins by 28 February. They may cross.
        """
        days, facts = self.days, self.contact.facts
        if days is None:
            raise ValueError("a contact that can count lies inside the lookback")
        if facts.begins is None or facts.ends is None:
            return days.first, days.last
        return max(facts.begins.last, days.first), min(facts.ends.first, days.last)

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


class Judged(NamedTuple):
    """Contacts that are seen alike, as one criterion judges them: `entry` is that of the first."""

    entry: LedgerEntry
    seen: SeenContacts

    def entries(self) -> list[LedgerEntry]:
        """One for each of the contacts."""
        entry, seen = self
        if len(seen.contacts) == 1:
            return [entry]
        rest = entry[2:]
        if not seen.is_by_day:
            return [tuple.__new__(LedgerEntry, (each, None, *rest)) for each in seen.contacts]
        return [tuple.__new__(LedgerEntry, (each, each[1], *rest)) for each in seen.contacts]


@dataclass(frozen=True, slots=True)
class CriterionLedger:
    """All contacts as one criterion sees them, and the two tallies it is judged on.

    `counting` are those that may count by themselves; `left_out` those that do not. Both tallies
    are over all of them; `in_one_run` and `possibly_in_one_run` are the best that contacts without
    a long pause between them reach (policy A4). Where the certain ones form several such runs,
    `run` is the best to name.
    """

    criterion: TreatmentCriterion
    counting: tuple[LedgerEntry, ...]
    certain: Tally
    possible: Tally
    in_one_run: Tally = Tally()
    possibly_in_one_run: Tally = Tally()
    run: Tally | None = None
    doubts: frozenset[Cause] = frozenset()  # why `possible` is more than `certain`
    seen: tuple[SeenContacts, ...] = ()  # for counting again under a supposition
    left_out: tuple[Judged, ...] = ()
    evidence: int = 0  # sessions of this care that were surely found, up to as many as are needed

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """All of them."""
        return (*self.counting, *(entry for each in self.left_out for entry in each.entries()))

    @property
    def certain_entries(self) -> list[LedgerEntry]:
        """The contacts that certainly count; each has its days inside the lookback."""
        return [entry for entry in self.counting if entry.standing is Standing.CERTAIN]

    @property
    def possible_entries(self) -> list[LedgerEntry]:
        """The contacts that may count."""
        return [entry for entry in self.counting if entry.standing is Standing.POSSIBLE]

    def left_out_for(self, reason: Reason) -> list[LedgerEntry]:
        """The contacts that do not count, for one reason."""
        never = [each for each in self.left_out if each.entry.reason is reason]
        return [
            *(entry for entry in self.counting if entry.reason is reason),
            *(entry for each in never for entry in each.entries()),
        ]

    @property
    def has_evidence(self) -> bool:
        """Whether the record holds any trace of this care (policy A2)."""
        return self.evidence > 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The whole count, per criterion, over one lookback.

    `contacts` are those that were counted, each once, as the record tells them.
    """

    lookback: LookbackPeriod
    criteria: tuple[CriterionLedger, ...]
    contacts: tuple[Contact, ...] = ()

    def of(self, criterion: CriterionId) -> CriterionLedger:
        """The part of the ledger that one criterion is judged on."""
        return next(part for part in self.criteria if part.criterion.id == criterion)
