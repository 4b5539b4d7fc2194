"""The domain's own judgement in the shape of the second reading, to compare the two.

What a mapping would hand over is said here once more, by hand: a record in the oracle's words
becomes contacts of the domain, and an assessment of the domain becomes an answer of the oracle.
"""

from collections.abc import Sequence
from typing import Final

from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment, Completeness, CriterionFinding, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
    Subject,
)
from cds_service.domain.criteria import ReadingKey, ReferralCriteria
from cds_service.domain.judging import assess_contacts
from cds_service.domain.ledger import Tally
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from tests.oracle.entries import (
    Case,
    Days,
    Entry,
    Kind,
    Missing,
    Place,
    Reason,
    Resource,
    Status,
    Who,
    Whose,
)
from tests.oracle.readings import DEFAULTS, Readings
from tests.oracle.second_reading import Answered, Part, Run
from tests.oracle.who_and_where import is_filed_under_another

_P = Profession
PROFESSIONS: Final = {
    Who.PHYSIO: _P.PHYSIOTHERAPIST,
    Who.EXERCISE: _P.EXERCISE_THERAPIST,
    Who.ERGO: _P.OCCUPATIONAL_THERAPIST,
    Who.PSYCHOSOMATIC_PHYSIO: _P.PSYCHOSOMATIC_PHYSIOTHERAPIST,
    Who.PSYCHOSOMATIC_EXERCISE: _P.PSYCHOSOMATIC_EXERCISE_THERAPIST,
    Who.PSYCHOSOMATIC_ERGO: _P.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST,
    Who.PSYCHOSOMATIC: _P.PSYCHOSOMATIC_THERAPIST,
    Who.PSYCHOLOGIST: _P.PSYCHOLOGIST,
    Who.POH_GGZ: _P.PRACTICE_NURSE_GGZ,
    Who.GGZ_NURSE: _P.MENTAL_HEALTH_NURSE,
    Who.NURSE: _P.NURSE,
    Who.POH: _P.PRACTICE_NURSE,
    Who.GP: _P.OTHER,
    Who.PSYCHOTHERAPIST: _P.PSYCHOTHERAPIST,
    Who.PSYCHIATRIST: _P.PSYCHIATRIST,
    Who.REMEDIAL_EDUCATIONALIST: _P.REMEDIAL_EDUCATIONALIST,
    Who.OTHER: _P.OTHER,
}
SETTINGS: Final = {
    Place.GP_PRACTICE: CareSetting.GP_PRACTICE,
    Place.THERAPY_PRACTICE: CareSetting.THERAPY_PRACTICE,
    Place.PSYCHOLOGY_PRACTICE: CareSetting.PSYCHOLOGY_PRACTICE,
    Place.OTHER_PRACTICE: CareSetting.OTHER_PRACTICE,
    Place.FIRST_LINE: CareSetting.PRIMARY_CARE,
    Place.GGZ: CareSetting.MENTAL_HEALTH_INSTITUTION,
    Place.HOSPITAL: CareSetting.HOSPITAL,
    Place.LONG_TERM: CareSetting.LONG_TERM_CARE,
    Place.REHABILITATION: CareSetting.REHABILITATION_CENTRE,
    Place.ABROAD: CareSetting.ABROAD,
    Place.UNKNOWN: CareSetting.UNKNOWN,
}
KINDS: Final = {
    Kind.TREATMENT: ContactKind.TREATMENT,
    Kind.GROUP: ContactKind.GROUP,
    Kind.INTAKE: ContactKind.INTAKE,
    Kind.SCREENING: ContactKind.SCREENING,
    Kind.REMOTE: ContactKind.REMOTE,
    Kind.ASYNCHRONOUS: ContactKind.ASYNCHRONOUS,
    Kind.UNCLEAR: ContactKind.UNCLEAR,
    Kind.NOTE: ContactKind.NOTE,
    Kind.CANCELLED: ContactKind.CANCELLED,
}
STATUSES: Final = {
    Status.TOOK_PLACE: ContactStatus.TOOK_PLACE,
    Status.UNKNOWN: ContactStatus.UNKNOWN,
    Status.OPEN: ContactStatus.OPEN,
    Status.PLANNED: ContactStatus.PLANNED,
    Status.VOID: ContactStatus.VOID,
}
SUBJECTS: Final = {
    Whose.PATIENT: Subject.THIS_PATIENT,
    Whose.SOMEBODY_ELSE: Subject.OTHER_PATIENT,
    Whose.UNCLEAR: Subject.UNCLEAR,
}
POH_GGZ_OR_NOT: Final = frozenset({_P.PRACTICE_NURSE_GGZ, _P.OTHER})


