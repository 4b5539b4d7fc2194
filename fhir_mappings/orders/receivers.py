"""Whether an order goes to rehabilitation medicine (policy D11, D18).

Decided from the order first. Only an order that could be any referral, and whose performer is a
bare reference, needs that one performer read. An order is never ours because of its indication.
"""

from dataclasses import dataclass
from enum import StrEnum

from cds_service.domain.contacts import CareSetting, Profession
from fhir_mappings.orders.draft_orders import (
    OrderResources,
    Resource,
    concept_of,
    concepts_of,
    member,
    members,
    text_of,
)
from fhir_mappings.orders.words import (
    OrderWords,
    concept_texts,
    opens_with_another_service,
    order_details,
    receiver_in,
)
from fhir_mappings.reading.concepts import Concept, is_one_of
from fhir_mappings.reading.references import Reference, Target
from fhir_mappings.terminology.care_settings import setting_of
from fhir_mappings.terminology.tables import OrderMeaning, Terminology
from fhir_mappings.terminology.therapist_categories import (
    agb_professions,
    code_professions,
    professions,
)

_AGB = "http://fhir.nl/fhir/NamingSystem/agb-z|"
_AGB_OF_GPS = "01"
_PERFORMERS = frozenset({"PractitionerRole", "Organization", "HealthcareService", "Practitioner"})
_REHABILITATION = frozenset({OrderMeaning.IMSR, OrderMeaning.REHABILITATION})
_OURS = _REHABILITATION | {OrderMeaning.UNCLEAR}
_OTHER = frozenset({OrderMeaning.OTHER, OrderMeaning.OTHER_REHABILITATION})


class Receiver(StrEnum):
    """Whom an order, or one performer of it, shows as the receiver."""

    REHABILITATION = "rehabilitation"
    OTHER = "other"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class ReceiverReading:
    """The receiver of an order; `unread` is a performer that must be read to know it."""

    receiver: Receiver
    unread: str = ""


def receiver_of(
    order: Resource, words: OrderWords, resources: OrderResources, terms: Terminology
) -> ReceiverReading:
    """Whom an order goes to, as far as it can be known without a call."""
    by_order = _by_order(order, words, terms)
    if by_order is not Receiver.UNDECIDED:
        return ReceiverReading(by_order)
    return _by_performers(order, resources, terms, may_read=_could_be_a_referral(order, terms))


def _by_order(order: Resource, words: OrderWords, terms: Terminology) -> Receiver:
    """The order alone: its name, its codes, its category, the performer that it asks for.

    The order's own code and words decide first; a note alone never makes an order ours (policy
    D18), whatever it says of rehabilitation.
    """
    own = _by_name_and_code(order, words, terms)
    if own is Receiver.UNDECIDED and _is_another_service(order, terms):
        return Receiver.OTHER
    if own is not Receiver.UNDECIDED:
        return own
    remarked = receiver_in(words.remarks, terms)
    if remarked in _OURS and OrderMeaning.UNCLEAR in _own_meanings(order, terms):
        return Receiver.REHABILITATION  # a service "rehabilitation" of which a remark says which
    asked = _by_concepts(concepts_of(order.get("performerType")), terms)
    if asked is not Receiver.UNDECIDED or remarked is OrderMeaning.OTHER:
        return asked  # a remark on the pain clinic tells what was tried, not who is asked
    if remarked is OrderMeaning.OTHER_REHABILITATION:
        return Receiver.OTHER
    return _receiver(receiver_in(words.letter, terms))


def _by_name_and_code(order: Resource, words: OrderWords, terms: Terminology) -> Receiver:
    """What an order is called; "revalidatie" alone is ours too, its kind unclear."""
    called = receiver_in(words.name, terms)
    codes = _own_meanings(order, terms)
    if called is OrderMeaning.IMSR:
        return Receiver.REHABILITATION
    is_other = called in _OTHER or OrderMeaning.OTHER in codes
    if is_other or opens_with_another_service(words.name, terms):
        return Receiver.OTHER
    is_ours = called in _OURS or OrderMeaning.REHABILITATION in codes
    return Receiver.REHABILITATION if is_ours else Receiver.UNDECIDED


def _own_meanings(order: Resource, terms: Terminology) -> set[OrderMeaning]:
    return _meanings((concept_of(order.get("code")), *order_details(order)), terms)


def _is_another_service(order: Resource, terms: Terminology) -> bool:
    """A treatment of these disciplines, or a category such as laboratory or imaging."""
    code = concept_of(order.get("code"))
    is_in_table = any(terms.orders.get(terms.keys.key(coding)) for coding in code.codings)
    if not is_in_table and code_professions(code, terms):
        return True
    other = terms.sets["order-category-other"]
    return any(
        other.get(terms.keys.key(coding))
        for category in concepts_of(order.get("category"))
        for coding in category.codings
    ) or any(other.words.find(each.text) for each in concepts_of(order.get("category")))


def _receiver(meaning: OrderMeaning | None) -> Receiver:
    if meaning in _REHABILITATION:
        return Receiver.REHABILITATION
    return Receiver.OTHER if meaning in _OTHER else Receiver.UNDECIDED


def _meanings(concepts: tuple[Concept, ...], terms: Terminology) -> set[OrderMeaning]:
    keys = (terms.keys.key(coding) for concept in concepts for coding in concept.codings)
    return {meaning for key in keys if (meaning := terms.orders.get(key)) is not None}


