"""Which rows of the scenario table each alternative reading changes, as literals (policy 2.9).

Only the overall outcome is compared. The rows S are the public ones; policy 2.9 counts those and
as many again as make 420, so it names more for most alternatives and never fewer. N are our own.
"""

from typing import Final

import pytest

from cds_service.domain.criteria import READING_VALUES, ReadingKey
from tests.builders.scenario_rows import read_scenarios
from tests.domain.judged import CRITERIA, judge
from tests.domain.scenario_contacts import REFERRAL_KINDS, Story, story

CHANGES: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("psychological-care-threshold", "all"): {
        "met -> not_met": ("S002 S011 S034 S052 S166 S167 S206 S230 S365 S374"),
        "indeterminate -> not_met": ("S010 S058 S076 S253 S290"),
        "met -> indeterminate": ("S104 S200 S259 S260"),
    },
    ("nothing-found", "not_met"): {
        "indeterminate -> not_met": (
            "S013 S014 S017 S031 S067 S073 S074 S097 S140 S142 S143 S145 S146 "
            "S148 S164 S170 S172 S173 S175 S176 S196 S238 S239 S262 S272 S310 "
            "S314 S321 S324 S336 S346 S400 S403 S413 S414 N009 N010 N012 N015 "
            "N019"
        ),
    },
    ("evidence-sessions", "1"): {
        "indeterminate -> not_met": ("S017 S146 S238 S310 S314 S324 N009 N010"),
    },
    ("pooling", "discipline"): {
        "met -> not_met": ("S025 S032 S034 N002"),
        "indeterminate -> not_met": ("S076"),
        "met -> indeterminate": ("S181"),
    },
    ("pooling", "therapist"): {
        "met -> not_met": ("S025 S026 S032 S034 N002"),
        "indeterminate -> not_met": ("S076 S380 N007"),
        "met -> indeterminate": ("S185"),
    },
    ("longest-gap-days", "none"): {
        "indeterminate -> met": ("S007 S035 S098 S293 S297 S299 S301 S303 N003"),
    },
    ("longest-gap-days", "84"): {
        "indeterminate -> met": ("S007 S035 S293"),
        "indeterminate -> not_met": ("S098 S297 S299 N003"),
    },
    ("longest-gap-days", "42"): {
        "indeterminate -> not_met": ("S098 S293 S297 S299 S303 S309 N003 N008"),
        "met -> not_met": ("S292 S305 S307"),
    },
    ("other-reason", "counts"): {
        "indeterminate -> met": ("S325"),
    },
    ("min-days", "83"): {
        "indeterminate -> met": ("S008 S010 S022 S092"),
    },
    ("min-days", "77"): {
        "indeterminate -> met": ("S004 S008 S010 S022 S092 S203 S301"),
    },
    ("secondary-care", "not"): {
        "met -> indeterminate": ("S064 S065"),
    },
    ("psychosomatic-as-allied-health", "no"): {
        "not_met -> indeterminate": ("S023"),
        "met -> not_met": ("S026"),
    },
    ("intake", "not"): {
        "met -> not_met": ("S055"),
    },
    ("screening", "counts"): {
        "not_met -> met": ("S056"),
    },
    ("remote", "not"): {
        "met -> not_met": ("S052 S205 S206"),
    },
    ("asynchronous", "counts"): {
        "indeterminate -> met": ("S058"),
    },
    ("asynchronous", "not"): {
        "indeterminate -> not_met": ("S058"),
    },
    ("status-unknown", "possible"): {
        "met -> indeterminate": ("S362 S365 S368"),
    },
    ("status-unknown", "counts"): {
        "indeterminate -> met": ("S046 S363"),
    },
    ("status-unknown", "not"): {
        "indeterminate -> not_met": ("S046 S202 S363"),
        "met -> not_met": ("S362 S365 S368"),
    },
    ("status-open", "counts"): {
        "indeterminate -> met": ("S047 S050 S271 S303 S358"),
    },
    ("status-open", "not"): {
        "indeterminate -> not_met": ("S047 S050 S271 S286 S358"),
    },
    ("hospital-allied-health", "counts"): {
        "not_met -> met": ("S062 S178"),
        "indeterminate -> met": ("S067 S172 S173 S175 S314 S403 N012"),
        "indeterminate -> not_met": ("S176"),
    },
    ("setting-unknown", "possible"): {
        "met -> indeterminate": ("S185"),
    },
    ("setting-unknown", "not"): {
        "indeterminate -> not_met": ("S158"),
        "met -> not_met": ("S185"),
    },
    ("abroad", "counts"): {
        "indeterminate -> met": ("S068"),
    },
    ("abroad", "not"): {
        "indeterminate -> not_met": ("S068"),
    },
    ("other-psych-professions", "counts"): {
        "indeterminate -> met": ("S070 S076"),
    },
    ("other-psych-professions", "not"): {
        "indeterminate -> not_met": ("S076"),
    },
    ("window-start", "exclusive"): {
        "met -> not_met": ("S083 S088 S091 S221"),
    },
    ("window-end", "exclusive"): {
        "met -> not_met": ("S085 S250 S251"),
        "met -> indeterminate": ("S106"),
    },
    ("stated-care", "not"): {
        "met -> indeterminate": ("S131 S136 S230 S305 S307 S370 S374 N001 N002"),
        "met -> not_met": ("S227 N006"),
        "not_met -> indeterminate": ("S319 S377 S379"),
    },
}
"""Reading and value: the new outcome, and the ids of the rows that get it."""

