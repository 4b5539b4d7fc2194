"""A page of another origin, in a real browser: discovery, a call at signing, the card on screen."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from markdown_it import MarkdownIt

from cds_service.app import create_app
from cds_service.cli.running_service import running_service
from cds_service.demo.patients import DemoPatient
from cds_service.demo.records import order_sign_call_with_record
from cds_service.demo.stories import DEMO_PATIENTS
from cds_service.settings.settings import read_settings

PAGE = Path(__file__).with_name("ehr_page.html").read_bytes()
SETTINGS = {"IMSR_MODE": "development", "IMSR_TODAY": "2026-06-15"}
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,1100",
    "--virtual-time-budget=20000",
)


def _patient(key: str) -> DemoPatient:
    return next(patient for patient in DEMO_PATIENTS if patient.key == key)


class _Ehr(BaseHTTPRequestHandler):
    """The EHR: its page, the call that it sends, and Markdown as it would show it."""

    call: dict[str, Any]

    def do_GET(self) -> None:
        if self.path.startswith("/call.json"):
            self._answer(json.dumps(self.call).encode(), "application/json")
        elif self.path.startswith("/page"):
            self._answer(PAGE, "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        detail = self.rfile.read(int(self.headers["Content-Length"])).decode()
        html = MarkdownIt("commonmark", {"html": False}).enable("table").render(detail)
        self._answer(html.encode(), "text/html; charset=utf-8")

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the test's own output is enough."""


@contextmanager
def _ehr(call: dict[str, Any]) -> Iterator[str]:
    handler = type("Ehr", (_Ehr,), {"call": call})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> str:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    return program


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with running_service(create_app(read_settings(SETTINGS)), "127.0.0.1", 0) as url:
        yield url


def _page(chromium: str, service: str, patient: DemoPatient, folder: Path) -> str:
    """The page as the browser shows it; a picture of it is left where IMSR_SCREENSHOTS says."""
    pictures = Path(os.environ.get("IMSR_SCREENSHOTS", str(folder)))
    with _ehr(order_sign_call_with_record(patient)) as ehr:
        address = f"{ehr}/page?service={quote(service, safe='')}"
        command = (chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}")
        picture = f"--screenshot={pictures / f'{patient.key}.png'}"
        run = {"check": True, "capture_output": True, "timeout": 120}
        subprocess.run((*command, picture, address), **run)  # type: ignore[call-overload]  # noqa: PLW1510
        shown = subprocess.run((*command, "--dump-dom", address), **run)  # type: ignore[call-overload]  # noqa: PLW1510
    return str(shown.stdout.decode())


@pytest.mark.browser
@pytest.mark.parametrize(
    ("key", "indicator", "words"),
    [
        ("optie-1", "info", "aantal en duur aangetoond in dit dossier (optie 1)"),
        ("ziekenhuis", "warning", "nog niet aangetoond"),
    ],
)
def test_a_page_of_another_origin_shows_the_card(
    chromium: str, service: str, tmp_path: Path, key: str, indicator: str, words: str
) -> None:
    """Preflight, CORS, the answer and its Markdown: the table is a table on the page."""
    page = _page(chromium, service, _patient(key), tmp_path)
    assert 'data-state="done"' in page
    assert f'class="card {indicator}"' in page
    assert words in page
    assert page.count("<tr>") == 4
    assert "<th>Voorwaarde</th>" in page
