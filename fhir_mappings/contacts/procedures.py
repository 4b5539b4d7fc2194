"""A Procedure of STU3, R4, R4B or R5, read as an entry of the record."""

from collections.abc import Mapping
from dataclasses import replace

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import ContactStatus, ProcedureMeaning
from cds_service.domain.lookback import DayRange
from fhir_mappings.contacts.entries import Entry, Meaning, Particulars, Words, period_of, status_of
from fhir_mappings.contacts.participants import Participant, read_participants
from fhir_mappings.contacts.places import Site, sites
from fhir_mappings.reading.calendar_days import ContactDays, day_range, single_day
from fhir_mappings.reading.concepts import concept, items, mapping, string
from fhir_mappings.reading.record import Resource, has_unknown_modifier, subject_of
from fhir_mappings.terminology.contact_kinds import kind_of
from fhir_mappings.terminology.contact_words import (
    disciplines_named,
    names_mental_health,
    names_practice_nurse,
)
from fhir_mappings.terminology.tables import Terminology
from fhir_mappings.terminology.therapist_categories import is_session_code


def read_procedure(resource: Resource, source: str, words: Words) -> Entry:
    """The entry; an UnreadableError where an element that is needed has the wrong type."""
    named = resource.get("encounter", resource.get("context"))
    belongs_to = words.references.read(named, "encounter")
    encounter = belongs_to.key if belongs_to.resource_type == "Encounter" else ""
    said = words.particulars(resource, _particulars)
    return Entry(source, resource, _days(resource), said, encounter)


def _particulars(resource: Resource, words: Words) -> Particulars:
    references = words.references
    performers = read_participants(resource.get("performer"), "performer", references)
    return Particulars(
        subject_of(resource, words.patient_id, references),
        _status(resource),
        words.meaning(resource, ("code",), _meaning),
        performers,
        (
            sites(Site(references.read(resource.get("location"), "location"), resource)),
            sites(*_organizations(performers, resource)),
        ),
        is_modified=has_unknown_modifier(resource),
    )


def _meaning(resource: Resource, terms: Terminology) -> Meaning:
    code = concept(resource.get("code"), "code")
    is_session = is_session_code(code, terms)
    return Meaning(
        kind_of((code,), (), terms),
        names=disciplines_named(code, terms),
        procedure=ProcedureMeaning.SESSION if is_session else ProcedureMeaning.ANOTHER,
        names_practice_nurse=names_practice_nurse((code,), terms),
        names_mental_health=names_mental_health((code,), terms),
    )


def _days(resource: Resource) -> ContactDays:
    """`performed[x]`, in R5 `occurrence[x]`; a text or an age is no date."""
    for name in ("performed", "occurrence"):
        if f"{name}DateTime" in resource:
            return single_day(string(resource[f"{name}DateTime"], name))
        if f"{name}Period" in resource:
            return period_of(resource[f"{name}Period"])
    if "occurrenceTiming" in resource:
        return _days_of_timing(mapping(resource["occurrenceTiming"], "occurrenceTiming"))
    return ContactDays()


def _days_of_timing(timing: Mapping[str, object]) -> ContactDays:
    """A Timing of R5: its one event, else a course, of which it is not known how often it was."""
    events = [string(each, "event") for each in items(timing.get("event"), "event")]
    if len(events) == 1:
        return single_day(events[0])
    days = [day for day in map(day_range, events) if day is not None]
    if not days:
        bounds = mapping(timing.get("repeat"), "repeat").get("boundsPeriod")
        return replace(period_of(bounds), is_course=True)
    whole = DayRange(min(day.first for day in days), max(day.last for day in days))
    is_vague = len(days) < len(events) or not all(day.is_exact for day in days)
    doubts = frozenset({Cause.DATE_IMPRECISE}) if is_vague else frozenset()
    return ContactDays(whole, is_course=True, doubts=doubts)


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
