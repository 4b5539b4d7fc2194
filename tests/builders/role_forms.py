"""Every way in which a record can name the role of a scenario, as entries of `specialty`.

The words of each display and text are our own. A form is one CodeableConcept; which element
carries it is chosen elsewhere.
"""

from typing import Final

from tests.builders.codes import (
    COD016,
    COD016_NUTS,
    COD016_VEKTIS,
    LOCAL,
    SNOMED,
    UZI,
    UZI_OID,
    Json,
    coding,
    concept,
)


def _vektis(code: str, display: str) -> tuple[Json, ...]:
    """A COD016 code under its three names."""
    return tuple(
        concept(coding(system, code, display)) for system in (COD016, COD016_VEKTIS, COD016_NUTS)
    )


def _uzi(code: str, display: str) -> tuple[Json, ...]:
    """An UZI role code under its two names, and under that of COD016 as official samples do."""
    return tuple(concept(coding(system, code, display)) for system in (UZI, UZI_OID, COD016))


def _texts(*texts: str) -> tuple[Json, ...]:
    return tuple(concept(text=text) for text in texts)


ROLE_FORMS: Final[dict[str, tuple[Json, ...]]] = {
    "physio": (
        *_uzi("04.000", "Fysiotherapeut"),
        *_vektis("0400", "Fysiotherapeut"),
        concept(coding(SNOMED, "36682004", "Fysiotherapeut")),
        *_texts("Fysiotherapeut"),
    ),
    "child_physio": _vektis("0403", "Kinderfysiotherapeut"),
    "pelvic_physio": _vektis("0406", "Bekkenfysiotherapeut"),
    "manual_therapist": _vektis("0404", "Manueel therapeut"),
    "fall_prevention": _vektis("0483", "Valpreventie"),
    "lifestyle_coach": _vektis("0477", "Leefstijlcoach"),
    "exercise": (
        *_uzi("93.000", "Oefentherapeut Mensendieck"),
        *_uzi("94.000", "Oefentherapeut Cesar"),
        *_vektis("0700", "Oefentherapeut"),
        *_texts("Oefentherapeut"),
    ),
    "ergo": (
        *_uzi("90.000", "Ergotherapeut"),
        *_vektis("8800", "Ergotherapeut"),
        concept(coding(SNOMED, "80546007", "Ergotherapeut")),
        *_texts("Ergotherapeut"),
    ),
    "psychosomatic_physio": (
        *_vektis("0409", "Psychosomatisch fysiotherapeut"),
        concept(coding(UZI, "04.000", "Fysiotherapeut"), text="Psychosomatisch fysiotherapeut"),
        concept(coding(UZI, "04.000"), text="Psychosomatische fysiotherapie"),
        *_texts("Psychosomatisch fysiotherapeut"),
    ),
    "psychosomatic_exercise": (
        *_vektis("0704", "Psychosomatisch oefentherapeut"),
        concept(coding(COD016, "0713", "Psychosomatisch oefentherapeut, direct toegankelijk")),
        concept(coding(UZI, "93.000"), text="Psychosomatisch oefentherapeut"),
        *_texts("Psychosomatisch oefentherapeut"),
    ),
    "psychosomatic_ergo": (
        concept(coding(UZI, "90.000", "Ergotherapeut"), text="Psychosomatisch ergotherapeut"),
        *_texts("Psychosomatisch ergotherapeut"),
        concept(coding(COD016, "8800"), text="Psychosomatisch ergotherapeut"),
    ),
    "psychosomatic_manual": _vektis("0442", "Psychosomatische en manuele therapie"),
    "psychologist": (
        *_uzi("25.000", "Gz-psycholoog"),
        *_vektis("9401", "Gz-psycholoog"),
        concept(coding(SNOMED, "59944000", "Psycholoog")),
        *_texts("Psycholoog"),
    ),
    "clinical_psychologist": (
        *_uzi("25.061", "Klinisch psycholoog"),
        *_vektis("9405", "Klinisch psycholoog"),
    ),
    "nip_psychologist": _vektis("9416", "Psycholoog NIP"),
    "poh_ggz": _texts(
        "POH-GGZ",
        "POH GGZ",
        "Praktijkondersteuner huisarts GGZ",
        "praktijkondersteuner geestelijke gezondheidszorg",
    ),
    "psychotherapist": (
        *_uzi("16.000", "Psychotherapeut"),
        *_vektis("9402", "Psychotherapeut"),
    ),
    "psychiatrist": (
        *_uzi("01.035", "Psychiater"),
        *_vektis("0329", "Psychiater"),
    ),
    "spv": _vektis("9116", "Sociaalpsychiatrisch verpleegkundige"),
    "nurse_specialist_ggz": (
        *_uzi("30.069", "Verpleegkundig specialist GGZ"),
        *_vektis("9134", "Verpleegkundig specialist GGZ"),
    ),
    "ggz_nurse": (
        concept(coding(UZI, "30.000", "Verpleegkundige"), text="Verpleegkundige GGZ"),
        concept(coding(COD016, "9100", "Verpleegkundige"), text="GGZ verpleegkundige"),
    ),
    "nurse": (*_uzi("30.000", "Verpleegkundige"), *_vektis("9100", "Verpleegkundige")),
    "gp": (*_uzi("01.015", "Huisarts"), *_vektis("0101", "Huisarts")),
    "poh_s": _texts("POH-S", "POH somatiek", "Praktijkondersteuner somatiek"),
    "poh": _texts("POH", "Praktijkondersteuner"),
    "support": _texts("Fysiotherapie-assistent", "Secretaresse fysiotherapie"),
    "basisarts": _uzi("01.000", "Arts"),
    "haptotherapist": _vektis("9011", "Haptotherapeut"),
    "unmapped": (
        concept(coding(LOCAL, "ZV-17")),
        concept(coding(COD016, "9998")),
        concept(coding(LOCAL, "B2", "Medewerker behandelteam")),
    ),
}

