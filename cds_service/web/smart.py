"""The addresses of the page: launch, callback, the page itself, its form, its static files.

Whatever goes wrong ends in a page that names the cause. Nothing that a browser sent gets into log
or metrics: a refusal is a word of a closed list, and addresses are not logged at all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from secrets import token_urlsafe
from threading import BoundedSemaphore
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cds_service.clients import jwks
from cds_service.errors import ReferralCheckError, StoreUnavailableError
from cds_service.fhir_access import Deadline
from cds_service.fhir_access.computing_turns import computing
from cds_service.hooks.exchange import AnsweredCall
from cds_service.observing.call_measures import CallMeasures
from cds_service.observing.event_log import log_failure
from cds_service.observing.http_exchange import AnswerSummary, HttpExchange
from cds_service.page import (
    STATIC_FILES,
    FailureCause,
    FailureContent,
    Notice,
    NoticeKind,
    PageContent,
    PatientLabel,
    StatedCareForm,
    View,
    render_failure,
    render_page,
)
from cds_service.smart.launching import LaunchClient, Launching
from cds_service.smart.reading import PageReader, PageRequest
from cds_service.smart.refusals import LaunchRefusedError, Refusal
from cds_service.smart.sessions import BrowserCookie, PageSession
from cds_service.smart.stated_care import (
    MOST_FORM_BYTES,
    Saved,
    SentForm,
    read_form,
    save,
    text_to_copy,
)
from cds_service.web.assessments import answer_without_cards
from cds_service.web.error_answers import json_response

_ROOT: Final = "/smart"
_PAGE: Final = "smart-page"
_HIDDEN: Final = "hidden"
_SECURITY: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}
_STATUSES: Final = {
    FailureCause.SERVER_UNREACHABLE: HTTPStatus.BAD_GATEWAY,
    FailureCause.SERVER_UNSUITABLE: HTTPStatus.BAD_GATEWAY,
    FailureCause.TOKEN_UNUSABLE: HTTPStatus.BAD_GATEWAY,
    FailureCause.IDENTITY_UNPROVEN: HTTPStatus.BAD_GATEWAY,
    FailureCause.SERVER_NOT_TRUSTED: HTTPStatus.FORBIDDEN,
    FailureCause.AUTHORIZATION_REFUSED: HTTPStatus.FORBIDDEN,
    FailureCause.SCOPES_MISSING: HTTPStatus.FORBIDDEN,
    FailureCause.ACCESS_REVOKED: HTTPStatus.FORBIDDEN,
    FailureCause.FORM_UNPROVEN: HTTPStatus.FORBIDDEN,
    FailureCause.SESSION_EXPIRED: HTTPStatus.FORBIDDEN,
    FailureCause.SESSION_UNKNOWN: HTTPStatus.NOT_FOUND,
    FailureCause.REFERRAL_UNKNOWN: HTTPStatus.NOT_FOUND,
    FailureCause.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    FailureCause.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Any other cause is 400."""
_CLOSES: Final = frozenset({FailureCause.ACCESS_REVOKED})


@dataclass(frozen=True, slots=True)
class SmartPages:
    """What the addresses of the page need of the rest."""

    launching: Launching
    reader: PageReader
    today: Callable[[], date]
    language: str  # where the client, and so its language, is not known
    deadline_seconds: float
    most_at_once: int


def smart_routes(pages: SmartPages) -> Iterable[BaseRoute]:
    """The addresses below `/smart`."""
    served = _Served(pages)
    yield Route(f"{_ROOT}/launch", served.launch, methods=["GET"])
    yield Route(f"{_ROOT}/callback", served.callback, methods=["GET"])
    yield Route(f"{_ROOT}/jwks.json", served.keys, methods=["GET"])
    yield Route(f"{_ROOT}/static/{{name}}", _static_file, methods=["GET"])
    yield Route(f"{_ROOT}/sessions/{{session}}/", served.page, methods=["GET"])
    yield Route(f"{_ROOT}/sessions/{{session}}/", served.form, methods=["POST"])


