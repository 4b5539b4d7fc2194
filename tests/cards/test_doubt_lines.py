"""The list of doubtful contacts that decide, and what follows if they count."""

from datetime import date

import pytest

from cds_service.cards import CardKind, present
from cds_service.domain.assessment import Assessment, Completeness, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactStatus,
    Profession,
)
from cds_service.domain.lookback import DayRange
from tests.cards.reading import PHYSIO, POH, START, TODAY, course, detail, doubt_lines
from tests.cards.stories import contacts_of, judged, story, weekly

OTHER_RECORD = "**Dit patiëntdossier is samengevoegd, vervangen of niet meer in gebruik.**"


def _unsure(**changes: object) -> Assessment:
    """Five certain sessions in thirteen weeks and one of unknown status that decides."""
    contacts = list(contacts_of("S080"))
    place = next(i for i, c in enumerate(contacts) if not c.professions)
    unsure = contacts[place].but(professions=frozenset({PHYSIO}), status=ContactStatus.UNKNOWN)
    contacts[place] = unsure.but(**changes)
    return judged(contacts)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param(
            {},
            "- 24-03-2025, Praktijk De Linde: heeft het contact plaatsgevonden?",
            id="date, practice, question",
        ),
        pytest.param(
            {"practice": "", "practitioner_name": "A. de Vries"},
            "- 24-03-2025, behandelaar A. de Vries, plaats onbekend: "
            "heeft het contact plaatsgevonden?",
            id="the therapist where the practice is unknown",
        ),
        pytest.param(
            {"practitioner_name": "A. de Vries"},
            "- 24-03-2025, Praktijk De Linde: heeft het contact plaatsgevonden?",
            id="no name of a person where the practice is known",
        ),
        pytest.param(
            {"practice": "", "practitioner_name": ""},
            "- 24-03-2025, plaats onbekend: heeft het contact plaatsgevonden?",
            id="nothing is known",
        ),
        pytest.param(
            {"days": None, "status": ContactStatus.TOOK_PLACE},
            "- datum onbekend, Praktijk De Linde: datum niet volledig",
            id="no date",
        ),
        pytest.param(
            {"days": DayRange(date(2025, 3, 1), date(2025, 3, 31))},
            "- 01-03-2025 tot en met 31-03-2025, Praktijk De Linde: "
            "heeft het contact plaatsgevonden?; datum niet volledig",
            id="a month, and two questions",
        ),
    ],
)
def test_a_line_says_when_where_and_what(changes: dict[str, object], line: str) -> None:
    assert doubt_lines(_unsure(**changes)) == [line]


def test_what_follows_if_it_counts_is_said_only_where_it_is_certain() -> None:
    sentence = "Telt dit contact mee, dan zijn aantal en duur aangetoond (optie 1)."
    assert sentence in detail(_unsure())
    assert sentence not in detail(_unsure(days=DayRange(date(2025, 3, 1), date(2025, 3, 31))))


def test_one_contact_cannot_count_for_two_criteria_of_an_option() -> None:
    physio = weekly(PHYSIO, START, 5, every=25)
    psychologist = weekly(Profession.PSYCHOLOGIST, START, 5, name="p")
    unmapped = Contact(
        "u", DayRange.on(date(2025, 3, 5)), setting=CareSetting.PRIMARY_CARE, practice="Centrum"
    )
    assessment = judged((*physio, *psychologist, unmapped))
    assert doubt_lines(assessment) == ["- 05-03-2025, Centrum: beroep onbekend"]
    assert "aangetoond (optie" not in detail(assessment)


def test_a_role_that_was_lost_is_named_as_not_retrieved() -> None:
    assessment = _unsure(
        status=ContactStatus.TOOK_PLACE,
        professions=frozenset(),
        doubts=frozenset({Cause.RECORD_INCOMPLETE}),
    )
    (card,) = present(assessment, hook="order-sign", language="nl", today=TODAY)
    assert card.kind is CardKind.RECORD_INCOMPLETE
    assert doubt_lines(assessment) == [
        "- 24-03-2025, Praktijk De Linde: behandelaar of plaats niet opgehaald"
    ]
    assert "**Niet opgehaald:** gegevens over de behandelaar of de plaats." in card.detail


def test_all_parts_that_are_missing_are_named() -> None:
    gaps = Completeness(frozenset(RecordPart))
    text = detail(judged((), completeness=gaps))
    named = "een deel van de contacten, een deel van de verrichtingen en opgegeven zorg van elders."
    assert named in text


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ((), [OTHER_RECORD]),
        ((RecordPart.PATIENT,), [OTHER_RECORD]),
        ((RecordPart.PROCEDURES,), ["**Niet opgehaald:** een deel van de verrich", OTHER_RECORD]),
    ],
)
def test_a_patient_with_another_record_is_said_and_nothing_else(
    gaps: tuple[RecordPart, ...], expected: list[str]
) -> None:
    completeness = Completeness(frozenset(gaps), is_recorded_elsewhere=True)
    text = detail(judged((), completeness=completeness))
    parts = ["**Niet opgehaald:** een deel van de verrich", OTHER_RECORD]
    assert [part for part in parts if part in text] == expected
    assert ("Probeer het later opnieuw" in text) is (len(expected) > 1)


def test_contacts_that_decide_in_two_rows_stand_once() -> None:
    (card,) = present(story("S079"), hook="order-select", language="nl", today=TODAY)
    assert "6 contacten zonder bekend beroep: wie was dit?" in card.summary
    assert doubt_lines(story("S079")) == [
        "- 6 contacten, 06-01-2025 tot en met 07-04-2025, Praktijk De Linde: beroep onbekend"
    ]


def test_a_doubt_that_comes_only_from_the_sum_still_names_its_contacts() -> None:
    """A course of five and one session inside its period: five sessions or six."""
    five = course(date(2025, 1, 6), date(2025, 6, 2), sessions=5)
    inside = weekly(PHYSIO, date(2025, 2, 3), 1)
    (card,) = present(judged((five, *inside, *POH)), hook="order-sign", language="nl", today=TODAY)
    assert card.kind is CardKind.NUMBER_UNCLEAR
    assert "Van 1 behandeltraject" in card.summary
    assert (
        "**Hoeveel behandelingen waren het?** Vraag het de patiënt of de therapeut en zet het "
        "aantal tussen 15-06-2024 en 15-06-2026 in de verwijzing, met inhoud en resultaat.\n\n"
        "**Niet zeker:**\n\n"
        "- 06-01-2025 tot en met 02-06-2025, Praktijk De Linde: "
        "aantal binnen de twee jaar onbekend\n\n"
    ) in card.detail


@pytest.mark.parametrize(
    ("stated", "is_said"),
    [
        pytest.param(9, True, id="nine in all: six of them can lie in the two years"),
        pytest.param(4, False, id="four in all can never be six"),
    ],
)
def test_a_number_that_cannot_be_is_not_supposed(stated: int, is_said: bool) -> None:  # noqa: FBT001
    across = course(date(2024, 4, 1), date(2024, 10, 1), sessions=stated)
    later = weekly(PHYSIO, date(2024, 11, 4), 4)
    text = detail(judged((across, *later, *POH)))
    assert "aantal binnen de twee jaar onbekend" in text
    assert ("Waren het er 6 of meer" in text) is is_said
