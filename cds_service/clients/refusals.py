"""Why a token is refused: a closed list for log and metrics, and words for the operator.

None of it reaches the caller, who gets one constant answer (conformance E3).
"""

from enum import StrEnum


class Refusal(StrEnum):
    """Why nobody was recognised."""

    NO_TOKEN = "no_token"  # noqa: S105 - a reason
    SEVERAL_HEADERS = "several_headers"  # more than one Authorization header
    NO_BEARER = "no_bearer"  # another scheme, or no single token after it
    MALFORMED = "malformed"  # no JWT in compact form: parts, base64url or JSON
    TYPE = "type"  # `typ` is not JWT
    ALGORITHM = "algorithm"  # none, symmetric, or not among those that are allowed
    HEADER = "header"  # brings a key along, or demands an extension of JWT
    KEY_ID = "key_id"  # no `kid`, or no text
    CLAIMS = "claims"  # a required claim is missing or of the wrong type
    ISSUER = "issuer"  # not in the file of trusted clients
    KEY_ADDRESS = "key_address"  # `jku` is not the address in that file
    AUDIENCE = "audience"  # meant for somebody or something else
    EXPIRED = "expired"
    NOT_YET = "not_yet"  # `iat` or `nbf` lies in the future
    LIFETIME = "lifetime"  # valid for too long, or for less than no time
    UNKNOWN_KEY = "unknown_key"  # no key of the client has this `kid` and fits the algorithm
    NO_KEYS = "no_keys"  # the keys of the client cannot be retrieved
    SIGNATURE = "signature"
    REPLAYED = "replayed"  # the token was used before


class TokenRefusedError(Exception):
    """A token is refused. `detail` may quote the token: it is for the operator's screen only."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.detail = detail
