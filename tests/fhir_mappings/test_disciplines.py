import pytest

from cds_service.domain.contacts import Profession
from fhir_mappings.contacts.disciplines import narrowed_professions

P = Profession


@pytest.mark.parametrize(
    ("role", "named", "expected"),
    [
        pytest.param(set(), set(), set(), id="nothing"),
        pytest.param({P.PHYSIOTHERAPIST}, set(), {P.PHYSIOTHERAPIST}, id="role only"),
        pytest.param(set(), {P.PHYSIOTHERAPIST}, {P.PHYSIOTHERAPIST}, id="code only"),
        pytest.param(
            {P.PHYSIOTHERAPIST, P.PSYCHOLOGIST},
            {P.PHYSIOTHERAPIST},
            {P.PHYSIOTHERAPIST},
            id="the code settles which of two",
        ),
        pytest.param(
            {P.PHYSIOTHERAPIST, P.OTHER},
            {P.PHYSIOTHERAPIST},
            {P.PHYSIOTHERAPIST},
            id="the code confirms what was to be confirmed",
        ),
        pytest.param(
            {P.PSYCHOLOGIST},
            {P.PHYSIOTHERAPIST},
            {P.PSYCHOLOGIST, P.PHYSIOTHERAPIST},
            id="they differ: both are open",
        ),
        pytest.param(
            {P.OTHER}, {P.PHYSIOTHERAPIST}, {P.OTHER, P.PHYSIOTHERAPIST}, id="also for a GP"
        ),
        pytest.param(
            {P.PSYCHOSOMATIC_PHYSIOTHERAPIST},
            {P.PHYSIOTHERAPIST},
            {P.PSYCHOSOMATIC_PHYSIOTHERAPIST},
            id="physiotherapy by a psychosomatic physiotherapist",
        ),
        pytest.param(
            {P.PHYSIOTHERAPIST, P.PSYCHOSOMATIC_PHYSIOTHERAPIST},
            {P.PHYSIOTHERAPIST},
            {P.PHYSIOTHERAPIST, P.PSYCHOSOMATIC_PHYSIOTHERAPIST},
            id="physiotherapy by the holder of a combination code: still open",
        ),
        pytest.param(
            {P.EXERCISE_THERAPIST, P.PSYCHOSOMATIC_EXERCISE_THERAPIST},
            {P.PSYCHOSOMATIC_EXERCISE_THERAPIST},
            {P.PSYCHOSOMATIC_EXERCISE_THERAPIST},
            id="a psychosomatic session settles a combination code",
        ),
        pytest.param(
            {P.EXERCISE_THERAPIST, P.PSYCHOSOMATIC_EXERCISE_THERAPIST},
            {P.PSYCHOSOMATIC_THERAPIST},
            {P.PSYCHOSOMATIC_EXERCISE_THERAPIST},
            id="also where it does not say which discipline",
        ),
        pytest.param(
            {P.PSYCHOSOMATIC_THERAPIST},
            {P.PSYCHOSOMATIC_EXERCISE_THERAPIST},
            {P.PSYCHOSOMATIC_EXERCISE_THERAPIST},
            id="the code tells the discipline of a psychosomatic therapist",
        ),
        pytest.param(
            {P.PHYSIOTHERAPIST},
            {P.PSYCHOSOMATIC_PHYSIOTHERAPIST},
            {P.PHYSIOTHERAPIST, P.PSYCHOSOMATIC_PHYSIOTHERAPIST},
            id="a psychosomatic session by a plain physiotherapist",
        ),
        pytest.param(
            {P.NURSE},
            {P.PRACTICE_NURSE_GGZ},
            {P.PRACTICE_NURSE_GGZ},
            id="the code tells the function of a nurse",
        ),
        pytest.param(
            {P.PSYCHOTHERAPIST},
            {P.PSYCHOLOGIST},
            {P.PSYCHOTHERAPIST, P.PSYCHOLOGIST},
            id="psychotherapy does not make a psychotherapist a psychologist",
        ),
        pytest.param(
            {P.NURSE},
            {P.PHYSIOTHERAPIST},
            {P.NURSE, P.PHYSIOTHERAPIST},
            id="a code of another discipline settles nothing of a nurse",
        ),
        pytest.param(
            {P.PSYCHOLOGIST},
            {P.PRACTICE_NURSE_GGZ},
            {P.PSYCHOLOGIST, P.PRACTICE_NURSE_GGZ},
            id="care of a POH-GGZ by a psychologist: both are open",
        ),
    ],
)
def test_role_and_code_together(
    role: set[Profession], named: set[Profession], expected: set[Profession]
) -> None:
    assert narrowed_professions(frozenset(role), frozenset(named)) == expected
