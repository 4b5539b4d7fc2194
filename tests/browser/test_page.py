"""The page in a real browser, under a strict Content-Security-Policy: axe, width, zoom and print.

IMSR_SCREENSHOTS names a folder in which a picture of each page is left.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cds_service.page import (
    STATIC_FILES,
    FailureCause,
    FailureContent,
    View,
    render_failure,
    render_page,
)
from tests.browser.test_ehr_page import FLAGS
from tests.page.page_stories import FAULTY_FORM, NOT_SAVED, REFUSED, content

_AXE = (resources.files("axe_core_python") / "axe.min.js").read_bytes()
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
)
_FOR_AXE = "; script-src 'self'"

_RUN_AXE = """
"use strict";
const violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  violations.push(event.violatedDirective);
});
window.addEventListener("load", async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const result = document.createElement("pre");
  result.id = "axe";
  result.textContent = JSON.stringify({
    policy: violations,
    rules: found.passes.length,
    faults: found.violations.map((each) => each.id + " " + each.nodes[0].html),
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  });
  top.document.body.append(result);
});
"""


class _Pages(BaseHTTPRequestHandler):
    """Pages, their files, and what runs axe beside them."""

    pages: Mapping[str, str]

    def do_GET(self) -> None:
        name = self.path.removeprefix("/").partition("?")[0]
        if name in self.pages:
            self._answer(self.pages[name].encode(), "text/html; charset=utf-8")
        elif name.removeprefix("page-files/") in STATIC_FILES:
            media_type, body = STATIC_FILES[name.removeprefix("page-files/")]
            self._answer(body, media_type)
        elif name in {"axe.js", "run.js"}:
            self._answer(_AXE if name == "axe.js" else _RUN_AXE.encode(), "text/javascript")
        else:
            self.send_error(404)

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if b"<iframe" not in body:
            has_axe = b"/axe.js" in body
            self.send_header("Content-Security-Policy", _POLICY + (_FOR_AXE if has_axe else ""))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the test's own output is enough."""


@contextmanager
def _serving(pages: Mapping[str, str]) -> Iterator[str]:
    handler = type("Pages", (_Pages,), {"pages": pages})
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


def _run(chromium: str, folder: Path, *options: str) -> str:
    flags = [flag for flag in FLAGS if not flag.startswith("--window-size")]
    command = (chromium, *flags, "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}")
    done = subprocess.run((*command, *options), check=True, capture_output=True, timeout=120)
    return done.stdout.decode()


def _examined(
    chromium: str,
    html: str,
    folder: Path,
    *,
    size: str = "1280,1400",
    scale: str = "1",
    in_frame_of: int = 0,
) -> dict[str, Any]:
    """What axe and the browser say of a page."""
    with_axe = html.replace(
        "</head>", '<script src="/run.js"></script><script src="/axe.js"></script></head>'
    )
    frame = f'<title>frame</title><iframe src="/page" width="{in_frame_of}" height="900"></iframe>'
    with _serving({"page": with_axe, "frame": frame}) as url:
        shown = _run(
            chromium,
            folder,
            f"--window-size={size}",
            f"--force-device-scale-factor={scale}",
            "--dump-dom",
            f"{url}/frame" if in_frame_of else f"{url}/page",
        )
    found = re.search(r'<pre id="axe">(.*?)</pre>', shown, re.DOTALL)
    assert found, "axe did not finish"
    result: dict[str, Any] = json.loads(unescape(found[1]))
    return result


_PAGES = {
    "filled.physician.nl": lambda: content("filled"),
    "filled.physician.en": lambda: content("filled", language="en"),
    "filled.gp.nl": lambda: content("filled", view=View.GP),
    "filled.gp.en": lambda: content("filled", view=View.GP, language="en"),
    "empty.gp.nl": lambda: content("empty", view=View.GP),
    "faults.gp.nl": lambda: content(
        "incomplete", view=View.GP, form=FAULTY_FORM, notices=(REFUSED, NOT_SAVED)
    ),
    "stated.physician.en": lambda: content("stated", language="en"),
    "interrupted.physician.nl": lambda: content("interrupted"),
    "many.physician.nl": lambda: content("many"),
}


@pytest.mark.browser
@pytest.mark.parametrize("name", _PAGES)
def test_axe_finds_no_fault_and_nothing_is_against_the_policy(
    chromium: str, tmp_path: Path, name: str
) -> None:
    result = _examined(chromium, render_page(_PAGES[name]()), tmp_path)
    assert result["faults"] == []
    assert result["policy"] == []
    assert result["rules"] > 20


@pytest.mark.browser
def test_axe_finds_no_fault_in_a_page_that_names_a_cause(chromium: str, tmp_path: Path) -> None:
    failure = FailureContent(FailureCause.SESSION_EXPIRED, "nl", "/page-files", reference="0af7")
    result = _examined(chromium, render_failure(failure), tmp_path)
    assert result["faults"] == []


@pytest.mark.browser
def test_axe_and_the_policy_find_faults_that_are_put_in(chromium: str, tmp_path: Path) -> None:
    html = render_page(content("filled"))
    html = html.replace('<html lang="nl">', "<html>")
    html = re.sub(r"<title>.*?</title>\n<link", "<link", html, count=1)
    html = html.replace('<p class="referred">', '<p style="color:#ccc"><button></button>', 1)
    result = _examined(chromium, html, tmp_path)
    faults = {fault.partition(" ")[0] for fault in result["faults"]}
    assert {"html-has-lang", "document-title", "button-name"} <= faults
    assert result["policy"]


@pytest.mark.browser
@pytest.mark.parametrize("name", ["filled.physician.nl", "faults.gp.nl"])
def test_a_page_of_320_pixels_is_not_wider_than_that(
    chromium: str, tmp_path: Path, name: str
) -> None:
    """In a frame, because headless Chromium makes no window narrower than 500 pixels."""
    html = render_page(_PAGES[name]())
    result = _examined(chromium, html, tmp_path, in_frame_of=320)
    assert not result["wide"]
    broken = html.replace('<p class="referred">', '<p class="referred"><svg width="400"></svg>')
    assert _examined(chromium, broken, tmp_path, in_frame_of=320)["wide"]


@pytest.mark.browser
@pytest.mark.parametrize("name", ["filled.physician.nl", "faults.gp.nl"])
def test_at_twice_the_size_a_page_is_not_wider_than_its_window(
    chromium: str, tmp_path: Path, name: str
) -> None:
    result = _examined(chromium, render_page(_PAGES[name]()), tmp_path, scale="2")
    assert not result["wide"]


@pytest.mark.browser
def test_a_page_of_52_contacts_is_printed_on_at_most_four_landscape_sheets(
    chromium: str, tmp_path: Path
) -> None:
    folder = Path(os.environ.get("IMSR_SCREENSHOTS", str(tmp_path)))
    with _serving({"page": render_page(content("filled"))}) as url:
        printed = folder / "page.pdf"
        _run(
            chromium, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={printed}", f"{url}/page"
        )
    pdf = printed.read_bytes()
    boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    assert boxes
    assert all(float(width) > float(height) for width, height in boxes)
    assert len(re.findall(rb"/Type /Page\b", pdf)) <= 4  # picture, remarks, 52 rows on two
