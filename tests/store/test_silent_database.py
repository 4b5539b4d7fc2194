"""A database that goes silent costs each caller seconds, and is used again as soon as it speaks."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from cds_service.errors import InvalidSettingsError, StoreUnavailableError
from cds_service.store import SeenTokens, Store, look_into_store, open_store
from tests.store.silent_proxy import SilentProxy, silent_proxy

ISSUER = "https://ehr.example.nl"
UNTIL = 2_000_000_000.0
MOST_SECONDS = 20.0  # a machine that does other work; without a limit it would be minutes


@pytest.fixture
def proxy(postgresql: str) -> Iterator[SilentProxy]:
    folder = postgresql.partition("host=")[2]
    with silent_proxy(f"{folder}/.s.PGSQL.5432") as running:
        yield running


@pytest.fixture
def store(postgresql: str, proxy: SilentProxy) -> Iterator[Store]:
    name = f"silent_{proxy.port}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    opened = open_store(f"postgresql://imsr@localhost:{proxy.port}/{name}")
    yield opened
    opened.close()


def _refused(seen: SeenTokens, token: str) -> bool:
    try:
        seen.use(ISSUER, token, until=UNTIL)
    except StoreUnavailableError:
        return True
    return False


def test_calls_are_refused_while_it_is_silent_and_taken_when_it_speaks_again(
    store: Store, proxy: SilentProxy
) -> None:
    """Twice, with more callers than the pool has connections."""
    seen = SeenTokens(store)
    with ThreadPoolExecutor(40) as threads:
        for silence in ("first", "second"):
            assert seen.use(ISSUER, f"before the {silence}", until=UNTIL)
            proxy.is_silent = True
            begun = time.monotonic()
            tokens = [f"{silence} {number}" for number in range(40)]
            refused = list(threads.map(lambda token: _refused(seen, token), tokens))
            assert refused == [True] * 40
            assert time.monotonic() - begun < MOST_SECONDS
            proxy.is_silent = False
            assert seen.use(ISSUER, f"after the {silence}", until=UNTIL)


def test_an_idle_connection_that_went_silent_is_replaced_without_a_refusal(
    store: Store, proxy: SilentProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pool asks before it hands out a connection that was idle."""
    monkeypatch.setattr("cds_service.store.postgresql._IDLE_SECONDS", 0.0)
    seen = SeenTokens(store)
    assert seen.use(ISSUER, "1", until=UNTIL)
    proxy.is_silent = True
    timer = threading.Timer(0.1, setattr, (proxy, "is_silent", False))
    timer.start()
    assert seen.use(ISSUER, "2", until=UNTIL)
    timer.join()


def test_a_transaction_ends_with_its_time_also_where_its_statements_come_one_by_one(
    store: Store, proxy: SilentProxy
) -> None:
    begun = time.monotonic()
    with pytest.raises(StoreUnavailableError):
        _two_statements(store, proxy)
    assert time.monotonic() - begun < MOST_SECONDS
    proxy.is_silent = False
    store.refuse_unwell()


def _two_statements(store: Store, proxy: SilentProxy) -> None:
    with store.transaction() as connection:
        connection.exec_driver_sql("SELECT 1")
        proxy.is_silent = True
        connection.exec_driver_sql("SELECT 2")


def test_readiness_tells_it(store: Store, proxy: SilentProxy) -> None:
    proxy.is_silent = True
    with pytest.raises(StoreUnavailableError):
        store.refuse_unwell()
    proxy.is_silent = False
    store.refuse_unwell()


def test_the_start_ends_where_it_is_silent(proxy: SilentProxy) -> None:
    proxy.is_silent = True
    begun = time.monotonic()
    with pytest.raises(InvalidSettingsError):
        open_store(f"postgresql://imsr@127.0.0.1:{proxy.port}/postgres")
    assert time.monotonic() - begun < MOST_SECONDS


def test_a_name_server_that_is_silent_holds_no_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: hangs.wait(60) and [])
    store = look_into_store("postgresql://imsr@database.example.nl/imsr")
    assert store is not None
    begun = time.monotonic()
    with pytest.raises(StoreUnavailableError):
        store.refuse_unwell()
    assert time.monotonic() - begun < MOST_SECONDS
    hangs.set()


def test_readiness_tells_a_database_that_takes_nothing_any_more(postgresql: str) -> None:
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE DATABASE takes_nothing")
        url = postgresql.replace("/postgres?", "/takes_nothing?")
        opened = open_store(url)
        opened.refuse_unwell()
        opened.close()
        connection.execute("ALTER DATABASE takes_nothing SET default_transaction_read_only = on")
    store = look_into_store(url)
    assert store is not None
    with pytest.raises(StoreUnavailableError):
        store.refuse_unwell()
    store.close()
