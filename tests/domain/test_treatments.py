"""One count of sessions per discipline: the table, the letter text and the flags say the same."""

import pytest

from cds_service.domain.contacts import Contact, Profession
from cds_service.domain.treatments import treatments, treatments_of
from tests.domain.judged import C1, judge, session, spread, stated, undated

PHYSIO = Profession.PHYSIOTHERAPIST
EXERCISE = Profession.EXERCISE_THERAPIST
PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST

SIX = spread("2025-02-03", 84, 6)
TWO_ROLES = spread("2025-02-03", 84, 6, PHYSIO, EXERCISE)


@pytest.mark.parametrize(
    ("contacts", "number", "expected"),
    [
        pytest.param((*SIX, *TWO_ROLES), 6, ["physiotherapist 6"],
            id="six days of physiotherapy, and on them somebody with two roles"),
        pytest.param(
            (*spread("2025-02-03", 84, 5), undated(), undated().but(source="Encounter/y"),
             stated("2025-01-06", "2025-05-12", 6)),
            6, ["physiotherapist 6"],
            id="six stated; five certain and two undated found in that period"),
        pytest.param(TWO_ROLES, 6, ["physiotherapist or exercise-therapist 6"],
            id="two roles of one person"),
        pytest.param((*SIX, *spread("2025-02-04", 84, 4, EXERCISE)), 10,
            ["exercise-therapist 4", "physiotherapist 6"], id="two disciplines"),
        pytest.param((*SIX, *spread("2025-02-03", 84, 6, PSYCHOSOMATIC)), 6,
            ["physiotherapist 6"], id="psychosomatic physiotherapy on the days of the other"),
    ],
)  # fmt: skip
def test_the_parts_add_up_to_the_certain_tally(
    contacts: tuple[Contact, ...], number: int, expected: list[str]
) -> None:
    finding = judge(contacts).finding(C1)
    assert finding.ledger.certain.sessions == number
    assert [
        f"{' or '.join(each.disciplines)} {each.sessions}" for each in treatments_of(finding)
    ] == (expected)


def test_psychosomatic_therapy_which_two_options_count_is_named_once_and_last() -> None:
    assessment = judge(
        (*spread("2025-02-03", 84, 6, PSYCHOSOMATIC), session("2025-02-04"),
         session("2025-02-05", Profession.PSYCHOLOGIST))
    )  # fmt: skip
    assert [(each.disciplines[0], each.sessions) for each in treatments(assessment)] == [
        ("physiotherapist", 1),
        ("psychologist", 1),
        ("psychosomatic-physiotherapist", 6),
    ]


def test_each_series_without_a_pause_of_twelve_weeks_is_named_apart() -> None:
    first = spread("2024-09-02", 25, 6)
    later = spread("2025-11-03", 25, 6)
    assert [
        (each.sessions, each.first.isoformat(), each.last.isoformat())
        for each in treatments(judge((*first, *later)))
    ] == [(6, "2024-09-02", "2024-09-27"), (6, "2025-11-03", "2025-11-28")]
