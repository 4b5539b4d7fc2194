"""Every referral code and word of the table, in the element of an order that carries it."""

from datetime import date
from typing import Any, Final

import pytest

from cds_service.domain.referral import ReferralKind
from fhir_mappings.orders.referrals import (
    OrderReading,
    OtherOrder,
    OurOrder,
    UnreadPerformer,
    referral_orders,
)
from tests.terminology.standings import TERMS, Json, coded, role
from tests.terminology.tables import (
    LETTERS,
    REFERRALS,
    SERVICES,
    SNOMED,
    Row,
    name,
    rows,
    with_addresses,
)

TARGET_ROWS: Final = rows(lambda row: row.category == "referral-target:rehab")
REFERRAL_ROWS: Final = rows(lambda row: row.category in REFERRALS)

_PERFORMER: Final[Json] = {"performer": [{"reference": "PractitionerRole/r1"}]}
_REHABILITATION: Final = {"text": "Verwijzing naar revalidatiearts"}


def read(*, at_hand: Json | None = None, **elements: object) -> OrderReading:
    """An order with these elements; `at_hand` is held as `PractitionerRole/r1`."""
    order = {
        "resourceType": "ServiceRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        **elements,
    }
    (found,) = referral_orders(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]},
        selections=None,
        patient_id="p1",
        today=date(2026, 6, 15),
        resources={} if at_hand is None else {"PractitionerRole/r1": at_hand},
        terms=TERMS,
    )
    return found


def kind(**elements: Any) -> ReferralKind:
    found = read(**elements)
    assert isinstance(found, OurOrder)
    return found.referral.kind


def _under(category: str) -> list[tuple[Row, str]]:
    found = [row for row in REFERRAL_ROWS if row.category == category]
    return with_addresses(row for row in found if row.system != "TEXT")


def _words(category: str) -> list[str]:
    found = [row for row in REFERRAL_ROWS if row.category == category and row.system == "TEXT"]
    return [words for row in found for words in row.words]


def test_there_are_as_many_referrals_as_the_table_says() -> None:
    assert (len(TARGET_ROWS), len(REFERRAL_ROWS)) == (8, 26)


@pytest.mark.parametrize(("row", "address"), with_addresses(TARGET_ROWS), ids=name)
def test_a_rehabilitation_physician_is_the_receiver(row: Row, address: str) -> None:
    code = coded(row.code, address)
    assert isinstance(read(code=code), OurOrder)
    assert isinstance(read(performerType=code), OurOrder)
    assert isinstance(read(at_hand=role(code), **_PERFORMER), OurOrder)
    in_code = role(code=[code])
    assert isinstance(read(at_hand=in_code, **_PERFORMER), OurOrder)


@pytest.mark.parametrize(("row", "address"), _under("referral:rehab"), ids=name)
def test_an_order_for_rehabilitation_medicine(row: Row, address: str) -> None:
    assert isinstance(read(code=coded(row.code, address)), OurOrder)


@pytest.mark.parametrize(("row", "address"), _under("referral:other"), ids=name)
def test_an_order_for_something_else(row: Row, address: str) -> None:
    code = coded(row.code, address)
    assert isinstance(read(code=code), OtherOrder)
    assert isinstance(read(code=code, **_PERFORMER), OtherOrder), "nothing is read for it"


@pytest.mark.parametrize(("row", "address"), _under("referral:generic"), ids=name)
def test_any_referral_may_be_ours_by_its_performer(row: Row, address: str) -> None:
    code = coded(row.code, address)
    for said in ({"code": code}, {"category": [code]}, {"category": [code], "code": code}):
        assert isinstance(read(**said), OtherOrder), "no performer"
        assert isinstance(read(**said, **_PERFORMER), UnreadPerformer)
        receiver = role(coded("01.042", "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"))
        assert isinstance(read(at_hand=receiver, **said, **_PERFORMER), OurOrder)


