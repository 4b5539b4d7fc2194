"""One read or search with all its pages, as steps: each step asks for addresses, all at once.

A search has a plain form, which every server understands, and may have a form for HAPI
(`_offset`, `_total=accurate`, `_has`), which is asked only where an earlier answer of that base
came from HAPI. A base that is not known yet is asked in the plain form: that is right everywhere,
`_offset` is not. If it then turns out to be HAPI and there are more pages, the search starts again
in the form for HAPI, because each further page of a plain search costs HAPI half a second.
"""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from cds_service.fhir_access.bundle_pages import (
    Resource,
    distinct_matches,
    fault_of,
    match_keys,
    matches,
    next_link,
    total,
)
from cds_service.fhir_access.exchange import Answer
from cds_service.fhir_access.failures import Failure
from cds_service.fhir_access.servers import Server

_OFFSET = re.compile(r"[1-9][0-9]{0,8}")
_AT_ONCE_FROM = 2  # further pages

Steps = Generator[tuple[str, ...], tuple[Answer, ...], Failure | None]
Result = Generator[tuple[str, ...], tuple[Answer, ...], Failure | str | None]


@dataclass(frozen=True, slots=True)
class Query:
    """A read (`Patient/1`) or a search (`Encounter?patient=1`), relative to the FHIR base.

    Values are URL-encoded by the caller. `plain` None: only HAPI is asked. `hapi` None: the plain
    form serves all. With `_offset=0` and `_total=accurate` in the form for HAPI all further pages
    are read at once and counted; without, one after another.
    """

    name: str
    plain: str | None
    hapi: str | None = None


