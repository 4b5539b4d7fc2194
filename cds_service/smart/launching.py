"""The two steps of an EHR launch: to the authorization server, and back with a session."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from secrets import token_urlsafe
from typing import Final

from cds_service.clients import Launch, TrustedClient
from cds_service.fhir_access import Deadline
from cds_service.fhir_access.server_addresses import base_url
from cds_service.smart.authorization import Secrets, authorization_url
from cds_service.smart.identity import User, read_identity
from cds_service.smart.refusals import LaunchRefusedError, Refusal
from cds_service.smart.server_configuration import (
    WELL_KNOWN,
    ServerConfiguration,
    read_configuration,
)
from cds_service.smart.server_requests import ServerRequests
from cds_service.smart.sessions import BrowserCookie, PageSession, PendingLaunch, Sessions
from cds_service.smart.token_answer import TokenAnswer, read_token_answer
from fhir_mappings.queries import Interaction, granted_scopes

_OK: Final = 200
_UNAUTHORIZED: Final = 401
_REFUSED: Final = range(400, 500)
_MOST_CHARACTERS: Final = 4096  # of a `launch`, a code, a state: each part of an address
_CARE: Final = ("Encounter", "Procedure")


@dataclass(frozen=True, slots=True)
class LaunchClient:
    """A trusted client whose users may open the page."""

    client: TrustedClient
    launch: Launch

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over TLS: in all but demonstrations on this machine."""
        return self.launch.redirect_uri.startswith("https:")


@dataclass(frozen=True, slots=True)
class BegunLaunch:
    """Where the browser is sent, with its cookie; `client` for the log."""

    address: str = field(repr=False)
    cookie: BrowserCookie
    client: str


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """The new session, with its cookie."""

    session_id: str = field(repr=False)
    cookie: BrowserCookie
    client: str


class LaunchClients:
    """The clients with a launch, by FHIR server and by name."""

    def __init__(self, clients: Sequence[TrustedClient]) -> None:
        self._all = [LaunchClient(each, each.launch) for each in clients if each.launch is not None]

    def __len__(self) -> int:
        return len(self._all)

    @property
    def launches(self) -> tuple[Launch, ...]:
        """How each of them opens the page."""
        return tuple(each.launch for each in self._all)

    def of_server(self, server: str) -> LaunchClient:
        """The client of a FHIR base URL. Raises LaunchRefusedError."""
        try:
            base = base_url(server)
        except ValueError:
            raise LaunchRefusedError(Refusal.UNKNOWN_SERVER) from None
        for each in self._all:
            servers = each.client.client_options.servers
            if base in servers.listed and servers.decide(server).is_allowed:
                return each
        raise LaunchRefusedError(Refusal.UNKNOWN_SERVER)

    def named(self, name: str) -> LaunchClient:
        """The client of a session. Raises LaunchRefusedError where it is trusted no longer."""
        for each in self._all:
            if each.client.name == name:
                return each
        raise LaunchRefusedError(Refusal.SESSION_EXPIRED)