@pytest.mark.parametrize(("row", "address"), _under("review:referral-target:rehab"), ids=name)
def test_rehabilitation_alone_does_not_decide(row: Row, address: str) -> None:
    code = coded(row.code, address)
    assert isinstance(read(code=code), OtherOrder)
    assert isinstance(read(code={**code, "text": "Revalidatiegeneeskunde"}), OurOrder)
    assert isinstance(read(code=code, performerType={"text": "revalidatiearts"}), OurOrder)


@pytest.mark.parametrize(("row", "address"), _under("referral:consult"), ids=name)
def test_a_coded_consult_beside_a_rehabilitation_target(row: Row, address: str) -> None:
    code = coded(row.code, address)
    assert kind(code={**code, **_REHABILITATION}) == ReferralKind.ONE_TIME_CONSULT
    assert isinstance(read(code=code), OtherOrder), "a consult of whom?"


@pytest.mark.parametrize(("row", "address"), _under("referral:section"), ids=name)
def test_the_words_of_a_letter_are_in_these_sections(row: Row, address: str) -> None:
    def letter(words: str, code: Json) -> Json:
        section = {"code": code, "text": {"div": f"<div><p>{words}</p></div>"}}
        return {"resourceType": "Composition", "id": "l1", "section": [section]}

    telling = coded(row.code, address)
    said: Json = {
        "category": [coded("1", LETTERS)],
        "supportingInfo": [{"reference": "#l1"}],
    }
    asked = letter("Graag iMSR-behandeling", telling)
    assert isinstance(read(contained=[asked], **said), OurOrder)
    elsewhere = letter("Graag iMSR-behandeling", coded("159121000146100", SNOMED))
    assert isinstance(read(contained=[elsewhere], **said), OtherOrder)


@pytest.mark.parametrize("words", _words("referral:imsr"))
def test_words_that_ask_for_treatment(words: str) -> None:
    for text in (words, words.upper(), f"Verwijzing: {words.replace(' ', '-')}"):
        assert kind(code={"text": text}) == ReferralKind.IMSR


@pytest.mark.parametrize("words", _words("referral:rehab"))
def test_words_that_name_rehabilitation_medicine(words: str) -> None:
    assert kind(code={"text": words}) == ReferralKind.UNCLEAR


@pytest.mark.parametrize("words", _words("referral:other"))
def test_words_for_rehabilitation_of_another_kind(words: str) -> None:
    assert isinstance(read(code={"text": words}), OtherOrder)


@pytest.mark.parametrize("words", _words("referral:consult"))
def test_words_for_a_one_time_consult(words: str) -> None:
    text = f"Revalidatiearts, {words}"
    assert kind(code={"text": text}) == ReferralKind.ONE_TIME_CONSULT


@pytest.mark.parametrize(
    "words",
    [
        *("1x consult", "1 x consult", "één keer consult", "eenmalige beoordeling", "single visit"),
        *("eenmalig advies", "consult eenmalig", "eenmalig medisch consult", "one-time visit"),
        *("meekijkconsult", "teleconsult", "meedenkadvies"),
    ],
)
def test_once_and_consult_ask_for_a_one_time_consult(words: str) -> None:
    assert kind(code={"text": f"Revalidatiearts {words}"}) == ReferralKind.ONE_TIME_CONSULT


@pytest.mark.parametrize("words", ["behandeladvies", "second opinion", "consult"])
def test_words_that_are_no_one_time_consult(words: str) -> None:
    assert kind(code={"text": f"Revalidatiearts, {words}"}) == ReferralKind.UNCLEAR


@pytest.mark.parametrize("code", ["204", "119", "52", "63", "400", "334", "491", "124", "414"])
def test_a_service_that_is_no_rehabilitation_medicine(code: str) -> None:
    assert isinstance(read(code=coded(code, SERVICES), **_PERFORMER), OtherOrder)
