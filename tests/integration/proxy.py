"""A proxy between the service and a real FHIR server: it counts, and it fails where it is told to.

    with Proxy(hapi) as proxy:                              # http.server on a free loopback port
        proxy.rule = lambda asked: Answer(500) if asked.url.startswith("Procedure") else None
        ...
        assert proxy.urls == ["Patient/1", ...]

HAPI repeats the Host header in its links, so all further pages go through the proxy as well.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

FAILED: Final = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception"}],
}
_PASSED_ON: Final = ("Accept", "Accept-Encoding", "Authorization", "Cache-Control")
_PASSED_BACK: Final = ("Content-Type", "Content-Encoding", "X-Powered-By", "X-Cache")
_COUNT: Final = re.compile(r"(?<=[?&]_count=)\d+")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `url` is what follows the FHIR base; `turn` counts those of its connection."""

    url: str
    headers: Mapping[str, str]
    turn: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The proxy answers in place of the server."""

    status: int


@dataclass(frozen=True, slots=True)
class Delay:
    """The server's answer comes so many seconds late."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drip:
    """The server's answer comes byte by byte, with so many seconds between two of them."""

    seconds: float


@dataclass(frozen=True, slots=True)
class CutBody:
    """Half of the server's answer comes, then the connection is closed."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is closed without an answer, as one is that was idle for too long."""


Fault = Answer | Delay | Drip | CutBody | Drop
Rule = Callable[[Asked], Fault | None]


def no_fault(_: Asked) -> None:
    """Everything is passed on."""


class Proxy:
    """Passes GETs on to the FHIR server at `target`, and keeps what was asked.

    `rule` says what goes wrong with a request. `page_size` replaces every `_count`. `hides_hapi`
    leaves out the header by which a HAPI server is recognised.
    """

    def __init__(
        self,
        target: str,
        *,
        rule: Rule = no_fault,
        page_size: int | None = None,
        hides_hapi: bool = False,
    ) -> None:
        self.target = urlsplit(target)
        self.rule = rule
        self.page_size = page_size
        self.hides_hapi = hides_hapi
        self.asked: list[Asked] = []
        self.stopped = threading.Event()
        self.server_side = requests.Session()
        self.server_side.trust_env = False
        self.server_side.mount("http://", HTTPAdapter(pool_maxsize=32))
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    @property
    def base_url(self) -> str:
        """The FHIR base, as clients of the proxy see it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.target.path}"

    @property
    def urls(self) -> list[str]:
        """What was asked so far, in the order of arrival."""
        return [each.url for each in tuple(self.asked)]

    def forget(self) -> None:
        """Begin to count anew."""
        self.asked = []

    def fetched(self, path: str, headers: Mapping[str, str]) -> requests.Response:
        """The answer of the server to a path with its query."""
        if self.page_size is not None:
            path = _COUNT.sub(str(self.page_size), path)
        return self.server_side.get(
            f"{self.target.scheme}://{self.target.netloc}{path}",
            headers=headers,
            timeout=60,
            stream=True,
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.server_side.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no error of the proxy."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    turn = 0

    def do_GET(self) -> None:
        proxy = self.server.proxy
        self.turn += 1
        below_base = self.path.removeprefix(proxy.target.path).removeprefix("/")
        asked = Asked(below_base, dict(self.headers.items()), self.turn)
        proxy.asked.append(asked)
        fault = proxy.rule(asked)
        match fault:
            case Drop():
                self.close_connection = True
            case Answer(status):
                body = json.dumps(FAILED).encode()
                self._send(status, body, {"Content-Type": "application/fhir+json"}, None)
            case _:
                self._pass_on(proxy, fault)

    def _pass_on(self, proxy: Proxy, fault: Fault | None) -> None:
        if isinstance(fault, Delay):
            proxy.stopped.wait(fault.seconds)
        headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
        with proxy.fetched(self.path, {**headers, "Host": self.headers["Host"]}) as answer:
            body = answer.raw.read(decode_content=False)
            back = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
            if proxy.hides_hapi:
                back.pop("X-Powered-By", None)
            self._send(answer.status_code, body, back, fault)

    def _send(
        self, status: int, body: bytes, headers: Mapping[str, str], fault: Fault | None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        match fault:
            case CutBody():
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            case Drip(seconds):
                self._drip(body, seconds)
            case _:
                self.wfile.write(body)

    def _drip(self, body: bytes, seconds: float) -> None:
        for byte in body:
            if self.server.proxy.stopped.wait(seconds):
                return
            self.wfile.write(bytes((byte,)))

    def log_message(self, *_: object) -> None:
        """Nothing: a test reads `proxy.urls`."""
