"""Functions, settings, footer, order, and when there is no card."""

from dataclasses import replace
from datetime import date

import pytest

from cds_service.cards import CardFunction, CardKind, Indicator, present
from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.criteria import ReadingKey
from cds_service.domain.referral import Indication, Person, ReferralKind
from tests.cards.reading import TODAY, detail
from tests.cards.stories import ADULT, IMSR, contacts_of, criteria, judged, story


def test_only_functions_that_exist_are_promised() -> None:
    (card,) = present(
        story("S107"),
        hook="order-sign",
        language="nl",
        today=TODAY,
        functions=frozenset(
            {CardFunction.FORECAST, CardFunction.STATED_CARE, CardFunction.SUGGESTION_CONSULT}
        ),
    )
    assert (
        "**Elders behandeld?** Geef therapeut, periode, aantal en resultaat op bij "
        "*Behandeling elders opgeven*; de toets telt dit mee."
    ) in card.detail
    assert "De duur is gehaald als er op of na 29-06-2026 nog een behandeling is." in card.detail


def test_without_its_function_a_link_is_left_out() -> None:
    assert "Tijdlijn" not in detail(story("S005"))
    (card,) = present(
        story("S005"),
        hook="order-sign",
        language="nl",
        today=TODAY,
        functions=frozenset({CardFunction.TIMELINE}),
    )
    assert card.detail.endswith("vergoeding. Alle contacten: zie *Tijdlijn*.")


def test_a_site_with_its_own_readings_names_them() -> None:
    rules = (
        criteria().read_as(ReadingKey.REMOTE, "not").read_as(ReadingKey.NOTHING_FOUND, "not_met")
    )
    text = detail(judged(contacts_of("S005"), rules=rules))
    assert text.endswith(
        "Geen toezegging van behandeling of vergoeding. Eigen instelling van deze locatie: "
        "niets gevonden geldt als te weinig; beeldbellen en telefoon tellen niet."
    )


def test_the_footer_names_the_day_of_the_check_and_the_revision() -> None:
    rules = replace(criteria(), revision=3, effective_from=date(2026, 5, 1))
    (card,) = present(
        judged(contacts_of("S005"), rules=rules),
        hook="order-sign",
        language="nl",
        today=date(2026, 6, 20),
    )
    assert card.detail.endswith(
        "Geteld op 20\u00a0juni 2026 over twee jaar. Criteria 1\u00a0mei 2026, uitleg versie 3. "
        "Geen toezegging van behandeling of vergoeding."
    )
    assert card.source_label == "iMSR-criteria van 01-05-2026"


def test_among_several_orders_the_card_says_which_one_it_means() -> None:
    orders = ["Revalidatie | rug"]
    (nl,) = present(story("S005"), hook="order-sign", language="nl", today=TODAY, orders=orders)
    (en,) = present(story("S005"), hook="order-sign", language="en", today=TODAY, orders=orders)
    assert nl.detail.startswith("**Verwijzing:** Revalidatie \\| rug\n\nNodig in")
    assert en.detail.startswith("**Referral:** Revalidatie \\| rug\n\nNeeded in")
    assert "Verwijzing:" not in detail(story("S005"))


def test_a_card_for_two_orders_names_both() -> None:
    orders = ["rug", "knie"]
    (card,) = present(story("S005"), hook="order-sign", language="nl", today=TODAY, orders=orders)
    assert card.detail.startswith("**Verwijzingen:** rug en knie\n\nNodig in")


@pytest.mark.parametrize("row", ["S005", "S059", "S214"])
def test_where_imsr_may_not_be_meant_nothing_warns(row: str) -> None:
    unclear = replace(story(row), referral=replace(IMSR, kind=ReferralKind.UNCLEAR))
    (card,) = present(unclear, hook="order-sign", language="nl", today=TODAY)
    assert card.kind.startswith("not_met")
    assert card.indicator is Indicator.INFO
    assert "Eenmalig consult bedoeld? Dan gelden de voorwaarden niet.\n\n|" in card.detail


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
@pytest.mark.parametrize("row", ["S110", "S116", "S121"])
def test_where_the_criteria_do_not_apply_there_is_no_card(row: str, hook: str) -> None:
    assert present(story(row), hook=hook, language="nl", today=TODAY) == ()


@pytest.mark.parametrize(
    ("person", "day"),
    [
        pytest.param(replace(ADULT, is_deceased=True), TODAY, id="the patient has died"),
        pytest.param(ADULT, date(2026, 4, 19), id="before the criteria took effect"),
    ],
)
def test_no_setting_gives_a_card_to_these(person: Person, day: date) -> None:
    assessment = judged(contacts_of("S005"), person=person, referral=replace(IMSR, date=day))
    assert (
        present(assessment, hook="order-sign", language="nl", today=TODAY, show_not_applicable=True)
        == ()
    )


def test_unclear_kind_and_unknown_reason_give_one_line_even_when_met_or_unreachable() -> None:
    referral = replace(IMSR, kind=ReferralKind.UNCLEAR, indication=Indication.UNKNOWN)
    gaps = frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES})
    for contacts, completeness in (
        (contacts_of("S001"), Completeness()),
        ((), Completeness(gaps, is_unavailable=True)),
    ):
        assessment = judged(contacts, referral=referral, completeness=completeness)
        (card,) = present(assessment, hook="order-sign", language="nl", today=TODAY)
        assert card.kind is CardKind.KIND_AND_INDICATION_UNCLEAR
        assert "6 keer **en** 12 weken" in card.detail
        assert "|" not in card.detail
        assert card.indicator is Indicator.INFO


def test_the_id_of_a_card_is_a_uuid_in_lower_case() -> None:
    (card,) = present(story("S005"), hook="order-sign", language="nl", today=TODAY)
    assert len(card.uuid) == 36
    assert card.uuid == card.uuid.lower()
