"""The record of one patient, as it was gathered, and what it refers to without holding it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from marshal import dumps

from cds_service.domain.assessment import Completeness
from cds_service.domain.contacts import Subject
from fhir_mappings.reading.concepts import UnreadableError, items, mapping
from fhir_mappings.reading.references import (
    Reference,
    ReferenceReader,
    Target,
    is_contained_as,
    key_of,
)

ROLE_EXTENSION = "http://nictiz.nl/fhir/StructureDefinition/practitionerrole-reference"
"""STU3 data, still sent by Dutch vendors, carries the role of a participant in this extension."""

Resource = Mapping[str, object]

_FOLLOWED = frozenset({"PractitionerRole", "Practitioner", "Location", "Organization", "Encounter"})
"""Of an Encounter only the one that it is part of: it may be an admission."""
_SAID = (
    "resourceType",
    "subject",
    "status",
    "notDone",
    "type",
    "class",
    "serviceType",
    "code",
    "participant",
    "performer",
    "location",
    "serviceProvider",
    "partOf",
    "modifierExtension",
    "implicitRules",
    "contained",
)
"""All that is read of an Encounter or a Procedure, but for when it was and why."""


class EntryKinds:
    """The Encounters and Procedures of a record, by what they say beside when it was.

    A record has many of them and few kinds: `of` has the number of its kind by the identity of
    each resource, `firsts` one resource of each kind.
    """

    def __init__(self, entries: Iterable[object]) -> None:
        self.of: dict[int, int] = {}
        self.firsts: list[Resource] = []
        known: dict[bytes, int] = {}
        for one in entries:
            if isinstance(one, dict):
                written = dumps(list(map(one.get, _SAID)), 2)
                number = known.get(written)
                if number is None:
                    number = known[written] = len(self.firsts)
                    self.firsts.append(one)
                self.of[id(one)] = number


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """Encounters, Procedures and statements, and the resources behind their references.

    Entries that cannot be read are among the encounters and procedures as they were received.
    """

    patient_id: str
    base_url: str = ""  # the FHIR base of the record; empty where it is not known
    patient: Resource | None = None
    encounters: tuple[object, ...] = ()
    procedures: tuple[object, ...] = ()
    statements: tuple[object, ...] = ()  # QuestionnaireResponses, those of other forms too
    referenced: Mapping[str, Resource] = field(default_factory=dict)  # by `Type/id`
    lost: frozenset[str] = frozenset()  # `Type/id` not retrieved; also role_search_key()
    absent: frozenset[str] = frozenset()  # `Type/id` that the server answers with 404 or 410
    aliases: Mapping[str, str] = field(default_factory=dict)  # full URL -> `Type/id`
    completeness: Completeness = field(
        default_factory=Completeness
    )  # which parts are known not to be whole
    letters: tuple[object, ...] = ()  # metadata of letters; they only point (policy 2.6)
    own_referrals: tuple[object, ...] = ()  # ServiceRequests that were sent; they only point
    _entry_kinds: list[EntryKinds] = field(default_factory=list, compare=False, repr=False)

    def entry_kinds(self) -> EntryKinds:
        """The kinds of its Encounters and Procedures; found out once, also for what it becomes."""
        if not self._entry_kinds:
            self._entry_kinds.append(EntryKinds((*self.encounters, *self.procedures)))
        return self._entry_kinds[0]

    def references(self) -> ReferenceReader:
        """A reader of this record's references."""
        return ReferenceReader(self.base_url, self.aliases, self._held)

    def _held(self) -> Iterator[tuple[str, object]]:
        """Everything that can be referred to by identifier."""
        yield from self.referenced.items()
        yield from ((key_of(encounter), encounter) for encounter in self.encounters)


@dataclass(frozen=True, slots=True)
class ResolvedReference:
    """What is behind a reference. `container` is where its own `#id` references are found."""

    resource: Resource | None = None
    is_lost: bool = False  # it could not be retrieved, which is not the same as: it does not exist
    container: Resource = field(default_factory=dict)


def find(record: PatientRecord, reference: Reference, container: Resource) -> ResolvedReference:
    """The resource behind a reference of `container`.

    Lost is not unknown (policy 2.6): what another server holds cannot be retrieved either.
    """
    match reference.target:
        case Target.CONTAINED:
            resource = contained_in(container, reference.id)
            return ResolvedReference(resource, is_lost=resource is None, container=container)
        case Target.RECORD:
            resource = record.referenced.get(reference.key)
            if resource is None:
                return ResolvedReference(is_lost=reference.key in record.lost)
            return ResolvedReference(resource, container=resource)
        case Target.ELSEWHERE:
            return ResolvedReference(is_lost=True)
        case Target.NOWHERE:
            return ResolvedReference()


def has_unknown_modifier(resource: Mapping[str, object]) -> bool:
    """Whether an element of ours is modified in a way that we do not know.

    FHIR forbids to read it as if the extension or the rules were not there (policy 2.4).
    """
    return bool(resource.get("modifierExtension") or resource.get("implicitRules"))


def role_search_key(practitioner: str) -> str:
    """What `lost` holds where the roles of `Practitioner/id` could not be searched."""
    return f"PractitionerRole?practitioner={practitioner}"


