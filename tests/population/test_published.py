"""Small numbers are left out, and nothing that is shown gives them away."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from cds_service.population.counts import Counts
from cds_service.population.published import publish, without_small

WHOLE = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=1)


def test_large_parts_are_shown() -> None:
    assert without_small({"a": 10, "b": 0, "c": 31}, 10) == {"a": 10, "b": 0, "c": 31}


def test_one_small_part_takes_the_next_smallest_with_it() -> None:
    parts = {"a": 4, "b": 31, "c": 12, "d": 0}
    assert without_small(parts, 10) == {"a": None, "b": 31, "c": None, "d": 0}


def test_two_small_parts_that_are_small_together_take_another_with_them() -> None:
    parts = {"a": 4, "b": 5, "c": 12, "d": 40}
    assert without_small(parts, 10) == {"a": None, "b": None, "c": None, "d": 40}


def test_two_small_parts_that_are_enough_together_are_left_out_alone() -> None:
    parts = {"a": 4, "b": 9, "c": 12}
    assert without_small(parts, 10) == {"a": None, "b": None, "c": 12}


def test_where_no_part_is_left_to_hide_behind_all_are_left_out() -> None:
    assert without_small({"a": 4, "b": 0}, 10) == {"a": None, "b": None}


@given(WHOLE)
def test_what_is_left_out_of_a_whole_is_never_one_part_nor_small(parts: dict[str, int]) -> None:
    shown = without_small(parts, 10)
    hidden = [name for name, number in shown.items() if number is None]
    assert all(number is None or number == 0 or number >= 10 for number in shown.values())
    assert all(shown[name] in (None, number) for name, number in parts.items())
    if hidden and len(hidden) < len(parts):
        assert len(hidden) >= 2
        assert sum(parts[name] for name in hidden) >= 10


def _counts() -> Counts:
    counts = Counts(patients=120, patients_referred=110, referrals=112)
    counts.outcomes.update({"met": 4, "not_met": 20, "indeterminate": 70, "not_applicable": 18})
    for outcome, month in product(("met", "not_met"), ("2026-05", "2026-06")):
        counts.by_month[f"{month}|{outcome}"] = 2 if outcome == "met" else 10
    counts.by_month["2026-05|indeterminate"] = 65
    counts.by_month["2026-06|indeterminate"] = 5
    counts.by_month["2026-05|not_applicable"] = 18
    counts.causes.update({"nothing_found": 60, "minor": 3, "record_incomplete": 109})
    counts.readings.update({"min-days=77|not_met|met": 8, "nothing-found=not_met|x|y": 0})
    counts.readings.pop("nothing-found=not_met|x|y")
    counts.flags["ongoing"] = 90
    return counts


def test_the_numbers_of_a_run_with_the_small_ones_left_out() -> None:
    shown = publish(_counts().as_json(), 10)
    assert (shown.referrals, shown.patients, shown.applicable) == (112, 110, None)
    assert shown.outcomes == {
        "met": None,
        "not_met": 20,
        "indeterminate": 70,
        "not_applicable": None,
    }
    assert shown.months == {
        "2026-05": {"met": None, "not_met": 10, "indeterminate": None, "not_applicable": None},
        "2026-06": {"met": None, "not_met": 10, "indeterminate": None, "not_applicable": None},
    }
    # 109 of 112 would tell of three without it; 90 of 94 of four
    assert shown.causes == {"minor": None, "nothing_found": 60, "record_incomplete": None}
    assert shown.flags == {"ongoing": None}
    assert shown.readings == {"min-days=77": {"not_met|met": None}}


def test_least_1_shows_every_number() -> None:
    shown = publish(_counts().as_json(), 1)
    assert shown.outcomes["met"] == 4
    assert shown.applicable == 94
    assert shown.causes["minor"] == 3
