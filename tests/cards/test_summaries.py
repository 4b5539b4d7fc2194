"""Summaries stay plain and under 140 characters, whatever the numbers are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from cds_service.cards.card import CardKind
from cds_service.cards.context import CardContext
from cds_service.cards.deciding import DecidingContact
from cds_service.cards.summary import summary
from cds_service.cards.wording import wording
from cds_service.domain.assessment import Assessment, CriterionFinding, Flag, FlagId
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import CriterionId
from cds_service.domain.ledger import Tally
from tests.cards.stories import story

_TODAY = date(2026, 6, 15)
_COUNTS = (0, 1, 2, 5, 6, 9, 10, 11, 99, 100, 999, 1000, 9998, 9999, 10_000, 123_456_789)
_DAYS = (0, 1, 6, 7, 8, 69, 70, 76, 77, 83, 84, 699, 700, 730, 731)


def _with_tally(assessment: Assessment, certain: Tally) -> Assessment:
    """The same assessment with other numbers for every criterion."""

    def changed(finding: CriterionFinding) -> CriterionFinding:
        return replace(finding, ledger=replace(finding.ledger, certain=certain))

    options = tuple(
        replace(option, findings=tuple(changed(finding) for finding in option.findings))
        for option in assessment.options
    )
    return replace(assessment, options=options)


def _contexts(kind: CardKind, language: str) -> Iterator[CardContext]:
    """Every combination that can be reached, and many that cannot."""
    assessment = story("S001")
    doubtful = DecidingContact(Contact("x", None), frozenset({Cause.STATUS_OPEN}))
    for sessions in _COUNTS:
        for days in _DAYS:
            if kind.startswith("not_met") and not _is_short(kind, sessions, days):
                continue  # that is met, or a borderline duration
            yield CardContext(
                _with_tally(assessment, Tally(sessions, days, _TODAY, _TODAY)),
                kind,
                wording(language),
                _TODAY,
                deciding=(doubtful,) * min(sessions, 10_000),
            )


def _is_short(kind: CardKind, sessions: int, days: int) -> bool:
    if kind is CardKind.NOT_MET_C2:
        return sessions < 6 and days < 77
    return sessions < 6 or days < 77


@pytest.mark.parametrize("kind", CardKind)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_summary_is_plain_and_short_with_every_number(kind: CardKind, language: str) -> None:
    for context in _contexts(kind, language):
        text = summary(context)
        assert len(text) < 140
        assert len(text.encode("utf-16-le")) // 2 < 140
        assert "*" not in text
        assert "\n" not in text
        assert "…" not in text  # never cut
        assert "{" not in text


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", [CardKind.MET_OPTION1, CardKind.MET_OPTION2, CardKind.MET_BOTH])
def test_stated_care_makes_the_longest_summary_of_a_met_card(kind: CardKind, language: str) -> None:
    stated = Flag(FlagId.ATTESTED, CriterionId.ALLIED_HEALTH_THERAPY, sessions=9)
    assessment = replace(story("S001"), flags=(stated,))
    text = summary(CardContext(assessment, kind, wording(language), _TODAY))
    assert ("met uw opgave" in text) or ("with your statement" in text)
    assert len(text) < 140


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "Van 1 contact is onduidelijk of het meetelt. Kijk het hieronder na."),
        (2, "Van 2 contacten is onduidelijk of ze meetellen. Kijk ze hieronder na."),
        (10_000, "Van 9999+ contacten is onduidelijk of ze meetellen. Kijk ze hieronder na."),
    ],
)
def test_one_contact_is_said_in_the_singular(number: int, said: str) -> None:
    doubtful = DecidingContact(Contact("x", None), frozenset({Cause.STATUS_OPEN}))
    kind = CardKind.DOUBTFUL_CONTACTS
    context = CardContext(story("S001"), kind, wording("nl"), _TODAY, deciding=(doubtful,) * number)
    assert summary(context) == f"iMSR bij pijn: niet zeker. {said}"


def test_a_site_with_long_numbers_of_its_own_is_cut_at_a_word() -> None:
    assessment = story("S005")
    options = tuple(
        replace(
            option,
            findings=tuple(
                replace(
                    f,
                    ledger=replace(
                        f.ledger,
                        criterion=replace(f.criterion, sessions=123_456, days=7 * 123_456),
                    ),
                )
                for f in option.findings
            ),
        )
        for option in assessment.options
    )
    long = replace(assessment, options=options)
    text = summary(CardContext(long, CardKind.NOT_MET_C1, wording("en"), _TODAY))
    assert text == (
        "iMSR for pain: not yet shown. Physio/exercise/OT: 5 sessions in 20.0 weeks; "
        "needed: 9999+ sessions and 9999+ weeks. One-time consult…"
    )
