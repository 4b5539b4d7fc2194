"""The HTTP interface: discovery, the calls, and whether the service is alive.

Checking a referral waits for a FHIR server, in a thread. The body is read in the event loop, where
a slow client costs no thread, and so is what a small call needs before anything is waited for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan, Receive, Scope, Send

from cds_service.assessing import ExplainedAssessment
from cds_service.errors import ReferralCheckError
from cds_service.fhir_access import Deadline
from cds_service.fhir_access.computing_turns import WouldWaitError, computing, computing_at_once
from cds_service.fhir_access.trace_context import TraceContext
from cds_service.hooks.cds_hooks import (
    Hook,
    HookAnswer,
    HookCall,
    answer_json,
    discovery_json,
)
from cds_service.hooks.discovery import services
from cds_service.hooks.exchange import AnsweredCall
from cds_service.hooks.requests import read_call
from cds_service.observing.call_measures import CallMeasures, Stage
from cds_service.observing.http_exchange import AnswerSummary, HttpExchange
from cds_service.observing.metrics import Metrics
from cds_service.settings.client_options import Callers, ClientOptions
from cds_service.settings.settings import Settings
from cds_service.strict_json import BodyLimits, parse_object
from cds_service.web.assessments import ASSESSMENTS, full_assessment
from cds_service.web.error_answers import json_response, refusal_response, routing_refusal
from cds_service.web.fair_share import FairShare, most_of_one
from cds_service.web.load_limit import LoadLimit
from cds_service.web.outer_middleware import OuterMiddleware
from cds_service.web.request_bodies import read_body

READ = ["GET", "HEAD"]
JSON = "application/json"


class ReferralChecker(Protocol):
    """What answers a call. It raises ReferralCheckErrors, and anything else only by mistake."""

    def answer(self, call: HookCall) -> HookAnswer:
        """The answer to one call."""
        ...

    def explain(self, call: HookCall) -> tuple[ExplainedAssessment, ...]:
        """The assessment of each referral in a call, with all that explains it."""
        ...


@dataclass(frozen=True, slots=True)
class Collaborators:
    """What the HTTP interface needs of the rest.

    `prefetch_templates` are those of a day in a form (`portable`, `full`) for a hook.
    `keep` writes down that a call was answered. `readiness` says what the service works with, and
    raises a ReferralCheckError where no call could be answered now. Bodies up to `at_once_bytes`
    may be answered in the event loop: then the checker waits inside `computing_turns.waiting`.
    """

    checker: ReferralChecker
    prefetch_templates: Callable[[date, str, Hook], Mapping[str, str]]
    today: Callable[[], date]
    callers: Callers
    keep: Callable[[AnsweredCall], None] | None = None
    readiness: Callable[[], dict[str, object]] = field(default=dict)
    metrics: Metrics = field(default_factory=Metrics)
    at_once_bytes: int = 0
    pages: Sequence[BaseRoute] = ()  # the addresses of `web.smart`, where a client has a launch


def http_interface(
    settings: Settings, collaborators: Collaborators, lifespan: Lifespan[FastAPI] | None = None
) -> FastAPI:
    """The FastAPI application round a referral checker."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        # what leaves the service about a call is what our own log and metrics say
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    _add_health(app, collaborators)
    _add_metrics(app, collaborators.metrics)
    _add_discovery(app, settings, collaborators)
    calls = {
        f"/{at}": _CallEndpoint(asked, settings, collaborators)
        for at, asked in _askable(settings, collaborators.checker)
    }
    for address, endpoint in calls.items():
        app.router.routes.append(Route(address, endpoint, methods=["POST"]))  # a GET gets a 405
    app.router.routes.extend(collaborators.pages)
    app.add_exception_handler(HTTPException, _refuse_address)
    app.add_exception_handler(ReferralCheckError, _refuse_call)
    app.add_middleware(
        LoadLimit,
        calls=calls,
        share=FairShare(
            settings.max_calls,
            most_of_one(
                settings.max_calls,
                settings.max_calls_per_client,
                clients=collaborators.callers.number,
            ),
        ),
        deadline_seconds=settings.deadline_seconds,
        tell=collaborators.metrics.calls_at_work.set,
    )
    app.add_middleware(
        OuterMiddleware,
        allows_origin=settings.allows_origin,
        keep=collaborators.keep,
        count=collaborators.metrics.count,
    )
    return app


Answering = Callable[[HookCall], tuple[HookAnswer, bytes]]
"""Answers a call: what is written down of the answer, and its body."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked at one address. `hook` None: whatever hook the call names.

    `name` stands in log and metrics, `service` in the audit row. `is_small` where little is
    computed for a small body.
    """

    name: str
    service: str
    hook: Hook | None
    answer: Answering
    is_small: bool = True


def _askable(settings: Settings, checker: ReferralChecker) -> Iterator[tuple[str, _Asked]]:
    """Every address that takes calls: those of the services, and that of the full assessment."""

    def answer(call: HookCall) -> tuple[HookAnswer, bytes]:
        found = checker.answer(call)
        return found, answer_json(found)

    for service in services(settings.language, settings.cds_hooks_version):
        hook = service.hook
        yield f"cds-services/{service.id}", _Asked(hook.value, service.id, hook, answer)
    full = full_assessment(checker.explain)
    yield ASSESSMENTS, _Asked(ASSESSMENTS, ASSESSMENTS, None, full, is_small=False)


@dataclass(frozen=True, slots=True)
class _ReceivedCall:
    """A call of somebody who may call: what came in, and until when it must be answered."""

    client_options: ClientOptions
    body: bytes
    deadline: Deadline
    trace: TraceContext


