"""The options of those who call: the servers that may be asked, and how cards look."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cds_service.fhir_access.allowed_servers import AllowedServers


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """What holds for the calls of one client, or of anybody in development mode."""

    servers: AllowedServers  # the whole allow-list of a call
    language: str  # `nl` or `en`
    prefetch: str  # `portable` or `full`
    tables: str  # `table` or `list`
    show_not_applicable: bool
    stated_care_form: bool
    client: str = ""  # the name in the file of trusted clients; empty: nobody was asked


class Callers(Protocol):
    """Tells who calls. `authorizations` are all Authorization headers of one call.

    `may_wait`: to tell may take a store or another server, so it is done in a thread. `number`:
    how many clients are told apart.
    """

    may_wait: bool
    number: int

    def admit(self, authorizations: Sequence[str], audience: str) -> ClientOptions:
        """The options of the caller, whose token is used up by this.

        Raises UntrustedClientError where it is not proven who calls.
        """
        ...

    def recognise(self, authorizations: Sequence[str], audience: str) -> ClientOptions:
        """The options for something that is open to all; a token is not used up."""
        ...


class Anybody:
    """Development mode: nobody proves anything, and a token that comes along is not looked at."""

    may_wait = False
    number = 1

    def __init__(self, client_options: ClientOptions) -> None:
        self._client_options = client_options

    def admit(self, authorizations: Sequence[str], audience: str) -> ClientOptions:  # noqa: ARG002
        """The same options for everybody."""
        return self._client_options

    def recognise(self, authorizations: Sequence[str], audience: str) -> ClientOptions:  # noqa: ARG002
        """The same options for everybody."""
        return self._client_options