@dataclass(frozen=True, slots=True)
class Launching:
    """Begins and completes launches. Every method raises LaunchRefusedError."""

    clients: LaunchClients
    requests: ServerRequests
    sessions: Sessions
    deadline: Callable[[], Deadline]

    def begin(self, parameters: Mapping[str, Sequence[str]]) -> BegunLaunch:
        """Where to send a browser that an EHR has sent here: `iss`, `launch`, maybe `view`."""
        server, launch = _single(parameters, "iss"), _single(parameters, "launch")
        if not server or not launch:
            raise LaunchRefusedError(Refusal.LAUNCH_INCOMPLETE)
        found = self.clients.of_server(server)
        configuration = self._configuration(server, found)
        secrets = Secrets()
        pending = PendingLaunch(
            client=found.client.name,
            server=server,
            verifier=secrets.verifier,
            nonce=secrets.nonce,
            configuration=asdict(configuration),
            view=_single(parameters, "view"),
        )
        cookie = self.sessions.begin(secrets.state, pending, is_secure=found.is_secure)
        address = authorization_url(
            configuration,
            secrets,
            client_id=found.launch.client_id,
            redirect_uri=found.launch.redirect_uri,
            launch=launch,
            server=server,
        )
        return BegunLaunch(address, cookie, found.client.name)

    def complete(
        self, parameters: Mapping[str, Sequence[str]], cookies: Mapping[str, str]
    ) -> OpenedPage:
        """The session of a browser that comes back with a code."""
        state = _single(parameters, "state")
        if not state:
            raise LaunchRefusedError(Refusal.STATE_UNKNOWN)
        pending = self.sessions.take_launch(state, cookies)
        found = self.clients.named(pending.client)
        configuration = ServerConfiguration(**pending.configuration)
        _refuse_answer(parameters, configuration)
        code = _single(parameters, "code")
        if not code:
            raise LaunchRefusedError(Refusal.NO_CODE)
        deadline = self.deadline()
        granted = self._token(code, pending, found, configuration, deadline)
        user = self._user(granted, pending, found, configuration, deadline)
        _refuse_nothing_granted(granted.scope)
        session = PageSession(
            client=found.client.name,
            server=base_url(pending.server),
            access_token=granted.access_token,
            scope=granted.scope,
            patient_id=granted.patient_id,
            referral=granted.referral,
            user=user.subject,
            user_reference=user.reference,
            view=pending.view,
            csrf=token_urlsafe(32),
            until=self.sessions.until(granted.expires_in),
        )
        session_id, cookie = self.sessions.open(session, is_secure=found.is_secure)
        return OpenedPage(session_id, cookie, found.client.name)

    def _configuration(self, server: str, found: LaunchClient) -> ServerConfiguration:
        answer = self.requests.get(server.rstrip("/") + WELL_KNOWN, self.deadline())
        if answer.status == 0:
            raise LaunchRefusedError(Refusal.SERVER_UNREACHABLE)
        if answer.status != _OK:
            raise LaunchRefusedError(Refusal.NO_CONFIGURATION)
        if answer.document is None:
            raise LaunchRefusedError(Refusal.CONFIGURATION_BROKEN)
        return read_configuration(answer.document, found.launch.proof.method)

    def _token(
        self,
        code: str,
        pending: PendingLaunch,
        found: LaunchClient,
        configuration: ServerConfiguration,
        deadline: Deadline,
    ) -> TokenAnswer:
        proof = found.launch.proof.proof(found.launch.client_id, configuration.token_endpoint)
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": found.launch.redirect_uri,
            "code_verifier": pending.verifier,
            **proof.fields,
        }
        answer = self.requests.post_form(
            configuration.token_endpoint, fields, proof.headers, deadline
        )
        if answer.status == 0:
            raise LaunchRefusedError(Refusal.SERVER_UNREACHABLE)
        if answer.status in _REFUSED:
            raise LaunchRefusedError(_refusal_of(answer.status, answer.document or {}))
        if answer.status != _OK:
            raise LaunchRefusedError(Refusal.TOKEN_REFUSED)
        if answer.document is None:
            raise LaunchRefusedError(Refusal.TOKEN_BROKEN)
        return read_token_answer(answer.document)

    def _user(
        self,
        granted: TokenAnswer,
        pending: PendingLaunch,
        found: LaunchClient,
        configuration: ServerConfiguration,
        deadline: Deadline,
    ) -> User:
        """Who opened the page; nobody known where the server does not say who users are."""
        if not granted.id_token:
            if "openid" in granted.scope.split():
                raise LaunchRefusedError(Refusal.NO_IDENTITY)
            return User()
        if not configuration.identifies_users:
            return User()  # an id_token of an issuer that nobody named proves nothing
        answer = self.requests.get(configuration.jwks_uri, deadline)
        keys = None if answer.document is None else answer.document.get("keys")
        if answer.status != _OK or not isinstance(keys, list):
            raise LaunchRefusedError(Refusal.IDENTITY_KEYS)
        return read_identity(
            granted.id_token,
            [each for each in keys if isinstance(each, dict)],
            configuration=configuration,
            client_id=found.launch.client_id,
            nonce=pending.nonce,
            server=pending.server,
        )


def _refuse_answer(
    parameters: Mapping[str, Sequence[str]], configuration: ServerConfiguration
) -> None:
    """Refuse an error of the authorization server, or the answer of another one (RFC 9207)."""
    issuer = _single(parameters, "iss")
    must_be_named = configuration.names_itself and configuration.issuer
    if (issuer or must_be_named) and configuration.issuer and issuer != configuration.issuer:
        raise LaunchRefusedError(Refusal.OTHER_ISSUER)
    error = parameters.get("error", ())
    if error:
        is_no = list(error) == ["access_denied"]
        raise LaunchRefusedError(Refusal.ACCESS_DENIED if is_no else Refusal.AUTHORIZATION_FAILED)


def _refuse_nothing_granted(scope: str) -> None:
    """Without a word of the record there is nothing to show; less than asked for is a gap."""
    granted = granted_scopes(scope)
    if not any(granted.allow(each, Interaction.SEARCH) for each in _CARE) and not granted.allow(
        "Patient", Interaction.READ
    ):
        raise LaunchRefusedError(Refusal.NO_SCOPES)


def _refusal_of(status: int, document: Mapping[str, object]) -> Refusal:
    error = document.get("error")
    if error == "invalid_grant":
        return Refusal.CODE_REFUSED
    if error in {"invalid_client", "unauthorized_client"} or status == _UNAUTHORIZED:
        return Refusal.CLIENT_REFUSED
    return Refusal.TOKEN_REFUSED


def _single(parameters: Mapping[str, Sequence[str]], name: str) -> str:
    """The one value of a parameter; empty where it is missing, repeated or of no possible size."""
    values = parameters.get(name, ())
    return values[0] if len(values) == 1 and len(values[0]) <= _MOST_CHARACTERS else ""