@dataclass(frozen=True, slots=True)
class NextPage:
    """The pages that follow a prefetched Bundle: the url of its `next` link.

    `kind`: the type that was searched; a page with matches of another type is then none of them.
    """

    url: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The pages that came, in order, each as the server wrote it; a read has one.

    Complete: all pages came. What is in them (an OperationOutcome, resources of somebody else, the
    same one twice because it moved between two pages) is for the caller to judge.
    """

    pages: tuple[Resource, ...]
    is_complete: bool
    failure: Failure | None = None


class Search:
    """A query on its way. `steps` moves it; `result` is right at any moment, also half-way."""

    def __init__(
        self,
        query: Query | NextPage,
        server: Server,
        page_limit: int,
        *,
        is_asked_for: Callable[[Resource], bool] | None = None,
    ) -> None:
        self._query = query
        self._server = server
        self._page_limit = page_limit
        self._is_asked_for = is_asked_for
        self._pages: list[Resource] = []
        self._kind = query.kind if isinstance(query, NextPage) else ""
        self._seen: set[tuple[str, str]] = set()

    def result(self, failure: Failure | None) -> SearchResult:
        """All that came."""
        return SearchResult(tuple(self._pages), failure is None, failure)

    def steps(self) -> Steps:
        """Ask for all pages."""
        if isinstance(self._query, NextPage):
            return (yield from self._follow(self._query.url))
        if self._query.hapi is not None and self._server.takes_hapi_form(self._query.name):
            return (yield from self._hapi_form(self._query, self._query.hapi))
        if self._query.plain is None:
            return Failure.NOT_ASKED
        return (yield from self._plain_form(self._query, self._query.plain))

    def _hapi_form(self, query: Query, relative: str) -> Steps:
        relative = _counted(relative)
        link = yield from self._first_page(relative)
        if link is Failure.BAD_REQUEST and query.plain is None:
            self._server.refused_hapi_form(query.name)
        if link is not Failure.BAD_REQUEST or query.plain is None:
            return (yield from self._after_first(relative, link))
        link = yield from self._first_page(query.plain)
        if link is not Failure.BAD_REQUEST:
            self._server.refused_hapi_form(query.name)
        return (yield from self._after_first(query.plain, link))

    def _plain_form(self, query: Query, relative: str) -> Steps:
        link = yield from self._first_page(relative)
        if (
            isinstance(link, str)
            and query.hapi is not None
            and self._server.takes_hapi_form(query.name)
        ):
            self._pages.clear()
            self._seen.clear()
            return (yield from self._hapi_form(query, query.hapi))
        return (yield from self._after_first(relative, link))

    def _first_page(self, relative: str) -> Result:
        """Ask for the first page: the link to the next one, None, or why it did not come."""
        self._kind = relative.partition("?")[0].partition("/")[0]
        url = self._server.base.query(relative)
        if url is None:
            return Failure.NOT_ASKED
        (answer,) = yield (url,)
        return self._take(answer)

    def _after_first(self, relative: str, link: Failure | str | None) -> Steps:
        if isinstance(link, Failure):
            return link
        is_counted = "_total=accurate" in _parameters(relative)
        counted = total(self._pages[0]) if is_counted else None
        failure: Failure | None = None
        if link is not None:
            failure = yield from self._further_pages(link, counted)
        if failure is None and counted is not None and self._is_short_of(counted):
            return Failure.COUNT_DIFFERS
        return failure

    def _is_short_of(self, counted: int) -> bool:
        """A cut page or a row that moved between two pages; more than counted is new data."""
        return distinct_matches(self._pages, self._kind) < counted

    def _further_pages(self, link: str, counted: int | None) -> Steps:
        first = self._server.base.next_page(link, is_hapi=self._server.is_hapi)
        if isinstance(first, Failure):
            return first
        offsets = _offsets(first, counted, self._page_limit)
        if isinstance(offsets, Failure):
            return offsets
        if len(offsets) < _AT_ONCE_FROM:
            return (yield from self._follow(link))
        answers = yield tuple(_at_offset(first, offset) for offset in offsets)
        links = [self._take(answer) for answer in answers]
        failures = [found for found in links if isinstance(found, Failure)]
        if failures:
            return failures[0]
        return (yield from self._follow(links[-1])) if links[-1] is not None else None

    def _follow(self, link: str | Failure | None) -> Steps:
        """Ask for one page after another."""
        seen: set[str] = set()
        while link is not None:
            url = self._next_url(link)
            if isinstance(url, Failure):
                return url
            if url in seen:
                return Failure.PAGE_LOOP
            seen.add(url)
            (answer,) = yield (url,)
            link = self._take(answer)
        return None

    def _next_url(self, link: str | Failure) -> str | Failure:
        if isinstance(link, Failure):
            return link
        if len(self._pages) >= self._page_limit:
            return Failure.PAGE_LIMIT
        return self._server.base.next_page(link, is_hapi=self._server.is_hapi)

    def _take(self, answer: Answer) -> Failure | str | None:
        """Keep a page: the link to the next one, None, or why it did not come."""
        if answer.failure is not None or answer.resource is None:
            return answer.failure or Failure.NOT_FHIR
        self._pages.append(answer.resource)
        if self._holds_nothing_new(answer.resource):
            return Failure.PAGE_LOOP
        if self._is_asked_for is not None and not all(
            map(self._is_asked_for, matches(answer.resource, self._kind))
        ):
            return Failure.FILTER_IGNORED
        return fault_of(answer.resource, self._kind) or next_link(answer.resource)

    def _holds_nothing_new(self, page: Resource) -> bool:
        """Whether all matches of a page were on pages before it, and notes them.

        A page out of an old cache is like that; what should be there is then missing.
        """
        keys = match_keys(page)
        is_repeated = bool(keys) and keys <= self._seen
        self._seen |= keys
        return is_repeated


def _parameters(relative: str) -> list[str]:
    return relative.partition("?")[2].split("&")


def _counted(relative: str) -> str:
    """A search by offset, with the request to count all matches."""
    parameters = _parameters(relative)
    has_more = any(parameter.startswith(("_total=", "_include")) for parameter in parameters)
    return f"{relative}&_total=accurate" if "_offset=0" in parameters and not has_more else relative


def _offsets(url: str, counted: int | None, page_limit: int) -> range | Failure:
    """Where all further pages begin, by the address of the second one; none if it shows no step.

    The step is what the server wrote: it may give less than `_count` asks.
    """
    step = parse_qs(urlsplit(url).query).get("_offset", [""])[-1]
    if counted is None or not _OFFSET.fullmatch(step):
        return range(0)
    if counted > int(step) * page_limit:
        return Failure.PAGE_LIMIT
    return range(int(step), counted, int(step))


def _at_offset(url: str, offset: int) -> str:
    """The same page address, for the page that begins there."""
    parts = urlsplit(url)
    parameters = parse_qs(parts.query, keep_blank_values=True)
    query = urlencode({**parameters, "_offset": [str(offset)]}, doseq=True)
    return parts._replace(query=query).geturl()
