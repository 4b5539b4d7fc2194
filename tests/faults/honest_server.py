"""A FHIR server that answers rightly, with pages, as HAPI does or as a plain server does."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qs, quote, unquote, urlencode

from tests.builders.codes import Json
from tests.builders.hook_calls import searchset
from tests.builders.loopback import LoopbackFhir

Flavour = Literal["hapi", "plain"]

HAPI_HEADER: Final = {"X-Powered-By": "HAPI FHIR 8.8.0 REST Server (FHIR Server; FHIR 4.0.1/R4)"}
_INCLUDED: Final = {"practitioner": "practitioner", "organization": "organization"}


@dataclass(frozen=True, slots=True)
class HonestAnswer:
    """Status and resource of one answer."""

    status: int
    resource: Json


class HonestServer:
    """Holds the record of one patient. An address is relative to the base URL."""

    def __init__(
        self, base_url: str, resources: Iterable[Json], *, flavour: Flavour, page_size: int
    ) -> None:
        self.base_url = base_url
        self.flavour = flavour
        self._page_size = page_size
        self._fhir = LoopbackFhir(resources)

    @property
    def headers(self) -> dict[str, str]:
        """What each answer carries."""
        return dict(HAPI_HEADER) if self.flavour == "hapi" else {}

    @property
    def resources(self) -> dict[str, Json]:
        """All that it has, by `Type/id`."""
        return self._fhir.resources

    def answer(self, address: str) -> HonestAnswer:
        """The answer to a read, a search, or the address of a further page."""
        path, _, query = address.partition("?")
        parameters = parse_qs(query, keep_blank_values=True)
        if "_getpages" in parameters:
            start = int(parameters["_getpagesoffset"][0])
            return self._page(unquote(parameters["_getpages"][0]), start)
        if "/" in path or not query:
            status, resource = self._fhir.answer("GET", f"/{path}", "", b"")
            return HonestAnswer(status, resource)
        return self._page(address, int(parameters.get("_offset", ["0"])[0]))

    def _page(self, address: str, start: int) -> HonestAnswer:
        path, _, query = address.partition("?")
        parameters = parse_qs(query)
        status, found = self._fhir.answer("GET", f"/{path}", query, b"")
        matches = [entry["resource"] for entry in found.get("entry", [])]
        size = min(int(parameters.get("_count", ["1000"])[0]), self._page_size)
        end = start + size
        further = self._further(address, parameters, end) if end < len(matches) else ""
        page = searchset(
            matches[start:end],
            self._along(matches[start:end], parameters),
            base=self.base_url,
            next_page=further,
        )
        if self.flavour == "hapi" or "_total" in parameters:
            page["total"] = len(matches)
        return HonestAnswer(status, page)

    def _further(self, address: str, parameters: dict[str, list[str]], end: int) -> str:
        if self.flavour == "hapi" and "_offset" in parameters:
            query = urlencode({**parameters, "_offset": [str(end)]}, doseq=True)
            return f"{self.base_url}/{address.partition('?')[0]}?{query}"
        return f"{self.base_url}?_getpages={quote(address, safe='')}&_getpagesoffset={end}"

    def _along(self, matches: Iterable[Json], parameters: dict[str, list[str]]) -> list[Json]:
        """What `_include` asks for: one hop, as HAPI does without `:iterate`."""
        along: dict[str, Json] = {}
        names = {each.split(":")[-1] for each in parameters.get("_include", [])}
        for match in matches:
            for name in names & _INCLUDED.keys():
                key = match.get(_INCLUDED[name], {}).get("reference", "")
                found = self._fhir.resources.get(key)
                if found is not None:
                    along[key] = found
        return list(along.values())
