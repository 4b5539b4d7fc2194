"""Practitioners and their roles, in every form in which a contact can name them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from tests.builders.codes import Json
from tests.builders.places import reference
from tests.builders.role_forms import ROLE_FORMS
from tests.builders.scenario_tokens import AlsoRole, RoleJoin

ROLE_EXTENSION: Final = "http://nictiz.nl/fhir/StructureDefinition/practitionerrole-reference"


ROLE_PROFILE: Final = (
    "http://nictiz.nl/fhir/StructureDefinition/nl-core-HealthProfessional-PractitionerRole"
)


class Carrier(StrEnum):
    """Which element tells the role of a practitioner."""

    SPECIALTY = "PractitionerRole.specialty"
    CODE = "PractitionerRole.code"
    CONTAINED = "contained PractitionerRole"
    EXTENSION = "extension practitionerrole-reference"
    QUALIFICATION = "Practitioner.qualification"
    DISPLAY = "display of the reference"
    NOTHING = "only a name"

    @property
    def has_role_resource(self) -> bool:
        """Whether a PractitionerRole stands in the record, so that it can name an organisation."""
        return self in {Carrier.SPECIALTY, Carrier.CODE, Carrier.EXTENSION}


NAMING_ROLE: Final = (Carrier.SPECIALTY, Carrier.CODE, Carrier.CONTAINED, Carrier.EXTENSION)
NAMING_PRACTITIONER: Final = (Carrier.SPECIALTY, Carrier.CODE, Carrier.QUALIFICATION)
SEARCHED: Final = (Carrier.SPECIALTY, Carrier.CODE)
"""The carriers that can show several roles of one practitioner, or a role with a period."""


@dataclass(frozen=True, slots=True)
class CareGiver:
    """A practitioner as the record shows them: resources, and how a contact refers to them."""

    practitioner: Json
    roles: tuple[Json, ...]
    carrier: Carrier
    names_role: bool  # the contact refers to the PractitionerRole, not to the Practitioner
    display: str

    def participant(self, day: str) -> tuple[Json, tuple[Json, ...]]:
        """The reference of a contact on that day, and what the contact must contain for it."""
        person = reference("Practitioner", self.practitioner["id"], self.display)
        if self.carrier is Carrier.CONTAINED:
            identifier = f"role-{self.practitioner['id']}"[:64]
            contained = {**self.roles[0], "id": identifier}
            return {"reference": f"#{identifier}", "display": self.display}, (contained,)
        if not self.roles or not self.names_role:
            return person, ()
        role = reference("PractitionerRole", self._role_on(day)["id"], self.display)
        if self.carrier is Carrier.EXTENSION:
            return {**person, "extension": [{"url": ROLE_EXTENSION, "valueReference": role}]}, ()
        return role, ()

    def _role_on(self, day: str) -> Json:
        for role in self.roles:
            period = role.get("period", {})
            if role["active"] and period.get("start", "") <= (day or "9999") <= period.get(
                "end",
                "9999-12-31",
            ):
                return role
        return self.roles[0]

    @property
    def resources(self) -> Iterator[Json]:
        """What stands in the record beside the contacts."""
        yield self.practitioner
        if self.carrier is not Carrier.CONTAINED:
            yield from self.roles


def carrier_for(roles: Sequence[str], join: RoleJoin, form: int, *, names_role: bool) -> Carrier:
    """The form-th way to tell these roles."""
    if roles in (("bare",), ("unreadable",), ("patient",)):
        return Carrier.NOTHING
    if join is RoleJoin.ONE_ROLE:
        return Carrier.SPECIALTY
    if join is RoleJoin.ONE_PRACTITIONER:
        return SEARCHED[form % len(SEARCHED)]
    if names_role:
        return NAMING_ROLE[form % len(NAMING_ROLE)]
    by_display = (Carrier.DISPLAY,) if roles == ("poh_ggz",) else ()
    ways: tuple[Carrier, ...] = (*NAMING_PRACTITIONER, *by_display)
    return ways[form % len(ways)]


def concepts_of(role: str, form: int) -> Json:
    """The form-th way to write a role."""
    forms = ROLE_FORMS[role]
    return forms[form % len(forms)]


def practitioner(identifier: str, form: int) -> Json:
    """A Practitioner with a name and an AGB number that tells no discipline."""
    family = ("Akkerman", "Bouwhuis", "Dijkgraaf", "Elzinga", "Ferwerda")[form % 5]
    return {
        "resourceType": "Practitioner",
        "id": identifier,
        "meta": {
            "profile": [
                "http://nictiz.nl/fhir/StructureDefinition/nl-core-HealthProfessional-Practitioner",
            ],
        },
        "name": [{"use": "official", "text": f"J. {family}", "family": family}],
    }


def practitioner_role(
    identifier: str,
    practitioner_id: str,
    specialties: Sequence[Json],
    *,
    carrier: Carrier,
    organization_id: str,
) -> Json:
    """A PractitionerRole whose specialties stand in `specialty`, or in `code`."""
    element = "code" if carrier is Carrier.CODE else "specialty"
    role: Json = {
        "resourceType": "PractitionerRole",
        "id": identifier,
        "meta": {
            "profile": [
                ROLE_PROFILE,
            ],
        },
        "active": True,
        "practitioner": reference("Practitioner", practitioner_id),
        element: list(specialties),
    }
    if organization_id:
        role["organization"] = reference("Organization", organization_id)
    return role


def periods_outside(other: AlsoRole) -> tuple[Json, ...]:
    """When the main role is valid: before and after the other one."""
    periods = []
    if other.start:
        periods.append({"end": _shift(other.start, -1)})
    if other.end:
        periods.append({"start": _shift(other.end, 1)})
    return tuple(periods)


def period_of(other: AlsoRole) -> Json:
    """When the other role is valid; open sides are left out."""
    return {name: day for name, day in (("start", other.start), ("end", other.end)) if day}


def _shift(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
