"""Letters, own referrals and the words of a draft: what points and never counts (policy 2.6)."""

from datetime import date

import pytest

from cds_service.domain.contacts import TherapistCategory
from cds_service.domain.criteria import CriterionId
from cds_service.domain.pointers import Pointer, PointerKind
from fhir_mappings.orders.referrals import OurOrder, referral_orders
from fhir_mappings.pointers.record_pointers import record_pointers
from fhir_mappings.terminology.tables import load_terminology
from tests.fhir_mappings.made_records import LOOKBACK, SNOMED, Json, coded, record, ref, role

TERMS = load_terminology()
DAY = date(2025, 6, 2)
C1, C2, O2 = CriterionId
PHYSIO = TherapistCategory.PHYSIOTHERAPIST
PSYCHOSOMATIC = TherapistCategory.PSYCHOSOMATIC_THERAPIST


def letter(**members: object) -> Json:
    return {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "subject": ref("Patient/p1"),
        "date": "2025-06-02T10:00:00+02:00",
        "type": {"coding": [{"system": "http://loinc.org", "code": "51852-2"}]},
        **members,
    }


def sent(**members: object) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": "s1",
        "status": "completed",
        "intent": "order",
        "subject": ref("Patient/p1"),
        "authoredOn": "2025-06-02",
        **members,
    }


def pointers(
    *letters: object, referrals: tuple[object, ...] = (), held: tuple[Json, ...] = ()
) -> set[Pointer]:
    made = record(*held, letters=letters, own_referrals=referrals)
    return set(record_pointers(made, LOOKBACK, TERMS))


def a_letter(criterion: CriterionId, discipline: TherapistCategory | None = None) -> Pointer:
    return Pointer(PointerKind.LETTER, criterion, DAY, discipline)


CONTAINED = {
    "contained": [{**role("a", "0400"), "resourceType": "PractitionerRole"}],
    "author": [ref("#a")],
}


@pytest.mark.parametrize(
    "members",
    [
        pytest.param(CONTAINED, id="the role of a contained author"),
        pytest.param({"author": [ref("PractitionerRole/r1")]}, id="a role at hand"),
        pytest.param({"author": [{"display": "Mw. Akkerman, fysiotherapeut"}]}, id="a display"),
        pytest.param({"type": {"text": "Brief fysiotherapeut"}}, id="its type in words"),
        pytest.param({"description": "Eindverslag fysiotherapie"}, id="its description"),
        pytest.param(
            {
                "author": [ref("#o")],
                "contained": [
                    {"resourceType": "Organization", "id": "o", "name": "Fysiotherapie Zuid"}
                ],
            },
            id="the name of an organisation",
        ),
        pytest.param(
            {"resourceType": "Composition", "title": "Verslag fysiotherapie"}, id="a Composition"
        ),
        pytest.param(
            {
                "resourceType": "Communication",
                "sent": "2025-06-02",
                "sender": {"display": "A. Akkerman, fysiotherapeut"},
            },
            id="a Communication",
        ),
    ],
)
def test_a_letter_of_a_physiotherapist_is_named_with_its_day(members: Json) -> None:
    assert pointers(letter(**members), held=(role("r1", "0400"),)) == {a_letter(C1, PHYSIO)}


def test_of_psychological_care_the_day_alone_is_named() -> None:
    assert pointers(letter(description="Eindbericht psycholoog")) == {a_letter(C2)}
    assert pointers(letter(description="Brief POH-GGZ")) == {a_letter(C2)}


def test_a_psychosomatic_therapist_is_one_of_two_criteria() -> None:
    found = pointers(letter(description="Brief psychosomatisch fysiotherapeut"))
    assert found == {a_letter(C1, PSYCHOSOMATIC), a_letter(O2, PSYCHOSOMATIC)}


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"date": "2024-06-14"}, id="before the lookback"),
        pytest.param({"date": "2026-06-16"}, id="after the referral"),
        pytest.param({"date": None}, id="no date"),
        pytest.param({"status": "entered-in-error"}, id="in error"),
        pytest.param({"docStatus": "entered-in-error"}, id="in error, by its other status"),
        pytest.param({"subject": ref("Patient/other")}, id="of another patient"),
        pytest.param({"subject": None}, id="of nobody"),
        pytest.param({"description": "Brief cardioloog"}, id="of another profession"),
        pytest.param({"description": "Geen fysiotherapie"}, id="denied"),
        pytest.param({"author": "x", "type": 3, "description": []}, id="unreadable"),
    ],
)
def test_other_letters_point_nowhere(members: Json) -> None:
    assert pointers(letter(**{"description": "Brief fysiotherapeut", **members})) == set()


