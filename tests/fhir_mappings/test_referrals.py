from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from cds_service.domain.referral import Indication, Referral, ReferralKind
from fhir_mappings.orders.referrals import (
    OrderReading,
    OtherOrder,
    OtherSubjectError,
    OurOrder,
    UnreadPerformer,
    dangling_selections,
    referral_orders,
)
from fhir_mappings.terminology.tables import load_terminology

TERMS = load_terminology()
TODAY = date(2026, 6, 1)

UZI = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
COD016 = "urn:oid:2.16.840.1.113883.2.4.6.7"
ORG = "http://nictiz.nl/fhir/NamingSystem/organization-type"
SCT = "http://snomed.info/sct"
ICPC = "http://hl7.org/fhir/sid/icpc-1-nl"
SERVICE = "http://terminology.hl7.org/CodeSystem/service-type"
NUCC = "http://nucc.org/provider-taxonomy"
LETTER = {"system": "urn:oid:2.16.840.1.113883.2.4.4.30.69", "code": "1"}

Resource = dict[str, Any]


def coded(system: str, code: str, **more: str) -> Resource:
    return {"coding": [{"system": system, "code": code, **more}]}


def order(**elements: Any) -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        **elements,
    }


IMSR: Resource = {"code": {"text": "iMSR-behandeling"}}


def bundle(*resources: Resource) -> Resource:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def read(
    draft_orders: object,
    *,
    selections: tuple[str, ...] | None = None,
    resources: Mapping[str, Resource] | None = None,
    base_url: str = "",
) -> tuple[OrderReading, ...]:
    return referral_orders(
        draft_orders,
        selections=selections,
        patient_id="p1",
        today=TODAY,
        resources=resources or {},
        terms=TERMS,
        base_url=base_url,
    )


def only(*resources: Resource, **call: Any) -> OrderReading:
    (found,) = read(bundle(*resources), **call)
    return found


def ours(*resources: Resource, **call: Any) -> Referral:
    found = only(*resources, **call)
    assert isinstance(found, OurOrder)
    return found.referral


def role(system: str, code: str, **more: Any) -> Resource:
    specialty = [coded(system, code)]
    return {"resourceType": "PractitionerRole", "id": "r1", "specialty": specialty, **more}


def organisation(*codes: tuple[str, str], **more: Any) -> Resource:
    types = [coded(system, code) for system, code in codes]
    return {"resourceType": "Organization", "id": "o1", "type": types, **more}


