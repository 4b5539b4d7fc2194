"""What a PractitionerRole and a Practitioner say about themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cds_service.domain.lookback import DayRange
from fhir_mappings.reading.calendar_days import EARLIEST_DAY, LATEST_DAY, day_range
from fhir_mappings.reading.concepts import (
    Concept,
    UnreadableError,
    concept,
    concepts,
    items,
    mapping,
    string,
    string_in,
)
from fhir_mappings.reading.record import Resource, has_unknown_modifier
from fhir_mappings.reading.references import Reference, ReferenceReader, identifier_of

ALWAYS = DayRange(EARLIEST_DAY, LATEST_DAY)

_AGB_SYSTEMS = frozenset(
    {"http://fhir.nl/fhir/NamingSystem/agb-z", "urn:oid:2.16.840.1.113883.2.4.6.1"}
)


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """One PractitionerRole, or one qualification of a Practitioner."""

    practitioner: Reference = field(default_factory=Reference)
    organization: Reference = field(default_factory=Reference)
    container: Resource = field(default_factory=dict, compare=False)  # holds what is contained
    specialties: tuple[Concept, ...] = ()
    codes: tuple[Concept, ...] = ()
    valid: DayRange | None = ALWAYS  # None: never, for it is not active and says not until when
    is_modified: bool = False  # by an extension or rules that we do not know

    @property
    def says_something(self) -> bool:
        """Whether it names any profession, in a code that is known or not."""
        return bool(self.specialties or self.codes)

    @property
    def is_timeless(self) -> bool:
        """Whether it holds on every day or on none."""
        return self.valid is None or self.valid == ALWAYS

    def holds_on(self, days: DayRange) -> bool:
        """Whether it was active and valid on one of these days."""
        return self.valid is not None and self.valid.overlap(days) is not None


@dataclass(frozen=True, slots=True)
class PractitionerFacts:
    """One Practitioner, without the roles that are elsewhere in the record."""

    name: str = ""
    qualifications: tuple[RoleFacts, ...] = ()
    agb_number: str = ""


def read_role(
    resource: Resource, container: Resource, references: ReferenceReader
) -> RoleFacts | None:
    """The facts of a PractitionerRole; None where it cannot be read."""
    try:
        return RoleFacts(
            references.read(resource.get("practitioner"), "practitioner"),
            references.read(resource.get("organization"), "organization"),
            container,
            concepts(resource.get("specialty"), "specialty"),
            concepts(resource.get("code"), "code"),
            _validity_of_role(resource),
            has_unknown_modifier(resource),
        )
    except UnreadableError:
        return None


def read_practitioner(resource: Resource) -> PractitionerFacts:
    """The facts of a Practitioner; what cannot be read of them says nothing."""
    return PractitionerFacts(
        _name(resource), tuple(_qualifications(resource)), _agb_number(resource)
    )


def agb_number_in(identifier: str) -> str:
    """The number in the AGB register that an identifier (`system|value`) holds, if it is one."""
    system, _, number = identifier.partition("|")
    return number if system in _AGB_SYSTEMS else ""


def _validity_of_role(resource: Resource) -> DayRange | None:
    """A role that is not active now was valid in its period; without one it was not (2.4)."""
    if resource.get("active") is False and not resource.get("period"):
        return None
    return _validity(resource)


def _validity(resource: Resource) -> DayRange:
    """The days of a period, read the wider way where an end is open, partial or no date."""
    period = mapping(resource.get("period"), "period")
    if not period:
        return ALWAYS
    start = day_range(string_in(period, "start", "period"))
    end = day_range(string_in(period, "end", "period"))
    first = start.first if start else EARLIEST_DAY
    last = end.last if end else LATEST_DAY
    return DayRange(min(first, last), max(first, last))


def _qualifications(resource: Resource) -> Iterator[RoleFacts]:
    """Each qualification is a role of its own, valid in its own period."""
    try:
        for item in items(resource.get("qualification"), "qualification"):
            members = mapping(item, "qualification")
            code = concept(members.get("code"), "qualification.code")
            yield RoleFacts(codes=(code,), valid=_validity(members))
    except UnreadableError:
        return


def _name(resource: Resource) -> str:
    """The first name that says something."""
    try:
        names = (mapping(item, "name") for item in items(resource.get("name"), "name"))
        return next(filter(None, map(_written_name, names)), "")
    except UnreadableError:
        return ""


def _written_name(name: Resource) -> str:
    text = string_in(name, "text", "name").strip()
    if text:
        return text
    given = [string(part, "name.given") for part in _list(name.get("given"))]
    return " ".join((*given, string_in(name, "family", "name"))).strip()


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _agb_number(resource: Resource) -> str:
    try:
        numbers = (
            agb_number_in(identifier_of(item, "identifier"))
            for item in items(resource.get("identifier"), "identifier")
        )
        return next(filter(None, numbers), "")
    except UnreadableError:
        return ""
