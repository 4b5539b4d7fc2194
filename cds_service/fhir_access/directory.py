"""A short memory of directory resources: roles, practitioners, organisations and locations.

They are the same for all patients and change rarely; a changed role is seen after the set time.
Entries of one base URL are never given for another. No other type of resource is ever kept.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from cds_service.fhir_access.deadline import Clock
from cds_service.fhir_access.limits import FetchLimits

DIRECTORY_TYPES = frozenset({"PractitionerRole", "Practitioner", "Organization", "Location"})

Resource = dict[str, Any]
_Key = tuple[str, str, str]


class Directory:
    """Directory resources by base URL and `Type/id`. What it gives is shared: do not change it."""

    def __init__(self, limits: FetchLimits, clock: Clock) -> None:
        self._seconds = limits.directory_seconds
        self._limit = limits.directory_entries
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[_Key, tuple[float, Any]] = OrderedDict()
        self._roles_until: dict[str, float] = {}

    def resource(self, base: str, reference: str) -> Resource | None:
        """A kept resource, or None."""
        found: Resource | None = self._get((base, "resource", reference))
        return found

    def roles_of(self, base: str, practitioner: str) -> tuple[Resource, ...] | None:
        """All roles of a practitioner, or None where they are not all known."""
        roles: tuple[Resource, ...] | None = self._get((base, "roles of", practitioner))
        return roles

    def has_roles(self, base: str) -> bool:
        """Whether any role of that server is kept: then roles are asked for one by one."""
        return self._roles_until.get(base, 0.0) > self._clock()

    def keep(self, base: str, resources: Iterable[Resource]) -> None:
        """Keep those resources that belong to the directory."""
        for resource in resources:
            kind, own_id = resource.get("resourceType"), resource.get("id")
            if str(kind) in DIRECTORY_TYPES and isinstance(own_id, str):
                self._put((base, "resource", f"{kind}/{own_id}"), resource)
                if kind == "PractitionerRole":
                    self._note_roles(base)

    def keep_roles_of(self, base: str, roles: Mapping[str, tuple[Resource, ...]]) -> None:
        """Keep, per practitioner, that these are all the roles."""
        for practitioner, own in roles.items():
            self._put((base, "roles of", practitioner), own)
            self._note_roles(base)

    def _note_roles(self, base: str) -> None:
        self._roles_until[base] = self._clock() + self._seconds

    def _get(self, key: _Key) -> Any:
        with self._lock:
            until, value = self._entries.get(key, (0.0, None))
            if until > self._clock():
                self._entries.move_to_end(key)
                return value
            self._entries.pop(key, None)
            return None

    def _put(self, key: _Key, value: Any) -> None:
        with self._lock:
            self._entries[key] = (self._clock() + self._seconds, value)
            self._entries.move_to_end(key)
            if len(self._entries) > self._limit:
                self._entries.popitem(last=False)
