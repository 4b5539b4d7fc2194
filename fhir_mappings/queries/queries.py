"""What we need of a record, said once: as prefetch templates and as queries of our own.

All URLs are relative to the FHIR base. No parameter ever has an empty value: a HAPI server answers
an empty `patient=` with everybody's records (hapi.md, Empty values). Searches ask one day early,
because servers compare days as the resource writes them; contacts are filtered by their Amsterdam
day afterwards (hapi.md, Dates).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import quote

from cds_service.domain.lookback import LookbackPeriod, years_earlier
from fhir_mappings.queries.scopes import GrantedScopes, Interaction

TEMPLATE_COUNT = 200  # conformance 2.6
PLAIN_COUNT = 1000  # few page turns: each costs half a second (hapi.md, Paging)
HAPI_COUNT = 500  # the usual maximum of a HAPI server
QUESTIONNAIRE = "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
"""The form in which care given elsewhere is stated; a search may hold it as it is."""
DEFAULT_MARGIN_DAYS = 31  # of the lower bound of the templates (policy B14)

_PATIENT_TOKEN = "{{context.patientId}}"  # noqa: S105 - a prefetch token is no secret
_HAPI_PAGE = f"&_count={HAPI_COUNT}&_offset=0"
_METADATA = {
    "DocumentReference": (
        "_elements=contained,status,docStatus,type,category,subject,date,author,description"
    ),
    "Communication": "_elements=contained,status,category,topic,subject,sent,received,sender",
    "Composition": "_elements=contained,status,type,category,subject,date,author,title",
    "ServiceRequest": (
        "_elements=contained,status,intent,code,orderDetail,subject,authoredOn,performer,"
        "performerType,doNotPerform"
    ),
}
"""What is asked of what only points (policy 2.6): never content, attachments, payload or notes."""
_POINTING_DATES = {
    "DocumentReference": "date",
    "Communication": "sent",
    "Composition": "date",
    "ServiceRequest": "authored",
}
_ROLE_INCLUDES = "&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization"


class TemplateForm(StrEnum):
    """Which prefetch templates are offered; `portable` keeps to what every client supports."""

    PORTABLE = "portable"
    FULL = "full"


class SearchForm(StrEnum):
    """How a server is searched; `hapi` means flat paging and reverse chains."""

    PLAIN = "plain"
    HAPI = "hapi"


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """One read or search, and the permission that it needs."""

    key: str  # what it is for: a prefetch key or `roles`
    resource_type: str
    interaction: Interaction
    url: str

    def is_allowed_by(self, scopes: GrantedScopes) -> bool:
        """Whether a token with these scopes may ask this."""
        return scopes.allow(self.resource_type, self.interaction)


def earliest_prefetched_day(today: date, *, margin_days: int, years: int = 2) -> date:
    """The lower bound of the templates: so many years and days before today (policy B14)."""
    return years_earlier(today, years) - timedelta(days=margin_days)


def prefetch_templates(
    today: date,
    *,
    form: TemplateForm = TemplateForm.PORTABLE,
    margin_days: int = DEFAULT_MARGIN_DAYS,
) -> dict[str, str]:
    """The templates by key.

    Each parameter name appears at most once in a template: the CDS Hooks Sandbox joins repeated
    ones with a comma (conformance 2.6). What cannot be named that way is fetched. A search for one
    form, or for some elements, is not of the portable subset, so there the answers to other forms
    and all elements of letters and referrals come along, unread.
    """
    bound = earliest_prefetched_day(today, margin_days=margin_days)
    tail = f"_count={TEMPLATE_COUNT}"
    searched = f"patient={_PATIENT_TOKEN}&date=ge{bound.isoformat()}"
    roles = (
        "&_revinclude:iterate=PractitionerRole:practitioner"
        "&_include:iterate=PractitionerRole:organization"
    )
    is_full = form is TemplateForm.FULL
    encounters = f"&_include=Encounter:participant{roles}" if is_full else ""
    procedures = f"&_include=Procedure:performer{roles}" if is_full else ""
    statements = f"&questionnaire={QUESTIONNAIRE}" if is_full else ""
    letters = f"&{_METADATA['DocumentReference']}" if is_full else ""
    referrals = f"&{_METADATA['ServiceRequest']}" if is_full else ""
    return {
        "patient": f"Patient/{_PATIENT_TOKEN}",
        "encounters": f"Encounter?{searched}{encounters}&{tail}",
        "procedures": f"Procedure?{searched}{procedures}&{tail}",
        "conditions": f"Condition?patient={_PATIENT_TOKEN}&{tail}",
        "statements": f"QuestionnaireResponse?patient={_PATIENT_TOKEN}{statements}&{tail}",
        "letters": f"DocumentReference?{searched}{letters}&{tail}",
        "referrals": (
            f"ServiceRequest?patient={_PATIENT_TOKEN}&authored=ge{bound.isoformat()}"
            f"{referrals}&{tail}"
        ),
    }


def patient_view_templates(
    today: date, *, form: TemplateForm = TemplateForm.PORTABLE, margin_days: int
) -> dict[str, str]:
    """The templates for referrals that were sent up to `margin_days` ago.

    Contacts reach back two years from the oldest of them; of the referrals all elements are asked
    for, because they are judged.
    """
    since = today - timedelta(days=margin_days)
    templates = prefetch_templates(today, form=form, margin_days=margin_days)
    return templates | {
        "referrals": (
            f"ServiceRequest?patient={_PATIENT_TOKEN}&authored=ge{since.isoformat()}"
            f"&_count={TEMPLATE_COUNT}"
        )
    }


def patient_query(patient_id: str) -> RecordQuery:
    """Reads the Patient."""
    return _read("patient", "Patient", patient_id)


def encounters_query(patient_id: str, lookback: LookbackPeriod, form: SearchForm) -> RecordQuery:
    """Searches the Encounters of the lookback."""
    return _contacts("encounters", "Encounter", patient_id, lookback, form)


def procedures_query(patient_id: str, lookback: LookbackPeriod, form: SearchForm) -> RecordQuery:
    """Searches the Procedures of the lookback."""
    return _contacts("procedures", "Procedure", patient_id, lookback, form)


def statements_query(patient_id: str) -> RecordQuery:
    """Searches what clinicians stated about care given elsewhere; no other form is asked for."""
    parameters = (
        f"patient={_value(patient_id)}&questionnaire={QUESTIONNAIRE}&_count={TEMPLATE_COUNT}"
    )
    return _search("statements", "QuestionnaireResponse", parameters)


def letters_queries(patient_id: str, lookback: LookbackPeriod) -> tuple[RecordQuery, ...]:
    """Searches the letters of the lookback: who wrote what when, never what it says."""
    types = ("DocumentReference", "Communication", "Composition")
    return tuple(_pointing("letters", each, patient_id, lookback) for each in types)


def referrals_query(patient_id: str, lookback: LookbackPeriod) -> RecordQuery:
    """Searches the practice's own referrals of the lookback."""
    return _pointing("referrals", "ServiceRequest", patient_id, lookback)


