"""The file of a SQLite store: whose it is, and that it is missed when it is gone."""

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cds_service.errors import StoreUnavailableError
from cds_service.store import Answers, AuditRow, SeenTokens, Store, open_store

ISSUER = "https://ehr.example.nl"
UNTIL = 2_000_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def _modes(path: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}


OURS_ALONE = {"store.sqlite3": 0o600, "store.sqlite3-wal": 0o600, "store.sqlite3-shm": 0o600}


def test_it_is_for_our_account_alone(store: Store, path: Path) -> None:
    assert SeenTokens(store).use(ISSUER, "1", until=UNTIL)
    assert _modes(path) == OURS_ALONE


def test_one_of_an_older_version_is_closed_to_others(path: Path) -> None:
    first = open_store(f"sqlite:///{path}")
    first.refuse_unwell()
    for each in path.parent.iterdir():
        each.chmod(0o644)
    second = open_store(f"sqlite:///{path}")
    second.refuse_unwell()
    assert _modes(path) == OURS_ALONE
    first.close()
    second.close()


def test_a_deleted_file_takes_nothing_and_is_not_made_anew(store: Store, path: Path) -> None:
    """It would take every row, and nobody would ever see them again."""
    assert SeenTokens(store).use(ISSUER, "1", until=UNTIL)
    path.unlink()
    for failing in (
        store.refuse_unwell,
        lambda: SeenTokens(store).use(ISSUER, "2", until=UNTIL),
        lambda: Answers(store).write(AuditRow(1, "t", "c", "s", 200, 1)),
    ):
        with pytest.raises(StoreUnavailableError):
            failing()
    assert not path.exists()


def test_a_file_that_was_restored_is_used(store: Store, path: Path, tmp_path: Path) -> None:
    other = tmp_path / "backup.sqlite3"
    backup = open_store(f"sqlite:///{other}")
    assert SeenTokens(backup).use(ISSUER, "1", until=UNTIL)
    backup.close()
    assert SeenTokens(store).use(ISSUER, "2", until=UNTIL)
    for ending in ("-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink()
    other.rename(path)
    assert not SeenTokens(store).use(ISSUER, "1", until=UNTIL)
    assert SeenTokens(store).use(ISSUER, "2", until=UNTIL)


@contextmanager
def _full_disk() -> Iterator[None]:
    """No file of this process may grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_readiness_tells_a_full_disk_and_that_there_is_room_again(store: Store) -> None:
    with _full_disk(), pytest.raises(StoreUnavailableError):
        store.refuse_unwell()
    store.refuse_unwell()
    assert SeenTokens(store).use(ISSUER, "1", until=UNTIL)


def test_looks_at_readiness_leave_one_row(store: Store) -> None:
    for _ in range(5):
        store.refuse_unwell()
    with store.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM seen_tokens").scalar_one()
    assert rows == 1
