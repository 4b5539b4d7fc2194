"""Why something could not be fetched from a FHIR server: a closed list, for record and metrics."""

from enum import Enum


class Failure(Enum):
    """What went wrong. Nothing in it tells a URL, an id or what the server wrote."""

    UNREACHABLE = "unreachable"  # no connection, or it broke, twice
    TIMEOUT = "timeout"  # the deadline of the call has passed
    BAD_REQUEST = "bad_request"  # 400
    UNAUTHORIZED = "unauthorized"  # 401
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    NOT_SUPPORTED = "not_supported"  # 405 or 501: the server does not do such a thing
    GONE = "gone"  # 410: deleted, or a page that has expired
    BUSY = "busy"  # 429
    CLIENT_ERROR = "client_error"  # any other 4xx
    SERVER_ERROR = "server_error"  # 5xx
    UNEXPECTED_STATUS = "unexpected_status"  # neither 200 nor an error nor a redirect
    FOREIGN_REDIRECT = "foreign_redirect"  # to another origin; not followed
    REDIRECT_LIMIT = "redirect_limit"
    TOO_LARGE = "too_large"  # one answer, or all answers of the call together
    NOT_FHIR = "not_fhir"  # no JSON object with a resourceType
    WRONG_RESOURCE = "wrong_resource"  # another resource than asked, a Bundle that is no searchset
    FOREIGN_NEXT = "foreign_next"  # a further page on another origin; not followed
    UNUSABLE_NEXT = "unusable_next"  # a further page without a usable address, or two of them
    PAGE_LOOP = "page_loop"  # a further page that was already read
    PAGE_LIMIT = "page_limit"
    COUNT_DIFFERS = "count_differs"  # fewer matches came than the server counted
    FILTER_IGNORED = "filter_ignored"  # a search brought what was not asked for
    UNVERIFIED = "unverified"  # too many resources that a search did not bring, to read each
    FORBIDDEN_ADDRESS = "forbidden_address"  # the name leads where nothing may be asked
    CIRCUIT_OPEN = "circuit_open"  # not asked: the server has failed too often just now
    OVERLOAD = "overload"  # not asked: too many requests wait already
    NOT_ASKED = "not_asked"  # no request was made: it could not be made soundly


_OF_STATUS = {
    400: Failure.BAD_REQUEST,
    401: Failure.UNAUTHORIZED,
    403: Failure.FORBIDDEN,
    404: Failure.NOT_FOUND,
    405: Failure.NOT_SUPPORTED,
    410: Failure.GONE,
    429: Failure.BUSY,
    501: Failure.NOT_SUPPORTED,
}
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)


def failure_of_status(status: int) -> Failure:
    """What an HTTP status other than 200 means."""
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if status in _CLIENT_ERRORS:
        return Failure.CLIENT_ERROR
    return Failure.SERVER_ERROR if status in _SERVER_ERRORS else Failure.UNEXPECTED_STATUS
