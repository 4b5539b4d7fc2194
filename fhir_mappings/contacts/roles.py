"""Who gave the care of a contact, as the roles of the record tell it (policy 2.4).

The role on the contact goes first, if it is active and valid on the day; else all roles of the
practitioner that are, and the practitioner's qualifications. What could not be retrieved is lost,
and lost is not unknown: the profession is then open and the contact doubtful (policy 2.6).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cds_service.domain.contacts import CareSetting, Profession
from cds_service.domain.lookback import DayRange, LookbackPeriod
from fhir_mappings.contacts.eras import Eras
from fhir_mappings.contacts.participants import (
    NO_PROFESSIONALS,
    Participant,
    took_no_part_in_care,
)
from fhir_mappings.contacts.practitioners import (
    PractitionerFacts,
    RoleFacts,
    agb_number_in,
    read_practitioner,
    read_role,
)
from fhir_mappings.reading.concepts import Concept, UnreadableError, is_one_of
from fhir_mappings.reading.record import PatientRecord, Resource, find, role_search_key
from fhir_mappings.reading.references import Reference, ReferenceReader, Target
from fhir_mappings.terminology.care_settings import setting_of_role
from fhir_mappings.terminology.tables import Terminology
from fhir_mappings.terminology.therapist_categories import agb_professions, professions

Professions = frozenset[Profession]

_NOBODY: Professions = frozenset()
_NO_ROLE = RoleFacts()
_NO_PROFESSIONALS = ("Patient", "RelatedPerson", "Device", "Organization", "Group")


@dataclass(frozen=True, slots=True)
class Professional:
    """Who can have given the care; `professions` are alternatives, empty where nobody is known."""

    professions: Professions = _NOBODY
    practitioner: str = ""  # tells practitioners apart
    name: str = ""
    roles: tuple[RoleFacts, ...] = ()  # their organisations tell where, if nothing else does
    role_setting: CareSetting = CareSetting.UNKNOWN  # the place that a role code itself carries
    on_behalf_of: Reference = field(default_factory=Reference)
    is_lost: bool = False
    is_modified: bool = False  # by an extension that we do not know


@dataclass(frozen=True, slots=True)
class _Person:
    """A practitioner with all roles of the record, before any day is asked about."""

    key: str = ""
    facts: PractitionerFacts = field(default_factory=PractitionerFacts)
    roles: tuple[RoleFacts, ...] = ()
    agb_number: str = ""
    is_lost: bool = False
    roles_are_lost: bool = False


@dataclass(slots=True)
class People:
    """The professionals of one record. Everything is read once and remembered for one call."""

    record: PatientRecord
    references: ReferenceReader
    terms: Terminology
    lookback: LookbackPeriod
    _by_practitioner: dict[str, list[RoleFacts]] = field(default_factory=dict)
    _unreadable: set[str] = field(default_factory=set)  # who has a role that cannot be read
    _roles: dict[str, RoleFacts | None] = field(default_factory=dict)
    _persons: dict[str, _Person] = field(default_factory=dict)
    _eras: Eras = field(init=False)
    _settled: dict[tuple[Participant, int | None], Professional] = field(default_factory=dict)
    _said: dict[tuple[tuple[Concept, ...], tuple[Concept, ...], tuple[str, ...]], Professions] = (
        field(default_factory=dict)
    )

    def __post_init__(self) -> None:
        self._by_practitioner = defaultdict(list)
        for key, resource in self.record.referenced.items():
            if resource.get("resourceType") == "PractitionerRole":
                self._add_role(key, resource)
        roles = (role for role in self._roles.values() if role is not None)
        self._eras = Eras.of(
            role.valid for role in roles if role.valid is not None and not role.is_timeless
        )

    def is_professional(self, participant: Participant, container: Resource) -> bool:
        """Whether a participant is one; what is contained says itself what it is."""
        if took_no_part_in_care(participant, self.terms):
            return False
        if not participant.is_professional or participant.actor.target is not Target.CONTAINED:
            return participant.is_professional
        person = find(self.record, participant.actor, container).resource or {}
        return person.get("resourceType", "Practitioner") not in _NO_PROFESSIONALS

    def is_nobody_of_care(self, participant: Participant, container: Resource) -> bool:
        """Whether it is the patient, a relative or a device: a treatment without a therapist."""
        actor = participant.actor
        if actor.target is Target.CONTAINED:
            person = find(self.record, actor, container).resource or {}
            return is_one_of(person.get("resourceType"), NO_PROFESSIONALS)
        return actor.resource_type in NO_PROFESSIONALS

    def era(self, days: DayRange | None) -> int | None:
        """The era of a contact on these days; None where a role begins or ends among them."""
        return self._eras.number(self._asked(days))

    def is_settled(self, participant: Participant, era: int | None) -> bool:
        """Whether a participant is the same in every contact of an era."""
        return (participant, era) in self._settled

    def professional(
        self, participant: Participant, container: Resource, days: DayRange | None
    ) -> Professional:
        """Who a participant was on the days of a contact, which is the `container`.

        A role counts if it held on one of those days inside the lookback.
        """
        days = self._asked(days)
        era = self._eras.number(days)
        known = self._settled.get((participant, era))
        if known is not None:
            return known
        role, role_is_lost = self._role(self._role_reference(participant, container), container)
        person = self._person(participant.actor, role, container)
        names = tuple(filter(None, (participant.actor.display, participant.role.display)))
        found = self._by_role(role, person, names, days) or self._by_person(person, names, days)
        if not found.professions and participant.functions:
            found = replace(
                found, professions=self._say(RoleFacts(codes=participant.functions), ())
            )
        if role_is_lost or found.is_lost:
            found = replace(found, professions=_NOBODY, is_lost=True)
        found = replace(
            found,
            practitioner=person.key or _key_without_person(participant, container),
            name=person.facts.name or next(iter(names), ""),
            on_behalf_of=participant.on_behalf_of,
            is_modified=found.is_modified or participant.is_modified,
        )
        seen = (*person.roles, *person.facts.qualifications, role or _NO_ROLE)
        if participant.stands_alone and era is not None and all(map(self._is_by_era, seen)):
            self._settled[participant, era] = found
        return found

    def _asked(self, days: DayRange | None) -> DayRange:
        """The days on which a role must hold: those of the contact inside the lookback."""
        if days is None:
            return self.lookback
        return days if days.is_exact else days.overlap(self.lookback) or days

    def _is_by_era(self, fact: RoleFacts) -> bool:
        """Whether a role holds on every day of an era, or on none."""
        return fact.is_timeless or fact.valid in self._eras.periods

    def _by_role(
        self, role: RoleFacts | None, person: _Person, names: tuple[str, ...], days: DayRange
    ) -> Professional | None:
        """The role on the contact; where its codes are in no table, the qualifications.

        None where it does not hold or says nothing at all: then all roles are asked.
        """
        if role is None or not role.holds_on(days):
            return None
        said = self._say(role, names)
        if not said and not role.says_something:
            return None
        said = said or self._union(person.facts.qualifications, names, days)
        return self._professional(said, (role,), is_lost=person.is_lost and not said)

    def _by_person(self, person: _Person, names: tuple[str, ...], days: DayRange) -> Professional:
        """All roles that hold, and the qualifications; else the display, else the AGB number."""
        roles = tuple(role for role in person.roles if role.holds_on(days))
        said = self._union((*roles, *person.facts.qualifications), names, days)
        is_lost = person.roles_are_lost or (person.is_lost and not said)
        said = said or self._say(_NO_ROLE, names) or agb_professions(person.agb_number)
        return self._professional(said, roles, is_lost=is_lost)

    def _professional(
        self, said: Professions, roles: tuple[RoleFacts, ...], *, is_lost: bool
    ) -> Professional:
        stated = tuple(concept for role in roles for concept in (*role.specialties, *role.codes))
        setting = setting_of_role(stated, self.terms) if stated else CareSetting.UNKNOWN
        is_modified = any(role.is_modified for role in roles)
        return Professional(
            said, roles=roles, role_setting=setting, is_lost=is_lost, is_modified=is_modified
        )

    def _union(
        self, facts: Iterable[RoleFacts], names: tuple[str, ...], days: DayRange
    ) -> Professions:
        """Several roles that differ: it was one of them (policy 2.4, Which profession, 2)."""
        return _NOBODY.union(*(self._say(fact, names) for fact in facts if fact.holds_on(days)))

    def _say(self, role: RoleFacts, names: tuple[str, ...]) -> Professions:
        key = (role.specialties, role.codes, names)
        said = self._said.get(key)
        if said is None:
            said = professions(role.specialties, names=names, codes=role.codes, terms=self.terms)
            self._said[key] = said
        return said

    def _role_reference(self, participant: Participant, container: Resource) -> Reference:
        """The reference to a role, where the contact has one."""
        if participant.role.target is not Target.NOWHERE:
            return participant.role
        actor = participant.actor
        is_role = actor.resource_type == "PractitionerRole"
        if actor.target is Target.CONTAINED:
            resource = find(self.record, actor, container).resource or {}
            is_role = resource.get("resourceType") == "PractitionerRole"
        return actor if is_role else Reference()

    def _role(self, reference: Reference, container: Resource) -> tuple[RoleFacts | None, bool]:
        """The role behind a reference, and whether it could not be retrieved or read."""
        found = find(self.record, reference, container)
        if found.resource is None:
            return None, found.is_lost
        if reference.target is Target.CONTAINED:
            role = read_role(found.resource, found.container, self.references)
        else:
            role = self._role_of_record(reference.key, found.resource)
        return role, role is None

    def _role_of_record(self, key: str, resource: Resource) -> RoleFacts | None:
        if key not in self._roles:
            self._roles[key] = read_role(resource, resource, self.references)
        return self._roles[key]

    def _add_role(self, key: str, resource: Resource) -> None:
        """Files a role under its practitioner; one that cannot be read leaves them in doubt."""
        role = self._role_of_record(key, resource)
        try:
            practitioner = self.references.read(resource.get("practitioner"), "practitioner")
        except UnreadableError:
            return
        if practitioner.target is not Target.RECORD:
            return
        if role is None:
            self._unreadable.add(practitioner.key)
        else:
            self._by_practitioner[practitioner.key].append(role)

    def _person(self, actor: Reference, role: RoleFacts | None, container: Resource) -> _Person:
        """The practitioner whom a contact or its role names."""
        if role is not None and role.practitioner != Reference():
            actor, container = role.practitioner, role.container
        if actor.target is not Target.RECORD:
            return self._read_person(actor, container)
        if actor.key not in self._persons:
            self._persons[actor.key] = self._read_person(actor, container)
        return self._persons[actor.key]

    def _read_person(self, actor: Reference, container: Resource) -> _Person:
        found = find(self.record, actor, container)
        resource = found.resource or {}
        if "PractitionerRole" in (actor.resource_type, resource.get("resourceType")):
            return _Person()  # a role that names no practitioner
        facts = read_practitioner(resource)
        is_known = actor.target in {Target.RECORD, Target.ELSEWHERE}
        return _Person(
            actor.key if is_known else "",
            facts,
            tuple(self._by_practitioner.get(actor.key, ())),
            facts.agb_number or agb_number_in(actor.identifier),
            found.is_lost,
            role_search_key(actor.key) in self.record.lost or actor.key in self._unreadable,
        )


def _key_without_person(participant: Participant, container: Resource) -> str:
    """Tells participants apart of whom the record does not name the practitioner."""
    actor = participant.actor
    if actor.target is Target.CONTAINED:
        return f"{container.get('id', '')}{actor.key}"
    return actor.key or participant.role.key or actor.identifier or actor.display
