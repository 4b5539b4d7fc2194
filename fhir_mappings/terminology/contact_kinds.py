"""Types and class of an encounter, or the code of a procedure -> the kind of the contact."""

from collections.abc import Iterable, Iterator, Sequence

from cds_service.domain.contacts import ContactKind
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.care_settings import is_virtual
from fhir_mappings.terminology.tables import Terminology

_WEAKEST_FIRST = (
    ContactKind.CANCELLED,
    ContactKind.NOTE,
    ContactKind.ASYNCHRONOUS,
    ContactKind.INTAKE,  # before screening: "screening, intake en onderzoek" is an intake
    ContactKind.SCREENING,
    ContactKind.GROUP,
    ContactKind.REMOTE,
    ContactKind.UNCLEAR,  # after the others: a text beside "overig" says what it was
    ContactKind.TREATMENT,
)
_STILL_TO_COME = frozenset({"voor", "before"})
"""Before a word of treatment: "screening voor behandeling" is no treatment."""


def kind_of(
    types: Sequence[Concept], class_codings: Sequence[Coding], terms: Terminology
) -> ContactKind:
    """What kind of contact it was; where several are said, the weakest for the count.

    A kind that no table knows says nothing (policy C19). Class VR without a kind is a telephone or
    video contact (policy C8). Some suppliers send the kind as class (consultation of a team).
    """
    told = set(_of_types(types, terms)) | set(_of_codings(class_codings, terms))
    if told <= {ContactKind.TREATMENT} and is_virtual(class_codings, terms):
        return ContactKind.REMOTE
    return next((kind for kind in _WEAKEST_FIRST if kind in told), ContactKind.TREATMENT)


def kind_texts(types: Iterable[Concept], terms: Terminology) -> Iterator[str]:
    """What types say in words: their texts, and the displays of codes that no table has."""
    for concept in types:
        yield concept.text
        yield from _unknown_displays(concept, terms)


def _of_types(types: Sequence[Concept], terms: Terminology) -> Iterator[ContactKind]:
    for concept in types:
        yield from _of_codings(concept.codings, terms)
    for text in kind_texts(types, terms):
        yield from _of_text(text, terms)


def _of_text(text: str, terms: Terminology) -> Iterator[ContactKind]:
    """The kinds that a text names.

    Where a word of treatment comes before one of a report, it is a treatment (policy C10); beside
    "screening" it makes that no stand-alone one (C6). What was cancelled, and fitness and the
    like, have no such exception (C11, C18).
    """
    if not text:
        return
    if terms.sets["contact-kind-no-treatment"].words.find(text):
        yield ContactKind.NOTE
    treatment = _first_treatment(text, terms)
    for match in terms.kinds.words.places(text):
        kind = match.value
        if kind is ContactKind.SCREENING and treatment is not None:
            kind = ContactKind.TREATMENT
        if kind is not ContactKind.NOTE or treatment is None or treatment > match.place:
            yield kind


def _first_treatment(text: str, terms: Terminology) -> tuple[int, int] | None:
    """Where the first word of treatment is that is not denied; None where there is none."""
    denials = terms.sets["denial-words"].words.whole
    for match in terms.sets["treatment-words"].words.places(text):
        if (match.before,) not in denials and match.before not in _STILL_TO_COME:
            return match.place
    return None


def _of_codings(codings: Iterable[Coding], terms: Terminology) -> Iterator[ContactKind]:
    for coding in codings:
        kind = terms.kinds.get(terms.keys.key(coding))
        if kind is not None:
            yield kind


def _unknown_displays(concept: Concept, terms: Terminology) -> Iterable[str]:
    for coding in concept.codings:
        if terms.kinds.get(terms.keys.key(coding)) is None:
            yield coding.display
