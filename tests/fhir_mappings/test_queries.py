import re
from datetime import date
from urllib.parse import parse_qsl

import pytest

from cds_service.domain.lookback import LookbackPeriod
from fhir_mappings.queries.queries import (
    RecordQuery,
    SearchForm,
    TemplateForm,
    encounters_query,
    letters_queries,
    patient_query,
    prefetch_templates,
    procedures_query,
    referrals_query,
    roles_of_patient,
    statements_query,
)
from fhir_mappings.queries.scopes import Interaction, granted_scopes

LOOKBACK = LookbackPeriod.before(date(2026, 6, 15), years=2)
DISCOVERY = date(2026, 11, 22)


def test_the_portable_templates_hold_only_what_every_client_supports() -> None:
    assert prefetch_templates(DISCOVERY) == {
        "patient": "Patient/{{context.patientId}}",
        "encounters": "Encounter?patient={{context.patientId}}&date=ge2024-10-22&_count=200",
        "procedures": "Procedure?patient={{context.patientId}}&date=ge2024-10-22&_count=200",
        "conditions": "Condition?patient={{context.patientId}}&_count=200",
        "statements": "QuestionnaireResponse?patient={{context.patientId}}&_count=200",
        "letters": "DocumentReference?patient={{context.patientId}}&date=ge2024-10-22&_count=200",
        "referrals": (
            "ServiceRequest?patient={{context.patientId}}&authored=ge2024-10-22&_count=200"
        ),
    }


def test_of_letters_and_own_referrals_no_content_is_asked_for() -> None:
    templates = prefetch_templates(DISCOVERY, form=TemplateForm.FULL)
    queries = (*letters_queries("p1", LOOKBACK), referrals_query("p1", LOOKBACK))
    for url in (templates["letters"], templates["referrals"], *(each.url for each in queries)):
        (elements,) = (
            value for name, value in parse_qsl(url.partition("?")[2]) if name == "_elements"
        )
        forbidden = {
            "content",
            "payload",
            "section",
            "note",
            "text",
            "supportingInfo",
            "reasonCode",
        }
        assert not forbidden & set(elements.split(","))
    assert [each.resource_type for each in queries] == [
        "DocumentReference",
        "Communication",
        "Composition",
        "ServiceRequest",
    ]
    assert queries[0].url.startswith("DocumentReference?patient=p1&date=ge2024-06-14&_elements=")


def test_the_full_templates_include_roles_and_organisations() -> None:
    templates = prefetch_templates(DISCOVERY, form=TemplateForm.FULL)
    assert templates["encounters"] == (
        "Encounter?patient={{context.patientId}}&date=ge2024-10-22"
        "&_include=Encounter:participant&_revinclude:iterate=PractitionerRole:practitioner"
        "&_include:iterate=PractitionerRole:organization&_count=200"
    )
    assert templates["procedures"] == (
        "Procedure?patient={{context.patientId}}&date=ge2024-10-22"
        "&_include=Procedure:performer&_revinclude:iterate=PractitionerRole:practitioner"
        "&_include:iterate=PractitionerRole:organization&_count=200"
    )


FORM = "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"


def test_statements_are_asked_for_by_their_form_where_a_client_can() -> None:
    templates = prefetch_templates(DISCOVERY, form=TemplateForm.FULL)
    assert templates["statements"] == (
        f"QuestionnaireResponse?patient={{{{context.patientId}}}}&questionnaire={FORM}&_count=200"
    )
    query = statements_query("a&b")
    assert query.url == f"QuestionnaireResponse?patient=a%26b&questionnaire={FORM}&_count=200"
    assert query.is_allowed_by(granted_scopes("patient/QuestionnaireResponse.rs"))
    assert not query.is_allowed_by(granted_scopes("patient/QuestionnaireResponse.r"))


@pytest.mark.parametrize("form", TemplateForm)
def test_a_template_has_each_parameter_once_and_one_token_only(form: TemplateForm) -> None:
    for template in prefetch_templates(DISCOVERY, form=form).values():
        names = [name for name, _ in parse_qsl(template.partition("?")[2])]
        assert len(names) == len(set(names))
        assert re.findall(r"{{.*?}}", template) == ["{{context.patientId}}"]


def test_the_margin_of_the_templates_is_a_setting() -> None:
    templates = prefetch_templates(date(2028, 2, 29), margin_days=400)
    assert "date=ge2025-01-24&" in templates["encounters"]


@pytest.mark.parametrize(
    ("form", "encounters", "procedures"),
    [
        (
            SearchForm.PLAIN,
            "Encounter?patient=p1&date=ge2024-06-14&_count=1000",
            "Procedure?patient=p1&date=ge2024-06-14&_count=1000",
        ),
        (
            SearchForm.HAPI,
            "Encounter?patient=p1&date=ge2024-06-14&_count=500&_offset=0",
            "Procedure?patient=p1&date=ge2024-06-14&_count=500&_offset=0",
        ),
    ],
)
def test_contacts_are_asked_for_one_day_early(
    form: SearchForm, encounters: str, procedures: str
) -> None:
    asked = encounters_query("p1", LOOKBACK, form)
    assert asked == RecordQuery("encounters", "Encounter", Interaction.SEARCH, encounters)
    assert procedures_query("p1", LOOKBACK, form).url == procedures


def test_the_patient_is_read() -> None:
    assert patient_query("p1") == RecordQuery("patient", "Patient", Interaction.READ, "Patient/p1")


def test_values_are_encoded() -> None:
    assert patient_query("a&b/c").url == "Patient/a%26b%2Fc"


def test_hapi_gives_the_roles_of_everybody_who_saw_the_patient() -> None:
    tail = (
        "=p1&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization"
        "&_count=500&_offset=0"
    )
    assert [query.url for query in roles_of_patient("p1")] == [
        f"PractitionerRole?practitioner:Practitioner._has:Encounter:participant:patient{tail}",
        f"PractitionerRole?practitioner:Practitioner._has:Procedure:performer:patient{tail}",
        f"PractitionerRole?_has:Encounter:participant:patient{tail}",
        f"PractitionerRole?_has:Procedure:performer:patient{tail}",
    ]


@pytest.mark.parametrize("call", [patient_query, roles_of_patient])
def test_no_query_ever_has_an_empty_value(call: object) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match="empty value"):
        call("")
    with pytest.raises(ValueError, match="empty value"):
        encounters_query("", LOOKBACK, SearchForm.PLAIN)


def test_a_query_is_allowed_by_scopes_for_its_type_and_interaction() -> None:
    scopes = granted_scopes("patient/Patient.r patient/Encounter.r")
    queries = [patient_query("p"), encounters_query("p", LOOKBACK, SearchForm.PLAIN)]
    assert [query.interaction for query in queries] == [Interaction.READ, Interaction.SEARCH]
    assert [query.is_allowed_by(scopes) for query in queries] == [True, False]
