"""Policy 2.4: who counts, and where. For every answer: yes, maybe or no."""

from enum import IntEnum

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import CareSetting, Contact, ProcedureMeaning, Profession
from cds_service.domain.criteria import CriterionId, ReadingKey

C1 = CriterionId.ALLIED_HEALTH_THERAPY
C2 = CriterionId.PSYCHOLOGICAL_CARE
O2 = CriterionId.PSYCHOSOMATIC_THERAPY

P = Profession
S = CareSetting
K = ReadingKey
Readings = dict[ReadingKey, str]


class Answer(IntEnum):
    """A contact is as weak as its weakest part, so the least answer wins."""

    NO = 0
    MAYBE = 1
    YES = 2


ANSWER_OF = {"counts": Answer.YES, "possible": Answer.MAYBE, "not": Answer.NO}

PLAIN_THERAPISTS = (P.PHYSIOTHERAPIST, P.EXERCISE_THERAPIST, P.OCCUPATIONAL_THERAPIST)
PSYCHOSOMATIC = (
    P.PSYCHOSOMATIC_PHYSIOTHERAPIST,
    P.PSYCHOSOMATIC_EXERCISE_THERAPIST,
    P.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST,
    P.PSYCHOSOMATIC_THERAPIST,
)
NURSE_MAYBE = (
    S.GP_PRACTICE,
    S.MENTAL_HEALTH_INSTITUTION,
    S.PSYCHOLOGY_PRACTICE,
    S.UNKNOWN,
    S.PRIMARY_CARE,
    S.ABROAD,
)
INSTITUTIONS = (S.HOSPITAL, S.MENTAL_HEALTH_INSTITUTION, S.LONG_TERM_CARE)
WITHOUT_ROLE: dict[CareSetting, tuple[CriterionId, ...]] = {
    S.GP_PRACTICE: (C2,),
    S.THERAPY_PRACTICE: (C1, O2),
    S.PSYCHOLOGY_PRACTICE: (C2,),
    S.MENTAL_HEALTH_INSTITUTION: (C2,),
    S.HOSPITAL: (C2,),
    S.LONG_TERM_CARE: (C2,),
    S.REHABILITATION_CENTRE: (),
    S.OTHER_PRACTICE: (),
    S.PRIMARY_CARE: (C1, C2, O2),
    S.ABROAD: (C1, C2, O2),
    S.UNKNOWN: (C1, C2, O2),
}


def one_profession(profession: P, contact: Contact, criterion: CriterionId, r: Readings) -> Answer:
    """The table Professions, for one profession."""
    if criterion is C1:
        if profession in PLAIN_THERAPISTS:
            return Answer.YES
        if profession in PSYCHOSOMATIC:
            return Answer.YES if r[K.PSYCHOSOMATIC_AS_ALLIED_HEALTH] == "yes" else Answer.NO
        return Answer.NO
    if criterion is O2:
        if profession is P.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST:
            return Answer.MAYBE
        return Answer.YES if profession in PSYCHOSOMATIC else Answer.NO
    return _psychological(profession, contact.setting, r)


def _psychological(profession: P, place: S, r: Readings) -> Answer:
    if profession in (P.PSYCHOLOGIST, P.PRACTICE_NURSE_GGZ):
        return Answer.YES
    if profession is P.MENTAL_HEALTH_NURSE and place is S.GP_PRACTICE:
        return Answer.YES
    if profession is P.NURSE:
        return Answer.MAYBE if place in NURSE_MAYBE else Answer.NO
    others = (P.MENTAL_HEALTH_NURSE, P.PSYCHOTHERAPIST, P.PSYCHIATRIST, P.REMEDIAL_EDUCATIONALIST)
    return ANSWER_OF[r[K.OTHER_PSYCH_PROFESSIONS]] if profession in others else Answer.NO


def who(contact: Contact, criterion: CriterionId, r: Readings) -> tuple[Answer, set[Cause]]:
    """Whether the profession is one of the criterion's."""
    if not contact.professions:
        return _nobody(contact, criterion)
    answers = {one_profession(each, contact, criterion, r) for each in contact.professions}
    if answers == {Answer.YES}:
        return Answer.YES, set()
    if answers == {Answer.NO}:
        return Answer.NO, set()
    return Answer.MAYBE, {Cause.PROFESSION_TO_CONFIRM}


