"""Which of several codings or words of one concept says more (policy 2.4, 4)."""

from collections.abc import Iterable, Sequence

from cds_service.domain.contacts import Profession
from fhir_mappings.terminology.role_maps import Professions

_OTHER = frozenset({Profession.OTHER})
_PSYCHOSOMATIC = frozenset(
    {
        Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST,
        Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST,
        Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST,
        Profession.PSYCHOSOMATIC_THERAPIST,
    }
)
_LESS_THAN_PSYCHOSOMATIC = (
    frozenset({Profession.PHYSIOTHERAPIST}),
    frozenset({Profession.EXERCISE_THERAPIST}),
)
_MENTAL_HEALTH = (
    frozenset({Profession.PRACTICE_NURSE_GGZ}),
    frozenset({Profession.MENTAL_HEALTH_NURSE}),
)
_LESS_THAN_PSYCHOLOGIST = (
    frozenset({Profession.PSYCHOTHERAPIST}),
    frozenset({Profession.PSYCHIATRIST}),
    frozenset({Profession.REMEDIAL_EDUCATIONALIST}),
)


def merged(found: Iterable[Professions], *, keep_other: bool = False) -> Professions:
    """Several codings of one concept mean the same: the more specific one wins.

    In words (`keep_other`) "huisarts" beside another profession stays a second profession.
    """
    left = [alternatives for alternatives in dict.fromkeys(found) if alternatives]
    if any(alternatives != _OTHER for alternatives in left) and not keep_other:
        left = [alternatives for alternatives in left if alternatives != _OTHER]
    left = [alternatives for alternatives in left if not _is_superseded(alternatives, left)]
    return frozenset().union(*left)


def _is_superseded(alternatives: Professions, others: Sequence[Professions]) -> bool:
    if alternatives - _OTHER in others and alternatives != _OTHER and alternatives & _OTHER:
        return True  # a profession wins over its own "to be confirmed"
    if alternatives == frozenset({Profession.NURSE}):
        return any(known in others for known in _MENTAL_HEALTH)
    if alternatives in _LESS_THAN_PSYCHOSOMATIC:
        return any(other & _PSYCHOSOMATIC for other in others)
    if alternatives in _LESS_THAN_PSYCHOLOGIST:
        return frozenset({Profession.PSYCHOLOGIST}) in others
    if alternatives <= _PSYCHOSOMATIC:
        return any(alternatives < other for other in others)  # a combination code stays one
    return False
