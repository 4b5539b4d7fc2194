"""Which orders of a call are referrals to rehabilitation medicine: relevance first.

An order that is not ours costs no request; one that may be ours costs one read of its performer,
and a reason that only refers to a Condition one read of that (policy D18).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from cds_service.errors import ForeignOrderError
from cds_service.fhir_access import FoundResource
from cds_service.gathering.record_access import RecordAccess
from cds_service.gathering.record_request import RecordRequest
from fhir_mappings.orders import (
    OrderReading,
    OtherSubjectError,
    OurOrder,
    UnreadPerformer,
    dangling_selections,
    referral_orders,
)
from fhir_mappings.queries import Interaction
from fhir_mappings.reading.bundles import read_answer
from fhir_mappings.reading.record import Resource
from fhir_mappings.terminology.tables import Terminology

_READS = 2  # the performer, then the reasons of an order that turns out to be ours


@dataclass(frozen=True, slots=True)
class DraftOrders:
    """The orders of a call: a Bundle, and which entries were selected; None: no selections."""

    bundle: Mapping[str, object]
    selections: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class FoundReferrals:
    """Our referrals among the draft orders, in their order.

    The counts are for the operator: an integration that sends these says less than its orders do.
    """

    orders: tuple[OurOrder, ...] = ()
    unread_performers: int = 0  # orders that may be ours, and nobody can say (policy D18)
    dangling_selections: int = 0  # selections without an order (conformance H4)


def find_referrals(
    drafts: DraftOrders, request: RecordRequest, access: RecordAccess, terms: Terminology
) -> FoundReferrals:
    """Our referrals among the draft orders; at order-select among the selected ones.

    Raises ForeignOrderError for an order of another patient. A performer that cannot be read
    makes the order none of ours; a reason that cannot be read makes the indication unknown.
    """
    at_hand = _prefetched_conditions(request)
    readings = _read_orders(drafts, request, at_hand, terms)
    asked: set[str] = set()
    for _ in range(_READS):
        wanted = {key for key in _wanted(readings) if key not in asked}
        found = _fetched(wanted, access)
        if not found:
            break
        asked |= wanted
        at_hand |= found
        readings = _read_orders(drafts, request, at_hand, terms)
    return FoundReferrals(
        tuple(reading for reading in readings if isinstance(reading, OurOrder)),
        sum(isinstance(reading, UnreadPerformer) for reading in readings),
        dangling_selections(drafts.bundle, drafts.selections or ()),
    )


def _read_orders(
    drafts: DraftOrders,
    request: RecordRequest,
    at_hand: dict[str, Resource],
    terms: Terminology,
) -> tuple[OrderReading, ...]:
    try:
        return referral_orders(
            drafts.bundle,
            selections=drafts.selections,
            patient_id=request.patient_id,
            today=request.today,
            resources=at_hand,
            terms=terms,
            base_url=request.base_url,
        )
    except OtherSubjectError as error:
        path = f"context.draftOrders.entry[{error.place}].resource.subject"
        raise ForeignOrderError(path) from None


def _prefetched_conditions(request: RecordRequest) -> dict[str, Resource]:
    answer = read_answer(request.prefetch.get("conditions"), "Condition", request.base_url)
    return {
        f"Condition/{match['id']}": match
        for match in answer.matches
        if isinstance(match, dict) and isinstance(match.get("id"), str)
    }


def _wanted(readings: Iterable[OrderReading]) -> set[str]:
    """What the orders refer to and is not at hand."""
    wanted: set[str] = set()
    for reading in readings:
        if isinstance(reading, UnreadPerformer):
            wanted.add(reading.performer)
        elif isinstance(reading, OurOrder):
            wanted.update(reading.missing_conditions)
    return wanted


def _fetched(wanted: set[str], access: RecordAccess) -> dict[str, Resource]:
    if access.session is None:
        return {}
    allowed = {
        key for key in wanted if access.scopes.allow(key.partition("/")[0], Interaction.READ)
    }
    may_search = partial(access.scopes.allow, interaction=Interaction.SEARCH)
    readings = access.session.read_all(allowed, may_search=may_search) if allowed else {}
    return {key: got.resource for key, got in readings.items() if isinstance(got, FoundResource)}
