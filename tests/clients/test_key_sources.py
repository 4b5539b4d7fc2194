"""Keys that change while the service runs, and what they cost."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cds_service.clients.key_fetching import fetch_key_set
from cds_service.clients.key_sources import FetchedKeys, KeyFile
from cds_service.clients.keys import ALGORITHMS, KeySet, UnusableKeysError, read_key_set
from cds_service.clients.tokens import Token, read_token
from cds_service.fhir_access.addresses import AddressRules
from cds_service.settings.settings import TOKEN_ALGORITHMS
from tests.clients.issuing import SigningKey, key_set, signing_key
from tests.clients.key_server import KeyServer, running

KNOWN, NEW = signing_key(), signing_key("key-2")


def token_of(key: SigningKey) -> Token:
    return read_token(key.token())


def keys_of(*keys: SigningKey) -> KeySet:
    return read_key_set(key_set(*keys).encode())


class Publisher:
    """A client that publishes its keys, and counts who fetches them."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys: KeySet | None = keys_of(*keys)
        self.fetches = 0
        self.now = 1000.0

    def fetch(self) -> KeySet:
        self.fetches += 1
        if self.keys is None:
            raise UnusableKeysError(("cannot be fetched",))
        return self.keys

    def source(self) -> FetchedKeys:
        return FetchedKeys(self.fetch, lambda: self.now)


def has(source: FetchedKeys | KeyFile, key: SigningKey) -> bool:
    return bool(source.keys(token_of(key)).fitting(token_of(key)))


def test_keys_are_fetched_for_the_first_token_and_then_remembered() -> None:
    publisher = Publisher(KNOWN)
    source = publisher.source()
    assert publisher.fetches == 0
    assert all(has(source, KNOWN) for _ in range(5))
    assert publisher.fetches == 1


def test_a_new_key_is_found_at_once() -> None:
    publisher = Publisher(KNOWN)
    source = publisher.source()
    assert has(source, KNOWN)
    publisher.now += 31
    publisher.keys = keys_of(KNOWN, NEW)
    assert has(source, NEW)
    assert publisher.fetches == 2


def test_an_unknown_key_is_looked_for_at_most_once_in_30_seconds() -> None:
    publisher = Publisher(KNOWN)
    source = publisher.source()
    for seconds in range(0, 90, 3):
        publisher.now = 1000.0 + seconds
        assert not has(source, NEW)
    assert publisher.fetches == 3
    assert has(source, KNOWN)


def test_keys_stay_when_they_cannot_be_fetched_again() -> None:
    publisher = Publisher(KNOWN)
    source = publisher.source()
    assert has(source, KNOWN)
    publisher.keys = None
    publisher.now += 3000
    assert not has(source, NEW)
    assert has(source, KNOWN)


def test_a_server_of_keys_that_is_down_costs_one_request_in_30_seconds() -> None:
    publisher = Publisher(KNOWN)
    publisher.keys = None
    source = publisher.source()
    for _ in range(10):
        with pytest.raises(UnusableKeysError):
            source.keys(token_of(KNOWN))
    assert publisher.fetches == 1
    publisher.now += 31
    publisher.keys = keys_of(KNOWN)
    assert has(source, KNOWN)


def test_a_withdrawn_key_works_an_hour_at_most() -> None:
    """As docker/SECURITY.md says; after a quarter the keys are fetched again beside the calls."""
    publisher = Publisher(KNOWN)
    source = publisher.source()
    assert has(source, KNOWN)
    publisher.keys = keys_of(NEW)
    publisher.now += 901
    assert has(source, KNOWN)  # this one is answered while the keys are fetched
    _await(lambda: not has(source, KNOWN))
    assert publisher.fetches == 2


def test_a_key_works_an_hour_at_most_also_where_its_server_is_down() -> None:
    publisher = Publisher(KNOWN)
    source = publisher.source()
    assert has(source, KNOWN)
    publisher.keys = None
    publisher.now += 3600
    assert has(source, KNOWN)
    publisher.now += 1
    with pytest.raises(UnusableKeysError):
        source.keys(token_of(KNOWN))


class Silent:
    """A key server that answers when it is told to."""

    def __init__(self) -> None:
        self.speaks = threading.Event()

    def fetch(self) -> KeySet:
        self.speaks.wait(60)
        return keys_of(KNOWN)


def test_a_silent_key_server_holds_few_calls_and_each_for_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cds_service.clients.key_sources._MOST_WAITING", 0.2)
    silent = Silent()
    source = FetchedKeys(silent.fetch)
    in_time = threading.Semaphore(0)

    def ask(_: int) -> bool:
        try:
            return has(source, KNOWN)
        except UnusableKeysError:
            return False
        finally:
            in_time.release()

    with ThreadPoolExecutor(40) as threads:
        asked = threads.map(ask, range(40))
        assert all(in_time.acquire(timeout=20) for _ in range(40))
        assert not silent.speaks.is_set()
        assert list(asked) == [False] * 40
    silent.speaks.set()
    _await(lambda: ask(0))


