"""Draft orders, and the resources that they refer to: contained, in the same Bundle, or at hand.

Reading an order never fails: what cannot be read is treated as absent, and an order that is not
certainly a referral to rehabilitation medicine is none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from fhir_mappings.reading.concepts import Concept, UnreadableError, concept, items, mapping, string
from fhir_mappings.reading.references import (
    Reference,
    ReferenceReader,
    Target,
    is_contained_as,
)

Resource = Mapping[str, object]
Value = TypeVar("Value")
Absent = TypeVar("Absent")

_EMPTY: Resource = {}


def lenient(read: Callable[[object, str], Value], value: object, absent: Absent) -> Value | Absent:
    """What a reader makes of a value; `absent` where it cannot be read."""
    try:
        return read(value, "order")
    except UnreadableError:
        return absent


def members(value: object) -> tuple[object, ...]:
    """The members of a repeating element; none where it cannot be read."""
    return lenient(items, value, ())


def member(value: object, name: str) -> object:
    """A member of an object; None where there is no object or no member."""
    return lenient(mapping, value, _EMPTY).get(name)


def text_of(value: object) -> str:
    """A string without the space around it; empty where it cannot be read."""
    return lenient(string, value, "").strip()


def concept_of(value: object) -> Concept:
    """A CodeableConcept, or the concept of a CodeableReference of R5; empty if unreadable."""
    inner = lenient(mapping, value, _EMPTY)
    return lenient(concept, inner.get("concept", inner), Concept())


def concepts_of(value: object) -> tuple[Concept, ...]:
    """The concepts of a repeating element, without those that cannot be read."""
    return tuple(concept_of(item) for item in members(value))


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """One ServiceRequest of the draft orders, and the names under which it can be selected."""

    reference: str  # `ServiceRequest/draft-1`, or the full URL of an order without id
    resource: Resource
    names: frozenset[str] = frozenset()
    place: int = 0  # of its entry in the Bundle, from 0


@dataclass(frozen=True, slots=True)
class OrderResources:
    """Where references of an order lead."""

    reader: ReferenceReader
    at_hand: Mapping[str, Resource]

    @classmethod
    def of(
        cls, draft_orders: object, resources: Mapping[str, Resource], *, base_url: str = ""
    ) -> "OrderResources":
        """The entries of the draft Bundle, and over them what the caller has at hand."""
        at_hand: dict[str, Resource] = {}
        aliases: dict[str, str] = {}
        for _, full_url, resource in entries(draft_orders):
            key = _key(resource) or full_url
            if key:
                at_hand[key] = resource
            if full_url:
                aliases[full_url] = key
        return cls(ReferenceReader(base_url, aliases), {**at_hand, **resources})

    def read(self, value: object) -> Reference:
        """A reference; one to nowhere if it cannot be read."""
        return lenient(self.reader.read, value, Reference())

    def resolve(self, reference: Reference, owner: Resource) -> Resource | None:
        """The resource that a reference of `owner` leads to, if it is at hand."""
        if reference.target is Target.CONTAINED:
            for resource in members(owner.get("contained")):
                if isinstance(resource, Mapping) and is_contained_as(resource, reference.id):
                    return with_contained(resource, owner)
            return None
        return self.at_hand.get(reference.key) if reference.key else None


def with_contained(resource: Resource, owner: Resource) -> Resource:
    """A contained resource refers to others in the same container."""
    return {**resource, "contained": owner.get("contained")}


def entries(draft_orders: object) -> Iterator[tuple[int, str, Resource]]:
    """Place, full URL and resource of every entry that holds one."""
    bundle = lenient(mapping, draft_orders, _EMPTY)
    for place, entry in enumerate(members(bundle.get("entry"))):
        inner = lenient(mapping, entry, _EMPTY)
        resource = lenient(mapping, inner.get("resource"), _EMPTY)
        if resource:
            yield place, text_of(inner.get("fullUrl")), resource


def draft_service_requests(draft_orders: object) -> Iterator[DraftOrder]:
    """Every ServiceRequest of the draft orders; whatever else is there is not looked at."""
    for place, full_url, resource in entries(draft_orders):
        if resource.get("resourceType") == "ServiceRequest":
            key = _key(resource)
            yield DraftOrder(key or full_url, resource, frozenset({key, full_url} - {""}), place)


def _key(resource: Resource) -> str:
    type_, id_ = text_of(resource.get("resourceType")), text_of(resource.get("id"))
    return f"{type_}/{id_}" if type_ and id_ else ""
