"""Whom an Encounter or a Procedure names, as it refers to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_mappings.reading.concepts import Concept, UnreadableError, concepts, mapping
from fhir_mappings.reading.record import actor_of, has_unknown_modifier, role_extension_of
from fhir_mappings.reading.references import Reference, ReferenceReader, Target
from fhir_mappings.terminology.tables import Terminology

_PROFESSIONALS = frozenset({"Practitioner", "PractitionerRole", ""})
NO_PROFESSIONALS = frozenset({"Patient", "RelatedPerson", "Device"})
"""Who or what can have performed a Procedure without any therapist (policy 2.4)."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One participant or performer of a contact."""

    actor: Reference
    role: Reference = field(default_factory=Reference)  # of the extension that STU3 data uses
    on_behalf_of: Reference = field(default_factory=Reference)
    functions: tuple[Concept, ...] = ()  # in which they took part; seldom a profession
    is_modified: bool = False  # by an extension that we do not know

    @property
    def is_professional(self) -> bool:
        """Whether a professional can be meant: no relative, no device, and not nothing at all."""
        is_said = bool(self.actor.key or self.actor.display or self.actor.identifier)
        has_role = self.role.target is not Target.NOWHERE
        return has_role or (is_said and self.actor.resource_type in _PROFESSIONALS)

    @property
    def stands_alone(self) -> bool:
        """Whether it means the same in every contact: it does not refer into the contact."""
        return Target.CONTAINED not in {
            self.actor.target,
            self.role.target,
            self.on_behalf_of.target,
        }


def took_no_part_in_care(participant: Participant, terms: Terminology) -> bool:
    """Whether somebody only referred, called, escorted or translated (policy 2.4).

    Who also took the part of a therapist is one.
    """
    if not participant.functions:
        return False
    return _is_in("participation-other", participant, terms) and not _is_in(
        "participation-therapist", participant, terms
    )


def _is_in(value_set: str, participant: Participant, terms: Terminology) -> bool:
    members = terms.sets[value_set]
    return any(
        any(members.get(terms.keys.key(coding)) for coding in each.codings)
        or bool(members.words.find(each.text))
        for each in participant.functions
    )


def read_participants(
    value: object, element: str, references: ReferenceReader
) -> tuple[Participant, ...]:
    """Reads the participants of an Encounter or the performers of a Procedure.

    An object where the list is due makes the contact unreadable (scenarios.md, FHIR forms).
    """
    if value is not None and not isinstance(value, list):
        raise UnreadableError(f"{element} is no list")
    return tuple(_participant(item, element, references) for item in value or ())


def _participant(item: object, element: str, references: ReferenceReader) -> Participant:
    members = mapping(item, element)
    actor = actor_of(members)
    return Participant(
        references.read(actor, element),
        references.read(role_extension_of(actor), "extension"),
        references.read(members.get("onBehalfOf"), "onBehalfOf"),
        _functions(members),
        has_unknown_modifier(members),
    )


def _functions(members: Mapping[str, object]) -> tuple[Concept, ...]:
    """`type` of a participant; of a performer `function`, in STU3 `role`. Helpful, not needed."""
    try:
        return tuple(
            found
            for name in ("type", "function", "role")
            if name in members
            for found in concepts(members[name], name)
        )
    except UnreadableError:
        return ()
