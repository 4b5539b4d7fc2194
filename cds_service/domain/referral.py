"""The order that is judged, and the person it is for, as far as the rule needs them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cds_service.domain.lookback import DayRange


class ReferralKind(StrEnum):
    """What the order asks for (policy D8, D9)."""

    IMSR = "imsr"
    ONE_TIME_CONSULT = "one-time-consult"
    UNCLEAR = "unclear"


class Indication(StrEnum):
    """Why the patient is referred, all reasons together (policy D5 to D7)."""

    PAIN = "pain"
    UNKNOWN = "unknown"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Referral:
    """A draft order that asks for rehabilitation medicine."""

    order: str  # the reference of the draft, `ServiceRequest/draft-1`
    date: date  # policy B1: authoredOn as an Amsterdam day, else today
    kind: ReferralKind
    indication: Indication
    display: str = ""  # what the order calls itself; unescaped text of the client


@dataclass(frozen=True, slots=True)
class Person:
    """What the record says about the patient. Nothing here identifies anybody."""

    born: DayRange | None = None  # the days on which the birth can have been; None: not known
    is_deceased: bool = False
