"""Every alternative of every reading changes an outcome, and which (policy 2.9, 2.10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    Profession,
)
from cds_service.domain.criteria import READING_VALUES, CriterionId, ReadingKey
from tests.domain.judged import C1, C2, CRITERIA, O2, judge, session, spread, stated

K = ReadingKey
PHYSIO = Profession.PHYSIOTHERAPIST
ERGO = Profession.OCCUPATIONAL_THERAPIST
PSYCHOLOGIST = Profession.PSYCHOLOGIST
PSYCHOSOMATIC = Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST

SIX_DAYS = ("2025-01-06", "2025-01-27", "2025-02-17", "2025-03-10", "2025-03-24", "2025-04-07")


def six(*professions: Profession, **changes: Any) -> tuple[Contact, ...]:
    """Six sessions over 91 days, each with something else about it."""
    return tuple(session(day, *professions).but(**changes) for day in SIX_DAYS)


def five_and(**changes: Any) -> tuple[Contact, ...]:
    """Five plain physiotherapy sessions over 91 days, and a sixth one with something about it."""
    plain = tuple(session(day) for day in SIX_DAYS)
    return (*plain[:2], plain[2].but(**changes), *plain[3:])


def alternating(*professions: Profession) -> tuple[Contact, ...]:
    """Six sessions over 91 days, of one profession and the other in turn."""
    return tuple(session(day, professions[at % 2]) for at, day in enumerate(SIX_DAYS))


def with_names(contacts: Iterable[Contact], *names: str) -> tuple[Contact, ...]:
    """The same sessions with these practitioners in turn."""
    return tuple(
        contact.but(practitioner=names[at % len(names)]) for at, contact in enumerate(contacts)
    )


FRAGMENTS = (*spread("2024-07-01", 14, 3), *spread("2026-05-04", 14, 3))
FOUR_AND_TWO_OTHERS = (
    *spread("2025-09-03", 35, 4, PSYCHOLOGIST),
    session("2025-09-24", Profession.PSYCHOTHERAPIST),
    session("2025-10-01", Profession.PSYCHOTHERAPIST),
)
FROM_THE_FIRST_DAY = tuple(
    session(day)
    for day in ("2024-06-15", "2024-06-29", "2024-07-13", "2024-08-03", "2024-08-24", "2024-09-07")
)
TO_THE_LAST_DAY = tuple(
    session(day)
    for day in ("2026-03-02", "2026-03-23", "2026-04-13", "2026-05-04", "2026-05-26", "2026-06-15")
)


@dataclass(frozen=True)
class Row:
    """A record, and the outcome of one criterion by default and under the alternative."""

    key: ReadingKey
    value: str
    criterion: CriterionId
    contacts: tuple[Contact, ...]
    by_default: str
    otherwise: str


ROWS = (
    Row(K.PSYCHOLOGICAL_CARE_THRESHOLD, "all", C2, spread("2025-09-03", 35, 6, PSYCHOLOGIST),
        "met", "not_met"),
    Row(K.NOTHING_FOUND, "not_met", C1, (), "indeterminate", "not_met"),
    Row(K.NOTHING_FOUND, "not_met", C2, (), "indeterminate", "not_met"),
    Row(K.EVIDENCE_SESSIONS, "1", C1, spread("2025-01-06", 14, 2), "indeterminate", "not_met"),
    Row(K.POOLING, "discipline", C1, alternating(PHYSIO, ERGO), "met", "not_met"),
    Row(K.POOLING, "therapist", C1, with_names(six(), "anna", "bram"), "met", "not_met"),
    Row(K.LONGEST_GAP_DAYS, "none", C1, FRAGMENTS, "indeterminate", "met"),
    Row(K.LONGEST_GAP_DAYS, "84", C1, FRAGMENTS, "indeterminate", "not_met"),
    # 84 days are a pause already, and no longer gap than 84
    Row(K.LONGEST_GAP_DAYS, "84", C1, spread("2025-01-06", 420, 6), "indeterminate", "met"),
    Row(K.LONGEST_GAP_DAYS, "42", C1, spread("2025-01-06", 250, 6), "met", "not_met"),
    Row(K.OTHER_REASON, "counts", C1, six(has_other_reason=True), "indeterminate", "met"),
    Row(K.MIN_DAYS, "83", C1, spread("2025-01-06", 83, 6), "indeterminate", "met"),
    Row(K.MIN_DAYS, "77", C1, spread("2025-01-06", 77, 6), "indeterminate", "met"),
    # a hospital is then no evidence of psychological care either
    Row(K.SECONDARY_CARE, "not", C2, six(PSYCHOLOGIST, setting=CareSetting.HOSPITAL),
        "met", "indeterminate"),
    Row(K.SECONDARY_CARE, "not", O2, six(PSYCHOSOMATIC, setting=CareSetting.HOSPITAL),
        "met", "not_met"),
    # psychosomatic therapy is then no trace of allied health therapy either
    Row(K.PSYCHOSOMATIC_AS_ALLIED_HEALTH, "no", C1, six(PSYCHOSOMATIC), "met", "indeterminate"),
    Row(K.PSYCHOSOMATIC_AS_ALLIED_HEALTH, "no", C1, alternating(PSYCHOSOMATIC, PHYSIO),
        "met", "not_met"),
    Row(K.INTAKE, "not", C1, five_and(kind=ContactKind.INTAKE), "met", "not_met"),
    Row(K.SCREENING, "counts", C1, five_and(kind=ContactKind.SCREENING), "not_met", "met"),
    Row(K.REMOTE, "not", C1, five_and(kind=ContactKind.REMOTE), "met", "not_met"),
    Row(K.ASYNCHRONOUS, "counts", C1, five_and(kind=ContactKind.ASYNCHRONOUS),
        "indeterminate", "met"),
    Row(K.ASYNCHRONOUS, "not", C1, five_and(kind=ContactKind.ASYNCHRONOUS),
        "indeterminate", "not_met"),
    Row(K.STATUS_UNKNOWN, "possible", C1, six(status=ContactStatus.UNKNOWN),
        "met", "indeterminate"),
    Row(K.STATUS_UNKNOWN, "counts", C1, five_and(status=ContactStatus.UNKNOWN),
        "indeterminate", "met"),
    Row(K.STATUS_UNKNOWN, "not", C1, five_and(status=ContactStatus.UNKNOWN),
        "indeterminate", "not_met"),
    Row(K.STATUS_OPEN, "counts", C1, five_and(status=ContactStatus.OPEN), "indeterminate", "met"),
    Row(K.STATUS_OPEN, "not", C1, five_and(status=ContactStatus.OPEN),
        "indeterminate", "not_met"),
    Row(K.HOSPITAL_ALLIED_HEALTH, "counts", C1, six(PHYSIO, setting=CareSetting.HOSPITAL),
        "indeterminate", "met"),
    Row(K.HOSPITAL_ALLIED_HEALTH, "counts", C1, six(PHYSIO, setting=CareSetting.LONG_TERM_CARE),
        "indeterminate", "met"),
    Row(K.SETTING_UNKNOWN, "possible", C1, six(PHYSIO, setting=CareSetting.UNKNOWN),
        "met", "indeterminate"),
    Row(K.SETTING_UNKNOWN, "not", C1, six(PHYSIO, setting=CareSetting.UNKNOWN),
        "met", "not_met"),
    Row(K.ABROAD, "counts", C1, six(PHYSIO, setting=CareSetting.ABROAD), "indeterminate", "met"),
    Row(K.ABROAD, "not", C1, six(PHYSIO, setting=CareSetting.ABROAD),
        "indeterminate", "not_met"),
    Row(K.OTHER_PSYCH_PROFESSIONS, "counts", C2, FOUR_AND_TWO_OTHERS, "indeterminate", "met"),
    Row(K.OTHER_PSYCH_PROFESSIONS, "not", C2, FOUR_AND_TWO_OTHERS, "indeterminate", "not_met"),
    Row(K.WINDOW_START, "exclusive", C1, FROM_THE_FIRST_DAY, "met", "not_met"),
    Row(K.WINDOW_END, "exclusive", C1, TO_THE_LAST_DAY, "met", "not_met"),
    # what nobody states is not found either
    Row(K.STATED_CARE, "not", C1, (stated("2025-01-06", "2025-05-12", 9),), "met", "indeterminate"),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.key}={row.value} {row.criterion}")
def test_the_alternative_changes_the_outcome(row: Row) -> None:
    default = judge(row.contacts).finding(row.criterion)
    assert default.outcome.label == row.by_default
    criteria = CRITERIA.read_as(row.key, row.value)
    other = judge(row.contacts, criteria=criteria).finding(row.criterion)
    assert other.outcome.label == row.otherwise


def test_every_alternative_has_a_row() -> None:
    alternatives = {(key, value) for key, values in READING_VALUES.items() for value in values[1:]}
    assert {(row.key, row.value) for row in ROWS} == alternatives


@pytest.mark.parametrize(
    ("key", "value", "contacts", "expected"),
    [
        pytest.param(K.POOLING, "discipline", six(), "met", id="one discipline alone is enough"),
        pytest.param(
            K.POOLING,
            "discipline",
            with_names(six(), "anna", "bram"),
            "met",
            id="two therapists of one discipline",
        ),
        pytest.param(
            K.POOLING,
            "discipline",
            five_and(professions=frozenset()),
            "indeterminate",
            id="an unmapped role may belong to any discipline",
        ),
        pytest.param(
            K.POOLING,
            "discipline",
            six(PHYSIO, ERGO),
            "indeterminate",
            id="one person with two roles may have given three of each",
        ),
        pytest.param(
            K.POOLING,
            "therapist",
            five_and(professions=frozenset(), practitioner="bram"),
            "indeterminate",
            id="an unmapped role may belong to any therapist, also under a name",
        ),
        pytest.param(
            K.POOLING,
            "therapist",
            five_and(professions=frozenset(), practitioner=""),
            "indeterminate",
            id="an unmapped role may belong to any therapist",
        ),
        pytest.param(
            K.LONGEST_GAP_DAYS, "42", spread("2025-01-06", 210, 6), "met", id="gaps of 42 days"
        ),
        pytest.param(
            K.LONGEST_GAP_DAYS,
            "84",
            spread("2025-01-06", 420, 6),
            "met",
            id="gaps of 84 days",
        ),
        pytest.param(
            K.LONGEST_GAP_DAYS,
            "84",
            spread("2025-01-06", 425, 6),
            "not_met",
            id="gaps of 85 days",
        ),
        pytest.param(
            K.LONGEST_GAP_DAYS,
            "42",
            (session("2024-07-01"), *spread("2025-01-06", 91, 6)),
            "met",
            id="one run is enough by itself",
        ),
        pytest.param(
            K.MIN_DAYS, "83", spread("2025-01-06", 82, 6), "indeterminate", id="82 of 83 days"
        ),
        pytest.param(K.MIN_DAYS, "77", spread("2025-01-06", 76, 6), "not_met", id="76 of 77 days"),
    ],
)
def test_how_far_an_alternative_reaches(
    key: ReadingKey, value: str, contacts: tuple[Contact, ...], expected: str
) -> None:
    finding = judge(contacts, criteria=CRITERIA.read_as(key, value)).finding(C1)
    assert finding.outcome.label == expected


def test_an_unknown_place_matters_to_psychology_only_where_the_second_line_does_not_count() -> None:
    contacts = six(PSYCHOLOGIST, setting=CareSetting.UNKNOWN)
    unknown_is_out = CRITERIA.read_as(K.SETTING_UNKNOWN, "not")
    assert judge(contacts, criteria=unknown_is_out).finding(C2).outcome.label == "met"
    both = unknown_is_out.read_as(K.SECONDARY_CARE, "not")
    assert judge(contacts, criteria=both).finding(C2).outcome.label == "not_met"


def test_a_reading_that_a_site_sets_otherwise_is_a_deviation() -> None:
    criteria = CRITERIA.read_as(K.MIN_DAYS, "77").read_as(K.INTAKE, "not")
    assert criteria.deviations == ("min-days=77", "intake=not")
    assert criteria.as_published().deviations == ()


@pytest.mark.parametrize("names", [("anna", "bram"), ("bram", "anna"), ("x", "y"), ("y", "x")])
def test_of_two_therapists_who_reach_equally_far_the_latest_gives_the_tally(
    names: tuple[str, str],
) -> None:
    earlier = with_names(spread("2025-01-06", 28, 3), names[0])
    later = with_names(spread("2026-04-06", 28, 3), names[1])
    criteria = CRITERIA.read_as(K.POOLING, "therapist")
    certain = judge((*earlier, *later), criteria=criteria).finding(C1).ledger.certain
    assert (certain.sessions, certain.first, certain.last) == (
        3,
        date(2026, 4, 6),
        date(2026, 5, 4),
    )
