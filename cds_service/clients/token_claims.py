"""What a token claims: for whom it is, and when it is valid (conformance A10 to A15)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cds_service.clients.refusals import Refusal, TokenRefusedError

_MAX_TOKEN_ID = 512  # characters of `jti`
_LATEST = 1 << 40  # seconds since 1970 that a date may be: some thirty thousand years


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How exact clocks must agree, and how long a token may be valid; both in seconds."""

    leeway: int  # the reference client rounds `iat` up, so 5 at least (A13)
    lifetime: int  # most of `exp` - `iat`


@dataclass(frozen=True, slots=True)
class Validity:
    """Which token this is and when it is valid, in seconds since 1970."""

    token_id: str  # `jti`: one per issuer and call
    issued: float
    expires: float


def read_issuer(claims: Mapping[str, object]) -> str:
    """`iss`."""
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer:
        raise TokenRefusedError(Refusal.CLAIMS, "`iss` is missing or is no text")
    return issuer


def read_validity(claims: Mapping[str, object]) -> Validity:
    """`jti`, `iat` and `exp`, each of which must be there and of its type (A11)."""
    token_id = claims.get("jti")
    if not isinstance(token_id, str) or not 0 < len(token_id) <= _MAX_TOKEN_ID:
        raise TokenRefusedError(
            Refusal.CLAIMS, f"`jti` must be a text of at most {_MAX_TOKEN_ID} characters"
        )
    return Validity(token_id, _seconds(claims, "iat"), _seconds(claims, "exp"))


def refuse_audience(claims: Mapping[str, object], accepted: Collection[str]) -> None:
    """Refuse a token that is for somebody else; `aud` is a text or a list of texts (A10)."""
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise TokenRefusedError(Refusal.CLAIMS, "`aud` must be a text or a list of texts")
    if not set(named) & set(accepted):
        wanted = " or ".join(repr(each) for each in sorted(accepted))
        raise TokenRefusedError(Refusal.AUDIENCE, f"`aud` is {audience!r} and must be {wanted}")


def refuse_time(
    claims: Mapping[str, object], validity: Validity, limits: TimeLimits, now: float
) -> None:
    """Refuse a token that is not valid now, or for too long."""
    if validity.expires <= now - limits.leeway:
        raise TokenRefusedError(
            Refusal.EXPIRED, f"it expired {now - validity.expires:.0f} seconds ago"
        )
    starts = max(validity.issued, _seconds(claims, "nbf") if "nbf" in claims else 0)
    if starts > now + limits.leeway:
        raise TokenRefusedError(
            Refusal.NOT_YET, f"`iat` or `nbf` is {starts - now:.0f} seconds ahead of this clock"
        )
    lifetime = validity.expires - validity.issued
    if not 0 < lifetime <= limits.lifetime:
        raise TokenRefusedError(
            Refusal.LIFETIME,
            f"`exp` - `iat` is {lifetime:.0f} seconds; at most {limits.lifetime} are accepted",
        )


def _seconds(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LATEST:
        return value
    raise TokenRefusedError(
        Refusal.CLAIMS, f"`{name}` must be a number: seconds since 1970, not a text"
    )
