"""How this service shows an authorization server who it is: a private key, or a shared secret.

SMART App Launch 2.2, Client Authentication: Asymmetric (`private_key_jwt`, ES384 or RS384), and
Symmetric where an EHR has nothing else. Files are read at the start; none is ever written.
"""

import hashlib
import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote_plus

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cds_service.clients.clients_file import LaunchEntry

_ASSERTION_SECONDS = 120  # SMART: at most five minutes
_LEAST_RSA_BITS = 2048
_LEAST_SECRET = 16  # characters
_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_THUMBPRINT = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}  # RFC 7638


class UnusableProofError(Exception):
    """A key or a secret cannot be used; the text begins with the name of its member."""


@dataclass(frozen=True, slots=True)
class TokenRequestProof:
    """What is added to a token request: form fields, headers."""

    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, its name, and the algorithm that goes with it."""

    algorithm: str  # `ES384` or `RS384`
    key_id: str
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(repr=False)
    public: Mapping[str, str] = field(repr=False)  # as a JSON Web Key
    method = "private_key_jwt"

    def proof(self, client_id: str, token_endpoint: str) -> TokenRequestProof:
        """An assertion for one request: used once, valid for two minutes."""
        now = int(time.time())
        assertion = jwt.encode(
            {
                "iss": client_id,
                "sub": client_id,
                "aud": token_endpoint,
                "iat": now,
                "exp": now + _ASSERTION_SECONDS,
                "jti": token_urlsafe(24),
            },
            self.private,
            algorithm=self.algorithm,
            headers={"kid": self.key_id},
        )
        return TokenRequestProof({"client_assertion_type": _BEARER, "client_assertion": assertion})


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that the authorization server knows too, sent as HTTP Basic (RFC 6749, 2.3.1)."""

    text: str = field(repr=False)
    method = "client_secret_basic"

    def proof(self, client_id: str, token_endpoint: str) -> TokenRequestProof:  # noqa: ARG002
        """The Authorization header of one request."""
        pair = f"{quote_plus(client_id)}:{quote_plus(self.text)}"
        return TokenRequestProof(
            headers={"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        )


@dataclass(frozen=True, slots=True)
class Launch:
    """How the page is opened from one EHR: who we are to it, and where a browser comes back."""

    client_id: str
    redirect_uri: str
    proof: SigningKey | Secret
    view: str = "gp"  # or `physician`: what its users see unless a link says otherwise


def read_launch(entry: LaunchEntry, folder: Path) -> Launch:
    """The launch of an entry, its files relative to a folder. Raises UnusableProofError."""
    if entry.key is not None:
        proof: SigningKey | Secret = _signing_key(_content(folder / entry.key, "key"), entry.key_id)
    else:
        proof = _secret(_content(folder / str(entry.secret), "secret"))
    return Launch(entry.client_id, entry.redirect_uri, proof, entry.view)


def jwks(launches: Iterable[Launch]) -> dict[str, object]:
    """The public halves of our keys, for authorization servers: a JSON Web Key Set."""
    keys = {
        each.proof.key_id: dict(each.proof.public)
        for each in launches
        if isinstance(each.proof, SigningKey)
    }
    return {"keys": list(keys.values())}


def _content(path: Path, member: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise UnusableProofError(
            f"{member}: cannot be read; is it relative to this file?"
        ) from None


def _secret(content: bytes) -> Secret:
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if len(text) < _LEAST_SECRET or not text.isprintable():
        raise UnusableProofError(f"secret: must be a text of at least {_LEAST_SECRET} characters")
    return Secret(text)


def _signing_key(content: bytes, key_id: str | None) -> SigningKey:
    try:
        private = load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        raise UnusableProofError("key: must be a private key in PEM, without a password") from None
    if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP384R1):
        return _named("ES384", private, key_id)
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= _LEAST_RSA_BITS:
        return _named("RS384", private, key_id)
    raise UnusableProofError(
        f"key: must be of curve P-384 (ES384), or RSA of at least {_LEAST_RSA_BITS} bits (RS384)"
    )


def _named(
    algorithm: str, private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, key_id: str | None
) -> SigningKey:
    signer: Any = jwt.get_algorithm_by_name(algorithm)
    members = signer.to_jwk(private.public_key(), as_dict=True)
    members = {name: members[name] for name in _THUMBPRINT[members["kty"]]}
    key_id = key_id or _thumbprint(members)
    public = {**members, "kid": key_id, "use": "sig", "alg": algorithm}
    return SigningKey(algorithm, key_id, private, public)


def _thumbprint(members: Mapping[str, str]) -> str:
    """The name of a key by its content (RFC 7638)."""
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
