"""A real HTTP server round a site in production, and everything that it writes anywhere."""

import http.client
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cds_service.app import create_app
from cds_service.cli.running_service import running_service
from cds_service.observing.event_log import JsonLines
from tests.clients.issuing import signing_key
from tests.clients.site import ENTRY, Site
from tests.contract.fhir_server import FhirServer, running
from tests.privacy.marked import BSN, MARK, Json, headers, marked_record

NOISY = ("urllib3", "requests", "uvicorn", "uvicorn.error", "uvicorn.access", "sqlalchemy",
         "sqlalchemy.engine", "sqlalchemy.pool", "alembic", "asyncio", "fastapi", "cds_service",
         "fhir_mappings", "jwt", "concurrent.futures", "psycopg")  # fmt: skip


class TalkativeServer(FhirServer):
    """A FHIR server whose errors quote names and numbers, as those of real ones do."""

    def answer(self, path: str) -> tuple[int, Json]:
        """Status and body."""
        status, body = super().answer(path)
        if status != 200:
            body = {**body, "text": {"div": f"{MARK} {BSN}"}, "id": MARK}
        return status, body


class Everything(logging.Handler):
    """All log records: as our formatter writes them, and as any other would, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []
        self._ours, self._plain = JsonLines(), logging.Formatter("%(name)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it in both forms, with the arguments and the fields beside the text."""
        self.texts += [self._ours.format(record), self._plain.format(record), str(vars(record))]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over the wire."""

    status: int
    head: str
    body: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A running service, its site, the FHIR server that its client may name, and its log."""

    url: str
    site: Site
    server: TalkativeServer
    log: Everything

    def post(
        self, body: object, path: str = "/cds-services/imsr-order-sign", **more: str
    ) -> Answer:
        """Send a call with a good token, or what the headers say otherwise."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, content, headers(signing_key().token(), **more))

    def send(
        self, method: str, path: str, content: bytes = b"", given: Mapping[str, str] | None = None
    ) -> Answer:
        """Any request. `http.client` writes no log of its own."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        try:
            connection.request(method, path, content, dict(given or {}))
            got = connection.getresponse()
            return Answer(got.status, str(got.msg), got.read().decode())
        finally:
            connection.close()

    def written(self) -> str:
        """Everything that was logged."""
        return "\n".join(self.log.texts)

    def metrics(self) -> str:
        """The text of /metrics."""
        return self.send("GET", "/metrics").body


@contextmanager
def everything_logged() -> Iterator[Everything]:
    """All loggers at DEBUG, whatever a site may set."""
    handler, root = Everything(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in (*NOISY, None)}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def watched(folder: Path, **environ: str) -> Iterator[Watched]:
    """The service of a site, watched from before its start to its end."""
    with ExitStack() as stack:
        log = stack.enter_context(everything_logged())
        server = TalkativeServer(marked_record())
        stack.enter_context(running(server))
        entry = {**ENTRY, "fhir_servers": [server.base, "https://ehr.example.nl/fhir"]}
        site = Site(folder, entry, **environ)
        url = stack.enter_context(running_service(create_app(site.settings), "127.0.0.1", 0))
        yield Watched(url, site, server, log)


Case = Callable[[Watched], Answer]
