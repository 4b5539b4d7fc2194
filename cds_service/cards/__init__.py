"""What the clinician reads: the assessment as cards, in Dutch or English.

The texts are data (`wording.nl.yaml`, `wording.en.yaml`, `layout.yaml`); the code chooses the
card, fills in numbers and names, and leaves out what has nothing to say.
"""

from cds_service.cards.card import Card, CardFunction, CardKind, Indicator
from cds_service.cards.present import present
from cds_service.cards.sent import present_sent
from cds_service.cards.wording import InvalidWordingError

__all__ = [
    "Card",
    "CardFunction",
    "CardKind",
    "Indicator",
    "InvalidWordingError",
    "present",
    "present_sent",
]
