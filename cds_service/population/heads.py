"""What a line of NDJSON is and whose, without building what is in it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from fhir_mappings.reading.concepts import UnreadableError
from fhir_mappings.reading.references import ReferenceReader, Target

CARE: Final = frozenset({"Encounter", "Procedure"})
"""Whatever is lost of these can be anybody's treatment."""

OF_PATIENTS: Final = CARE | {"Patient", "Condition", "ServiceRequest", "QuestionnaireResponse"}
DIRECTORY: Final = frozenset({"PractitionerRole", "Practitioner", "Organization", "Location"})
READ: Final = OF_PATIENTS | DIRECTORY
"""The types of an export that say anything about the criteria; others are passed over."""

LONGEST_LINE: Final = 64 << 20
"""Bytes of one resource; more is a loss. The largest that a hook call may bring is 16 MB."""


class LossReason(StrEnum):
    """Why something of an export could not be read (closed list)."""

    NOT_JSON = "not_json"  # the line is no JSON object, or is broken off
    TOO_LONG = "too_long"  # longer than a resource may be
    NO_TYPE = "no_resource_type"
    NO_ID = "no_id"  # a Patient or what others refer to, without an id
    NO_PATIENT = "no_patient"  # it does not say whose it is, in a form that can be followed
    CUT_SHORT = "cut_short"  # a compressed file ends early, so what follows is not known
    NO_FILE = "no_file"  # the manifest names a file that is not there
    UNREADABLE = "unreadable"  # a line whose patient is known and that breaks a rule of JSON
    NO_DATE = "no_date"  # a sent referral that does not say its day, so it cannot be judged


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a line cannot be used; its type where it can be told."""

    reason: LossReason
    resource_type: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The type, the id and the patient of a resource.

    No patient: one of the directory, or what we do not read.
    """

    resource_type: str
    id: str = ""
    patient: str = ""


class _Line(msgspec.Struct):
    resourceType: object = None  # noqa: N815 the name in FHIR
    id: object = None
    subject: object = None
    patient: object = None


_decode = msgspec.json.Decoder(_Line).decode


class HeadReader:
    """Reads the heads of one export. `base_url` is that of its server, empty if not known."""

    def __init__(self, base_url: str = "") -> None:
        self._base_url = base_url

    def read(self, line: bytes) -> Head | Loss:
        """What a line is, or why it cannot be told."""
        try:
            found = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Loss(LossReason.NOT_JSON)
        kind = found.resourceType
        if not isinstance(kind, str) or not kind:
            return Loss(LossReason.NO_TYPE)
        if kind not in READ:
            return Head(kind)
        own_id = found.id if isinstance(found.id, str) else ""
        if kind in DIRECTORY:
            return Head(kind, own_id) if own_id else Loss(LossReason.NO_ID, kind)
        if kind == "Patient":
            return Head(kind, own_id, own_id) if own_id else Loss(LossReason.NO_ID, kind)
        return self._of_patient(kind, own_id, found)

    def _of_patient(self, kind: str, own_id: str, found: _Line) -> Head | Loss:
        whose = found.subject if found.subject is not None else found.patient
        try:
            reference = ReferenceReader(self._base_url).read(whose, "subject")
        except UnreadableError:
            return Loss(LossReason.NO_PATIENT, kind)
        if reference.target is not Target.RECORD or not reference.id:
            return Loss(LossReason.NO_PATIENT, kind)
        if reference.resource_type != "Patient":
            return Head(kind, own_id)  # of a group, a device or a place: no patient's own
        return Head(kind, own_id, reference.id)


class HeldLine(NamedTuple):
    """One resource as it was read, and from where."""

    patient: str
    resource_type: str
    file: str
    offset: int
    line: bytes


@dataclass(frozen=True, slots=True)
class LostLine:
    """Something that could not be read, and where it stands."""

    file: str
    offset: int
    reason: LossReason
    resource_type: str = ""
