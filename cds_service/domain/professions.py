"""Which profession serves which criterion, and what a place leaves open (policy 2.4)."""

from enum import IntEnum
from functools import lru_cache

from cds_service.domain.contacts import (
    CareSetting,
    Circumstances,
    Profession,
    TherapistCategory,
)
from cds_service.domain.criteria import CriterionId, ReadingKey, ReferralCriteria


class Service(IntEnum):
    """Whether somebody of a profession gives the care that a criterion asks for."""

    NO = 0
    MAYBE = 1
    YES = 2


_C1 = CriterionId.ALLIED_HEALTH_THERAPY
_C2 = CriterionId.PSYCHOLOGICAL_CARE
_O2 = CriterionId.PSYCHOSOMATIC_THERAPY

PSYCHOSOMATIC_KIND_OF: dict[Profession, Profession] = {
    Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST: Profession.PHYSIOTHERAPIST,
    Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST: Profession.EXERCISE_THERAPIST,
    Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST: Profession.OCCUPATIONAL_THERAPIST,
}
"""A psychosomatic therapist is a therapist of one of these disciplines (policy 2.4)."""

PSYCHOSOMATIC = frozenset({*PSYCHOSOMATIC_KIND_OF, Profession.PSYCHOSOMATIC_THERAPIST})
ALLIED_HEALTH = frozenset(
    {
        Profession.PHYSIOTHERAPIST,
        Profession.EXERCISE_THERAPIST,
        Profession.OCCUPATIONAL_THERAPIST,
    }
)
_OTHER_PSYCH = frozenset(
    {
        Profession.PSYCHOTHERAPIST,
        Profession.PSYCHIATRIST,
        Profession.REMEDIAL_EDUCATIONALIST,
    }
)

_NURSE_MAY_BE_POH_GGZ = frozenset(
    {
        CareSetting.GP_PRACTICE,
        CareSetting.PSYCHOLOGY_PRACTICE,
        CareSetting.MENTAL_HEALTH_INSTITUTION,
        CareSetting.PRIMARY_CARE,
        CareSetting.ABROAD,
        CareSetting.UNKNOWN,
    }
)
"""Where a bare nurse can be the POH-GGZ (policy 2.4, Professions)."""

_ALL = frozenset(CriterionId)
_LEFT_OPEN: dict[CareSetting, frozenset[CriterionId]] = {
    CareSetting.GP_PRACTICE: frozenset({_C2}),
    CareSetting.THERAPY_PRACTICE: frozenset({_C1, _O2}),
    CareSetting.PSYCHOLOGY_PRACTICE: frozenset({_C2}),
    CareSetting.MENTAL_HEALTH_INSTITUTION: frozenset({_C2}),
    CareSetting.HOSPITAL: frozenset({_C2}),
    CareSetting.LONG_TERM_CARE: frozenset({_C2}),
    CareSetting.REHABILITATION_CENTRE: frozenset(),
    CareSetting.OTHER_PRACTICE: frozenset(),
    CareSetting.PRIMARY_CARE: _ALL,
    CareSetting.ABROAD: _ALL,
    CareSetting.UNKNOWN: _ALL,
}
"""What a contact without a usable role can be, by its place (policy 2.4)."""

_DISCIPLINES: dict[Profession, frozenset[str]] = {
    Profession.PHYSIOTHERAPIST: frozenset({"physiotherapy"}),
    Profession.EXERCISE_THERAPIST: frozenset({"exercise-therapy"}),
    Profession.OCCUPATIONAL_THERAPIST: frozenset({"occupational-therapy"}),
    Profession.PSYCHOLOGIST: frozenset({"psychology"}),
    Profession.PRACTICE_NURSE_GGZ: frozenset({"poh-ggz"}),
    Profession.PRACTICE_NURSE: frozenset({"poh-ggz"}),  # it counts only if that is what it was
}
_DISCIPLINES |= {each: _DISCIPLINES[kind] for each, kind in PSYCHOSOMATIC_KIND_OF.items()}
_DISCIPLINES[Profession.PSYCHOSOMATIC_THERAPIST] = frozenset().union(
    *(_DISCIPLINES[kind] for kind in PSYCHOSOMATIC_KIND_OF.values())
)
"""The disciplines of policy C1; every other profession is a discipline of its own."""

_CATEGORIES: dict[Profession, TherapistCategory] = {
    Profession.PHYSIOTHERAPIST: TherapistCategory.PHYSIOTHERAPIST,
    Profession.EXERCISE_THERAPIST: TherapistCategory.EXERCISE_THERAPIST,
    Profession.OCCUPATIONAL_THERAPIST: TherapistCategory.OCCUPATIONAL_THERAPIST,
    Profession.PSYCHOLOGIST: TherapistCategory.PSYCHOLOGIST,
    Profession.PRACTICE_NURSE_GGZ: TherapistCategory.MENTAL_HEALTH_PRACTICE_NURSE,
    Profession.MENTAL_HEALTH_NURSE: TherapistCategory.MENTAL_HEALTH_PRACTICE_NURSE,
    Profession.NURSE: TherapistCategory.MENTAL_HEALTH_PRACTICE_NURSE,
    Profession.PRACTICE_NURSE: TherapistCategory.MENTAL_HEALTH_PRACTICE_NURSE,
} | dict.fromkeys(PSYCHOSOMATIC, TherapistCategory.PSYCHOSOMATIC_THERAPIST)


