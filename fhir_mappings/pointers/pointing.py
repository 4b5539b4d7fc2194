"""Whom a letter, a referral or words are about, as pointers to look further (policy 2.6).

A pointer never counts. It tells the criterion, the day and the discipline; of psychological care
the day alone.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from cds_service.domain.contacts import Profession
from cds_service.domain.criteria import CriterionId
from cds_service.domain.pointers import Pointer, PointerKind
from cds_service.domain.professions import ALLIED_HEALTH, PSYCHOSOMATIC, category
from fhir_mappings.reading.concepts import Concept, UnreadableError, concepts, items, string
from fhir_mappings.reading.record import PatientRecord, Resource, find
from fhir_mappings.reading.references import ReferenceReader
from fhir_mappings.terminology.tables import Terminology
from fhir_mappings.terminology.therapist_categories import professions

Professions = frozenset[Profession]

_NOBODY: Professions = frozenset()
_PSYCHOLOGICAL = frozenset(
    {
        Profession.PSYCHOLOGIST,
        Profession.PRACTICE_NURSE_GGZ,
        Profession.MENTAL_HEALTH_NURSE,
        Profession.PSYCHOTHERAPIST,
        Profession.PSYCHIATRIST,
        Profession.REMEDIAL_EDUCATIONALIST,
    }
)


def pointers_to(who: Iterable[Profession], kind: PointerKind, day: date) -> Iterator[Pointer]:
    """One pointer for each criterion that one of these professions gives care for."""
    for profession in who:
        if profession in ALLIED_HEALTH | PSYCHOSOMATIC:
            named = category(profession)
            yield Pointer(kind, CriterionId.ALLIED_HEALTH_THERAPY, day, named)
            if profession in PSYCHOSOMATIC:
                yield Pointer(kind, CriterionId.PSYCHOSOMATIC_THERAPY, day, named)
        elif profession in _PSYCHOLOGICAL:
            yield Pointer(kind, CriterionId.PSYCHOLOGICAL_CARE, day)


def named_in(texts: Iterable[str], terms: Terminology) -> Professions:
    """Every profession that texts name in words that are not denied."""
    denials = terms.sets["denial-words"].words.whole
    found = (
        match.value.professions
        for text in texts
        for match in terms.roles.words.places(text)
        if (match.before,) not in denials
    )
    return _NOBODY.union(*found) - {Profession.OTHER}


def people_named(
    value: object, container: Resource, record: PatientRecord, terms: Terminology
) -> Professions:
    """Whom references name: by the role that is contained or at hand, or by what is displayed."""
    references = record.references()
    found = _NOBODY
    for item in _items(value):
        found |= _person(item, container, record, references, terms)
    return found - {Profession.OTHER}


def concepts_in(value: object) -> tuple[Concept, ...]:
    """The concepts of an element; none where it cannot be read."""
    try:
        return concepts(value, "concepts")
    except UnreadableError:
        return ()


def texts_of(found: Iterable[Concept]) -> Iterator[str]:
    """What concepts say in words, with the displays of their codes."""
    for concept in found:
        yield concept.text
        yield from (coding.display for coding in concept.codings)


def text_in(resource: Resource, element: str) -> str:
    """A text of a resource; empty where there is none."""
    try:
        return string(resource.get(element), element)
    except UnreadableError:
        return ""


def _items(value: object) -> tuple[object, ...]:
    try:
        return items(value, "reference")
    except UnreadableError:
        return ()


def _person(
    item: object,
    container: Resource,
    record: PatientRecord,
    references: ReferenceReader,
    terms: Terminology,
) -> Professions:
    try:
        reference = references.read(item, "author")
        found = find(record, reference, container).resource or {}
        own = (*concepts(found.get("specialty"), "specialty"), *concepts(found.get("code"), "code"))
        qualified = [
            each
            for qualification in items(found.get("qualification"), "qualification")
            if isinstance(qualification, dict)
            for each in concepts(qualification.get("code"), "code")
        ]
        name = text_in(found, "name") if isinstance(found.get("name"), str) else ""
    except UnreadableError:
        return _NOBODY
    by_role = professions((*own, *qualified), names=(reference.display,), terms=terms)
    return by_role | named_in((name,), terms)