# whose order it is


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({"code": coded(SCT, "306289000")}, id="SNOMED code"),
        pytest.param({"code": coded(SCT, "78429003")}, id="SNOMED service code"),
        pytest.param({"code": coded("http://loinc.org", "57153-9")}, id="LOINC code"),
        pytest.param({"code": coded(SERVICE, "181")}, id="service type"),
        pytest.param({"code": coded(COD016, "0327")}, id="specialty as code"),
        pytest.param(
            {"code": {"coding": [{"system": SCT, "code": "306289000"}], "text": "iMSR"}}, id="both"
        ),
        pytest.param({"performerType": coded(SCT, "309360001")}, id="performerType SNOMED"),
        pytest.param({"performerType": coded(SCT, "394602003")}, id="performerType specialty"),
        pytest.param({"performerType": coded(UZI, "01.042")}, id="performerType UZI"),
        pytest.param({"performerType": coded(COD016, "01.042")}, id="UZI under COD016"),
        pytest.param({"performerType": coded(NUCC, "208100000X")}, id="performerType NUCC"),
        pytest.param({"performerType": {"text": "Revalidatiearts"}}, id="performerType in words"),
        pytest.param({"code": {"text": "Verwijzing naar revalidatiearts"}}, id="code text"),
        pytest.param({"code": {"text": "Revalidatiegeneeskunde"}}, id="specialism in words"),
        pytest.param({"code": {"text": "medisch-specialistische revalidatie"}}, id="hyphen"),
        pytest.param({"code": {"text": "MSR"}}, id="MSR"),
        pytest.param({"code": {"text": "(Poli)klinische revalidatie"}}, id="brackets"),
        pytest.param(
            {"code": coded("http://example.org/own", "z1", display="iMSR chronische pijn")},
            id="display of a local code",
        ),
        pytest.param({"orderDetail": [{"text": "pijnrevalidatie"}]}, id="order detail"),
        pytest.param(
            {"code": {"text": "Revalidatiegeneeskundige behandeling"}},
            id="the words of the criteria",
        ),
        pytest.param({"code": {"text": "Revalidatie na whiplash"}}, id="revalidatie alone"),
        pytest.param(
            {"code": coded(SERVICE, "576"), "note": [{"text": "revalidatie"}]},
            id="service rehabilitation, and the text says so",
        ),
        pytest.param(
            {"code": {"text": "iMSR, want MER is hier niet beschikbaar"}}, id="iMSR instead of MER"
        ),
        pytest.param(
            {"code": coded(SCT, "306289000"), "note": [{"text": "eerder hartrevalidatie"}]},
            id="a remark on earlier care",
        ),
        pytest.param({"performer": [{"display": "Revalidatiecentrum Zuid"}]}, id="display"),
        pytest.param(
            {"code": {"concept": {"text": "iMSR"}}}, id="R5: a concept in a CodeableReference"
        ),
    ],
)
def test_the_order_alone_shows_rehabilitation_medicine(elements: Resource) -> None:
    assert isinstance(only(order(**elements)), OurOrder)


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({}, id="nothing at all"),
        pytest.param({"code": {"coding": [{}]}, "reasonCode": []}, id="an empty coding"),
        pytest.param({"code": coded(SCT, "308447003")}, id="physiotherapist"),
        pytest.param({"code": coded(SCT, "306295004")}, id="rehabilitation psychiatrist"),
        pytest.param({"code": coded(SCT, "306265007")}, id="pain specialist"),
        pytest.param({"code": coded(SERVICE, "204")}, id="paediatric rehabilitation"),
        pytest.param({"code": coded(SERVICE, "119")}, id="vocational rehabilitation"),
        pytest.param({"code": coded(SERVICE, "576")}, id="rehabilitation alone"),
        pytest.param({"code": coded("http://www.ama-assn.org/go/cpt", "72133")}, id="a scan"),
        pytest.param({"code": {"text": "Hartrevalidatie"}}, id="cardiac rehabilitation"),
        pytest.param({"code": {"text": "Monodisciplinaire revalidatie"}}, id="monodisciplinary"),
        pytest.param({"code": {"text": "Arbeidsrevalidatie"}}, id="work"),
        pytest.param({"code": {"text": "GRZ"}}, id="geriatric"),
        pytest.param({"code": {"text": "Pijnconsult anesthesiologie"}}, id="pain consult"),
        pytest.param({"code": {"text": "MER"}}, id="MER"),
        pytest.param(
            {"code": {"text": "Hartrevalidatie in het revalidatiecentrum"}}, id="both in one text"
        ),
        pytest.param(
            {"code": coded(SCT, "306289000") | {"text": "Hartrevalidatie"}},
            id="a code and another thing in words",
        ),
        pytest.param({"code": {"text": "Rehabilitation psychiatrist"}}, id="no substring"),
        pytest.param({"performerType": coded(UZI, "04.000")}, id="performerType physio"),
        pytest.param({"performer": [{"display": "Fysiotherapeut Jansen"}]}, id="display physio"),
        pytest.param({"performer": [{"display": "J. Jansen"}]}, id="a name only"),
        pytest.param({"reasonCode": [{"text": "chronische pijn"}]}, id="never by its indication"),
        pytest.param(IMSR | {"doNotPerform": True}, id="not to be performed"),
    ],
)
def test_the_order_shows_something_else_or_nothing(elements: Resource) -> None:
    assert only(order(**elements)) == OtherOrder("ServiceRequest/draft-1")


