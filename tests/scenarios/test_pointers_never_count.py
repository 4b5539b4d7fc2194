"""A law: letters, own referrals and words of the draft change no tally, cause or outcome (2.6)."""

from dataclasses import replace
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.hook_calls import hook_call
from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.builders.scenario_tokens import Pointer
from tests.kit.effort import examples
from tests.scenarios.expectations import EXTENSION, NOT_OURS, answer_to

ROWS: Final = [row for row in read_scenarios() if row.referral_kind not in NOT_OURS]
DAYS: Final = ("2023-11-02", "2024-06-15", "2025-03-10", "2026-04-20", "2026-06-14")
WRITTEN_BY: Final = st.sampled_from(
    ("physio", "exercise", "ergo", "psychologist", "poh_ggz", "psychosomatic_physio"),
)
REFERRED_TO: Final = st.sampled_from(("physio", "ergo", "psychologist"))
WORDS: Final = st.sampled_from(
    (
        "",
        "12 behandelingen fysiotherapie in 2025",
        "POH-GGZ 8 gesprekken, onvoldoende resultaat",
        "psychosomatische therapie gehad, 20 keer; Cesar en ergotherapie vanaf mei",
    ),
)


def pointers(roles: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Pointer, ...]]:
    return st.lists(st.builds(Pointer, roles, st.sampled_from(DAYS)), max_size=4).map(tuple)


@settings(max_examples=examples(120))
@given(
    row=st.sampled_from(ROWS),
    letters=pointers(WRITTEN_BY),
    referrals=pointers(REFERRED_TO),
    words=WORDS,
    form=st.integers(0, 3),
)
def test_what_only_points_changes_nothing_but_the_pointers(
    row: Scenario,
    letters: tuple[Pointer, ...],
    referrals: tuple[Pointer, ...],
    words: str,
    form: int,
) -> None:
    bare = replace(row, flags=replace(row.flags, letters=(), own_referrals=(), named=""))
    pointing = replace(
        row, flags=replace(row.flags, letters=letters, own_referrals=referrals, named=words)
    )
    assert _judged(pointing, form) == _judged(bare, form)


def test_the_law_can_fail() -> None:
    """With a letter the same story has a pointer, which the law leaves out, and nothing else."""
    row = next(row for row in ROWS if row.id == "S414")
    assert [each["kind"] for each in _assessments(row, 0)[0]["pointers"]] == ["letter", "referral"]
    assert "pointers" not in _judged(row, 0)[0]


def _judged(row: Scenario, form: int) -> list[dict[str, Any]]:
    """Outcome, causes, tallies, flags: all that is said but where to look."""
    return [
        {name: value for name, value in assessment.items() if name != "pointers"}
        for assessment in _assessments(row, form)
    ]


def _assessments(row: Scenario, form: int) -> list[dict[str, Any]]:
    call = hook_call(row, hook="order-sign", roles_as="role", via="prefetch", form=form)
    said: list[dict[str, Any]] = answer_to(call, row)["extension"][EXTENSION]
    return said