COUNTED_BY_THE_POLICY: Final[dict[str, int]] = {
    "psychological-care-threshold=all": 28,
    "nothing-found=not_met": 57,
    "evidence-sessions=1": 10,
    "pooling=discipline": 11,
    "pooling=therapist": 19,
    "longest-gap-days=none": 14,
    "longest-gap-days=84": 12,
    "longest-gap-days=42": 17,
    "other-reason=counts": 4,
    "min-days=83": 6,
    "min-days=77": 12,
    "secondary-care=not": 5,
    "psychosomatic-as-allied-health=no": 4,
    "intake=not": 2,
    "screening=counts": 1,
    "remote=not": 5,
    "asynchronous=counts": 2,
    "asynchronous=not": 2,
    "status-unknown=possible": 4,
    "status-unknown=counts": 5,
    "status-unknown=not": 9,
    "status-open=counts": 6,
    "status-open=not": 9,
    "hospital-allied-health=counts": 14,
    "setting-unknown=possible": 2,
    "setting-unknown=not": 4,
    "abroad=counts": 1,
    "abroad=not": 1,
    "other-psych-professions=counts": 4,
    "other-psych-professions=not": 1,
    "window-start=exclusive": 6,
    "window-end=exclusive": 4,
    "stated-care=not": 20,
}
"""Policy 2.9: how many of all 420 rows change."""

STORIES: Final = {
    row.id: story(row) for row in read_scenarios() if row.referral_kind in REFERRAL_KINDS
}
ALTERNATIVES: Final = [
    (key, value) for key, values in READING_VALUES.items() for value in values[1:]
]


def _outcome(told: Story, key: ReadingKey, value: str) -> str:
    return judge(
        told.contacts,
        referral=told.referral,
        person=told.person,
        completeness=told.completeness,
        criteria=CRITERIA.read_as(key, value),
    ).label


@pytest.mark.parametrize(("key", "value"), ALTERNATIVES, ids="=".join)
def test_an_alternative_changes_these_rows_and_no_others(key: ReadingKey, value: str) -> None:
    default = READING_VALUES[key][0]
    changed: dict[str, list[str]] = {}
    for row, told in STORIES.items():
        before, after = _outcome(told, key, default), _outcome(told, key, value)
        if before != after:
            changed.setdefault(f"{before} -> {after}", []).append(row)
    assert {change: " ".join(rows) for change, rows in changed.items()} == CHANGES[key, value]


def test_every_alternative_changes_at_least_one_row() -> None:
    assert set(CHANGES) == {(key.value, value) for key, value in ALTERNATIVES}
    assert all(CHANGES.values())


def test_no_alternative_changes_more_rows_than_the_policy_counts_among_all() -> None:
    ours = {
        f"{key}={value}": sum(rows.count("S") for rows in changed.values())
        for (key, value), changed in CHANGES.items()
    }
    assert ours.keys() == COUNTED_BY_THE_POLICY.keys()
    assert all(number <= COUNTED_BY_THE_POLICY[name] for name, number in ours.items())
