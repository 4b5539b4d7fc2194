"""One call of several orders: what is shared between them, and what each keeps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.assessing import count_record
from cds_service.cards import CardKind, present
from cds_service.criteria_files import load_criteria
from cds_service.domain.causes import Cause
from cds_service.domain.flags import _maybe_psychosomatic
from cds_service.domain.ledger import Ledger
from cds_service.fhir_access import Deadline
from cds_service.gathering import gather_record as gathering
from cds_service.gathering.gather_record import gather_record
from cds_service.gathering.record_access import RecordAccess
from cds_service.gathering.record_request import RecordRequest
from cds_service.hooks.cds_hooks import Hook, HookAnswer, HookCall
from cds_service.hooks.order_hooks import ReferralCheck
from cds_service.hooks.requests import read_call
from cds_service.settings.site_access import fhir_access
from fhir_mappings.queries.scopes import GrantedScopes
from fhir_mappings.reading.record import PatientRecord
from fhir_mappings.terminology.tables import load_terminology
from tests.contract.calls import (
    PATIENT,
    TODAY,
    Json,
    order,
    order_sign,
    other_order,
    patient,
    prefetch,
)
from tests.contract.checked_client import CheckedClient
from tests.contract.services import service, settings

DAY = date.fromisoformat(TODAY)


def call(body: Json) -> HookCall:
    """The call that a body makes."""
    options = settings().client_options
    return read_call(
        body, hook=Hook.ORDER_SIGN, today=DAY, client_options=options, most_entries=1_000
    )


def answer(body: Json, deadline: Deadline | None = None) -> HookAnswer:
    """What it is answered, before it becomes JSON."""
    ours = settings()
    with fhir_access(ours) as access:
        check = ReferralCheck(load_criteria(), load_terminology(), access, ours)
        return check.answer(replace(call(body), deadline=deadline))


def test_each_assessment_stands_beside_its_own_order() -> None:
    second = order("draft-3", priority="urgent", authoredOn="2026-06-14")
    found = answer(order_sign(order(), other_order(), second)).referrals
    assert [each.assessment.referral.order for each in found] == [
        "ServiceRequest/draft-1",
        "ServiceRequest/draft-3",
    ]
    assert [each.order.resource for each in found] == [order(), second]
    assert [len(each.cards) for each in found] == [1, 0]  # one card for both


@pytest.mark.parametrize(
    ("days", "lookbacks"),
    [
        (["2026-06-15"] * 4, 1),
        (["2026-06-15", "2026-06-14", "2026-06-15"], 2),
    ],
)
def test_the_record_is_counted_once_for_each_lookback(
    monkeypatch: pytest.MonkeyPatch, days: list[str], lookbacks: int
) -> None:
    counted: list[str] = []

    def watched(record: PatientRecord, *arguments: Any) -> Ledger:
        counted.append(record.patient_id)
        return count_record(record, *arguments)

    monkeypatch.setattr("cds_service.hooks.order_hooks.count_record", watched)
    orders = [order(f"draft-{number}", authoredOn=day) for number, day in enumerate(days)]
    body = CheckedClient(create_app(settings())).call(order_sign(*orders)).json()
    assert len(body["extension"]["nl.imsr-cds.assessments"]) == len(days)
    assert counted == [PATIENT] * lookbacks


def test_a_record_is_gathered_without_any_hook() -> None:
    """Whoever asks: a request names a patient and what came along, and nothing of a call."""
    request = RecordRequest(
        patient_id=PATIENT,
        today=DAY,
        deadline=Deadline(5),
        margin_days=31,
        prefetch=prefetch(),
    )
    no_access = RecordAccess(None, GrantedScopes(), is_offered=False)
    lookback = load_criteria().in_force(DAY).lookback(DAY)
    record = gather_record(request, no_access, lookback)
    assert len(record.encounters) == 20
    assert record.completeness.gaps == frozenset()
    assert "pat-1" not in repr(request)


def test_more_referrals_than_the_site_allows_are_too_large() -> None:
    orders = [order(f"draft-{number}") for number in range(3)]
    few = {"IMSR_MAX_REFERRALS": "2"}
    assert service(**few).call(order_sign(*orders[:2], other_order())).status_code == 200
    assert service(**few).call(order_sign(*orders)).status_code == 413


def late(*seconds: float) -> Deadline:
    """A deadline of 4 seconds, by a clock that shows these seconds and then goes on with the last.

    The first is the beginning.
    """
    times = list(seconds)

    def clock() -> float:
        return times.pop(0) if len(times) > 1 else times[0]

    return Deadline(4.0, clock)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ((0.0, 4.9), ["met", "met"]),
        ((0.0, 5.1), ["indeterminate", "indeterminate"]),
    ],
)
def test_what_is_not_judged_in_time_is_unavailable(
    seconds: tuple[float, ...], said: list[str]
) -> None:
    body = order_sign(order(), order("draft-2", authoredOn="2026-06-14"))
    found = answer(body, late(*seconds))
    assert [each.label for each in found.assessments] == said
    assert {each.is_unavailable for each in found.assessments} == {"met" not in said}


def test_an_order_behind_the_one_that_took_the_time_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]

    def slow(*arguments: Any) -> Ledger:
        ledger = count_record(*arguments)
        now[0] = 6.0
        return ledger

    monkeypatch.setattr("cds_service.hooks.order_hooks.count_record", slow)
    body = order_sign(order(), order("draft-2", authoredOn="2026-06-14"))
    found = answer(body, Deadline(4.0, lambda: now[0]))
    assert [each.label for each in found.assessments] == ["met", "indeterminate"]
    assert found.assessments[1].causes == (Cause.RECORD_UNAVAILABLE,)


def test_a_minor_is_one_also_where_the_care_is_not_read_in_time() -> None:
    child = {**patient(), "birthDate": "2015-01-01"}
    body = order_sign(prefetch={**prefetch(), "patient": child})
    (assessment,) = answer(body, late(0.0, 9.0)).assessments
    assert assessment.causes == (Cause.MINOR,)


class Time:
    """A clock that stands until somebody lets it go on."""

    def __init__(self) -> None:
        self.now = 0.0

    def read(self) -> float:
        return self.now

    def after(self, seconds: float, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, that takes so long."""

        def slow(*arguments: Any, **named: Any) -> Any:
            self.now += seconds
            return work(*arguments, **named)

        return slow


