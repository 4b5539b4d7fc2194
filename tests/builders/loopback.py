"""FHIR servers on loopback for tests: one that keeps what is put there, one that passes on."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import parse_qs, urlsplit

import requests

from tests.builders.codes import Json
from tests.builders.hook_calls import FAILED, searchset
from tests.kit.scripted_server import Asked, Reply, ScriptedServer, json_reply

BASE_PATH: Final = "/fhir"
_SEARCHED: Final = {
    "patient": ("subject", "patient"),
    "subject": ("subject", "patient"),
    "practitioner": ("practitioner",),
}

Answer = tuple[int, Json]


class LoopbackFhir:
    """Keeps resources in memory: read, PUT, search by patient, practitioner and id.

    Dates are not searched, which makes answers larger, never smaller. `pages` are answered as they
    are, by path and query below the base; `refuses` says with which status a PUT is refused.
    """

    def __init__(
        self,
        resources: Iterable[Json] = (),
        *,
        pages: Iterable[tuple[str, Json]] = (),
        refuses: Callable[[str], int] = lambda _: 0,
    ) -> None:
        self.resources = {f"{each['resourceType']}/{each['id']}": each for each in resources}
        self.pages = dict(pages)
        self.refuses = refuses
        self.requests: list[str] = []

    def answer(self, method: str, path: str, query: str, body: bytes) -> Answer:
        """The answer to one request."""
        self.requests.append(f"{method} {path}?{query}" if query else f"{method} {path}")
        if method == "PUT":
            return self._put(path.lstrip("/"), body)
        page = self.pages.get(f"{path}?{query}")
        if page is not None:
            return 200, page
        key = path.strip("/")
        if "/" in key:
            found = self.resources.get(key)
            return (200, found) if found else (404, FAILED)
        return 200, searchset(self._search(key, parse_qs(query)), ())

    def _put(self, key: str, body: bytes) -> Answer:
        status = self.refuses(key)
        if status:
            return status, FAILED
        is_new = key not in self.resources
        self.resources[key] = json.loads(body)
        return (201 if is_new else 200), self.resources[key]

    def _search(self, resource_type: str, query: dict[str, list[str]]) -> list[Json]:
        return [
            each
            for each in self.resources.values()
            if each["resourceType"] == resource_type
            and all(_fits(each, name, values[-1]) for name, values in query.items())
        ]


def _fits(resource: Json, name: str, value: str) -> bool:
    wanted = {each.rpartition("/")[2] for each in value.split(",")}
    if name == "_id":
        return resource["id"] in wanted
    elements = _SEARCHED.get(name)
    if elements is None:
        return True
    references = [resource.get(each, {}).get("reference", "") for each in elements]
    return any(each.rpartition("/")[2] in wanted for each in references if each)


@contextmanager
def serve(fhir: LoopbackFhir) -> Iterator[str]:
    """The base URL of the server while it runs."""

    def script(asked: Asked) -> Reply:
        path, _, query = asked.target.removeprefix(BASE_PATH).partition("?")
        status, resource = fhir.answer(asked.method, path, query, asked.body)
        return json_reply(resource, status=status)

    with ScriptedServer(script, path=BASE_PATH) as server:
        yield server.base_url


class PassingOn:
    """Passes GETs on to a real server, but fails where it is told to.

    `fails` says of a path whether it is answered with 500. `lost_page`: each first page of
    Encounters gets a `next` link, and what is behind it cannot be had.
    """

    def __init__(
        self, *, fails: Callable[[str], bool] = lambda _: False, lost_page: bool = False
    ) -> None:
        self.fails = fails
        self.lost_page = lost_page


@contextmanager
def passing_on(base_url: str, rules: PassingOn) -> Iterator[str]:
    """The base URL of the server in between while it runs."""
    target = urlsplit(base_url)
    session = requests.Session()

    def script(asked: Asked) -> Reply:
        host = asked.headers["host"]
        if "_getpages=lost" in asked.target or rules.fails(asked.target.removeprefix(target.path)):
            return json_reply(FAILED, status=500)
        answer = session.get(
            f"{target.scheme}://{target.netloc}{asked.target}",
            headers={"Host": host, "Accept-Encoding": "identity"},
            timeout=60,
        )
        body = answer.content
        if rules.lost_page and asked.path == "Encounter":
            body = _with_lost_page(answer.json(), f"http://{host}{target.path}")
        headers = {
            "Content-Type": "application/fhir+json",
            "X-Powered-By": answer.headers.get("X-Powered-By", ""),
        }
        return Reply(answer.status_code, body, headers)

    with session, ScriptedServer(script, path=target.path) as server:
        yield server.base_url


def _with_lost_page(bundle: Json, base: str) -> bytes:
    links = [each for each in bundle.get("link", []) if each["relation"] != "next"]
    lost = {"relation": "next", "url": f"{base}?_getpages=lost"}
    return json.dumps({**bundle, "link": [*links, lost]}).encode()
