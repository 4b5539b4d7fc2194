"""A server of key sets on loopback that counts who asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.kit.scripted_server import Asked, Reply, ScriptedServer


@dataclass(slots=True)
class KeyServer:
    """What it answers, and how often it was asked; `url` is filled in when it runs."""

    body: bytes = b'{"keys": []}'
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    hits: list[str] = field(default_factory=list)


@contextmanager
def running(server: KeyServer) -> Iterator[KeyServer]:
    """The server on a free loopback port, stopped at the end."""

    def script(asked: Asked) -> Reply:
        server.hits.append(asked.target)
        return Reply(server.status, server.body, server.headers, closes=True)

    with ScriptedServer(script) as scripted:
        server.url = f"{scripted.origin}/jwks.json"
        yield server
