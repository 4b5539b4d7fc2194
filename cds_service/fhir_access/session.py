"""All fetching of one hook call from one FHIR server."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cds_service.fhir_access.bundle_pages import Resource, resources
from cds_service.fhir_access.deadline import Clock, Deadline
from cds_service.fhir_access.directory import Directory
from cds_service.fhir_access.exchange import Exchange
from cds_service.fhir_access.failures import Failure
from cds_service.fhir_access.limits import FetchLimits
from cds_service.fhir_access.meter import FetchCounts, Meter
from cds_service.fhir_access.reads import (
    Found,
    IdSearch,
    Lost,
    Reading,
    RolesSearch,
    by_practitioner,
    can_be_read,
    chunks,
    is_reference,
    plan,
    single_reading,
)
from cds_service.fhir_access.rounds import Rounds
from cds_service.fhir_access.searches import NextPage, Query, Search, SearchResult
from cds_service.fhir_access.servers import Server


def _anything(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class SharedParts:
    """What all hook calls of the process share."""

    limits: FetchLimits
    workers: ThreadPoolExecutor
    directory: Directory
    clock: Clock


class FhirSession:
    """Made by :meth:`FhirAccess.session`; used by one thread, for one hook call."""

    def __init__(
        self, server: Server, *, token: str | None, deadline: Deadline, shared: SharedParts
    ) -> None:
        self._server = server
        self._deadline = deadline
        self._limits = shared.limits
        self._directory = shared.directory
        self._clock = shared.clock
        self._meter = Meter(self._limits.call_bytes)
        exchange = Exchange(
            server, token=token, deadline=deadline, limits=self._limits, meter=self._meter
        )
        self._rounds = Rounds(shared.workers, exchange.get, deadline, self._limits.at_once)

    @property
    def base_url(self) -> str:
        """The base URL in one spelling, without a trailing slash."""
        return self._server.base.url

    @property
    def deadline(self) -> Deadline:
        """When all fetching ends."""
        return self._deadline

    @property
    def is_hapi(self) -> bool:
        """Whether an earlier answer of this base, in any call, came from HAPI."""
        return self._server.is_hapi

    @property
    def knows_roles(self) -> bool:
        """Whether roles of this server are kept; else they are best asked in the first round."""
        return self._directory.has_roles(self.base_url)

    @property
    def counts(self) -> FetchCounts:
        """What this call has asked so far."""
        return self._meter.counts

    def search_all(self, queries: Mapping[str, Query | NextPage]) -> dict[str, SearchResult]:
        """One parallel round; each query follows all its pages. Returns at the deadline.

        A query for HAPI only gives NOT_ASKED on a base that is not known as HAPI.
        """
        searches = [Search(query, self._server, self._limits.pages) for query in queries.values()]
        return dict(zip(queries, self._run(searches), strict=True))

    def follow(self, next_url: str) -> SearchResult:
        """The further pages of a prefetched Bundle, by the url of its `next` link."""
        return self.search_all({"next": NextPage(next_url)})["next"]

    def read_all(
        self, references: Iterable[str], *, may_search: Callable[[str], bool] = _anything
    ) -> dict[str, Reading]:
        """The resources behind references (`Type/id`), kept ones without a request.

        `may_search` says of a type whether the token allows searches; if not, each is read.
        """
        wanted = list(dict.fromkeys(references))
        readings: dict[str, Reading] = {
            each: Lost(Failure.NOT_ASKED) for each in wanted if not is_reference(each)
        }
        for reference in wanted:
            kept = self._directory.resource(self.base_url, reference)
            if kept is not None:
                readings[reference] = Found(kept)
        missing = [reference for reference in wanted if reference not in readings]
        singles, searches = plan(missing, self._limits, is_hapi=self.is_hapi, may_search=may_search)
        readings |= self._first_readings(singles, searches)
        unsure = [each for each in missing if each not in readings]
        return readings | self._verified(unsure)

    def roles_of(self, practitioners: Iterable[str]) -> dict[str, tuple[Resource, ...] | Lost]:
        """All roles of each practitioner (`Practitioner/id`), kept ones without a request."""
        wanted = list(dict.fromkeys(practitioners))
        known: dict[str, tuple[Resource, ...] | Lost] = {}
        for practitioner in wanted:
            kept = self._directory.roles_of(self.base_url, practitioner)
            if kept is not None:
                known[practitioner] = kept
            elif not is_reference(practitioner, "Practitioner"):
                known[practitioner] = Lost(Failure.NOT_ASKED)
        missing = [each for each in wanted if each not in known]
        return known | self._asked_roles(missing)

    def keep_roles_of(self, practitioners: Iterable[str], roles: Sequence[Resource]) -> None:
        """Keep what a complete search brought: these are all the roles of these practitioners."""
        own = by_practitioner(practitioners, roles, self._server.base)
        self._directory.keep_roles_of(self.base_url, own)

    def _first_readings(self, singles: list[str], searches: list[IdSearch]) -> dict[str, Reading]:
        """What reads say, and what searches by id say for sure."""
        reads = [Search(Query("read", each), self._server, 1) for each in singles]
        asked = [
            Search(each.query, self._server, self._limits.pages, is_asked_for=each.is_asked_for)
            for each in searches
        ]
        results = self._run([*reads, *asked])
        readings: dict[str, Reading] = {}
        for reference, result in zip(singles, results, strict=False):
            readings[reference] = single_reading(reference, result)
        for search, result in zip(searches, results[len(singles) :], strict=True):
            if result.failure is not None and not can_be_read(result.failure):
                lost = Lost(result.failure)
                readings |= {f"{search.kind}/{own_id}": lost for own_id in search.ids}
            readings |= dict(search.readings(result))
        return readings

    def _verified(self, unsure: list[str]) -> dict[str, Reading]:
        """What searches did not bring: read, or lost where that is too much."""
        singles = unsure[: self._limits.single_reads]
        readings = self._first_readings(singles, []) if singles else {}
        return readings | {each: Lost(Failure.UNVERIFIED) for each in unsure[len(singles) :]}

    def _asked_roles(self, practitioners: list[str]) -> dict[str, tuple[Resource, ...] | Lost]:
        asked = [
            RolesSearch(chunk, self._server.base) for chunk in chunks(practitioners, self._limits)
        ]
        results = self._run(
            [
                Search(each.query, self._server, self._limits.pages, is_asked_for=each.is_asked_for)
                for each in asked
            ]
        )
        known: dict[str, tuple[Resource, ...] | Lost] = {}
        for search, result in zip(asked, results, strict=True):
            if result.failure is not None:
                known |= dict.fromkeys(search.practitioners, Lost(result.failure))
                continue
            roles = search.roles(result)
            self._directory.keep_roles_of(self.base_url, roles)
            known |= roles
        return known

    def _run(self, searches: Sequence[Search]) -> list[SearchResult]:
        started = self._clock()
        failures, rounds = self._rounds.run([search.steps() for search in searches])
        self._meter.add(rounds=rounds, seconds=self._clock() - started)
        results = [
            search.result(failure) for search, failure in zip(searches, failures, strict=True)
        ]
        for result in results:
            for page in result.pages:
                self._directory.keep(self.base_url, resources(page))
        return results
