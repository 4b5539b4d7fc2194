"""Launches on their way and open pages, in SQLite and in PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from cds_service.store import BrowserSessions, Store

NOW = 1_790_000_000.0


def test_a_row_is_read_until_it_expires(opened: Callable[[], Store]) -> None:
    store = opened()
    BrowserSessions(store, lambda: NOW).keep("k", b"\x00sealed", until=NOW + 60)
    assert BrowserSessions(opened(), lambda: NOW + 59).read("k") == b"\x00sealed"
    assert BrowserSessions(store, lambda: NOW + 60).read("k") is None
    assert BrowserSessions(store, lambda: NOW).read("another") is None


def test_of_many_who_take_a_row_one_gets_it(opened: Callable[[], Store]) -> None:
    rows = [BrowserSessions(opened(), lambda: NOW) for _ in range(2)]
    rows[0].keep("k", b"sealed", until=NOW + 60)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda number: rows[number % 2].take("k"), range(8)))
    assert sorted(taken) == [False] * 7 + [True]
    assert rows[0].read("k") is None


def test_what_has_expired_is_removed_by_a_purge_and_by_the_next_row(
    opened: Callable[[], Store],
) -> None:
    store = opened()
    early, late = BrowserSessions(store, lambda: NOW), BrowserSessions(store, lambda: NOW + 100)
    early.keep("k", b"sealed", until=NOW + 60)
    early.keep("l", b"sealed", until=NOW + 200)
    assert late.purge() == 1
    assert late.purge() == 0
    early.keep("m", b"sealed", until=NOW + 60)
    late.keep("n", b"sealed", until=NOW + 200)
    assert late.purge() == 0
    assert late.read("l") == b"sealed"
