"""Addresses on a FHIR server: queries below its base, further pages, redirects. Never elsewhere."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote_plus, urljoin, urlsplit

from cds_service.fhir_access.failures import Failure
from cds_service.fhir_access.server_addresses import base_url, http_address, origin_of

REFERENCE = re.compile(r"[A-Z][A-Za-z]{1,63}/(?!\.{1,2}$)[A-Za-z0-9\-._~]{1,256}")
_QUERY = re.compile(
    r"[A-Z][A-Za-z]{1,63}(/(?!\.{1,2}(\?|$))[A-Za-z0-9\-._~]{1,256})?(\?(?P<search>[\x21-\x7e]+))?"
)
# `http:page`, `http:///page`, `///page`: to some readers relative, to others a host
_NAMES_NO_HOST = re.compile(r"[\s\0]*(https?:(?!//[^/])|//(/|$))", re.IGNORECASE)
_PAGE_PARAMETERS = frozenset({"_getpages", "_offset"})


@dataclass(frozen=True, slots=True)
class FhirBase:
    """The base URL of a FHIR server, in one spelling and without a trailing slash."""

    url: str

    @classmethod
    def of(cls, text: str) -> "FhirBase":
        """A base URL as a caller names it; a ValueError says what is wrong with it."""
        return cls(base_url(text))

    def query(self, relative: str) -> str | None:
        """The address of a read or a search; None if it must not be sent.

        HAPI 8.8 answers an empty `patient=` with the records of everybody, so no parameter is
        ever sent without a value.
        """
        match = _QUERY.fullmatch(relative)
        if match is None or "#" in relative or "\\" in relative:
            return None
        search = match["search"]
        if search is not None and not all(map(_has_value, search.split("&"))):
            return None
        return f"{self.url}/{relative}"

    def next_page(self, link: str, *, is_hapi: bool) -> str | Failure:
        """Where a further page lies, on our own origin only.

        HAPI repeats the Host header of the request that brought the first page, which may be a
        name that only the client knows: such a link is read below our own base. On other servers
        we cannot know that path and query mean the same here.
        """
        parts = self._parts(f"{self.url}/", link)
        if parts is None:
            return Failure.UNUSABLE_NEXT
        if self._is_ours(parts):
            return parts._replace(fragment="").geturl()
        if is_hapi and self._is_below(parts) and _PAGE_PARAMETERS & parse_qs(parts.query).keys():
            return f"{self.url}{parts.path[len(self._path) :]}?{parts.query}"
        return Failure.FOREIGN_NEXT

    def redirect(self, url: str, location: str) -> str | Failure:
        """Where a redirect leads, on our own origin only."""
        parts = self._parts(url, location)
        if parts is None or not self._is_ours(parts):
            return Failure.FOREIGN_REDIRECT
        return parts._replace(fragment="").geturl()

    def relative(self, reference: str) -> str:
        """A reference as `Type/id` where it is absolute and below this base; else as it is."""
        return reference.removeprefix(f"{self.url}/")

    @property
    def _path(self) -> str:
        return urlsplit(self.url).path

    def _is_ours(self, parts: SplitResult) -> bool:
        return origin_of(parts) == origin_of(urlsplit(self.url))

    def _is_below(self, parts: SplitResult) -> bool:
        return parts.path == self._path or parts.path.startswith(f"{self._path}/")

    @staticmethod
    def _parts(context: str, link: str) -> SplitResult | None:
        if _NAMES_NO_HOST.match(link):
            return None
        try:
            return http_address(urljoin(context, link))
        except ValueError:
            return None


def _has_value(parameter: str) -> bool:
    """Whether a parameter of a search restricts it: `patient=` and `patient=Patient/` do not."""
    name, _, value = parameter.partition("=")
    plain = unquote_plus(value).strip()
    return bool(name) and bool(plain.strip(" ,/|$")) and not plain.endswith("/")
