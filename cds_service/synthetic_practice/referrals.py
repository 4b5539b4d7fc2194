"""The referral of a patient: the call that a CDS client makes of it, and the order as sent."""

from datetime import date
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from cds_service.synthetic_practice.patients import REFERRAL_DAY, Patient, Wish
from cds_service.synthetic_practice.resources import DUTCH, Json, Resources, resources

_ICPC: Final = "http://hl7.org/fhir/sid/icpc-1-nl"
_EHR: Final = "https://his.example.nl/fhir"

_WORDS: Final = {
    "no kind": "Verwijzing naar revalidatiegeneeskunde",
    "imsr": "Interdisciplinaire medisch specialistische revalidatie (iMSR)",
    "rehabilitation treatment": "Revalidatiegeneeskundige behandeling",
}
_REASONS: Final[dict[str, list[Json]]] = {
    "chronic pain": [{"coding": [{"system": _ICPC, "code": "A01.01"}]}],
    "complaint": [{"coding": [{"system": _ICPC, "code": "L03"}]}],
    "text": [{"text": "Aanhoudende rugklachten"}],
    "unclear code": [{"coding": [{"system": _ICPC, "code": "L99"}]}],
    "none": [],
}
_OTHER_REASON: Final[list[Json]] = [{"coding": [{"system": _ICPC, "code": "K90"}], "text": "CVA"}]


def hook_call(patient: Patient) -> Json:
    """An order-sign call with everything that the templates ask for."""
    record = resources(patient)
    owner = record.patient["id"]
    return {
        "hook": "order-sign",
        "hookInstance": str(uuid5(NAMESPACE_URL, f"synthetic practice/{owner}")),
        "context": {
            "userId": "Practitioner/huisarts",
            "patientId": owner,
            "draftOrders": {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": _draft(patient, owner)}],
            },
        },
        "prefetch": _prefetch(record),
    }


def sent_order(patient: Patient, day: date) -> Json:
    """The order as it stands in the record after it was sent on a day."""
    owner = f"p{patient.number}"
    sent = {"id": f"{owner}-referral", "status": "active", "authoredOn": day.isoformat()}
    return {**_draft(patient, owner), **sent}


def reasons_of(wish: Wish) -> list[Json]:
    """Why the patient is referred, as CodeableConcepts; none where the referral does not say."""
    return _OTHER_REASON if wish.is_other_complaint else _REASONS[wish.reason]


def _draft(patient: Patient, owner: str) -> Json:
    wish = patient.wish
    order: Json = {
        "resourceType": "ServiceRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{owner}"},
        "authoredOn": REFERRAL_DAY.isoformat(),
        "code": {"text": _text(wish)},
    }
    reasons = reasons_of(wish)
    if reasons:
        order["reasonCode"] = reasons
    if wish.names_care:
        names = sorted({DUTCH[course.discipline] for course in patient.courses})
        order["note"] = [{"text": f"Eerder behandeld door {', '.join(names)}."}]
    return order


def _text(wish: Wish) -> str:
    return "Eenmalig consult revalidatiearts" if wish.is_one_time_consult else _WORDS[wish.words]


def _prefetch(record: Resources) -> Json:
    return {
        "patient": record.patient,
        "encounters": _searchset(record.encounters, record.supporting),
        "procedures": _searchset((), ()),
        "letters": _searchset(record.letters, ()),
        "referrals": _searchset(record.own_referrals, ()),
    }


def _searchset(matches: tuple[Json, ...], included: tuple[Json, ...]) -> Json:
    entries = [
        {
            "fullUrl": f"{_EHR}/{each['resourceType']}/{each['id']}",
            "resource": each,
            "search": {"mode": mode},
        }
        for mode, group in (("match", matches), ("include", included))
        for each in group
    ]
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(matches)}
    return {**bundle, "entry": entries} if entries else bundle
