"""The professions of a role beside the discipline that a code names (policy 2.4, 3)."""

from cds_service.domain.contacts import Profession

_PSYCHOSOMATIC = {
    Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST: Profession.PHYSIOTHERAPIST,
    Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST: Profession.EXERCISE_THERAPIST,
    Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST: Profession.OCCUPATIONAL_THERAPIST,
}
"""Each psychosomatic therapist with the discipline of which that is a specialisation."""

_MAY_BE_POH_GGZ = frozenset(
    {Profession.NURSE, Profession.MENTAL_HEALTH_NURSE, Profession.PRACTICE_NURSE}
)


def narrowed_professions(
    role: frozenset[Profession], named: frozenset[Profession]
) -> frozenset[Profession]:
    """What remains of a role's alternatives where a code names a discipline, and the other way.

    A code that names one of them settles it. One that names none of them leaves both open.
    """
    if not role or not named:
        return role or named
    settled = frozenset(found for each in role for code in named if (found := _both(each, code)))
    return settled or role | named


def _both(role: Profession, code: Profession) -> Profession | None:
    """The one profession that role and code mean; None where they differ.

    A code of physiotherapy does not deny that a psychosomatic physiotherapist gave it, and a code
    of POH-GGZ care tells the function of the nurse who did.
    """
    if role is code or _PSYCHOSOMATIC.get(role) is code:
        return role
    if code is Profession.PSYCHOSOMATIC_THERAPIST and role in _PSYCHOSOMATIC:
        return role
    if role is Profession.PSYCHOSOMATIC_THERAPIST and code in _PSYCHOSOMATIC:
        return code
    if code is Profession.PRACTICE_NURSE_GGZ and role in _MAY_BE_POH_GGZ:
        return code
    return None
