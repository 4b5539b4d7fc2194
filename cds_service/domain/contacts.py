"""What a record says about one contact of a patient with care, in our words.

A contact states facts and judges nothing: whether an intake counts or an unknown status is
trusted is a reading of the policy, applied in :mod:`cds_service.domain.counting`.
"""

from typing import Any, NamedTuple, Self

from cds_service.domain.causes import Cause
from cds_service.domain.lookback import DayRange
from cds_service.domain.words import Word


class TherapistCategory(Word):
    """The codes of CodeSystem `https://imsr-cds.nl/fhir/CodeSystem/therapist-category`."""

    PHYSIOTHERAPIST = "physiotherapist"
    EXERCISE_THERAPIST = "exercise-therapist"
    OCCUPATIONAL_THERAPIST = "occupational-therapist"
    PSYCHOSOMATIC_THERAPIST = "psychosomatic-therapist"
    PSYCHOLOGIST = "psychologist"
    MENTAL_HEALTH_PRACTICE_NURSE = "mental-health-practice-nurse"
    OTHER = "other"


class Profession(Word):
    """Who gave the care, as finely as the policy asks (policy 2.4).

    `value` is the code of CodeSystem `https://imsr-cds.nl/fhir/CodeSystem/profession`.
    """

    PHYSIOTHERAPIST = "physiotherapist"
    EXERCISE_THERAPIST = "exercise-therapist"
    OCCUPATIONAL_THERAPIST = "occupational-therapist"
    PSYCHOSOMATIC_PHYSIOTHERAPIST = "psychosomatic-physiotherapist"
    PSYCHOSOMATIC_EXERCISE_THERAPIST = "psychosomatic-exercise-therapist"
    PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST = "psychosomatic-occupational-therapist"
    PSYCHOSOMATIC_THERAPIST = "psychosomatic-therapist"  # of which discipline is not said
    PSYCHOLOGIST = "psychologist"
    PRACTICE_NURSE_GGZ = "mental-health-practice-nurse"  # POH-GGZ by name
    MENTAL_HEALTH_NURSE = "mental-health-nurse"  # SPV, VS-GGZ, GGZ nurse: by place
    NURSE = "nurse"  # a bare nurse: by place, and in a GP practice by reason
    PRACTICE_NURSE = "practice-nurse"  # a plain POH or praktijkondersteuner: by reason
    PSYCHOTHERAPIST = "psychotherapist"
    PSYCHIATRIST = "psychiatrist"
    REMEDIAL_EDUCATIONALIST = "remedial-educationalist"  # orthopedagoog-generalist
    OTHER = "other"


class CareSetting(Word):
    """Where the care was given, by what the place leaves open (policy 2.4, Where)."""

    GP_PRACTICE = "gp-practice"
    THERAPY_PRACTICE = "therapy-practice"
    PSYCHOLOGY_PRACTICE = "psychology-practice"
    OTHER_PRACTICE = "other-practice"  # first line, of a discipline that never counts
    PRIMARY_CARE = "primary-care"  # first line, kind open: a health centre
    MENTAL_HEALTH_INSTITUTION = "mental-health-institution"
    HOSPITAL = "hospital"
    LONG_TERM_CARE = "long-term-care"  # nursing home, home care, GRZ
    REHABILITATION_CENTRE = "rehabilitation-centre"
    ABROAD = "abroad"
    UNKNOWN = "unknown"


class ContactKind(Word):
    """What kind of contact it was (policy C5 to C11, C18, C19)."""

    TREATMENT = "treatment"
    INTAKE = "intake"
    SCREENING = "screening"
    GROUP = "group"
    REMOTE = "remote"
    ASYNCHRONOUS = "asynchronous"
    UNCLEAR = "unclear"
    NOTE = "note"  # no contact with the patient, or no treatment at all (policy C10, C18)
    CANCELLED = "cancelled"  # by its words, whatever its status says (policy C11)


class ContactStatus(Word):
    """Whether it took place (policy C11 to C14)."""

    TOOK_PLACE = "took-place"
    UNKNOWN = "unknown"
    OPEN = "open"
    PLANNED = "planned"
    VOID = "void"
    NOT_RECORDED = "not-recorded"  # its source records no status of any contact (policy C13)


class Subject(Word):
    """Whose contact it is (policy 2.6)."""

    THIS_PATIENT = "this-patient"
    OTHER_PATIENT = "other-patient"
    UNCLEAR = "unclear"


class ProcedureMeaning(Word):
    """What a contact that is a Procedure without a usable role can be (policy 2.4)."""

    NO_PROCEDURE = "no-procedure"
    SESSION = "session"  # its code stands in the session value sets
    ANOTHER = "another"


class Circumstances(NamedTuple):
    """What a contact is worth for one criterion hangs on these, and on nothing else that differs.

    Its days, its status and its number of sessions are the same for every criterion. A record has
    many contacts and few sorts of them, so each sort is judged once.
    """

    professions: frozenset[Profession]
    setting: CareSetting
    is_inpatient: bool
    kind: ContactKind
    procedure: ProcedureMeaning
    is_stated: bool
    is_in_part_lost: bool  # its role or place is lost, or is not to be trusted (2.6)
    has_other_reason: bool
    has_somatic_reason: bool


