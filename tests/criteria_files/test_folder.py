"""Which file is in force on a day, and what a folder of rule files must be."""

from datetime import date
from pathlib import Path

import pytest

from cds_service.criteria_files import load_criteria
from cds_service.domain.criteria import ReadingKey
from cds_service.errors import InvalidCriteriaError
from tests.criteria_files.rule_texts import (
    FIRST,
    FIRST_NAME,
    OURS,
    changed,
    revision,
    write,
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for date_of_effect, number in (
        ("2026-04-20", 1),
        ("2026-04-20", 2),
        ("2027-01-01", 1),
        ("2027-01-01", 10),
        ("2027-01-01", 9),
    ):
        name, text = revision(date_of_effect, number)
        write(tmp_path, text, name)
    return tmp_path


@pytest.mark.parametrize(
    ("on", "effective_from", "number"),
    [
        pytest.param(date(2026, 4, 20), date(2026, 4, 20), 2, id="first day, highest revision"),
        pytest.param(date(2026, 12, 31), date(2026, 4, 20), 2, id="day before the next criteria"),
        pytest.param(date(2027, 1, 1), date(2027, 1, 1), 10, id="their first day; 10 is after 9"),
        pytest.param(date(2040, 1, 1), date(2027, 1, 1), 10, id="long after"),
        pytest.param(date(2026, 4, 19), date(2026, 4, 20), 2, id="before all: the first criteria"),
        pytest.param(date(1999, 1, 1), date(2026, 4, 20), 2, id="long before"),
    ],
)
def test_the_day_of_the_referral_chooses_the_file(
    site: Path, on: date, effective_from: date, number: int
) -> None:
    criteria = load_criteria(site).in_force(on)
    assert (criteria.effective_from, criteria.revision) == (effective_from, number)


def test_a_sites_own_folder_replaces_ours_and_its_deviations_show(tmp_path: Path) -> None:
    write(tmp_path, changed("value: indeterminate", "value: not_met"))
    criteria = load_criteria(tmp_path).in_force(date(2026, 6, 15))
    assert criteria.deviations == ("nothing-found=not_met",)


def test_other_numbers_of_a_site_are_used_and_named(tmp_path: Path) -> None:
    text = changed("sessions: 6", "sessions: 8").replace("required: 84", "required: 90", 1)
    write(tmp_path, text)
    criteria = load_criteria(tmp_path).in_force(date(2026, 6, 15))
    first = criteria.criteria()[0]
    assert (first.sessions, first.days, first.pause, first.recent) == (8, 90, 90, 45)
    assert criteria.deviations == (
        "allied-health-therapy-sessions=8",
        "allied-health-therapy-days=90",
    )


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, changed("sessions: 6", "sessions: 0"))
    name, text = revision("2027-01-01", 1)
    write(tmp_path, text.replace("threshold: all", "threshold: most", 1), name)
    with pytest.raises(InvalidCriteriaError) as raised:
        load_criteria(tmp_path)
    assert raised.value.faults == (
        (
            "imsr-persistent-pain.2026-04-20.r2.yaml: options.0.criteria.0.sessions: "
            "input should be greater than or equal to 1"
        ),
        (
            "imsr-persistent-pain.2027-01-01.r1.yaml: options.0.criteria.0.threshold: "
            "input should be 'all' or 'any'"
        ),
    )


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InvalidCriteriaError, match="holds no rule file"):
        load_criteria(tmp_path)


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InvalidCriteriaError, match="is no folder that can be read"):
        load_criteria(tmp_path / "missing")


def test_a_file_with_the_other_ending_is_not_forgotten_silently(tmp_path: Path) -> None:
    write(tmp_path, OURS)
    write(tmp_path, OURS, "imsr-persistent-pain.2027-01-01.r1.yml")
    with pytest.raises(InvalidCriteriaError, match=r"r1\.yml: a rule file must end in \.yaml"):
        load_criteria(tmp_path)


def test_two_policies_in_one_folder_are_a_fault(tmp_path: Path) -> None:
    write(tmp_path, OURS)
    other = changed("id: imsr-persistent-pain", "id: another-policy")
    write(tmp_path, other, "another-policy.2026-04-20.r2.yaml")
    with pytest.raises(InvalidCriteriaError, match="more than one id"):
        load_criteria(tmp_path)


def test_a_site_may_pin_revision_1_and_deviates_in_nothing(tmp_path: Path) -> None:
    write(tmp_path, FIRST, FIRST_NAME)
    criteria = load_criteria(tmp_path).in_force(date(2026, 6, 15))
    assert (criteria.revision, criteria.deviations) == (1, ())
    assert criteria.reading(ReadingKey.LONGEST_GAP_DAYS) == "none"
    assert criteria.reading(ReadingKey.STATUS_UNKNOWN) == "possible"
    assert criteria.reading(ReadingKey.EVIDENCE_SESSIONS) == "1"
    assert criteria.reading(ReadingKey.OTHER_REASON) == "counts"
    assert criteria.as_published() == criteria
