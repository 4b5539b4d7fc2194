"""The authorization request of an EHR launch, with PKCE (SMART App Launch 2.2; RFC 7636)."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from cds_service.smart.server_configuration import ServerConfiguration

_RANDOM_BYTES = 32  # 256 bits; SMART asks for at least 128 bits of `state`
_VERIFIER_BYTES = 64  # 86 characters; RFC 7636 asks for 43 to 128

READ_TYPES: Final = (
    ("patient", "Patient", "r"),
    ("patient", "Encounter", "rs"),
    ("patient", "Procedure", "rs"),
    ("patient", "Condition", "rs"),
    ("patient", "ServiceRequest", "rs"),
    ("patient", "QuestionnaireResponse", "rs"),
    ("patient", "DocumentReference", "rs"),
    ("patient", "Communication", "rs"),
    ("patient", "Composition", "rs"),
    ("user", "PractitionerRole", "rs"),
    ("user", "Practitioner", "rs"),
    ("user", "Organization", "rs"),
    ("user", "Location", "rs"),
)
"""What the page reads: context, resource type, interactions. The last four have no patient."""

WRITTEN_TYPE: Final = ("patient", "QuestionnaireResponse", "c")
"""What the page writes where a clinician states care given elsewhere."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is made new for each launch. None of it is ever shown but in the request itself."""

    state: str = field(default_factory=lambda: token_urlsafe(_RANDOM_BYTES), repr=False)
    nonce: str = field(default_factory=lambda: token_urlsafe(_RANDOM_BYTES), repr=False)
    verifier: str = field(default_factory=lambda: token_urlsafe(_VERIFIER_BYTES), repr=False)

    @property
    def challenge(self) -> str:
        """`code_challenge`: the SHA-256 of the verifier (RFC 7636, 4.2)."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def requested_scopes(configuration: ServerConfiguration) -> str:
    """All scopes that the page uses, in the version that the server knows."""
    who = ("openid", "fhirUser") if configuration.identifies_users else ()
    types = [f"{context}/{name}.{letters}" for context, name, letters in READ_TYPES]
    written = f"{WRITTEN_TYPE[0]}/{WRITTEN_TYPE[1]}.{WRITTEN_TYPE[2]}"
    if not configuration.has_version_2_scopes:
        types = [f"{context}/{name}.read" for context, name, _ in READ_TYPES]
        written = f"{WRITTEN_TYPE[0]}/{WRITTEN_TYPE[1]}.write"
    return " ".join(("launch", *who, *types, written))


def authorization_url(  # noqa: PLR0913 - the parts of one address
    configuration: ServerConfiguration,
    secrets: Secrets,
    *,
    client_id: str,
    redirect_uri: str,
    launch: str,
    server: str,
) -> str:
    """Where the browser is sent. A query that the endpoint has is kept (RFC 6749, 3.1).

    `server` is the FHIR base URL as the EHR wrote it: what `aud` must be.
    """
    parameters = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "launch": launch,
        "scope": requested_scopes(configuration),
        "state": secrets.state,
        "aud": server,
        "code_challenge": secrets.challenge,
        "code_challenge_method": "S256",
    }
    if configuration.identifies_users:
        parameters["nonce"] = secrets.nonce
    parts = urlsplit(configuration.authorization_endpoint)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))
