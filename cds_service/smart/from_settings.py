"""The launches that the settings of a site describe."""

from cds_service.clients import load_trusted_clients
from cds_service.fhir_access import Deadline
from cds_service.fhir_access.addresses import AddressRules
from cds_service.fhir_access.tls import tls_context
from cds_service.settings.settings import Settings
from cds_service.smart.launching import LaunchClients, Launching
from cds_service.smart.sealing import Sealing
from cds_service.smart.server_requests import ServerRequests
from cds_service.smart.sessions import Sessions
from cds_service.store import BrowserSessions, Store, read_audit_key


def launch_clients(settings: Settings) -> LaunchClients:
    """The clients whose users may open the page; none without a file of trusted clients.

    Raises InvalidClientsError for faults of the file.
    """
    if settings.trusted_clients is None:
        return LaunchClients(())
    return LaunchClients(tuple(load_trusted_clients(settings.trusted_clients, settings)))


def launching(settings: Settings, clients: LaunchClients, store: Store) -> Launching:
    """What begins and completes launches, with the limits of the site."""
    ca_file = None if settings.ca_file is None else str(settings.ca_file)
    requests = ServerRequests(
        AddressRules(settings.fhir_networks).allow, tls_context(ca_file, None)
    )
    sealing = Sealing(read_audit_key(settings.audit_key, settings.audit_key_file))
    sessions = Sessions(BrowserSessions(store), sealing)
    return Launching(clients, requests, sessions, lambda: Deadline(settings.deadline_seconds))
