"""Draft orders -> the referrals to rehabilitation medicine among them (policy 2.5).

Relevance first, data second: an order that is not ours costs no call, one that may be ours costs
one read of its performer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from cds_service.domain.contacts import Profession
from cds_service.domain.pointers import Pointer, PointerKind
from cds_service.domain.referral import Referral, ReferralKind
from fhir_mappings.orders.draft_orders import (
    DraftOrder,
    OrderResources,
    Resource,
    concept_of,
    draft_service_requests,
    text_of,
)
from fhir_mappings.orders.order_subjects import is_of_another
from fhir_mappings.orders.reasons import order_reasons
from fhir_mappings.orders.receivers import Receiver, receiver_of
from fhir_mappings.orders.words import OrderWords, asks_for_consult, order_words
from fhir_mappings.pointers import named_in, pointers_to
from fhir_mappings.reading.calendar_days import dutch_day
from fhir_mappings.reading.concepts import Concept
from fhir_mappings.terminology.indications import indication_of
from fhir_mappings.terminology.tables import OrderMeaning, Terminology

_NO_ORDERS = frozenset({"entered-in-error", "revoked"})
_NO_REASONS = frozenset({"refuted", "entered-in-error"})


class OtherSubjectError(ValueError):
    """An order is for another patient than the call. The text names no patient.

    `place` is that of its entry in the draft Bundle, from 0.
    """

    def __init__(self, place: int) -> None:
        super().__init__("an order is for another patient")
        self.place = place


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """An order that is not a referral to rehabilitation medicine, or cannot be read as one."""

    order: str


@dataclass(frozen=True, slots=True)
class UnreadPerformer:
    """An order that may be ours: its performer has to be read, once.

    Ask again with `performer` (`Type/id`) among the resources; where it cannot be retrieved the
    order is not ours, and is counted.
    """

    order: str
    performer: str


@dataclass(frozen=True, slots=True)
class OurOrder:
    """A referral to rehabilitation medicine, with the ServiceRequest that it was read from.

    `missing_conditions` are reasons (`Condition/id`) that are not at hand. Ask again with those
    that could be retrieved; a reason that cannot be read makes the indication unknown. `named_care`
    is what its words say of care that was given.
    """

    referral: Referral
    missing_conditions: tuple[str, ...] = ()
    resource: Resource = field(default_factory=dict, compare=False, repr=False)
    named_care: frozenset[Profession] = frozenset()

    @property
    def pointers(self) -> tuple[Pointer, ...]:
        """Its own words on care that was given: acknowledged, never counted (policy 2.6)."""
        return tuple(pointers_to(self.named_care, PointerKind.DRAFT_TEXT, self.referral.date))

    @property
    def order(self) -> str:
        """The reference of the order."""
        return self.referral.order


OrderReading = OtherOrder | UnreadPerformer | OurOrder


def referral_orders(  # noqa: PLR0913 - one name for each thing that a call brings
    draft_orders: object,
    *,
    selections: Collection[str] | None,
    patient_id: str,
    today: date,
    resources: Mapping[str, Resource],
    terms: Terminology,
    base_url: str = "",
) -> tuple[OrderReading, ...]:
    """Every order that is to be judged: of order-select the selected ones (`selections`), else all.

    `resources` (`Type/id` -> resource) are those at hand beside the draft Bundle. `today` is the
    referral date of an order without a usable one. `base_url` is the FHIR server of the call, so
    that absolute references to it are understood. Raises OtherSubjectError for an order of
    another patient, selected or not; whatever else is odd in an order makes it no order of ours.
    """
    found = OrderResources.of(draft_orders, resources, base_url=base_url)
    drafts = [draft for draft in draft_service_requests(draft_orders) if not _is_void(draft)]
    for draft in drafts:
        if is_of_another(draft.resource, patient_id, found):
            raise OtherSubjectError(draft.place)
    reader = _OrderReader(found, patient_id, today, terms)
    chosen = None if selections is None else {_without_version(name) for name in selections}
    return tuple(reader.read(draft) for draft in drafts if chosen is None or chosen & draft.names)


def dangling_selections(draft_orders: object, selections: Collection[str]) -> int:
    """How many selections name no entry of the draft orders; they are ignored (conformance H4)."""
    if not selections:
        return 0
    resources = OrderResources.of(draft_orders, {})
    names = set(resources.at_hand) | set(resources.reader.aliases)
    return sum(_without_version(selection) not in names for selection in selections)


def _is_void(draft: DraftOrder) -> bool:
    return text_of(draft.resource.get("status")) in _NO_ORDERS


def _without_version(reference: str) -> str:
    return reference.partition("/_history/")[0]


@dataclass(frozen=True, slots=True)
class _OrderReader:
    resources: OrderResources
    patient_id: str
    today: date
    terms: Terminology

    def read(self, draft: DraftOrder) -> OrderReading:
        order = draft.resource
        words = order_words(order, self.resources, self.terms)
        found = receiver_of(order, words, self.resources, self.terms)
        if order.get("doNotPerform") is True:
            return OtherOrder(draft.reference)
        if found.unread:
            return UnreadPerformer(draft.reference, found.unread)
        if found.receiver is not Receiver.REHABILITATION:
            return OtherOrder(draft.reference)
        return self._ours(draft, words)

    def _ours(self, draft: DraftOrder, words: OrderWords) -> OurOrder:
        order = draft.resource
        reasons = order_reasons(order, self.resources, self.patient_id, self.terms)
        verdicts = (verdict for verdict, _ in reasons)
        referral = Referral(
            draft.reference,
            dutch_day(text_of(order.get("authoredOn"))) or self.today,
            self._kind(order, words),
            indication_of(verdicts, words.own, self.terms),
            display(order),
        )
        missing = dict.fromkeys(condition for _, condition in reasons if condition)
        named = named_in(words.on_care, self.terms)
        return OurOrder(referral, tuple(missing), order, named)

    def _kind(self, order: Resource, words: OrderWords) -> ReferralKind:
        """Treatment or a one-time consult (policy D8, D9); words of both kinds: unclear."""
        consult = self.terms.sets["referral-consult"]
        keys = [self.terms.keys.key(coding) for coding in concept_of(order.get("code")).codings]
        texts = words.everything
        asks_consult = any(consult.get(key) for key in keys) or asks_for_consult(texts, self.terms)
        asks_treatment = any(
            OrderMeaning.IMSR in self.terms.orders.words.find(text) for text in texts
        )
        if asks_consult == asks_treatment:
            return ReferralKind.UNCLEAR
        return ReferralKind.ONE_TIME_CONSULT if asks_consult else ReferralKind.IMSR


def display(order: Resource) -> str:
    """What an order calls itself, for the card: its text, else the display of a code."""
    code: Concept = concept_of(order.get("code"))
    shown = (code.text, *(coding.display for coding in code.codings))
    return next((text for text in shown if text), "")