REHABILITATION = [
    pytest.param(role(UZI, "01.042"), id="UZI role"),
    pytest.param(role(COD016, "0327"), id="COD016 role"),
    pytest.param(role(COD016, "01.042"), id="UZI role under COD016"),
    pytest.param(role(SCT, "309360001"), id="SNOMED role"),
    pytest.param(organisation((ORG, "R8")), id="rehabilitation centre"),
    pytest.param(organisation((COD016, "0616")), id="COD016 centre"),
    pytest.param(organisation((COD016, "2300")), id="day treatment"),
    pytest.param(organisation((ORG, "V4"), (COD016, "0327")), id="hospital with department"),
    pytest.param(organisation(name="Revalidatiecentrum Zuid"), id="name of the organisation"),
    pytest.param(
        {"resourceType": "HealthcareService", "id": "h1", "type": [coded(SERVICE, "181")]},
        id="service",
    ),
]

SOMETHING_ELSE = [
    pytest.param(role(UZI, "04.000"), id="physiotherapist"),
    pytest.param(role(UZI, "01.003"), id="anaesthesiologist"),
    pytest.param(organisation((ORG, "V4")), id="hospital without department"),
    pytest.param(organisation((COD016, "0400")), id="physiotherapy practice"),
    pytest.param(
        role(UZI, "04.000", organization={"reference": "Organization/o1"}),
        id="role whose organisation is not at hand",
    ),
    pytest.param({"resourceType": "Practitioner", "id": "x1"}, id="nothing but a name"),
]


def referring_to(resource: Resource) -> Resource:
    return {"reference": f"{resource['resourceType']}/{resource['id']}", "display": "J. Jansen"}


@pytest.mark.parametrize("performer", REHABILITATION)
def test_performer_shows_rehabilitation(performer: Resource) -> None:
    reference = referring_to(performer)
    draft = order(performer=[reference])
    assert isinstance(only(draft, performer), OurOrder)
    at_hand = {reference["reference"]: performer}
    assert isinstance(only(draft, resources=at_hand), OurOrder)
    inside = order(performer=[{"reference": f"#{performer['id']}"}], contained=[performer])
    assert isinstance(only(inside), OurOrder)
    urn = "urn:uuid:8a7f0b6e-0000-4000-8000-000000000001"
    entry = {"fullUrl": urn, "resource": {**performer, "id": None}}
    by_urn = {"entry": [{"resource": order(performer=[{"reference": urn}])}, entry]}
    assert isinstance(read(by_urn)[0], OurOrder)


@pytest.mark.parametrize("performer", SOMETHING_ELSE)
def test_performer_shows_something_else(performer: Resource) -> None:
    draft = order(performer=[referring_to(performer)])
    assert only(draft, performer) == OtherOrder("ServiceRequest/draft-1")


def test_organisation_of_a_contained_role_in_the_same_container() -> None:
    member = {"resourceType": "PractitionerRole", "id": "r1", "organization": {"reference": "#o1"}}
    contained = [member, organisation((ORG, "R8"))]
    assert isinstance(only(order(performer=[{"reference": "#r1"}], contained=contained)), OurOrder)


def test_a_doctor_in_a_rehabilitation_centre_may_be_ours_and_a_therapist_is_not() -> None:
    centre = organisation((ORG, "R8"))
    doctor = role(COD016, "0300", organization={"reference": "Organization/o1"})
    physio = role(UZI, "04.000", organization={"reference": "Organization/o1"})
    draft = order(performer=[{"reference": "PractitionerRole/r1"}])
    assert isinstance(only(draft, doctor, centre), OurOrder)
    assert only(draft, physio, centre) == OtherOrder("ServiceRequest/draft-1")


@pytest.mark.parametrize(
    "code",
    [
        None,
        {"coding": [{}]},
        {"text": "Verwijzing"},
        coded(SCT, "3457005"),
        coded(SCT, "308292007"),
        coded(SCT, "306206005"),
        coded(SERVICE, "576"),
        {"coding": [LETTER]},
        coded("http://loinc.org", "57133-1"),
    ],
)
@pytest.mark.parametrize(
    "kind", ["PractitionerRole", "Organization", "HealthcareService", "Practitioner"]
)
def test_a_bare_performer_of_what_may_be_a_referral_costs_one_read(
    code: Resource | None, kind: str
) -> None:
    draft = order(performer=[{"reference": f"{kind}/x1", "display": "J. Jansen"}], code=code)
    assert only(draft) == UnreadPerformer("ServiceRequest/draft-1", f"{kind}/x1")


