"""Where the care of a contact was given (policy 2.4, Where).

Locations and organisations are looked at step by step; the first step that says something wins. A
place that could not be retrieved, at a step that comes before the answer, leaves the place in
doubt: the steps behind it do not make up for it.

A department, a team or a room is where it is part of: a hospital, institution or rehabilitation
centre anywhere up `partOf` wins over what is below it.
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
from fhir_mappings.terminology.care_settings import INSTITUTIONS, is_abroad, setting_of
from fhir_mappings.terminology.tables import Terminology

_FARTHEST_PARENT = 8  # levels of `partOf`


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
    """What the record says about where. `is_lost`: something that could matter was lost."""

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
            settings = {each.setting for each in facts} - {CareSetting.UNKNOWN}
            if settings:
                return Place(self._joint_setting(facts, settings), name, is_lost)
            if is_lost:
                return Place(CareSetting.UNKNOWN, name, is_lost)
        return Place(of_role, name, is_lost)

    def _joint_setting(self, facts: Sequence[_Facts], settings: set[CareSetting]) -> CareSetting:
        """The one place that several sites are; where they disagree, it is not known."""
        if len(settings) == 1:
            return next(iter(settings))
        if CareSetting.ABROAD in settings:
            return CareSetting.UNKNOWN
        return setting_of([concept for each in facts for concept in each.types], terms=self.terms)

    def _facts(self, reference: Reference, container: Resource) -> _Facts:
        if reference.target is not Target.RECORD:
            return self._read(reference, container, ())
        known = self._known.get(reference.key)
        if known is None:
            # what a contact calls it stays with the contact
            unnamed = replace(reference, display="")
            known = self._known[reference.key] = self._read(unnamed, container, ())
        return known if known.name else replace(known, name=reference.display)

    def _read(self, reference: Reference, container: Resource, below: tuple[str, ...]) -> _Facts:
        """One place with those above it; `below` are the ones that it was reached from."""
        if reference.key and reference.key in below:
            return _Facts()  # a loop
        found = find(self.record, reference, container)
        if found.resource is None or len(below) > _FARTHEST_PARENT:
            is_too_far = found.resource is not None
            return _Facts(name=reference.display, is_lost=found.is_lost or is_too_far)
        try:
            path = (*below, reference.key)
            if found.resource.get("resourceType") == "Location":
                return self._location(found.resource, found.container, path)
            return self._organization(found.resource, found.container, path)
        except UnreadableError:
            return _Facts(is_lost=True)  # no different from one that could not be retrieved

    def _location(self, resource: Resource, container: Resource, path: tuple[str, ...]) -> _Facts:
        """The managing organisation first, then its own types, then what it is part of."""
        behind = self._behind(resource, "managingOrganization", container, path)
        own = concepts(resource.get("type"), "type")
        country = behind.country or _country(resource.get("address"))
        setting = behind.setting
        if setting is CareSetting.UNKNOWN:
            setting = setting_of(own, terms=self.terms)
        setting = self._in_country(setting, country)
        name = behind.name or string(resource.get("name"), "name")
        facts = _Facts(setting, behind.types or own, country, name, behind.is_lost)
        return self._inside(facts, resource, container, path)

    def _organization(
        self, resource: Resource, container: Resource, path: tuple[str, ...]
    ) -> _Facts:
        """Its own types, then what it is part of."""
        types = concepts(resource.get("type"), "type")
        country = _country(resource.get("address")) or _country_of_contacts(resource)
        setting = setting_of(types, country=country, terms=self.terms)
        facts = _Facts(setting, types, country, string(resource.get("name"), "name"))
        return self._inside(facts, resource, container, path)

    def _inside(
        self, facts: _Facts, resource: Resource, container: Resource, path: tuple[str, ...]
    ) -> _Facts:
        """A place inside the one that it is part of (policy 2.4, Where).

        An institution stays what it is. What says nothing of its own takes what the next one
        says, and its country.
        """
        if facts.setting in INSTITUTIONS:
            return facts
        above = self._behind(resource, "partOf", container, path)
        country = facts.country or above.country
        setting, types = facts.setting, facts.types
        if above.setting in INSTITUTIONS or setting is CareSetting.UNKNOWN:
            setting, types = above.setting, above.types or types
        setting = self._in_country(setting, country)
        name = facts.name or above.name
        return _Facts(setting, types, country, name, facts.is_lost or above.is_lost)

    def _in_country(self, setting: CareSetting, country: str) -> CareSetting:
        """A rehabilitation centre stays one abroad."""
        is_centre = setting is CareSetting.REHABILITATION_CENTRE
        is_elsewhere = not is_centre and is_abroad(country, self.terms)
        return CareSetting.ABROAD if is_elsewhere else setting

    def _behind(
        self, resource: Resource, element: str, container: Resource, path: tuple[str, ...]
    ) -> _Facts:
        return self._read(self.references.read(resource.get(element), element), container, path)


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
