"""What is asked for: prefetch templates, searches, and what the scopes of a token allow of them."""

from fhir_mappings.queries.asked import (
    is_narrower,
)
from fhir_mappings.queries.prefetch import (
    KeyState,
    PrefetchedPart,
    PrefetchReader,
)
from fhir_mappings.queries.queries import (
    QUESTIONNAIRE,
    RecordQuery,
    SearchForm,
    TemplateForm,
    encounters_query,
    letters_queries,
    patient_query,
    patient_view_templates,
    prefetch_templates,
    procedures_query,
    referrals_query,
    roles_of_patient,
    sent_referrals_query,
    statements_query,
)
from fhir_mappings.queries.scopes import (
    EVERYTHING,
    GrantedScopes,
    Interaction,
    granted_scopes,
)

__all__ = [
    "EVERYTHING",
    "QUESTIONNAIRE",
    "GrantedScopes",
    "Interaction",
    "KeyState",
    "PrefetchReader",
    "PrefetchedPart",
    "RecordQuery",
    "SearchForm",
    "TemplateForm",
    "encounters_query",
    "granted_scopes",
    "is_narrower",
    "letters_queries",
    "patient_query",
    "patient_view_templates",
    "prefetch_templates",
    "procedures_query",
    "referrals_query",
    "roles_of_patient",
    "sent_referrals_query",
    "statements_query",
]
