"""What is too much is sent away at once, and the connection stays as good as it was."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests

from cds_service.app import create_app
from cds_service.cli.running_service import listen, running_service
from cds_service.fhir_access.computing_turns import waiting
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from cds_service.hooks.order_hooks import ReferralCheck
from tests.contract.calls import order_sign
from tests.contract.services import settings

PATH = "/cds-services/imsr-order-sign"
LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


class Busy:
    """A service for one call at a time, which is busy with one as long as a test wants."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.netloc = urlsplit(url)
        self.has_come, self.go_on = threading.Event(), threading.Event()

    def answer(self, call: HookCall) -> HookAnswer:
        if call.patient_id != "nobody":  # the first call, at the start
            self.has_come.set()
            with waiting():
                assert self.go_on.wait(60)
        return HookAnswer()

    def post(self, content: bytes, **headers: str) -> requests.Response:
        sent = {"Content-Type": "application/json", **headers}
        return requests.post(f"{self.url}{PATH}", data=content, headers=sent, timeout=60)

    def connect(self) -> socket.socket:
        assert self.netloc.hostname
        return socket.create_connection((self.netloc.hostname, self.netloc.port or 0), timeout=30)

    @property
    def at_work(self) -> str:
        told = requests.get(f"{self.url}/metrics", timeout=30).text
        (number,) = re.findall(r"^imsr_calls_at_work (\S+)$", told, re.MULTILINE)
        return str(number)


@pytest.fixture(scope="module")
def started() -> Iterator[Busy]:
    busy = Busy("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ReferralCheck, "answer", lambda _, call: busy.answer(call))
        app = create_app(settings(IMSR_MAX_CALLS="1"))
        with running_service(app, "127.0.0.1", 0) as url:
            busy.url, busy.netloc = url, urlsplit(url)
            yield busy


@pytest.fixture
def busy(started: Busy) -> Iterator[Busy]:
    started.has_come.clear()
    started.go_on.clear()
    answers: list[int] = []
    body = json.dumps(order_sign()).encode()
    thread = threading.Thread(target=lambda: answers.append(started.post(body).status_code))
    thread.start()
    try:
        assert started.has_come.wait(30)
        yield started
    finally:
        started.go_on.set()
        thread.join()
    assert answers == [200]


def head(length: int, *more: str) -> bytes:
    lines = (
        f"POST {PATH} HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        *more,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def read(sock: socket.socket) -> tuple[int, bytes]:
    """Status and body of the next answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(sock)
    section, _, body = received.partition(b"\r\n\r\n")
    length = int(re.findall(rb"content-length: (\d+)", section.lower())[0])
    while len(body) < length:
        body += _more(sock)
    assert len(body) == length
    return int(section.split()[1]), body


def _more(sock: socket.socket) -> bytes:
    piece = sock.recv(4096)
    assert piece, "the connection has ended"
    return piece


def test_a_call_that_is_too_much(busy: Busy) -> None:
    answer = busy.post(b"{}", Origin="http://localhost:3000")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    (issue,) = answer.json()["issue"]
    assert issue["code"] == "throttled"
    told = requests.get(f"{busy.url}/metrics", timeout=30).text
    assert re.search(r"^imsr_calls_shed_total [1-9]", told, re.MULTILINE)


def test_what_is_no_call_is_answered_as_ever(busy: Busy) -> None:
    assert requests.get(f"{busy.url}/cds-services", timeout=30).status_code == 200
    assert requests.get(f"{busy.url}{PATH}", timeout=30).status_code == 405
    assert requests.post(f"{busy.url}{PATH}/", timeout=30).status_code == 404
    assert busy.at_work == "1.0"


def test_the_answer_comes_while_the_body_is_still_being_sent(busy: Busy) -> None:
    """And the rest of the body is read and thrown away, not taken for a request."""
    length = 6 * 1024 * 1024
    with closing(busy.connect()) as sock:
        sock.sendall(head(length) + b" " * 1000)
        assert read(sock)[0] == 503
        sock.sendall(b" " * (length - 1000))
        sock.sendall(LIVE)
        assert read(sock) == (200, b'{"status":"ok"}')


def test_a_client_that_sends_all_of_a_large_body_first_gets_its_answer(busy: Busy) -> None:
    assert busy.post(b" " * (15 * 1024 * 1024)).status_code == 503


def test_a_body_in_chunks_is_thrown_away_too(busy: Busy) -> None:
    chunked = head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    with closing(busy.connect()) as sock:
        sock.sendall(chunked + b"5\r\nab")
        assert read(sock)[0] == 503
        sock.sendall(b"cde\r\n0\r\n\r\n" + LIVE)
        assert read(sock) == (200, b'{"status":"ok"}')


def test_requests_in_one_go_are_answered_in_their_order(busy: Busy) -> None:
    with closing(busy.connect()) as sock:
        sock.sendall(head(2) + b"{}" + head(3) + b"{ }" + LIVE)
        answers = []
        received = b""
        while received.count(b'{"status":"ok"}') < 1:
            received += _more(sock)
        answers = re.findall(rb"HTTP/1.1 (\d+)", received)
    assert answers == [b"503", b"503", b"200"]


def test_a_client_that_asks_before_it_sends_does_not_have_to(busy: Busy) -> None:
    with closing(busy.connect()) as sock:
        sock.sendall(head(2, "Expect: 100-continue"))
        assert read(sock)[0] == 503


def test_afterwards_there_is_room_again(started: Busy) -> None:
    """Also after calls that were refused, and those of clients that went away."""
    started.go_on.set()
    assert started.post(b"{").status_code == 400
    assert started.post(b"{}", **{"Content-Encoding": "gzip"}).status_code == 415
    with closing(started.connect()) as sock:
        sock.sendall(head(1000) + b"{")
    end = time.monotonic() + 30
    while started.at_work != "0.0" and time.monotonic() < end:
        time.sleep(0.05)
    assert started.at_work == "0.0"
    assert started.post(json.dumps(order_sign()).encode()).status_code == 200


def test_answers_are_sent_at_once() -> None:
    """Without this asyncio leaves Nagle's algorithm on, and each answer costs 40 ms more."""
    sock, _ = listen("127.0.0.1", 0)
    with closing(sock):
        assert sock.proto == socket.IPPROTO_TCP
