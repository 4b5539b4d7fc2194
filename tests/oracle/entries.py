"""What a record says, in the words of the policy: the facts that its rules ask for, no more."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Who(StrEnum):
    """The professions that the table of policy 2.4 tells apart."""

    PHYSIO = "physiotherapist"
    EXERCISE = "exercise therapist"
    ERGO = "occupational therapist"
    PSYCHOSOMATIC_PHYSIO = "psychosomatic physiotherapist"
    PSYCHOSOMATIC_EXERCISE = "psychosomatic exercise therapist"
    PSYCHOSOMATIC_ERGO = "psychosomatic occupational therapist"
    PSYCHOSOMATIC = "psychosomatic therapist"  # of which discipline is not said
    PSYCHOLOGIST = "psychologist"
    POH_GGZ = "POH-GGZ"
    GGZ_NURSE = "GGZ nurse"  # SPV, VS-GGZ, a nurse whose role says GGZ
    NURSE = "nurse"  # bare
    POH = "POH"  # plain
    GP = "GP"
    PSYCHOTHERAPIST = "psychotherapist"
    PSYCHIATRIST = "psychiatrist"
    REMEDIAL_EDUCATIONALIST = "remedial educationalist"
    OTHER = "other"


class Place(StrEnum):
    """The places that the tables of policy 2.4 tell apart."""

    GP_PRACTICE = "GP practice"
    THERAPY_PRACTICE = "therapy practice"
    PSYCHOLOGY_PRACTICE = "psychology practice"
    OTHER_PRACTICE = "practice of another discipline"
    FIRST_LINE = "first line, kind open"  # a health centre
    GGZ = "GGZ institution"
    HOSPITAL = "hospital"
    LONG_TERM = "nursing home, home care, GRZ"
    REHABILITATION = "rehabilitation centre"
    ABROAD = "abroad"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What sort of contact it was (C5 to C10, C18, C19)."""

    TREATMENT = "treatment"
    GROUP = "group"
    INTAKE = "intake"
    SCREENING = "screening"
    REMOTE = "remote"
    ASYNCHRONOUS = "asynchronous"
    UNCLEAR = "unclear"
    NOTE = "note"  # C10 and C18: what is no treatment at all
    CANCELLED = "cancelled"  # C11, by its words; its status is what the record says


class Status(StrEnum):
    """Whether it took place (C11 to C14)."""

    TOOK_PLACE = "took place"
    UNKNOWN = "unknown"
    OPEN = "open"
    PLANNED = "planned"
    VOID = "void"


class Whose(StrEnum):
    """Whose contact it is (2.6)."""

    PATIENT = "the patient"
    SOMEBODY_ELSE = "somebody else"
    UNCLEAR = "unclear"


class Resource(StrEnum):
    """What sort of resource tells of it; C13 looks at Encounters and Procedures apart."""

    ENCOUNTER = "Encounter"
    PROCEDURE = "Procedure"
    STATEMENT = "QuestionnaireResponse"


class Reason(StrEnum):
    """What all coded reasons of a contact together say (A8, and 2.4 for a plain POH)."""

    UNSAID = "no coded reason, or one that says nothing"
    SOMATIC = "somatic chapters only, and not certainly something else"
    SOMETHING_ELSE = "all certainly something else than this pain"
    MENTAL = "chapter P or Z, or words that name GGZ or psych"


@dataclass(frozen=True, order=True)
class Days:
    """Days from the first to the last, both included; a known day is one day."""

    first: date
    last: date

    @classmethod
    def on(cls, day: date) -> "Days":
        return cls(day, day)

    @property
    def is_exact(self) -> bool:
        return self.first == self.last

    @property
    def span(self) -> int:
        """Date minus date (A5)."""
        return (self.last - self.first).days

    def holds(self, other: "Days") -> bool:
        return self.first <= other.first and other.last <= self.last

    def overlap(self, other: "Days") -> "Days | None":
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Days(first, last) if first <= last else None


@dataclass(frozen=True)
class Entry:
    """One contact, course or statement of a record.

    `who` are alternatives: exactly one of them is true; empty: nobody usable is named. `days` of a
    single contact are the days on one of which it was (None: no date), of a course its first to
    its last day. A course stated by months has `first_on` and `last_on`: the days on which it may
    have begun and ended; its `days` are then the widest ones.
    """

    source: str
    days: Days | None = None
    resource: Resource = Resource.ENCOUNTER
    who: frozenset[Who] = frozenset()
    names_poh_ggz: bool = False  # words on the contact itself
    practitioner: str = ""  # tells them apart; empty where nobody is named
    place: Place = Place.UNKNOWN
    is_admission: bool = False  # its class, or what it is part of
    kind: Kind = Kind.TREATMENT
    status: Status = Status.TOOK_PLACE
    whose: Whose = Whose.PATIENT
    is_no_session_code: bool = False  # a Procedure whose code is in no session value set
    is_course: bool = False
    has_no_end: bool = False  # a start and no end
    number: int | None = None  # stated
    first_on: Days | None = None
    last_on: Days | None = None
    is_stated: bool = False
    is_said_by_patient: bool = False
    reason: Reason = Reason.UNSAID
    is_lost: bool = False  # its role or place could not be had
    is_unreadable: bool = False  # not at all (then it says nothing else), or in part


@dataclass(frozen=True)
class Missing:
    """What could not be had of the record (2.6)."""

    patient: bool = False
    encounters: bool = False
    procedures: bool = False
    statements: bool = False  # a search for them failed
    everything: bool = False  # nothing usable of encounters and of procedures was received

    @property
    def is_care(self) -> bool:
        return self.encounters or self.procedures or self.everything


@dataclass(frozen=True)
class Case:
    """A referral and its patient, as far as the rules ask (2.5)."""

    day: date  # of the referral
    born: Days | None = Days(date(1980, 5, 17), date(1980, 5, 17))
    is_deceased: bool = False
    is_one_time_consult: bool = False
    indication: str = "pain"  # or `unknown`, `other`
    missing: Missing = field(default_factory=Missing)
