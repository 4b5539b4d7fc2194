"""Kept connections, with one time limit for a whole answer and an age limit for idle ones.

`requests` limits each wait for bytes, so a server that sends one byte a second could hold us for
hours. Here the time-out of a request is the time for all of it: before each wait the socket gets
what is left. Nothing is taken from the environment: no proxy, no netrc, no other certificates.
A connection is made only to an address that the rules allow (see `addresses`).
"""

import http.client
import io
import logging
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import Timeout

from cds_service.fhir_access.name_lookups import NAMES

HEADERS = {
    "Accept": "application/fhir+json, application/json;q=0.9, application/json+fhir;q=0.8",
    "Accept-Encoding": "gzip",  # HAPI knows the bare word only
    "Cache-Control": "no-cache",  # never no-store: HAPI then cuts the page and says nothing
    "User-Agent": "imsr-cds",
}
MayConnect = Callable[[str, str], bool]  # a listed host, and an address that it leads to
_LOGGERS = ("connection", "connectionpool", "poolmanager", "response", "util.retry")


class _TimedReads(io.RawIOBase):
    """Reads of one answer; each may wait as long as the whole answer still may take."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._ends = time.monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining = self._ends - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._sock.settimeout(remaining)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An answer whose status line, headers and body together keep the time limit."""

    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp = io.BufferedReader(_TimedReads(self.fp.detach(), sock))


class ForbiddenAddressError(Exception):
    """All addresses that a name leads to are such as are not connected to."""


class _TimedConnection(HTTPConnection):
    """A connection to an allowed address, that is not used again once it was idle for long."""

    response_class = _TimedResponse
    idle_seconds = 20.0
    may_connect: MayConnect = staticmethod(lambda _host, _address: False)
    _used = 0.0

    def _new_conn(self) -> socket.socket:
        """A socket to the very address that was judged; errors as urllib3 names them."""
        seconds = self.timeout if isinstance(self.timeout, int | float) else 0.0
        ends = time.monotonic() + seconds
        try:
            return self._connected(ends)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, "no connection") from error

    def _connected(self, ends: float) -> socket.socket:
        """Try one allowed address after another, all inside one time limit."""
        failure: OSError = TimeoutError()
        has_tried = False
        seconds = ends - time.monotonic()
        for family, address in NAMES.addresses(self._dns_host, self.port or 0, seconds=seconds):
            if not self.may_connect(self._dns_host, address[0]):
                continue
            has_tried = True
            try:
                return _socket_to(family, address, ends)
            except OSError as error:
                failure = error
        if has_tried:
            raise failure
        raise ForbiddenAddressError

    def getresponse(self) -> Any:
        self._used = time.monotonic()
        return super().getresponse()

    @property
    def is_connected(self) -> bool:
        return time.monotonic() - self._used < self.idle_seconds and super().is_connected


def _socket_to(family: socket.AddressFamily, address: Any, ends: float) -> socket.socket:
    remaining = ends - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.settimeout(remaining)
        made.connect(address)
    except BaseException:
        made.close()
        raise
    return made


class _TimedTlsConnection(_TimedConnection, HTTPSConnection):
    """The same with TLS."""


class _Adapter(HTTPAdapter):
    def __init__(
        self, idle_seconds: float, at_once: int, tls: ssl.SSLContext | None, may_connect: MayConnect
    ) -> None:
        self._tls = tls
        self._own = {"idle_seconds": idle_seconds, "may_connect": staticmethod(may_connect)}
        super().__init__(pool_connections=4, pool_maxsize=at_once, max_retries=0)

    def init_poolmanager(
        self,
        connections: int,
        maxsize: int,
        block: bool = False,  # noqa: FBT001, FBT002 - as in requests
        **pool_kwargs: Any,
    ) -> None:
        """Pools of our own kind of connections."""
        tls = {} if self._tls is None else {"ssl_context": self._tls}
        super().init_poolmanager(connections, maxsize, block, **tls, **pool_kwargs)
        plain = type("Connection", (_TimedConnection,), self._own)
        secure = type("TlsConnection", (_TimedTlsConnection,), self._own)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }

    def send(  # noqa: PLR0913, PLR0917 - as in requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send; `timeout` is one number for connecting, waiting and reading together."""
        whole: Any = Timeout(total=timeout) if isinstance(timeout, float) else timeout
        return super().send(request, stream, whole, verify, cert, proxies)


class _Session(requests.Session):
    """Redirects are for `Exchange` to judge.

    Without this, `requests` prepares for the next one although it is told not to follow: it reads
    the body of the redirect, of any length and unzipped, and stumbles over an address that is none.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        return None


def open_connections(
    *,
    idle_seconds: float,
    at_once: int,
    may_connect: MayConnect,
    tls: ssl.SSLContext | None = None,
) -> requests.Session:
    """Connections to one server, for use by several threads. `tls` None: as usual.

    No cookie is kept: it could tie the call of one user to that of another. A session without
    cookies and without settings that change is safe to share.
    """
    session = _Session()
    session.trust_env = False
    session.headers = requests.structures.CaseInsensitiveDict(HEADERS)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(idle_seconds, at_once, tls, may_connect)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def silence_urls_in_logs() -> None:
    """Switch off the log lines of urllib3: they hold whole URLs, so ids of patients."""
    for name in _LOGGERS:
        logger = logging.getLogger(f"urllib3.{name}")
        if _nothing not in logger.filters:
            logger.addFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False
