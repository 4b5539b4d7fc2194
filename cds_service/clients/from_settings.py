"""The clients and the check of tokens that the settings of a site describe."""

from functools import partial
from pathlib import Path

from cds_service.clients.authentication import TokenCheck
from cds_service.clients.key_fetching import fetch_key_set
from cds_service.clients.token_claims import TimeLimits
from cds_service.clients.trusted_clients import TrustedClients, load_clients
from cds_service.fhir_access.addresses import AddressRules
from cds_service.fhir_access.tls import tls_context
from cds_service.settings.settings import Settings


def load_trusted_clients(path: Path, settings: Settings) -> TrustedClients:
    """The clients of a file. Raises InvalidClientsError with every fault."""
    ca_file = None if settings.ca_file is None else str(settings.ca_file)
    fetch = partial(
        fetch_key_set,
        may_connect=AddressRules(settings.fhir_networks).allow,
        tls=tls_context(ca_file, None),
    )
    return load_clients(path, usual=settings.client_options, fetch=fetch)


def token_check(path: Path, settings: Settings) -> TokenCheck:
    """What a token of one of these clients must be."""
    limits = TimeLimits(
        leeway=settings.token_leeway_seconds, lifetime=settings.token_lifetime_seconds
    )
    return TokenCheck(load_trusted_clients(path, settings), settings.token_algorithms, limits)
