"""Which FHIR servers may be asked, and with what.

Neither a token nor a request goes to a server that is not listed (interface.md, Decisions
on trust and limits; conformance items F1, F2, F8, R6).
"""

from collections.abc import Iterable
from enum import Enum
from urllib.parse import urlsplit

from cds_service.errors import InvalidSettingsError
from cds_service.fhir_access import server_addresses
from cds_service.fhir_access.addresses import is_never_asked
from cds_service.fhir_access.server_addresses import is_loopback

HAPI_TEST = "hapi-test"
_HAPI_TEST_URL = "https://hapi.fhir.org/baseR4"
_ANONYMOUS = "#anonymous"


class Access(Enum):
    """Whether and how a FHIR server may be asked."""

    ALLOWED_ANONYMOUS = "anonymous"  # without a token, also if one came along
    ALLOWED_WITH_TOKEN = "with_token"  # noqa: S105 - no secret; only with the token of the call
    NOT_ALLOWED = "not_allowed"  # no request; what was to be fetched is a gap
    PLAIN_HTTP = "plain_http"  # http to anything but an allowed loopback address: 400

    @property
    def is_allowed(self) -> bool:
        """Whether the server may be asked at all."""
        return self in {Access.ALLOWED_ANONYMOUS, Access.ALLOWED_WITH_TOKEN}


class AllowedServers:
    """The allow-list. The path is part of a base URL, a trailing slash makes no difference."""

    def __init__(
        self, words: Iterable[str], *, is_development: bool, listed_in: str = "IMSR_FHIR_SERVERS"
    ) -> None:
        """Words as in `IMSR_FHIR_SERVERS`; faults are named by their place, never repeated."""
        self._is_development = is_development
        self._listed: dict[str, Access] = {}
        faults: list[str] = []
        for place, word in enumerate(words, start=1):
            try:
                self._listed.update([_entry(word)])
            except ValueError as error:
                faults.append(f"{listed_in}: entry {place} {error}")
        if faults:
            raise InvalidSettingsError(tuple(faults))

    @property
    def listed(self) -> tuple[str, ...]:
        """The base URLs that are listed, for an operator."""
        return tuple(self._listed)

    def decide(self, base_url: str) -> Access:
        """Whether and how a server may be asked; what is no base URL is not allowed."""
        try:
            base = server_addresses.base_url(base_url)
        except ValueError:
            return Access.NOT_ALLOWED
        if _has_detours(base):
            return Access.NOT_ALLOWED
        if base in self._listed:
            return self._listed[base]
        if self._is_development and is_loopback(base):
            return Access.ALLOWED_ANONYMOUS
        return Access.PLAIN_HTTP if base.startswith("http:") else Access.NOT_ALLOWED


def _entry(word: str) -> tuple[str, Access]:
    if word == HAPI_TEST:
        return _HAPI_TEST_URL, Access.ALLOWED_ANONYMOUS
    access = Access.ALLOWED_ANONYMOUS if word.endswith(_ANONYMOUS) else Access.ALLOWED_WITH_TOKEN
    base = server_addresses.base_url(word.removesuffix(_ANONYMOUS))
    if base.startswith("http:") and not is_loopback(base):
        raise ValueError("must be https: plain http is for loopback addresses only")
    if is_never_asked(urlsplit(base).hostname or ""):
        raise ValueError("must not be a link-local, multicast or cloud metadata address")
    if _has_detours(base):
        raise ValueError("must have no empty, `.` or `..` part in its path")
    return base, access


def _has_detours(base: str) -> bool:
    """Whether a path could mean another one to the server: `/fhir/../admin`, `/fhir//x`, `%2e`."""
    path = urlsplit(base).path.lower().replace("%2e", ".")
    return "%2f" in path or any(part in {"", ".", ".."} for part in path.split("/")[1:])
