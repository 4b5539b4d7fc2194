"""The cells of the table: what was found, and what is short."""

from datetime import date

import pytest

from cds_service.cards import present
from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactStatus,
    Profession,
)
from cds_service.domain.lookback import DayRange
from tests.cards.golden_stories import two_courses
from tests.cards.reading import PHYSIO, POH, START, TODAY, course, rows
from tests.cards.stories import judged, story, weekly


@pytest.mark.parametrize(
    ("contacts", "found", "result"),
    [
        pytest.param(
            weekly(PHYSIO, START, 1), "1 keer", "niet te bepalen", id="one session is a trace"
        ),
        pytest.param(
            weekly(PHYSIO, START, 3, every=3),
            "3 keer binnen 1 week",
            "nee: 3 keer te weinig en 78 dagen te kort",
            id="below seven days",
        ),
        pytest.param(
            (
                *weekly(PHYSIO, START, 2, every=7),
                *weekly(PHYSIO, date(2025, 2, 5), 1, name="between"),
            ),
            "3 keer in 1,0 weken",
            "nee: 3 keer te weinig en 77 dagen te kort",
            id="from seven days on",
        ),
        pytest.param(
            weekly(PHYSIO, START, 5, every=20),
            "5 keer in 11,4 weken",
            "nee: 1 keer te weinig",
            id="80 days are no shortfall",
        ),
        pytest.param(
            weekly(PHYSIO, START, 6, every=15),
            "6 keer in 10,7 weken",
            "nee: 9 dagen te kort",
            id="75 days: only the duration",
        ),
        pytest.param(
            course(date(2025, 1, 6), date(2025, 1, 8)),
            "minstens 1 keer binnen 1 week (aantal onbekend)",
            "nee: 5 keer te weinig en 82 dagen te kort",
            id="a course without a number, within a week",
        ),
    ],
)
def test_what_was_found_and_what_is_short(
    contacts: tuple[Contact, ...] | Contact, found: str, result: str
) -> None:
    given = (contacts,) if isinstance(contacts, Contact) else contacts
    assert rows(judged((*given, *POH)))[0] == (found, result)


def test_weeks_are_rounded_down() -> None:
    between = weekly(PHYSIO, date(2025, 3, 3), 1, name="between")
    (found, result), *_ = rows(judged((*weekly(PHYSIO, START, 2, every=83), *between, *POH)))
    assert (found, result) == ("3 keer in 11,8 weken", "nee: 3 keer te weinig")


def test_either_is_enough_for_psychological_care_and_the_cell_says_which() -> None:
    five_weeks = weekly(Profession.PSYCHOLOGIST, START, 6)
    assert rows(judged(five_weeks))[1] == ("6 keer in 5,0 weken", "ja, door het aantal")
    three = weekly(Profession.PSYCHOLOGIST, START, 3, every=42)
    assert rows(judged(three))[1] == ("3 keer in 12,0 weken", "ja, door de duur")


def test_a_shortfall_of_psychological_care_says_that_either_is_enough() -> None:
    three = weekly(Profession.PSYCHOLOGIST, START, 3)
    assert rows(judged(three))[1] == (
        "3 keer in 2,0 weken",
        "nee: 3 keer te weinig en 12 weken niet gehaald (één van beide is genoeg)",
    )


def test_option_2_without_a_session_was_not_found() -> None:
    assert rows(story("S001"))[2] == ("niets gevonden", "niet nodig")
    assert rows(story("S005"))[2] == ("niets gevonden", "niet gevonden")


def test_a_long_pause_stands_beside_the_number_with_the_best_series() -> None:
    found, result = rows(judged((*two_courses(), *POH)))[0]
    assert (found, result) == (
        "12 keer in 64,5 weken, met 57 weken onderbreking",
        "niet zeker: onderbreking",
    )
    met = (*weekly(PHYSIO, date(2024, 9, 2), 13), *weekly(PHYSIO, date(2025, 11, 3), 1, name="l"))
    assert rows(judged((*met, *POH)))[0] == (
        "14 keer in 61,0 weken, met 49 weken onderbreking; langste reeks 13 keer in 12,0 weken",
        "ja",
    )


def test_on_an_incomplete_record_what_was_found_is_a_minimum() -> None:
    gap = Completeness(frozenset({RecordPart.ENCOUNTERS}))
    hospital = weekly(PHYSIO, START, 1)[0].but(setting=CareSetting.HOSPITAL)
    unsure = POH[0].but(status=ContactStatus.UNKNOWN)
    assert rows(judged((hospital, unsure), completeness=gap)) == [
        ("tot nu toe niets", "niet zeker"),
        ("geen zekere, mogelijk 1 keer", "niet zeker"),
        ("tot nu toe niets", "niet zeker"),
    ]


def test_a_running_course_may_hold_any_number() -> None:
    running = Contact(
        "a",
        DayRange.on(date(2026, 1, 5)),
        professions=frozenset({PHYSIO}),
        setting=CareSetting.THERAPY_PRACTICE,
        status=ContactStatus.OPEN,
        has_open_end=True,
    )
    found, result = rows(judged((running, *POH)))[0]
    assert found == "geen zekere, mogelijk minstens 1 keer in 23,0 weken (aantal onbekend)"
    assert result == "niet zeker"


def test_the_same_cells_as_a_list_for_a_client_without_tables() -> None:
    (nl,) = present(story("S005"), hook="order-sign", language="nl", today=TODAY, as_table=False)
    assert "|" not in nl.detail
    assert (
        "- Optie 1 (1), eerstelijns fysio/oefen/ergo: 5 keer in 20,0 weken; nodig "
        "6 keer **en** 12 weken. Uitkomst: nee: 1 keer te weinig.\n"
        "- Optie 1 (2), psycholoog of POH\u2011GGZ: 7 keer in 12,0 weken; nodig 6 keer **of** "
        "12 weken. Uitkomst: ja.\n"
        "- Optie 2, psychosomatisch therapeut: niets gevonden; nodig 6 keer **en** 12 weken. "
        "Uitkomst: niet gevonden.\n\n**Elders behandeld?**"
    ) in nl.detail