def sent_referrals_query(patient_id: str, since: date) -> RecordQuery:
    """Searches the referrals since a day with all that they say, because they are judged."""
    day_early = (since - timedelta(days=1)).isoformat()
    limits = f"authored=ge{day_early}&_count={TEMPLATE_COUNT}"
    return _search("referrals", "ServiceRequest", f"patient={_value(patient_id)}&{limits}")


def _pointing(
    key: str, resource_type: str, patient_id: str, lookback: LookbackPeriod
) -> RecordQuery:
    day_early = (lookback.first - timedelta(days=1)).isoformat()
    dated = f"{_POINTING_DATES[resource_type]}=ge{day_early}"
    limits = f"{_METADATA[resource_type]}&_count={TEMPLATE_COUNT}"
    return _search(key, resource_type, f"patient={_value(patient_id)}&{dated}&{limits}")


def roles_of_patient(patient_id: str) -> tuple[RecordQuery, ...]:
    """The roles of everybody who ever saw the patient, on a HAPI server, in the first round.

    They also bring roles of older contacts, which are harmless. A server that ignores the chain
    would answer with all roles: only referenced ones may be used.
    """
    patient = _value(patient_id)
    chains = (
        "practitioner:Practitioner._has:Encounter:participant:patient",
        "practitioner:Practitioner._has:Procedure:performer:patient",
        "_has:Encounter:participant:patient",
        "_has:Procedure:performer:patient",
    )
    return tuple(
        _search("roles", "PractitionerRole", f"{chain}={patient}{_ROLE_INCLUDES}{_HAPI_PAGE}")
        for chain in chains
    )


def _contacts(
    key: str, resource_type: str, patient_id: str, lookback: LookbackPeriod, form: SearchForm
) -> RecordQuery:
    day_early = (lookback.first - timedelta(days=1)).isoformat()
    page = _HAPI_PAGE if form is SearchForm.HAPI else f"&_count={PLAIN_COUNT}"
    return _search(key, resource_type, f"patient={_value(patient_id)}&date=ge{day_early}{page}")


def _read(key: str, resource_type: str, resource_id: str) -> RecordQuery:
    url = f"{resource_type}/{_value(resource_id)}"
    return RecordQuery(key, resource_type, Interaction.READ, url)


def _search(key: str, resource_type: str, parameters: str) -> RecordQuery:
    return RecordQuery(key, resource_type, Interaction.SEARCH, f"{resource_type}?{parameters}")


def _value(text: str) -> str:
    """A value as it is written in a URL, which is never an empty one."""
    if not text:
        raise ValueError("a query with an empty value would not be limited to one patient")
    return quote(text, safe="")
