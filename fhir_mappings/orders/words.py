"""What an order says in its own words, by how directly the words name what is asked."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fhir_mappings.orders.draft_orders import (
    OrderResources,
    Resource,
    concept_of,
    concepts_of,
    member,
    members,
    text_of,
)
from fhir_mappings.reading.concepts import Concept
from fhir_mappings.terminology.phrases import words
from fhir_mappings.terminology.tables import OrderMeaning, Terminology

_MARKUP = re.compile(r"<[^<>]*>")
_DEEPEST_SECTION = 5
_MOST_WORDS_BETWEEN = 2  # "once" and "consult" (policy, settled borders of r2)
_LEAD_IN = frozenset(
    [
        "aanvraag",
        "verwijzing",
        "verwijsbrief",
        "machtiging",
        "graag",
        "naar",
        "voor",
        "de",
        "het",
        "een",
        "referral",
        "to",
        "for",
    ]
)
"""Words before the name of a service that do not name another one."""


@dataclass(frozen=True, slots=True)
class OrderWords:
    """The texts of one order. All but `reasons` are its own words."""

    name: tuple[str, ...] = ()  # code and detail: what it is called
    letter: tuple[str, ...] = ()  # what its letter proposes, and why
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()  # texts of its reasons, which can name the kind
    given: tuple[str, ...] = ()  # of its letter: treatment that was given
    details: tuple[str, ...] = ()  # of the name those of the order detail

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is beside its name."""
        return self.notes + self.letter

    @property
    def on_care(self) -> tuple[str, ...]:
        """Where a referrer writes what care was given (policy 2.6)."""
        return self.notes + self.details + self.reasons + self.given

    @property
    def own(self) -> tuple[str, ...]:
        """What the order says itself."""
        return self.name + self.remarks

    @property
    def everything(self) -> tuple[str, ...]:
        """Its own words and those of its reasons."""
        return self.own + self.reasons


def order_words(order: Resource, resources: OrderResources, terms: Terminology) -> OrderWords:
    """The words of an order and of a referral letter that is at hand."""
    details = order_details(order)
    called = (concept_of(order.get("code")), *details)
    name = tuple(text for concept in called for text in concept_texts(concept, terms))
    notes = tuple(text_of(member(note, "text")) for note in members(order.get("note")))
    letter = _letter(order, resources, terms, "referral-text-section")
    given = _letter(order, resources, terms, "referral-treatment-section")
    stated = concepts_of(order.get("reasonCode")) + concepts_of(order.get("reason"))
    return OrderWords(
        name,
        tuple(text for text in letter if text),
        tuple(note for note in notes if note),
        tuple(concept.text for concept in stated if concept.text),
        tuple(text for text in given if text),
        tuple(text for concept in details for text in concept_texts(concept, terms)),
    )


def order_details(order: Resource) -> tuple[Concept, ...]:
    """The details of an order; R5 holds each in parameters."""
    found = list(concepts_of(order.get("orderDetail")))
    for detail in members(order.get("orderDetail")):
        for parameter in members(member(detail, "parameter")):
            found.append(concept_of(member(parameter, "valueCodeableConcept")))
            found.append(Concept(text=text_of(member(parameter, "valueString"))))
    return tuple(found)


def concept_texts(concept: Concept, terms: Terminology) -> tuple[str, ...]:
    """The text of a concept, and the displays of codes that our tables of orders lack."""
    unknown = (
        coding.display
        for coding in concept.codings
        if terms.orders.get(terms.keys.key(coding)) is None
    )
    return tuple(text for text in (concept.text, *unknown) if text)


def receiver_in(texts: tuple[str, ...], terms: Terminology) -> OrderMeaning | None:
    """Whom texts name: iMSR by name, then something else by name, then rehabilitation medicine.

    "MER is hier niet beschikbaar, daarom iMSR" asks for iMSR; "hartrevalidatie in het
    revalidatiecentrum" asks for something else.
    """
    found = {meaning for text in texts for meaning in terms.orders.words.find(text)}
    order = (
        OrderMeaning.IMSR,
        OrderMeaning.OTHER_REHABILITATION,
        OrderMeaning.OTHER,
        OrderMeaning.REHABILITATION,
        OrderMeaning.UNCLEAR,
    )
    return next((meaning for meaning in order if meaning in found), None)


def asks_for_consult(texts: tuple[str, ...], terms: Terminology) -> bool:
    """Whether texts ask for a one-time consult (policy D8).

    By one word ("adviesconsult"), or by "once" and "consult" with two words between at most, in
    either order: "1x consult revalidatiearts", "eenmalige (medische) beoordeling".
    """
    consult = terms.sets["referral-consult"].words
    return any(consult.find(text) or _once_and_consult(text, terms) for text in texts)


def _once_and_consult(text: str, terms: Terminology) -> bool:
    once = list(terms.sets["once-words"].words.places(text))
    if not once:
        return False
    asked = list(terms.sets["consult-words"].words.places(text))
    return any(
        first.stretch == second.stretch
        and 0 <= second.start - first.start - len(first.phrase) <= _MOST_WORDS_BETWEEN
        for one in once
        for other in asked
        for first, second in ((one, other), (other, one))
    )


def opens_with_another_service(texts: tuple[str, ...], terms: Terminology) -> bool:
    """Whether the name of an order begins with physiotherapy, transport or home care (D18)."""
    openings = terms.sets["referral-other-opening"].words
    for text in texts:
        first = next(openings.places(text), None)
        is_in_front = first is not None and first.stretch == 0
        if is_in_front and first is not None and set(words(text)[: first.start]) <= _LEAD_IN:
            return True
    return False


def _letter(
    order: Resource, resources: OrderResources, terms: Terminology, sections: str
) -> Iterator[str]:
    """Texts of the sections of a referral letter (Composition) that a value set names."""
    for value in members(order.get("supportingInfo")):
        letter = resources.resolve(resources.read(value), order)
        if letter is not None and letter.get("resourceType") == "Composition":
            yield from _sections(letter.get("section"), terms, sections, _DEEPEST_SECTION)


def _sections(value: object, terms: Terminology, sections: str, depth: int) -> Iterator[str]:
    for section in members(value):
        code = concept_of(member(section, "code"))
        telling = terms.sets[sections]
        if any(telling.get(terms.keys.key(coding)) for coding in code.codings):
            yield plain(text_of(member(member(section, "text"), "div")))
        if depth > 1:
            yield from _sections(member(section, "section"), terms, sections, depth - 1)


def plain(markup: str) -> str:
    """The words of a narrative; its tags part sentences."""
    return html.unescape(_MARKUP.sub(" . ", markup))