def test_a_key_that_is_known_waits_for_no_fetch() -> None:
    """An unknown one is being looked for meanwhile, and the server is silent."""
    publisher, silent = Publisher(KNOWN), Silent()
    fetches = iter((publisher.fetch, silent.fetch))

    def fetch() -> KeySet:
        return next(fetches)()

    source = FetchedKeys(fetch, lambda: publisher.now)
    assert has(source, KNOWN)
    publisher.now += 31
    with ThreadPoolExecutor(1) as threads:
        unknown = threads.submit(has, source, NEW)
        assert has(source, KNOWN)
        silent.speaks.set()
        assert not unknown.result(20)


def _await(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_many_first_tokens_wait_for_one_fetch() -> None:
    publisher = Publisher(KNOWN)
    start = threading.Barrier(8)
    slow = threading.Event()

    def fetch() -> KeySet:
        slow.wait(0.2)
        return publisher.fetch()

    source = FetchedKeys(fetch)

    def ask(_: int) -> bool:
        start.wait()
        return has(source, KNOWN)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [True] * 8
    assert publisher.fetches == 1


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(key_set(KNOWN))
    return path


def test_a_changed_file_is_read_again(key_file: Path) -> None:
    source = KeyFile(key_file)
    assert has(source, KNOWN)
    key_file.write_text(key_set(KNOWN, NEW))
    assert has(source, NEW)
    assert source.key_ids == ("key-1", "key-2")


def test_a_file_that_was_put_in_place_of_another(key_file: Path) -> None:
    source = KeyFile(key_file)
    status = key_file.stat()
    new = key_file.with_name("new.json")
    new.write_text(key_set(SigningKey("key-1", "ES384", NEW.private)))
    os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
    new.replace(key_file)
    (key,) = source.keys(token_of(KNOWN)).fitting(token_of(KNOWN))
    assert not key.has_signed(token_of(KNOWN))


@pytest.mark.parametrize("content", [None, "", '{"keys": [', "[]"])
def test_a_file_that_has_become_unreadable_leaves_the_keys(
    key_file: Path, content: str | None
) -> None:
    source = KeyFile(key_file)
    if content is None:
        key_file.unlink()
    else:
        key_file.write_text(content)
    assert has(source, KNOWN)
    key_file.write_text(key_set(NEW))
    assert not has(source, KNOWN)


def member(**changes: Any) -> str:
    """A key set with one key that is not as it should be; None leaves a member out."""
    key = {name: each for name, each in {**KNOWN.public(), **changes}.items() if each is not None}
    return json.dumps({"keys": [key]})


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "is no JSON object"),
        ("[]", "is no JSON object"),
        ("{}", "keys: must be a list"),
        ('{"keys": {}}', "keys: must be a list"),
        ('{"keys": []}', "keys: holds no key for the signatures of tokens"),
        ('{"keys": [5]}', "keys.0: must be an object"),
        (member(kid=None), "keys.0: has no kid"),
        (member(kid=5), "keys.0: has no kid"),
        (member(use="enc"), "keys: holds no key for the signatures of tokens"),
        (member(key_ops=["sign"]), "keys: holds no key for the signatures of tokens"),
        (member(key_ops=5), "keys: holds no key for the signatures of tokens"),
        (member(d="AAAA"), "keys.0: holds a private or secret key"),
        (member(kty="oct", k="AAAA"), "keys.0: holds a private or secret key"),
        (member(kty="oct"), "keys: holds no key for the signatures of tokens"),
        (member(kty=None), "keys: holds no key for the signatures of tokens"),
        (member(crv="secp256k1"), "keys: holds no key for the signatures of tokens"),
        (member(alg="HS256"), "keys: holds no key for the signatures of tokens"),
        (member(alg="ES256"), "keys: holds no key for the signatures of tokens"),
        (member(x=None), "keys.0: cannot be read"),
        (member(x="AAAA"), "keys.0: cannot be read"),
        (member(x=5), "keys.0: cannot be read"),
        (
            '{"keys": [{"kty": "RSA", "kid": "a", "e": "AQAB", "n": "' + "x" * 171 + '"}]}',
            "keys.0: is an RSA key of less than 2048 bits",
        ),
        ('{"keys": [], "keys": []}', "is no JSON object"),
        ('{"keys": ["' + "x" * 70_000 + '"]}', "is no JSON object"),
    ],
)
def test_a_key_file_that_cannot_be_used_stops_the_start(
    key_file: Path, content: str, fault: str
) -> None:
    key_file.write_text(content)
    with pytest.raises(UnusableKeysError) as raised:
        KeyFile(key_file)
    assert raised.value.faults[0].startswith(fault)
    assert "AAAA" not in str(raised.value)


