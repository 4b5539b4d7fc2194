"""`.well-known/smart-configuration` of a FHIR server, read strictly (SMART App Launch 2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.fhir_access.server_addresses import http_address, is_loopback
from cds_service.smart.refusals import LaunchRefusedError, Refusal

WELL_KNOWN = "/.well-known/smart-configuration"


@dataclass(frozen=True, slots=True)
class ServerConfiguration:
    """What the authorization server of a FHIR server offers us."""

    authorization_endpoint: str
    token_endpoint: str
    issuer: str = ""  # empty: it does not say who users are
    jwks_uri: str = ""
    has_version_2_scopes: bool = True
    names_itself: bool = False  # its answers carry `iss` (RFC 9207)

    @property
    def identifies_users(self) -> bool:
        """Whether it can prove who the user is (capability sso-openid-connect)."""
        return bool(self.issuer)


def read_configuration(document: Mapping[str, object], proof_method: str) -> ServerConfiguration:
    """The configuration in a document. Raises LaunchRefusedError where no launch can be safe.

    `proof_method` is how we show who we are: `private_key_jwt` or `client_secret_basic`.
    """
    capabilities = _words(document, "capabilities")
    if capabilities is None:
        raise LaunchRefusedError(Refusal.CONFIGURATION_BROKEN)
    if "launch-ehr" not in capabilities:
        raise LaunchRefusedError(Refusal.NO_LAUNCH)
    if "S256" not in (_words(document, "code_challenge_methods_supported") or ()):
        raise LaunchRefusedError(Refusal.NO_PKCE)
    methods = _words(document, "token_endpoint_auth_methods_supported")
    if methods is not None and proof_method not in methods:
        raise LaunchRefusedError(Refusal.NO_COMMON_PROOF)
    has_users = "sso-openid-connect" in capabilities
    return ServerConfiguration(
        _endpoint(document, "authorization_endpoint"),
        _endpoint(document, "token_endpoint"),
        _endpoint(document, "issuer") if has_users else "",
        _endpoint(document, "jwks_uri") if has_users else "",
        "permission-v2" in capabilities or "permission-v1" not in capabilities,
        document.get("authorization_response_iss_parameter_supported") is True,
    )


def _words(document: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """A list of texts; None where it is left out. A wrong type is a broken configuration."""
    listed = document.get(name)
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise LaunchRefusedError(Refusal.CONFIGURATION_BROKEN)
    return tuple(listed)


def _endpoint(document: Mapping[str, object], name: str) -> str:
    """An address over TLS, or on a loopback address: tokens and codes go there."""
    address = document.get(name)
    if not isinstance(address, str):
        raise LaunchRefusedError(Refusal.CONFIGURATION_BROKEN)
    try:
        parts = http_address(address)
    except ValueError:
        raise LaunchRefusedError(Refusal.UNSAFE_ENDPOINT) from None
    if parts.fragment or (parts.scheme != "https" and not is_loopback(address)):
        raise LaunchRefusedError(Refusal.UNSAFE_ENDPOINT)
    return address
