"""The table error -> HTTP status and OperationOutcome (house 5; conformance E1, E2, E4)."""

from http import HTTPStatus

from starlette.responses import Response

from cds_service.errors import (
    CallFault,
    CallTooLargeError,
    MalformedCallError,
    RecordNotOfferedError,
    RecordUnavailableError,
    ReferralCheckError,
    StoreUnavailableError,
    TooManyCallsError,
    UnsupportedMediaTypeError,
    UntrustedClientError,
)
from cds_service.hooks.cds_hooks import to_json
from cds_service.observing.http_exchange import HttpExchange
from fhir_mappings.reading.outcomes import Issue, IssueCode, operation_outcome

_NOT_OFFERED = (
    "The call offers neither the prefetch keys `encounters` and `procedures` nor access to a FHIR "
    "server that may be used, so nothing can be said about this referral"
)
_UNAVAILABLE = "The encounters and procedures of this patient could not be retrieved"

_RETRY_SECONDS = "1"

_REFUSALS: dict[type[ReferralCheckError], tuple[HTTPStatus, IssueCode, str]] = {
    RecordNotOfferedError: (HTTPStatus.PRECONDITION_FAILED, "required", _NOT_OFFERED),
    RecordUnavailableError: (HTTPStatus.PRECONDITION_FAILED, "incomplete", _UNAVAILABLE),
    CallTooLargeError: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-long", "The call is too large"),
    UnsupportedMediaTypeError: (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "not-supported",
        "The body must be application/json in UTF-8, without compression",
    ),
    TooManyCallsError: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "throttled",
        "Too many calls at once; try again",
    ),
    UntrustedClientError: (HTTPStatus.UNAUTHORIZED, "login", "This call was not accepted"),
    StoreUnavailableError: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "transient",
        "The service cannot answer now; try again",
    ),
}

_ROUTING: dict[int, tuple[IssueCode, str]] = {
    HTTPStatus.NOT_FOUND: ("not-found", "There is nothing at this address"),
    HTTPStatus.METHOD_NOT_ALLOWED: ("not-supported", "This address does not take this method"),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: ("too-long", "The header section is too large"),
}


def refusal(error: ReferralCheckError) -> tuple[HTTPStatus, dict[str, object]]:
    """Status and body for an error that has a name; a KeyError where the table has no row."""
    if isinstance(error, MalformedCallError):
        return HTTPStatus.BAD_REQUEST, operation_outcome(map(_issue, error.faults))
    status, code, text = _REFUSALS[type(error)]
    detail = f": {error}" if isinstance(error, CallTooLargeError) else ""
    return status, operation_outcome([Issue(code, text + detail)])


def refusal_response(error: ReferralCheckError, exchange: HttpExchange) -> Response:
    """The answer to a call for an error that has a name; what is known of it gets that name."""
    status, body = refusal(error)
    response = json_response(status, body)
    exchange.refusal = type(error).__name__
    if isinstance(error, UntrustedClientError):
        exchange.token = error.reason
        response.headers["www-authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["retry-after"] = _RETRY_SECONDS
    return response


def json_response(status: int, body: dict[str, object]) -> Response:
    """A JSON answer that nobody keeps."""
    return Response(to_json(body), status, {"cache-control": "no-store"}, "application/json")


def routing_refusal(status: int) -> dict[str, object]:
    """The body where the address, the method or the header section is refused."""
    code, text = _ROUTING[status]
    return operation_outcome([Issue(code, text)])


def failure(trace: str) -> dict[str, object]:
    """The body of a 500: the number to ask for, and nothing about the cause (E4)."""
    text = f"The service failed; nothing was checked. Trace id {trace}"
    return operation_outcome([Issue("exception", text)])


def _issue(fault: CallFault) -> Issue:
    subject = fault.path or "The call"
    code: IssueCode = "required" if fault.is_missing else "value" if fault.path else "invalid"
    return Issue(code, f"{subject}: {fault.rule}", fault.path)
