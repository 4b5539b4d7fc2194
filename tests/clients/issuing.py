"""A client as a test needs it: keys of its own, a key set, and tokens of every shape."""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

PUBLIC_URL = "https://cds.example.nl"
ISSUER = "https://ehr.example.nl"
SIGN = f"{PUBLIC_URL}/cds-services/imsr-order-sign"
SELECT = f"{PUBLIC_URL}/cds-services/imsr-order-select"
DISCOVERY = f"{PUBLIC_URL}/cds-services"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Json = dict[str, Any]

_CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name and its algorithm."""

    key_id: str
    algorithm: str
    private: PrivateKey = field(repr=False)

    def public(self) -> Json:
        """The public half, as a JSON Web Key."""
        signer = jwt.get_algorithm_by_name(self.algorithm)
        members: Json = signer.to_jwk(self.private.public_key(), as_dict=True)
        return {**members, "kid": self.key_id, "use": "sig", "alg": self.algorithm}

    def token(self, *, header: Json | None = None, **claims: object) -> str:
        """A token that is right in everything the test does not say; None leaves a member out."""
        return jwt.encode(
            without_none(claims_with(**claims)),
            self.private,
            algorithm=self.algorithm,
            headers=without_none({"kid": self.key_id, **(header or {})}),
        )


@cache
def signing_key(key_id: str = "key-1", algorithm: str = "ES384") -> SigningKey:
    """The same key for the same name in the whole run: RSA keys take long to make."""
    if algorithm in _CURVES:
        return SigningKey(key_id, algorithm, ec.generate_private_key(_CURVES[algorithm]))
    if algorithm == "EdDSA":
        return SigningKey(key_id, algorithm, ed25519.Ed25519PrivateKey.generate())
    return SigningKey(key_id, algorithm, rsa.generate_private_key(65537, 2048))


def claims_with(**claims: object) -> Json:
    """The claims of a good token for order-sign, one minute long."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": SIGN,
        "exp": now + 60,
        "iat": now,
        "jti": str(uuid4()),
        **claims,
    }


def key_set(*keys: SigningKey) -> str:
    """The key set of a client."""
    return json.dumps({"keys": [key.public() for key in keys]})


def without_none(members: Json) -> Json:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value is not None}


def encoded(content: bytes | Json) -> str:
    """Base64url without padding, of bytes or of JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw_token(key: SigningKey, header: bytes | Json, claims: bytes | Json) -> str:
    """A token whose parts are written by the test, with a signature that is right for them."""
    signing_input = f"{encoded(header)}.{encoded(claims)}"
    signer = jwt.get_algorithm_by_name(key.algorithm)
    signature = signer.sign(signing_input.encode(), key.private)
    return f"{signing_input}.{encoded(signature)}"


def bearer(token: str) -> dict[str, str]:
    """The header of a call."""
    return {"authorization": f"Bearer {token}"}
