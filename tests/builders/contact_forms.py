"""Encounters and Procedures: time, status, class, type, in every form of a scenario."""

import re
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.builders.codes import (
    ACT_CODE,
    ACT_CODE_OID,
    ACT_CODE_STU3,
    CONDITION_CLINICAL,
    ICPC,
    ICPC_INTERNATIONAL,
    ICPC_OID,
    LOCAL,
    NHG14,
    SNOMED,
    Json,
    coding,
    concept,
)
from tests.builders.places import reference
from tests.builders.scenario_tokens import SessionToken, When, WhenShape

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")

CLASS_SYSTEMS: Final = (ACT_CODE, ACT_CODE_STU3, ACT_CODE_OID)

OPEN_STATUSES: Final = {"in-progress", "arrived", "triaged", "onleave", "stopped", "unknown"}


def _class(code: str, system: str = ACT_CODE) -> Json:
    return {"class": coding(system, code)}


def _classes(code: str) -> tuple[Json, ...]:
    return tuple(_class(code, system) for system in CLASS_SYSTEMS)


def _nhg(code: str, class_code: str = "AMB") -> Json:
    return {**_class(class_code), "type": [concept(coding(NHG14, code))]}


def _text(text: str, class_code: str = "AMB") -> Json:
    return {**_class(class_code), "type": [concept(text=text)]}


KIND_FORMS: Final[dict[str, tuple[Json, ...]]] = {
    "": (*_classes("AMB"), _nhg("03"), _nhg("3")),
    "tele": (
        _text("Beeldbelconsult", "VR"),
        _text("Videoconsult"),
        _text("Beeldbellen"),
    ),
    "phone": (
        _nhg("05"),
        _nhg("5"),
        _text("Telefonisch consult"),
        _nhg("05", "VR"),
        _text("Telefonisch consult", "VR"),
    ),
    "home": (_class("HH"), _nhg("01", "HH"), _nhg("1"), _text("Huisbezoek")),
    "intake": (
        _text("Intake"),
        _text("Intake en onderzoek na verwijzing"),
        _text("Intakegesprek"),
    ),
    "screening": (
        _text("Screening directe toegankelijkheid"),
        _text("Screening DTF"),
        _text("Screening, geen behandeling"),
    ),
    "econsult": (
        _nhg("12"),
        _text("E-consult"),
        _text("E-mailconsult"),
        _text("Chat"),
        _nhg("12", "VR"),
    ),
    "memo": (
        _nhg("11"),
        _nhg("09"),
        _nhg("08"),
        _nhg("10"),
        _text("Notitie/memo"),
        _text("MDO zonder patiënt"),
    ),
    "group": (_text("Groepszitting"), _text("Groepsbehandeling"), _text("Groepsconsult")),
    "virtual": _classes("VR"),
    "inpatient": (_class("IMP"), _class("ACUTE"), _class("NONAC"), _class("EMER")),
    "kindunclear": (
        _nhg("99"),
        _nhg("90"),
        {**_class("AMB"), "type": [concept(coding(NHG14, "99"), text="Overig")]},
    ),
    "nosubject": _classes("AMB"),
    "partof": _classes("AMB"),
}
"""Class and type of an Encounter, per kind and form."""

ADMISSION_CLASSES: Final = (_class("IMP"), _class("NONAC"), _class("ACUTE"))
"""What an Encounter is part of that is given during an admission."""

_ICPC_SYSTEMS: Final = (ICPC, ICPC_OID, ICPC_INTERNATIONAL)


def reasons(token: SessionToken, patient_id: str, form: int) -> Json:
    """`reasonCode`, or `reasonReference` to contained Conditions; nothing without reasons."""
    concepts = [_reason(each, form) for each in token.reasons]
    if not concepts or form % 2 == 0:
        return {"reasonCode": concepts} if concepts else {}
    conditions = [
        {
            "resourceType": "Condition",
            "id": f"reden-{number}",
            "clinicalStatus": concept(coding(CONDITION_CLINICAL, "active")),
            "subject": reference("Patient", patient_id),
            "code": reason,
        }
        for number, reason in enumerate(concepts, start=1)
    ]
    return {
        "contained": conditions,
        "reasonReference": [{"reference": f"#{each['id']}"} for each in conditions],
    }


