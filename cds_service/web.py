"""The HTTP interface: discovery, the calls, and whether the service is alive.

Endpoints are plain functions, because checking a referral waits for a FHIR server; FastAPI runs
them in threads. Only the body is read in the event loop, where a slow client costs no thread.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Protocol

from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Lifespan

from cds_service.cds_hooks import (
    Hook,
    HookAnswer,
    HookCall,
    Service,
    answer_json,
    discovery_json,
)
from cds_service.discovery import services
from cds_service.error_answers import refusal, routing_refusal
from cds_service.errors import ReferralCheckError, TooManyCallsError
from cds_service.hook_requests import read_call
from cds_service.http_door import HttpDoor, json_response
from cds_service.request_bodies import read_body
from cds_service.settings import Settings
from cds_service.strict_json import BodyLimits, parse_object

READ = ["GET", "HEAD"]
JSON = "application/json"


class ReferralChecker(Protocol):
    """What answers a call. It raises ReferralCheckErrors, and anything else only by mistake."""

    def answer(self, call: HookCall) -> HookAnswer:
        """The answer to one call."""
        ...


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the HTTP interface needs of the rest: the checker, the templates and the calendar."""

    checker: ReferralChecker
    prefetch_templates: Callable[[date], Mapping[str, str]]
    today: Callable[[], date]


def http_interface(
    settings: Settings, clinic: Clinic, lifespan: Lifespan[FastAPI] | None = None
) -> FastAPI:
    """The FastAPI application round a referral checker."""
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan
    )
    offered = services(settings.language, settings.cds_hooks_version)
    _add_health(app)
    _add_discovery(app, offered, clinic)
    reception = _Reception(settings, clinic)
    for service in offered:
        _add_service(app, service, reception)
    app.add_exception_handler(HTTPException, _refuse_address)
    app.add_exception_handler(ReferralCheckError, _refuse_call)
    app.add_middleware(HttpDoor, allows_origin=settings.allows_origin)
    return app


class _Reception:
    """Takes calls in: no more at once than allowed, each checked for form before it is answered."""

    def __init__(self, settings: Settings, clinic: Clinic) -> None:
        self._settings = settings
        self._clinic = clinic
        self._servers = settings.allowed_servers
        self._calls = 0
        self._limits = BodyLimits(
            size=settings.max_body_bytes,
            nesting=settings.max_nesting,
            string=settings.max_string_bytes,
            values=settings.max_values,
        )

    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """The body of a call, which counts as one at work until it is answered.

        The number is changed in the event loop only, so it needs no lock.
        """
        if self._calls >= self._settings.max_calls:
            raise TooManyCallsError
        self._calls += 1
        try:
            yield await read_body(request, limit=self._settings.max_body_bytes)
        finally:
            self._calls -= 1

    def answer(self, hook: Hook, body: bytes) -> HookAnswer:
        """The answer to a body that came in at the service of a hook."""
        call = read_call(
            parse_object(body, self._limits),
            hook=hook,
            today=self._clinic.today(),
            servers=self._servers,
            most_entries=self._settings.max_entries,
        )
        return self._clinic.checker.answer(call)


def _add_service(app: FastAPI, service: Service, reception: _Reception) -> None:
    def answer_call(request: Request, body: Annotated[bytes, Depends(reception.body)]) -> Response:
        event = request.scope["event"]
        event["hook"] = service.hook.value
        answer = reception.answer(service.hook, body)
        event |= _what_was_said(answer)
        return Response(answer_json(answer), 200, {"cache-control": "no-store"}, JSON)

    app.add_api_route(
        f"/cds-services/{service.id}", answer_call, methods=["POST"], response_model=None
    )


def _add_discovery(app: FastAPI, offered: tuple[Service, ...], clinic: Clinic) -> None:
    def discover() -> Response:
        body = discovery_json(offered, clinic.prefetch_templates(clinic.today()))
        return Response(body, 200, {"cache-control": "no-cache"}, JSON)

    app.add_api_route("/cds-services", discover, methods=READ, response_model=None)


def _add_health(app: FastAPI) -> None:
    """Rule files and code tables are read before the first call, so who lives is ready."""

    def is_well() -> Response:
        return json_response(200, {"status": "ok"})

    for path in ("/health/live", "/health/ready"):
        app.add_api_route(path, is_well, methods=READ, response_model=None)


def _what_was_said(answer: HookAnswer) -> dict[str, object]:
    """The part of an answer that the log may hold: codes and counts (policy 2.7)."""
    return {
        "cards": len(answer.cards),
        "outcomes": [assessment["outcome"] for assessment in answer.assessments],
        "because": [assessment.get("because", []) for assessment in answer.assessments],
        "criteria": [assessment.get("criteria", "") for assessment in answer.assessments],
    }


def _refuse_call(request: Request, error: Any) -> Response:
    """Answer a ReferralCheckError; Starlette types every handler's error as Exception."""
    status, body = refusal(error)
    request.scope["event"]["refusal"] = type(error).__name__
    return json_response(status, body)


def _refuse_address(_: Request, error: Any) -> Response:
    """Answer the HTTPException of an address or a method that is not there (R12)."""
    response = json_response(error.status_code, routing_refusal(error.status_code))
    response.headers.update(error.headers or {})
    return response
