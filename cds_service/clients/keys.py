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
    algorithms: Mapping[str, jwt.PyJWK] = field(repr=False)
    """The algorithms whose signatures can be of this key, each with the key made ready for it."""

    def fits(self, algorithm: str) -> bool:
        """Whether signatures of this algorithm can be of this key."""
        return algorithm in self.algorithms

    def has_signed(self, token: Token) -> bool:
        """Whether the signature of the token is of this key."""
        made = self.algorithms[token.algorithm]
        return made.Algorithm.verify(token.signed, made.key, token.signature)


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one client. `faults` are those of keys that were left out for them.

    Keys that are for something else, such as encryption, or of a kind that we do not know, are
    left alone: a client may publish what it likes beside the keys of its tokens (RFC 7517, 5).
    """

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
            key = _key(members)
        except ValueError as error:
            faults.append(f"keys.{place}: {error}")
        else:
            keys += [] if key is None else [key]
    return KeySet(tuple(keys), tuple(faults))


def refuse_signature(token: Token, keys: tuple[ClientKey, ...]) -> None:
    """Refuse a token that none of these keys has signed."""
    if not any(key.has_signed(token) for key in keys):
        raise TokenRefusedError(
            Refusal.SIGNATURE, f"the signature is not of the key {token.key_id!r}"
        )


def _key(members: object) -> ClientKey | None:
    """One key, or None where it is not for our tokens.

    A ValueError says why it cannot be used although it is meant to be, and repeats nothing of it.
    """
    if not isinstance(members, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - as every fault of a key
    if _PRIVATE & members.keys():
        raise ValueError("holds a private or secret key; give public keys only, and replace it")
    fitting = [name for name in ALGORITHMS if _can_be_of(name, members)]
    if not fitting or not _is_for_signatures(members):
        return None
    key_id = members.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise ValueError("has no kid, so no token can name it")
    return ClientKey(key_id, {name: _made(members, name) for name in fitting})


def _is_for_signatures(members: Mapping[str, object]) -> bool:
    operations = members.get("key_ops", ["verify"])
    may_verify = isinstance(operations, list) and "verify" in operations
    return members.get("use", "sig") == "sig" and may_verify


def _can_be_of(algorithm: str, members: Mapping[str, object]) -> bool:
    kind, curve = _KINDS[algorithm]
    named = members.get("alg", algorithm)
    return members.get("kty") == kind and members.get("crv") == curve and named == algorithm


def _made(members: dict[str, Any], algorithm: str) -> jwt.PyJWK:
    try:
        made = jwt.PyJWK(members, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise ValueError("cannot be read as a key of its type") from None
    bits = getattr(made.key, "key_size", _LEAST_RSA_BITS)
    if members["kty"] == "RSA" and bits < _LEAST_RSA_BITS:
        raise ValueError(f"is an RSA key of less than {_LEAST_RSA_BITS} bits")
    return made
