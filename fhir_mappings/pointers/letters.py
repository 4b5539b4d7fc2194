"""Letters about care given elsewhere: who wrote them, when, of what kind (policy 2.6, Pointers).

Metadata alone: DocumentReference, Communication and Composition. Their content, payload, sections
and attachments are never asked for and never read. Dutch shapes that are met: the correspondence of
Nictiz ELZ and of MedMij GP documents, and suppliers who put the profession into a contained author
beside a LOINC type (57133-1, 51852-2, 68609-7, 56444-3), which tells no profession itself.
"""

from collections.abc import Iterator
from datetime import date

from cds_service.domain.contacts import Subject
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.pointers import Pointer, PointerKind
from fhir_mappings.pointers.pointing import (
    concepts_in,
    named_in,
    people_named,
    pointers_to,
    text_in,
    texts_of,
)
from fhir_mappings.reading.calendar_days import dutch_day
from fhir_mappings.reading.concepts import is_one_of
from fhir_mappings.reading.record import PatientRecord, Resource, subject_of
from fhir_mappings.terminology.tables import Terminology

_DATES = {
    "DocumentReference": ("date", "created", "indexed"),
    "Communication": ("sent", "received"),
    "Composition": ("date",),
}
"""The types of letters, each with the elements that say when; two of them of STU3."""
_NO_LETTERS = frozenset({"entered-in-error", "superseded", "not-done", "cancelled"})
_KINDS = ("type", "category", "class", "topic")
_TITLES = ("description", "title")


def letter_pointers(
    record: PatientRecord, lookback: LookbackPeriod, terms: Terminology
) -> Iterator[Pointer]:
    """The letters of the lookback by a therapist of a criterion, or that name one in the title."""
    references = record.references()
    for letter in record.letters:
        if not isinstance(letter, dict) or not is_one_of(letter.get("resourceType"), _DATES):
            continue
        day = _day(letter)
        is_ours = subject_of(letter, record.patient_id, references) is Subject.THIS_PATIENT
        if day is None or not is_ours or not lookback.first <= day <= lookback.last:
            continue
        if any(is_one_of(letter.get(name), _NO_LETTERS) for name in ("status", "docStatus")):
            continue
        who = people_named(letter.get("author"), letter, record, terms)
        who |= people_named(letter.get("sender"), letter, record, terms)
        said = [text for name in _KINDS for text in texts_of(concepts_in(letter.get(name)))]
        who |= named_in((*said, *(text_in(letter, name) for name in _TITLES)), terms)
        yield from pointers_to(who, PointerKind.LETTER, day)


def _day(letter: Resource) -> date | None:
    names = _DATES[str(letter["resourceType"])]
    days = (dutch_day(text_in(letter, name)) for name in names)
    return next((day for day in days if day is not None), None)
