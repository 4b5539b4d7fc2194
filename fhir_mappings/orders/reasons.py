"""The reasons of an order, and the Conditions that must be read for them (policy D6, D7)."""

from cds_service.domain.referral import Indication
from fhir_mappings.orders.draft_orders import (
    OrderResources,
    Resource,
    concept_of,
    lenient,
    member,
    members,
    text_of,
)
from fhir_mappings.orders.order_subjects import is_of_another
from fhir_mappings.reading.concepts import concept
from fhir_mappings.reading.references import Reference, Target
from fhir_mappings.terminology.indications import reason
from fhir_mappings.terminology.tables import Terminology

_NO_REASONS = frozenset({"refuted", "entered-in-error"})

ReasonReading = tuple[Indication | None, str]
"""The verdict of one reason (None: it is none), and the Condition to read for it."""


def order_reasons(
    order: Resource, resources: OrderResources, patient_id: str, terms: Terminology
) -> tuple[ReasonReading, ...]:
    """Every `reasonCode`, and every Condition behind `reasonReference`; R5 has `reason`."""
    both = members(order.get("reason"))
    coded = members(order.get("reasonCode"))
    coded += tuple(item for item in both if member(item, "concept") is not None)
    referred = members(order.get("reasonReference"))
    referred += tuple(member(item, "reference") for item in both)
    found: list[ReasonReading] = [(_coded(value, terms), "") for value in coded]
    found += [
        _referred(resources.read(value), order, resources, patient_id, terms)
        for value in referred
        if value is not None
    ]
    return tuple(found)


def _coded(value: object, terms: Terminology) -> Indication | None:
    """The verdict of one reason in the order itself; one that cannot be read is unknown."""
    inner = member(value, "concept")
    found = lenient(concept, value if inner is None else inner, None)
    return Indication.UNKNOWN if found is None else reason(found, (), terms)


def _referred(
    reference: Reference,
    order: Resource,
    resources: OrderResources,
    patient_id: str,
    terms: Terminology,
) -> ReasonReading:
    """The verdict of a Condition; a resource of another type is no reason (policy D7)."""
    condition = resources.resolve(reference, order)
    if condition is None:
        return _unread(reference)
    if condition.get("resourceType") != "Condition":
        return None, ""
    if is_of_another(condition, patient_id, resources):
        return Indication.UNKNOWN, ""
    return _of_condition(condition, terms), ""


def _unread(reference: Reference) -> ReasonReading:
    """A reason that is not at hand is unknown, and is named where it can be read."""
    if reference.resource_type not in {"", "Condition"}:
        return None, ""
    return Indication.UNKNOWN, reference.key if reference.target is Target.RECORD else ""


def _of_condition(condition: Resource, terms: Terminology) -> Indication | None:
    status = condition.get("verificationStatus")
    codes = {coding.code for coding in concept_of(status).codings} | {text_of(status)}
    if codes & _NO_REASONS:
        return None
    code = condition.get("code")
    texts = [member(note, "text") for note in members(condition.get("note"))]
    # nl-core: the name of the problem, further specified
    texts += [member(more, "valueString") for more in members(member(code, "extension"))]
    notes = [text for text in map(text_of, texts) if text]
    return reason(concept_of(code), notes, terms) or Indication.UNKNOWN
