"""Where the care of a contact was given (policy 2.4, Where).

Locations and organisations are looked at step by step; the first step that says something wins. A
place that could not be had, at a step that comes before the answer, leaves the place in doubt.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cds_service.domain.contacts import CareSetting
from fhir_mappings.reading.concepts import (
    Concept,
    UnreadableError,
    concepts,
    items,
    mapping,
    string,
)
from fhir_mappings.reading.record import PatientRecord, Resource, find
from fhir_mappings.reading.references import Reference, ReferenceReader, Target
from fhir_mappings.terminology.care_settings import setting_of
from fhir_mappings.terminology.tables import Terminology

_FARTHEST_PARENT = 5  # levels of `partOf`; a loop ends there too


@dataclass(frozen=True, slots=True)
class Site:
    """A reference to a Location or an Organization, and the resource that holds it."""

    reference: Reference
    container: Resource


def sites(*found: Site) -> tuple[Site, ...]:
    """Those that refer to something, or at least name it."""
    return tuple(site for site in found if site.reference.key or site.reference.display)


@dataclass(frozen=True, slots=True)
class Place:
    """What the record says about where. `is_lost`: something could not be had that could matter."""

    setting: CareSetting = CareSetting.UNKNOWN
    name: str = ""
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class _Facts:
    """One Location or Organization, with what it takes from those behind it."""

    setting: CareSetting = CareSetting.UNKNOWN
    types: tuple[Concept, ...] = ()
    country: str = ""
    name: str = ""
    is_lost: bool = False


@dataclass(slots=True)
class Places:
    """The places of one record. Everything is read once and remembered for one call."""

    record: PatientRecord
    references: ReferenceReader
    terms: Terminology
    _known: dict[str, _Facts] = field(default_factory=dict)

    def place(self, steps: Iterable[Sequence[Site]], *, of_role: CareSetting) -> Place:
        """The place that the first telling step names.

        `of_role` is the place that the code of the role itself carries; it comes last.
        """
        name, is_lost = "", False
        for step in steps:
            if not step:
                continue
            facts = [self._facts(site.reference, site.container) for site in step]
            name = name or next((each.name for each in facts if each.name), "")
            is_lost = is_lost or any(each.is_lost for each in facts)
            told = {each.setting for each in facts} - {CareSetting.UNKNOWN}
            if told:
                return Place(self._together(facts, told), name, is_lost)
        return Place(of_role, name, is_lost)

    def _together(self, facts: Sequence[_Facts], told: set[CareSetting]) -> CareSetting:
        """The one place that several sites are; where they disagree, it is not known."""
        if len(told) == 1:
            return next(iter(told))
        if CareSetting.ABROAD in told:
            return CareSetting.UNKNOWN
        return setting_of([concept for each in facts for concept in each.types], terms=self.terms)

    def _facts(self, reference: Reference, container: Resource) -> _Facts:
        if reference.target is not Target.RECORD:
            return self._read(reference, container, 0)
        known = self._known.get(reference.key)
        if known is None:
            # what a contact calls it stays with the contact
            unnamed = replace(reference, display="")
            known = self._known[reference.key] = self._read(unnamed, container, 0)
        return known if known.name else _named(known, reference.display)

    def _read(self, reference: Reference, container: Resource, depth: int) -> _Facts:
        found = find(self.record, reference, container)
        if found.resource is None or depth > _FARTHEST_PARENT:
            return _Facts(name=reference.display, is_lost=found.is_lost)
        try:
            if found.resource.get("resourceType") == "Location":
                return self._location(found.resource, found.container)
            return self._organization(found.resource, found.container, depth)
        except UnreadableError:
            return _Facts(is_lost=True)  # not to be told from one that could not be had

    def _location(self, resource: Resource, container: Resource) -> _Facts:
        """The managing organisation first, then the types of the location itself."""
        manager = self.references.read(resource.get("managingOrganization"), "managingOrganization")
        behind = self._read(manager, container, 0)
        own = concepts(resource.get("type"), "type")
        country = behind.country or _country(resource.get("address"))
        setting = setting_of(behind.types, country=country, terms=self.terms)
        if setting is CareSetting.UNKNOWN:
            setting = setting_of(own, country=country, terms=self.terms)
        name = behind.name or string(resource.get("name"), "name")
        return _Facts(setting, behind.types or own, country, name, behind.is_lost)

    def _organization(self, resource: Resource, container: Resource, depth: int) -> _Facts:
        """An organisation without type takes that of the one that it is part of."""
        types = concepts(resource.get("type"), "type")
        country = _country(resource.get("address")) or _country_of_contacts(resource)
        name, is_lost = string(resource.get("name"), "name"), False
        if not types:
            parent = self.references.read(resource.get("partOf"), "partOf")
            behind = self._read(parent, container, depth + 1)
            types, country = behind.types, country or behind.country
            name, is_lost = name or behind.name, behind.is_lost
        setting = setting_of(types, country=country, terms=self.terms)
        return _Facts(setting, types, country, name, is_lost)


def _country(addresses: object) -> str:
    """The first country that an address names."""
    found = (
        string(mapping(item, "address").get("country"), "country").strip()
        for item in items(addresses, "address")
    )
    return next(filter(None, found), "")


def _country_of_contacts(resource: Resource) -> str:
    """In R5 an organisation has its addresses among its contact details."""
    details = (mapping(item, "contact") for item in items(resource.get("contact"), "contact"))
    return next(filter(None, (_country(each.get("address")) for each in details)), "")


def _named(facts: _Facts, name: str) -> _Facts:
    return _Facts(facts.setting, facts.types, facts.country, name, facts.is_lost)
