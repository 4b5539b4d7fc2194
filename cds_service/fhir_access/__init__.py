"""The only part that speaks HTTP to FHIR servers. It knows FHIR's forms, not what they mean.

    access = FhirAccess()                                   # once per process
    allowed = AllowedServers(words, is_development=False)
    if allowed.decide(base_url) is Access.ALLOWED_WITH_TOKEN:
        session = access.session(base_url, token=token, deadline=Deadline(4.0))
        session.search_all({"patient": Query("patient", "Patient/1"), ...})
        session.read_directory(["PractitionerRole/1", "Location/2"], ["Practitioner/3"])

Nothing here raises for what a server does: each result says whether it is complete and, if not,
why (`Failure`). Only GETs are sent, to one origin, with a token only there, and no address, id or
token gets into a log line or the text of an error.

Other rooms use some modules by name: `server_addresses`, `addresses` and `allowed_servers` (which
addresses are good), `computing_turns`, `trace_context`, and `bodies`, `connections`, `tls` and
`name_lookups` for what speaks to other servers than those of FHIR.
"""

from cds_service.fhir_access.access import FhirAccess
from cds_service.fhir_access.addresses import Network
from cds_service.fhir_access.allowed_servers import Access, AllowedServers
from cds_service.fhir_access.bundle_pages import next_link
from cds_service.fhir_access.deadline import Clock, Deadline
from cds_service.fhir_access.failures import Failure
from cds_service.fhir_access.limits import FetchLimits
from cds_service.fhir_access.meter import FetchCounts
from cds_service.fhir_access.reads import AbsentResource, FoundResource, LostResource, ReadResult
from cds_service.fhir_access.searches import NextPage, Query, SearchResult
from cds_service.fhir_access.session import FhirSession, Roles
from cds_service.fhir_access.tls import ClientCertificate

__all__ = [
    "AbsentResource",
    "Access",
    "AllowedServers",
    "ClientCertificate",
    "Clock",
    "Deadline",
    "Failure",
    "FetchCounts",
    "FetchLimits",
    "FhirAccess",
    "FhirSession",
    "FoundResource",
    "LostResource",
    "Network",
    "NextPage",
    "Query",
    "ReadResult",
    "Roles",
    "SearchResult",
    "next_link",
]
