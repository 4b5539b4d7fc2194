"""A FHIR server in a process of its own: fast, always the same, and for any patient.

    python -m tools.soak.scripted_server PORT

Each patient has the same record. An answer takes 30 ms, every twentieth one 300 ms, as on a server
that others use too.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qs

import uvicorn

from tools.bench import records

Json = dict[str, Any]
Send = Callable[[Json], Awaitable[None]]

BASE_PATH: Final = "/fhir"
CONTACTS: Final = 60
_QUICK, _SLOW, _EVERY = 0.03, 0.3, 20
_NOT_FOUND: Final = b'{"resourceType":"OperationOutcome","issue":[]}'


class ScriptedServer:
    """ASGI application: reads by id, searches by patient or by practitioner."""

    def __init__(self) -> None:
        resources = records.resources(CONTACTS)
        self._reads = {_key(each): json.dumps(each).encode() for each in resources}
        self._resources = resources
        self._searches: dict[tuple[str, str], bytes] = {}
        self._answers = 0

    async def __call__(self, scope: Json, _: object, send: Send) -> None:
        """One exchange."""
        if scope["type"] != "http":
            return
        self._answers += 1
        await asyncio.sleep(_QUICK if self._answers % _EVERY else _SLOW)
        path = scope["path"].removeprefix(f"{BASE_PATH}/")
        status, body = self._answer(path, scope["query_string"].decode())
        headers = [
            (b"content-type", b"application/fhir+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, path: str, query: str) -> tuple[int, bytes]:
        resource_type, _, resource_id = path.partition("/")
        if resource_type == "Patient":
            known = self._reads[f"Patient/{records.PATIENT}"]
            return 200, known.replace(records.PATIENT.encode(), resource_id.encode())
        if resource_id:
            found = self._reads.get(path)
            return (404, _NOT_FOUND) if found is None else (200, found)
        wanted = parse_qs(query)
        who = wanted.get("practitioner", wanted.get("_id", [""]))[-1]
        patient = wanted.get("patient", wanted.get("subject", [records.PATIENT]))[-1]
        body = self._search(resource_type, who)
        own = f'"Patient/{patient.rpartition("/")[2]}"'
        return 200, body.replace(f'"Patient/{records.PATIENT}"'.encode(), own.encode())

    def _search(self, resource_type: str, who: str) -> bytes:
        key = (resource_type, who)
        if key not in self._searches:
            self._searches[key] = json.dumps(self._bundle(resource_type, who)).encode()
        return self._searches[key]

    def _bundle(self, resource_type: str, who: str) -> Json:
        ids = {each.rpartition("/")[2] for each in who.split(",")} if who else set()
        found = [
            each
            for each in self._resources
            if each["resourceType"] == resource_type and (not ids or _ids_of(each) & ids)
        ]
        entries = [{"resource": each, "search": {"mode": "match"}} for each in found]
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
        return {**bundle, "entry": entries} if entries else bundle


def _ids_of(resource: Json) -> set[str]:
    practitioner = resource.get("practitioner", {}).get("reference", "")
    return {resource["id"], practitioner.rpartition("/")[2]}


def _key(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


if __name__ == "__main__":
    uvicorn.run(
        ScriptedServer(),
        port=int(sys.argv[1]),
        log_level="critical",
        access_log=False,
    )
