"""As many calls at work as the setting allows, also more than there are threads by default."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from cds_service.app import create_app
from cds_service.cli.running_service import running_service
from cds_service.fhir_access.computing_turns import waiting
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from cds_service.hooks.order_hooks import ReferralCheck
from tests.contract.calls import order_sign
from tests.contract.services import settings

CALLS = 60


def test_sixty_calls_are_answered_at_once_and_others_are_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All wait for each other; meanwhile the service is ready, and sheds what is too much."""
    together, go_on = threading.Barrier(CALLS + 1), threading.Event()

    def wait(_: ReferralCheck, call: HookCall) -> HookAnswer:
        if call.patient_id != "nobody":  # the first call, at the start
            with waiting():
                together.wait(60)
                assert go_on.wait(60)
        return HookAnswer()

    monkeypatch.setattr(ReferralCheck, "answer", wait)
    app = create_app(settings(IMSR_MAX_CALLS=str(CALLS)))
    with running_service(app, "127.0.0.1", 0) as url, ThreadPoolExecutor(CALLS) as threads:
        address = f"{url}/cds-services/imsr-order-sign"
        sent = [
            threads.submit(requests.post, address, json=order_sign(), timeout=120)
            for _ in range(CALLS)
        ]
        together.wait(60)
        shed = requests.post(address, json=order_sign(), timeout=30)
        assert (shed.status_code, shed.headers["Retry-After"]) == (503, "1")
        assert requests.get(f"{url}/health/ready", timeout=30).status_code == 200
        told = requests.get(f"{url}/metrics", timeout=30).text
        assert f"imsr_calls_at_work {CALLS}.0" in told
        go_on.set()
        assert {each.result().status_code for each in sent} == {200}