def test_an_absolute_reference_to_the_server_of_the_call_is_bare_too() -> None:
    draft = order(performer=[{"reference": "https://ehr.example/fhir/Organization/o1"}])
    found = only(draft, base_url="https://ehr.example/fhir/")
    assert found == UnreadPerformer("ServiceRequest/draft-1", "Organization/o1")
    assert only(draft, base_url="https://other.example/fhir") == OtherOrder(
        "ServiceRequest/draft-1"
    )


@pytest.mark.parametrize(
    "performer",
    [
        {"reference": "Device/d1"},
        {"reference": "Patient/p1"},
        {"identifier": {"system": "http://fhir.nl/fhir/NamingSystem/ura", "value": "1"}},
        {"reference": "Organization/o1", "display": "Fysiotherapeut"},
        {
            "reference": "PractitionerRole/r1",
            "identifier": {"system": "http://fhir.nl/fhir/NamingSystem/agb-z", "value": "04115923"},
        },
        {
            "reference": "PractitionerRole/r1",
            "identifier": {"system": "http://fhir.nl/fhir/NamingSystem/agb-z", "value": "01115923"},
        },
        {"reference": "#absent"},
        {"reference": "urn:uuid:8a7f0b6e-0000-4000-8000-000000000009"},
    ],
)
def test_a_performer_that_shows_something_else_or_cannot_be_read_costs_nothing(
    performer: Resource,
) -> None:
    assert only(order(performer=[performer])) == OtherOrder("ServiceRequest/draft-1")


@pytest.mark.parametrize(
    ("remark", "is_ours"),
    [
        ("Bekend bij de pijnpoli, anesthesiologie had geen opties", True),
        ("MER is doorlopen zonder succes", True),
        ("Graag hartrevalidatie", False),
        ("GRZ", False),
    ],
)
def test_a_remark_names_another_kind_of_rehabilitation_or_only_earlier_care(
    remark: str, *, is_ours: bool
) -> None:
    draft = order(performer=[{"reference": "PractitionerRole/r1"}], note=[{"text": remark}])
    assert isinstance(only(draft, role(UZI, "01.042")), OurOrder) is is_ours
    assert isinstance(only(draft), UnreadPerformer) is is_ours


def test_an_order_with_another_code_costs_no_read() -> None:
    draft = order(
        code=coded("http://www.ama-assn.org/go/cpt", "72133"),
        performer=[{"reference": "Organization/o1"}],
    )
    assert only(draft) == OtherOrder("ServiceRequest/draft-1")


def test_a_dutch_referral_letter_names_its_procedure_in_a_section() -> None:
    def section(code: str, words: str) -> Resource:
        return {"code": coded(SCT, code), "text": {"status": "generated", "div": words}}

    letter = {
        "resourceType": "Composition",
        "id": "c1",
        "section": [
            section("440378000", "<div>Aanhoudende <b>rugpijn</b></div>"),
            {"section": [section("240471000146100", "<div>Graag iMSR&#45;behandeling</div>")]},
        ],
    }
    draft = order(
        status="completed",
        category=[{"coding": [LETTER]}],
        supportingInfo=[{"reference": "Composition/c1"}],
        performer=[{"reference": "PractitionerRole/r1"}],
    )
    found = ours(draft, letter)
    assert found.kind == ReferralKind.IMSR
    assert found.indication == Indication.PAIN


# which orders


def test_only_selected_orders_are_judged() -> None:
    first, second = order(**IMSR), order(**IMSR) | {"id": "draft-2"}
    drafts = bundle(first, second)
    assert [found.order for found in read(drafts)] == [
        "ServiceRequest/draft-1",
        "ServiceRequest/draft-2",
    ]
    selected = read(drafts, selections=("ServiceRequest/draft-2", "ServiceRequest/absent"))
    assert [found.order for found in selected] == ["ServiceRequest/draft-2"]
    assert read(drafts, selections=()) == ()
    assert read(drafts, selections=("ServiceRequest/absent",)) == ()


def test_dangling_selections_are_counted() -> None:
    drafts = bundle(order(**IMSR), {"resourceType": "MedicationRequest", "id": "m1"})
    selections = ("ServiceRequest/draft-1", "MedicationRequest/m1", "ServiceRequest/absent")
    assert dangling_selections(drafts, selections) == 1