class _Served:
    """The endpoints. Each request is answered in a thread: it waits for other servers."""

    def __init__(self, pages: SmartPages) -> None:
        self._pages = pages
        self._places = BoundedSemaphore(pages.most_at_once)

    async def launch(self, request: Request) -> Response:
        """Send a browser on to the authorization server of the EHR that it comes from."""
        return await self._answer(request, self._launch, "static")

    async def callback(self, request: Request) -> Response:
        """Take a browser back from there, and send it to its page."""
        return await self._answer(request, self._callback, "static")

    async def keys(self, _: Request) -> Response:
        """Our public keys, for authorization servers."""
        return json_response(200, jwks(self._pages.launching.clients.launches))

    async def page(self, request: Request) -> Response:
        """The page."""
        return await self._answer(request, self._page, "../../static")

    async def form(self, request: Request) -> Response:
        """What a clinician states on the page."""
        try:
            body = await _form_body(request)
        except LaunchRefusedError as error:
            return self._refused(request, error, "../../static")
        return await self._answer(request, lambda asked: self._form(asked, body), "../../static")

    async def _answer(
        self, request: Request, work: Callable[[Request], Response], static_base: str
    ) -> Response:
        if not self._places.acquire(blocking=False):
            return self._refused(request, LaunchRefusedError(Refusal.BUSY), static_base)
        try:
            return await run_in_threadpool(self._worked, request, work, static_base)
        finally:
            self._places.release()

    def _worked(
        self, request: Request, work: Callable[[Request], Response], static_base: str
    ) -> Response:
        try:
            return work(request)
        except LaunchRefusedError as error:
            if error.cause in _CLOSES:
                self._close(request)
            return self._refused(request, error, static_base)
        except StoreUnavailableError:
            refused = LaunchRefusedError(Refusal.STORE_UNAVAILABLE)
            return self._refused(request, refused, static_base)
        except ReferralCheckError as error:
            _exchange(request).refusal = type(error).__name__
            return self._failure_page(request, FailureCause.SERVER_UNREACHABLE, static_base)
        except Exception as error:  # noqa: BLE001 - a person waits for a page
            log_failure(error, trace=request.scope["trace_context"].id)
            return self._failure_page(request, FailureCause.INTERNAL, static_base)

    def _launch(self, request: Request) -> Response:
        begun = self._pages.launching.begin(_parameters(request))
        _exchange(request).client = begun.client
        return _sent_to(begun.address, begun.cookie)

    def _callback(self, request: Request) -> Response:
        opened = self._pages.launching.complete(_parameters(request), request.cookies)
        _exchange(request).client = opened.client
        return _sent_to(f"sessions/{opened.session_id}/", opened.cookie)

    def _page(self, request: Request) -> Response:
        session, found = self._session(request)
        is_saved = request.query_params.get("saved") == "1"
        notices = (Notice(NoticeKind.STATED_CARE_SAVED),) if is_saved else ()
        return self._shown(request, session, found, notices=notices)

    def _form(self, request: Request, body: bytes) -> Response:
        session, found = self._session(request)
        _refuse_other_origin(request, found)
        form = read_form(body, session, self._pages.today())
        if form.courses is None:
            return self._shown(request, session, found, form=form)
        saved = save(
            form.courses,
            form.form_id,
            session,
            found.client.client_options,
            self._pages.launching.requests,
            now=datetime.now(UTC),
            deadline=Deadline(self._pages.deadline_seconds),
        )
        if saved is Saved.YES:
            view = self._view(request, session, found)
            return _sent_to(f"./?view={view.value}&saved=1")
        kind = (
            NoticeKind.STATED_CARE_UNCERTAIN
            if saved is Saved.UNCERTAIN
            else NoticeKind.STATED_CARE_NOT_SAVED
        )
        text = text_to_copy(form.courses, found.client.client_options.language)
        notice = Notice(kind, text=text)
        return self._shown(request, session, found, notices=(notice,), form=form)

    def _session(self, request: Request) -> tuple[PageSession, LaunchClient]:
        sessions = self._pages.launching.sessions
        session = sessions.read(request.path_params["session"], request.cookies)
        found = self._pages.launching.clients.named(session.client)
        _exchange(request).client = session.client
        return session, found

    def _shown(
        self,
        request: Request,
        session: PageSession,
        found: LaunchClient,
        *,
        notices: tuple[Notice, ...] = (),
        form: SentForm | None = None,
    ) -> Response:
        """The page of a session, with the record as it is now."""
        view = self._view(request, session, found)
        asked = self._asked(request, session, view)
        answered = self._answered(request, asked)
        with computing(asked.deadline.remaining):
            reading = self._pages.reader.read(session, found.client.client_options, asked)
            answered.call = reading.call
            answered.answer = answer_without_cards(reading.explained)
            answered.exchange.summary = AnswerSummary(answered.answer.assessments, 0)
            if reading.refused_types:
                refused = Notice(NoticeKind.SCOPES_REFUSED, names=reading.refused_types)
                notices = (*notices, refused)
            is_hiding = request.query_params.get("psychological") == _HIDDEN
            content = PageContent(
                explained=reading.explained,
                view=view,
                language=found.client.client_options.language,
                today=asked.today,
                static_base="../../static",
                patient=PatientLabel(reading.patient.name, reading.patient.born),
                notices=notices,
                form=_form_content(session, view, form) if view is View.GP else None,
                hides_psychological_care=is_hiding,
                switch_url=f"./?view={view.value}{'' if is_hiding else '&psychological=hidden'}",
                other_view_url=f"./?view={_OTHER[view].value}",
            )
            return _html(HTTPStatus.OK, render_page(content))

    def _view(self, request: Request, session: PageSession, found: LaunchClient) -> View:
        """Chosen on the page, else in the link of the launch, else in the file of clients."""
        chosen = (request.query_params.get("view"), session.view, found.launch.view)
        return next(View(each) for each in chosen if each in set(View))

    def _asked(self, request: Request, session: PageSession, view: View) -> PageRequest:
        return PageRequest(
            view=view,
            today=self._pages.today(),
            seconds_left=self._pages.launching.sessions.seconds_left(session),
            deadline=Deadline(self._pages.deadline_seconds),
            measures=CallMeasures(),
            trace=request.scope["trace_context"],
        )

    def _answered(self, request: Request, asked: PageRequest) -> AnsweredCall:
        """What log, metrics and the audit row know: that somebody looked into a dossier."""
        exchange = _exchange(request)
        exchange.hook = _PAGE
        exchange.measures = asked.measures
        answered = AnsweredCall(exchange, asked.measures, service=_PAGE)
        request.scope["answered"] = answered
        return answered

    def _close(self, request: Request) -> None:
        try:
            self._pages.launching.sessions.close(request.path_params["session"])
        except StoreUnavailableError:
            return  # it ends by itself, with its token

    def _refused(self, request: Request, error: LaunchRefusedError, static_base: str) -> Response:
        _exchange(request).refusal = error.refusal.value
        return self._failure_page(request, error.cause, static_base)

    def _failure_page(self, request: Request, cause: FailureCause, static_base: str) -> Response:
        client = _exchange(request).client
        language = self._pages.language
        if client is not None:
            named = self._pages.launching.clients.named(client)
            language = named.client.client_options.language
        may_repeat = cause in {FailureCause.BUSY, FailureCause.SERVER_UNREACHABLE}
        is_page = "session" in request.path_params
        content = FailureContent(
            cause=cause,
            language=language,
            static_base=static_base,
            again_url="./" if may_repeat and is_page else "",
            reference=request.scope["trace_context"].id,
        )
        status = _STATUSES.get(cause, HTTPStatus.BAD_REQUEST)
        return _html(status, render_failure(content))


