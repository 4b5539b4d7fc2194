"""Twice the record is not four times the work, whatever its shape.

Work is the number of functions that are called, which is the same on every machine.
"""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from cds_service.criteria_files import load_criteria
from cds_service.hooks.cds_hooks import Hook
from cds_service.hooks.order_hooks import ReferralCheck
from cds_service.hooks.requests import read_call
from cds_service.settings.site_access import fhir_access
from fhir_mappings.terminology.tables import load_terminology
from tests.contract.calls import Json
from tests.contract.services import settings
from tests.http_shell.test_order_hooks import DAY
from tools.bench.shapes import SHAPES

BEGUN = frozenset({"call", "c_call"})
IF_QUADRATIC = 4


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_twice_the_record_is_about_twice_the_work(shape: Callable[[int], Json]) -> None:
    work(shape(50))  # what is done once only
    assert work(shape(400)) < (IF_QUADRATIC - 1) * work(shape(200))


def test_work_that_grows_as_the_square_is_seen() -> None:
    def compares(items: list[str]) -> None:
        for one in items:
            for other in items:
                one.startswith(other)

    few, many = ["x"] * 100, ["x"] * 200
    assert calls_of(lambda: compares(many)) > (IF_QUADRATIC - 1) * calls_of(lambda: compares(few))


def work(body: Json) -> int:
    """How many functions are called to answer an order-sign call."""
    ours = settings()
    options = ours.client_options
    call = read_call(
        body, hook=Hook.ORDER_SIGN, today=DAY, client_options=options, most_entries=10_000
    )
    with fhir_access(ours) as access:
        check = ReferralCheck(load_criteria(), load_terminology(), access, ours)
        return calls_of(lambda: check.answer(call))


def calls_of(answer: Callable[[], object]) -> int:
    """How many functions are called in this thread meanwhile."""
    begun = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal begun
        begun += event in BEGUN

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        answer()
    finally:
        sys.setprofile(before)
    return begun