def _could_be_a_referral(order: Resource, terms: Terminology) -> bool:
    """No code, or one that says no more than "referral"."""
    codings = [coding for coding in concept_of(order.get("code")).codings if coding.code]
    may_be = {OrderMeaning.GENERIC, OrderMeaning.UNCLEAR}
    return all(terms.orders.get(terms.keys.key(coding)) in may_be for coding in codings)


def _by_performers(
    order: Resource, resources: OrderResources, terms: Terminology, *, may_read: bool
) -> ReceiverReading:
    unread = ""
    for value in members(order.get("performer")):
        reference = resources.read(value)
        resource = resources.resolve(reference, order)
        found = _by_reference(reference, terms, by_name=may_read)
        if resource is not None:
            found = _by_resource(resource, resources, terms, otherwise=found, by_name=may_read)
        if found is Receiver.REHABILITATION:
            return ReceiverReading(found)
        if found is Receiver.UNDECIDED and resource is None and not unread:
            unread = _readable(reference)
    return ReceiverReading(Receiver.UNDECIDED, unread if may_read else "")


def _readable(reference: Reference) -> str:
    """`Type/id` of a performer that the FHIR server of the call can be asked for."""
    may_be = reference.target is Target.RECORD and reference.resource_type in _PERFORMERS
    return reference.key if may_be and reference.key.startswith(reference.resource_type) else ""


def _by_reference(reference: Reference, terms: Terminology, *, by_name: bool) -> Receiver:
    """The display and the identifier of a reference; a person's name shows nothing.

    `by_name`: the order says no more than "referral", so that a word in the name of a centre
    decides (policy D18).
    """
    shown = _receiver(receiver_in((reference.display,), terms))
    if shown is not Receiver.UNDECIDED:
        return shown
    number = reference.identifier.removeprefix(_AGB)
    is_agb = number != reference.identifier
    if is_agb and (agb_professions(number) or number.startswith(_AGB_OF_GPS)):
        return Receiver.OTHER
    if professions((), names=(reference.display,), terms=terms):
        return Receiver.OTHER
    is_centre = by_name and _is_rehabilitation_centre(reference.display, terms)
    return Receiver.REHABILITATION if is_centre else shown


def _is_rehabilitation_centre(name: str, terms: Terminology) -> bool:
    """Whether a name holds a word of rehabilitation, and none of another rehabilitation."""
    is_other = terms.sets["rehabilitation-name-exceptions"].words.find(name)
    return bool(terms.sets["rehabilitation-name"].words.find(name)) and not is_other


def _by_resource(
    resource: Resource,
    resources: OrderResources,
    terms: Terminology,
    *,
    otherwise: Receiver,
    by_name: bool,
) -> Receiver:
    """A performer that is at hand: its own codes, then its organisation, then its name."""
    own = _by_concepts(_own_concepts(resource), terms)
    place = _by_place(resource, terms, by_name=by_name)
    if place is Receiver.UNDECIDED:
        for element in ("organization", "providedBy", "managingOrganization"):
            organisation = resources.resolve(resources.read(resource.get(element)), resource)
            if organisation is not None:
                place = _by_place(organisation, terms, by_name=by_name)
    return _weighed(own, place, otherwise, resource, terms)


def _weighed(
    own: Receiver, place: Receiver, otherwise: Receiver, resource: Resource, terms: Terminology
) -> Receiver:
    """A therapist in a rehabilitation centre is something else; a doctor there may be ours."""
    if own is Receiver.OTHER and place is Receiver.REHABILITATION:
        roles = professions(_own_concepts(resource), terms=terms)
        return place if roles == frozenset({Profession.OTHER}) else own
    found = (own, place, otherwise)
    return next((shown for shown in found if shown is not Receiver.UNDECIDED), Receiver.UNDECIDED)


def _own_concepts(resource: Resource) -> tuple[Concept, ...]:
    elements = ("specialty", "code", "type") if _is_service(resource) else ("specialty", "code")
    found = [concept for name in elements for concept in concepts_of(resource.get(name))]
    qualifications = members(resource.get("qualification"))
    found += [concept_of(member(qualification, "code")) for qualification in qualifications]
    return tuple(found)


def _is_service(resource: Resource) -> bool:
    return resource.get("resourceType") == "HealthcareService"


def _by_place(resource: Resource, terms: Terminology, *, by_name: bool) -> Receiver:
    """The type of an organisation or location, or else its name."""
    if not is_one_of(resource.get("resourceType"), {"Organization", "Location"}):
        return Receiver.UNDECIDED
    setting = setting_of(concepts_of(resource.get("type")), terms=terms)
    if setting is CareSetting.REHABILITATION_CENTRE:
        return Receiver.REHABILITATION
    name = text_of(resource.get("name"))
    named = _receiver(receiver_in((name,), terms))
    if named is not Receiver.UNDECIDED:
        return named
    if setting is CareSetting.UNKNOWN:
        is_centre = by_name and _is_rehabilitation_centre(name, terms)
        is_practice = professions((), names=(name,), terms=terms)
        return Receiver.REHABILITATION if is_centre and not is_practice else named
    return Receiver.OTHER


def _by_concepts(concepts: tuple[Concept, ...], terms: Terminology) -> Receiver:
    """Codes and texts of a role, a specialty or a type of performer."""
    if OrderMeaning.REHABILITATION in _meanings(concepts, terms):
        return Receiver.REHABILITATION
    texts = tuple(text for concept in concepts for text in concept_texts(concept, terms))
    written = _receiver(receiver_in(texts, terms))
    if written is not Receiver.UNDECIDED:
        return written
    return Receiver.OTHER if professions(concepts, terms=terms) else Receiver.UNDECIDED