@pytest.mark.parametrize(("seconds", "said"), [(0.1, "met"), (2.0, "indeterminate")])
def test_flags_that_take_too_long_leave_the_referral_unavailable(
    monkeypatch: pytest.MonkeyPatch, seconds: float, said: str
) -> None:
    """Before each of their counts somebody looks at the clock."""
    time = Time()
    slow = time.after(seconds, _maybe_psychosomatic)
    monkeypatch.setattr("cds_service.domain.flags._maybe_psychosomatic", slow)
    found = answer(order_sign(), Deadline(1.5, time.read)).assessments
    assert [each.label for each in found] == [said]


@pytest.mark.parametrize(
    ("seconds", "said", "kind"),
    [
        (0.1, "met", CardKind.MET_OPTION1),
        (3.5, "indeterminate", CardKind.RECORD_UNAVAILABLE),
    ],
)
def test_a_referral_without_time_for_its_card_was_not_checked(
    monkeypatch: pytest.MonkeyPatch, seconds: float, said: str, kind: CardKind
) -> None:
    """What its assessment says is then what its card says."""
    time = Time()
    slow = time.after(seconds, present)
    monkeypatch.setattr("cds_service.hooks.order_hooks.present", slow)
    days = ("2026-06-15", "2026-06-14", "2026-06-13")
    orders = [order(f"draft-{day}", authoredOn=day) for day in days]
    found = answer(order_sign(*orders), Deadline(4.0, time.read)).referrals
    assert [each.assessment.label for each in found] == [said] * 3
    assert {card.kind for each in found for card in each.cards} == {kind}


@pytest.mark.parametrize("at", ["_parts", "_record", "with_referenced"])
def test_reading_that_takes_too_long_leaves_the_record_unavailable(
    monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    time = Time()
    reading = getattr(gathering, at)
    monkeypatch.setattr(gathering, at, time.after(10.0, reading))
    found = answer(order_sign(), Deadline(4.0, time.read)).assessments
    assert [each.label for each in found] == ["indeterminate"]
    assert [each.causes for each in found] == [(Cause.RECORD_UNAVAILABLE,)]
