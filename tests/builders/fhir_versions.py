"""The record of a scenario as another FHIR version writes it.

Records are built in R4 and rewritten here by what the versions' own pages say has changed; R4B
changes nothing that we use.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

from tests.builders.care_givers import ROLE_EXTENSION
from tests.builders.codes import Json
from tests.builders.record_builder import Record


class FhirVersion(StrEnum):
    """The versions that a record can be in."""

    STU3 = "STU3"
    R4 = "R4"
    R4B = "R4B"
    R5 = "R5"


_STU3_PROCEDURE_STATUS: Final = {"stopped": "aborted", "on-hold": "suspended"}
_R5_ENCOUNTER_STATUS: Final = {
    "finished": "completed",
    "arrived": "in-progress",  # R5 tells it of the subject, in `subjectStatus`
    "triaged": "in-progress",
    "onleave": "on-hold",
    "stopped": "discontinued",
}


def in_version(record: Record, version: FhirVersion) -> Record:
    """The same record in another version; letters and own referrals only where R4 names them."""
    roles = {f"PractitionerRole/{each['id']}": each for each in record.supporting}
    write = _WRITERS[version](roles)
    return replace(
        record,
        patient=write(record.patient),
        encounters=_all(record.encounters, write),
        procedures=_all(record.procedures, write),
        statements=_all(record.statements, write),
        supporting=_all(record.supporting, write),
        other_patients=_all(record.other_patients, write),
        letters=() if version is FhirVersion.STU3 else _all(record.letters, write),
        own_referrals=() if version is FhirVersion.STU3 else _all(record.own_referrals, write),
    )


def _all(resources: Iterable[Json], write: Callable[[Json], Json]) -> tuple[Json, ...]:
    return tuple(write(each) for each in resources)


_Roles = Mapping[str, Json]
_Writer = Callable[[Json], Json]


def _r4(_: _Roles) -> _Writer:
    return lambda resource: resource


def _r4b(_: _Roles) -> _Writer:
    return _without_profile


def _without_profile(resource: Json) -> Json:
    """The Dutch profiles are profiles of R4; what else `meta` says is the same in all versions."""
    meta = {name: value for name, value in resource.get("meta", {}).items() if name != "profile"}
    plain = {name: value for name, value in resource.items() if name != "meta"}
    return {**plain, "meta": meta} if meta else plain


# STU3


def _stu3(roles: _Roles) -> _Writer:
    def write(resource: Json) -> Json:
        plain = _without_reference_types(_without_profile(resource))
        match plain["resourceType"]:
            case "Encounter":
                return _stu3_people(_stu3_reasons(plain), "participant", "individual", roles)
            case "Procedure":
                plain = _stu3_conditions(plain)
                return _stu3_people(_stu3_procedure(plain), "performer", "actor", roles)
            case "QuestionnaireResponse":
                return {**plain, "questionnaire": {"reference": plain["questionnaire"]}}
        return plain

    return write


def _without_reference_types(value: Json) -> Json:
    """`Reference.type` came with R4."""
    is_reference = isinstance(value.get("reference"), str)
    return {
        name: _without_types_below(member)
        for name, member in value.items()
        if not (is_reference and name == "type")
    }


def _without_types_below(member: object) -> object:
    if isinstance(member, dict):
        return _without_reference_types(member)
    if isinstance(member, list):
        return [_without_types_below(each) for each in member]
    return member


def _stu3_reasons(resource: Json) -> Json:
    """Encounters of STU3 have concepts in `reason`, and no reference to a Condition there."""
    if "reasonReference" not in resource:
        return _renamed(resource, {"reasonCode": "reason"})
    contained = resource["contained"]
    kept = [each for each in contained if each["resourceType"] != "Condition"]
    codes = [each["code"] for each in contained if each["resourceType"] == "Condition"]
    plain = {k: v for k, v in resource.items() if k not in ("reasonReference", "contained")}
    return {**plain, "reason": codes, **({"contained": kept} if kept else {})}


def _stu3_conditions(resource: Json) -> Json:
    """`Condition.clinicalStatus` was a code."""
    contained = [
        {**each, "clinicalStatus": "active"} if each["resourceType"] == "Condition" else each
        for each in resource.get("contained", [])
    ]
    return {**resource, "contained": contained} if contained else resource


def _stu3_procedure(resource: Json) -> Json:
    changed = _renamed(resource, {"encounter": "context"})
    status = changed["status"]
    if status == "not-done":
        return {**changed, "status": "completed", "notDone": True}
    return {**changed, "status": _STU3_PROCEDURE_STATUS.get(status, status)}


def _stu3_people(resource: Json, element: str, who: str, roles: _Roles) -> Json:
    """Only people take part; their role stands in the extension of Dutch suppliers."""
    people = resource.get(element)
    if not isinstance(people, list):
        return resource
    own = {f"#{each['id']}": each for each in resource.get("contained", [])}
    return {
        **resource,
        element: [{**each, who: _stu3_person(each[who], {**roles, **own})} for each in people],
    }


def _stu3_person(actor: Json, roles: _Roles) -> Json:
    role = roles.get(actor.get("reference", ""))
    if role is None or role["resourceType"] != "PractitionerRole":
        return actor
    person = _without_reference_types(role.get("practitioner", {}))
    extension = [{"url": ROLE_EXTENSION, "valueReference": actor}]
    return {**person, "display": actor.get("display", "onbekend"), "extension": extension}


# R5


def _r5(_: _Roles) -> _Writer:
    def write(resource: Json) -> Json:
        plain = _without_profile(resource)
        match plain["resourceType"]:
            case "Encounter":
                return _r5_encounter(plain)
            case "Procedure":
                return _r5_reasons(
                    _renamed(
                        plain,
                        {
                            "performedDateTime": "occurrenceDateTime",
                            "performedPeriod": "occurrencePeriod",
                        },
                    ),
                    lambda concepts, references: [*concepts, *references],
                )
            case "ServiceRequest":
                return {**plain, "code": {"concept": plain["code"]}}
            case "Organization" if "address" in plain:
                addresses = [{"address": each} for each in plain["address"]]
                return _renamed({**plain, "address": addresses}, {"address": "contact"})
        return plain

    return write


def _r5_encounter(resource: Json) -> Json:
    changed = _renamed(resource, {"period": "actualPeriod"})
    status = changed.get("status")
    if isinstance(status, str):
        changed["status"] = _R5_ENCOUNTER_STATUS.get(status, status)
    if isinstance(changed.get("class"), dict):
        changed["class"] = [{"coding": [changed["class"]]}]
    if isinstance(changed.get("participant"), list):
        people = [_renamed(each, {"individual": "actor"}) for each in changed["participant"]]
        changed["participant"] = people
    if isinstance(changed.get("serviceType"), dict):
        changed["serviceType"] = [{"concept": changed["serviceType"]}]
    return _r5_reasons(changed, lambda concepts, references: [{"value": [*concepts, *references]}])


def _r5_reasons(resource: Json, write: Callable[[list[Json], list[Json]], list[Json]]) -> Json:
    """R5 has one `reason` of CodeableReferences."""
    kept = {k: v for k, v in resource.items() if k not in ("reasonCode", "reasonReference")}
    concepts = [{"concept": each} for each in resource.get("reasonCode", [])]
    references = [{"reference": each} for each in resource.get("reasonReference", [])]
    return {**kept, "reason": write(concepts, references)} if concepts or references else kept


def _renamed(resource: Json, names: Mapping[str, str]) -> Json:
    return {names.get(name, name): value for name, value in resource.items()}


_WRITERS: Final[dict[FhirVersion, Callable[[_Roles], _Writer]]] = {
    FhirVersion.STU3: _stu3,
    FhirVersion.R4: _r4,
    FhirVersion.R4B: _r4b,
    FhirVersion.R5: _r5,
}