def _reason(text: str, form: int) -> Json:
    """An ICPC code under its three names, a SNOMED code, or a text."""
    if text.startswith("sct:"):
        return concept(coding(SNOMED, text.removeprefix("sct:")))
    if re.fullmatch(r"[A-Z]\d\d(\.\d\d)?", text):
        return concept(coding(_ICPC_SYSTEMS[form % len(_ICPC_SYSTEMS)], text))
    return concept(text=text)


def type_of(token: SessionToken, form: int) -> Json:
    """The text of the kind as `type`, beside a coding of no known system, or as `serviceType`."""
    text = token.type_text
    if not text:
        return {}
    plain, coded = concept(text=text), concept(coding(LOCAL, "K-12"), text=text)
    forms: list[Json] = [{"type": [plain]}, {"type": [coded]}]
    if "POH-GGZ" in text:
        forms.append({"serviceType": plain})
    return forms[form % len(forms)]


UNREADABLE_FORMS: Final[tuple[Json, ...]] = (
    {"status": ["finished"], **_class("AMB")},
    {"status": "finished", **_class("AMB"), "period": "2025-03-24"},
    {"status": "finished", "class": 7},
    {"status": "finished", **_class("AMB"), "participant": {"individual": "onbekend"}},
)

_ENCOUNTER_STATUS: Final = {"completed": "finished", "noshow": "cancelled", "booked": "planned"}
_PROCEDURE_STATUS: Final = {"finished": "completed", "planned": "preparation"}


def encounter_status(status: str, form: int, *, is_raw_allowed: bool) -> str:
    """The status as R4 knows it; later forms keep a word of the appointment book as it is."""
    if is_raw_allowed and form % 2 and status in {"noshow", "booked"}:
        return status
    return _ENCOUNTER_STATUS.get(status, status)


def procedure_status(status: str) -> str:
    """The status as a Procedure of R4 knows it."""
    return _PROCEDURE_STATUS.get(status, status)


def encounter_period(token: SessionToken, form: int) -> Json:
    """`period` of an Encounter; absent where the token has no date."""
    when = token.when
    if when.shape is WhenShape.UNKNOWN:
        return {}
    if when.shape is WhenShape.DAY:
        return {"period": _day_period(token, form)}
    if when.shape is WhenShape.INSTANT and form % 2:
        return {"period": {"start": when.start, "end": _half_an_hour_later(when.start)}}
    return {"period": _as_written(when)}


def _day_period(token: SessionToken, form: int) -> Json:
    """One day: dates, times, or (when it is over and not an admission) only a start."""
    day = token.when.start
    start = datetime.combine(datetime.fromisoformat(day), time(9, 30), AMSTERDAM)
    forms: tuple[Json, ...] = (
        {"start": day, "end": day},
        {"start": start.isoformat(), "end": (start + timedelta(minutes=30)).isoformat()},
        {"start": start.isoformat()},
        {"start": day},
    )
    may_lack_end = token.status not in OPEN_STATUSES and token.kind != "inpatient"
    return forms[form % (4 if may_lack_end else 2)]


def _as_written(when: When) -> Json:
    return {"start": when.start, "end": when.end} if when.end else {"start": when.start}


def _half_an_hour_later(instant: str) -> str:
    return (datetime.fromisoformat(instant) + timedelta(minutes=30)).isoformat()


def performed(token: SessionToken, form: int) -> Json:
    """`performed[x]` of a Procedure; absent where the token has no date."""
    when = token.when
    if when.shape is WhenShape.UNKNOWN:
        return {}
    if when.shape in {WhenShape.PERIOD, WhenShape.START_ONLY}:
        return {"performedPeriod": _as_written(when)}
    if when.shape is WhenShape.DAY and form % 2:
        return {"performedPeriod": {"start": when.start, "end": when.start}}
    return {"performedDateTime": when.start}
