"""No more calls at work than the site allows; what is too much is sent away at once.

This stands before FastAPI, in the event loop alone: a service that has more to do than it can must
not spend threads and dependencies on telling so. The body is not read. The HTTP server reads what
still comes of it and throws it away, so that a client in the middle of sending gets its answer,
and may use the connection for its next call.
"""

from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from cds_service.errors import TooManyCallsError
from cds_service.fhir_access import Deadline
from cds_service.observing.call_measures import CallMeasures
from cds_service.web.error_answers import refusal_response
from cds_service.web.fair_share import FairShare, Place


class LoadLimit:
    """ASGI middleware between the outer middleware and the application.

    `calls` are the applications that answer calls, by address; they are called from here, and
    what is no call goes on to the application. `tell` hears how many calls are at work. From here
    on the time of a call runs (`scope["deadline"]`), and its measures are taken
    (`scope["measures"]`); who knows the client takes its place (`scope["place"]`).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        calls: Mapping[str, ASGIApp],
        share: FairShare,
        deadline_seconds: float,
        tell: Callable[[int], object],
    ) -> None:
        self._app = app
        self._calls = calls
        self._share = share
        self._deadline_seconds = deadline_seconds
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is no call, and calls while there is room."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        endpoint = self._calls.get(scope["path"]) if is_post else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        try:
            place = self._share.arrive()
        except TooManyCallsError as error:
            await refusal_response(error, scope["exchange"])(scope, receive, send)
            return
        await self._answer(endpoint, place, scope, receive, send)

    async def _answer(
        self, endpoint: ASGIApp, place: Place, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """A call is at work until its answer has left."""
        scope["measures"] = scope["exchange"].measures = CallMeasures()
        scope["deadline"] = Deadline(self._deadline_seconds)
        scope["place"] = place
        self._tell(self._share.at_work)
        try:
            await endpoint(scope, receive, send)
        finally:
            place.leave()
            self._tell(self._share.at_work)
