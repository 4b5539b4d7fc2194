"""E, N: statuses, error answers, and what must not be in them. E1 is checked on every answer."""
# ruff: noqa: N802 - a test is named after its item

import json
import logging
from collections.abc import Callable
from datetime import date

import pytest

from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Completeness
from cds_service.domain.judging import assess_contacts
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from cds_service.errors import (
    ForeignOrderError,
    RecordNotOfferedError,
    RecordUnavailableError,
    ReferralCheckError,
)
from cds_service.hooks.cds_hooks import AssessedReferral, HookAnswer, HookCall
from cds_service.observing.event_log import JsonLines
from fhir_mappings.orders.referrals import OurOrder
from tests.contract.calls import TOKEN, Json, access, order_sign, with_context, without
from tests.contract.checked_client import assert_nothing_empty
from tests.contract.services import Checker, shell

MARK = "marked-7f3a"
SIGN = "/cds-services/imsr-order-sign"


def about_a_minor(order: str) -> HookAnswer:
    """What is answered about a referral of somebody of fifteen; `order` names its draft."""
    day = date(2026, 6, 15)
    referral = Referral(order, day, ReferralKind.IMSR, Indication.PAIN)
    assessment = assess_contacts(
        (),
        referral,
        load_criteria().in_force(day),
        person=Person(DayRange.on(date(2011, 1, 1))),
        completeness=Completeness(),
    )
    return HookAnswer((AssessedReferral(OurOrder(referral), assessment),))


def raising(error: Exception) -> Callable[[HookCall], HookAnswer]:
    def answer(_: HookCall) -> HookAnswer:
        raise error

    return answer


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that was logged, as the service writes it and as any handler could."""
    caplog.set_level(logging.DEBUG)
    form = JsonLines()
    return lambda: "\n".join([*(form.format(each) for each in caplog.records), caplog.text])


def test_E2_errors_are_operation_outcomes() -> None:
    answers = [
        shell().post(SIGN, b"{"),
        shell().post("/cds-services/unknown", order_sign()),
        shell().get(SIGN),
        shell(Checker(raising(RecordNotOfferedError()))).call(order_sign()),
        shell().post(SIGN, b" " * 20_000_000),
        shell().call(order_sign(), content_type="text/plain"),
        shell().call(order_sign(), x_large="x" * 40_000),
        shell(Checker(raising(ValueError()))).call(order_sign()),
    ]
    assert [(answer.status_code, answer.json()["issue"][0]["code"]) for answer in answers] == [
        (400, "invalid"),
        (404, "not-found"),
        (405, "not-supported"),
        (412, "required"),
        (413, "too-long"),
        (415, "not-supported"),
        (431, "too-long"),
        (500, "exception"),
    ]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RecordNotOfferedError(), 412),
        (RecordUnavailableError(), 412),
        (ForeignOrderError("context.draftOrders.entry[0].resource.subject"), 400),
    ],
)
def test_E2_errors_of_the_check(error: ReferralCheckError, status: int) -> None:
    answer = shell(Checker(raising(error))).call(order_sign())
    assert answer.status_code == status


MARKED_CALLS = [
    pytest.param(without(order_sign(userId=MARK), "hook"), id="no hook"),
    pytest.param({**order_sign(), "hook": MARK}, id="other hook"),
    pytest.param({**order_sign(), "fhirServer": f"ftp://{MARK}"}, id="server"),
    pytest.param({**order_sign(), "fhirServer": f"http://{MARK}/fhir"}, id="http"),
    pytest.param({**order_sign(), **access(token_type=MARK)}, id="token type"),
    pytest.param({**order_sign(), **access(expires_in=MARK)}, id="expiry"),
    pytest.param(with_context(order_sign(), patientId=f"{MARK}/1"), id="patient"),
    pytest.param(with_context(order_sign(), draftOrders={"resourceType": MARK}), id="bundle"),
    pytest.param(f'{{"{MARK}": 1, "{MARK}": 2}}'.encode(), id="twice"),
    pytest.param(f'{{"a": "{MARK}"'.encode(), id="cut off"),
]


@pytest.mark.parametrize("body", MARKED_CALLS)
def test_E4_errors_hold_nothing_of_the_call(body: object, log: Callable[[], str]) -> None:
    answer = shell().post(SIGN, body)
    assert answer.status_code == 400
    for text in (answer.text, str(answer.headers), log()):
        assert MARK not in text
        assert TOKEN not in text


def test_E4_a_failure_tells_a_trace_id_and_no_more(log: Callable[[], str]) -> None:
    client = shell(Checker(raising(KeyError(MARK))))
    answer = client.call({**order_sign(), **access()}, traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01")
    assert answer.status_code == 500
    assert "ab" * 16 in answer.json()["issue"][0]["diagnostics"]
    assert "Traceback" not in answer.text
    for text in (answer.text, log()):
        assert MARK not in text
        assert TOKEN not in text
    lines = [json.loads(line) for line in log().splitlines() if line.startswith("{")]
    (failure,) = [line for line in lines if line["event"] == "failure"]
    assert failure["trace"] == "ab" * 16
    assert failure["error"] == "KeyError"


def test_E5_a_failure_is_never_an_answer() -> None:
    for error in (ValueError("x"), RecursionError(), MemoryError(), KeyError("cards")):
        answer = shell(Checker(raising(error))).call(order_sign())
        assert answer.status_code == 500
        assert "cards" not in answer.json()


def test_E5_an_answer_that_cannot_be_written_is_a_failure() -> None:
    unwritable = about_a_minor("ServiceRequest/\ud800")  # half a character
    assert shell(Checker(lambda _: unwritable)).call(order_sign()).status_code == 500


def test_a_call_is_one_event_in_the_log(log: Callable[[], str]) -> None:
    shell(Checker(lambda _: about_a_minor("ServiceRequest/draft-1"))).call(order_sign())
    lines = [json.loads(line) for line in log().splitlines() if line.startswith("{")]
    (event,) = [line for line in lines if line["event"] == "call"]
    assert event["hook"] == "order-sign"
    assert event["status"] == 200
    assert event["cards"] == 0
    assert event["outcomes"] == ["not_applicable"]
    assert event["because"] == [["minor"]]
    assert event["milliseconds"] >= 0
    assert len(event["trace"]) == 32


def test_N1_a_null_or_empty_member_is_noticed() -> None:
    """The check that every answer of this suite goes through."""
    assert_nothing_empty({"cards": [], "services": [], "n": 0, "b": False})
    wrongs: list[Json] = [{"a": None}, {"a": ""}, {"a": []}, {"a": {}}, {"a": [{"b": [None]}]}]
    for wrong in wrongs:
        with pytest.raises(AssertionError):
            assert_nothing_empty(wrong)


def test_N2_answers_are_json_in_utf8() -> None:
    named = about_a_minor("ServiceRequest/één ✓")
    answer = shell(Checker(lambda _: named)).call(order_sign())
    assert answer.headers["content-type"] == "application/json"
    assert "één ✓".encode() in answer.content
