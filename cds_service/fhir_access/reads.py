"""Resources by reference, and the roles of practitioners: kept ones first, then as few GETs as fit.

Few resources of a type are read one by one; more are searched by id in lists of bounded length.
HAPI brings along what a role or a place refers to; it goes to the directory, so that the next hop
needs no request. That a resource does not exist (AbsentResource) is believed only of a read that is
answered with 404 or 410: a search may leave out what exists but must not be seen, so what a search
did not bring is read, up to a number; beyond that it is lost (UNVERIFIED), never "not there".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cds_service.fhir_access.bundle_pages import Resource, matches
from cds_service.fhir_access.failures import Failure
from cds_service.fhir_access.limits import FetchLimits
from cds_service.fhir_access.links import REFERENCE, FhirBase
from cds_service.fhir_access.searches import Query, SearchResult
from fhir_mappings.reading.concepts import is_one_of

_COMES_ALONG = {
    "PractitionerRole": (
        "&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization"
    ),
    "Location": "&_include=Location:organization",
}
_NOT_READABLE_EITHER = frozenset(
    {
        Failure.TIMEOUT,
        Failure.UNREACHABLE,
        Failure.UNAUTHORIZED,
        Failure.FORBIDDEN_ADDRESS,
        Failure.CIRCUIT_OPEN,
        Failure.OVERLOAD,
    }
)


@dataclass(frozen=True, slots=True)
class FoundResource:
    """The resource behind a reference. It may be shared with other calls: do not change it."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class AbsentResource:
    """The server says that it has no such resource, or no longer (404, 410)."""


@dataclass(frozen=True, slots=True)
class LostResource:
    """The resource could not be retrieved; whether it exists is not known."""

    failure: Failure


ReadResult = FoundResource | AbsentResource | LostResource
ABSENT_RESOURCE: Final = AbsentResource()


@dataclass(frozen=True, slots=True)
class IdSearch:
    """One search for resources of one type by their ids."""

    kind: str
    ids: tuple[str, ...]

    @property
    def query(self) -> Query:
        """The search, and for HAPI the same with what comes along."""
        plain = f"{self.kind}?_id={','.join(self.ids)}&_count={len(self.ids)}"
        return Query(f"{self.kind} by id", plain, _hapi_form(plain, self.kind))

    def is_asked_for(self, resource: Resource) -> bool:
        """Whether the resource is one of these: a server that ignores `_id` gives others."""
        return is_one_of(resource.get("id"), self.ids)

    def all_results(self, result: SearchResult) -> dict[str, ReadResult]:
        """What is known for sure; what could be read instead, or may not exist, is left out."""
        results: dict[str, ReadResult] = {}
        if result.failure is not None and not can_be_read(result.failure):
            lost = LostResource(result.failure)
            results |= {f"{self.kind}/{own_id}": lost for own_id in self.ids}
        return results | dict(self.results(result))

    def results(self, result: SearchResult) -> Iterator[tuple[str, FoundResource]]:
        """What was found, by reference."""
        for page in result.pages:
            for resource in filter(self.is_asked_for, matches(page, self.kind)):
                yield f"{self.kind}/{resource['id']}", FoundResource(resource)


@dataclass(frozen=True, slots=True)
class RolesSearch:
    """One search for all roles of some practitioners (`Practitioner/id`)."""

    practitioners: tuple[str, ...]
    base: FhirBase

    @property
    def query(self) -> Query:
        """The search, and for HAPI the same with what comes along."""
        ids = ",".join(each.partition("/")[2] for each in self.practitioners)
        plain = f"PractitionerRole?practitioner={ids}&_count=500"
        return Query("roles of practitioners", plain, _hapi_form(plain, "PractitionerRole"))

    def is_asked_for(self, role: Resource) -> bool:
        """Whether it is a role of one of these."""
        return practitioner_of(role, self.base) in self.practitioners

    def roles(self, result: SearchResult) -> dict[str, tuple[Resource, ...]]:
        """The roles by practitioner; an empty tuple where one has none."""
        found = [role for page in result.pages for role in matches(page, "PractitionerRole")]
        return by_practitioner(self.practitioners, found, self.base)


def by_practitioner(
    practitioners: Iterable[str], roles: Sequence[Resource], base: FhirBase
) -> dict[str, tuple[Resource, ...]]:
    """Roles by practitioner, each role once."""
    own: dict[str, dict[str, Resource]] = {practitioner: {} for practitioner in practitioners}
    for role in roles:
        practitioner = practitioner_of(role, base)
        if practitioner in own:
            own[practitioner][str(role.get("id"))] = role
    return {practitioner: tuple(each.values()) for practitioner, each in own.items()}


def practitioner_of(role: Resource, base: FhirBase) -> str:
    """The practitioner of a role as `Practitioner/id`; an empty string if it names none."""
    practitioner = role.get("practitioner")
    reference = practitioner.get("reference") if isinstance(practitioner, dict) else None
    return base.relative(reference) if isinstance(reference, str) else ""


def is_reference(text: str, kind: str = "") -> bool:
    """Whether it is `Type/id`, with an id that a URL can hold as it is; maybe of one type."""
    return REFERENCE.fullmatch(text) is not None and (not kind or text.startswith(f"{kind}/"))


def single_result(reference: str, result: SearchResult) -> ReadResult:
    """What a read of one resource says."""
    if result.failure in {Failure.NOT_FOUND, Failure.GONE}:
        return ABSENT_RESOURCE
    if result.failure is not None or not result.pages:
        return LostResource(result.failure or Failure.NOT_FHIR)
    resource = result.pages[0]
    if f"{resource['resourceType']}/{resource.get('id')}" != reference:
        return LostResource(Failure.WRONG_RESOURCE)
    return FoundResource(resource)


def plan(
    references: Iterable[str],
    limits: FetchLimits,
    *,
    is_hapi: bool,
    may_search: Callable[[str], bool],
) -> tuple[list[str], list[IdSearch]]:
    """Which references are read one by one, and which are searched together."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for reference in references:
        kind, _, own_id = reference.partition("/")
        ids[kind].append(own_id)
    singles: list[str] = []
    searches: list[IdSearch] = []
    for kind, own in ids.items():
        is_few = len(own) <= limits.few and not (is_hapi and kind in _COMES_ALONG)
        if is_few or not may_search(kind):
            singles += [f"{kind}/{own_id}" for own_id in own]
        else:
            searches += [IdSearch(kind, chunk) for chunk in chunks(own, limits)]
    return singles, searches


def chunks(ids: Sequence[str], limits: FetchLimits) -> Iterator[tuple[str, ...]]:
    """Ids in lists that fit into one request line, also where ids are long."""
    chunk: list[str] = []
    for own_id in ids:
        size = sum(map(len, chunk)) + len(chunk) + len(own_id)
        if chunk and (len(chunk) >= limits.ids_per_search or size > limits.id_characters):
            yield tuple(chunk)
            chunk = []
        chunk.append(own_id)
    if chunk:
        yield tuple(chunk)


def can_be_read(failure: Failure | None) -> bool:
    """Whether a read makes sense after a search that did not bring a resource."""
    return failure not in _NOT_READABLE_EITHER


def _hapi_form(plain: str, kind: str) -> str | None:
    along = _COMES_ALONG.get(kind)
    return None if along is None else f"{plain}{along}&_offset=0"
