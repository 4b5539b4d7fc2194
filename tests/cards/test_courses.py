"""Number and period to copy into the referral."""

from datetime import date

import pytest

from cds_service.domain.contacts import Contact, Profession
from tests.cards.golden_stories import two_courses
from tests.cards.reading import COMBINED, PHYSIO, POH, PSYCHOSOMATIC, START, course, detail
from tests.cards.stories import judged, weekly


@pytest.mark.parametrize(
    ("contacts", "said"),
    [
        pytest.param(
            (*weekly(PHYSIO, START, 7, every=14), course(date(2025, 3, 3), date(2025, 6, 2))),
            "fysiotherapie aantal onbekend, 03-02-2025 tot en met 02-06-2025; POH-GGZ 7 keer",
            id="a course without a number makes the number unknown",
        ),
        pytest.param(
            (
                *weekly(PHYSIO, START, 7, every=14),
                *weekly(PHYSIO, START, 7, every=14, name="p"),
            ),
            "fysiotherapie 7 keer, 03-02-2025 tot en met 28-04-2025; POH-GGZ 7 keer",
            id="two records of one day are one session",
        ),
        pytest.param(
            tuple(c.but(professions=COMBINED) for c in weekly(PHYSIO, START, 7, every=14)),
            "fysiotherapie 7 keer, 03-02-2025 tot en met 28-04-2025; POH-GGZ 7 keer",
            id="a combination is named once, by what is certain",
        ),
        pytest.param(
            tuple(
                c.but(professions=frozenset({PHYSIO, Profession.EXERCISE_THERAPIST}))
                for c in weekly(PHYSIO, START, 7, every=14)
            ),
            "fysiotherapie of oefentherapie 7 keer, 03-02-2025 tot en met 28-04-2025; POH-GGZ 7",
            id="two roles of one person on one day",
        ),
        pytest.param(
            (course(date(2025, 1, 6), date(2025, 6, 2), sessions=9),),
            "fysiotherapie 9 keer, 06-01-2025 tot en met 02-06-2025; POH-GGZ 7 keer",
            id="a course with a number",
        ),
        pytest.param(
            two_courses(),
            "fysiotherapie 6 keer, 02-09-2024 tot en met 27-09-2024; fysiotherapie 6 keer, "
            "03-11-2025 tot en met 28-11-2025; POH-GGZ 7 keer",
            id="each series apart",
        ),
        pytest.param(
            weekly(PHYSIO, date(2024, 7, 1), 5, every=100),
            "fysiotherapie 5 keer, 01-07-2024 tot en met 05-08-2025, in 5 reeksen; POH-GGZ 7 keer",
            id="many series together, with their number",
        ),
        pytest.param(
            (
                *weekly(PSYCHOSOMATIC, START, 7, every=14),
                *weekly(Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST, START, 2, name="e"),
            ),
            "POH-GGZ 7 keer, 02-06-2025 tot en met 25-08-2025; psychosomatische oefentherapie "
            "2 keer, 03-02-2025 tot en met 10-02-2025; psychosomatische fysiotherapie 7 keer",
            id="psychosomatic therapy by its discipline",
        ),
    ],
)
def test_what_counts_is_given_to_copy(contacts: tuple[Contact, ...], said: str) -> None:
    text = detail(judged((*contacts, *POH))).replace("POH\u2011GGZ", "POH-GGZ")
    assert f"**Om over te nemen:** {said}" in text
