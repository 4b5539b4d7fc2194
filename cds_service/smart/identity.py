"""Who the user is, proven by an id_token (OpenID Connect Core 1.0, 3.1.3.7; SMART fhirUser)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt

from cds_service.smart.refusals import LaunchRefusedError, Refusal
from cds_service.smart.server_configuration import ServerConfiguration

_ALGORITHMS = ("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_MOST_CHARACTERS = 16_384
_LEEWAY = 60  # seconds that the clock of the authorization server may differ from ours
_USER = re.compile(r"(?:.*/)?((Practitioner|PractitionerRole|Patient|RelatedPerson|Person|Device)/"
                   r"[A-Za-z0-9\-.]{1,64})(?:/_history/.*)?")  # fmt: skip
_LAYPEOPLE = {"Patient", "RelatedPerson"}


@dataclass(frozen=True, slots=True)
class User:
    """Who opened the page. `reference` is `Practitioner/id` on the FHIR server of the launch."""

    subject: str = field(default="", repr=False)  # `sub`; empty where nobody says
    reference: str = field(default="", repr=False)


def read_identity(  # noqa: PLR0913 - what a token is held against
    id_token: str,
    key_set: Sequence[Mapping[str, Any]],
    *,
    configuration: ServerConfiguration,
    client_id: str,
    nonce: str,
    server: str,
) -> User:
    """The user that an id_token proves. Raises LaunchRefusedError.

    `key_set` are the public keys of the issuer as JSON Web Keys, `server` the FHIR base URL of
    the launch: a `fhirUser` of another server is no reference here.
    """
    claims = _verified(id_token, key_set, configuration.issuer, client_id)
    audience = claims["aud"]
    is_shared = isinstance(audience, list) and len(audience) > 1
    if claims.get("nonce") != nonce or claims.get("azp", client_id) != client_id:
        raise LaunchRefusedError(Refusal.IDENTITY_CLAIMS)
    if is_shared and "azp" not in claims:
        raise LaunchRefusedError(Refusal.IDENTITY_CLAIMS)
    return _user(claims, server)


def _verified(
    id_token: str, key_set: Sequence[Mapping[str, Any]], issuer: str, client_id: str
) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(id_token) if len(id_token) <= _MOST_CHARACTERS else {}
    except jwt.PyJWTError:
        raise LaunchRefusedError(Refusal.IDENTITY_SIGNATURE) from None
    algorithm = header.get("alg")
    if algorithm not in _ALGORITHMS or "crit" in header:
        raise LaunchRefusedError(Refusal.IDENTITY_SIGNATURE)
    for members in _named(key_set, header.get("kid")):
        try:
            key = jwt.PyJWK(dict(members), algorithm)
            return jwt.decode(
                id_token,
                key,
                algorithms=[algorithm],
                audience=client_id,
                issuer=issuer,
                leeway=_LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.InvalidSignatureError, jwt.PyJWKError, jwt.InvalidKeyError):
            continue
        except jwt.PyJWTError:
            raise LaunchRefusedError(Refusal.IDENTITY_CLAIMS) from None
        except (ValueError, TypeError, KeyError):
            continue
    raise LaunchRefusedError(Refusal.IDENTITY_SIGNATURE)


def _named(key_set: Sequence[Mapping[str, Any]], key_id: object) -> Sequence[Mapping[str, Any]]:
    """The keys that the token names; all, where it names none (OpenID Connect Core, 10.1)."""
    usable = [each for each in key_set if each.get("use", "sig") == "sig"]
    return usable if key_id is None else [each for each in usable if each.get("kid") == key_id]


def _user(claims: Mapping[str, Any], server: str) -> User:
    named = claims.get("fhirUser")
    found = _USER.fullmatch(named) if isinstance(named, str) and len(named) < 1000 else None  # noqa: PLR2004
    if found is None:
        return User(str(claims["sub"]))
    if found[2] in _LAYPEOPLE:
        raise LaunchRefusedError(Refusal.NO_CLINICIAN)
    is_here = named in {found[1], f"{server.rstrip('/')}/{found[1]}"}
    return User(str(claims["sub"]), found[1] if is_here else "")
