"""Why a contact was, as far as the policy asks: certainly not for pain, or somatic (A8, 2.4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from fhir_mappings.reading.concepts import (
    Coding,
    Concept,
    UnreadableError,
    as_written,
    concept,
    items,
    mapping,
    string_in,
)
from fhir_mappings.reading.record import PatientRecord, Resource, find
from fhir_mappings.reading.references import ReferenceReader
from fhir_mappings.terminology.indications import (
    adds_to,
    is_other_reason,
    is_somatic_reason,
    reason_class,
)
from fhir_mappings.terminology.tables import ReasonClass, Terminology

_ELEMENTS = ("reasonCode", "reason", "reasonReference")
_ICPC = "http://hl7.org/fhir/sid/icpc-1-nl"
_NO_REASONS = frozenset({"refuted", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class ContactReasons:
    """What the reasons of a contact tell."""

    is_other: bool = False  # all coded reasons are certainly something else, and no text is beside
    is_somatic: bool = False  # there are coded reasons, and all are of somatic chapters


_NONE = ContactReasons()


@dataclass(slots=True)
class ReasonReader:
    """Reads the reasons of the contacts of one record; a record has few of them often."""

    record: PatientRecord
    references: ReferenceReader
    terms: Terminology
    _known: dict[bytes, ContactReasons] = field(default_factory=dict)

    def reasons(self, resource: Resource) -> ContactReasons:
        """Those of an Encounter or a Procedure of any version; none where it cannot be read."""
        if not any(name in resource for name in _ELEMENTS):
            return _NONE
        if "contained" in resource:
            return self._read(resource)
        written = as_written(resource, _ELEMENTS)
        key = blake2b(written, digest_size=16).digest()
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read(resource)
        return found

    def _read(self, resource: Resource) -> ContactReasons:
        try:
            found = list(self._concepts(resource))
        except UnreadableError:
            return _NONE  # who cannot be read may be pain
        if not found or None in found:
            return _NONE
        told = [each for each in found if each is not None]
        coded = [each for each in told if any(coding.code for coding in each.codings)]
        return ContactReasons(
            is_other=all(_is_other(each, self.terms) for each in told),
            is_somatic=bool(coded) and all(_is_somatic(each, self.terms) for each in coded),
        )

    def _concepts(self, resource: Resource) -> Iterator[Concept | None]:
        """Each reason; None for one that only refers to what is not at hand."""
        for item in items(resource.get("reasonCode"), "reasonCode"):
            yield concept(item, "reasonCode")
        for item in items(resource.get("reasonReference"), "reasonReference"):
            yield from self._referred(item, resource)
        for item in items(resource.get("reason"), "reason"):
            members = mapping(item, "reason")
            for inner in items(members.get("value", members), "reason"):
                yield from self._either(mapping(inner, "reason"), resource)

    def _either(self, held: Resource, resource: Resource) -> Iterator[Concept | None]:
        """A CodeableReference of R5, a reference, or the concept of STU3."""
        if "concept" in held:
            yield concept(held["concept"], "reason")
        if isinstance(held.get("reference"), str):
            yield from self._referred(held, resource)
        elif "reference" in held:
            yield from self._referred(held["reference"], resource)
        elif "concept" not in held:
            yield concept(held, "reason")

    def _referred(self, value: object, resource: Resource) -> Iterator[Concept | None]:
        reference = self.references.read(value, "reason")
        condition = find(self.record, reference, resource).resource
        if condition is None or condition.get("resourceType") != "Condition":
            yield None
        elif not _is_refuted(condition):
            yield concept(condition.get("code"), "code")


def _is_refuted(condition: Resource) -> bool:
    status = condition.get("verificationStatus")
    if isinstance(status, str):
        return status in _NO_REASONS
    codings = concept(status, "verificationStatus").codings
    return any(coding.code in _NO_REASONS for coding in codings)


def _is_other(found: Concept, terms: Terminology) -> bool:
    """Whether a reason is coded as certainly something else, and no text of its own is beside.

    A further code in no table says the same in another system; one that may be pain, or of
    another chapter of ICPC, leaves the contact counting.
    """
    codings = [coding for coding in found.codings if coding.code]
    others = [coding for coding in codings if is_other_reason(coding, terms)]
    if not others or adds_to(found.text, found.codings, terms):
        return False
    return not any(_speaks_for_pain(each, terms) for each in codings if each not in others)


def _speaks_for_pain(coding: Coding, terms: Terminology) -> bool:
    is_icpc = terms.keys.key(coding)[0] == _ICPC
    return is_icpc or reason_class(coding, terms) not in {None, ReasonClass.EXCLUDE}


def _is_somatic(found: Concept, terms: Terminology) -> bool:
    """Whether a coded reason is of a somatic chapter of ICPC, and of no other chapter."""
    icpc = [each for each in found.codings if terms.keys.key(each)[0] == _ICPC]
    return bool(icpc) and all(is_somatic_reason(each, terms) for each in icpc)


def texts_of_reasons(resource: Resource) -> Iterator[str]:
    """The texts of a contact's own reasons; none where they cannot be read."""
    try:
        for name in ("reasonCode", "reason"):
            for item in items(resource.get(name), name):
                members = mapping(item, name)
                for inner in items(members.get("value", members), name):
                    held = mapping(inner, name)
                    yield string_in(mapping(held.get("concept", held), name), "text", name)
    except UnreadableError:
        return
