"""What one contact is worth for each criterion, in letters, through the public mapper.

A string of three letters stands for option 1 (1), option 1 (2) and option 2: `C` certain, `P`
possible because the profession is to be confirmed, `U` possible because no role is usable, `A`
possible because it was asynchronous, `K` possible because its kind is unclear; not counted are
`-` another profession, `H` not primary care, `R` a rehabilitation programme, `S` a screening,
`N` no treatment contact, `O` another procedure.
"""

from datetime import date
from typing import Any, Final

from cds_service.assessing import count_record
from cds_service.criteria_files import load_criteria
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.ledger import LedgerEntry, Standing
from cds_service.domain.lookback import LookbackPeriod
from fhir_mappings.reading.record import PatientRecord
from fhir_mappings.terminology.tables import load_terminology
from tests.terminology.tables import PLACES, UZI

Json = dict[str, Any]

TERMS: Final = load_terminology()
CRITERIA: Final = load_criteria().in_force(date(2026, 6, 15))
LOOKBACK: Final = LookbackPeriod.before(date(2026, 6, 15), years=2)

_POSSIBLE: Final = {
    frozenset({Cause.PROFESSION_TO_CONFIRM}): "P",
    frozenset({Cause.UNMAPPED_ROLE}): "U",
    frozenset({Cause.ASYNCHRONOUS_CONTACT}): "A",
    frozenset({Cause.KIND_UNCLEAR}): "K",
}
_NOT_COUNTED: Final = {
    Reason.OTHER_PROFESSION: "-",
    Reason.NOT_PRIMARY_CARE: "H",
    Reason.REHABILITATION_PROGRAMME: "R",
    Reason.SCREENING: "S",
    Reason.NOTE: "N",
    Reason.OTHER_PROCEDURE: "O",
}

THERAPY: Final = ("F1", PLACES)
GP: Final = ("Z3", PLACES)
PSYCHOLOGY: Final = ("G7", PLACES)
HOSPITAL: Final = ("V4", PLACES)
GGZ: Final = ("G5", PLACES)
HOME_CARE: Final = ("T2", PLACES)
REHABILITATION: Final = ("R8", PLACES)
NO_PLACE: Final = ("", "")


def coded(code: str, system: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def role(*specialties: Json, **members: object) -> Json:
    return {
        "resourceType": "PractitionerRole",
        "id": "r1",
        "specialty": list(specialties),
        **members,
    }


PHYSIOTHERAPIST: Final = role(coded("04.000", UZI))
PSYCHOLOGIST: Final = role(coded("25.000", UZI))
NURSE: Final = role(coded("30.000", UZI))
NOBODY: Final = role()


def encounter(place: tuple[str, str], **members: object) -> tuple[Json, Json | None]:
    """An encounter with the role `r1`, and the organisation where it was."""
    code, system = place
    name = f"place-{code or 'unknown'}".replace(".", "-")
    organisation = {
        "resourceType": "Organization",
        "id": name,
        "type": [coded(code, system)],
    }
    contact = {
        "resourceType": "Encounter",
        "id": f"at-{name}",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": "Patient/p1"},
        "participant": [{"individual": {"reference": "PractitionerRole/r1"}}],
        "period": {"start": "2025-03-24", "end": "2025-03-24"},
        **({"serviceProvider": {"reference": f"Organization/{name}"}} if code else {}),
        **members,
    }
    return contact, organisation if code else None


def procedure(code: Json, **members: object) -> Json:
    return {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "performedDateTime": "2025-03-24",
        "code": code,
        **members,
    }


def worth(contact: Json, *referenced: Json | None) -> str:
    """The three letters of the only contact of a record."""
    known = [resource for resource in referenced if resource is not None]
    is_encounter = contact["resourceType"] == "Encounter"
    record = PatientRecord(
        "p1",
        encounters=(contact,) if is_encounter else (),
        procedures=() if is_encounter else (contact,),
        referenced={f"{each['resourceType']}/{each['id']}": each for each in known},
    )
    ledger = count_record(record, CRITERIA, LOOKBACK, TERMS)
    return "".join(_letter(entry) for one in ledger.criteria for entry in one.entries)


def worth_at(place: tuple[str, str], giver: Json, **members: object) -> str:
    """The three letters of an encounter with this role, at this place."""
    contact, organisation = encounter(place, **members)
    return worth(contact, giver, organisation)


def _letter(entry: LedgerEntry) -> str:
    match entry.standing:
        case Standing.CERTAIN:
            return "C"
        case Standing.POSSIBLE:
            return _POSSIBLE[entry.causes]
        case Standing.NOT_COUNTED:
            assert entry.reason is not None
            return _NOT_COUNTED[entry.reason]
