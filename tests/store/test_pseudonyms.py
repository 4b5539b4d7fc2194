"""Keyed hashes, and the secret behind them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cds_service.errors import InvalidSettingsError
from cds_service.settings.settings import describe_settings
from cds_service.store import Pseudonyms, read_audit_key

KEY = b"k" * 32


def test_a_pseudonym_is_an_hmac_of_kind_client_and_id() -> None:
    made = Pseudonyms(KEY).of("patient", "EHR", "pat-1")
    assert made == "6fd8c3cc0714be21db8137823a31cd7a189d3e65b4a05dff2e643d2545aa2dbe"


@pytest.mark.parametrize(
    "other",
    [
        ("user", "EHR", "pat-1"),
        ("patient", "EPD", "pat-1"),
        ("patient", "EHR", "pat-2"),
        ("patient", "EHRp", "at-1"),
        ("patien", "tEHR", "pat-1"),
    ],
)
def test_nothing_else_has_the_same(other: tuple[str, str, str]) -> None:
    known = Pseudonyms(KEY).of("patient", "EHR", "pat-1")
    assert Pseudonyms(KEY).of(*other) != known
    assert Pseudonyms(b"x" * 32).of("patient", "EHR", "pat-1") != known


def test_the_key_of_the_setting_wins(tmp_path: Path) -> None:
    assert read_audit_key("s" * 32, tmp_path / "key") == b"s" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_missing_key_file_is_made_once(tmp_path: Path) -> None:
    """Also by many workers that start together; none sees it half written."""
    path = tmp_path / "key"
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: read_audit_key("", path), range(8)))
    assert {len(key) for key in keys} == {64}
    assert len(set(keys)) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_file_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"S3CRET")
    for path in (tmp_path / "short", tmp_path / "none" / "key", tmp_path):
        with pytest.raises(InvalidSettingsError, match="IMSR_AUDIT_KEY_FILE") as raised:
            read_audit_key("", path)
        assert "S3CRET" not in str(raised.value)


def test_secrets_are_not_shown() -> None:
    rows = describe_settings(
        {"IMSR_AUDIT_KEY": "S3CRET" * 6, "IMSR_STORE_URL": "postgresql://me:S3CRET@host/db"}
    )
    values = {row.name: row.value for row in rows}
    assert values["IMSR_AUDIT_KEY"] == "***"
    assert values["IMSR_STORE_URL"] == "postgresql://***"
    assert not any("S3CRET" in value for value in values.values())
