"""What was not counted, and why."""

from datetime import date

from cds_service.domain.contacts import (
    CareSetting,
    ContactKind,
    ContactStatus,
    Profession,
    Subject,
)
from cds_service.domain.lookback import DayRange
from tests.cards.reading import PHYSIO, POH, START, block
from tests.cards.stories import judged, story, weekly


def test_sessions_are_counted_and_not_records() -> None:
    hospital = [c.but(setting=CareSetting.HOSPITAL) for c in weekly(PHYSIO, START, 3)]
    twice = [c.but(source=f"procedure {c.source}") for c in hospital]
    said = block(judged((*hospital, *twice, *POH)), "Niet meegeteld")
    assert said == (
        "**Niet meegeteld bij optie 1 (1):** 3 behandelingen in ziekenhuis of instelling."
    )


def test_three_reasons_are_named_and_the_rest_is_counted() -> None:
    one = weekly(PHYSIO, START, 6, name="n")
    contacts = (
        one[0].but(setting=CareSetting.HOSPITAL),
        one[1].but(setting=CareSetting.REHABILITATION_CENTRE),
        one[2].but(status=ContactStatus.VOID),
        one[3].but(kind=ContactKind.SCREENING),
        one[4].but(kind=ContactKind.NOTE),
        one[5].but(subject=Subject.OTHER_PATIENT),
        one[0].but(days=DayRange.on(date(2024, 5, 1)), source="early"),
        *POH,
    )
    assert block(judged(contacts), "Niet meegeteld") == (
        "**Niet meegeteld:** 1 behandeling in ziekenhuis of instelling (bij optie 1 (1) telt "
        "alleen de eerste lijn), "
        "1 behandeling in een revalidatiecentrum, 1 behandeling van voor 15-06-2024, "
        "en nog 4 om andere redenen."
    )


def test_nobody_expects_a_gp_visit_or_a_cancelled_one_among_the_numbers() -> None:
    visits = weekly(Profession.OTHER, START, 4, name="gp")
    cancelled = [c.but(status=ContactStatus.VOID, source=f"x{c.source}") for c in visits]
    assert block(judged((*visits, *cancelled, *POH)), "Niet meegeteld") == ""


def test_a_contact_that_another_criterion_leaves_out_is_not_named() -> None:
    assert block(story("S001"), "Niet meegeteld") == ""


def test_a_screening_in_a_rehabilitation_centre_is_a_screening() -> None:
    made = weekly(PHYSIO, START, 8)
    centre = [each.but(setting=CareSetting.REHABILITATION_CENTRE) for each in made]
    screenings = [each.but(kind=ContactKind.SCREENING) for each in centre[:2]]
    said = block(judged((*screenings, *centre[2:], *POH)), "Niet meegeteld")
    assert said == ("**Niet meegeteld:** 6 behandelingen in een revalidatiecentrum, 2 screenings.")


def test_cancelled_and_mistaken_entries_and_notes_have_words_of_their_own() -> None:
    made = weekly(PHYSIO, START, 4)
    contacts = (
        made[0].but(status=ContactStatus.VOID),
        *(each.but(kind=ContactKind.NOTE) for each in made[1:]),
        *POH,
    )
    assert block(judged(contacts), "Niet meegeteld") == (
        "**Niet meegeteld:** 1 contact dat niet doorging of een vergissing was, "
        "3 notities of contacten zonder behandeling."
    )
