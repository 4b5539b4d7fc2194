"""One call of several orders: what is shared between them, and what each keeps."""

from datetime import date
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.assessing import count_record
from cds_service.criteria_files import load_criteria
from cds_service.domain.ledger import Ledger
from cds_service.fhir_access import Deadline
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
from tests.contract.calls import PATIENT, TODAY, Json, order, order_sign, other_order, prefetch
from tests.contract.checked_client import CheckedClient
from tests.contract.services import settings

DAY = date.fromisoformat(TODAY)


def call(body: Json) -> HookCall:
    """The call that a body makes."""
    options = settings().client_options
    return read_call(
        body, hook=Hook.ORDER_SIGN, today=DAY, client_options=options, most_entries=1_000
    )


def answer(body: Json) -> HookAnswer:
    """What it is answered, before it becomes JSON."""
    ours = settings()
    with fhir_access(ours) as access:
        check = ReferralCheck(load_criteria(), load_terminology(), access, ours)
        return check.answer(call(body))


def test_each_assessment_stands_beside_its_own_order() -> None:
    second = order("draft-3", priority="urgent", authoredOn="2026-06-14")
    found = answer(order_sign(order(), other_order(), second)).referrals
    assert [each.assessment.referral.order for each in found] == [
        "ServiceRequest/draft-1",
        "ServiceRequest/draft-3",
    ]
    assert [each.order.resource for each in found] == [order(), second]
    assert [len(each.cards) for each in found] == [1, 1]


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