class Facts(NamedTuple):
    """What a contact says beside its entry and its days; contacts of one sort share it."""

    professions: frozenset[Profession] = frozenset()
    practitioner: str = ""  # tells practitioners apart; empty where nobody is named
    setting: CareSetting = CareSetting.UNKNOWN
    is_inpatient: bool = False  # the class is one that is never first line
    kind: ContactKind = ContactKind.TREATMENT
    status: ContactStatus = ContactStatus.TOOK_PLACE
    subject: Subject = Subject.THIS_PATIENT
    procedure: ProcedureMeaning = ProcedureMeaning.NO_PROCEDURE
    is_course: bool = False
    has_open_end: bool = False  # a start and no end
    sessions: int | None = None  # a stated number
    is_stated: bool = False  # care given elsewhere, stated by the referrer
    is_by_patient: bool = False  # stated by the patient or a relative, not by a clinician (2.6)
    # of stated care whose first or last day is not known: the days on which it can have begun and
    # ended, both set; its `days` are then the widest
    begins: DayRange | None = None
    ends: DayRange | None = None
    # all coded reasons are certainly something else, and no word or other code beside them (A8)
    has_other_reason: bool = False
    # coded reasons, all of somatic chapters, and nothing that names GGZ or "psych" (policy 2.4)
    has_somatic_reason: bool = False
    # RECORD_INCOMPLETE for a role or place that is lost; RESOURCE_UNREADABLE for what
    # could not be read, or carries a modifier that we do not know
    doubts: frozenset[Cause] = frozenset()
    practice: str = ""  # name of the practice, for the list of doubtful contacts
    practitioner_name: str = ""  # used only where the practice is unknown


_IN_PART_LOST = frozenset({Cause.RECORD_INCOMPLETE, Cause.RESOURCE_UNREADABLE})


def _fact(name: str) -> Any:
    """One of the facts, read from a contact; its type stands where it is declared."""
    place = Facts._fields.index(name)
    return property(lambda contact: contact[2][place])  # by place: it is read by the thousand


class _Contact(NamedTuple):
    source: str  # which entry of the record; for the ledger, never for a card
    days: DayRange | None
    facts: Facts


class Contact(_Contact):
    """One contact, course of treatment or stated course, as the record tells it.

    `professions` are alternatives: the contact was with exactly one of them, the record does not
    say with which. Two roles of one person, a combination code or a role and a code that differ
    all look like this; a role "to be confirmed" is itself or `OTHER`. Empty: nobody usable is
    named, so the place decides what the contact can be.

    `days` are the days on which it can have been; None where the record has no date. For a course
    (`is_course`) they are its first and last day.
    """

    __slots__ = ()

    def __new__(cls, source: str, days: DayRange | None, **facts: Any) -> Self:
        """A contact with these facts; those that are not named are as in `Facts`."""
        return tuple.__new__(cls, (source, days, Facts(**facts)))

    @classmethod
    def with_facts(cls, source: str, days: DayRange | None, facts: Facts) -> "Contact":
        """A contact of a sort that is known."""
        return tuple.__new__(cls, (source, days, facts))

    def but(self, **changes: Any) -> "Contact":
        """The same contact, with another source, other days or other facts."""
        source, days = changes.pop("source", self.source), changes.pop("days", self.days)
        return self.with_facts(source, days, self.facts._replace(**changes))

    @property
    def circumstances(self) -> Circumstances:
        """What a criterion asks of it, beside whether and when it took place."""
        facts = self.facts
        return Circumstances(
            facts.professions,
            facts.setting,
            facts.is_inpatient,
            facts.kind,
            facts.procedure,
            facts.is_stated,
            not facts.doubts.isdisjoint(_IN_PART_LOST),
            facts.has_other_reason,
            facts.has_somatic_reason,
        )

    @property
    def may_run(self) -> bool:
        """Whether it may be a course that still runs: never closed, and without an end (B11)."""
        facts = self.facts
        return facts.has_open_end and facts.status is ContactStatus.OPEN

    professions: frozenset[Profession] = _fact("professions")
    practitioner: str = _fact("practitioner")
    setting: CareSetting = _fact("setting")
    is_inpatient: bool = _fact("is_inpatient")
    kind: ContactKind = _fact("kind")
    status: ContactStatus = _fact("status")
    subject: Subject = _fact("subject")
    procedure: ProcedureMeaning = _fact("procedure")
    is_course: bool = _fact("is_course")
    has_open_end: bool = _fact("has_open_end")
    sessions: int | None = _fact("sessions")
    is_stated: bool = _fact("is_stated")
    is_by_patient: bool = _fact("is_by_patient")
    begins: DayRange | None = _fact("begins")
    ends: DayRange | None = _fact("ends")
    has_other_reason: bool = _fact("has_other_reason")
    has_somatic_reason: bool = _fact("has_somatic_reason")
    doubts: frozenset[Cause] = _fact("doubts")
    practice: str = _fact("practice")
    practitioner_name: str = _fact("practitioner_name")
