"""The command line: an error quotes neither a token nor the record, whatever went wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import main
from cds_service.hooks.order_hooks import ReferralCheck
from tests.contract.fhir_server import running
from tests.privacy.marked import BSN, MARK, Json, by_server, call, marks_in, with_context
from tests.privacy.watching import TalkativeServer, everything_logged

TODAY = {"IMSR_TODAY": "2026-06-15", "IMSR_MODE": "development"}


def check(*arguments: str) -> Result:
    with everything_logged() as log:
        result = CliRunner().invoke(main, ["check", *arguments], env=TODAY)
    assert marks_in("\n".join(log.texts)) == []
    return result


def check_file(folder: Path, content: bytes) -> Result:
    file = folder / "captured.json"
    file.write_bytes(content)
    return check("--request", str(file))


RAW = json.dumps(call()).encode()
BROKEN: dict[str, bytes] = {
    "cut off": RAW[:-2],
    "in other bytes": RAW + b"\xff",
    "a name twice": f'{{"hook":"{MARK}","hook":"{BSN}"}}'.encode(),
    "an array": f'["{MARK}", "{BSN}"]'.encode(),
    "another hook": json.dumps(call(hook=MARK)).encode(),
    "a server of another kind": json.dumps(call(fhirServer=f"ftp://{MARK}/{BSN}")).encode(),
    "a token of another type": json.dumps(by_server("https://x.nl", token_type=MARK)).encode(),
    "a patient that is a path": json.dumps(with_context(patientId=f"../{MARK}")).encode(),
    "drafts of another kind": json.dumps(
        with_context(draftOrders={"resourceType": MARK, "id": BSN})
    ).encode(),
    "nothing offered": json.dumps(call(prefetch=None)).encode(),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_captured_call_that_is_broken(tmp_path: Path, content: bytes) -> None:
    result = check_file(tmp_path, content)
    assert result.exit_code != 0
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert marks_in(result.output) == []


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_server_that_fails(status: int) -> None:
    with running(TalkativeServer((), statuses={"*": status})) as server:
        result = check("pat-1", "--server", server.base)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert marks_in(result.output) == []


def test_a_captured_call_whose_server_fails(tmp_path: Path) -> None:
    with running(TalkativeServer((), statuses={"*": 500})) as server:
        body: Json = by_server(server.base)
        result = check_file(tmp_path, json.dumps(body).encode())
    assert "encounters" in result.output
    assert marks_in(result.output) == []


def test_a_failure_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no one foresaw is left to Python, on the screen of the one who asked, not in a log."""

    def fail(*_: object) -> None:
        raise ValueError(f"{MARK} {BSN}")

    monkeypatch.setattr(ReferralCheck, "assess", fail)
    result = check_file(tmp_path, RAW)
    assert result.exit_code != 0
    assert marks_in(result.output) == []
