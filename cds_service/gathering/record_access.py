"""Whether, and with what, the FHIR server of a call may be asked for the record."""

from dataclasses import dataclass

from cds_service.fhir_access import Access, AllowedServers, FhirAccess, FhirSession
from cds_service.gathering.record_request import RecordRequest
from fhir_mappings.queries import EVERYTHING, GrantedScopes, granted_scopes


@dataclass(frozen=True, slots=True)
class RecordAccess:
    """The way to the record.

    `session` None: nothing can be fetched. `is_offered`: the client meant us to fetch, so what
    cannot be retrieved is a gap and not the fault of an integration that offers nothing.
    """

    session: FhirSession | None
    scopes: GrantedScopes
    is_offered: bool


_NO_ACCESS = RecordAccess(None, GrantedScopes(), is_offered=False)
_REFUSED = RecordAccess(None, GrantedScopes(), is_offered=True)


def open_access(
    request: RecordRequest, *, access: FhirAccess, allowed: AllowedServers
) -> RecordAccess:
    """The way that a request offers (conformance F1, F2, F7, F8; interface.md, Data).

    A server that is not listed, or a token that has expired, is a gap. A listed server without
    the token that it needs is no access.
    """
    server = request.fhir_server
    if server is None:
        return _NO_ACCESS
    verdict = allowed.decide(server)
    if verdict is Access.ALLOWED_ANONYMOUS:
        return RecordAccess(_session(request, server, access), EVERYTHING, is_offered=True)
    if verdict is Access.ALLOWED_WITH_TOKEN:
        return _with_token(request, server, access)
    return _REFUSED


def _with_token(request: RecordRequest, server: str, access: FhirAccess) -> RecordAccess:
    given = request.authorization
    if given is None:
        return _NO_ACCESS
    if given.expires_in is not None and given.expires_in <= 0:
        return _REFUSED
    session = _session(request, server, access, given.token)
    return RecordAccess(session, granted_scopes(given.scope), is_offered=True)


def _session(
    request: RecordRequest, server: str, access: FhirAccess, token: str | None = None
) -> FhirSession:
    """Nothing of it is shared with another client than the one that asks."""
    return access.session(
        server,
        token=token,
        deadline=request.deadline,
        trace=request.trace,
        client=request.client,
    )