@pytest.mark.parametrize(
    "other",
    [
        {**NEW.public(), "use": "enc"},
        {**NEW.public(), "key_ops": ["encrypt"]},
        {"kty": "RSA", "kid": "e", "use": "enc", "alg": "RSA-OAEP-256", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "crv": "secp256k1", "x": "AQAB", "y": "AQAB", "use": "sig"},
        {"kty": "AKP", "alg": "ML-DSA-65", "pub": "AQAB", "use": "sig"},
        {"kty": "OKP", "crv": "X25519", "x": "AQAB"},
    ],
    ids=["encryption", "operations", "RSA-OAEP", "another curve", "another type", "X25519"],
)
def test_a_key_that_is_for_something_else_is_left_alone(
    key_file: Path, other: dict[str, object]
) -> None:
    """RFC 7517, 5: what is not understood is ignored, also in the file of an operator."""
    key_file.write_text(json.dumps({"keys": [other, KNOWN.public()]}))
    keys = read_key_set(key_file.read_bytes())
    assert [key.key_id for key in keys.keys] == ["key-1"]
    assert keys.faults == ()
    assert has(KeyFile(key_file), KNOWN)


def test_one_unusable_key_of_a_client_does_not_spoil_the_others() -> None:
    broken = {**NEW.public(), "x": "AAAA"}
    content = json.dumps({"keys": [broken, KNOWN.public()]}).encode()
    keys = read_key_set(content)
    assert [key.key_id for key in keys.keys] == ["key-1"]
    assert keys.faults == ("keys.0: cannot be read as a key of its type",)


def test_a_withdrawn_file_of_keys_works_an_hour_at_most(key_file: Path) -> None:
    now = [1000.0]
    source = KeyFile(key_file, lambda: now[0])
    now[0] += 86_400
    assert has(source, KNOWN)
    key_file.unlink()
    now[0] += 3600
    assert has(source, KNOWN)
    now[0] += 1
    with pytest.raises(UnusableKeysError, match="cannot be read"):
        source.keys(token_of(KNOWN))
    key_file.write_text(key_set(KNOWN))
    assert has(source, KNOWN)


def test_every_algorithm_that_can_be_set_has_keys() -> None:
    assert ALGORITHMS == TOKEN_ALGORITHMS
    for algorithm in ("ES256", "ES384", "ES512", "RS256", "PS512", "EdDSA"):
        key = signing_key(f"of-{algorithm}", algorithm)
        assert has_signed(key)


def has_signed(key: SigningKey) -> bool:
    token = token_of(key)
    (fitting,) = keys_of(key).fitting(token)
    return fitting.has_signed(token)


ANYWHERE = AddressRules().allow


def test_a_key_set_is_fetched() -> None:
    with running(KeyServer(key_set(KNOWN).encode())) as server:
        (key,) = fetch_key_set(server.url, may_connect=ANYWHERE).keys
        assert key.key_id == "key-1"


@pytest.mark.parametrize(
    "server",
    [
        KeyServer(status=404),
        KeyServer(status=500),
        KeyServer(b"<html>"),
        KeyServer(b""),
        KeyServer(b"x" * 200_000),
        KeyServer(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}),
        KeyServer(headers={"Content-Encoding": "br"}),
    ],
    ids=["404", "500", "HTML", "nothing", "large", "broken gzip", "brotli"],
)
def test_what_is_no_key_set_is_no_key_set(server: KeyServer) -> None:
    with running(server), pytest.raises(UnusableKeysError):
        fetch_key_set(server.url, may_connect=ANYWHERE)


def test_no_redirect_is_followed() -> None:
    with running(KeyServer(key_set(KNOWN).encode())) as other:
        moved = KeyServer(status=302, headers={"Location": other.url})
        with running(moved), pytest.raises(UnusableKeysError, match="status 302"):
            fetch_key_set(moved.url, may_connect=ANYWHERE)
        assert other.hits == []


def test_an_address_that_may_not_be_connected_to_is_not() -> None:
    with running(KeyServer()) as server:
        with pytest.raises(UnusableKeysError):
            fetch_key_set(server.url, may_connect=lambda *_: False)
        assert server.hits == []


def test_a_slow_server_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/jwks.json"
        with pytest.raises(UnusableKeysError, match="cannot be fetched"):
            fetch_key_set(address, may_connect=ANYWHERE)
        assert time.monotonic() - begun < 5
