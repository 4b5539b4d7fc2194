"""The HTTP server of the tests: on loopback, does what a script says, remembers what it was asked.

    def script(asked: Asked) -> Reply: ...
    with ScriptedServer(script) as server:
        server.base_url        # http://127.0.0.1:…/fhir
        server.asked           # every request: its address below the base, its headers

It can be slow, drip, cut a body, hang up, lie about its type, and send anywhere. What keeps
resources, passes requests on or has keys is a script of this server.
"""

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

Resource = dict[str, Any]
HAPI = {"X-Powered-By": "HAPI FHIR 8.8.0 REST Server (FHIR Server; FHIR 4.0.1/R4)"}


@dataclass(frozen=True)
class Asked:
    """One request. `address` is relative to the base: `Patient/1`, `Encounter?patient=1`."""

    address: str
    headers: Mapping[str, str]
    connection: int  # the same number for requests on one kept connection
    method: str = "GET"
    target: str = ""  # path and query as they came, the base included
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.address.partition("?")[0]

    @property
    def parameters(self) -> dict[str, list[str]]:
        return parse_qs(self.address.partition("?")[2], keep_blank_values=True)


@dataclass(frozen=True)
class Reply:
    """What is sent back. Header names are given once; Content-Length is set by the server."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds before the status line
    drip: float = 0.0  # seconds before each byte of the body
    drips_headers: bool = False  # the drip begins with the status line
    missing: int = 0  # bytes that are announced and never sent; then the connection ends
    hangs_up: bool = False  # no answer at all: the connection ends
    closes: bool = False  # the connection ends after the answer, without notice
    chunked: bool = False


Script = Callable[[Asked], Reply]


def json_reply(value: object, **members: Any) -> Reply:
    """Any JSON value, as FHIR."""
    headers = {"Content-Type": "application/fhir+json;charset=utf-8", **members.pop("headers", {})}
    return Reply(body=json.dumps(value).encode(), headers=headers, **members)


def gzip_reply(value: object) -> Reply:
    """The same, zipped."""
    plain = json_reply(value)
    zipped = {**plain.headers, "Content-Encoding": "gzip"}
    return Reply(body=gzip.compress(plain.body), headers=zipped)


def outcome_reply(status: int, **members: Any) -> Reply:
    """An error as FHIR servers send it, with texts that must not get into a log."""
    issue = {"severity": "error", "code": "processing", "diagnostics": "HAPI-0000: MARKER"}
    return json_reply(
        {"resourceType": "OperationOutcome", "issue": [issue]}, status=status, **members
    )


def bundle(*resources: Resource, next_url: str | None = None, total: int | None = None) -> Resource:
    """A searchset of matches."""
    page: Resource = {"resourceType": "Bundle", "type": "searchset"}
    page["entry"] = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    if next_url is not None:
        page["link"] = [{"relation": "next", "url": next_url}]
    if total is not None:
        page["total"] = total
    return page


def in_turn(*replies: Reply) -> Script:
    """One reply after another, whatever is asked; the last one for ever."""
    left = list(replies) or [Reply(status=404)]
    lock = threading.Lock()

    def script(_: Asked) -> Reply:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return script


def by_address(replies: Mapping[str, Reply]) -> Script:
    """A reply per address; anything else is 404."""
    return lambda asked: replies.get(asked.address, outcome_reply(404))


class ScriptedServer:
    """The server; it runs while its `with` block does. The script may be changed in between."""

    def __init__(
        self, script: Script, *, path: str = "/fhir", tls: ssl.SSLContext | None = None
    ) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self._path = path
        self._server = _Server(("127.0.0.1", 0), _Handler, bind_and_activate=True)
        self._server.owner = self
        self._server.tls = tls
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        scheme = "http" if self._server.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}{self._path}"

    @property
    def addresses(self) -> list[str]:
        """What was asked, in order."""
        return [asked.address for asked in self.asked]

    def note(self, handler: BaseHTTPRequestHandler) -> Asked:
        """Remember the request that a handler has begun to read, and read the rest of it."""
        asked = Asked(
            handler.path.removeprefix(self._path).removeprefix("/"),
            {name.lower(): value for name, value in handler.headers.items()},
            handler.client_address[1],
            handler.command,
            handler.path,
            handler.rfile.read(int(handler.headers.get("Content-Length", 0))),
        )
        self.asked.append(asked)
        return asked

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stopping.set()
        self._server.shutdown()
        self._server.end_connections()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    owner: ScriptedServer
    tls: ssl.SSLContext | None = None

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.stopping = threading.Event()
        self._open: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.tls is not None:
            connection.settimeout(2.0)
            connection = self.tls.wrap_socket(connection, server_side=True)
        self._open.append(connection)
        return connection, address

    def end_connections(self) -> None:
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        asked = self.server.owner.note(self)
        reply = self.server.owner.script(asked)
        self.server.stopping.wait(reply.delay)
        self.close_connection = reply.closes or reply.hangs_up or reply.missing > 0
        if not reply.hangs_up:
            self._send(reply)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 - the names that http.server asks for

    def _send(self, reply: Reply) -> None:
        lines = [f"HTTP/1.1 {reply.status} Scripted"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        length = len(reply.body) + reply.missing
        lines.append("Transfer-Encoding: chunked" if reply.chunked else f"Content-Length: {length}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self._write(head, reply.drip if reply.drips_headers else 0.0)
        body = _in_chunks(reply.body) if reply.chunked else reply.body
        self._write(body, reply.drip)
        self.wfile.flush()

    def _write(self, data: bytes, drip: float) -> None:
        if not drip:
            self.wfile.write(data)
            return
        for place in range(len(data)):
            if self.server.stopping.is_set():
                return
            self.wfile.write(data[place : place + 1])
            time.sleep(drip)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - as in http.server
        """Tests look at `asked` instead."""


def _in_chunks(body: bytes) -> bytes:
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
