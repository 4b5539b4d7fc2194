"""Draft orders: every kind of referral and every indication of a scenario, as ServiceRequests."""

from typing import Final

from tests.builders.codes import ICD10_CM, ICPC, ORGANIZATION_TYPE, SNOMED, Json, coding, concept
from tests.builders.places import reference

_REHABILITATION: Final = coding(SNOMED, "306289000", "Verwijzing naar revalidatiearts")
_REHABILITATION_PHYSICIAN: Final = concept(coding(SNOMED, "309360001", "Revalidatiearts"))

KIND_FORMS: Final[dict[str, tuple[Json, ...]]] = {
    "imsr": (
        {"code": concept(text="Interdisciplinaire medisch specialistische revalidatie (iMSR)")},
        {"code": concept(_REHABILITATION), "orderDetail": [concept(text="iMSR-behandeling")]},
        {
            "performerType": _REHABILITATION_PHYSICIAN,
            "note": [{"text": "Graag interdisciplinaire medisch specialistische revalidatie."}],
        },
        {"code": concept(_REHABILITATION, text="Revalidatiebehandeling")},
        {
            "contained": [
                {
                    "resourceType": "Organization",
                    "id": "centrum",
                    "type": [concept(coding(ORGANIZATION_TYPE, "R8", "Revalidatiecentrum"))],
                },
            ],
            "performer": [{"reference": "#centrum"}],
            "orderDetail": [concept(text="IMSR")],
        },
    ),
    "unclear": (
        {"code": concept(text="Verwijzing naar revalidatiegeneeskunde")},
        {"code": concept(_REHABILITATION)},
        {"performerType": _REHABILITATION_PHYSICIAN},
    ),
    "advice_only": (
        {"code": concept(text="Revalidatiearts: graag behandeladvies")},
        {"code": concept(_REHABILITATION), "note": [{"text": "Graag behandeladvies."}]},
    ),
    "both_words": (
        {"code": concept(text="Eenmalig consult revalidatiearts, zo mogelijk gevolgd door iMSR")},
        {
            "code": concept(_REHABILITATION, text="iMSR"),
            "note": [{"text": "Graag eerst een eenmalig consult."}],
        },
    ),
    "one_time_consult": (
        {"code": concept(text="Eenmalig consult revalidatiegeneeskunde")},
        {"code": concept(_REHABILITATION), "orderDetail": [concept(text="Eenmalig consult")]},
        {
            "code": concept(coding(SNOMED, "54395008", "Verwijzing voor consult")),
            "performerType": _REHABILITATION_PHYSICIAN,
        },
    ),
    "adviesconsult": (
        {"code": concept(text="Adviesconsult revalidatiearts")},
        {"code": concept(_REHABILITATION), "note": [{"text": "Graag een advies-consult."}]},
    ),
    "expertconsult": (
        {"code": concept(text="Expertconsult revalidatiegeneeskunde")},
        {"code": concept(_REHABILITATION), "note": [{"text": "Verzoek om een expertconsult."}]},
    ),
    "other": (
        {"code": concept(text="Verwijzing naar de oogarts")},
        {"code": concept(coding(SNOMED, "308447003", "Verwijzing naar fysiotherapeut"))},
    ),
}
"""What the order itself says, per kind and form. Only `order_text` adds pain words to it."""

_CRPS: Final = coding(SNOMED, "128200000", "Complex regionaal syndroom")
_CVA: Final = concept(coding(SNOMED, "230690007", "Cerebrovasculair accident"), text="CVA")

INDICATION_FORMS: Final[dict[str, tuple[tuple[Json, ...], ...]]] = {
    "chronic_pain": (
        (concept(coding(SNOMED, "278860009", "Chronische lage rugpijn")),),
        (concept(coding(ICPC, "A01.01", "Chronische pijn")),),
        (concept(coding(SNOMED, "82423001")),),
        (concept(coding(ICD10_CM, "M79.7", "Fibromyalgie")),),
        (concept(coding(SNOMED, "373621006")),),
    ),
    "text_pain": ((concept(text="aanhoudende rugpijn"),), (concept(text="Chronische nekpijn"),)),
    "pain_and_other": (
        (concept(coding(SNOMED, "278860009")), _CVA),
        (_CVA, concept(text="aanhoudende lage-rugpijn")),
    ),
    "order_text": ((),),
    "none": ((),),
    "review": ((concept(_CRPS),), (concept(coding(SNOMED, "396275006")),)),
    "review_and_other": ((concept(_CRPS), _CVA), (_CVA, concept(_CRPS))),
    "review_text_pain": ((concept(_CRPS, text="chronische pijn"),),),
    "exclude": (
        (concept(coding(SNOMED, "25064002", "Hoofdpijn")),),
        (concept(coding(SNOMED, "714252004", "Post-mastectomy chronic pain syndrome")),),
        (concept(coding(ICPC, "L88.01", "Reumatoïde artritis")),),
    ),
    "other": ((_CVA,), (concept(text="Revalidatie na CVA"),)),
    "unlisted": (
        (concept(coding(SNOMED, "73211009", "Diabetes mellitus")),),
        (concept(coding(ICPC, "T90.02")),),
    ),
}
"""The entries of `reasonCode`, per indication and form."""

ORDER_PAIN_TEXTS: Final[tuple[Json, ...]] = (
    {"note": [{"text": "Reden: aanhoudende pijn."}]},
    {"orderDetail": [concept(text="aanhoudende pijn")]},
)


def order(
    identifier: str,
    patient_id: str,
    *,
    kind: str,
    indication: str,
    authored: str,
    form: int,
) -> Json:
    """A draft ServiceRequest. `authored` may be empty."""
    forms = KIND_FORMS[kind]
    request: Json = {
        "resourceType": "ServiceRequest",
        "id": identifier,
        "status": "draft",
        "intent": "order",
        "subject": reference("Patient", patient_id),
        **forms[form % len(forms)],
    }
    if authored:
        request["authoredOn"] = authored
    if indication == "order_text":
        request = _with_pain_text(request, form)
    reasons = INDICATION_FORMS[indication]
    return _with_reasons(request, reasons[form % len(reasons)], form)


def _with_pain_text(request: Json, form: int) -> Json:
    texts = ORDER_PAIN_TEXTS[form % len(ORDER_PAIN_TEXTS)]
    added = {name: [*request.get(name, []), *value] for name, value in texts.items()}
    return {**request, **added}


def _with_reasons(request: Json, reasons: tuple[Json, ...], form: int) -> Json:
    """Reasons as `reasonCode`; every third form as contained Conditions behind references."""
    if not reasons:
        return request
    if form % 3 != 2:
        return {**request, "reasonCode": list(reasons)}
    conditions = [
        {
            "resourceType": "Condition",
            "id": f"reden-{number}",
            "clinicalStatus": concept(
                coding("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
            ),
            "subject": request["subject"],
            "code": reason,
        }
        for number, reason in enumerate(reasons, start=1)
    ]
    return {
        **request,
        "contained": [*request.get("contained", []), *conditions],
        "reasonReference": [{"reference": f"#{item['id']}"} for item in conditions],
    }
