"""Every Encounter, Procedure and stated course of a record as contacts: facts, no judgement.

One contact per professional who took part (policy C17), or one without professions where nobody
is named. Nothing is dropped: what cannot be read is a possible contact (policy C20).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactStatus,
    Facts,
    ProcedureMeaning,
    Profession,
)
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.time_check import Check, no_check
from fhir_mappings.contacts.admissions import Admissions
from fhir_mappings.contacts.disciplines import narrowed_professions
from fhir_mappings.contacts.encounters import read_encounter
from fhir_mappings.contacts.entries import (
    NO_CARE,
    Entry,
    Particulars,
    Words,
    with_days_of_procedures,
    with_encounters,
)
from fhir_mappings.contacts.places import Place, Places, Site, sites
from fhir_mappings.contacts.procedures import read_procedure
from fhir_mappings.contacts.reasons import ContactReasons, ReasonReader, texts_of_reasons
from fhir_mappings.contacts.roles import People, Professional
from fhir_mappings.contacts.stated_care import stated_contacts
from fhir_mappings.reading.concepts import Concept, UnreadableError
from fhir_mappings.reading.labels import is_in_part
from fhir_mappings.reading.record import PatientRecord, Resource, subject_of
from fhir_mappings.reading.references import ReferenceReader, key_of
from fhir_mappings.terminology.contact_words import names_mental_health
from fhir_mappings.terminology.tables import Terminology

_INCOMPLETE = frozenset({Cause.RECORD_INCOMPLETE})
_UNREADABLE = frozenset({Cause.RESOURCE_UNREADABLE})

_PRACTICE_NURSE = frozenset({Profession.PRACTICE_NURSE_GGZ})
_SOMEBODY_ELSE = frozenset({Profession.OTHER})
_PERHAPS_PRACTICE_NURSE = _PRACTICE_NURSE | _SOMEBODY_ELSE
_FILED_UNDER = _PERHAPS_PRACTICE_NURSE | {Profession.NURSE, Profession.PRACTICE_NURSE}
"""Under whose name a contact of the POH-GGZ may be filed: a GP, a plain POH, a nurse, nobody."""

_NEW = tuple.__new__
_BETWEEN_CHECKS = 256  # entries

"""Called now and then while a long record is read; it may raise to give the reading up."""


_Read = Callable[[Resource, str, Words], Entry]
_EntryKind = tuple[Particulars, int | None]  # and the era, in which nobody's role begins or ends


def contacts(
    record: PatientRecord,
    *,
    lookback: LookbackPeriod,
    terms: Terminology,
    check: Check = no_check,
) -> tuple[Contact, ...]:
    """The contacts of a record.

    `lookback` tells only which of a practitioner's roles held in the days that matter; contacts
    outside it are contacts too. What `check` raises ends the reading.

    Example: an Encounter of 3 March 2025 whose participant is a PractitionerRole with the AGB code
    04 is a contact of a physiotherapist on that day; where the role cannot be retrieved it is one
    of nobody, with the doubt `record_incomplete`.
    """
    return tuple(_ContactReader.of(record, lookback, terms, check).contacts())


@dataclass(slots=True)
class _ContactReader:
    """Reads one record, with everything that is looked up more than once."""

    record: PatientRecord
    words: Words
    people: People
    places: Places
    reasons: ReasonReader
    admissions: Admissions
    check: Check
    unreadable: list[Contact] = field(default_factory=list)
    # by who gave the Procedure and who the Encounter; keeps both, so that their ids stay theirs
    _as_ones: dict[
        tuple[int, int, bool, ProcedureMeaning],
        tuple[bool, Sequence[Professional], Sequence[Professional], Sequence[Professional]],
    ] = field(default_factory=dict)
    # of those who are the same in every contact of a kind
    _people: dict[_EntryKind, Sequence[Professional]] = field(default_factory=dict)
    _places: dict[_EntryKind, list[Place]] = field(default_factory=dict)
    _facts: dict[tuple[object, ...], tuple[Facts, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, record: PatientRecord, lookback: LookbackPeriod, terms: Terminology, check: Check
    ) -> "_ContactReader":
        references = record.references()
        return cls(
            record,
            Words(references, terms, record.patient_id, record.entry_kinds().of),
            People(record, references, terms, lookback),
            Places(record, references, terms),
            ReasonReader(record, references, terms),
            Admissions(record, references, terms),
            check,
        )

    @property
    def references(self) -> ReferenceReader:
        return self.words.references

    def contacts(self) -> list[Contact]:
        """All contacts: of Encounters, of Procedures, of what cannot be read, and of statements."""
        encounters = self._entries("Encounter", self.record.encounters, read_encounter)
        read = self._entries("Procedure", self.record.procedures, read_procedure)
        self.check()
        procedures = with_encounters(read, encounters)
        encounters = with_days_of_procedures(encounters, procedures)
        kinds = list(map(self._kind_of, procedures))
        of_procedures = list(map(self._professionals, procedures, kinds))
        helpers: dict[str, list[Professional]] = defaultdict(list)
        for entry, own in zip(procedures, of_procedures, strict=True):
            if entry.encounter and entry.said.status not in NO_CARE:
                helpers[entry.encounter].extend(_usable(own))
        by_source: dict[str, Entry] = {}
        of_encounters: dict[str, Sequence[Professional]] = {}
        found: list[Contact] = []
        known = self._people
        for number, entry in enumerate(encounters):
            if not number % _BETWEEN_CHECKS:
                self.check()
            kind = self._kind_of(entry)
            own = known.get(kind) or self._professionals(entry, kind)
            if helpers:
                own = _with_helpers(own, helpers.get(entry.source, ()))
            by_source[entry.source] = entry
            of_encounters[entry.source] = own
            self._add_contacts_of(entry, kind, own, found)
        self.check()
        for entry, kind, own in zip(procedures, kinds, of_procedures, strict=True):
            encounter = by_source.get(entry.encounter) if entry.encounter else None
            if encounter is None:
                self._add_contacts_of(entry, kind, own, found)
            else:
                there = of_encounters[entry.encounter]
                one, whoever = self._as_one(entry, own, encounter, there)
                self._add_contacts_of(one, kind, whoever, found)
        found += self.unreadable
        statements = self.record.statements
        found += stated_contacts(statements, self.record.patient_id, self.references)
        return found

    def _entries(self, wanted: str, resources: Sequence[object], read: _Read) -> list[Entry]:
        """The entries that can be read; a resource that appears twice is one entry."""
        entries: dict[str, Entry | None] = {}
        words = self.words
        for number, resource in enumerate(resources):
            if not number % _BETWEEN_CHECKS:
                self.check()
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

    def _kind_of(self, entry: Entry) -> _EntryKind:
        return entry.said, self.people.era(entry.days.days)

    def _professionals(self, entry: Entry, kind: _EntryKind) -> Sequence[Professional]:
        """Everybody who took part, with what the code of the entry says of their discipline."""
        known = self._people.get(kind)
        if known is not None:
            return known
        people = [
            participant
            for participant in entry.said.participants
            if self.people.is_professional(participant, entry.resource)
        ]
        found = [self.people.professional(each, entry.resource, entry.days.days) for each in people]
        if not found and self._was_done_by_nobody(entry):
            return [Professional(_SOMEBODY_ELSE)]
        named = [_narrowed(each, entry) for each in found or [Professional()]]
        if all(self.people.is_settled(each, kind[1]) for each in people):
            self._people[kind] = named
        return named

    def _as_one(
        self,
        entry: Entry,
        own: Sequence[Professional],
        encounter: Entry,
        there: Sequence[Professional],
    ) -> tuple[Entry, Sequence[Professional]]:
        """A Procedure that names its Encounter: one contact with it, whoever it names (C4).

        Not where the Encounter did not certainly take place, or is a course or an admission. Who
        is certainly somebody else gave care of their own there (policy C17).
        """
        said = encounter.said
        is_one = said.status is ContactStatus.TOOK_PLACE and not (
            encounter.days.is_course or said.meaning.is_inpatient or entry.said.status in NO_CARE
        )
        pair = (id(own), id(there), is_one, entry.said.meaning.procedure)
        known = self._as_ones.get(pair)
        if known is None:
            whoever = _partners(own, there) if is_one else None
            is_same = whoever is not None
            if whoever is None:
                whoever = _or_those_of_encounter(entry, own, there)
            known = self._as_ones[pair] = (is_same, whoever, own, there)
        is_same, whoever = known[:2]
        return (entry._replace(days=encounter.days) if is_same else entry), whoever

    def _was_done_by_nobody(self, entry: Entry) -> bool:
        """Whether a Procedure names the patient, a relative or a device, and nobody else.

        Home exercises are no treatment, whatever their code says (policy 2.4).
        """
        if entry.said.meaning.procedure is ProcedureMeaning.NO_PROCEDURE:
            return False
        named = entry.said.participants
        return bool(named) and all(
            self.people.is_nobody_of_care(each, entry.resource) for each in named
        )

    def _add_contacts_of(
        self,
        entry: Entry,
        kind: _EntryKind,
        professionals: Sequence[Professional],
        found: list[Contact],
    ) -> None:
        if professionals is self._people.get(kind):
            days, reasons = entry.days, self.reasons.reasons(entry.resource)
            is_cut = is_in_part(entry.resource)
            alike = (kind, days.is_course, days.has_open_end, days.doubts, reasons, is_cut)
            facts = self._facts.get(alike)
            if facts is None:
                facts = self._facts[alike] = self._facts_of(entry, kind, professionals)
        else:
            facts = self._facts_of(entry, kind, professionals)
        source, when = entry.source, entry.days.days
        found.extend([_NEW(Contact, (source, when, each)) for each in facts])

    def _facts_of(
        self, entry: Entry, kind: _EntryKind, professionals: Sequence[Professional]
    ) -> tuple[Facts, ...]:
        """What its contacts say, each once."""
        places = self._places_of(entry, kind, professionals)
        return tuple(dict.fromkeys(map(self._said, repeat(entry), professionals, places)))

    def _places_of(
        self, entry: Entry, kind: _EntryKind, professionals: Sequence[Professional]
    ) -> list[Place]:
        """Where each of them gave the care."""
        is_known = professionals is self._people.get(kind)
        if is_known and kind in self._places:
            return self._places[kind]
        found = [
            self.places.place(_steps(entry, each), of_role=each.role_setting)
            for each in professionals
        ]
        if is_known:
            self._places[kind] = found
        return found

    def _said(self, entry: Entry, professional: Professional, place: Place) -> Facts:
        said = entry.said
        admission = self.admissions.of(said.part_of, entry.resource)
        reasons = self.reasons.reasons(entry.resource)
        doubts = entry.days.doubts
        is_lost = professional.is_lost or place.is_lost or admission.is_lost
        if is_lost or is_in_part(entry.resource):
            doubts |= _INCOMPLETE
        if professional.is_modified or said.is_modified:
            doubts |= _UNREADABLE
        return Facts(
            professions=professional.professions,
            practitioner=professional.practitioner,
            setting=CareSetting.UNKNOWN if admission.is_lost else place.setting,
            is_inpatient=said.meaning.is_inpatient or admission.is_one,
            kind=said.meaning.kind,
            status=said.status,
            subject=said.subject,
            procedure=said.meaning.procedure,
            is_course=entry.days.is_course,
            has_open_end=entry.days.has_open_end,
            has_other_reason=reasons.is_other,
            has_somatic_reason=self._is_somatic(entry, reasons),
            doubts=doubts,
            practice=place.name,
            practitioner_name=professional.name,
        )

    def _is_somatic(self, entry: Entry, reasons: ContactReasons) -> bool:
        """Whether its reasons are somatic and nothing on it names mental health care (2.4)."""
        if not reasons.is_somatic or entry.said.meaning.names_mental_health:
            return False
        texts = (Concept((), text) for text in texts_of_reasons(entry.resource))
        return not names_mental_health(texts, self.words.terms)


def _steps(entry: Entry, professional: Professional) -> Iterator[tuple[Site, ...]]:
    """Where to look for the place, one step after the other (policy 2.4, Where)."""
    yield from entry.said.places
    yield sites(Site(professional.on_behalf_of, entry.resource))
    yield sites(*(Site(role.organization, role.container) for role in professional.roles))


def _narrowed(professional: Professional, entry: Entry) -> Professional:
    """What the codes and words of a contact say beside the role.

    They do not make up for a role that was lost. Words that name POH-GGZ on a contact under the
    name of a GP, a plain POH, a nurse or nobody leave open whose it was (policy 2.4).
    """
    meaning, who = entry.said.meaning, professional.professions
    if professional.is_lost:
        return professional
    if meaning.names_practice_nurse and who <= _FILED_UNDER and who != _PRACTICE_NURSE:
        return replace(professional, professions=_PERHAPS_PRACTICE_NURSE)
    if not meaning.names:
        return professional
    return replace(professional, professions=narrowed_professions(who, meaning.names))


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


def _partners(
    own: Sequence[Professional], there: Sequence[Professional]
) -> Sequence[Professional] | None:
    """Those of an Encounter whom its Procedure means; None where it means somebody else too."""
    found: list[Professional] = []
    therapists = [each for each in there if each.professions - _SOMEBODY_ELSE]
    for each in own:
        same = next((other for other in therapists if _may_be_same(each, other)), None)
        if same is None:
            return None
        found.append(same)
    return found


def _may_be_same(one: Professional, other: Professional) -> bool:
    is_named = bool(one.practitioner) and one.practitioner == other.practitioner
    return is_named or not one.professions or bool(one.professions & other.professions)


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
