"""The words of CDS Hooks 2.0.1: a service, a call, an answer.

A call has passed every check of :mod:`cds_service.hooks.requests`; an answer becomes JSON here
and nowhere else. Members with nothing to say are left out (conformance C11).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from cds_service.cards import Card, Indicator
from cds_service.domain.assessment import Assessment
from cds_service.fhir_access import Deadline
from cds_service.fhir_access.trace_context import TraceContext
from cds_service.gathering.record_request import Authorization
from cds_service.hooks.extension import assessment_json
from cds_service.observing.call_measures import CallMeasures
from cds_service.settings.client_options import ClientOptions
from fhir_mappings.orders.referrals import OurOrder

EXTENSION = "nl.imsr-cds.assessments"
"""The name of the response-level extension (interface.md, The machine-readable assessment)."""

SCHEMA_OF_EXTENSION = Path(__file__).parents[1] / "schemas" / "assessments.schema.json"
"""The JSON Schema of what stands under that name."""


class Hook(StrEnum):
    """The hooks that this service is called at."""

    ORDER_SELECT = "order-select"
    ORDER_SIGN = "order-sign"
    PATIENT_VIEW = "patient-view"


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call of a client, checked for form and not yet for meaning.

    `fhir_server` is an absolute URL without a trailing slash that may be spoken to by its scheme;
    whether it is on the allow-list is for the one that speaks to it. Where the client's token
    names another patient, both it and the server are left out: no access (conformance F3).
    """

    hook: Hook
    patient_id: str  # a bare FHIR id
    draft_orders: Mapping[
        str, object
    ]  # a Bundle; every resource in it has a type; patient-view: {}
    selections: tuple[str, ...] | None  # None: the hook has no selections
    today: date  # in Amsterdam; the day of an order that has no date
    prefetch: Mapping[str, object] | None = None  # raw; any key may hold anything
    fhir_server: str | None = None
    authorization: Authorization | None = None
    client_options: ClientOptions | None = None  # None: as the settings of the site say
    user_id: str = field(default="", repr=False)  # it decides nothing, and is kept as a keyed hash
    hook_instance: str = field(default="", repr=False)
    measures: CallMeasures = field(default_factory=CallMeasures, compare=False, repr=False)
    deadline: Deadline | None = field(default=None, compare=False, repr=False)  # None: begins now
    trace: TraceContext | None = field(default=None, compare=False, repr=False)  # None: no number


@dataclass(frozen=True, slots=True)
class AssessedReferral:
    """One referral of a call: its order, what the record shows about it, and the cards for it.

    `order` holds the draft ServiceRequest itself, for what a card may offer to do with it.
    """

    order: OurOrder
    assessment: Assessment
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """The answer to a call: every referral in it, in the order of the draft orders."""

    referrals: tuple[AssessedReferral, ...] = ()

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards of all referrals, warnings first."""
        made = (card for referral in self.referrals for card in referral.cards)
        return tuple(sorted(made, key=lambda card: card.indicator is not Indicator.WARNING))

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """What the record shows about each referral."""
        return tuple(referral.assessment for referral in self.referrals)


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of discovery (conformance D4 to D12)."""

    id: str
    hook: Hook
    title: str
    description: str
    usage_requirements: str
    version: str


def answer_json(answer: HookAnswer) -> bytes:
    """The body of a 200 to a call."""
    body: dict[str, object] = {"cards": [_card(card) for card in answer.cards]}
    if answer.referrals:
        body["extension"] = {EXTENSION: [*map(assessment_json, answer.assessments)]}
    return to_json(body)


def discovery_json(
    services: tuple[Service, ...], prefetch: Callable[[Hook], Mapping[str, str]]
) -> bytes:
    """The body of discovery; `prefetch` are the templates of a hook."""
    return to_json({"services": [_service(each, prefetch(each.hook)) for each in services]})


def to_json(value: object) -> bytes:
    """JSON in UTF-8, without blanks and without the numbers that JSON does not know."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _card(card: Card) -> dict[str, object]:
    members = {
        "uuid": card.uuid,
        "summary": card.summary,
        "detail": card.detail,
        "indicator": card.indicator.value,
        "source": {"label": card.source_label},
    }
    return _without_empty(members)


def _service(service: Service, prefetch: Mapping[str, str]) -> dict[str, object]:
    members = {
        "id": service.id,
        "hook": service.hook,
        "title": service.title,
        "description": service.description,
        "usageRequirements": service.usage_requirements,
        "version": service.version,
        "prefetch": dict(prefetch),
    }
    return _without_empty(members)


def _without_empty(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value}
