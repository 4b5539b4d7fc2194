"""Types and class of an encounter, or the code of a procedure -> the kind of the contact."""

from collections.abc import Iterable, Sequence

from cds_service.domain.contacts import ContactKind
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.care_settings import is_virtual
from fhir_mappings.terminology.tables import Terminology

_WEAKEST_FIRST = (
    ContactKind.NOTE,
    ContactKind.ASYNCHRONOUS,
    ContactKind.INTAKE,  # before screening: "screening, intake en onderzoek" is an intake
    ContactKind.SCREENING,
    ContactKind.GROUP,
    ContactKind.REMOTE,
    ContactKind.UNCLEAR,  # after the others: a text beside "overig" says what it was
    ContactKind.TREATMENT,
)


def kind_of(
    types: Sequence[Concept], class_codings: Sequence[Coding], terms: Terminology
) -> ContactKind:
    """What sort of contact it was; where several are said, the weakest for the count.

    A kind that no table knows says nothing (policy C19). Class VR without a kind is a telephone or
    video contact (policy C8). Some suppliers send the kind as class (consultation of a team).
    """
    told = set(_of_types(types, terms)) | set(_of_codings(class_codings, terms))
    if told <= {ContactKind.TREATMENT} and is_virtual(class_codings, terms):
        return ContactKind.REMOTE
    return next((kind for kind in _WEAKEST_FIRST if kind in told), ContactKind.TREATMENT)


def _of_types(types: Iterable[Concept], terms: Terminology) -> Iterable[ContactKind]:
    for concept in types:
        yield from _of_codings(concept.codings, terms)
        for text in (concept.text, *_unknown_displays(concept, terms)):
            yield from terms.kinds.words.find(text)


def _of_codings(codings: Iterable[Coding], terms: Terminology) -> Iterable[ContactKind]:
    for coding in codings:
        kind = terms.kinds.get(terms.keys.key(coding))
        if kind is not None:
            yield kind


def _unknown_displays(concept: Concept, terms: Terminology) -> Iterable[str]:
    for coding in concept.codings:
        if terms.kinds.get(terms.keys.key(coding)) is None:
            yield coding.display
