"""A client that checks every answer of the suite (E1, and what C, E and N ask of each answer)."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from jsonschema import Draft202012Validator

from cds_service.hooks.cds_hooks import SCHEMA_OF_EXTENSION
from tests.contract.calls import Json

STATUSES = {200, 204, 400, 401, 404, 405, 412, 413, 415, 431, 500, 503}
_CARD_MEMBERS = {"uuid", "summary", "detail", "indicator", "source"}
_CARD_MUSTS = {"uuid", "summary", "indicator", "source"}
_MAY_BE_EMPTY = {"cards", "services", "referrals"}
_SCHEMA = Draft202012Validator(json.loads(SCHEMA_OF_EXTENSION.read_text(encoding="utf-8")))
_EXTENSION_NAME = re.compile(r"[a-z]+(\.[a-z-]+){2,}")


class CheckedClient:
    """Calls the service, and holds every answer to what holds for all answers."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._client = TestClient(app, raise_server_exceptions=False)

    def call(self, body: object, **headers: str) -> Response:
        """Send a hook call to the service that its `hook` names."""
        hook = body["hook"] if isinstance(body, dict) else "order-sign"
        return self.post(f"/cds-services/imsr-{hook}", body, **headers)

    def post(self, path: str, body: object, **headers: str) -> Response:
        """Send JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"content-type": "application/json", **_header_names(headers)}
        return self.request("POST", path, content=content, headers=sent)

    def get(self, path: str, **headers: str) -> Response:
        """Read an address."""
        return self.request("GET", path, headers=_header_names(headers))

    def request(self, method: str, path: str, **arguments: Any) -> Response:
        """Any request."""
        answer: Response = self._client.request(method, path, **arguments)
        check(answer)
        return answer


def check(answer: Response) -> None:
    """What holds for every answer."""
    assert answer.status_code in STATUSES
    if answer.status_code == 204:
        assert answer.content == b""
        return
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.content.decode("utf-8"))
    assert isinstance(body, dict)
    assert_nothing_empty(body)
    if answer.status_code != 200:
        check_outcome(body)
    elif "cards" in body:
        check_answer(body)


def check_answer(body: Json) -> None:
    """What holds for every answer with cards."""
    assert set(body) <= {"cards", "extension"}
    for card in body["cards"]:
        check_card(card)
    assert len({card["uuid"] for card in body["cards"]}) == len(body["cards"])
    if "extension" in body:
        assert isinstance(body["extension"], dict)
        assert all(_EXTENSION_NAME.fullmatch(name) for name in body["extension"])
        _SCHEMA.validate(body["extension"]["nl.imsr-cds.assessments"])


def check_card(card: Json) -> None:
    """What holds for every card; links, suggestions and override reasons are not used yet."""
    assert _CARD_MUSTS <= set(card) <= _CARD_MEMBERS
    assert len(card["summary"]) <= 139
    assert len(card["summary"].encode("utf-16-le")) // 2 <= 139
    assert card["indicator"] in {"info", "warning"}
    assert "label" in card["source"]
    assert set(card["source"]) <= {"label", "url"}
    assert card["source"].get("url", "https://").startswith("https://")
    assert str(UUID(card["uuid"])) == card["uuid"]


def check_outcome(body: Json) -> None:
    """What holds for every error answer."""
    assert body["resourceType"] == "OperationOutcome"
    for issue in body["issue"]:
        assert issue["severity"] in {"fatal", "error"}
        assert re.fullmatch(r"[a-z-]+", issue["code"])


def assert_nothing_empty(value: object, name: str = "") -> None:
    """No null and no empty member, save the lists that may be empty."""
    assert value is not None, name
    if isinstance(value, dict | list | str) and name not in _MAY_BE_EMPTY:
        assert value, name
    if isinstance(value, dict):
        for member, inner in value.items():
            assert_nothing_empty(inner, member)
    if isinstance(value, list):
        for inner in value:
            assert_nothing_empty(inner)


def expressions(answer: Response) -> list[str]:
    """The fields that an error answer names."""
    issues = answer.json()["issue"]
    return [path for issue in issues for path in issue.get("expression", [])]


def outcomes(answer: Response) -> list[str]:
    """The outcome of each referral that an answer is about."""
    return [each["outcome"] for each in assessments(answer)]


def assessments(answer: Response) -> list[Json]:
    """The assessments of an answer; none where it has no extension."""
    assert answer.status_code == 200
    extension: Json = answer.json().get("extension", {})
    found: list[Json] = extension.get("nl.imsr-cds.assessments", [])
    return found


def causes(answer: Response) -> list[str]:
    """The causes of the only assessment of an answer."""
    (assessment,) = assessments(answer)
    found: list[str] = assessment.get("because", [])
    return found


def _header_names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
