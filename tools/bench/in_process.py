"""So many calls of our application in this process, without a socket: for counting instructions.

python -m tools.bench.in_process 20 30      # contacts, calls
"""

import asyncio
import json
import sys
from typing import Any, Final

from tools.bench import records
from tools.bench.applications import PATH, ours

_HEADERS: Final = [(b"content-type", b"application/json"), (b"host", b"bench")]
_OK: Final = 200


async def _answer(application: Any, body: bytes) -> None:
    """One call by the protocol that every ASGI server speaks."""
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [*_HEADERS, (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await application(scope, receive, send)
    if statuses != [_OK]:
        raise RuntimeError(f"status {statuses}")


async def _main(contacts: int, calls: int) -> None:
    application = ours()
    body = json.dumps(records.call(contacts)).encode()
    for _ in range(calls):
        await _answer(application, body)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2])))