def category(profession: Profession) -> TherapistCategory:
    """The therapist category that the outside world knows a profession by."""
    return _CATEGORIES.get(profession, TherapistCategory.OTHER)


def disciplines(profession: Profession, setting: CareSetting) -> frozenset[str]:
    """The discipline of a profession; several where the record does not say which (policy C1).

    A mental health nurse fills the function of POH-GGZ in a GP practice, and nowhere else.
    """
    in_gp_practice = setting is CareSetting.GP_PRACTICE
    if profession is Profession.MENTAL_HEALTH_NURSE and in_gp_practice:
        return _DISCIPLINES[Profession.PRACTICE_NURSE_GGZ]
    return _DISCIPLINES.get(profession, frozenset({profession.value}))


def left_open(setting: CareSetting) -> frozenset[CriterionId]:
    """The criteria that a contact without a usable role can belong to (policy 2.4)."""
    return _LEFT_OPEN[setting]


def serving(
    contact: Circumstances, criterion: CriterionId, criteria: ReferralCriteria
) -> tuple[Service, frozenset[str]]:
    """What alternatives are worth together, and the disciplines of those that serve.

    Certain where all of them serve, possible where one does (policy 2.4).
    """
    professions, setting = contact.professions, contact.setting
    if contact.has_somatic_reason or contact.has_other_reason:
        professions = frozenset(_of_somatic_care(each, setting) for each in professions)
    return _serving(
        professions,
        criterion,
        setting,
        criteria.reading(ReadingKey.PSYCHOSOMATIC_AS_ALLIED_HEALTH) == "yes",
        _OTHER_PSYCH_READINGS[criteria.reading(ReadingKey.OTHER_PSYCH_PROFESSIONS)],
    )


@lru_cache(maxsize=4096)  # a record has many contacts and few sorts of them
def _serving(
    professions: frozenset[Profession],
    criterion: CriterionId,
    setting: CareSetting,
    psychosomatic_counts: bool,  # noqa: FBT001 a key of the cache
    other_psych: Service,
) -> tuple[Service, frozenset[str]]:
    each = {
        profession: service(profession, criterion, setting, psychosomatic_counts, other_psych)
        for profession in professions
    }
    names = (disciplines(profession, setting) for profession, worth in each.items() if worth)
    worths = set(each.values()) or {Service.NO}
    together = worths.pop() if len(worths) == 1 else Service.MAYBE
    return together, frozenset().union(*names)


def _of_somatic_care(profession: Profession, setting: CareSetting) -> Profession:
    """A plain POH or, in a GP practice, a nurse is then not the POH-GGZ (policy 2.4)."""
    is_nurse = profession is Profession.NURSE and setting is CareSetting.GP_PRACTICE
    is_asked = is_nurse or profession is Profession.PRACTICE_NURSE
    return Profession.OTHER if is_asked else profession


_OTHER_PSYCH_READINGS = {
    "possible": Service.MAYBE,
    "counts": Service.YES,
    "not": Service.NO,
}


def service(
    profession: Profession,
    criterion: CriterionId,
    setting: CareSetting,
    psychosomatic_counts: bool,  # noqa: FBT001 a key of the cache
    other_psych: Service,
) -> Service:
    """Whether a profession, at this place, gives the care that the criterion asks for.

    `psychosomatic_counts` and `other_psych` are the readings of A7 and of the professions that
    the text does not name.
    """
    if criterion is _C1:
        is_psychosomatic = profession in PSYCHOSOMATIC and psychosomatic_counts
        return Service.YES if profession in ALLIED_HEALTH or is_psychosomatic else Service.NO
    if criterion is _O2:
        return _psychosomatic(profession)
    return _psychological(profession, setting, other_psych)


def _psychosomatic(profession: Profession) -> Service:
    """Option 2: a psychosomatic occupational therapist exists in practice and in no register."""
    if profession is Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST:
        return Service.MAYBE
    return Service.YES if profession in PSYCHOSOMATIC else Service.NO


def _psychological(profession: Profession, setting: CareSetting, other_psych: Service) -> Service:
    """Policy 1(2): psychologist or POH-GGZ; a function that a nurse fills is known by its place."""
    if profession in {Profession.PSYCHOLOGIST, Profession.PRACTICE_NURSE_GGZ}:
        return Service.YES
    if profession is Profession.PRACTICE_NURSE:
        return Service.MAYBE
    if profession is Profession.NURSE:
        return Service.MAYBE if setting in _NURSE_MAY_BE_POH_GGZ else Service.NO
    if profession is Profession.MENTAL_HEALTH_NURSE and setting is CareSetting.GP_PRACTICE:
        return Service.YES
    if profession is Profession.MENTAL_HEALTH_NURSE or profession in _OTHER_PSYCH:
        return other_psych
    return Service.NO