FITTING_PLACE: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "poh_ggz",
            "poh_s",
            "poh",
            "gp",
            "basisarts",
            "nurse",
            "spv",
            "ggz_nurse",
            "nurse_specialist_ggz",
        ),
        "gppractice",
    ),
    **dict.fromkeys(
        (
            "psychologist",
            "clinical_psychologist",
            "nip_psychologist",
            "psychotherapist",
            "psychiatrist",
        ),
        "psychpractice",
    ),
    **dict.fromkeys(("bare", "unmapped", "unreadable"), "healthcentre"),
    "haptotherapist": "otherpractice",
}
"""What level `primary` is for a role; a therapy practice where nothing stands here."""

STATED_DISCIPLINE: Final = {
    "physio": "physiotherapist",
    "exercise": "exercise-therapist",
    "ergo": "occupational-therapist",
    "psychosomatic_physio": "psychosomatic-therapist",
    "psychosomatic_exercise": "psychosomatic-therapist",
    "psychologist": "psychologist",
    "poh_ggz": "mental-health-practice-nurse",
}
"""The code of stated care (interface.md, Therapist categories and stated care)."""

PROCEDURE_CODES: Final[dict[str, tuple[Json, ...]]] = {
    "physio": (
        concept(coding(SNOMED, "91251008", "Fysiotherapie")),
        concept(coding(SNOMED, "410160006", "Fysiotherapeutische begeleiding")),
    ),
    "ergo": (
        concept(coding(SNOMED, "84478008", "Ergotherapie")),
        concept(coding(SNOMED, "228653003", "Ergotherapie aan huis")),
    ),
    "psychologist": (
        concept(coding(SNOMED, "18512000", "Individuele psychotherapie")),
        concept(coding(SNOMED, "76168009", "Groepspsychotherapie")),
    ),
    "other": (
        concept(coding(SNOMED, "33879002", "Vaccinatie")),
        concept(coding(SNOMED, "15220000", "Laboratoriumonderzoek")),
        concept(text="Griepvaccinatie"),
    ),
    "": (
        concept(coding(SNOMED, "11429006", "Consult")),
        concept(text="Behandelcontact"),
    ),
}
"""What `code` a Procedure has, by the discipline that the token names after its slash."""