class _CallEndpoint:
    """ASGI application of one address: takes in a call, and answers it.

    It stands before FastAPI's routing: most calls are orders that are not ours, and cost little
    else than their way to here. A small call is answered in the event loop as far as nothing is
    waited for; everything else gets a thread.
    """

    def __init__(self, asked: _Asked, settings: Settings, collaborators: Collaborators) -> None:
        self._asked = asked
        self._settings = settings
        self._collaborators = collaborators
        self._limits = BodyLimits(
            size=settings.max_body_bytes,
            nesting=settings.max_nesting,
            string=settings.max_string_bytes,
            values=settings.max_values,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a POST to the address of the service."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request, await self._receive(request))
        except ReferralCheckError as error:
            response = refusal_response(error, scope["exchange"])
        await response(scope, receive, send)

    async def _receive(self, request: Request) -> _ReceivedCall:
        """A call. Nothing of the body is read before it is known who calls.

        How long the caller takes to send it is no part of the time that the call has here.
        """
        measures: CallMeasures = request.scope["measures"]
        deadline: Deadline = request.scope["deadline"]
        with measures.stage(Stage.ADMIT):
            if self._collaborators.callers.may_wait:
                client_options = await run_in_threadpool(
                    _client_options, request, self._settings, self._collaborators
                )
            else:
                client_options = _client_options(request, self._settings, self._collaborators)
        request.scope["place"].take(client_options.client)
        with measures.stage(Stage.RECEIVE), deadline.stopped():
            body = await read_body(request, limit=self._settings.max_body_bytes)
        return _ReceivedCall(client_options, body, deadline, request.scope["trace_context"])

    async def _respond(self, request: Request, received: _ReceivedCall) -> Response:
        answered: AnsweredCall = request.scope["answered"]
        answered.exchange.hook = self._asked.name
        answered.service = self._asked.service
        if self._asked.is_small and len(received.body) <= self._collaborators.at_once_bytes:
            try:
                with computing_at_once():
                    return self._answer(received, answered)
            except WouldWaitError:
                pass
        return await run_in_threadpool(self._answer_in_turn, received, answered)

    def _answer_in_turn(self, received: _ReceivedCall, answered: AnsweredCall) -> Response:
        with computing(received.deadline.remaining):
            return self._answer(received, answered)

    def _answer(self, received: _ReceivedCall, answered: AnsweredCall) -> Response:
        """The answer to what came in; `answered` gathers what is kept."""
        with answered.measures.stage(Stage.RECEIVE):
            read = read_call(
                parse_object(received.body, self._limits),
                hook=self._asked.hook,
                today=self._collaborators.today(),
                client_options=received.client_options,
                most_entries=self._settings.max_entries,
            )
        call = answered.call = replace(
            read,
            measures=answered.measures,
            deadline=received.deadline,
            trace=received.trace,
        )
        answered.answer, body = self._asked.answer(call)
        answer = answered.answer
        answered.exchange.summary = AnswerSummary(answer.assessments, len(answer.cards))
        return Response(body, 200, {"cache-control": "no-store"}, JSON)


def _client_options(
    request: Request, settings: Settings, collaborators: Collaborators
) -> ClientOptions:
    """What was agreed with the caller, whose token is used up."""
    client_options = collaborators.callers.admit(*_proof(request, settings))
    exchange: HttpExchange = request.scope["exchange"]
    exchange.client = client_options.client
    request.scope["answered"] = AnsweredCall(exchange, request.scope["measures"])
    return client_options


def _proof(request: Request, settings: Settings) -> tuple[list[str], str]:
    """All that a caller says of itself, and the address that it must say it to (A10)."""
    audience = f"{settings.public_url or ''}{request.scope['path']}"
    return request.headers.getlist("authorization"), audience


def _add_discovery(app: FastAPI, settings: Settings, collaborators: Collaborators) -> None:
    """Discovery in the language and with the templates of the client, where it shows who it is."""
    callers = collaborators.callers
    tell = callers.admit if settings.protect_discovery else callers.recognise

    def discover(request: Request) -> Response:
        client_options = tell(*_proof(request, settings))
        offered = services(client_options.language, settings.cds_hooks_version)
        templates = partial(
            collaborators.prefetch_templates, collaborators.today(), client_options.prefetch
        )
        body = discovery_json(offered, templates)
        return Response(body, 200, {"cache-control": "no-cache"}, JSON)

    app.add_api_route("/cds-services", discover, methods=READ, response_model=None)


def _add_health(app: FastAPI, collaborators: Collaborators) -> None:
    """Rule files and code tables are read before the first call; the store may fail later.

    While the service stops, nothing listens any more, so it cannot seem ready.
    """

    async def is_alive() -> Response:
        return json_response(200, {"status": "ok"})

    def is_ready() -> Response:
        return json_response(200, {"status": "ok"} | collaborators.readiness())

    app.add_api_route("/health/live", is_alive, methods=READ, response_model=None)
    app.add_api_route("/health/ready", is_ready, methods=READ, response_model=None)


def _add_metrics(app: FastAPI, metrics: Metrics) -> None:
    """For the monitoring of the site; no patient data, so no token (docker/SECURITY.md)."""

    def tell() -> Response:
        return Response(
            metrics.exposition(), 200, {"cache-control": "no-store"}, metrics.media_type
        )

    app.add_api_route("/metrics", tell, methods=READ, response_model=None)


async def _refuse_call(request: Request, error: Any) -> Response:
    """Answer a ReferralCheckError; Starlette types every handler's error as Exception.

    In the event loop, like `_refuse_address`: a plain function would wait for a thread.
    """
    return refusal_response(error, request.scope["exchange"])


async def _refuse_address(_: Request, error: Any) -> Response:
    """Answer the HTTPException of an address or a method that is not there (R12)."""
    response = json_response(error.status_code, routing_refusal(error.status_code))
    response.headers.update(error.headers or {})
    return response
