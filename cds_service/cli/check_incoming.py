"""Every resource that a check receives: of the call, and of the FHIR server while it is asked."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cds_service.fhir_access import (
    Deadline,
    FetchCounts,
    FhirAccess,
    FhirSession,
    FoundResource,
    NextPage,
    Query,
    ReadResult,
    Roles,
    SearchResult,
)
from cds_service.fhir_access.trace_context import TraceContext
from cds_service.hooks.cds_hooks import HookCall
from fhir_mappings.reading.bundles import joined, read_answer
from fhir_mappings.reading.references import key_of

_KEYS = {
    "Encounter": "encounters",
    "Procedure": "procedures",
    "QuestionnaireResponse": "statements",
}

Hear = Callable[[str, object], None]
"""Takes what came in: for what it was asked or sent, and the thing itself."""


@dataclass(frozen=True, slots=True)
class Received:
    """One resource as it came, or what was in its place. `name` is `Type/id` where it has one."""

    name: str
    resource: object


@dataclass(slots=True)
class Incoming:
    """What came in, in its order; a resource that comes twice in the same words is one."""

    received: list[Received] = field(default_factory=list)
    _by_name: dict[str, list[object]] = field(default_factory=dict)
    _pages: dict[str, list[object]] = field(default_factory=dict)
    _matches: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def hear_call(self, call: HookCall) -> None:
        """The draft orders and every prefetched key of a call."""
        self.hear("draftOrders", call.draft_orders)
        for key, value in (call.prefetch or {}).items():
            if value is not None:
                self.hear(f"prefetch {key}", value)

    def hear(self, origin: str, value: object) -> None:
        """A resource, or a Bundle and each resource in it."""
        self._pages.setdefault(origin.rpartition(" ")[2], []).append(value)
        if not (isinstance(value, Mapping) and value.get("resourceType") == "Bundle"):
            self._add(key_of(value) or origin, value)
            return
        entries = value.get("entry")
        if not isinstance(entries, list):
            self._add(f"Bundle of {origin}", value)
            return
        self._add(f"Bundle of {origin}", {**value, "entry": list(map(_without_resource, entries))})
        for number, entry in enumerate(entries):
            resource = entry.get("resource") if isinstance(entry, Mapping) else None
            if resource is not None:
                self._add(key_of(resource) or f"{origin}, entry[{number}]", resource)

    def named(self, name: str) -> Received | None:
        """What the ledger calls so: `Encounter/7`, or `Encounter 3` where there is no id."""
        if name in self._by_name:
            return Received(name, self._by_name[name][0])
        kind, _, number = name.partition(" ")
        matches = self._matches_of(kind)
        place = int(number) - 1 if number.isdecimal() else -1
        return Received(name, matches[place]) if 0 <= place < len(matches) else None

    def _matches_of(self, kind: str) -> tuple[object, ...]:
        """All matches of the searches for one type of contact, in the order of the record."""
        if kind not in self._matches:
            pages = self._pages.get(_KEYS.get(kind, ""), ())
            answers = [read_answer(page, kind) for page in pages]
            self._matches[kind] = joined(answers).matches if answers else ()
        return self._matches[kind]

    def _add(self, name: str, resource: object) -> None:
        known = self._by_name.setdefault(name, [])
        if resource not in known:
            known.append(resource)
            self.received.append(Received(name, resource))


def _without_resource(entry: object) -> object:
    if not isinstance(entry, Mapping):
        return entry
    return {name: value for name, value in entry.items() if name != "resource"}


class ListeningAccess(FhirAccess):
    """Passes everything on to an access, and lets somebody hear what servers send."""

    def __init__(self, access: FhirAccess, hear: Hear) -> None:
        self._access = access
        self._hear = hear

    @property
    def open_circuits(self) -> int:
        """How many servers are left alone just now."""
        return self._access.open_circuits

    def close(self) -> None:
        """Close what it passes on to."""
        self._access.close()

    def session(
        self,
        base_url: str,
        *,
        token: str | None,
        deadline: Deadline,
        trace: TraceContext | None = None,
        client: str = "",
    ) -> FhirSession:
        """A session whose answers are heard."""
        own = self._access.session(
            base_url, token=token, deadline=deadline, trace=trace, client=client
        )
        return _ListeningSession(own, self._hear)


class _ListeningSession(FhirSession):
    """Passes everything on to a session, and what comes back to a listener as well.

    What is inherited (`follow`, `read_all`, `roles_of`) is made of what is here.
    """

    def __init__(self, session: FhirSession, hear: Hear) -> None:
        self._session = session
        self._hear = hear

    @property
    def base_url(self) -> str:
        return self._session.base_url

    @property
    def deadline(self) -> Deadline:
        return self._session.deadline

    @property
    def is_hapi(self) -> bool:
        return self._session.is_hapi

    @property
    def knows_roles(self) -> bool:
        return self._session.knows_roles

    @property
    def counts(self) -> FetchCounts:
        return self._session.counts

    def search_all(
        self,
        queries: Mapping[str, Query | NextPage],
        *,
        leave: float = 0.0,
        helpful: Collection[str] = (),
    ) -> dict[str, SearchResult]:
        results = self._session.search_all(queries, leave=leave, helpful=helpful)
        for name, result in results.items():
            for page in result.pages:
                self._hear(name, page)
        return results

    def read_directory(
        self,
        references: Iterable[str],
        practitioners: Iterable[str],
        *,
        may_search: Callable[[str], bool] = lambda _: True,
    ) -> tuple[dict[str, ReadResult], dict[str, Roles]]:
        readings, roles = self._session.read_directory(
            references, practitioners, may_search=may_search
        )
        for resource in _resources(readings, roles):
            self._hear("directory", resource)
        return readings, roles

    def keep_roles_of(self, practitioners: Iterable[str], roles: Sequence[dict[str, Any]]) -> None:
        self._session.keep_roles_of(practitioners, roles)


def _resources(
    readings: Mapping[str, ReadResult], roles: Mapping[str, Roles]
) -> Iterator[Mapping[str, Any]]:
    for reading in readings.values():
        if isinstance(reading, FoundResource):
            yield reading.resource
    for own in roles.values():
        if isinstance(own, tuple):
            yield from own
