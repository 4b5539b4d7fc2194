"""Kept connections, with one time limit for a whole answer and an age limit for idle ones.

`requests` limits each wait for bytes, so a server that sends one byte a second could hold us for
hours. Here the time-out of a request is the time for all of it: before each wait the socket gets
what is left. Nothing is taken from the environment: no proxy, no netrc, no other certificates.
"""

import http.client
import io
import logging
import socket
import ssl
import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Timeout
from urllib3.util.ssl_ import create_urllib3_context

HEADERS = {
    "Accept": "application/fhir+json, application/json;q=0.9, application/json+fhir;q=0.8",
    "Accept-Encoding": "gzip",  # HAPI knows the bare word only
    "Cache-Control": "no-cache",  # never no-store: HAPI then cuts the page and says nothing
    "User-Agent": "imsr-cds",
}
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


class _TimedConnection(HTTPConnection):
    """A connection that is not used again once it was idle for long."""

    response_class = _TimedResponse
    idle_seconds = 20.0
    _used = 0.0

    def getresponse(self) -> Any:
        self._used = time.monotonic()
        return super().getresponse()

    @property
    def is_connected(self) -> bool:
        return time.monotonic() - self._used < self.idle_seconds and super().is_connected


class _TimedTlsConnection(_TimedConnection, HTTPSConnection):
    """The same with TLS."""


class _Adapter(HTTPAdapter):
    def __init__(self, idle_seconds: float, at_once: int, extra_ca: str | None) -> None:
        self._idle_seconds = idle_seconds
        self._tls = _tls_context(extra_ca)
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
        idle = {"idle_seconds": self._idle_seconds}
        plain = type("Connection", (_TimedConnection,), idle)
        secure = type("TlsConnection", (_TimedTlsConnection,), idle)
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


def _tls_context(extra_ca: str | None) -> ssl.SSLContext | None:
    """None: the usual authorities. Else those and the ones in a file."""
    if extra_ca is None:
        return None
    context = create_urllib3_context()
    context.load_verify_locations(cafile=extra_ca)
    return context


def open_connections(
    *, idle_seconds: float, at_once: int, extra_ca: str | None = None
) -> requests.Session:
    """Connections to one server, for use by several threads.

    No cookie is kept: it could tie the call of one user to that of another. A session without
    cookies and without settings that change is safe to share.
    """
    session = requests.Session()
    session.trust_env = False
    session.headers = requests.structures.CaseInsensitiveDict(HEADERS)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(idle_seconds, at_once, extra_ca)
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