@dataclass(frozen=True, slots=True)
class References:
    """Whom and what the contacts of a record name; read once, asked in every round."""

    reader: ReferenceReader
    named: frozenset[tuple[str, str]]  # `Type/id`, and the type

    @classmethod
    def of(cls, record: PatientRecord) -> "References":
        """Those of a record's Encounters and Procedures."""
        reader = record.references()
        named = (each for one in record.entry_kinds().firsts for each in _named_by(one, reader))
        return cls(reader, frozenset(named))

    def missing(self, record: PatientRecord) -> frozenset[str]:
        """`Type/id` that is referred to and neither held, nor lost, nor absent; one hop at a time.

        Roles, people, places and organisations only: nothing else is fetched (data minimisation).
        """
        held_encounters = map(key_of, record.encounters)
        known = record.referenced.keys() | record.lost | record.absent | set(held_encounters)
        held = record.referenced.values()
        onwards = (each for one in held for each in _named_by(one, self.reader))
        return frozenset(
            key
            for found in (self.named, onwards)
            for key, resource_type in found
            if resource_type in _FOLLOWED and key not in known
        )

    def practitioners(self, record: PatientRecord) -> frozenset[str]:
        """Whose roles must be searched, as `Practitioner/id` (policy 2.4, Which profession, 2).

        Everybody whom a contact names without a role, and everybody behind a role that may not
        have been valid at the time or says nothing.
        """
        found: set[str] = set()
        for key, resource_type in self.named:
            if resource_type == "Practitioner":
                found.add(key)
            elif resource_type == "PractitionerRole":
                found.update(_practitioner_of(record.referenced.get(key), self.reader))
        return frozenset(found)


def missing_references(record: PatientRecord) -> frozenset[str]:
    """What a record refers to and does not hold: see :meth:`References.missing`."""
    return References.of(record).missing(record)


def practitioners_of_contacts(record: PatientRecord) -> frozenset[str]:
    """Whose roles must be searched: see :meth:`References.practitioners`."""
    return References.of(record).practitioners(record)


def subject_of(resource: object, patient_id: str, reader: ReferenceReader) -> Subject:
    """Whose contact it is (policy 2.6, conformance H11); unclear where it is not referred to.

    So it is where the Patient that came along is one of another server, whatever its id.
    """
    subject = resource.get("subject") if isinstance(resource, dict) else None
    try:
        reference = reader.read(subject, "subject")
    except UnreadableError:
        return Subject.UNCLEAR
    if reference.target is not Target.RECORD or reference.resource_type != "Patient":
        return Subject.UNCLEAR
    if reference.key == f"Patient/{patient_id}":
        return Subject.THIS_PATIENT
    return Subject.UNCLEAR if "://" in reference.key else Subject.OTHER_PATIENT


def names_only_others(matches: Sequence[object], patient_id: str, reader: ReferenceReader) -> bool:
    """Whether there are matches and all are of another patient: then the key is a gap."""
    return bool(matches) and all(
        subject_of(match, patient_id, reader) is Subject.OTHER_PATIENT for match in matches
    )


def contained_in(container: Resource, resource_id: str) -> Resource | None:
    """The contained resource with an id, or None."""
    contained = container.get("contained")
    for resource in contained if isinstance(contained, list) else ():
        if isinstance(resource, Mapping) and is_contained_as(resource, resource_id):
            return resource
    return None


def _named_by(resource: object, reader: ReferenceReader) -> Iterator[tuple[str, str]]:
    """What a resource refers to in the record; nothing where it cannot be read."""
    if not isinstance(resource, dict):
        return
    try:
        found = [reader.read(value, "reference") for value in _followed(resource)]
    except UnreadableError:
        found = []
    for reference in found:
        if reference.target is Target.RECORD:
            yield reference.key, reference.resource_type
    if "contained" in resource:
        contained = resource["contained"]
        for inner in contained if isinstance(contained, list) else ():
            yield from _named_by(inner, reader)


def _followed(resource: Resource) -> Iterator[object]:
    """The elements of one resource that refer to roles, people, places and organisations."""
    match resource.get("resourceType"):
        case "Encounter":
            for participant in items(resource.get("participant"), "participant"):
                yield from _person_and_role(actor_of(mapping(participant, "participant")))
            for place in items(resource.get("location"), "location"):
                yield mapping(place, "location").get("location")
            yield resource.get("serviceProvider")
            yield resource.get("partOf")
        case "Procedure":
            for item in items(resource.get("performer"), "performer"):
                performer = mapping(item, "performer")
                yield from _person_and_role(actor_of(performer))
                yield performer.get("onBehalfOf")
            yield resource.get("location")
        case "PractitionerRole":
            yield resource.get("practitioner")
            yield resource.get("organization")
        case "Location":
            yield resource.get("managingOrganization")
            yield resource.get("partOf")
        case "Organization":
            yield resource.get("partOf")


def actor_of(participant: Mapping[str, object]) -> object:
    """The person of a participant or performer: `individual` until R4, `actor` in R5."""
    return participant.get("individual", participant.get("actor"))


def role_extension_of(actor: object) -> object:
    """The role reference in the extension of a participant, where there is one."""
    if not isinstance(actor, Mapping) or "extension" not in actor:
        return None
    for item in items(actor["extension"], "extension"):
        extension = mapping(item, "extension")
        if extension.get("url") == ROLE_EXTENSION:
            return extension.get("valueReference")
    return None


def _person_and_role(actor: object) -> Iterator[object]:
    yield actor
    yield role_extension_of(actor)


def _practitioner_of(role: Resource | None, reader: ReferenceReader) -> set[str]:
    if role is None or not may_be_unusable(role):
        return set()
    try:
        practitioner = reader.read(role.get("practitioner"), "practitioner")
    except UnreadableError:
        return set()
    is_held = practitioner.target is Target.RECORD
    return {practitioner.key} if is_held and practitioner.resource_type == "Practitioner" else set()


def may_be_unusable(role: Resource) -> bool:
    """Whether a role can have been out of force on some day, or says no profession."""
    says_something = bool(role.get("specialty") or role.get("code"))
    return role.get("active") is False or bool(role.get("period")) or not says_something
