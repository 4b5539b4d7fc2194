"""`POST /assessments` in production: one token, one answer, one audit row, one line in the log."""

import json
import logging
import sqlite3
from pathlib import Path

import pytest

from cds_service.observing.event_log import JsonLines
from tests.clients.issuing import PUBLIC_URL, SIGN, bearer, signing_key
from tests.clients.site import Site
from tests.contract.calls import order_sign

HERE = f"{PUBLIC_URL}/assessments"


def test_a_token_for_this_address_serves_one_call(tmp_path: Path) -> None:
    client = Site(tmp_path).client()
    token = bearer(signing_key().token(aud=HERE))
    assert client.post("/assessments", order_sign(), **token).status_code == 200
    assert client.post("/assessments", order_sign(), **token).status_code == 401


def test_a_token_for_a_hook_does_not_open_it_nor_the_other_way_round(tmp_path: Path) -> None:
    client = Site(tmp_path).client()
    for_hook = bearer(signing_key().token(aud=SIGN))
    assert client.post("/assessments", order_sign(), **for_hook).status_code == 401
    for_this = bearer(signing_key().token(aud=HERE))
    assert client.call(order_sign(), **for_this).status_code == 401
    assert client.post("/assessments", order_sign()).status_code == 401


def test_the_audit_row_names_the_address_and_no_card(tmp_path: Path) -> None:
    client = Site(tmp_path).client()
    answer = client.post("/assessments", order_sign(), **bearer(signing_key().token(aud=HERE)))
    assert answer.status_code == 200
    database = sqlite3.connect(tmp_path / "store.sqlite3")
    (row,) = database.execute("SELECT service, status, client, referrals, cards FROM answers")
    cards = database.execute("SELECT count(*) FROM cards").fetchone()
    database.close()
    assert row[:3] == ("assessments", 200, "EHR of a test")
    assert [each["outcome"] for each in json.loads(row[3])] == ["met"]
    assert cards == (0,)


def test_log_and_metrics_name_it_and_nothing_of_the_ledger(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = Site(tmp_path).client()
    token = bearer(signing_key().token(aud=HERE))
    with caplog.at_level(logging.INFO):
        assert client.post("/assessments", order_sign(), **token).status_code == 200
    lines = [JsonLines().format(each) for each in caplog.records]
    (call,) = [json.loads(line) for line in lines if '"event": "call"' in line]
    assert call["hook"] == "assessments"
    assert call["outcomes"] == ["met"]
    assert call["cards"] == 0
    assert "Encounter/" not in "\n".join(lines)