_OTHER: Final = {View.GP: View.PHYSICIAN, View.PHYSICIAN: View.GP}


def _form_content(session: PageSession, view: View, sent: SentForm | None) -> StatedCareForm:
    """The form, empty with an id of its own or as it came back."""
    empty = StatedCareForm(f"./?view={view.value}", session.csrf, token_urlsafe(24))
    if sent is None:
        return empty
    return replace(
        empty,
        form_id=sent.form_id,
        courses=sent.rows,
        values=sent.values,
        faults=sent.faults,
    )


async def _form_body(request: Request) -> bytes:
    """The body of a form. Raises LaunchRefusedError for another, and for one that is too large."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise LaunchRefusedError(Refusal.FORM_MALFORMED)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise LaunchRefusedError(Refusal.FORM_MALFORMED)
    return bytes(body)


def _refuse_other_origin(request: Request, found: LaunchClient) -> None:
    """A browser says from which origin a form was sent; ours is where launches come back to."""
    origin = request.headers.get("origin")
    if origin is not None and not found.launch.redirect_uri.startswith(f"{origin}/"):
        raise LaunchRefusedError(Refusal.FORM_UNPROVEN)


async def _static_file(request: Request) -> Response:
    found = STATIC_FILES.get(request.path_params["name"])
    if found is None:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    media_type, content = found
    return Response(content, 200, {"cache-control": "max-age=300"}, media_type)


def _parameters(request: Request) -> Mapping[str, list[str]]:
    return {name: request.query_params.getlist(name) for name in request.query_params}


def _exchange(request: Request) -> HttpExchange:
    exchange: HttpExchange = request.scope["exchange"]
    return exchange


def _sent_to(address: str, cookie: BrowserCookie | None = None) -> Response:
    """A redirect, for a browser that is to ask with GET."""
    response = Response(
        status_code=HTTPStatus.SEE_OTHER, headers={**_SECURITY, "location": address}
    )
    if cookie is not None:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.seconds,
            path="/",
            secure=cookie.is_secure,
            httponly=True,
            samesite="lax",
        )
    return response


def _html(status: int, text: str) -> Response:
    return Response(text, status, _SECURITY, "text/html; charset=utf-8")