@pytest.mark.parametrize("status", ["entered-in-error", "revoked"])
def test_void_orders_are_skipped(status: str) -> None:
    assert read(bundle(order(**IMSR, status=status))) == ()


@pytest.mark.parametrize("status", ["draft", "active", "completed", "on-hold", "unknown"])
def test_orders_of_any_other_status_are_judged(status: str) -> None:
    assert isinstance(only(order(**IMSR, status=status)), OurOrder)


@pytest.mark.parametrize("kind", ["ProcedureRequest", "MedicationRequest", "ReferralRequest"])
def test_other_resources_are_ignored(kind: str) -> None:
    assert read(bundle(order(**IMSR) | {"resourceType": kind})) == ()


@pytest.mark.parametrize(
    "drafts",
    [None, 1, "x", [], {}, {"entry": 1}, {"entry": [None, 1, {}, {"resource": []}]}],
)
def test_odd_drafts_hold_no_orders(drafts: object) -> None:
    assert read(drafts) == ()


@pytest.mark.parametrize(
    "elements",
    [
        {"code": 1},
        {"code": {"coding": "x"}},
        {"performer": "x", "note": 3, "orderDetail": {"text": []}},
        {"performerType": ["x"], "supportingInfo": [1], "contained": "x"},
        {"subject": "x", "authoredOn": 3},
        {"subject": {"reference": 3}},
    ],
)
def test_an_order_that_cannot_be_read_is_not_ours(elements: Resource) -> None:
    assert only(order(**elements)) == OtherOrder("ServiceRequest/draft-1")


def test_what_cannot_be_read_hides_nothing_that_can() -> None:
    odd = order(**IMSR, performer="x", note=[1, {"text": "adviesconsult"}], reasonCode=[3])
    found = ours(odd)
    assert found.kind == ReferralKind.UNCLEAR
    assert found.indication == Indication.UNKNOWN


def test_an_order_without_id_goes_by_its_full_url() -> None:
    urn = "urn:uuid:8a7f0b6e-0000-4000-8000-000000000002"
    drafts = {"entry": [{"fullUrl": urn, "resource": {**order(**IMSR), "id": None}}]}
    assert [found.order for found in read(drafts, selections=(urn,))] == [urn]


# whom it is for


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p2"},
        {"reference": "https://ehr.example/fhir/Patient/p2"},
        {"reference": "Patient/p2/_history/3"},
        {"reference": "Group/p1"},
        {"reference": "#other"},
    ],
)
def test_an_order_of_another_patient_is_refused(subject: Resource) -> None:
    contained = [{"resourceType": "Patient", "id": "other"}]
    foreign = order(**IMSR) | {"subject": subject, "contained": contained}
    with pytest.raises(OtherSubjectError):
        read(bundle(foreign))
    with pytest.raises(OtherSubjectError) as caught:
        read(bundle(order(**IMSR) | {"id": "draft-2"}, foreign), selections=("x",))
    assert caught.value.place == 1
    assert read(bundle(foreign | {"status": "revoked"})) == ()


def test_the_error_names_no_patient() -> None:
    with pytest.raises(OtherSubjectError) as caught:
        read(bundle(order(subject={"reference": "Patient/marked"})))
    assert "marked" not in str(caught.value)


@pytest.mark.parametrize(
    "subject",
    [
        None,
        {},
        {"display": "J. Jansen"},
        {"identifier": {"value": "1"}},
        {"reference": "Patient/p1"},
        {"reference": "Patient/p1/_history/2"},
        {"reference": "https://ehr.example/fhir/Patient/p1"},
        {"reference": "urn:uuid:8a7f0b6e-0000-4000-8000-000000000003"},
    ],
)
def test_an_order_of_this_patient_or_without_subject_is_judged(subject: Resource | None) -> None:
    assert isinstance(only(order(**IMSR) | {"subject": subject}), OurOrder)


