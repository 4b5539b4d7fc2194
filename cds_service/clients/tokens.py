"""A JWT as it was sent, read strictly and not yet believed.

Everything that two readers could understand differently is refused: members that appear twice,
base64url that is not written in its one way, blanks, padding, other encodings.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cds_service.clients.refusals import Refusal, TokenRefusedError
from cds_service.errors import ReferralCheckError
from cds_service.strict_json import BodyLimits, parse_object

_MAX_CHARACTERS = 8192  # a JWT of CDS Hooks takes less than one thousand
_LIMITS = BodyLimits(size=_MAX_CHARACTERS, nesting=8, string=_MAX_CHARACTERS, values=500)
_PART = re.compile(r"[A-Za-z0-9_-]+")
_PARTS = 3
_KEYS_WITHIN = ("jwk", "x5c", "x5u")
_EXTENSIONS = ("crit", "b64", "zip", "enc")


@dataclass(frozen=True, slots=True)
class Token:
    """The parts of a token. Its claims are only claimed."""

    compact: str = field(repr=False)
    header: Mapping[str, object] = field(repr=False)
    claims: Mapping[str, object] = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def signed(self) -> bytes:
        """What the signature is of: header and payload as they were sent (RFC 7515, 5.2)."""
        return self.compact.rpartition(".")[0].encode("ascii")

    @property
    def algorithm(self) -> str:
        """`alg`, a text that was not compared with anything yet."""
        return str(self.header["alg"])

    @property
    def key_id(self) -> str:
        """`kid`."""
        return str(self.header["kid"])


def bearer_token(authorizations: Sequence[str]) -> str:
    """The one token of the one Authorization header of a call."""
    if not authorizations:
        raise TokenRefusedError(Refusal.NO_TOKEN, "there is no Authorization header")
    if len(authorizations) > 1:
        raise TokenRefusedError(
            Refusal.SEVERAL_HEADERS, "there is more than one Authorization header"
        )
    scheme, _, compact = authorizations[0].partition(" ")
    if scheme.lower() != "bearer" or not compact:
        raise TokenRefusedError(Refusal.NO_BEARER, "the header is not `Bearer`, a blank, a token")
    return compact


def read_token(compact: str) -> Token:
    """The parts of a token, where its form leaves no doubt."""
    parts = compact.split(".") if len(compact) <= _MAX_CHARACTERS else []
    if len(parts) != _PARTS:
        raise _malformed("a token is three parts with points between them")
    header, claims = _object(parts[0], "header"), _object(parts[1], "payload")
    signature = _decoded(parts[2], "signature")
    _refuse_header(header)
    return Token(compact, header, claims, signature)


def _refuse_header(header: Mapping[str, object]) -> None:
    """What no header may lack or hold, whoever sends it."""
    for name in _KEYS_WITHIN:
        if name in header:
            raise TokenRefusedError(
                Refusal.HEADER, f"the header holds `{name}`: keys are never taken from a token"
            )
    for name in _EXTENSIONS:
        if name in header:
            raise TokenRefusedError(Refusal.HEADER, f"the header holds `{name}`")
    if header.get("typ") != "JWT":
        raise TokenRefusedError(Refusal.TYPE, f"`typ` is {header.get('typ')!r} and must be 'JWT'")
    if not isinstance(header.get("alg"), str):
        raise TokenRefusedError(Refusal.ALGORITHM, "`alg` must be a text")
    if not isinstance(header.get("kid"), str) or not header["kid"]:
        raise TokenRefusedError(Refusal.KEY_ID, "`kid` is missing or is no text")


def _object(part: str, name: str) -> dict[str, object]:
    content = _decoded(part, name)
    if not content.startswith(b"{"):
        raise _malformed(f"the {name} is no JSON object")
    try:
        return parse_object(content, _LIMITS)
    except ReferralCheckError:
        raise _malformed(
            f"the {name} is no JSON object, or one of its members appears twice"
        ) from None


def _decoded(part: str, name: str) -> bytes:
    """The bytes of a part, if it is the one way to write them (RFC 7515, 2: no padding)."""
    if not _PART.fullmatch(part):
        raise _malformed(f"the {name} is not base64url")
    try:
        content = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise _malformed(f"the {name} is not base64url") from None
    if urlsafe_b64encode(content).rstrip(b"=").decode() != part:
        raise _malformed(f"the {name} is base64url with bits that mean nothing")
    return content


def _malformed(detail: str) -> TokenRefusedError:
    return TokenRefusedError(Refusal.MALFORMED, detail)
