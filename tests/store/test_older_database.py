"""A database of an older version of the service: it is brought up to date, and its rows stay."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from cds_service.store import Answers, AuditCard, AuditRow, Store, open_store

MIGRATIONS = Path(__file__).parents[2] / "cds_service" / "store" / "migrations"
OLD_ROW = (
    "INSERT INTO answers (answered_at, trace, client, service, status, milliseconds, user_key, "
    "patient_key, instance_key, referrals) VALUES (1790000000000, 'ab', 'EHR of a test', "
    "'imsr-order-sign', 200, 41, 'u', 'p', 'i', '[{\"outcome\": \"met\"}]')"
)


def change(url: str, work: Callable[[Connection], object]) -> None:
    """Do something in a database without opening it as a store."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        work(connection)
    engine.dispose()


def make(connection: Connection, revision: str) -> None:
    """The tables as they were at a revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@pytest.fixture
def old_url(store_url: str, request: pytest.FixtureRequest) -> str:
    """A database of an older revision (0001 by default) with an audit row and a used token."""

    def fill(connection: Connection) -> None:
        make(connection, getattr(request, "param", "0001"))
        connection.execute(text(OLD_ROW))
        connection.execute(text("INSERT INTO seen_tokens VALUES ('k', 1790000060)"))

    change(store_url, fill)
    return store_url


CARD = AuditCard("0b7c", "not_met_c1", 0, "imsr-persistent-pain|2026-04-20", 1)


@pytest.mark.parametrize("old_url", ["0001", "0002"], indirect=True)
def test_rows_of_before_stay_and_say_what_is_not_known_of_them(
    old_url: str, opened: Callable[[], Store]
) -> None:
    assert old_url
    store = opened()
    answers = Answers(store)
    answers.write(
        AuditRow(2, "t", "c", "s", 200, 1, patient_key="p", cards=(CARD,), stages={"judge": 2.5})
    )
    old, new = answers.of_patient("p")
    assert old == {
        "id": 1,
        "answered_at": 1_790_000_000_000,
        "trace": "ab",
        "client": "EHR of a test",
        "service": "imsr-order-sign",
        "status": 200,
        "milliseconds": 41,
        "user_key": "u",
        "patient_key": "p",
        "instance_key": "i",
        "referrals": [{"outcome": "met"}],
        "stages": None,
        "cards": None,
    }
    assert new["stages"] == {"judge": 2.5}
    assert new["cards"] == [
        {
            "uuid": "0b7c",
            "referral": 0,
            "kind": "not_met_c1",
            "criteria": "imsr-persistent-pain|2026-04-20",
            "revision": 1,
        }
    ]
    with store.transaction() as connection:
        assert connection.execute(text("SELECT * FROM seen_tokens")).all() == [("k", 1790000060)]


def test_of_many_workers_that_open_it_one_changes_it(old_url: str) -> None:
    start = Barrier(6)

    def open_together(_: int) -> int:
        start.wait()
        store = open_store(old_url)
        rows = Answers(store).count()
        store.close()
        return rows

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(open_together, range(6))) == [1] * 6
