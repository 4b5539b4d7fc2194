"""The invented patients, all referred on 15 June 2026: one per outcome and well-known trap.

Each shows one thing, and its sentence says which. Their records hold contacts as Dutch systems
send them. Four groups: shown, short, not certain, silent.
"""

from typing import Final

from cds_service.demo.stories_judged import SHORT, SHOWN
from cds_service.demo.stories_open import NOT_CERTAIN, SILENT

GROUPS: Final = (
    ("Number and duration are shown", SHOWN),
    ("Something is short", SHORT),
    ("Not certain, and the card says what would settle it", NOT_CERTAIN),
    ("The criteria do not apply: no card", SILENT),
)
"""The patients in the order in which the demo shows them, under what they have in common."""

DEMO_PATIENTS: Final = tuple(patient for _, group in GROUPS for patient in group)
