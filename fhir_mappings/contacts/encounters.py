"""An Encounter of STU3, R4, R4B or R5, read as an entry of the record."""

from collections.abc import Iterator

from fhir_mappings.contacts.entries import Entry, Meaning, Particulars, Words, period_of, status_of
from fhir_mappings.contacts.participants import read_participants
from fhir_mappings.contacts.places import Site, sites
from fhir_mappings.reading.concepts import (
    Coding,
    Concept,
    coding,
    concept,
    concepts,
    items,
    mapping,
)
from fhir_mappings.reading.record import Resource, has_unknown_modifier, subject_of
from fhir_mappings.terminology.care_settings import is_never_first_line
from fhir_mappings.terminology.contact_kinds import kind_of
from fhir_mappings.terminology.contact_words import (
    disciplines_named,
    names_mental_health,
    names_practice_nurse,
)
from fhir_mappings.terminology.tables import Terminology


def read_encounter(resource: Resource, source: str, words: Words) -> Entry:
    """The entry; an UnreadableError where an element that is needed has the wrong type."""
    days = period_of(resource.get("period", resource.get("actualPeriod")))
    said = words.particulars(resource, _particulars)
    return Entry(source, resource, days, said)


def _particulars(resource: Resource, words: Words) -> Particulars:
    provider = words.references.read(resource.get("serviceProvider"), "serviceProvider")
    return Particulars(
        subject_of(resource, words.patient_id, words.references),
        status_of(resource.get("status")),
        words.meaning(resource, ("type", "class", "serviceType"), _meaning),
        read_participants(resource.get("participant"), "participant", words.references),
        (sites(*_locations(resource, words)), sites(Site(provider, resource))),
        words.references.read(resource.get("partOf"), "partOf"),
        has_unknown_modifier(resource),
    )


def _meaning(resource: Resource, terms: Terminology) -> Meaning:
    types = concepts(resource.get("type"), "type")
    classes = tuple(class_codings(resource.get("class")))
    service = _service_type(resource)
    said = (*types, service)
    return Meaning(
        kind_of(types, classes, terms),
        names=disciplines_named(service, terms),
        is_inpatient=is_never_first_line(classes, terms),
        names_practice_nurse=names_practice_nurse(said, terms),
        names_mental_health=names_mental_health(said, terms),
    )


def _locations(resource: Resource, words: Words) -> Iterator[Site]:
    for item in items(resource.get("location"), "location"):
        place = mapping(item, "location").get("location")
        yield Site(words.references.read(place, "location"), resource)


def class_codings(value: object) -> Iterator[Coding]:
    """The class: a Coding until R4B, a list of CodeableConcepts in R5."""
    for item in items(value, "class"):
        if "coding" in mapping(item, "class"):
            yield from concept(item, "class").codings
        else:
            yield coding(item, "class")


def _service_type(resource: Resource) -> Concept:
    """The service type: one concept until R4B, a list of references with concepts in R5."""
    found: list[Coding] = []
    texts: list[str] = []
    for item in items(resource.get("serviceType"), "serviceType"):
        members = mapping(item, "serviceType")
        one = concept(members.get("concept", members), "serviceType")
        found.extend(one.codings)
        texts.append(one.text)
    return Concept(tuple(found), " ".join(texts))
