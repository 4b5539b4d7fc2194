"""What holds for every HTTP exchange: CORS, trace id, one log event, no exception gets out.

It is the outermost layer, so that error answers carry the CORS headers too (conformance T6); a
browser hides an answer without them.
"""

from collections.abc import Callable
from time import perf_counter

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds_service.fhir_access.trace_context import trace_context
from cds_service.hooks.exchange import AnsweredCall
from cds_service.observing.event_log import log_event, log_failure
from cds_service.observing.http_exchange import CLIENT_LEFT, HttpExchange
from cds_service.web.error_answers import failure, json_response, routing_refusal

_LARGEST_HEADER_SECTION = 32 * 1024  # bytes; a JWT takes one or two thousand
_METHODS = b"GET, POST"
_HEADERS = b"authorization, content-type"


class OuterMiddleware:
    """ASGI middleware round the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        allows_origin: Callable[[str], bool],
        keep: Callable[[AnsweredCall], None] | None,
        count: Callable[[HttpExchange], None],
    ) -> None:
        self._app = app
        self._count = count
        self._allows_origin = allows_origin
        self._keep = keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one exchange; `scope["exchange"]` gathers what log and metrics say of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        running = _Running(scope, send, self._cors_headers(scope))
        try:
            await self._answer(scope, receive, running)
        except ClientDisconnect:
            running.exchange.status = CLIENT_LEFT
        except Exception as error:  # noqa: BLE001 - the caller gets an answer
            log_failure(error, trace=scope["trace_context"].id)
            await running.fail(scope, receive)
        exchange = running.ended()
        log_event(exchange.event, exchange.fields())
        self._count(exchange)
        if "answered" in scope:
            await self._write_down(scope["answered"])

    async def _write_down(self, answered: AnsweredCall) -> None:
        """Keep that a call was answered. The answer has left by now, and nobody waits for this."""
        if self._keep is None or not isinstance(answered.exchange.status, int):
            return
        try:
            await run_in_threadpool(self._keep, answered)
        except Exception as error:  # noqa: BLE001 - the call has been answered
            log_failure(error, trace=answered.exchange.trace)

    async def _answer(self, scope: Scope, receive: Receive, running: "_Running") -> None:
        if _size(scope) > _LARGEST_HEADER_SECTION:
            response = json_response(431, routing_refusal(431))
            await response(scope, receive, running.send)
        elif "\n" in scope["path"]:  # to a regular expression the end of a line is an end too
            await json_response(404, routing_refusal(404))(scope, receive, running.send)
        elif _is_preflight(scope):
            # without looking at the address: a browser sends it before it knows what is there
            await Response(status_code=204)(scope, receive, running.send)
        else:
            await self._app(scope, receive, running.send)

    def _cors_headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """An origin is named only when it is allowed, and never with credentials (T4, T5).

        Starlette's middleware answers a preflight with 200 and a text, refuses one of another
        origin with 400, and leaves `Vary` out where no origin was sent; a cache would then give
        a browser the answer that was meant for a server.
        """
        vary = (b"vary", b"Origin")
        origin = _header(scope, b"origin")
        if not origin or not self._allows_origin(origin.decode("latin-1")):
            return [vary]
        allowed = (b"access-control-allow-origin", origin)
        if not _is_preflight(scope):
            return [vary, allowed]
        return [
            vary,
            allowed,
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _HEADERS),
            (b"access-control-max-age", b"600"),
        ]


class _Running:
    """One exchange while it runs: adds headers to the answer, and notes how it went."""

    def __init__(self, scope: Scope, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self._started = perf_counter()
        self._has_answered = False
        scope["trace_context"] = trace_context(scope["headers"])
        self.exchange = scope["exchange"] = HttpExchange(scope["trace_context"].id)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._has_answered = True
            self.exchange.status = message["status"]
            nosniff = (b"x-content-type-options", b"nosniff")
            message["headers"] = [*message.get("headers", []), *self._headers, nosniff]
        await self._send(message)

    async def fail(self, scope: Scope, receive: Receive) -> None:
        if not self._has_answered:
            await json_response(500, failure(scope["trace_context"].id))(scope, receive, self.send)

    def ended(self) -> HttpExchange:
        self.exchange.milliseconds = round((perf_counter() - self._started) * 1000, 1)
        return self.exchange


def _is_preflight(scope: Scope) -> bool:
    method: str = scope["method"]
    return method == "OPTIONS"


def _header(scope: Scope, name: bytes) -> bytes:
    """The first header of this name; empty where there is none."""
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")


def _size(scope: Scope) -> int:
    return (
        sum(len(name) + len(value) for name, value in scope["headers"])
        + len(scope.get("raw_path") or b"")
        + len(scope.get("query_string") or b"")
    )
