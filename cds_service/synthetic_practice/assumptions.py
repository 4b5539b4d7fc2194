"""What the made-up practice is like, number by number.

The shares of the record (`physiotherapy_*`, `filed_*`, `letter_of_treated`) are those that the
service is to be measured with. The amounts of care follow Nivel (2024): about five sessions in
six weeks per course of physiotherapy, half of the courses 3 to 9 sessions in 2 to 15 weeks; but
who is referred to interdisciplinary rehabilitation had more care than most. Where no source is
named, the number is our guess.
"""

from dataclasses import dataclass
from typing import Final

Weights = tuple[tuple[str, float], ...]
"""Choices and how often each is made; they need not add up to one."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Shares are between 0 and 1, weeks and sessions whole numbers, both ends included."""

    # Who is referred
    days_of_referral: tuple[int, int] = (-56, 119)  # of an export, from 15 June 2026: 26 weeks
    minors: float = 0.01
    other_complaint: float = 0.07  # stroke, heart failure and the like, not pain
    one_time_consult: float = 0.10

    # What care they really had in the two years before
    had_physiotherapy: float = 0.92
    had_exercise_or_occupational: float = 0.12
    had_psychosomatic: float = 0.08
    had_psychological: float = 0.62
    psychological_by_poh_ggz: float = 0.60  # the others went to a psychologist
    courses: Weights = (("1", 5), ("2", 3), ("3", 1))
    sessions_of_physiotherapy: tuple[int, int] = (3, 22)
    days_between_physiotherapy: tuple[int, int] = (5, 12)
    sessions_of_psychology: tuple[int, int] = (2, 12)
    days_between_psychology: tuple[int, int] = (10, 24)
    sessions_before_the_window: float = 0.10  # courses that lie before the two years

    # What the record of the GP holds of it
    physiotherapy_complete: float = 0.06
    physiotherapy_trace: float = 0.04  # one or two contacts; of the others nothing
    psychologist_complete: float = 0.03
    filed_as_poh_ggz: float = 0.30  # recognisable
    filed_as_plain_poh: float = 0.30
    filed_under_gp: float = 0.25
    filed_without_name: float = 0.15
    words_under_gp: float = 0.50  # of those, how often the type says POH-GGZ
    mental_reason_coded: float = 0.70  # POH-GGZ contacts with a code of chapter P or Z
    letter_of_treated: float = 0.50
    own_referral: float = 0.25  # Nivel: three in four courses start without one

    # What else it holds
    visits_to_gp: tuple[int, int] = (3, 18)
    has_chronic_disease: float = 0.30  # visits to the POH-somatiek
    visits_to_poh_s: tuple[int, int] = (3, 8)
    memos: tuple[int, int] = (0, 5)
    source_without_status: float = 0.15  # the system records no status at all

    # What the referral says
    words: Weights = (("no kind", 60), ("imsr", 30), ("rehabilitation treatment", 10))
    reason: Weights = (
        ("chronic pain", 45),
        ("complaint", 25),
        ("text", 12),
        ("unclear code", 10),
        ("none", 8),
    )
    note_names_care: float = 0.30  # of treated
    signed: float = 1.0  # order-sign; the others order-select


PRACTICE: Final = Assumptions()
