"""Role, specialty and procedure code -> the professions that somebody can have (policy 2.4).

What comes out are alternatives: the contact was with exactly one of them. An empty set says that
nobody usable is named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cds_service.domain.contacts import Profession
from fhir_mappings.concepts import Coding, Concept
from fhir_mappings.role_maps import Professions
from fhir_mappings.role_words import RoleTexts, refined, role_texts
from fhir_mappings.terminology import Terminology

_NOBODY: Professions = frozenset()
_OTHER = frozenset({Profession.OTHER})
_PSYCHOSOMATIC = frozenset(
    {
        Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST,
        Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST,
        Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST,
        Profession.PSYCHOSOMATIC_THERAPIST,
    }
)
_NURSES = frozenset({Profession.NURSE, Profession.MENTAL_HEALTH_NURSE})
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

_AGB_GROUPS = {
    "04": Profession.PHYSIOTHERAPIST,
    "07": Profession.EXERCISE_THERAPIST,
    "88": Profession.OCCUPATIONAL_THERAPIST,
    "94": Profession.PSYCHOLOGIST,
}


def professions(
    specialties: Sequence[Concept],
    *,
    names: Sequence[str] = (),
    codes: Sequence[Concept] = (),
    terms: Terminology,
) -> Professions:
    """Whom one role can be; empty where it names no usable profession.

    `specialties` are its specialties: several act like a combination code, the contact was with
    one of them. `codes` are the other concepts of the same role (PractitionerRole.code,
    Practitioner.qualification): their texts refine the specialties, their codes speak where no
    specialty does. `names` are displays of references; a person's name says nothing.
    """
    everywhere = tuple(
        text
        for concept in (*specialties, *codes)
        if concept in codes or not _is_telling(concept, terms)
        for text in _texts(concept, terms)
    )
    role = _Role(everywhere, tuple(names), terms)
    coded = _union(_coded(concept, role) for concept in specialties)
    if coded:
        written = _union(_written(concept, role) for concept in specialties)
        return _with_written(coded, written)
    by_code = _union(_coded(concept, role) for concept in codes)
    return by_code or _by_words(role_texts(everywhere, names, terms))


def code_professions(code: Concept, terms: Terminology) -> Professions:
    """The discipline that Procedure.code or Encounter.serviceType names; empty: it names none."""
    found = [
        meaning
        for coding in code.codings
        if (meaning := _discipline(coding, terms)) is not None and meaning
    ]
    if not found and not _is_known(code, terms):
        exact = terms.sessions.words.exact(code.text)
        return exact if exact is not None else _NOBODY
    return _merged(found)


def is_session_code(code: Concept, terms: Terminology) -> bool:
    """Whether the code of a procedure stands in the session value sets, whatever discipline."""
    meanings = [terms.sessions.get(terms.keys.key(coding)) for coding in code.codings]
    if not _is_known(code, terms):
        meanings.append(terms.sessions.words.exact(code.text))
    return any(meaning is not None and meaning != _OTHER for meaning in meanings)


def agb_professions(agb_number: str) -> Professions:
    """What the number of a practitioner in the AGB register hints at, where nothing else speaks.

    Its first two digits are the group of the profession. A hint only, so possible at most.
    """
    number = agb_number.strip()
    group = _AGB_GROUPS.get(number[:2]) if len(number) == len("04115923") else None
    return frozenset({group, Profession.OTHER}) if group is not None else _NOBODY


@dataclass(frozen=True, slots=True)
class _Role:
    """The texts that speak for a whole role: of concepts without a telling code, and names."""

    texts: tuple[str, ...]
    names: tuple[str, ...]
    terms: Terminology


def _coded(concept: Concept, role: _Role) -> Professions:
    """What the codes of one concept mean, beside its own texts and those of the whole role."""
    terms = role.terms
    texts = role_texts((*_texts(concept, terms), *role.texts), role.names, terms)
    found = []
    for coding in concept.codings:
        key = terms.keys.key(coding)
        meaning = terms.roles.get(key)
        if meaning is not None and meaning.professions:
            is_nurse = terms.sets["nurse-roles"].get(key) is not None
            found.append(refined(meaning.professions, texts, is_nurse=is_nurse))
    return _merged(found)


def _written(concept: Concept, role: _Role) -> Professions:
    """What a specialty says that has words only."""
    if _is_telling(concept, role.terms):
        return _NOBODY
    return _by_words(role_texts(_texts(concept, role.terms), (), role.terms))


def _with_written(coded: Professions, written: Professions) -> Professions:
    """A specialty in words beside one in codes: a second one, unless it only refines the first.

    "Psychosomatisch fysiotherapeut" beside a code of physiotherapy is one person with one
    specialty; so is a nurse beside a mental health nurse, and POH-GGZ beside whatever code.
    """
    is_practice_nurse = coded == frozenset({Profession.PRACTICE_NURSE_GGZ})
    is_psychosomatic = bool(coded & _PSYCHOSOMATIC and written & _PSYCHOSOMATIC)
    is_nurse = bool(coded & _NURSES and written <= _NURSES)
    return coded if is_practice_nurse or is_psychosomatic or is_nurse else coded | written


def _by_words(texts: RoleTexts) -> Professions:
    """Who the words name; they refine each other too: "Fysiotherapeut (psychosomatisch)"."""
    alternatives = _merged(texts.meanings, keep_other=True)
    is_nurse = bool(alternatives) and alternatives <= _NURSES
    return refined(alternatives, texts, is_nurse=is_nurse)


def _texts(concept: Concept, terms: Terminology) -> tuple[str, ...]:
    """The text of a concept, and the displays of its codes that no table knows."""
    unknown = (
        coding.display
        for coding in concept.codings
        if terms.roles.get(terms.keys.key(coding)) is None
    )
    return tuple(text for text in (concept.text, *unknown) if text)


def _is_telling(concept: Concept, terms: Terminology) -> bool:
    """Whether a code of the concept names a profession."""
    found = (terms.roles.get(terms.keys.key(coding)) for coding in concept.codings)
    return any(meaning is not None and meaning.professions for meaning in found)


def _discipline(coding: Coding, terms: Terminology) -> Professions | None:
    key = terms.keys.key(coding)
    session = terms.sessions.get(key)
    if session is not None:
        return session
    role = terms.roles.get(key)
    return role.professions if role is not None else None


def _is_known(code: Concept, terms: Terminology) -> bool:
    return any(_discipline(coding, terms) is not None for coding in code.codings)


def _union(found: Iterable[Professions]) -> Professions:
    return frozenset().union(*found)


def _merged(found: Iterable[Professions], *, keep_other: bool = False) -> Professions:
    """Several codings of one concept mean the same: the more specific one wins.

    In words (`keep_other`) "huisarts" beside another profession stays a second profession.
    """
    left = [alternatives for alternatives in found if alternatives]
    if any(alternatives != _OTHER for alternatives in left) and not keep_other:
        left = [alternatives for alternatives in left if alternatives != _OTHER]
    left = [alternatives for alternatives in left if not _is_superseded(alternatives, left)]
    return _union(left)


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
