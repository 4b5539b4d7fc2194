"""Every indication of the table, as a reason in the order and as a Condition behind it."""

from datetime import date
from typing import Final

import pytest

from cds_service.domain.referral import Indication
from fhir_mappings.orders.referrals import OurOrder, referral_orders
from tests.terminology.standings import TERMS, Json, coded
from tests.terminology.tables import INDICATIONS, Row, name, rows, with_addresses

INDICATION_ROWS: Final = rows(lambda row: row.category in INDICATIONS)

VERDICTS: Final = {
    "indication:include": Indication.PAIN,
    "indication:duration": Indication.PAIN,
    "indication:review": Indication.UNKNOWN,
    "indication:exclude": Indication.OTHER,
}


def indication(condition: Json | None = None, **reasons: object) -> Indication:
    """The verdict of an order for iMSR with these reasons."""
    order = {
        "resourceType": "ServiceRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": "iMSR"},
        **reasons,
    }
    (found,) = referral_orders(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]},
        selections=None,
        patient_id="p1",
        today=date(2026, 6, 15),
        resources={} if condition is None else {"Condition/c1": condition},
        terms=TERMS,
    )
    assert isinstance(found, OurOrder)
    return found.referral.indication


def _condition(code: Json) -> Json:
    subject = {"reference": "Patient/p1"}
    return {"resourceType": "Condition", "id": "c1", "subject": subject, "code": code}


def test_there_are_as_many_indications_as_the_table_says() -> None:
    assert len(INDICATION_ROWS) == 82


@pytest.mark.parametrize(("row", "address"), with_addresses(INDICATION_ROWS), ids=name)
def test_an_indication_is_judged_by_its_class(row: Row, address: str) -> None:
    code = coded(row.code, address)
    referred = {"reasonReference": [{"reference": "Condition/c1"}]}
    assert indication(reasonCode=[code]) == VERDICTS[row.category]
    assert indication(_condition(code), **referred) == VERDICTS[row.category]
    assert indication(reason=[{"concept": code}]) == VERDICTS[row.category]


@pytest.mark.parametrize("row", INDICATION_ROWS, ids=name)
def test_the_name_of_a_known_code_adds_nothing(row: Row) -> None:
    code = coded(row.code, row.system)
    code["coding"][0]["display"] = row.display
    assert indication(reasonCode=[{**code, "text": row.display}]) == VERDICTS[row.category]


ICPC: Final = "http://hl7.org/fhir/sid/icpc-1-nl"
ICD_CM: Final = "urn:oid:2.16.840.1.113883.6.90"
ICD_11: Final = "http://id.who.int/icd/release/11/mms"


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICPC, "L86.02", Indication.PAIN),
        (ICPC, "L20", Indication.PAIN),
        (ICPC, "L84.01", Indication.PAIN),
        (ICPC, "A01.02", Indication.PAIN),
        (ICPC, "L89.01", Indication.UNKNOWN),
        (ICPC, "L88.01", Indication.OTHER),
        (ICPC, "L99", Indication.UNKNOWN),
        (ICPC, "A02", Indication.UNKNOWN),
        (ICPC, "K86", Indication.OTHER),
        ("urn:oid:2.16.840.1.113883.2.4.4.31.1", "L03.01", Indication.PAIN),
        (ICD_CM, "M54.50", Indication.PAIN),
        (ICD_CM, "G89.28", Indication.UNKNOWN),
        (ICD_11, "MG30.02", Indication.PAIN),
        (ICD_11, "MG30.10", Indication.OTHER),
    ],
)
def test_a_code_takes_the_class_of_its_parent(system: str, code: str, expected: Indication) -> None:
    assert indication(reasonCode=[coded(code, system)]) == expected


@pytest.mark.parametrize(
    "system",
    [
        "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
        "http://hl7.org/fhir/v3/NullFlavor",
        "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "http://hl7.org/fhir/data-absent-reason",
    ],
)
def test_a_code_for_no_value_is_no_reason(system: str) -> None:
    assert indication(reasonCode=[coded("UNK", system)]) == Indication.UNKNOWN
