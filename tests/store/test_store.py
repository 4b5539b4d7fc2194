"""The store in both databases: used tokens, audit rows, and a database that is not well."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from cds_service.errors import InvalidSettingsError, StoreUnavailableError
from cds_service.store import Answers, AuditCard, AuditRow, SeenTokens, Store, open_store
from cds_service.store.tables import METADATA

NOW = 1_800_000_000.0
DAY = 86_400
Opened = Callable[[], Store]
ISSUER = "https://ehr.example.nl"


def test_a_token_is_used_once(opened: Opened) -> None:
    seen = SeenTokens(opened(), lambda: NOW)
    assert not seen.is_used(ISSUER, "token-1")
    assert seen.use(ISSUER, "token-1", until=NOW + 60)
    assert seen.is_used(ISSUER, "token-1")
    assert not seen.use(ISSUER, "token-1", until=NOW + 60)
    assert seen.use(ISSUER, "token-2", until=NOW + 60)


def test_each_issuer_has_tokens_of_its_own(opened: Opened) -> None:
    seen = SeenTokens(opened(), lambda: NOW)
    assert seen.use("https://a.example.nl", "1", until=NOW + 60)
    assert seen.use("https://b.example.nl", "1", until=NOW + 60)
    assert seen.use("https://a.example.nl1", "", until=NOW + 60)
    assert not seen.use("https://a.example.nl", "1", until=NOW + 60)


def test_a_used_token_survives_a_restart(opened: Opened) -> None:
    store = opened()
    assert SeenTokens(store).use(ISSUER, "token-1", until=NOW + 60)
    store.close()
    assert not SeenTokens(opened()).use(ISSUER, "token-1", until=NOW + 60)


@pytest.mark.parametrize("token_id", ["x" * 512, "'; DROP TABLE seen_tokens; --", "\ud800", "é\0"])
def test_any_text_can_be_a_token_id(opened: Opened, token_id: str) -> None:
    seen = SeenTokens(opened())
    assert seen.use(ISSUER, token_id, until=NOW)
    assert not seen.use(ISSUER, token_id, until=NOW)


def test_of_many_workers_one_uses_a_token(opened: Opened) -> None:
    """Two stores, as two workers have them, and eight threads that start together."""
    workers = [SeenTokens(opened()) for _ in range(2)]
    start = threading.Barrier(8)

    def use(number: int) -> bool:
        start.wait()
        return workers[number % 2].use(ISSUER, "token-1", until=NOW + 60)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(use, range(8))) == [False] * 7 + [True]


def _use_in_a_process(url: str) -> bool:
    store = open_store(url)
    is_first = SeenTokens(store).use(ISSUER, "token-1", until=NOW + 60)
    store.close()
    return is_first


def test_of_two_processes_one_uses_a_token(store_url: str) -> None:
    """They open an empty database at the same time, so the tables are made under a lock too."""
    context = get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=context) as one,
        ProcessPoolExecutor(1, mp_context=context) as other,
    ):
        used = [process.submit(_use_in_a_process, store_url) for process in (one, other)]
        assert sorted(each.result(120) for each in used) == [False, True]


def test_an_empty_file_in_which_another_is_writing_is_opened_after_it(tmp_path: Path) -> None:
    """SQLite itself does not wait here: it refuses the write-ahead log at once."""
    path = tmp_path / "store.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        ends = threading.Timer(0.3, other.execute, ["COMMIT"])
        ends.start()
        store = open_store(f"sqlite:///{path}")
        ends.join(30)
    store.refuse_unwell()
    store.close()


def test_expired_tokens_are_forgotten(opened: Opened) -> None:
    clock = [NOW]
    store = opened()
    seen = SeenTokens(store, lambda: clock[0])
    seen.use(ISSUER, "short", until=NOW + 10)
    seen.use(ISSUER, "long", until=NOW + 300)
    clock[0] = NOW + DAY + 11
    assert seen.purge() == 1
    assert not seen.is_used(ISSUER, "short")
    assert seen.is_used(ISSUER, "long")


def test_the_memory_of_tokens_is_bounded(opened: Opened) -> None:
    """With one token an hour for a week, it holds those of a day and a little more."""
    clock = [NOW]
    store = opened()
    seen = SeenTokens(store, lambda: clock[0])
    for number in range(7 * 24):
        clock[0] = NOW + number * 3600
        seen.use(ISSUER, str(number), until=clock[0] + 60)
    with store.transaction() as connection:
        rows = connection.execute(text("SELECT count(*) FROM seen_tokens")).scalar_one()
    assert rows <= 28


def test_a_clock_that_is_ahead_on_another_machine_frees_no_token(opened: Opened) -> None:
    """By two hours, as a machine has it whose time zone is wrong."""
    seen = SeenTokens(opened(), lambda: NOW)
    ahead = SeenTokens(opened(), lambda: NOW + 7200)
    assert seen.use(ISSUER, "token-1", until=NOW + 60)
    assert ahead.purge() == 0
    assert not seen.use(ISSUER, "token-1", until=NOW + 60)


def test_many_expired_tokens_are_forgotten_in_parts(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.store.seen_tokens._MOST_PURGED", 3)
    clock = [NOW]
    seen = SeenTokens(opened(), lambda: clock[0])
    for number in range(7):
        seen.use(ISSUER, str(number), until=NOW)
    clock[0] = NOW + 2 * DAY
    assert seen.purge() == 7


def test_a_purge_that_fails_takes_no_answer_away(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [NOW]
    seen = SeenTokens(opened(), lambda: clock[0])

    def fails() -> int:
        raise StoreUnavailableError

    monkeypatch.setattr(seen, "_purge_some", fails)
    clock[0] = NOW + 61
    assert seen.use(ISSUER, "token-1", until=NOW + 120)


def test_an_audit_row_is_kept_as_it_is(opened: Opened) -> None:
    store = opened()
    row = AuditRow(
        answered_at=1_800_000_000_123,
        trace="ab" * 16,
        client="EHR of a test",
        service="imsr-order-sign",
        status=200,
        milliseconds=41,
        user_key="u" * 64,
        patient_key="p" * 64,
        instance_key="i" * 64,
        referrals=({"outcome": "met", "because": []},),
        stages={"admit": 4.7, "gather": 119.4},
    )
    Answers(store).write(row)
    with store.transaction() as connection:
        (kept,) = connection.execute(text("SELECT * FROM answers")).mappings()
    assert dict(kept) == {
        "id": 1,
        "answered_at": 1_800_000_000_123,
        "trace": "ab" * 16,
        "client": "EHR of a test",
        "service": "imsr-order-sign",
        "status": 200,
        "milliseconds": 41,
        "user_key": "u" * 64,
        "patient_key": "p" * 64,
        "instance_key": "i" * 64,
        "referrals": '[{"outcome": "met", "because": []}]',
        "stages": '{"admit": 4.7, "gather": 119.4}',
        "cards": 0,
    }


SHORTFALL = AuditCard("0b7c", "not_met_c1", 1, "imsr-persistent-pain|2026-04-20", 3)


def test_the_cards_of_an_answer_are_kept_with_it(opened: Opened) -> None:
    answers = Answers(opened())
    for uuids in (("a", "b"), (), ("c",)):
        cards = tuple(replace(SHORTFALL, uuid=uuid) for uuid in uuids)
        answers.write(AuditRow(1, "t", "c", "s", 200, 1, patient_key="p", cards=cards))
    answers.write(AuditRow(1, "t", "c", "s", 200, 1, patient_key="q", cards=(SHORTFALL,)))
    of_row = {
        "referral": 1,
        "kind": "not_met_c1",
        "criteria": "imsr-persistent-pain|2026-04-20",
        "revision": 3,
    }
    assert [row["cards"] for row in answers.of_patient("p")] == [
        [{"uuid": "a", **of_row}, {"uuid": "b", **of_row}],
        [],
        [{"uuid": "c", **of_row}],
    ]
    assert [row["cards"] for row in answers.of_patient("q")] == [[{"uuid": "0b7c", **of_row}]]


def test_a_row_whose_cards_cannot_be_written_is_not_written_either(opened: Opened) -> None:
    answers = Answers(opened())
    with pytest.raises(StoreUnavailableError):
        answers.write(AuditRow(1, "t", "c", "s", 200, 1, cards=(SHORTFALL, SHORTFALL)))
    assert answers.count() == 0


@pytest.mark.parametrize(
    ("store_url", "gathering"),
    [
        ("sqlite", "json_extract(stages, '$.gather')"),
        ("postgresql", "CAST(stages::json ->> 'gather' AS float)"),
    ],
    indirect=["store_url"],
)
def test_the_time_of_a_stage_can_be_asked_for(opened: Opened, gathering: str) -> None:
    store = opened()
    for took in (10.5, 20.0):
        row = AuditRow(1, "t", "c", "s", 200, 1, stages={"gather": took})
        Answers(store).write(row)
    with store.transaction() as connection:
        asked = connection.execute(text(f"SELECT max({gathering}) FROM answers"))  # noqa: S608
        assert asked.scalar_one() == 20.0


def test_rows_past_their_retention_are_deleted(opened: Opened) -> None:
    store = opened()
    answers = Answers(store)
    day = 86_400_000
    for age in (0, 29, 30, 31, 400):
        cards = (replace(SHORTFALL, uuid=f"of {age}"),)
        answers.write(AuditRow(int(NOW * 1000) - age * day, "t", "c", "s", 200, 1, cards=cards))
    assert answers.purge(older_than_days=30, now=NOW) == 2
    assert answers.count() == 3
    with store.transaction() as connection:
        kept = connection.execute(text("SELECT uuid FROM cards ORDER BY uuid")).scalars().all()
    assert kept == ["of 0", "of 29", "of 30"]


def test_migrations_make_the_tables_as_they_are_declared(store_url: str, opened: Opened) -> None:
    opened()
    declared = {
        (table.name, column.name, column.nullable)
        for table in METADATA.tables.values()
        for column in table.columns
    }
    indexes = {str(index.name) for table in METADATA.tables.values() for index in table.indexes}
    engine = create_engine(store_url.replace("postgresql:", "postgresql+psycopg:"))
    look = inspect(engine)
    tables = [name for name in look.get_table_names() if name != "alembic_version"]
    found = {
        (table, column["name"], column["nullable"])
        for table in tables
        for column in look.get_columns(table)
    }
    assert found == declared
    assert {str(each["name"]) for table in tables for each in look.get_indexes(table)} == indexes
    engine.dispose()


def test_opening_again_changes_nothing(opened: Opened) -> None:
    Answers(opened()).write(AuditRow(1, "t", "c", "s", 200, 1))
    assert Answers(opened()).count() == 1


def test_a_database_of_a_newer_version_is_refused(opened: Opened) -> None:
    with opened().transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InvalidSettingsError, match="another version of this service"):
        opened()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////no/such/folder/store.sqlite3",
        "postgresql://imsr:S3CRET@127.0.0.1:1/none",
        "postgresql://imsr:S3CRET@/none?host=/no/such/folder",
    ],
)
def test_a_database_that_cannot_be_opened_is_told_without_its_url(url: str) -> None:
    with pytest.raises(InvalidSettingsError) as raised:
        open_store(url)
    assert str(raised.value).startswith("IMSR_STORE_URL names a database that cannot be opened")
    assert "S3CRET" not in str(raised.value)


def test_a_store_that_fails_says_so_and_nothing_else(opened: Opened) -> None:
    store = opened()
    seen, answers = SeenTokens(store), Answers(store)
    with store.transaction() as connection:
        connection.execute(text("DROP TABLE seen_tokens"))
        connection.execute(text("DROP TABLE answers"))
    for failing in (
        store.refuse_unwell,
        lambda: seen.use(ISSUER, "secret-id", until=NOW),
        lambda: seen.is_used(ISSUER, "secret-id"),
        lambda: answers.write(AuditRow(1, "t", "secret-client", "s", 200, 1)),
    ):
        with pytest.raises(StoreUnavailableError) as raised:
            failing()
        assert str(raised.value) == ""
        assert raised.value.__suppress_context__


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_locked_database_is_not_waited_for_for_long(opened: Opened) -> None:
    store, other = opened(), opened()
    with other.transaction(), pytest.raises(StoreUnavailableError):
        SeenTokens(store).use(ISSUER, "token-1", until=NOW)
    assert SeenTokens(store).use(ISSUER, "token-1", until=NOW)
