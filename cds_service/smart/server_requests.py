"""What is asked of the servers of a launch beside the record: one request each, within limits.

No redirect is followed, nothing is taken from the environment, neither time nor size depends on
what the other side does, and a connection is made only where one to a FHIR server may be
(`fhir_access.addresses`). No address, token or answer gets into a log or the text of an error.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3.exceptions

from cds_service.errors import ReferralCheckError
from cds_service.fhir_access import Deadline
from cds_service.fhir_access.bodies import BrokenBodyError, NotFhirError, TooLargeError, read_body
from cds_service.fhir_access.connections import (
    ForbiddenAddressError,
    MayConnect,
    open_connections,
)
from cds_service.strict_json import BodyLimits, parse_object

_MOST_BYTES = 131_072
_LIMITS = BodyLimits(size=_MOST_BYTES, nesting=16, string=_MOST_BYTES, values=10_000)
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


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """The answer to one request; `document` None: no JSON object. Status 0: there is no answer."""

    status: int
    document: Mapping[str, Any] | None = field(default=None, repr=False)


class ServerRequests:
    """Requests on connections of their own, one after another. Safe to share between threads."""

    def __init__(self, may_connect: MayConnect, tls: ssl.SSLContext | None = None) -> None:
        self._may_connect = may_connect
        self._tls = tls

    def get(self, address: str, deadline: Deadline) -> ServerAnswer:
        """A JSON document."""
        return self._ask("GET", address, {"Accept": "application/json"}, None, deadline)

    def post_form(
        self,
        address: str,
        fields: Mapping[str, str],
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> ServerAnswer:
        """What a form is answered with: a token request."""
        return self._ask(
            "POST", address, {"Accept": "application/json", **headers}, dict(fields), deadline
        )

    def create(
        self,
        server: str,
        resource: Mapping[str, Any],
        *,
        token: str | None,
        unless: str,
        deadline: Deadline,
    ) -> ServerAnswer:
        """What a FHIR server answers to a create, unless a search finds the resource already.

        `unless` is the query of that search (`If-None-Exist`).
        """
        headers = {
            "Accept": "application/fhir+json",
            "Content-Type": "application/fhir+json",
            "If-None-Exist": unless,
            "Prefer": "return=minimal",
            **({} if token is None else {"Authorization": f"Bearer {token}"}),
        }
        address = f"{server.rstrip('/')}/{resource['resourceType']}"
        return self._ask("POST", address, headers, json.dumps(resource).encode(), deadline)

    def _ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: dict[str, str] | bytes | None,
        deadline: Deadline,
    ) -> ServerAnswer:
        try:
            with (
                open_connections(
                    idle_seconds=0.0, at_once=1, may_connect=self._may_connect, tls=self._tls
                ) as connections,
                connections.request(
                    method,
                    address,
                    data=body,
                    headers=dict(headers),
                    timeout=deadline.remaining(),
                    stream=True,
                    allow_redirects=False,
                ) as response,
            ):
                content = read_body(response, _MOST_BYTES, lambda _: True)
                return ServerAnswer(response.status_code, _document(content))
        except _FAILURES:
            return ServerAnswer(0)


def _document(content: bytes) -> Mapping[str, Any] | None:
    try:
        return parse_object(content, _LIMITS)
    except ReferralCheckError:
        return None
