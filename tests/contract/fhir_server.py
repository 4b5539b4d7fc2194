"""A FHIR server on loopback that remembers who asked for what, and fails as it is told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from tests.contract.calls import Json, searchset
from tests.kit.scripted_server import Asked, Reply, ScriptedServer, json_reply


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that arrived."""

    path: str  # below the FHIR base, without a leading slash; with the query
    authorization: str

    @property
    def type(self) -> str:
        """The resource type that was asked for; empty for a further page."""
        return self.path.split("?")[0].split("/")[0]


@dataclass(slots=True)
class FhirServer:
    """What the server holds and how it behaves; `base` is filled in when it runs."""

    resources: Sequence[Json] = ()
    statuses: dict[str, int] = field(default_factory=dict)  # by resource type; `*` for all
    seconds: float = 0.0  # before each answer
    page_size: int = 0  # 0: everything on one page
    next_base: str = ""  # another server that `next` links point to
    redirect_to: str = ""
    base: str = ""
    hits: list[Hit] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def types(self) -> set[str]:
        """The resource types that were asked for."""
        return {hit.type for hit in self.hits}

    def answer(self, path: str) -> tuple[int, Json]:
        """Status and body for a path below the base."""
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        kind, _, identifier = parts.path.partition("/")
        status = self.statuses.get(kind, self.statuses.get("*", 200))
        if status != 200:
            return status, {
                "resourceType": "OperationOutcome",
                "issue": [{"severity": "error", "code": "exception"}],
            }
        if identifier:
            return self._read(kind, identifier)
        return 200, self._search(kind or query["type"], query)

    def _read(self, kind: str, identifier: str) -> tuple[int, Json]:
        for resource in self.resources:
            if resource["resourceType"] == kind and resource["id"] == identifier:
                return 200, resource
        return 404, {
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": "not-found"}],
        }

    def _search(self, kind: str, query: dict[str, str]) -> Json:
        found = [each for each in self.resources if _matches(each, kind, query)]
        if not self.page_size:
            return searchset(found, total=len(found))
        start = int(query.get("start", "0"))
        end = start + self.page_size
        page = searchset(found[start:end])
        if end < len(found):
            filters = [f"&{name}={query[name]}" for name in ("patient", "date") if name in query]
            link = f"{self.next_base or self.base}?type={kind}&start={end}{''.join(filters)}"
            page["link"] = [{"relation": "next", "url": link}]
        return page


def _matches(resource: Json, kind: str, query: dict[str, str]) -> bool:
    if resource["resourceType"] != kind:
        return False
    if "_id" in query and resource["id"] not in query["_id"].split(","):
        return False
    patient = query.get("patient", "").removeprefix("Patient/")
    if patient and resource.get("subject", {}).get("reference") != f"Patient/{patient}":
        return False
    practitioners = {each.split("/")[-1] for each in query.get("practitioner", "").split(",")}
    who = resource.get("practitioner", {}).get("reference", "").split("/")[-1]
    if practitioners != {""} and who not in practitioners:
        return False
    bound = query.get("date", "").removeprefix("ge")
    return not bound or resource.get("period", {}).get("end", bound)[:10] >= bound


@contextmanager
def running(server: FhirServer) -> Iterator[FhirServer]:
    """The server on a free loopback port, stopped at the end."""

    def script(asked: Asked) -> Reply:
        with server.lock:
            server.hits.append(Hit(asked.address, asked.headers.get("authorization", "")))
        if server.redirect_to:
            location = f"{server.redirect_to}/{asked.address}"
            return Reply(302, headers={"Location": location}, delay=server.seconds)
        status, body = server.answer(asked.address)
        return json_reply(body, status=status, delay=server.seconds)

    with ScriptedServer(script) as scripted:
        server.base = scripted.base_url
        yield server