def our_criteria() -> ReferralCriteria:
    """The criteria in force, from our rule file."""
    return load_criteria().revisions[-1]


def as_contact(entry: Entry) -> Contact:
    """One entry as a contact of the domain."""
    return Contact(
        source=entry.source,
        days=_range(entry.days),
        professions=_professions(entry),
        practitioner=entry.practitioner,
        setting=SETTINGS[entry.place],
        is_inpatient=entry.is_admission,
        kind=KINDS[entry.kind],
        status=STATUSES[entry.status],
        subject=SUBJECTS[entry.whose],
        procedure=_procedure(entry),
        is_course=entry.is_course,
        has_open_end=entry.has_no_end,
        sessions=entry.number,
        is_stated=entry.is_stated,
        is_by_patient=entry.is_said_by_patient,
        has_other_reason=entry.reason is Reason.SOMETHING_ELSE,
        has_somatic_reason=entry.reason in (Reason.SOMATIC, Reason.SOMETHING_ELSE),
        doubts=_doubts(entry),
        **_months(entry),
    )


def _range(days: Days | None) -> DayRange | None:
    return None if days is None else DayRange(days.first, days.last)


def _professions(entry: Entry) -> frozenset[Profession]:
    if is_filed_under_another(entry):
        return POH_GGZ_OR_NOT
    return frozenset(PROFESSIONS[who] for who in entry.who)


def _procedure(entry: Entry) -> ProcedureMeaning:
    if entry.resource is not Resource.PROCEDURE:
        return ProcedureMeaning.NO_PROCEDURE
    return ProcedureMeaning.ANOTHER if entry.is_no_session_code else ProcedureMeaning.SESSION


def _doubts(entry: Entry) -> frozenset[Cause]:
    doubts = set()
    if entry.is_lost:
        doubts.add(Cause.RECORD_INCOMPLETE)
    if entry.is_unreadable:
        doubts.add(Cause.RESOURCE_UNREADABLE)
    return frozenset(doubts)


def _months(entry: Entry) -> dict[str, DayRange | None]:
    """Where one end of a stated course is vague, both; else none."""
    first, last = entry.first_on, entry.last_on
    if first is None or last is None or (first.is_exact and last.is_exact):
        return {}
    return {"begins": _range(first), "ends": _range(last)}


def as_referral(case: Case) -> Referral:
    """The order of a case."""
    kind = ReferralKind.ONE_TIME_CONSULT if case.is_one_time_consult else ReferralKind.IMSR
    return Referral("ServiceRequest/draft-1", case.day, kind, Indication(case.indication))


def as_completeness(missing: Missing) -> Completeness:
    """What could not be had."""
    parts = {
        RecordPart.PATIENT: missing.patient,
        RecordPart.ENCOUNTERS: missing.encounters,
        RecordPart.PROCEDURES: missing.procedures,
        RecordPart.STATEMENTS: missing.statements,
    }
    return Completeness(
        gaps=frozenset(part for part, is_missing in parts.items() if is_missing),
        is_unavailable=missing.everything,
    )


def assessed(entries: Sequence[Entry], case: Case, r: Readings = DEFAULTS) -> Assessment:
    """What the domain says of the same record."""
    criteria = our_criteria()
    for key, value in r.items():
        if value != DEFAULTS[key]:
            criteria = criteria.read_as(ReadingKey(key), value)
    return assess_contacts(
        [as_contact(entry) for entry in entries],
        as_referral(case),
        criteria,
        person=Person(born=_range(case.born), is_deceased=case.is_deceased),
        completeness=as_completeness(case.missing),
    )


def domain(entries: Sequence[Entry], case: Case, r: Readings = DEFAULTS) -> Answered:
    """The domain as a judge."""
    return as_answered(assessed(entries, case, r))


def as_answered(assessment: Assessment) -> Answered:
    """An assessment in the shape of the second reading."""
    parts = {finding.criterion.id.value: _part(finding) for finding in assessment.findings}
    causes = frozenset(cause.value for cause in assessment.causes)
    return Answered(assessment.label, causes, parts)


def _part(finding: CriterionFinding) -> Part:
    ledger = finding.ledger
    bound = ledger.possible
    return Part(
        outcome=finding.outcome.label,
        causes=frozenset(cause.value for cause in finding.causes),
        certain=(ledger.certain.sessions, ledger.certain.days),
        possible=(None if bound.is_unbounded else bound.sessions, bound.days),
        evidence=ledger.evidence,
        run=_run(ledger.run),
    )


def _run(run: Tally | None) -> Run | None:
    if run is None or run.first is None or run.last is None:
        return None
    return Run(run.sessions, run.days, run.first, run.last)
