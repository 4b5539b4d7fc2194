"""Visits that are part of an admission (policy 2.4, Where)."""

from dataclasses import dataclass, field

from fhir_mappings.contacts.encounters import class_codings
from fhir_mappings.reading.concepts import UnreadableError
from fhir_mappings.reading.record import PatientRecord, Resource, find
from fhir_mappings.reading.references import Reference, ReferenceReader, Target, key_of
from fhir_mappings.terminology.care_settings import is_never_first_line
from fhir_mappings.terminology.tables import Terminology

_FARTHEST = 8  # levels of `partOf`


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a visit is part of one; `is_lost`: what it is part of could not be retrieved."""

    is_one: bool = False
    is_lost: bool = False


_NONE = Admission()
_LOST = Admission(is_lost=True)


@dataclass(slots=True)
class Admissions:
    """The Encounters of one record that others are part of."""

    record: PatientRecord
    references: ReferenceReader
    terms: Terminology
    _encounters: dict[str, Resource] | None = None
    _known: dict[str, Admission] = field(default_factory=dict)

    def of(self, part_of: Reference, container: Resource) -> Admission:
        """What a visit is part of, step by step upwards."""
        if part_of.target is Target.NOWHERE:
            return _NONE
        if part_of.target is Target.CONTAINED:
            return self._find(part_of, container, ())
        found = self._known.get(part_of.key)
        if found is None:
            found = self._known[part_of.key] = self._find(part_of, container, ())
        return found

    def _find(self, part_of: Reference, container: Resource, below: tuple[str, ...]) -> Admission:
        if part_of.target is Target.NOWHERE or part_of.key in below:
            return _NONE
        encounter = self._encounter(part_of, container)
        if encounter is None:
            return _NONE if part_of.key in self.record.absent else _LOST
        try:
            codings = tuple(class_codings(encounter.get("class")))
            above = self.references.read(encounter.get("partOf"), "partOf")
        except UnreadableError:
            return _LOST
        if is_never_first_line(codings, self.terms):
            return Admission(is_one=True)
        if len(below) >= _FARTHEST:
            return _LOST
        return self._find(above, encounter, (*below, part_of.key))

    def _encounter(self, reference: Reference, container: Resource) -> Resource | None:
        if self._encounters is None:
            held = (each for each in self.record.encounters if isinstance(each, dict))
            self._encounters = {key_of(each): each for each in held}
        found = self._encounters.get(reference.key)
        return found or find(self.record, reference, container).resource
