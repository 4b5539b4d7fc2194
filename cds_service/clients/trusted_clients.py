"""The clients that are trusted, and the file that says so.

The file is read once, at the start; every fault is told with its path. The keys themselves may
change while the service runs (see `key_sources`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cds_service.clients.clients_file import ClientEntry, read_entries
from cds_service.clients.key_sources import FetchedKeys, KeyFile, KeySource
from cds_service.clients.keys import KeySet, UnusableKeysError
from cds_service.clients.launch_proofs import Launch, UnusableProofError, read_launch
from cds_service.errors import InvalidClientsError, InvalidSettingsError
from cds_service.fhir_access import AllowedServers
from cds_service.settings.client_options import ClientOptions

FetchKeys = Callable[[str], KeySet]


@dataclass(frozen=True, slots=True)
class TrustedClient:
    """One client: who it says it is, how that is proven, and what was agreed with it."""

    name: str
    issuer: str
    keys: KeySource
    key_address: str | None  # the only `jku` that its tokens may name; None: they may name none
    audiences: tuple[str, ...]  # accepted beside the address of the service that is called
    client_options: ClientOptions
    launch: Launch | None = None  # None: its users cannot open the page


@dataclass(frozen=True, slots=True)
class TrustedClients:
    """All of them, by issuer."""

    by_issuer: Mapping[str, TrustedClient]

    def __iter__(self) -> Iterator[TrustedClient]:
        return iter(self.by_issuer.values())


def load_clients(path: Path, *, usual: ClientOptions, fetch: FetchKeys) -> TrustedClients:
    """The clients of a file; options that an entry leaves out are the usual ones.

    No key set is fetched yet. Raises InvalidClientsError with every fault.
    """
    entries = read_entries(path)
    faults: list[str] = []
    clients: dict[str, TrustedClient] = {}
    for place, entry in enumerate(entries):
        try:
            clients[entry.issuer] = _client(entry, path.parent, usual, fetch)
        except _EntryError as error:
            faults += [f"{path}: clients.{place}.{fault}" for fault in error.faults]
    faults += [f"{path}: {fault}" for fault in _launched_twice(clients.values())]
    if faults:
        raise InvalidClientsError(tuple(faults))
    return TrustedClients(clients)


def _launched_twice(clients: Iterable[TrustedClient]) -> Iterator[str]:
    """A launch names nothing but its FHIR server, so that must tell clients apart."""
    known: set[str] = set()
    for client in clients:
        if client.launch is None:
            continue
        servers = set(client.client_options.servers.listed)
        if servers & known:
            yield f"{client.name}: has a launch for a FHIR server of another client with a launch"
        known |= servers


class _EntryError(Exception):
    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(*faults)
        self.faults = faults


def _client(
    entry: ClientEntry, folder: Path, usual: ClientOptions, fetch: FetchKeys
) -> TrustedClient:
    try:
        servers = AllowedServers(entry.fhir_servers, is_development=False, listed_in="fhir_servers")
    except InvalidSettingsError as error:
        raise _EntryError(error.faults) from None
    return TrustedClient(
        name=entry.name,
        issuer=entry.issuer,
        keys=_keys(entry, folder, fetch),
        key_address=entry.jwks_uri,
        audiences=entry.audiences,
        client_options=_client_options(entry, usual, servers),
        launch=_launch(entry, folder),
    )


def _launch(entry: ClientEntry, folder: Path) -> Launch | None:
    if entry.launch is None:
        return None
    try:
        return read_launch(entry.launch, folder)
    except UnusableProofError as error:
        raise _EntryError((f"launch.{error}",)) from None


def _keys(entry: ClientEntry, folder: Path, fetch: FetchKeys) -> KeySource:
    if entry.jwks_uri is not None:
        address = entry.jwks_uri
        return FetchedKeys(lambda: fetch(address))
    try:
        return KeyFile(folder / str(entry.jwks))
    except UnusableKeysError as error:
        raise _EntryError(tuple(f"jwks: {fault}" for fault in error.faults)) from None


def _client_options(
    entry: ClientEntry, usual: ClientOptions, servers: AllowedServers
) -> ClientOptions:
    options = {
        "language": entry.language,
        "prefetch": entry.prefetch,
        "tables": entry.tables,
        "show_not_applicable": entry.show_not_applicable,
    }
    own = {name: value for name, value in options.items() if value is not None}
    return replace(usual, servers=servers, client=entry.name, **own)  # type: ignore[arg-type]