def _nobody(contact: Contact, criterion: CriterionId) -> tuple[Answer, set[Cause]]:
    """Without a usable role the place tells what is left open; lost or unreadable is no answer."""
    if contact.doubts & {Cause.RESOURCE_UNREADABLE, Cause.RECORD_INCOMPLETE}:
        return Answer.MAYBE, set()
    is_therapy_place = contact.setting is S.THERAPY_PRACTICE
    if contact.procedure is ProcedureMeaning.ANOTHER and not is_therapy_place:
        return Answer.NO, set()
    if contact.is_inpatient and criterion is C1:
        return Answer.NO, set()
    if criterion in WITHOUT_ROLE[contact.setting]:
        return Answer.MAYBE, {Cause.UNMAPPED_ROLE}
    return Answer.NO, set()


def where(contact: Contact, criterion: CriterionId, r: Readings) -> tuple[Answer, set[Cause]]:
    """The table of places, with its readings."""
    place = contact.setting
    if place is S.REHABILITATION_CENTRE:
        return Answer.NO, set()
    if place is S.ABROAD:
        first_line_only = criterion is C1 and r[K.HOSPITAL_ALLIED_HEALTH] == "not"
        if contact.is_inpatient and first_line_only:  # a class that is never first line
            return Answer.NO, set()
        return _maybe(ANSWER_OF[r[K.ABROAD]], Cause.SETTING_ABROAD)
    if place in INSTITUTIONS or contact.is_inpatient:
        key = K.HOSPITAL_ALLIED_HEALTH if criterion is C1 else K.SECONDARY_CARE
        return ANSWER_OF[r[key]], set()
    # lost is not unknown, and what could not be read is possible for every criterion
    is_unknown = place is S.UNKNOWN and not contact.doubts & {
        Cause.RECORD_INCOMPLETE,
        Cause.RESOURCE_UNREADABLE,
    }
    if is_unknown and (criterion is C1 or r[K.SECONDARY_CARE] == "not"):
        return _maybe(ANSWER_OF[r[K.SETTING_UNKNOWN]], Cause.SETTING_UNKNOWN)
    return Answer.YES, set()


def _maybe(answer: Answer, cause: Cause) -> tuple[Answer, set[Cause]]:
    return answer, {cause} if answer is Answer.MAYBE else set()


DISCIPLINE_OF = {
    P.PHYSIOTHERAPIST: "physiotherapy",
    P.EXERCISE_THERAPIST: "exercise therapy",
    P.OCCUPATIONAL_THERAPIST: "occupational therapy",
    P.PSYCHOSOMATIC_PHYSIOTHERAPIST: "physiotherapy",
    P.PSYCHOSOMATIC_EXERCISE_THERAPIST: "exercise therapy",
    P.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST: "occupational therapy",
    P.PSYCHOLOGIST: "psychology",
    P.PRACTICE_NURSE_GGZ: "POH-GGZ",
}


def disciplines(contact: Contact, criterion: CriterionId, r: Readings) -> frozenset[str]:
    """Policy C1: of which disciplines the contact can be, as far as they serve the criterion."""
    if not contact.professions:
        whose = contact.practitioner or f"contact {contact.source}"
        return frozenset({f"nobody usable: {whose}"})
    found: set[str] = set()
    for profession in contact.professions:
        if one_profession(profession, contact, criterion, r) is Answer.NO:
            continue
        if profession is P.PSYCHOSOMATIC_THERAPIST:
            # A7: it is given by one of the three, and the record does not say by which
            found |= {"physiotherapy", "exercise therapy", "occupational therapy"}
        elif profession is P.MENTAL_HEALTH_NURSE and contact.setting is S.GP_PRACTICE:
            found.add("POH-GGZ")
        else:
            found.add(DISCIPLINE_OF.get(profession, profession.value))
    return frozenset(found)
