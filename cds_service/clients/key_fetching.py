"""One GET of the key set of a client, from the one address that its operator has listed.

No redirect is followed, no token is sent, nothing is taken from the environment, and neither time
nor size depends on what the other side does.
"""

import ssl

import requests
import urllib3.exceptions

from cds_service.clients.keys import MAX_KEY_SET_BYTES, KeySet, UnusableKeysError, read_key_set
from cds_service.fhir_access.bodies import (
    BrokenBodyError,
    NotFhirError,
    TooLargeError,
    read_body,
)
from cds_service.fhir_access.connections import (
    ForbiddenAddressError,
    MayConnect,
    open_connections,
)

_SECONDS = 2.0  # for all of it: the caller waits meanwhile
_OK = 200
_HEADERS = {"Accept": "application/jwk-set+json, application/json;q=0.9"}
_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
    ValueError,
    BrokenBodyError,
    NotFhirError,
    TooLargeError,
    ForbiddenAddressError,
)


def fetch_key_set(
    address: str, *, may_connect: MayConnect, tls: ssl.SSLContext | None = None
) -> KeySet:
    """The key set at an address. Raises UnusableKeysError for whatever goes wrong.

    What network address it leads to is judged like that of a FHIR server.
    """
    try:
        with open_connections(
            idle_seconds=0.0, at_once=1, may_connect=may_connect, tls=tls
        ) as connections:
            content = _content(connections, address)
    except _FAILURES:
        raise UnusableKeysError(("cannot be fetched",)) from None
    return read_key_set(content)


def _content(connections: requests.Session, address: str) -> bytes:
    with connections.get(
        address, headers=_HEADERS, timeout=_SECONDS, stream=True, allow_redirects=False
    ) as response:
        if response.status_code != _OK:
            raise UnusableKeysError((f"is answered with status {response.status_code}",))
        return read_body(response, MAX_KEY_SET_BYTES, lambda _: True)
