"""The services that discovery lists: those that work, and no others."""

from cds_service.hooks.cds_hooks import Hook, Service

_TITLES = {
    "nl": "iMSR bij aanhoudende pijn: behandelingen in het dossier",
    "en": "iMSR for persistent pain: treatment in the record",
}

_DESCRIPTIONS = {
    Hook.ORDER_SELECT: {
        "nl": "Toont bij het kiezen van een verwijzing naar de revalidatiearts welke behandelingen "
        "van de afgelopen twee jaar in het dossier staan, naast de verwijscriteria iMSR van "
        "20 april 2026. De revalidatiearts beslist.",
        "en": "While a referral to rehabilitation medicine is chosen, shows which treatment of the "
        "past two years the record holds, beside the iMSR referral criteria of 20 April 2026. The "
        "rehabilitation physician decides.",
    },
    Hook.PATIENT_VIEW: {
        "nl": "Toont in het revalidatiecentrum bij het openen van een patiënt welke behandelingen "
        "van de twee jaar voor de iMSR-verwijzing in het dossier staan, naast de verwijscriteria "
        "iMSR van 20 april 2026. Voor triage en revalidatiearts; zonder zo'n verwijzing stil.",
        "en": "In a rehabilitation centre, when a patient is opened, shows which treatment of the "
        "two years before the iMSR referral the record holds, beside the iMSR referral criteria of "
        "20 April 2026. For triage and rehabilitation physician; silent without such a referral.",
    },
    Hook.ORDER_SIGN: {
        "nl": "Toont bij het ondertekenen van een verwijzing naar de revalidatiearts welke "
        "behandelingen van de afgelopen twee jaar in het dossier staan, naast de verwijscriteria "
        "iMSR van 20 april 2026. De revalidatiearts beslist.",
        "en": "When a referral to rehabilitation medicine is signed, shows which treatment of the "
        "past two years the record holds, beside the iMSR referral criteria of 20 April 2026. The "
        "rehabilitation physician decides.",
    },
}

_USAGE_REQUIREMENTS = (
    "FHIR R4. Send the prefetch keys patient, encounters and procedures, or fhirServer with "
    "fhirAuthorization. Therapist roles, places and organisations behind the contacts are read "
    "with the token: grant user/ or system/ read access to PractitionerRole, Practitioner, "
    "Organization and Location, beside Patient, Encounter, Procedure, Condition and "
    "QuestionnaireResponse, and ServiceRequest for referrals that were sent. Without it "
    "contacts stay doubtful."
)


def services(language: str, version: str) -> tuple[Service, ...]:
    """The services, in the language of the cards."""
    return tuple(
        Service(
            id=f"imsr-{hook}",
            hook=hook,
            title=_TITLES[language],
            description=_DESCRIPTIONS[hook][language],
            usage_requirements=_USAGE_REQUIREMENTS,
            version=version,
        )
        for hook in Hook
    )
