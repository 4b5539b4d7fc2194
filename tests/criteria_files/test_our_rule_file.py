"""Our rule file says what the policy says, number by number and reading by reading."""

from datetime import date

import pytest

from cds_service.criteria_files import lint, load_criteria
from cds_service.criteria_files.folder import OUR_FOLDER
from cds_service.domain.criteria import (
    CriterionId,
    PolicySource,
    ReadingKey,
    ReferralCriteria,
    Threshold,
)
from tests.criteria_files.rule_texts import NAME

DEFAULTS = {
    "psychological-care-threshold": "any",
    "nothing-found": "indeterminate",
    "evidence-sessions": "3",
    "pooling": "criterion",
    "longest-gap-days": "83-doubtful",
    "other-reason": "possible",
    "min-days": "84",
    "secondary-care": "counts",
    "psychosomatic-as-allied-health": "yes",
    "intake": "counts",
    "screening": "not",
    "remote": "counts",
    "asynchronous": "possible",
    "status-unknown": "by-source",
    "status-open": "possible",
    "hospital-allied-health": "not",
    "setting-unknown": "counts",
    "abroad": "possible",
    "other-psych-professions": "possible",
    "window-start": "inclusive",
    "window-end": "inclusive",
    "stated-care": "counts",
}


@pytest.fixture(scope="module")
def criteria() -> ReferralCriteria:
    return load_criteria().in_force(date(2026, 6, 15))


def test_our_rule_file_has_no_fault() -> None:
    assert lint(OUR_FOLDER / NAME) == ()


def test_it_names_id_date_and_revision(criteria: ReferralCriteria) -> None:
    assert criteria.name == "imsr-persistent-pain|2026-04-20"
    assert criteria.revision == 2


def test_two_years_and_eighteen_years(criteria: ReferralCriteria) -> None:
    assert (criteria.lookback_years, criteria.minimum_age) == (2, 18)


def test_option_1_has_two_criteria_and_option_2_one(criteria: ReferralCriteria) -> None:
    assert [(option.id, [each.id for each in option.criteria]) for option in criteria.options] == [
        ("option-1", [CriterionId.ALLIED_HEALTH_THERAPY, CriterionId.PSYCHOLOGICAL_CARE]),
        ("option-2", [CriterionId.PSYCHOSOMATIC_THERAPY]),
    ]


@pytest.mark.parametrize(
    ("criterion", "threshold", "place", "nothing_found_is_unknown"),
    [
        pytest.param(CriterionId.ALLIED_HEALTH_THERAPY, Threshold.ALL, "003:15", True, id="en"),
        pytest.param(CriterionId.PSYCHOLOGICAL_CARE, Threshold.ANY, "003:19", True, id="of"),
        pytest.param(CriterionId.PSYCHOSOMATIC_THERAPY, Threshold.ALL, "003:23", False, id="en-2"),
    ],
)
def test_every_criterion_asks_six_sessions_and_84_days_in_the_words_of_the_text(
    criteria: ReferralCriteria,
    criterion: CriterionId,
    threshold: Threshold,
    place: str,
    nothing_found_is_unknown: bool,  # noqa: FBT001
) -> None:
    found = next(each for each in criteria.criteria() if each.id is criterion)
    assert (found.sessions, found.days, found.possible_from) == (6, 84, 77)
    assert found.threshold is threshold
    assert found.nothing_found_is_unknown is nothing_found_is_unknown
    assert found.source.place == place


def test_the_word_of_in_the_quote_is_the_threshold_any(criteria: ReferralCriteria) -> None:
    psychological = criteria.options[0].criteria[1]
    assert psychological.source == PolicySource(
        place="003:19",
        quote=(
            "De patiënt heeft de afgelopen twee jaar onder behandeling gestaan van een psycholoog "
            "of POH GGZ, waarbij er sprake was van minimaal 6 behandelingen of een behandelduur "
            "van ten minste 12 weken"
        ),
    )


def test_every_reading_stands_at_the_default_of_the_policy(criteria: ReferralCriteria) -> None:
    assert {reading.key.value: reading.value for reading in criteria.readings} == DEFAULTS
    assert criteria.deviations == ()


def test_every_reading_says_why_in_one_sentence_and_where(criteria: ReferralCriteria) -> None:
    for reading in criteria.readings:
        assert reading.why.count(". ") == 0, reading.key
        assert reading.why.endswith("."), reading.key
        assert reading.source.place.startswith("policy "), reading.key


def test_the_readings_stand_in_the_order_of_the_policy(criteria: ReferralCriteria) -> None:
    assert [reading.key for reading in criteria.readings] == list(ReadingKey)
