"""A Bundle with entries of two servers: whose contacts are certain is not for their order to say.

Policy 2.4, rule 9: a contact of another base than the call's whose subject is a relative reference
is `patient_unclear`. A call that names no server has no base: then all of them are.
"""

from typing import Final

import pytest

from tests.contract.calls import (
    EHR,
    PATIENT,
    Json,
    access,
    encounter,
    encounters,
    order_sign,
    patient,
    prefetch,
    roles,
    searchset,
)
from tests.contract.checked_client import assessments, causes, outcomes
from tests.contract.services import service

ELSEWHERE: Final = "https://elsewhere.example/fhir"
NEXT_TO_OURS: Final = f"{EHR}2"
ORDERS: Final = pytest.mark.parametrize("is_reversed", [False, True], ids=["first", "last"])
OTHERS: Final = pytest.mark.parametrize("other", [ELSEWHERE, NEXT_TO_OURS])


def of_two_servers(other: str, *, is_reversed: bool) -> Json:
    """The record of the EHR, and one contact and a Patient of that id of another server."""
    bundle = searchset(encounters(), roles())
    for entry in bundle["entry"]:
        resource = entry["resource"]
        entry["fullUrl"] = f"{EHR}/{resource['resourceType']}/{resource['id']}"
    contact = encounter("of-another", "2025-10-01", "fysio")
    bundle["entry"] += [
        {"fullUrl": f"{other}/Encounter/of-another", "resource": contact},
        {"fullUrl": f"{other}/Patient/{PATIENT}", "resource": patient()},
    ]
    if is_reversed:
        bundle["entry"].reverse()
    return {**prefetch(), "encounters": bundle}


@OTHERS
@ORDERS
def test_without_a_server_nobody_knows_whose_contacts_they_are(
    other: str, *, is_reversed: bool
) -> None:
    given = of_two_servers(other, is_reversed=is_reversed)
    answer = service().call(order_sign(prefetch=given))
    assert outcomes(answer) == ["indeterminate"]
    assert "patient_unclear" in causes(answer)
    (assessment,) = assessments(answer)
    criteria = [criterion for option in assessment["options"] for criterion in option["criteria"]]
    assert [criterion["sessions"]["certain"] for criterion in criteria] == [0, 0, 0]


@OTHERS
@ORDERS
def test_with_the_server_of_the_call_its_own_contacts_are_certain(
    other: str, *, is_reversed: bool
) -> None:
    given = of_two_servers(other, is_reversed=is_reversed)
    answer = service().call(order_sign(prefetch=given, **access()))
    assert outcomes(answer) == ["met"]
    (assessment,) = assessments(answer)
    criteria = [criterion for option in assessment["options"] for criterion in option["criteria"]]
    assert [criterion["sessions"]["certain"] for criterion in criteria] == [13, 7, 0]


@ORDERS
def test_entries_of_two_servers_neither_of_which_is_the_calls_are_unclear(
    *, is_reversed: bool
) -> None:
    given = of_two_servers(ELSEWHERE, is_reversed=is_reversed)
    third = access("https://third.example/fhir")
    answer = service().call(order_sign(prefetch=given, **third))
    assert outcomes(answer) == ["indeterminate"]
    assert "patient_unclear" in causes(answer)


def test_one_server_that_is_not_named_is_the_calls_own() -> None:
    given = of_two_servers(EHR, is_reversed=False)
    assert outcomes(service().call(order_sign(prefetch=given))) == ["met"]
