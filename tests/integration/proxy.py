"""A proxy between the service and a real FHIR server: it counts, and it fails where it is told to.

    with Proxy(hapi) as proxy:                              # on a free loopback port
        proxy.rule = lambda asked: Answer(500) if asked.url.startswith("Procedure") else None
        ...
        assert proxy.urls == ["Patient/1", ...]

HAPI repeats the Host header in its links, so all further pages go through the proxy as well.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from tests.kit import scripted_server
from tests.kit.scripted_server import Reply, ScriptedServer, json_reply

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
        self.server_side = requests.Session()
        self.server_side.trust_env = False
        self.server_side.mount("http://", HTTPAdapter(pool_maxsize=32))
        self._server = ScriptedServer(self._reply, path=self.target.path)

    @property
    def base_url(self) -> str:
        """The FHIR base, as clients of the proxy see it."""
        return self._server.base_url

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
        self._server.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.__exit__(kind, error, trace)
        self.server_side.close()

    def _reply(self, scripted: scripted_server.Asked) -> Reply:
        turn = sum(each.connection == scripted.connection for each in self._server.asked)
        asked = Asked(scripted.address, CaseInsensitiveDict(scripted.headers), turn)
        self.asked.append(asked)
        fault = self.rule(asked)
        match fault:
            case Drop():
                return Reply(hangs_up=True)
            case Answer(status):
                return json_reply(FAILED, status=status)
            case _:
                return _with_fault(self._passed_on(scripted.target, asked), fault)

    def _passed_on(self, path: str, asked: Asked) -> Reply:
        passed_on = ("Host", *_PASSED_ON)
        headers = {name: asked.headers[name] for name in passed_on if name in asked.headers}
        with self.fetched(path, headers) as answer:
            body = answer.raw.read(decode_content=False)
            back = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
        if self.hides_hapi:
            back.pop("X-Powered-By", None)
        return Reply(answer.status_code, body, back)


def _with_fault(reply: Reply, fault: Fault | None) -> Reply:
    match fault:
        case CutBody():
            half = len(reply.body) // 2
            return replace(reply, body=reply.body[:half], missing=len(reply.body) - half)
        case Drip(seconds):
            return replace(reply, drip=seconds)
        case Delay(seconds):
            return replace(reply, delay=seconds)
        case _:
            return reply
