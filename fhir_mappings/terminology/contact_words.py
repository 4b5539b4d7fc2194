"""Words on a contact that tell whose care it was, whoever it is filed under (policy 2.4).

Many systems file a contact of the POH-GGZ under the GP's own name; only the type of the contact,
its service or its text says so.
"""

from collections.abc import Iterable

from cds_service.domain.contacts import Profession
from fhir_mappings.reading.concepts import Concept
from fhir_mappings.terminology.phrases import folded
from fhir_mappings.terminology.tables import Terminology
from fhir_mappings.terminology.therapist_categories import code_professions

_PRACTICE_NURSE = frozenset({Profession.PRACTICE_NURSE_GGZ})
_PSYCHOLOGICAL = "psych"  # psychisch, psychosociaal, psychologisch, ...


def names_practice_nurse(said: Iterable[Concept], terms: Terminology) -> bool:
    """Whether a text, or the display of a code, names POH-GGZ; a code of a table does not."""
    return any(
        meaning.professions == _PRACTICE_NURSE
        for text in _texts(said, terms)
        for meaning in terms.roles.words.find(text)
    )


def disciplines_named(code: Concept, terms: Terminology) -> frozenset[Profession]:
    """The discipline that a code names, or its text; "POH-GGZ" in words is for the rule above."""
    named = code_professions(code, terms)
    if named == _PRACTICE_NURSE:
        return code_professions(Concept(code.codings), terms)
    return named


def names_mental_health(said: Iterable[Concept], terms: Terminology) -> bool:
    """Whether a text or display names mental health care: GGZ, or "psych"."""
    words = terms.sets["refine-mental-health"].words
    return any(
        _PSYCHOLOGICAL in folded(text) or bool(words.find(text)) for text in _texts(said, terms)
    )


def _texts(said: Iterable[Concept], terms: Terminology) -> Iterable[str]:
    """The texts, and the displays of codes that no table of sessions knows."""
    for concept in said:
        if concept.text:
            yield concept.text
        for coding in concept.codings:
            if coding.display and terms.sessions.get(terms.keys.key(coding)) is None:
                yield coding.display
