"""Real processes of `imsr-cds serve` in production, on one store of either kind.

Two of them, each with its own address as behind a proxy; and two behind one address, by --workers.
"""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.clients.issuing import bearer, signing_key
from tests.clients.site import Site
from tests.contract.calls import order_sign

TOKENS = 12


@pytest.fixture
def site(tmp_path: Path, store_url: str) -> Site:
    return Site(tmp_path, IMSR_STORE_URL=store_url)


@contextmanager
def worker(site: Site, *options: str) -> Iterator[str]:
    """The address of order-sign at a process that serves until the end."""
    command = [sys.executable, "-m", "cds_service", "serve", "--port", "0", *options]
    process = subprocess.Popen(
        command, env={**os.environ, **site.environ}, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        lines = iter(process.stderr.readline, "")
        found = next(match for line in lines if (match := re.search(r"http://\S+", line)))
        yield f"{found.group()}/imsr-order-sign"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def status(address: str, token: str) -> int:
    return requests.post(address, json=order_sign(), headers=bearer(token), timeout=60).status_code


def test_of_two_workers_one_answers_a_token_and_none_after_a_restart(site: Site) -> None:
    tokens = [signing_key().token() for _ in range(TOKENS)]
    with worker(site) as first, worker(site) as second, ThreadPoolExecutor(8) as threads:
        sent = [(address, token) for token in tokens for address in (first, second)]
        answers = list(threads.map(lambda each: status(*each), sent))
    pairs = [sorted(answers[place : place + 2]) for place in range(0, 2 * TOKENS, 2)]
    assert pairs == [[200, 401]] * TOKENS
    with worker(site) as restarted:
        assert [status(restarted, token) for token in tokens] == [401] * TOKENS
        assert status(restarted, signing_key().token()) == 200


def test_of_workers_behind_one_port_one_answers_a_token(site: Site) -> None:
    """They start together on an empty store; each token is sent ten times at once."""
    with worker(site, "--workers", "2") as address, ThreadPoolExecutor(10) as threads:
        for _ in range(4):
            token = signing_key().token()
            sent = [threads.submit(status, address, token) for _ in range(10)]
            assert sorted(each.result() for each in sent) == [200] + [401] * 9


def test_two_authorization_headers_on_the_wire(site: Site) -> None:
    """A client library would join them; a socket does not."""
    token = signing_key().token()
    with worker(site) as address:
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as sock:
            sock.sendall(
                f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                f"Authorization: Bearer {token}\r\nauthorization: Bearer {token}\r\n"
                "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}".encode()
            )
            assert sock.recv(4096).startswith(b"HTTP/1.1 401 ")
        assert status(address, token) == 200
