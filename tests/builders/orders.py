"""Draft orders: every kind of referral and every indication of a scenario, as ServiceRequests."""

from typing import Final

from tests.builders.codes import (
    ICD10_CM,
    ICPC,
    LOCAL,
    LOINC,
    ORGANIZATION_TYPE,
    SNOMED,
    Json,
    coding,
    concept,
)
from tests.builders.places import reference

SERVICE_CATEGORY: Final = SNOMED
"""Categories of orders are SNOMED codes: 108252007 laboratory, 363679005 imaging."""

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
    "once_consult": (
        {"code": concept(text="1x consult revalidatiearts")},
        {"code": concept(text="Eenmalige beoordeling revalidatiegeneeskunde")},
        {"code": concept(_REHABILITATION), "note": [{"text": "Graag één keer consult."}]},
        {"code": concept(_REHABILITATION, text="Eenmalig advies revalidatiearts")},
    ),
    "meekijkconsult": (
        {"code": concept(text="Meekijkconsult revalidatiearts")},
        {"code": concept(text="Teleconsult revalidatiegeneeskunde")},
        {"code": concept(_REHABILITATION), "note": [{"text": "Graag een meedenkadvies."}]},
    ),
    "bare_consult": (
        {"code": concept(text="Consult revalidatiearts")},
        {"code": concept(text="Consult revalidatiegeneeskunde")},
    ),
    "rehab_words": (
        {"code": concept(text="Revalidatiegeneeskundige behandeling")},
        {"code": concept(text="Medisch specialistische revalidatie")},
        {"code": concept(text="Interdisciplinaire revalidatie")},
    ),
    "pain_rehab_words": (
        {"code": concept(text="Pijnrevalidatie")},
        {"code": concept(text="Verwijzing pijnrevalidatie")},
    ),
    "other_rehab": (
        {"code": concept(text="Hartrevalidatie")},
        {"code": concept(text="Longrevalidatie")},
        {"code": concept(text="Geriatrische revalidatie")},
        {"code": concept(text="Revalidatie bij de fysiotherapeut")},
        {"code": concept(text="Arbeidsrevalidatie")},
    ),
    "other_note": (
        {
            "code": concept(coding(LOINC, "36554-4"), text="Röntgenfoto schouder"),
            "note": [{"text": "Daarna verwijzing naar de revalidatiearts voor iMSR."}],
        },
        {
            "category": [concept(coding(SERVICE_CATEGORY, "108252007"))],
            "code": concept(text="Bloedonderzoek"),
            "note": [{"text": "Vóór medisch specialistische revalidatie."}],
        },
        {
            "code": concept(coding(SNOMED, "308447003", "Verwijzing naar fysiotherapeut")),
            "note": [{"text": "Eerder besproken met de revalidatiearts."}],
        },
    ),
    "other": (
        {"code": concept(text="Verwijzing naar de oogarts")},
        {"code": concept(coding(SNOMED, "308447003", "Verwijzing naar fysiotherapeut"))},
    ),
}
"""What the order itself says, per kind and form. Only `order_text` adds pain words to it."""

_CRPS: Final = coding(SNOMED, "128200000", "Complex regionaal syndroom")
_CVA: Final = concept(coding(SNOMED, "230690007", "Cerebrovasculair accident"), text="CVA")


def _texts(*texts: str) -> tuple[tuple[Json, ...], ...]:
    return tuple((concept(text=text),) for text in texts)


def _icpc(*codes: str) -> tuple[tuple[Json, ...], ...]:
    return tuple((concept(coding(ICPC, code)),) for code in codes)


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
        (concept(coding(SNOMED, "73211009")),),
        (concept(coding(LOCAL, "Z-9")),),
        (concept(coding(ICD10_CM, "Q99.9")),),
    ),
    "unlisted_and_other": (
        (concept(coding(SNOMED, "73211009")), _CVA),
        (_CVA, concept(coding(LOCAL, "Z-9"))),
    ),
    "word_pain": _texts("Schouderklachten", "lumboischialgie", "Epicondylitis", "KANS", "ischias"),
    "word_unknown": _texts("Artrose knie", "CRPS", "hernia", "SOLK", "Status na operatie"),
    "word_not_pain": _texts("multiple sclerose", "Status na beroerte", "Dwarslaesie", "COPD"),
    "pain_after_other": _texts("schouderpijn na CVA", "Nekpijn bij Parkinson"),
    "icpc_pain": _icpc("L04", "L14", "L20", "L03"),
    "icpc_unknown": _icpc("L92", "L93", "L99", "N99", "P75"),
    "icpc_other": _icpc("K86", "T90", "R95", "D93", "N87"),
    "display_pain": (
        (concept(coding(SNOMED, "45326000", "Chronische schouderpijn")),),
        (concept(coding(SNOMED, "57676002", "Gewrichtspijn")),),
    ),
    "display_other": ((concept(coding(SNOMED, "24700007", "Multiple sclerose")),),),
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
    named: str = "",
) -> Json:
    """A draft ServiceRequest. `authored` may be empty; `named` is a further note."""
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
    if named:
        request = {**request, "note": [*request.get("note", []), {"text": named}]}
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
