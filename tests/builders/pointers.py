"""Letters and own referrals: what says where care was given, and never counts (policy 2.6)."""

from typing import Final

from tests.builders.codes import LOINC, SNOMED, Json, coding, concept
from tests.builders.places import reference
from tests.builders.role_forms import ROLE_FORMS
from tests.builders.scenario_tokens import Pointer

_DUTCH: Final = {
    "physio": "fysiotherapeut",
    "exercise": "oefentherapeut",
    "ergo": "ergotherapeut",
    "psychologist": "psycholoog",
    "poh_ggz": "POH-GGZ",
    "psychosomatic_physio": "psychosomatisch fysiotherapeut",
}
_TYPES: Final = (
    concept(coding(LOINC, "57133-1")),
    concept(coding(LOINC, "51852-2")),
    concept(coding(LOINC, "68609-7")),
    concept(coding(LOINC, "56444-3")),
)
_REFERRED_TO: Final = {
    "physio": coding(SNOMED, "308447003", "Verwijzing naar fysiotherapeut"),
    "ergo": coding(SNOMED, "306170007", "Verwijzing naar ergotherapeut"),
    "psychologist": coding(SNOMED, "308453003", "Verwijzing naar psycholoog"),
}


def letter(pointer: Pointer, number: int, patient_id: str, *, prefix: str, form: int) -> Json:
    """A DocumentReference whose author, display or type tells the profession."""
    name = _DUTCH[pointer.role]
    shared: Json = {
        "resourceType": "DocumentReference",
        "id": f"{prefix}letter-{number}",
        "status": "current",
        "type": _TYPES[form % len(_TYPES)],
        "subject": reference("Patient", patient_id),
        "date": f"{pointer.day}T10:00:00+02:00",
        "content": [{"attachment": {"contentType": "application/pdf", "title": "Brief"}}],
    }
    forms: tuple[Json, ...] = (
        {
            "contained": [
                {
                    "resourceType": "PractitionerRole",
                    "id": "auteur",
                    "specialty": [ROLE_FORMS[pointer.role][0]],
                },
            ],
            "author": [{"reference": "#auteur"}],
        },
        {"author": [{"display": f"Mw. Akkerman, {name}"}]},
        {"type": concept(text=f"Brief van {name}")},
        {"description": f"Eindbericht {name}"},
    )
    return {**shared, **forms[form % len(forms)]}


def own_referral(pointer: Pointer, number: int, patient_id: str, *, prefix: str, form: int) -> Json:
    """A ServiceRequest that was sent, and tells by code or text to whom."""
    coded = _REFERRED_TO.get(pointer.role)
    text = concept(text=f"Verwijzing naar {_DUTCH[pointer.role]}")
    return {
        "resourceType": "ServiceRequest",
        "id": f"{prefix}referred-{number}",
        "status": ("completed", "active")[form % 2],
        "intent": "order",
        "code": concept(coded) if coded and form % 2 == 0 else text,
        "subject": reference("Patient", patient_id),
        "authoredOn": pointer.day,
    }
