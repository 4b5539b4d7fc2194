"""Every Encounter, Procedure and stated course of a record as contacts: facts, no judgement.

One contact per professional who took part (policy C17), or one without professions where nobody
is named. Nothing is dropped: what cannot be read is a possible contact (policy C20).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, Facts, ProcedureMeaning
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.referral import Indication
from fhir_mappings.contacts.disciplines import together
from fhir_mappings.contacts.encounters import read_encounter
from fhir_mappings.contacts.entries import (
    NO_CARE,
    Entry,
    Particulars,
    Words,
    read_reasons,
    with_days_of_procedures,
    with_encounters,
)
from fhir_mappings.contacts.places import Place, Places, Site, sites
from fhir_mappings.contacts.procedures import read_procedure
from fhir_mappings.contacts.roles import People, Professional
from fhir_mappings.contacts.stated_care import stated_contacts
from fhir_mappings.reading.concepts import Concept, UnreadableError
from fhir_mappings.reading.record import PatientRecord, Resource, subject_of
from fhir_mappings.reading.references import ReferenceReader, key_of
from fhir_mappings.terminology.indications import reason
from fhir_mappings.terminology.tables import Terminology

_INCOMPLETE = frozenset({Cause.RECORD_INCOMPLETE})
_UNREADABLE = frozenset({Cause.RESOURCE_UNREADABLE})

_NEW = tuple.__new__

_Read = Callable[[Resource, str, Words], Entry]
_Sort = tuple[Particulars, int | None]  # and the era, in which nobody's role begins or ends


def contacts(
    record: PatientRecord, *, lookback: LookbackPeriod, terms: Terminology
) -> tuple[Contact, ...]:
    """The contacts of a record.

    `lookback` tells only which of a practitioner's roles held in the days that matter; contacts
    outside it are contacts too.
    """
    return tuple(_ContactReader.of(record, lookback, terms).contacts())


@dataclass(slots=True)
class _ContactReader:
    """Reads one record, with everything that is looked up more than once."""

    record: PatientRecord
    words: Words
    people: People
    places: Places
    unreadable: list[Contact] = field(default_factory=list)
    _verdicts: dict[Concept, Indication | None] = field(default_factory=dict)
    # of those who are the same in every contact of a sort
    _people: dict[_Sort, Sequence[Professional]] = field(default_factory=dict)
    _places: dict[_Sort, list[Place]] = field(default_factory=dict)
    _facts: dict[tuple[object, ...], tuple[Facts, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, record: PatientRecord, lookback: LookbackPeriod, terms: Terminology
    ) -> "_ContactReader":
        references = record.references()
        return cls(
            record,
            Words(references, terms, record.patient_id, record.sorts().of),
            People(record, references, terms, lookback),
            Places(record, references, terms),
        )

    @property
    def references(self) -> ReferenceReader:
        return self.words.references

    def contacts(self) -> list[Contact]:
        """All contacts: of Encounters, of Procedures, of what cannot be read, and of statements."""
        encounters = self._entries("Encounter", self.record.encounters, read_encounter)
        read = self._entries("Procedure", self.record.procedures, read_procedure)
        procedures = with_encounters(read, encounters)
        encounters = with_days_of_procedures(encounters, procedures)
        sorts = list(map(self._sort, procedures))
        of_procedures = list(map(self._professionals, procedures, sorts))
        helpers: dict[str, list[Professional]] = defaultdict(list)
        for entry, own in zip(procedures, of_procedures, strict=True):
            if entry.encounter and entry.said.status not in NO_CARE:
                helpers[entry.encounter].extend(_usable(own))
        of_encounters: dict[str, Sequence[Professional]] = {}
        found: list[Contact] = []
        known = self._people
        for entry in encounters:
            sort = self._sort(entry)
            own = known.get(sort) or self._professionals(entry, sort)
            if helpers:
                own = _with_helpers(own, helpers.get(entry.source, ()))
            of_encounters[entry.source] = own
            self._add_contacts_of(entry, sort, own, found)
        for entry, sort, own in zip(procedures, sorts, of_procedures, strict=True):
            there = of_encounters.get(entry.encounter, ()) if entry.encounter else ()
            whoever = _or_those_of_encounter(entry, own, there) if there else own
            self._add_contacts_of(entry, sort, whoever, found)
        found += self.unreadable
        statements = self.record.statements
        found += stated_contacts(statements, self.record.patient_id, self.references)
        return found

    def _entries(self, wanted: str, resources: Sequence[object], read: _Read) -> list[Entry]:
        """The entries that can be read; a resource that stands twice is one entry."""
        entries: dict[str, Entry | None] = {}
        words = self.words
        for number, resource in enumerate(resources):
            source = key_of(resource) or f"{wanted} {number + 1}"
            if source in entries:
                continue
            if isinstance(resource, dict) and resource.get("resourceType") == wanted:
                try:
                    entries[source] = read(resource, source, words)
                except UnreadableError:
                    entries[source] = self._entry(resource, source, None)
            else:
                entries[source] = self._entry(resource, source, None)
        return [entry for entry in entries.values() if entry is not None]

    def _entry(self, resource: object, source: str, read: _Read | None) -> Entry | None:
        if isinstance(resource, dict) and read is not None:
            try:
                return read(resource, source, self.words)
            except UnreadableError:
                pass
        subject = subject_of(resource, self.record.patient_id, self.references)
        self.unreadable.append(Contact(source, None, subject=subject, doubts=_UNREADABLE))
        return None

    def _sort(self, entry: Entry) -> _Sort:
        return entry.said, self.people.era(entry.days.days)

    def _professionals(self, entry: Entry, sort: _Sort) -> Sequence[Professional]:
        """Everybody who took part, with what the code of the entry says of their discipline."""
        known = self._people.get(sort)
        if known is not None:
            return known
        people = [
            participant
            for participant in entry.said.participants
            if self.people.is_professional(participant, entry.resource)
        ]
        found = [self.people.professional(each, entry.resource, entry.days.days) for each in people]
        named = [_narrowed(each, entry) for each in found or [Professional()]]
        if all(self.people.is_settled(each, sort[1]) for each in people):
            self._people[sort] = named
        return named

    def _add_contacts_of(
        self,
        entry: Entry,
        sort: _Sort,
        professionals: Sequence[Professional],
        found: list[Contact],
    ) -> None:
        if professionals is self._people.get(sort):
            days = entry.days
            has_other_reason = self._has_other_reason(entry.resource)
            alike = (sort, days.is_course, days.has_open_end, days.doubts, has_other_reason)
            facts = self._facts.get(alike)
            if facts is None:
                facts = self._facts[alike] = self._facts_of(entry, sort, professionals)
        else:
            facts = self._facts_of(entry, sort, professionals)
        source, when = entry.source, entry.days.days
        found.extend([_NEW(Contact, (source, when, each)) for each in facts])

    def _facts_of(
        self, entry: Entry, sort: _Sort, professionals: Sequence[Professional]
    ) -> tuple[Facts, ...]:
        """What its contacts say, each once."""
        places = self._places_of(entry, sort, professionals)
        return tuple(dict.fromkeys(map(self._said, repeat(entry), professionals, places)))

    def _places_of(
        self, entry: Entry, sort: _Sort, professionals: Sequence[Professional]
    ) -> list[Place]:
        """Where each of them gave the care."""
        is_known = professionals is self._people.get(sort)
        if is_known and sort in self._places:
            return self._places[sort]
        found = [
            self.places.place(_steps(entry, each), of_role=each.role_setting)
            for each in professionals
        ]
        if is_known:
            self._places[sort] = found
        return found

    def _said(self, entry: Entry, professional: Professional, place: Place) -> Facts:
        said = entry.said
        doubts = entry.days.doubts
        if professional.is_lost or place.is_lost:
            doubts |= _INCOMPLETE
        return Facts(
            professions=professional.professions,
            practitioner=professional.practitioner,
            setting=place.setting,
            is_inpatient=said.meaning.is_inpatient,
            kind=said.meaning.kind,
            status=said.status,
            subject=said.subject,
            procedure=said.meaning.procedure,
            is_course=entry.days.is_course,
            has_open_end=entry.days.has_open_end,
            has_other_reason=self._has_other_reason(entry.resource),
            doubts=doubts,
            practice=place.name,
            practitioner_name=professional.name,
        )

    def _has_other_reason(self, resource: Resource) -> bool:
        """Whether a coded reason is clearly not pain, and no other reason is anything else."""
        value = resource.get("reasonCode", resource.get("reason"))
        if value is None:
            return False
        try:
            reasons = read_reasons(value)
        except UnreadableError:
            return False  # it serves a flag only
        is_coded = any(coding.code for each in reasons for coding in each.codings)
        return is_coded and all(self._verdict(each) is Indication.OTHER for each in reasons)

    def _verdict(self, concept: Concept) -> Indication | None:
        if concept not in self._verdicts:
            self._verdicts[concept] = reason(concept, (), self.words.terms)
        return self._verdicts[concept]


def _steps(entry: Entry, professional: Professional) -> Iterator[tuple[Site, ...]]:
    """Where to look for the place, one step after the other (policy 2.4, Where)."""
    yield from entry.said.places
    yield sites(Site(professional.on_behalf_of, entry.resource))
    yield sites(*(Site(role.organization, role.container) for role in professional.roles))


def _narrowed(professional: Professional, entry: Entry) -> Professional:
    """A code speaks beside the role; it does not make up for a role that was lost."""
    if professional.is_lost or not entry.said.meaning.names:
        return professional
    return replace(
        professional, professions=together(professional.professions, entry.said.meaning.names)
    )


def _usable(professionals: Iterable[Professional]) -> list[Professional]:
    return [each for each in professionals if each.professions]


def _with_helpers(
    own: Sequence[Professional], helpers: Sequence[Professional]
) -> Sequence[Professional]:
    """An Encounter without a usable role takes that of its Procedures (policy C4)."""
    if not helpers or _usable(own):
        return own
    me = own[0]
    return [
        each if each.practitioner else replace(each, practitioner=me.practitioner, name=me.name)
        for each in helpers
    ]


def _or_those_of_encounter(
    entry: Entry, own: Sequence[Professional], there: Sequence[Professional]
) -> Sequence[Professional]:
    """A treatment that names nobody was given by those of its Encounter.

    Only a code of the session value sets: a vaccination beside a consultation is none.
    """
    is_nobody = (
        list(own) == [Professional()] and entry.said.meaning.procedure is ProcedureMeaning.SESSION
    )
    return (_usable(there) or own) if is_nobody else own
