"""Puts the demo patients on a FHIR server, under ids of their own, as often as one likes.

Each resource is one PUT: every FHIR server that accepts ids of the client knows that, also those
that know no transactions, and a second time changes nothing.
"""

import json
from collections.abc import Callable, Sequence

import requests

from cds_service.demo.fhir_json import Json

_TIMEOUT = (10.0, 120.0)  # seconds: to connect, to answer; a fresh HAPI is slow at first
_FHIR_JSON = "application/fhir+json"
_SUCCESS = (200, 201)


class DemoLoadError(Exception):
    """The demo patients could not be put on the server. The text says what and what to do."""


def load(
    resources: Sequence[Json], server: str, *, after_each: Callable[[], None] = lambda: None
) -> None:
    """Put each resource on the server, in this order, so that each finds what it refers to."""
    headers = {"Content-Type": _FHIR_JSON, "Accept": _FHIR_JSON}
    with requests.Session() as session:
        session.headers.update(headers)
        for resource in resources:
            _put(session, server, resource)
            after_each()


def _put(session: requests.Session, server: str, resource: Json) -> None:
    path = f"{resource['resourceType']}/{resource['id']}"
    try:
        answer = session.put(
            f"{server}/{path}",
            data=json.dumps(resource).encode(),
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
    except requests.exceptions.Timeout:
        raise DemoLoadError(
            f"{server} did not answer in time when {path} was put there. Try again later."
        ) from None
    except requests.exceptions.RequestException:
        raise DemoLoadError(
            f"{server} cannot be reached. Is the server running, and is this its FHIR base URL?"
        ) from None
    if answer.status_code not in _SUCCESS:
        raise DemoLoadError(_refusal(server, path, answer))


def _refusal(server: str, path: str, answer: requests.Response) -> str:
    """What the server said, and the likeliest way out."""
    status = answer.status_code
    advice = {
        401: "The server wants to know who writes; the demo can only write anonymously.",
        403: "The server does not let the demo write; use a test server.",
        404: "This is no FHIR base URL, or the server does not know the resource type.",
        405: "The server does not accept ids chosen by the client; use another test server.",
    }.get(status, "The server must accept FHIR R4 resources under ids chosen by the client.")
    said = _diagnostics(answer)
    return f"{server} refused {path} with status {status}{said}. {advice}"


def _diagnostics(answer: requests.Response) -> str:
    """The first words of an OperationOutcome; demo data is all that it can quote."""
    try:
        issue = answer.json()["issue"][0]
        text = str(issue.get("diagnostics") or issue["details"]["text"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return f": {shown[:300].rstrip('. ')}"
