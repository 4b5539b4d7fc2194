"""What an Encounter and a Procedure both say about a contact, before anybody is looked up."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import NamedTuple

from cds_service.domain.contacts import (
    ContactKind,
    ContactStatus,
    ProcedureMeaning,
    Profession,
    Subject,
)
from fhir_mappings.contacts.participants import Participant
from fhir_mappings.contacts.places import Site
from fhir_mappings.reading.calendar_days import ContactDays, contact_days
from fhir_mappings.reading.concepts import (
    as_written,
    mapping,
    string,
    string_in,
)
from fhir_mappings.reading.record import Resource
from fhir_mappings.reading.references import Reference, ReferenceReader
from fhir_mappings.terminology.tables import Terminology

_STATUSES: dict[ContactStatus, frozenset[str]] = {
    ContactStatus.TOOK_PLACE: frozenset({"finished", "completed", "discharged"}),
    ContactStatus.OPEN: frozenset(
        {
            "in-progress",
            "arrived",
            "triaged",
            "onleave",
            "stopped",
            "on-hold",
            "discontinued",
            "suspended",  # STU3 for on-hold
            "aborted",  # STU3 for stopped
        }
    ),
    ContactStatus.PLANNED: frozenset({"planned", "booked", "preparation", "proposed", "pending"}),
    ContactStatus.VOID: frozenset({"cancelled", "noshow", "not-done", "entered-in-error"}),
}
_MOST_KNOWN = 5_000
NO_CARE = frozenset({ContactStatus.VOID, ContactStatus.PLANNED})
"""What says nothing about care that was given."""

_STATUS_OF = {word: status for status, words in _STATUSES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the codes of one Encounter or Procedure mean."""

    kind: ContactKind
    names: frozenset[Profession] = frozenset()  # the discipline that its code names
    is_inpatient: bool = False
    procedure: ProcedureMeaning = ProcedureMeaning.NO_PROCEDURE
    names_practice_nurse: bool = False  # words on the contact itself: POH-GGZ
    names_mental_health: bool = False  # words on it: GGZ, "psych..."


@dataclass(frozen=True, slots=True, eq=False)
class Particulars:
    """What an Encounter or Procedure says but for when it was.

    `places` are steps: the first that says something wins. Entries that say the same share one
    object, so what follows from it is remembered by it; where they refer into the resource itself
    they are no one else's.
    """

    subject: Subject
    status: ContactStatus
    meaning: Meaning
    participants: tuple[Participant, ...]
    places: tuple[tuple[Site, ...], ...]
    part_of: Reference = field(default_factory=Reference)  # of a visit, perhaps an admission
    is_modified: bool = False  # by an extension or rules that we do not know


class Entry(NamedTuple):
    """One Encounter or Procedure."""

    source: str  # `Encounter/id`, or its place in the record
    resource: Resource
    days: ContactDays
    said: Particulars
    encounter: str = ""  # the `Encounter/id` that a Procedure belongs to


@dataclass(slots=True)
class Words:
    """What elements mean, remembered for one call: a record has many contacts and few kinds."""

    references: ReferenceReader
    terms: Terminology
    patient_id: str
    entry_kinds: Mapping[int, int]
    _particulars: dict[int, Particulars] = field(default_factory=dict)

    def meaning(
        self,
        resource: Resource,
        elements: tuple[str, ...],
        read: Callable[[Resource, Terminology], Meaning],
    ) -> Meaning:
        """The meaning of these elements of a resource, read only where it is not yet known."""
        asked = blake2b(as_written(resource, elements), digest_size=16).digest(), read
        known = self.terms.known
        found = known.get(asked)
        if found is None:
            if len(known) > _MOST_KNOWN:
                known.clear()
            found = known[asked] = read(resource, self.terms)
        return found

    def particulars(
        self, resource: Resource, read: Callable[[Resource, "Words"], Particulars]
    ) -> Particulars:
        """The particulars that a resource tells, read only where its kind is not yet known."""
        kind = self.entry_kinds.get(id(resource))
        found = None if kind is None else self._particulars.get(kind)
        if found is None:
            found = read(resource, self)
            is_of_all = "contained" not in resource and all(
                participant.stands_alone for participant in found.participants
            )
            if is_of_all and kind is not None:
                self._particulars[kind] = found
        return found


def status_of(value: object) -> ContactStatus:
    """Policy C11 to C14; a status that is absent or in no code list is unknown."""
    return _STATUS_OF.get(string(value, "status"), ContactStatus.UNKNOWN)


def period_of(value: object) -> ContactDays:
    """The days of a Period."""
    period = value if type(value) is dict else mapping(value, "period")
    start, end = period.get("start"), period.get("end")
    if type(start) is str and type(end) is str:
        return contact_days(start, end)
    return contact_days(string_in(period, "start", "period"), string_in(period, "end", "period"))


def with_encounters(procedures: Sequence[Entry], encounters: Sequence[Entry]) -> list[Entry]:
    """The Procedures, each with what it takes from its Encounter; that of another patient is none.

    The place of its own goes first. Without a date it was on one of the Encounter's days, so it is
    no course where the Encounter is one (policy C4).
    """
    by_source = {entry.source: entry for entry in encounters}
    known: dict[tuple[Particulars, Particulars], Particulars] = {}
    return [_beside(entry, by_source.get(entry.encounter), known) for entry in procedures]


def with_days_of_procedures(
    encounters: Sequence[Entry], procedures: Sequence[Entry]
) -> list[Entry]:
    """The Encounters, each without a date on the one day of its Procedures (policy C4)."""
    days: dict[str, set[ContactDays]] = defaultdict(set)
    for entry in procedures:
        if entry.encounter and entry.days.is_told and entry.said.status not in NO_CARE:
            days[entry.encounter].add(entry.days)
    return [
        entry
        if entry.days.is_told or len(found := days.get(entry.source, ())) != 1
        else entry._replace(days=next(iter(found)))
        for entry in encounters
    ]


def _beside(
    entry: Entry,
    encounter: Entry | None,
    known: dict[tuple[Particulars, Particulars], Particulars],
) -> Entry:
    """A Procedure with what it takes; `known` are pairs of particulars, merged before."""
    if encounter is None or encounter.said.subject is not entry.said.subject:
        return entry._replace(encounter="") if entry.encounter else entry
    days = entry.days
    if not days.is_told:
        days = ContactDays(encounter.days.days, doubts=encounter.days.doubts)
    pair = (entry.said, encounter.said)
    said = known.get(pair)
    if said is None:
        said = known[pair] = _merged_particulars(*pair)
    return Entry(entry.source, entry.resource, days, said, entry.encounter)


def _merged_particulars(own: Particulars, other: Particulars) -> Particulars:
    is_plain = own.meaning.kind is ContactKind.TREATMENT
    kind = other.meaning.kind if is_plain else own.meaning.kind
    places = (*own.places[:1], *other.places[:1], *own.places[1:], *other.places[1:])
    meaning = replace(
        own.meaning,
        kind=kind,
        is_inpatient=other.meaning.is_inpatient,
        names_mental_health=own.meaning.names_mental_health or other.meaning.names_mental_health,
    )
    return Particulars(
        own.subject,
        own.status,
        meaning,
        own.participants,
        places,
        other.part_of,
        own.is_modified or other.is_modified,
    )
