"""All fetching of one hook call from one FHIR server."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cds_service.fhir_access.bundle_pages import Resource, tells_of_a_gap
from cds_service.fhir_access.computing_turns import waiting
from cds_service.fhir_access.deadline import Clock, Deadline
from cds_service.fhir_access.directory import Directory, Source
from cds_service.fhir_access.exchange import CallHeaders, Exchange
from cds_service.fhir_access.failures import Failure
from cds_service.fhir_access.limits import FetchLimits
from cds_service.fhir_access.meter import FetchCounts, Meter
from cds_service.fhir_access.reads import (
    FoundResource,
    IdSearch,
    LostResource,
    ReadResult,
    RolesSearch,
    by_practitioner,
    chunks,
    is_reference,
    plan,
    single_result,
)
from cds_service.fhir_access.rounds import UNTIL_THE_DEADLINE, RoundLimits, Rounds
from cds_service.fhir_access.searches import NextPage, Query, Search, SearchResult
from cds_service.fhir_access.servers import Server
from cds_service.fhir_access.workers import Workers

Roles = tuple[Resource, ...] | LostResource


def _anything(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class SharedParts:
    """What all hook calls of the process share."""

    limits: FetchLimits
    workers: Workers
    directory: Directory
    clock: Clock


class FhirSession:
    """Made by :meth:`FhirAccess.session`; used by one thread, for one hook call."""

    def __init__(
        self,
        server: Server,
        *,
        headers: CallHeaders,
        deadline: Deadline,
        shared: SharedParts,
        client: str = "",
    ) -> None:
        self._server = server
        self._source = Source(client, server.base.url)
        self._deadline = deadline
        self._limits = shared.limits
        self._directory = shared.directory
        self._clock = shared.clock
        self._meter = Meter(self._limits.call_bytes, self._limits.call_values)
        exchange = Exchange(
            server,
            headers=headers,
            deadline=deadline,
            limits=self._limits,
            meter=self._meter,
        )
        share = shared.workers.share(client or server.base.url)
        self._rounds = Rounds(share, exchange, deadline, self._limits.at_once)

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
        return self._directory.has_roles(self._source)

    @property
    def counts(self) -> FetchCounts:
        """What this call has asked so far."""
        return self._meter.counts

    def search_all(
        self,
        queries: Mapping[str, Query | NextPage],
        *,
        leave: float = 0.0,
        helpful: Collection[str] = (),
    ) -> dict[str, SearchResult]:
        """One parallel round; each query follows all its pages. Returns at the deadline.

        A query for HAPI only gives NOT_ASKED on a base that is not known as HAPI. `leave` seconds
        of the deadline are left for what comes after this round; `helpful` names queries that are
        not waited for once all others have ended.
        """
        searches = [Search(query, self._server, self._limits.pages) for query in queries.values()]
        places = frozenset(at for at, name in enumerate(queries) if name in helpful)
        results = self._run(searches, RoundLimits(leave, places))
        return dict(zip(queries, results, strict=True))

    def follow(self, next_url: str) -> SearchResult:
        """The further pages of a prefetched Bundle, by the url of its `next` link."""
        return self.search_all({"next": NextPage(next_url)})["next"]

    def read_directory(
        self,
        references: Iterable[str],
        practitioners: Iterable[str],
        *,
        may_search: Callable[[str], bool] = _anything,
    ) -> tuple[dict[str, ReadResult], dict[str, Roles]]:
        """References (`Type/id`) and the roles of practitioners, together in one parallel round.

        Kept ones cost no request. `may_search` says of a type whether the token allows searches;
        if not, each resource is read. What a search did not bring costs a second round.
        """
        readings, missing = self._kept(references)
        roles, unknown = self._kept_roles(practitioners)
        singles, searches = plan(missing, self._limits, is_hapi=self.is_hapi, may_search=may_search)
        asked = [RolesSearch(chunk, self._server.base) for chunk in chunks(unknown, self._limits)]
        first, own = self._asked(singles, searches, asked)
        readings |= first
        unsure = [each for each in missing if each not in readings]
        return readings | self._verified(unsure), roles | own

    def read_all(
        self, references: Iterable[str], *, may_search: Callable[[str], bool] = _anything
    ) -> dict[str, ReadResult]:
        """The resources behind references, as :meth:`read_directory`."""
        return self.read_directory(references, (), may_search=may_search)[0]

    def roles_of(self, practitioners: Iterable[str]) -> dict[str, Roles]:
        """All roles of each practitioner (`Practitioner/id`), as :meth:`read_directory`."""
        return self.read_directory((), practitioners)[1]

    def _kept(self, references: Iterable[str]) -> tuple[dict[str, ReadResult], list[str]]:
        """What is kept, or cannot be asked for; and the rest."""
        wanted = list(dict.fromkeys(references))
        readings: dict[str, ReadResult] = {
            each: LostResource(Failure.NOT_ASKED) for each in wanted if not is_reference(each)
        }
        for reference in wanted:
            kept = self._directory.resource(self._source, reference)
            if kept is not None:
                readings[reference] = FoundResource(kept)
        return readings, [reference for reference in wanted if reference not in readings]

    def _kept_roles(self, practitioners: Iterable[str]) -> tuple[dict[str, Roles], list[str]]:
        """The same for the roles of practitioners."""
        wanted = list(dict.fromkeys(practitioners))
        known: dict[str, Roles] = {}
        for practitioner in wanted:
            kept = self._directory.roles_of(self._source, practitioner)
            if kept is not None:
                known[practitioner] = kept
            elif not is_reference(practitioner, "Practitioner"):
                known[practitioner] = LostResource(Failure.NOT_ASKED)
        return known, [each for each in wanted if each not in known]

    def keep_roles_of(self, practitioners: Iterable[str], roles: Sequence[Resource]) -> None:
        """Keep what a complete search brought: these are all the roles of these practitioners."""
        own = by_practitioner(practitioners, roles, self._server.base)
        self._directory.keep_roles_of(self._source, own)

    def _asked(
        self, singles: list[str], by_id: list[IdSearch], of_roles: list[RolesSearch]
    ) -> tuple[dict[str, ReadResult], dict[str, Roles]]:
        """One round: what reads say, and what searches by id and for roles say for sure."""
        reads = [Search(Query("read", each), self._server, 1) for each in singles]
        results = iter(self._run([*reads, *map(self._search, by_id), *map(self._search, of_roles)]))
        readings: dict[str, ReadResult] = {
            each: single_result(each, next(results)) for each in singles
        }
        for search in by_id:
            readings |= search.all_results(next(results))
        roles: dict[str, Roles] = {}
        for asked in of_roles:
            roles |= self._roles(asked, next(results))
        return readings, roles

    def _search(self, asked: IdSearch | RolesSearch) -> Search:
        pages, is_asked_for = self._limits.pages, asked.is_asked_for
        return Search(asked.query, self._server, pages, is_asked_for=is_asked_for)

    def _verified(self, unsure: list[str]) -> dict[str, ReadResult]:
        """What searches did not bring: read, or lost where that is too much."""
        singles = unsure[: self._limits.single_reads]
        readings = self._asked(singles, [], [])[0] if singles else {}
        return readings | {
            each: LostResource(Failure.UNVERIFIED) for each in unsure[len(singles) :]
        }

    def _roles(self, asked: RolesSearch, result: SearchResult) -> dict[str, Roles]:
        """All roles; none where the server does not know the type, lost where it did not say."""
        if result.failure in {Failure.NOT_FOUND, Failure.GONE} and not result.pages:
            return dict.fromkeys(asked.practitioners, ())
        failure = result.failure
        if failure is None and any(map(tells_of_a_gap, result.pages)):
            failure = Failure.WRONG_RESOURCE
        if failure is not None:
            return dict.fromkeys(asked.practitioners, LostResource(failure))
        roles = asked.roles(result)
        self._directory.keep_roles_of(self._source, roles)
        return dict(roles)

    def _run(
        self, searches: Sequence[Search], limits: RoundLimits = UNTIL_THE_DEADLINE
    ) -> list[SearchResult]:
        if not searches:
            return []
        started = self._clock()
        with waiting():
            failures, rounds = self._rounds.run([search.steps() for search in searches], limits)
        self._meter.add(rounds=rounds, seconds=self._clock() - started)
        results = [
            search.result(failure) for search, failure in zip(searches, failures, strict=True)
        ]
        for result in results:
            for page in result.pages:
                self._directory.keep(self._source, page)
        return results
