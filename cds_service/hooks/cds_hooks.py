"""The words of CDS Hooks 2.0.1: a service, a call, a card, an answer.

A call has passed every check of :mod:`cds_service.hooks.requests`; an answer becomes JSON here
and nowhere else. Members with nothing to say are left out (conformance C11).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal
from uuid import uuid4

from cds_service.fhir_access import Deadline
from cds_service.fhir_access.trace_context import TraceContext
from cds_service.observing.call_measures import CallMeasures
from cds_service.settings.client_options import ClientOptions

EXTENSION = "nl.imsr-cds.assessments"
"""The name of the response-level extension (interface.md, The machine-readable assessment)."""

SCHEMA_OF_EXTENSION = Path(__file__).parents[1] / "schemas" / "assessments.schema.json"
"""The JSON Schema of what stands under that name."""


class Hook(StrEnum):
    """The hooks that this service is called at."""

    ORDER_SELECT = "order-select"
    ORDER_SIGN = "order-sign"


@dataclass(frozen=True, slots=True)
class Authorization:
    """The access that a client passes along for one call (conformance F2 to F7)."""

    token: str = field(repr=False)
    scope: str  # the granted scopes, as the client wrote them
    expires_in: int | None = None  # seconds; None: not said, so valid for this call


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call of a client, checked for form and not yet for meaning.

    `fhir_server` is an absolute URL without a trailing slash that may be spoken to by its scheme;
    whether it is on the allow-list is for the one that speaks to it. Where the client's token
    names another patient, both it and the server are left out: no access (conformance F3).
    """

    hook: Hook
    patient_id: str  # a bare FHIR id
    draft_orders: Mapping[str, object]  # a Bundle; every resource in it has a type
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
class Source:
    """Who says what a card says; `url` is about the source, no drill-down (conformance C7)."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `summary` has at most 139 code points and UTF-16 units (conformance C3)."""

    summary: str
    indicator: Literal["info", "warning"]
    source: Source
    detail: str = ""  # GitHub-flavoured Markdown, without HTML
    uuid: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What is said to a call: the cards, and one JSON-ready assessment for each referral.

    `gaps` is not said: for each assessment the parts of the record that could not be had.
    """

    cards: tuple[Card, ...] = ()
    assessments: tuple[Mapping[str, object], ...] = ()
    gaps: tuple[tuple[str, ...], ...] = ()


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
    if answer.assessments:
        body["extension"] = {EXTENSION: list(answer.assessments)}
    return to_json(body)


def discovery_json(services: tuple[Service, ...], prefetch: Mapping[str, str]) -> bytes:
    """The body of discovery; every service asks for the same record."""
    return to_json({"services": [_service(service, prefetch) for service in services]})


def to_json(value: object) -> bytes:
    """JSON in UTF-8, without blanks and without the numbers that JSON does not know."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _card(card: Card) -> dict[str, object]:
    members = {
        "uuid": card.uuid,
        "summary": card.summary,
        "detail": card.detail,
        "indicator": card.indicator,
        "source": _without_empty({"label": card.source.label, "url": card.source.url}),
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