# what it asks


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        pytest.param(IMSR, ReferralKind.IMSR, id="iMSR"),
        pytest.param(
            {"code": {"text": "Interdisciplinaire medisch-specialistische revalidatie"}},
            ReferralKind.IMSR,
            id="iMSR in full",
        ),
        pytest.param({"code": {"text": "Revalidatiebehandeling"}}, ReferralKind.IMSR, id="word"),
        pytest.param({"code": {"text": "pijnrevalidatie"}}, ReferralKind.IMSR, id="pain"),
        pytest.param(
            {"code": {"text": "Verwijzing revalidatiearts"}}, ReferralKind.UNCLEAR, id="unclear"
        ),
        pytest.param(
            {"code": {"text": "Revalidatiearts: diagnosestelling en behandeladvies"}},
            ReferralKind.UNCLEAR,
            id="advice only",
        ),
        pytest.param(
            {"code": {"text": "Eenmalig consult revalidatiearts"}},
            ReferralKind.ONE_TIME_CONSULT,
            id="one-time consult",
        ),
        pytest.param(
            {"code": {"text": "Eenmalig-consult revalidatiearts"}},
            ReferralKind.ONE_TIME_CONSULT,
            id="hyphen",
        ),
        pytest.param(
            {"code": {"text": "Adviesconsult revalidatiearts"}},
            ReferralKind.ONE_TIME_CONSULT,
            id="adviesconsult",
        ),
        pytest.param(
            {"code": {"text": "Revalidatiearts"}, "note": [{"text": "graag expert-consult"}]},
            ReferralKind.ONE_TIME_CONSULT,
            id="expertconsult in a note",
        ),
        pytest.param(
            {"code": {"text": "Revalidatiearts"}, "reasonCode": [{"text": "advies consult"}]},
            ReferralKind.ONE_TIME_CONSULT,
            id="in a reason",
        ),
        pytest.param(
            {"code": coded(SCT, "54395008"), "performerType": coded(UZI, "01.042")},
            ReferralKind.ONE_TIME_CONSULT,
            id="coded beside a rehabilitation target",
        ),
        pytest.param(
            {"code": {"text": "Eenmalig consult, daarna zo nodig iMSR"}},
            ReferralKind.UNCLEAR,
            id="both words",
        ),
        pytest.param(
            {"code": coded(SCT, "306289000")}, ReferralKind.UNCLEAR, id="a code names no kind"
        ),
        pytest.param(
            {"code": {"text": "Revalidatiearts"}, "orderDetail": [{"text": "iMSR"}]},
            ReferralKind.IMSR,
            id="order detail",
        ),
    ],
)
def test_kind(elements: Resource, expected: ReferralKind) -> None:
    assert ours(order(**elements)).kind == expected


def test_a_coded_consult_without_a_rehabilitation_target_is_not_ours() -> None:
    assert only(order(code=coded(SCT, "54395008"))) == OtherOrder("ServiceRequest/draft-1")


# when, why and under which name


@pytest.mark.parametrize(
    ("authored_on", "expected"),
    [
        ("2026-05-15", date(2026, 5, 15)),
        ("2027-01-01", date(2027, 1, 1)),
        pytest.param("2026-05-15T22:30:00Z", date(2026, 5, 16), id="late evening in UTC"),
        ("2026-05-15T22:30:00+02:00", date(2026, 5, 15)),
        ("2026", TODAY),
        ("2026-05", TODAY),
        ("2026-02-30", TODAY),
        ("2026-05-15T25:00:00Z", TODAY),
        ("1899-01-01", TODAY),
        ("gisteren", TODAY),
        (20260515, TODAY),
        (None, TODAY),
    ],
)
def test_referral_date(authored_on: object, expected: date) -> None:
    assert ours(order(**IMSR, authoredOn=authored_on)).date == expected