def test_content_is_never_read() -> None:
    content = [{"attachment": {"title": "Brief fysiotherapeut"}}]
    assert pointers(letter(content=content, text={"div": "fysiotherapeut"})) == set()


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"code": coded("308447003", SNOMED)}, id="code"),
        pytest.param({"code": {"text": "Verwijzing naar fysiotherapeut"}}, id="words"),
        pytest.param({"performerType": coded("04.000")}, id="type of performer"),
        pytest.param({"performer": [ref("PractitionerRole/r1")]}, id="performer at hand"),
        pytest.param({"code": {"text": "Fysiotherapie"}, "status": "active"}, id="active"),
    ],
)
def test_an_own_referral_to_a_physiotherapist_is_named(members: Json) -> None:
    found = pointers(referrals=(sent(**members),), held=(role("r1", "0400"),))
    assert found == {Pointer(PointerKind.REFERRAL, C1, DAY, PHYSIO)}


@pytest.mark.parametrize(
    "members",
    [
        {"status": "draft"},
        {"status": "revoked"},
        {"doNotPerform": True},
        {"authoredOn": "2024-01-01"},
        {"code": {"text": "Verwijzing naar oogarts"}},
    ],
)
def test_other_orders_point_nowhere(members: Json) -> None:
    assert pointers(referrals=(sent(**{"code": {"text": "Fysiotherapie"}, **members}),)) == set()


def draft_pointers(**members: object) -> set[tuple[CriterionId, TherapistCategory | None]]:
    order = {
        "resourceType": "ServiceRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": ref("Patient/p1"),
        "code": {"text": "iMSR"},
        "authoredOn": "2026-06-15",
        **members,
    }
    bundle = {"resourceType": "Bundle", "entry": [{"resource": order}]}
    (found,) = referral_orders(
        bundle,
        selections=None,
        patient_id="p1",
        today=date(2026, 6, 15),
        resources={},
        terms=TERMS,
    )
    assert isinstance(found, OurOrder)
    assert {(each.kind, each.date) for each in found.pointers} <= {
        (PointerKind.DRAFT_TEXT, date(2026, 6, 15))
    }
    return {(each.criterion, each.discipline) for each in found.pointers}


LETTER_OF_REFERRAL = {
    "resourceType": "Composition",
    "id": "c",
    "section": [
        {
            "code": {"coding": [{"system": SNOMED, "code": "108631000146107"}]},
            "text": {"div": "<div>12x <b>fysiotherapie</b>, zonder resultaat</div>"},
        }
    ],
}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"note": [{"text": "Fysiotherapie: 9 keer, resultaat onvoldoende"}]}, {(C1, PHYSIO)}),
        ({"orderDetail": [{"text": "na 10x fysiotherapie"}]}, {(C1, PHYSIO)}),
        ({"reasonCode": [{"text": "rugpijn, fysiotherapie zonder effect"}]}, {(C1, PHYSIO)}),
        (
            {"contained": [LETTER_OF_REFERRAL], "supportingInfo": [ref("#c")]},
            {(C1, PHYSIO)},
        ),
        ({"note": [{"text": "gesprekken met de POH-GGZ"}]}, {(C2, None)}),
        ({"note": [{"text": "geen fysiotherapie gehad"}]}, set()),
        ({"note": [{"text": "graag snel"}]}, set()),
        ({}, set()),
    ],
)
def test_the_words_of_a_draft_name_care_that_was_given(
    members: Json, expected: set[tuple[CriterionId, TherapistCategory | None]]
) -> None:
    assert draft_pointers(**members) == expected
