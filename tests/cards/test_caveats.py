"""A *met* that hangs on something disputable says in its summary on what (policy P3)."""

from collections.abc import Iterable
from datetime import date

import pytest

from cds_service.cards import CardKind, present
from cds_service.domain.contacts import (
    CareSetting,
    Contact,
    ContactKind,
    ContactStatus,
    Profession,
)
from cds_service.domain.criteria import ReadingKey, ReferralCriteria
from tests.cards.golden_stories import poh_ggz
from tests.cards.reading import PHYSIO, TODAY
from tests.cards.stories import criteria, judged, weekly

_START = date(2025, 2, 3)
_SEVEN_POH = poh_ggz(date(2025, 6, 2), 7, every=14)
_SEVEN_PHYSIO = weekly(PHYSIO, _START, 7, every=14)
_SUMMER = date(2025, 6, 2)


def _summary(contacts: Iterable[Contact], rules: ReferralCriteria | None = None) -> str:
    assessment = judged(contacts, rules=rules)
    (card,) = present(assessment, hook="order-sign", language="nl", today=TODAY)
    assert card.kind is CardKind.MET_OPTION1
    return card.summary


def _psychologists(setting: CareSetting) -> tuple[Contact, ...]:
    made = weekly(Profession.PSYCHOLOGIST, _SUMMER, 6, name="p")
    return tuple(each.but(setting=setting) for each in made)


@pytest.mark.parametrize(
    ("contacts", "caveat"),
    [
        pytest.param(
            (
                *weekly(PHYSIO, _START, 4, every=14),
                *weekly(Profession.EXERCISE_THERAPIST, date(2025, 3, 31), 3, every=14, name="e"),
                *_SEVEN_POH,
            ),
            "alleen als disciplines worden opgeteld",
            id="two disciplines together",
        ),
        pytest.param(
            (
                weekly(PHYSIO, _START, 1)[0].but(kind=ContactKind.INTAKE),
                *weekly(PHYSIO, date(2025, 2, 17), 6, every=14, name="t"),
                *_SEVEN_POH,
            ),
            "alleen met de intake",
            id="the intake makes the duration",
        ),
        pytest.param(
            (*(each.but(setting=CareSetting.UNKNOWN) for each in _SEVEN_PHYSIO), *_SEVEN_POH),
            "van 7 contacten is de plaats onbekend",
            id="no place",
        ),
        pytest.param(
            (*_SEVEN_PHYSIO, *_psychologists(CareSetting.MENTAL_HEALTH_INSTITUTION)),
            "buiten de eerste lijn",
            id="psychology in the second line",
        ),
        pytest.param(
            (*(each.but(kind=ContactKind.REMOTE) for each in _SEVEN_PHYSIO), *_SEVEN_POH),
            "7 contacten per telefoon of video",
            id="by telephone",
        ),
        pytest.param(
            (_SEVEN_PHYSIO[0].but(is_stated=True), *_SEVEN_PHYSIO[1:], *_SEVEN_POH),
            "deels volgens uw opgave",
            id="one session was stated",
        ),
    ],
)
def test_the_summary_names_what_it_hangs_on(contacts: tuple[Contact, ...], caveat: str) -> None:
    assert _summary(contacts) == (
        f"iMSR bij pijn: aantal en duur aangetoond (optie 1), maar {caveat}. Klopt dat?"
    )


def test_other_reasons_that_a_site_counts_are_named() -> None:
    rules = criteria().read_as(ReadingKey.OTHER_REASON, "counts")
    contacts = (*(each.but(has_other_reason=True) for each in _SEVEN_PHYSIO), *_SEVEN_POH)
    assert "maar bij 7 contacten staat een andere reden. Klopt dat?" in _summary(contacts, rules)


def test_statuses_that_the_source_does_not_record_are_named() -> None:
    assert "maar de bron legt geen status vast. Klopt dat?" in _summary(_without_status())


def test_what_nobody_disputes_has_no_caveat() -> None:
    assert _summary((*_SEVEN_PHYSIO, *_SEVEN_POH)) == (
        "iMSR bij pijn: aantal en duur aangetoond in dit dossier (optie 1). "
        "Beschrijf inhoud en waarom het resultaat onvoldoende was."
    )


def _without_status() -> tuple[Contact, ...]:
    contacts = (*_SEVEN_PHYSIO, *_SEVEN_POH)
    return tuple(
        each.but(status=ContactStatus.UNKNOWN, source=f"Encounter/{each.source}")
        for each in contacts
    )
