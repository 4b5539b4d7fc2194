"""A short memory of directory resources: roles, practitioners, organisations and locations.

They are the same for all patients and change rarely; a changed role is seen after the set time.
What one client was told by one server is never given to another client, nor for another server. No
other type of resource is ever kept, and nothing that a server says of another one.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cds_service.fhir_access.bundle_pages import entries
from cds_service.fhir_access.deadline import Clock
from cds_service.fhir_access.limits import FetchLimits

DIRECTORY_TYPES = frozenset({"PractitionerRole", "Practitioner", "Organization", "Location"})

_VALUE_BYTES = 150  # that one value takes in memory beside its text, more or less

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Who asked whom: the name of a client, and a base URL."""

    client: str
    base: str


@dataclass(slots=True)
class _Kept:
    """A resource, or all roles of somebody."""

    value: Any
    size: int
    until: float


@dataclass(slots=True)
class _Shelf:
    """What one source has said."""

    kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)
    size: int = 0
    roles_until: float = 0.0

    def take(self, key: str) -> None:
        """Take something away."""
        self.size -= self.kept.pop(key).size


class Directory:
    """Directory resources by source and `Type/id`. What it gives is shared: do not change it.

    It is bounded in entries and in bytes. Where it is full, the source that takes most gives its
    oldest entry away: no server drives out what others have said.
    """

    def __init__(self, limits: FetchLimits, clock: Clock) -> None:
        self._seconds = limits.directory_seconds
        self._most = limits.directory_entries
        self._most_bytes = limits.directory_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._shelves: dict[Source, _Shelf] = {}
        self._number = self._size = 0

    @property
    def size(self) -> int:
        """The bytes of memory that all of it takes, more or less."""
        return self._size

    def resource(self, source: Source, reference: str) -> Resource | None:
        """A kept resource, or None."""
        found: Resource | None = self._get(source, reference)
        return found

    def roles_of(self, source: Source, practitioner: str) -> tuple[Resource, ...] | None:
        """All roles of a practitioner, or None where they are not all known."""
        roles: tuple[Resource, ...] | None = self._get(source, f"roles of {practitioner}")
        return roles

    def has_roles(self, source: Source) -> bool:
        """Whether any role of that server is kept: then roles are asked for one by one."""
        with self._lock:
            shelf = self._shelves.get(source)
            return shelf is not None and shelf.roles_until > self._clock()

    def keep(self, source: Source, page: Resource) -> None:
        """Keep what belongs to the directory of a resource or a Bundle that the server sent."""
        for full_url, resource in entries(page):
            kind, own_id = resource.get("resourceType"), resource.get("id")
            if str(kind) not in DIRECTORY_TYPES or not isinstance(own_id, str):
                continue
            reference = f"{kind}/{own_id}"
            if full_url is None or full_url == f"{source.base}/{reference}":
                self._put(source, reference, resource, is_role=kind == "PractitionerRole")

    def keep_roles_of(self, source: Source, roles: Mapping[str, tuple[Resource, ...]]) -> None:
        """Keep, per practitioner, that these are all the roles."""
        for practitioner, own in roles.items():
            self._put(source, f"roles of {practitioner}", own, is_role=True)

    def _get(self, source: Source, key: str) -> Any:
        with self._lock:
            shelf = self._shelves.get(source)
            kept = None if shelf is None else shelf.kept.get(key)
            if shelf is None or kept is None:
                return None
            if kept.until > self._clock():
                shelf.kept.move_to_end(key)
                return kept.value
            self._take(source, key)
            return None

    def _put(self, source: Source, key: str, value: Any, *, is_role: bool) -> None:
        size = _size(value)
        if self._seconds <= 0 or size > self._most_bytes:
            return
        with self._lock:
            shelf = self._shelves.setdefault(source, _Shelf())
            if key in shelf.kept:
                self._take(source, key)
                shelf = self._shelves.setdefault(source, shelf)
            until = self._clock() + self._seconds
            shelf.kept[key] = _Kept(value, size, until)
            shelf.size += size
            shelf.roles_until = until if is_role else shelf.roles_until
            self._size += size
            self._number += 1
            while self._size > self._most_bytes or self._number > self._most:
                largest = max(self._shelves, key=lambda each: self._shelves[each].size)
                self._take(largest, next(iter(self._shelves[largest].kept)))

    def _take(self, source: Source, key: str) -> None:
        shelf = self._shelves[source]
        self._size -= shelf.kept[key].size
        self._number -= 1
        shelf.take(key)
        if not shelf.kept:
            del self._shelves[source]


def _size(value: Any) -> int:
    """What a value takes in memory, more or less: its text, and something for each value in it."""
    text = msgspec.json.encode(value)
    return len(text) + _VALUE_BYTES * sum(text.count(mark) for mark in (b",", b"{", b"["))
