"""Role, specialty and procedure code -> the professions that somebody can have (policy 2.4).

What comes out are alternatives: the contact was with exactly one of them. An empty set says that
nobody usable is named.
"""

from collections.abc import Iterable, Sequence

from cds_service.domain.contacts import Profession
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.role_maps import Professions
from fhir_mappings.terminology.role_words import RoleTexts, refined, role_texts
from fhir_mappings.terminology.specificity import merged
from fhir_mappings.terminology.tables import Terminology

_NOBODY: Professions = frozenset()
_OTHER = frozenset({Profession.OTHER})
_NURSES = frozenset({Profession.NURSE, Profession.MENTAL_HEALTH_NURSE})
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
    asked = (tuple(specialties), tuple(names), tuple(codes))
    known = terms.known
    found: Professions | None = known.get(asked)
    if found is None:
        if len(known) > _MOST_KNOWN:
            known.clear()
        found = known[asked] = _professions(specialties, names, codes, terms)
    return found


_MOST_KNOWN = 5_000


def _professions(
    specialties: Sequence[Concept],
    names: Sequence[str],
    codes: Sequence[Concept],
    terms: Terminology,
) -> Professions:
    aside = [text for concept in codes for text in _texts(concept, terms)]
    for concept in specialties:
        aside += _texts(concept, terms) if _speaks_for_the_role(concept, terms) else ()
    shared = role_texts(aside, names, terms)
    coded = _union(_coded(concept, shared, terms) for concept in specialties)
    if coded:
        return _with_written(coded, _union(_written(concept, terms) for concept in specialties))
    words = _union(_by_words(concept, shared, terms) for concept in specialties)
    by_code = _union(_coded(concept, shared, terms) for concept in codes)
    return words or by_code or _named(shared)


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
    return merged(found)


def is_session_code(code: Concept, terms: Terminology) -> bool:
    """Whether the code of a procedure is in the session value sets, whatever discipline."""
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


def _own_texts(concept: Concept, terms: Terminology) -> RoleTexts:
    return role_texts(_texts(concept, terms), (), terms)


def _coded(concept: Concept, shared: RoleTexts, terms: Terminology) -> Professions:
    """What the codes of one concept mean, beside its own words and those of the whole role."""
    texts = _own_texts(concept, terms).beside(shared)
    found = []
    for coding in concept.codings:
        key = terms.keys.key(coding)
        meaning = terms.roles.get(key)
        if meaning is not None and meaning.professions:
            is_nurse = terms.sets["nurse-roles"].get(key) is not None
            found.append(refined(meaning.professions, texts, is_nurse=is_nurse))
    return merged(found)


def _written(concept: Concept, terms: Terminology) -> Professions:
    """What a specialty says that has words only: a specialty of its own."""
    if _is_telling(concept, terms):
        return _NOBODY
    return _named(_own_texts(concept, terms))


def _speaks_for_the_role(concept: Concept, terms: Terminology) -> bool:
    """Whether words say more about the whole role: "GGZ", or a function such as POH-GGZ."""
    if _is_telling(concept, terms):
        return False
    texts = _own_texts(concept, terms)
    is_function = texts.names_practice_nurse or texts.is_other_practice_nurse
    return is_function or not texts.meanings


def _with_written(coded: Professions, written: Professions) -> Professions:
    """A specialty in words beside one in codes is a second one, except for nurses."""
    if coded == frozenset({Profession.PRACTICE_NURSE_GGZ}):
        return coded  # a function, whatever else this person is
    is_nurse = bool(written) and coded <= _NURSES and written <= _NURSES
    return merged((coded, written)) if is_nurse else coded | written


def _by_words(concept: Concept, shared: RoleTexts, terms: Terminology) -> Professions:
    """Whom the words of one concept name, beside those of the whole role."""
    return _named(_own_texts(concept, terms).beside(shared))


def _named(texts: RoleTexts) -> Professions:
    """Whom words name; they refine each other too: "Fysiotherapeut (psychosomatisch)"."""
    alternatives = merged(texts.meanings, keep_other=True)
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