CHRONIC_PAIN = coded(ICPC, "A01.01")
CVA = coded(ICPC, "K90")


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"reasonCode": [CHRONIC_PAIN]}, Indication.PAIN),
        ({"reasonCode": [coded(SCT, "82423001")]}, Indication.PAIN),
        ({"reasonCode": [{"text": "aanhoudende rugpijn"}]}, Indication.PAIN),
        ({"reasonCode": [CHRONIC_PAIN, CVA]}, Indication.PAIN),
        ({"note": [{"text": "aanhoudende pijn"}]}, Indication.PAIN),
        ({"code": {"text": "iMSR bij aanhoudende pijn"}}, Indication.PAIN),
        ({"reasonCode": [CVA], "note": [{"text": "aanhoudende pijn"}]}, Indication.PAIN),
        ({}, Indication.UNKNOWN),
        ({"reasonCode": [coded(SCT, "128200000")]}, Indication.UNKNOWN),
        ({"reasonCode": [coded(SCT, "128200000"), CVA]}, Indication.UNKNOWN),
        (
            {"reasonCode": [coded(SCT, "128200000") | {"text": "chronische pijn"}]},
            Indication.PAIN,
        ),
        ({"reasonCode": [coded(SCT, "714252004")]}, Indication.OTHER),
        ({"reasonCode": [CVA]}, Indication.OTHER),
        ({"reasonCode": [coded("http://example.org/own", "x")]}, Indication.UNKNOWN),
        ({"reasonCode": [CVA, 3]}, Indication.UNKNOWN),
        ({"reasonReference": [{"reference": "Observation/o1"}]}, Indication.UNKNOWN),
        ({"reasonReference": [{"display": "rug"}], "reasonCode": [CVA]}, Indication.UNKNOWN),
        ({"reason": [{"concept": CHRONIC_PAIN}]}, Indication.PAIN),
    ],
)
def test_indication(elements: Resource, expected: Indication) -> None:
    assert ours(order(**(IMSR | elements))).indication == expected


def condition(**elements: Any) -> Resource:
    subject = {"reference": "Patient/p1"}
    return {"resourceType": "Condition", "id": "c1", "subject": subject, **elements}


BY_REFERENCE: Resource = {**IMSR, "reasonReference": [{"reference": "Condition/c1"}]}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (condition(code=CHRONIC_PAIN), Indication.PAIN),
        (condition(code=CVA), Indication.OTHER),
        (condition(code=CVA, note=[{"text": "met veel schouderpijn"}]), Indication.PAIN),
        (
            condition(code={**CVA, "extension": [{"valueString": "schouderpijn links"}]}),
            Indication.PAIN,
        ),
        (condition(), Indication.UNKNOWN),
        (condition(code=3), Indication.UNKNOWN),
        pytest.param(
            condition(code=CVA, verificationStatus=coded("x", "refuted")),
            Indication.UNKNOWN,
            id="refuted: no reason",
        ),
        pytest.param(
            condition(code=CHRONIC_PAIN, verificationStatus="entered-in-error"),
            Indication.UNKNOWN,
            id="entered in error, as STU3 writes it",
        ),
        pytest.param(
            condition(code=CHRONIC_PAIN) | {"subject": {"reference": "Patient/p2"}},
            Indication.UNKNOWN,
            id="a condition of another patient",
        ),
    ],
)
def test_condition_behind_a_reference(found: Resource, expected: Indication) -> None:
    drafted = order(**BY_REFERENCE)
    assert ours(drafted, resources={"Condition/c1": found}).indication == expected
    assert ours(drafted, found).indication == expected
    inside = order(**IMSR, reasonReference=[{"reference": "#c1"}], contained=[found])
    assert ours(inside).indication == expected


def test_conditions_that_are_not_at_hand_are_named() -> None:
    references = [
        {"reference": "Condition/c1"},
        {"reference": "Condition/c2"},
        {"reference": "Condition/c2"},
        {"reference": "#c3"},
        {"reference": "Observation/o1"},
        {"reference": "https://elsewhere.example/fhir/Condition/c4"},
    ]
    draft = order(**IMSR, reasonReference=references)
    found = only(draft, resources={"Condition/c1": condition(code=CVA)})
    assert isinstance(found, OurOrder)
    assert found.missing_conditions == ("Condition/c2",)
    assert found.referral.indication == Indication.UNKNOWN


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ({"text": "iMSR-behandeling"}, "iMSR-behandeling"),
        (coded(SCT, "306289000", display="Naar revalidatiearts"), "Naar revalidatiearts"),
        (coded(SCT, "306289000"), ""),
    ],
)
def test_display(code: Resource, expected: str) -> None:
    found = ours(order(code=code))
    assert found.display == expected
    assert found.order == "ServiceRequest/draft-1"
