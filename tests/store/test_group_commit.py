"""Writes of several callers in one transaction: each is told of its own, once it is committed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from cds_service.errors import StoreUnavailableError
from cds_service.store import Answers, AuditRow, Store

Opened = Callable[[], Store]


def _row(number: int) -> AuditRow:
    return AuditRow(number, "t", "c", "s", 200, 1)


def test_what_comes_while_somebody_writes_is_written_together(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    begun: list[int] = []
    entered, goes_on = threading.Event(), threading.Event()
    original = store._begun  # noqa: SLF001 - counts transactions

    def counted() -> object:
        begun.append(1)
        return original()

    monkeypatch.setattr(store._group, "_transaction", counted)  # noqa: SLF001

    def first(connection: Connection) -> int:
        entered.set()
        goes_on.wait(20)
        connection.execute(text("SELECT 1"))
        return 1

    answers = Answers(store)
    with ThreadPoolExecutor(9) as threads:
        leader = threads.submit(store.write, first)
        assert entered.wait(20)
        others = [threads.submit(answers.write, _row(number)) for number in range(8)]
        while len(store._group._waiting) < 8:  # noqa: SLF001
            threading.Event().wait(0.01)
        goes_on.set()
        assert leader.result(20) == 1
        for each in others:
            each.result(20)
    assert len(begun) == 2
    assert answers.count() == 8


def test_a_write_that_fails_spoils_no_other(opened: Opened) -> None:
    store = opened()
    entered, goes_on = threading.Event(), threading.Event()

    def first(connection: Connection) -> None:
        entered.set()
        goes_on.wait(20)
        connection.execute(text("SELECT 1"))

    def wrong(connection: Connection) -> None:
        connection.execute(text("INSERT INTO seen_tokens (token_key) VALUES ('no expiry')"))

    answers = Answers(store)
    with ThreadPoolExecutor(5) as threads:
        leader = threads.submit(store.write, first)
        assert entered.wait(20)
        good = [threads.submit(answers.write, _row(number)) for number in range(3)]
        bad = threads.submit(store.write, wrong)
        while len(store._group._waiting) < 4:  # noqa: SLF001
            threading.Event().wait(0.01)
        goes_on.set()
        leader.result(20)
        for each in good:
            each.result(20)
        with pytest.raises(StoreUnavailableError):
            bad.result(20)
    assert answers.count() == 3


def test_nobody_is_told_that_something_is_written_whose_commit_failed(opened: Opened) -> None:
    store = opened()

    def spoilt(connection: Connection) -> None:
        connection.execute(text("INSERT INTO answers (trace) VALUES ('too little')"))

    with pytest.raises(StoreUnavailableError):
        store.write(spoilt)
    assert Answers(store).count() == 0
