"""The public keys of a client: from a JSON Web Key Set to what can verify a signature.

A key fits one family of algorithms by its type and curve, and one algorithm where it names that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from cds_service.clients.refusals import Refusal, TokenRefusedError
from cds_service.clients.tokens import Token
from cds_service.errors import ReferralCheckError
from cds_service.strict_json import BodyLimits, parse_object

MAX_KEY_SET_BYTES = 65_536
_LIMITS = BodyLimits(size=MAX_KEY_SET_BYTES, nesting=8, string=MAX_KEY_SET_BYTES, values=5_000)
_LEAST_RSA_BITS = 2048
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

_KINDS: dict[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "RS256": ("RSA", None),
    "RS384": ("RSA", None),
    "RS512": ("RSA", None),
    "PS256": ("RSA", None),
    "PS384": ("RSA", None),
    "PS512": ("RSA", None),
    "EdDSA": ("OKP", "Ed25519"),
}
"""Every algorithm that can be allowed, with the type and curve of its keys; none is symmetric."""

ALGORITHMS = tuple(_KINDS)


class UnusableKeysError(Exception):
    """A key set cannot be used as it is. `faults` say why, each with its place."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class ClientKey:
    """One public key with its name."""

    key_id: str
    members: Mapping[str, Any] = field(repr=False)

    def fits(self, algorithm: str) -> bool:
        """Whether signatures of this algorithm can be of this key."""
        kind, curve = _KINDS[algorithm]
        return (
            self.members["kty"] == kind
            and self.members.get("crv") == curve
            and self.members.get("alg", algorithm) == algorithm
        )

    def has_signed(self, token: Token) -> bool:
        """Whether the signature of the token is of this key."""
        key = jwt.PyJWK(dict(self.members), token.algorithm)
        try:
            jwt.PyJWS().decode_complete(token.compact, key, [token.algorithm])
        except jwt.PyJWTError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one client. `faults` are those of keys that were left out."""

    keys: tuple[ClientKey, ...] = ()
    faults: tuple[str, ...] = ()

    def fitting(self, token: Token) -> tuple[ClientKey, ...]:
        """The keys that a token names; more than one only where a client repeats a name."""
        return tuple(
            key for key in self.keys if key.key_id == token.key_id and key.fits(token.algorithm)
        )


def read_key_set(content: bytes) -> KeySet:
    """The usable keys of a key set. Raises UnusableKeysError where it is no key set at all."""
    try:
        listed = parse_object(content, _LIMITS).get("keys")
    except ReferralCheckError:
        raise UnusableKeysError(("is no JSON object",)) from None
    if not isinstance(listed, list):
        raise UnusableKeysError(("keys: must be a list",))
    keys: list[ClientKey] = []
    faults: list[str] = []
    for place, members in enumerate(listed):
        try:
            keys.append(_key(members))
        except ValueError as error:
            faults.append(f"keys.{place}: {error}")
    return KeySet(tuple(keys), tuple(faults))


def refuse_signature(token: Token, keys: tuple[ClientKey, ...]) -> None:
    """Refuse a token that none of these keys has signed."""
    if not any(key.has_signed(token) for key in keys):
        raise TokenRefusedError(
            Refusal.SIGNATURE, f"the signature is not of the key {token.key_id!r}"
        )


def _key(members: object) -> ClientKey:
    """One key; a ValueError says why it cannot be used and repeats nothing of it."""
    if not isinstance(members, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - as every fault of a key
    if _PRIVATE & members.keys():
        raise ValueError("holds a private or secret key; give public keys only, and replace it")
    key_id = members.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise ValueError("has no kid, so no token can name it")
    operations = members.get("key_ops", ["verify"])
    may_verify = isinstance(operations, list) and "verify" in operations
    if members.get("use", "sig") != "sig" or not may_verify:
        raise ValueError("is not for signatures")
    fitting = [name for name in ALGORITHMS if _can_be_of(name, members)]
    if not fitting:
        raise ValueError(f"must be a public key for one of {', '.join(ALGORITHMS)}")
    _refuse_weak(members, fitting[0])
    return ClientKey(key_id, members)


def _can_be_of(algorithm: str, members: Mapping[str, object]) -> bool:
    kind, curve = _KINDS[algorithm]
    named = members.get("alg", algorithm)
    return members.get("kty") == kind and members.get("crv") == curve and named == algorithm


def _refuse_weak(members: dict[str, Any], algorithm: str) -> None:
    try:
        key = jwt.PyJWK(members, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise ValueError("cannot be read as a key of its type") from None
    bits = getattr(key, "key_size", _LEAST_RSA_BITS)
    if members["kty"] == "RSA" and bits < _LEAST_RSA_BITS:
        raise ValueError(f"is an RSA key of less than {_LEAST_RSA_BITS} bits")
