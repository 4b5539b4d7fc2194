"""An empty database for each test, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from cds_service.store import Store, open_store
from tests.store.postgresql import PostgresqlMissingError, cluster

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL cluster, started once per run."""
    try:
        with cluster() as url:
            yield url
    except PostgresqlMissingError:
        pytest.skip("no PostgreSQL server is installed (Debian package postgresql)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    url: str = request.getfixturevalue("postgresql")
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def opened(store_url: str) -> Iterator[Callable[[], Store]]:
    """Opens the database, as each worker does; what a test opened is closed behind it."""
    stores: list[Store] = []

    def open_once_more() -> Store:
        stores.append(open_store(store_url))
        return stores[-1]

    yield open_once_more
    for store in stores:
        store.close()
