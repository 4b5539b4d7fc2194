"""What says where to look for care that the record does not show; it never counts (policy 2.6)."""

from dataclasses import dataclass
from datetime import date

from cds_service.domain.contacts import TherapistCategory
from cds_service.domain.criteria import CriterionId
from cds_service.domain.words import Word


class PointerKind(Word):
    """What points: the closed list of interface.md, `pointers`."""

    LETTER = "letter"
    REFERRAL = "referral"
    DRAFT_TEXT = "draft-text"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A letter by, an earlier referral to, or words of the draft on therapists of a criterion.

    `date` is that of the letter or referral, of words of the draft that of the referral itself.
    `discipline` is for the card alone; of psychological care it is None, for which the date
    alone is named.
    """

    kind: PointerKind
    criterion: CriterionId
    date: date
    discipline: TherapistCategory | None = None
