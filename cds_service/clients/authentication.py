"""From the Authorization header of a call to the client that makes it (conformance A1 to A19).

The order matters. What costs nothing comes first; keys are looked up only for a token that is
meant for us and valid now; it is marked as used only when everything else is right, so that
nobody but the client can use up its tokens.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from cds_service.clients.keys import UnusableKeysError, refuse_signature
from cds_service.clients.refusals import Refusal, TokenRefusedError
from cds_service.clients.token_claims import (
    TimeLimits,
    Validity,
    read_issuer,
    read_validity,
    refuse_audience,
    refuse_time,
)
from cds_service.clients.tokens import Token, bearer_token, read_token
from cds_service.clients.trusted_clients import TrustedClient, TrustedClients
from cds_service.errors import UntrustedClientError
from cds_service.settings.client_options import ClientOptions


class TokensSeen(Protocol):
    """The memory of tokens that were used, shared by all workers."""

    def use(self, issuer: str, token_id: str, *, until: float) -> bool:
        """Whether this is the first use; remembered until then (seconds since 1970).

        Raises StoreUnavailableError where that cannot be said.
        """
        ...


@dataclass(frozen=True, slots=True)
class AcceptedToken:
    """A token that is right in everything; whether it was used before is another question."""

    client: TrustedClient
    token: Token
    validity: Validity


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """What a token must be. `now` is the clock, in seconds since 1970."""

    clients: TrustedClients
    algorithms: Collection[str]
    limits: TimeLimits
    now: Callable[[], float] = time.time

    def check(self, compact: str, audience: str) -> AcceptedToken:
        """Read and verify one token. Raises TokenRefusedError with the first thing wrong."""
        token = read_token(compact)
        self._refuse_algorithm(token)
        client = self._client(token)
        refuse_audience(token.claims, {audience, *client.audiences})
        validity = read_validity(token.claims)
        refuse_time(token.claims, validity, self.limits, self.now())
        _verify(token, client)
        return AcceptedToken(client, token, validity)

    def _refuse_algorithm(self, token: Token) -> None:
        if token.algorithm not in self.algorithms:
            allowed = ", ".join(sorted(self.algorithms))
            raise TokenRefusedError(
                Refusal.ALGORITHM, f"`alg` is {token.algorithm!r}; allowed: {allowed}"
            )

    def _client(self, token: Token) -> TrustedClient:
        issuer = read_issuer(token.claims)
        client = self.clients.by_issuer.get(issuer)
        if client is None:
            raise TokenRefusedError(Refusal.ISSUER, f"no trusted client has the issuer {issuer!r}")
        address = token.header.get("jku", client.key_address)
        if address != client.key_address:
            raise TokenRefusedError(
                Refusal.KEY_ADDRESS,
                f"`jku` is {address!r} and the jwks_uri of this client is {client.key_address!r}",
            )
        return client


class Authentication:
    """Tells which trusted client makes a call."""

    may_wait = True

    def __init__(self, check: TokenCheck, seen: TokensSeen, usual: ClientOptions) -> None:
        """`usual` holds for what is open to all, where nobody is recognised."""
        self._check = check
        self._seen = seen
        self._usual = usual
        self.number = len(check.clients.by_issuer)

    def admit(self, authorizations: Sequence[str], audience: str) -> ClientOptions:
        """The options of the client; its token is used up.

        Raises UntrustedClientError, and StoreUnavailableError where nobody can say whether the
        token was used before.
        """
        try:
            accepted = self._check.check(bearer_token(authorizations), audience)
            self._use_up(accepted)
        except TokenRefusedError as error:
            raise UntrustedClientError(error.refusal.value) from None
        return accepted.client.client_options

    def recognise(self, authorizations: Sequence[str], audience: str) -> ClientOptions:
        """The options of the client where a token shows who it is, else the usual one."""
        try:
            return self._check.check(bearer_token(authorizations), audience).client.client_options
        except TokenRefusedError:
            return self._usual

    def _use_up(self, accepted: AcceptedToken) -> None:
        """Remember a token for as long as it would be accepted."""
        validity = accepted.validity
        until = validity.expires + self._check.limits.leeway
        if not self._seen.use(accepted.client.issuer, validity.token_id, until=until):
            raise TokenRefusedError(Refusal.REPLAYED, "a token with this `jti` was used before")


def _verify(token: Token, client: TrustedClient) -> None:
    """Verify the signature with the keys of the client, and no others."""
    try:
        keys = client.keys.keys(token).fitting(token)
    except UnusableKeysError as error:
        raise TokenRefusedError(
            Refusal.NO_KEYS, f"the keys of the client: {'; '.join(error.faults)}"
        ) from None
    if not keys:
        raise TokenRefusedError(
            Refusal.UNKNOWN_KEY,
            f"the client has no key {token.key_id!r} for {token.algorithm}",
        )
    refuse_signature(token, keys)
