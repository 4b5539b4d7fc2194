"""Launches on their way and open pages, each bound to the browser that it was given to.

What the browser holds are two secrets: an id in the address (`state`, or the id of the session)
and one in a cookie of that id's own name, so that two launches in one browser never meet. The
store has the hash of the first and, sealed, the hash of the second and all the rest.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from secrets import token_urlsafe
from typing import Any

from cds_service.smart.refusals import LaunchRefusedError, Refusal
from cds_service.smart.sealing import Sealing
from cds_service.store import BrowserSessions

_BYTES = 32
_LAUNCH_SECONDS = 600  # to log in and to agree, at the EHR
_COOKIE_AFTERWARDS = 86_400  # how long a browser still knows that a page of its own has expired
_LONGEST_ID = 200  # characters


@dataclass(frozen=True, slots=True)
class BrowserCookie:
    """A cookie to be set: HttpOnly, SameSite=Lax, for the whole host.

    `is_secure`: Secure, and named with `__Host-`. Not on plain http, which is for loopback
    addresses in demonstrations only.
    """

    name: str
    value: str = field(repr=False)
    seconds: int
    is_secure: bool


@dataclass(frozen=True, slots=True)
class PendingLaunch:
    """A launch whose user is at the authorization server."""

    client: str
    server: str = field(repr=False)  # as the EHR wrote it
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    configuration: Mapping[str, Any] = field(repr=False)
    view: str = ""


@dataclass(frozen=True, slots=True)
class PageSession:
    """What may be read with an open page, by whom, until when (seconds since 1970)."""

    client: str
    server: str = field(repr=False)
    access_token: str = field(repr=False)
    scope: str
    patient_id: str = field(repr=False)
    referral: str = field(repr=False)  # `ServiceRequest/id`; empty: none came with the launch
    user: str = field(repr=False)  # `sub`
    user_reference: str = field(repr=False)  # `Practitioner/id`; empty: not known
    view: str
    csrf: str = field(repr=False)
    until: float


class Sessions:
    """The launches and pages of a store."""

    def __init__(
        self, rows: BrowserSessions, sealing: Sealing, now: Callable[[], float] = time.time
    ) -> None:
        self._rows = rows
        self._sealing = sealing
        self._now = now

    def begin(self, state: str, launch: PendingLaunch, *, is_secure: bool) -> BrowserCookie:
        """Keep a launch under its state. Raises StoreUnavailableError."""
        cookie = _new_cookie("launch", state, _LAUNCH_SECONDS, is_secure=is_secure)
        self._keep("launch", state, cookie, asdict(launch), self._now() + _LAUNCH_SECONDS)
        return cookie

    def take_launch(self, state: str, cookies: Mapping[str, str]) -> PendingLaunch:
        """The launch of a state, which is used up. Raises LaunchRefusedError.

        A state that is tried by another browser is not used up by that.
        """
        row, content = self._read("launch", state)
        if content is None:
            raise LaunchRefusedError(Refusal.STATE_UNKNOWN)
        if not _is_held("launch", state, cookies, content.pop("cookie")):
            raise LaunchRefusedError(Refusal.OTHER_BROWSER)
        if not self._rows.take(row):
            raise LaunchRefusedError(Refusal.STATE_UNKNOWN)
        return PendingLaunch(**content)

    def open(self, session: PageSession, *, is_secure: bool) -> tuple[str, BrowserCookie]:
        """Keep a session; its new id, and the cookie that goes with it."""
        session_id = token_urlsafe(_BYTES)
        seconds = max(1, int(session.until - self._now())) + _COOKIE_AFTERWARDS
        cookie = _new_cookie("page", session_id, seconds, is_secure=is_secure)
        self._keep("page", session_id, cookie, asdict(session), session.until)
        return session_id, cookie

    def read(self, session_id: str, cookies: Mapping[str, str]) -> PageSession:
        """The session of an id, where the browser holds its cookie. Raises LaunchRefusedError."""
        _, content = self._read("page", session_id)
        if content is None:
            has_cookie = any(name in cookies for name in _names("page", session_id))
            refusal = Refusal.SESSION_EXPIRED if has_cookie else Refusal.SESSION_UNKNOWN
            raise LaunchRefusedError(refusal)
        if not _is_held("page", session_id, cookies, content.pop("cookie")):
            raise LaunchRefusedError(Refusal.SESSION_UNKNOWN)
        return PageSession(**content)

    def close(self, session_id: str) -> None:
        """Forget a session whose token is of no more use."""
        self._rows.take(_row("page", session_id))

    def seconds_left(self, session: PageSession) -> int:
        """How long its token is still valid."""
        return max(0, int(session.until - self._now()))

    def until(self, seconds: int) -> float:
        """So many seconds from now."""
        return self._now() + seconds

    def _keep(
        self,
        kind: str,
        identifier: str,
        cookie: BrowserCookie,
        content: dict[str, Any],
        until: float,
    ) -> None:
        row = _row(kind, identifier)
        content = {**content, "cookie": _hash(cookie.value)}
        self._rows.keep(row, self._sealing.seal(row, content), until=until)

    def _read(self, kind: str, identifier: str) -> tuple[str, dict[str, Any] | None]:
        row = _row(kind, identifier)
        sealed = self._rows.read(row) if len(identifier) <= _LONGEST_ID else None
        return row, None if sealed is None else self._sealing.open(row, sealed)


def _row(kind: str, identifier: str) -> str:
    return _hash(f"{kind} {identifier}")


def _names(kind: str, identifier: str) -> tuple[str, str]:
    """The names that the cookie of an id can have: over TLS, and on plain http."""
    name = f"imsr-{kind}-{_hash(f'cookie {identifier}')[:16]}"
    return f"__Host-{name}", name


def _new_cookie(kind: str, identifier: str, seconds: int, *, is_secure: bool) -> BrowserCookie:
    secure, plain = _names(kind, identifier)
    return BrowserCookie(secure if is_secure else plain, token_urlsafe(_BYTES), seconds, is_secure)


def _is_held(kind: str, identifier: str, cookies: Mapping[str, str], hashed: str) -> bool:
    return any(
        hmac.compare_digest(_hash(cookies[name]), hashed)
        for name in _names(kind, identifier)
        if name in cookies
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
