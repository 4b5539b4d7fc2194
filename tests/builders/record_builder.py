"""From the tokens of a scenario to the resources of one patient's record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, Literal

from tests.builders.care_givers import (
    SEARCHED,
    CareGiver,
    Carrier,
    carrier_for,
    concepts_of,
    period_of,
    periods_outside,
    practitioner,
    practitioner_role,
)
from tests.builders.codes import PARTICIPATION, Json, coding, concept
from tests.builders.contact_forms import (
    ADMISSION_CLASSES,
    KIND_FORMS,
    UNREADABLE_FORMS,
    encounter_period,
    encounter_status,
    performed,
    procedure_status,
    reasons,
    type_of,
)
from tests.builders.places import PART_OF, location, organization, reference
from tests.builders.pointers import letter, own_referral
from tests.builders.role_forms import FITTING_PLACE, PROCEDURE_CODES
from tests.builders.scenario_rows import Scenario
from tests.builders.scenario_tokens import (
    AlsoRole,
    Flags,
    ForeignContacts,
    RoleJoin,
    SessionToken,
    When,
    WhenShape,
)
from tests.builders.stated_care import stated_care

RolesAs = Literal["role", "practitioner"]

ENCOUNTER_PROFILE: Final = "http://nictiz.nl/fhir/StructureDefinition/nl-core-Encounter"
PROCEDURE_PROFILE: Final = "http://nictiz.nl/fhir/StructureDefinition/nl-core-Procedure-event"
PATIENT_PROFILE: Final = "http://nictiz.nl/fhir/StructureDefinition/nl-core-Patient"


@dataclass(frozen=True, slots=True)
class Record:
    """What stands on a server about the patient of a scenario."""

    patient: Json
    encounters: tuple[Json, ...]
    procedures: tuple[Json, ...]
    statements: tuple[Json, ...]
    supporting: tuple[Json, ...]  # practitioners, roles, places, organisations
    other_patients: tuple[Json, ...]
    letters: tuple[Json, ...] = ()
    own_referrals: tuple[Json, ...] = ()

    @property
    def resources(self) -> tuple[Json, ...]:
        """Everything, in an order in which each reference points backwards."""
        return (
            *self.supporting,
            self.patient,
            *self.other_patients,
            *self.encounters,
            *self.procedures,
            *self.statements,
            *self.letters,
            *self.own_referrals,
        )


def record(
    row: Scenario,
    *,
    roles_as: RolesAs,
    form: int,
    prefix: str,
    is_raw_allowed: bool = False,
) -> Record:
    """The record of a row. `prefix` starts every id; `is_raw_allowed`: no server checks codes."""
    builder = _Builder(
        flags=row.flags,
        names_role=roles_as == "role",
        form=form,
        prefix=prefix,
        is_raw_allowed=is_raw_allowed,
    )
    builder.add_all(row.tokens)
    for foreign in row.flags.foreign:
        builder.add_foreign(foreign)
    statements = [token for token in row.tokens if token.is_stated]
    return Record(
        patient=_patient(row, builder.patient_id, form),
        encounters=tuple(builder.encounters),
        procedures=tuple(builder.procedures),
        statements=stated_care(statements, builder.patient_id, prefix=prefix, form=form),
        supporting=tuple(builder.supporting.values()),
        other_patients=tuple(builder.other_patients),
        letters=tuple(
            letter(each, number, builder.patient_id, prefix=prefix, form=form + number)
            for number, each in enumerate(row.flags.letters)
        ),
        own_referrals=tuple(
            own_referral(each, number, builder.patient_id, prefix=prefix, form=form + number)
            for number, each in enumerate(row.flags.own_referrals)
        ),
    )


def _patient(row: Scenario, identifier: str, form: int) -> Json:
    patient: Json = {
        "resourceType": "Patient",
        "id": identifier,
        "meta": {"profile": [PATIENT_PROFILE]},
        "name": [{"use": "official", "text": "T. Proefpersoon", "family": "Proefpersoon"}],
        "gender": ("female", "male", "unknown")[form % 3],
    }
    if row.birth_date:
        patient["birthDate"] = row.birth_date
    if row.flags.deceased:
        patient["deceasedDateTime"] = row.flags.deceased
    return patient


@dataclass
class _Builder:
    """Collects resources while it walks over the tokens."""

    flags: Flags
    names_role: bool
    form: int
    prefix: str
    is_raw_allowed: bool
    encounters: list[Json] = field(default_factory=list)
    procedures: list[Json] = field(default_factory=list)
    supporting: dict[str, Json] = field(default_factory=dict)
    other_patients: list[Json] = field(default_factory=list)
    care_givers: dict[object, CareGiver] = field(default_factory=dict)

    @property
    def patient_id(self) -> str:
        return f"{self.prefix}pat"

    def add_all(self, tokens: Sequence[SessionToken]) -> None:
        """Every contact in its order; `!joint` puts those of one day and place together."""
        groups: dict[object, list[SessionToken]] = {}
        for number, token in enumerate(tokens):
            if not token.is_stated:
                key: object = (token.when, token.place) if self.flags.is_joint else number
                groups.setdefault(key, []).append(token)
        last_encounter = ""
        for number, group in enumerate(groups.values(), start=1):
            if group[0].is_procedure:
                self._add_procedure(number, group[0], last_encounter)
            else:
                last_encounter = self._add_encounter(number, group, self.patient_id)

    def add_foreign(self, foreign: ForeignContacts) -> None:
        """Contacts of another patient in the same Bundle."""
        other = f"{self.prefix}other"
        if not self.other_patients:
            self.other_patients.append({"resourceType": "Patient", "id": other})
        for number in range(foreign.number):
            day = date.fromisoformat(foreign.start) + timedelta(days=number * foreign.step)
            when = When(WhenShape.DAY, day.isoformat())
            token = SessionToken(
                (foreign.role,), RoleJoin.SINGLE, "", when, "finished", "primary", "", "", None
            )
            self._add_encounter(900 + number, [token], other)

    # contacts

    def _add_encounter(self, number: int, group: Sequence[SessionToken], patient_id: str) -> str:
        token, form = group[0], self.form + number - 1
        identifier = f"{self.prefix}enc-{number}"
        head = {"resourceType": "Encounter", "id": identifier}
        if "unreadable" in token.roles:
            unreadable = UNREADABLE_FORMS[form % len(UNREADABLE_FORMS)]
            self.encounters.append({**head, **_subject(patient_id, token, form), **unreadable})
            return identifier
        kinds = KIND_FORMS[token.kind]
        encounter = {
            **head,
            "meta": {"profile": [ENCOUNTER_PROFILE]},
            "status": encounter_status(token.status, form, is_raw_allowed=self.is_raw_allowed),
            **kinds[form % len(kinds)],
            **type_of(token, form),
            **_subject(patient_id, token, form),
            **encounter_period(token, form),
            **reasons(token, patient_id, form),
            **_modifier(token),
            **self._place_of_encounter(token, form),
        }
        participants = [self._participant(each, encounter) for each in group]
        encounter["participant"] = [{"individual": each} for each in participants]
        if token.referrer:
            encounter["participant"].append(self._referrer(token, encounter))
        if token.kind == "partof":
            encounter["partOf"] = reference("Encounter", self._admission(token, form))
        self.encounters += versions(encounter, self._older(token, form), form)
        return identifier

    def _older(self, token: SessionToken, form: int) -> str:
        if not token.older:
            return ""
        return encounter_status(token.older, form, is_raw_allowed=self.is_raw_allowed)

    def _referrer(self, token: SessionToken, encounter: Json) -> Json:
        """Somebody who referred: a participant of type REF, no therapist of the contact."""
        other = replace(token, roles=(token.referrer,), join=RoleJoin.SINGLE, place="primary")
        actor = self._participant(other, encounter)
        return {"type": [concept(coding(PARTICIPATION, "REF"))], "individual": actor}

    def _admission(self, token: SessionToken, form: int) -> str:
        """An admission in the hospital on that day, with a doctor of the ward."""
        identifier = f"{self.prefix}admission-{token.when.start[:10]}"
        if not any(each["id"] == identifier for each in self.encounters):
            hospital = self._organization("hospital", form)
            doctor = replace(
                token,
                roles=("basisarts",),
                join=RoleJoin.SINGLE,
                place="hospital",
                role_place="",
            )
            encounter: Json = {
                "resourceType": "Encounter",
                "id": identifier,
                "status": "finished",
                **ADMISSION_CLASSES[form % len(ADMISSION_CLASSES)],
                "subject": reference("Patient", self.patient_id),
                "period": {"start": token.when.start[:10], "end": token.when.start[:10]},
                "serviceProvider": reference("Organization", hospital),
            }
            actor = self._participant(doctor, encounter)
            self.encounters.append({**encounter, "participant": [{"individual": actor}]})
        return identifier

    def _add_procedure(self, number: int, token: SessionToken, encounter_id: str) -> None:
        form = self.form + number - 1
        codes = PROCEDURE_CODES[token.code]
        procedure = {
            "resourceType": "Procedure",
            "id": f"{self.prefix}proc-{number}",
            "meta": {"profile": [PROCEDURE_PROFILE]},
            "status": procedure_status(token.status),
            "code": concept(text=token.type_text) if token.type_text else codes[form % len(codes)],
            **_subject(self.patient_id, token, form),
            **performed(token, form),
            **reasons(token, self.patient_id, form),
            **_modifier(token),
        }
        if self.flags.is_linked and encounter_id:
            procedure["encounter"] = reference("Encounter", encounter_id)
        self._add_performer(token, procedure, form)
        older = procedure_status(token.older) if token.older else ""
        self.procedures += versions(procedure, older, form)

    def _add_performer(self, token: SessionToken, procedure: Json, form: int) -> None:
        """A bare Procedure names no performer; its place then stands on the Procedure."""
        if token.roles == ("patient",):
            procedure["performer"] = [{"actor": reference("Patient", self.patient_id)}]
        elif token.roles != ("bare",):
            actor = self._participant(token, procedure)
            procedure["performer"] = [{"actor": actor}]
        level, way = _level(token), self._way(token, form)
        if level == "unknown" or way == "role":
            return
        organization_id = self._organization(level, form)
        if way == "provider" and "performer" in procedure:
            onward = reference("Organization", organization_id)
            procedure["performer"][0]["onBehalfOf"] = onward
        else:
            procedure["location"] = reference("Location", self._location(organization_id))

    # places

    def _way(self, token: SessionToken, form: int) -> str:
        """How the place is told: `location`, `provider`, or `role` (its organisation alone)."""
        ways = ["location", "provider"]
        if not token.role_place and self._care_giver(token).carrier.has_role_resource:
            ways.append("role")
        return ways[form % len(ways)]

    def _place_of_encounter(self, token: SessionToken, form: int) -> Json:
        level, way = _level(token), self._way(token, form)
        if level == "unknown":
            return self._unknown_place(form)
        if way == "role":
            return {}
        if level == "department" and form % 4 == 1 and not token.role_place:
            return {"location": [{"location": reference("Location", self._room(form))}]}
        organization_id = self._organization(level, form)
        if way == "provider":
            return {"serviceProvider": reference("Organization", organization_id)}
        return {"location": [{"location": reference("Location", self._location(organization_id))}]}

    def _unknown_place(self, form: int) -> Json:
        """No organisation at all, one that is only a name, or one without a telling type."""
        if form % 3 == 0:
            return {}
        if form % 3 == 1:
            return {"serviceProvider": {"display": "De Wende"}}
        organization_id = self._organization("unknown", form)
        return {"serviceProvider": reference("Organization", organization_id)}

    def _organization(self, level: str, form: int) -> str:
        """One organisation per level and form, as practices are."""
        made = organization("", level, form)
        if level in PART_OF:
            made["partOf"] = reference("Organization", self._organization(PART_OF[level], form))
        known = [
            item["id"]
            for item in self.supporting.values()
            if item["resourceType"] == "Organization" and {**item, "id": ""} == made
        ]
        if known:
            return str(known[0])
        identifier = f"{self.prefix}org-{len(self.supporting) + 1}"
        self._support({**made, "id": identifier})
        return identifier

    def _room(self, form: int) -> str:
        """A Location that is only a part of a Location of the hospital."""
        building = self._location(self._organization("hospital", form))
        identifier = f"{building}-room"
        self._support(location(identifier, "", part_of=building))
        return identifier

    def _location(self, organization_id: str) -> str:
        identifier = f"{organization_id}-loc"
        self._support(location(identifier, organization_id))
        return identifier

    def _support(self, resource: Json) -> None:
        self.supporting.setdefault(f"{resource['resourceType']}/{resource['id']}", resource)

    # people

    def _participant(self, token: SessionToken, contact: Json) -> Json:
        """A reference to the practitioner or the role; what it needs is put into the contact."""
        giver = self._care_giver(token)
        actor, contained = giver.participant(token.when.start[:10])
        if contained:
            contact["contained"] = [*contact.get("contained", []), *contained]
        return actor

    def _care_giver(self, token: SessionToken) -> CareGiver:
        """One practitioner per role and place, as in a practice."""
        key = (token.roles, token.join, token.place, token.role_place)
        if key not in self.care_givers:
            giver = self._new_care_giver(token, len(self.care_givers))
            self.care_givers[key] = giver
            for resource in giver.resources:
                self._support(resource)
        return self.care_givers[key]

    def _new_care_giver(self, token: SessionToken, number: int) -> CareGiver:
        form = self.form + number
        identifier = f"{self.prefix}prac-{number + 1}"
        person = practitioner(identifier, form)
        others = self._other_roles(token)
        carrier = carrier_for(token.roles, token.join, form, names_role=self.names_role)
        needs_role = others or token.role_place
        if needs_role and carrier not in SEARCHED:
            carrier = SEARCHED[form % len(SEARCHED)]
        display = str(person["name"][0]["text"])
        if carrier is Carrier.DISPLAY:
            display = str(concepts_of(token.roles[0], form)["text"])
        if carrier is Carrier.QUALIFICATION:
            person["qualification"] = [{"code": concepts_of(role, form)} for role in token.roles]
        roles: list[Json] = []
        if carrier.has_role_resource or carrier is Carrier.CONTAINED:
            roles = self._roles(token, identifier, carrier, form)
            roles = [*self._limited(roles, others), *self._others(others, identifier, form)]
        names_role = self.names_role and token.join is not RoleJoin.ONE_PRACTITIONER
        return CareGiver(person, tuple(roles), carrier, names_role, display)

    def _roles(
        self, token: SessionToken, practitioner_id: str, carrier: Carrier, form: int
    ) -> list[Json]:
        """One PractitionerRole, or one per role where a practitioner holds several."""
        level = token.role_place or _level(token)
        organization_id = "" if level == "unknown" else self._organization(level, form)
        joined = token.join is RoleJoin.ONE_PRACTITIONER
        groups = [(role,) for role in token.roles] if joined else [token.roles]
        return [
            practitioner_role(
                f"{practitioner_id}-role-{number}",
                practitioner_id,
                [concepts_of(role, form) for role in group],
                carrier=carrier,
                organization_id=organization_id,
            )
            for number, group in enumerate(groups, start=1)
        ]

    def _other_roles(self, token: SessionToken) -> tuple[AlsoRole, ...]:
        flags = (*self.flags.also_roles, *self.flags.inactive_roles)
        return tuple(other for other in flags if other.role in token.roles)

    def _limited(self, roles: Sequence[Json], others: Iterable[AlsoRole]) -> list[Json]:
        """The main roles, valid only outside the periods of the other ones."""
        limited = list(roles)
        for other in others:
            periods = periods_outside(other)
            if periods:
                limited = [
                    {**role, "id": f"{role['id']}-{number}", "period": period}
                    for role in limited
                    for number, period in enumerate(periods, start=1)
                ]
        return limited

    def _others(self, others: Sequence[AlsoRole], practitioner_id: str, form: int) -> list[Json]:
        return [
            self._other(other, f"{practitioner_id}-other-{number}", practitioner_id, form)
            for number, other in enumerate(others, start=1)
        ]

    def _other(self, other: AlsoRole, identifier: str, practitioner_id: str, form: int) -> Json:
        level = FITTING_PLACE.get(other.other, "therapypractice")
        role = practitioner_role(
            identifier,
            practitioner_id,
            [concepts_of(other.other, form)],
            carrier=Carrier.SPECIALTY,
            organization_id=self._organization(level, form),
        )
        if other in self.flags.inactive_roles:
            return {**role, "active": False}
        return {**role, "period": period_of(other)}


def _level(token: SessionToken) -> str:
    """`primary` is the practice that fits the (first) role."""
    if token.place != "primary":
        return token.place
    return FITTING_PLACE.get(token.roles[0], "therapypractice")


UNKNOWN_MODIFIER: Final[Json] = {
    "url": "https://epd.example.nl/fhir/StructureDefinition/voorbehoud",
    "valueBoolean": True,
}


def _modifier(token: SessionToken) -> Json:
    return {"modifierExtension": [UNKNOWN_MODIFIER]} if token.is_modified else {}


def versions(resource: Json, older_status: str, form: int) -> list[Json]:
    """The resource alone, or with the version before it: by number or by time, first or last."""
    if not older_status:
        return [resource]
    by_number: tuple[Json, Json] = ({"versionId": "1"}, {"versionId": "2"})
    by_time: tuple[Json, Json] = (
        {"lastUpdated": "2026-01-05T09:00:00+01:00"},
        {"lastUpdated": "2026-01-06T09:00:00+01:00"},
    )
    old, new = by_number if form % 2 else by_time
    meta = resource.get("meta", {})
    older = {**resource, "meta": {**meta, **old}, "status": older_status}
    newer = {**resource, "meta": {**meta, **new}}
    return [older, newer] if form % 4 < 2 else [newer, older]


def _subject(patient_id: str, token: SessionToken, form: int) -> Json:
    """Whose contact it is; for `nosubject` three ways not to say it."""
    if token.kind != "nosubject":
        return {"subject": reference("Patient", patient_id)}
    forms: tuple[Json, ...] = (
        {},
        {"subject": {"identifier": {"system": "https://epd.example.nl/nummers", "value": "P-1"}}},
        {"subject": {"display": "T. Proefpersoon"}},
    )
    return forms[form % len(forms)]
