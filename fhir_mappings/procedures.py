"""A Procedure, read as an entry of the record (R4; other spellings where they cost a line)."""

from cds_service.domain.contacts import ContactStatus, ProcedureMeaning, Subject
from fhir_mappings.calendar_days import ContactDays, single_day
from fhir_mappings.concepts import concept, string
from fhir_mappings.contact_kinds import kind_of
from fhir_mappings.entries import Entry, Meaning, Words, period_of, status_of
from fhir_mappings.participants import Participant, read_participants
from fhir_mappings.places import Site, sites
from fhir_mappings.record import Resource
from fhir_mappings.terminology import Terminology
from fhir_mappings.therapist_categories import code_professions, is_session_code


def read_procedure(resource: Resource, source: str, subject: Subject, words: Words) -> Entry:
    """The entry; an UnreadableError where an element that is needed has the wrong type."""
    performers = read_participants(resource.get("performer"), "performer", words.references)
    references = words.references
    belongs_to = references.read(resource.get("encounter", resource.get("context")), "encounter")
    return Entry(
        source,
        resource,
        _days(resource),
        _status(resource),
        subject,
        words.meaning((resource.get("code"),), lambda terms: _meaning(resource, terms)),
        performers,
        (
            sites(Site(references.read(resource.get("location"), "location"), resource)),
            sites(*_organizations(performers, resource)),
        ),
        encounter=belongs_to.key if belongs_to.resource_type == "Encounter" else "",
    )


def _meaning(resource: Resource, terms: Terminology) -> Meaning:
    code = concept(resource.get("code"), "code")
    is_session = is_session_code(code, terms)
    return Meaning(
        kind_of((code,), (), terms),
        names=code_professions(code, terms),
        procedure=ProcedureMeaning.SESSION if is_session else ProcedureMeaning.ANOTHER,
    )


def _days(resource: Resource) -> ContactDays:
    """`performed[x]`, in R5 `occurrence[x]`; a text, an age or a timing is no date."""
    for name in ("performed", "occurrence"):
        if f"{name}DateTime" in resource:
            return single_day(string(resource[f"{name}DateTime"], name))
        if f"{name}Period" in resource:
            return period_of(resource[f"{name}Period"])
    return ContactDays()


def _status(resource: Resource) -> ContactStatus:
    """STU3 says by a flag of its own that a procedure was not done."""
    status = status_of(resource.get("status"))
    return ContactStatus.VOID if resource.get("notDone") is True else status


def _organizations(performers: tuple[Participant, ...], resource: Resource) -> list[Site]:
    """Performers that are organisations say where, not who."""
    return [
        Site(performer.actor, resource)
        for performer in performers
        if performer.actor.resource_type == "Organization"
    ]
