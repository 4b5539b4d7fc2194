"""Whether, and with what, the FHIR server of a call may be asked for the record."""

from dataclasses import dataclass

from cds_service.fhir_access import Access, AllowedServers, Deadline, FhirAccess, FhirSession
from cds_service.hooks.cds_hooks import HookCall
from fhir_mappings.queries.scopes import EVERYTHING, GrantedScopes, granted_scopes


@dataclass(frozen=True, slots=True)
class RecordAccess:
    """The way to the record.

    `session` None: nothing can be fetched. `is_offered`: the client meant us to fetch, so what
    cannot be had is a gap and not the fault of an integration that offers nothing.
    """

    session: FhirSession | None
    scopes: GrantedScopes
    is_offered: bool


_NO_ACCESS = RecordAccess(None, GrantedScopes(), is_offered=False)
_REFUSED = RecordAccess(None, GrantedScopes(), is_offered=True)


def open_access(
    call: HookCall, *, access: FhirAccess, allowed: AllowedServers, deadline: Deadline
) -> RecordAccess:
    """The way that a call offers (conformance F1, F2, F7, F8; interface.md, Data).

    A server that is not listed, or a token that has expired, is a gap. A listed server without
    the token that it needs is no access.
    """
    if call.fhir_server is None:
        return _NO_ACCESS
    verdict = allowed.decide(call.fhir_server)
    if verdict is Access.ALLOWED_ANONYMOUS:
        session = _session(call, call.fhir_server, access, deadline)
        return RecordAccess(session, EVERYTHING, is_offered=True)
    if verdict is Access.ALLOWED_WITH_TOKEN:
        return _with_token(call, call.fhir_server, access, deadline)
    return _REFUSED


def _with_token(
    call: HookCall, server: str, access: FhirAccess, deadline: Deadline
) -> RecordAccess:
    given = call.authorization
    if given is None:
        return _NO_ACCESS
    if given.expires_in is not None and given.expires_in <= 0:
        return _REFUSED
    session = _session(call, server, access, deadline, token=given.token)
    return RecordAccess(session, granted_scopes(given.scope), is_offered=True)


def _session(
    call: HookCall, server: str, access: FhirAccess, deadline: Deadline, *, token: str | None = None
) -> FhirSession:
    """Nothing of it is shared with another client than the one that calls."""
    client = "" if call.agreement is None else call.agreement.client
    return access.session(server, token=token, deadline=deadline, trace=call.trace, client=client)
