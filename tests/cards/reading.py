"""Details taken apart for the tests: rows, blocks, lines; and contacts that stories are made of."""

from datetime import date

from cds_service.cards import present
from cds_service.domain.assessment import Assessment
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    Profession,
)
from cds_service.domain.lookback import DayRange
from tests.cards.stories import PRACTICE, contacts_of

TODAY = date(2026, 6, 15)
START = date(2025, 2, 3)
PHYSIO = Profession.PHYSIOTHERAPIST
PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST
POH = tuple(
    contact.but(source=f"poh{contact.source}")
    for contact in contacts_of("S014")  # seven contacts of a POH-GGZ, 84 days
)
COMBINED = frozenset({PHYSIO, PSYCHOSOMATIC})


def detail(assessment: Assessment, language: str = "nl") -> str:
    (card,) = present(assessment, hook="order-sign", language=language, today=TODAY)
    return card.detail


def rows(assessment: Assessment) -> list[tuple[str, str]]:
    """What was found and the result, per row of the table."""
    lines = [line for line in detail(assessment).split("\n") if line.startswith("| Optie")]
    cells = [line.strip("| ").split(" | ") for line in lines]
    return [(found, result) for _, found, _, result in cells]


def block(assessment: Assessment, head: str) -> str:
    """The block that starts with a bold head, or nothing."""
    blocks = detail(assessment).split("\n\n")
    return next((block for block in blocks if block.startswith(f"**{head}")), "")


def doubt_lines(assessment: Assessment) -> list[str]:
    return detail(assessment).split("**Niet zeker:**\n\n")[1].split("\n\n")[0].split("\n")


def course(
    first: date, last: date, *, sessions: int | None = None, source: str = "course"
) -> Contact:
    return Contact(
        source=source,
        days=DayRange(first, last),
        professions=frozenset({PHYSIO}),
        setting=CareSetting.THERAPY_PRACTICE,
        is_course=True,
        sessions=sessions,
        practice=PRACTICE,
    )
