"""The line *Let op*: causes first, then flags."""

from dataclasses import replace
from datetime import date

from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import CareSetting, Contact, ContactStatus, Profession
from cds_service.domain.lookback import DayRange
from cds_service.domain.referral import Indication, Person
from tests.cards.reading import PHYSIO, POH, PSYCHOSOMATIC, START, block
from tests.cards.stories import IMSR, contacts_of, judged, story, weekly


def test_causes_come_before_flags_and_three_are_enough() -> None:
    contacts = (
        *weekly(PSYCHOSOMATIC, date(2024, 7, 1), 6, every=60),
        Contact("r", None, doubts=frozenset({Cause.RESOURCE_UNREADABLE})),
    )
    gap = Completeness(frozenset({RecordPart.PROCEDURES}))
    said = block(judged(contacts, person=Person(), completeness=gap), "Let op")
    assert said == (
        "**Let op:** Niet alle gegevens zijn opgehaald; de uitkomst blijft staan. "
        "1 gegeven was niet leesbaar; dat verandert de uitkomst niet. "
        "Leeftijd niet bekend; de voorwaarden gelden alleen voor volwassenen."
    )


def test_met_stays_met_and_says_what_is_not_known() -> None:
    referral = replace(IMSR, indication=Indication.UNKNOWN)
    said = block(judged(contacts_of("S001"), referral=referral, person=Person()), "Let op")
    assert said == (
        "**Let op:** Reden van verwijzing niet gevonden; de voorwaarden gelden alleen bij "
        "aanhoudende pijn. Leeftijd niet bekend; de voorwaarden gelden alleen voor volwassenen."
    )


def test_a_flag_of_an_option_that_is_not_needed_is_left_out() -> None:
    assert block(story("S001"), "Let op") == ""  # 13 physiotherapy sessions in 12 weeks


def test_a_near_miss_is_asked_about() -> None:
    short = weekly(PHYSIO, START, 5, every=20)
    assert block(judged((*short, *POH)), "Let op") == (
        "**Let op:** Optie 1 (1): 80 van 84 dagen. Klopt de begin- en einddatum?"
    )


def test_treatment_that_goes_on_is_named_where_the_number_falls_short_too() -> None:
    running = weekly(PHYSIO, date(2026, 5, 18), 4)
    assert block(judged((*running, *POH)), "Let op") == (
        "**Let op:** Optie 1 (1): de behandeling loopt mogelijk nog; "
        "latere behandelingen zijn niet geteld."
    )


def test_who_was_possible_but_too_few_is_asked_about() -> None:
    """The table says "mogelijk 3 keer": the reader hears of whom, and that it decides nothing."""
    nurse = weekly(Profession.PRACTICE_NURSE, date(2025, 4, 7), 3)
    said = block(judged([*weekly(PHYSIO, START, 13), *nurse]), "Let op")
    assert said.startswith(
        "**Let op:** 3 contacten met een praktijkondersteuner: was dat de POH\u2011GGZ? "
        "Ook als ze meetellen, is het te weinig."
    )


def test_of_several_kinds_of_doubt_all_are_numbered_and_the_largest_is_asked_about() -> None:
    nurse = weekly(Profession.PRACTICE_NURSE, date(2025, 4, 7), 2)
    open_one = weekly(Profession.PSYCHOLOGIST, date(2025, 4, 8), 1)[0].but(
        status=ContactStatus.UNKNOWN
    )
    said = block(judged([*weekly(PHYSIO, START, 13), *nurse, open_one]), "Let op")
    assert said.startswith(
        "**Let op:** Van 3 contacten is niet zeker of ze meetellen (2 contacten met een "
        "praktijkondersteuner: was dat de POH\u2011GGZ?). Ook samen is het te weinig."
    )


def test_an_incomplete_birth_date_says_the_possible_ages() -> None:
    person = Person(born=DayRange(date(2008, 1, 1), date(2008, 12, 31)))
    assert "De geboortedatum is niet volledig (17 of 18 jaar)" in block(
        judged(contacts_of("S001"), person=person), "Let op"
    )


def test_the_physiotherapist_is_asked_about_by_discipline_and_number() -> None:
    question = "Was de fysiotherapeut (7 keer) een psychosomatisch fysiotherapeut?"
    seven = weekly(PHYSIO, START, 7, every=14)
    assert question in block(judged(seven), "Let op")


def test_sessions_in_a_hospital_are_not_asked_about() -> None:
    hospital = [c.but(setting=CareSetting.HOSPITAL) for c in weekly(PHYSIO, START, 7, every=14)]
    assert "psychosomatisch" not in block(judged((*hospital, *POH)), "Let op")
