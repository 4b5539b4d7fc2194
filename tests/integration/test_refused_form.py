"""A HAPI whose gateway refuses what only HAPI understands: the plain form says the same."""

import pytest

from tests.integration.proxy import Answer, Asked, Fault, Proxy
from tests.integration.records import STATEMENT_FORM, load, record, referral
from tests.integration.service import Service, verdict

pytestmark = pytest.mark.hapi


def refuses_hapi_form(asked: Asked) -> Fault | None:
    """400 for `_offset` and for reverse chains."""
    return Answer(400) if "_offset" in asked.url or "_has:" in asked.url else None


@pytest.mark.parametrize("named", ["practitioner", "role"])
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_the_plain_form_gives_the_same_assessment(
    hapi: str, fresh_id: str, named: str, hook: str
) -> None:
    load(hapi, record(fresh_id, named="role" if named == "role" else "practitioner").resources)
    with Service() as service:
        as_always = service.assessment(referral(fresh_id, hook=hook, fhirServer=hapi))
    with Proxy(hapi, rule=refuses_hapi_form) as proxy, Service() as service:
        call = referral(fresh_id, hook=hook, fhirServer=proxy.base_url)
        service.answer(referral("nobody", fhirServer=proxy.base_url))  # known as HAPI by now
        cold, warm = service.assessment(call), service.assessment(call)
    assert verdict(as_always) == ("met", [])
    assert cold == as_always
    assert warm == as_always


def test_the_refusal_is_remembered(hapi: str, fresh_id: str) -> None:
    load(hapi, record(fresh_id).resources)
    with Proxy(hapi, rule=refuses_hapi_form) as proxy, Service() as service:
        call = referral(fresh_id, fhirServer=proxy.base_url)
        service.answer(call)  # plain: not known as HAPI yet
        service.answer(call)
        assert any("_offset" in url for url in proxy.urls)
        proxy.forget()
        assert verdict(service.assessment(call)) == ("met", [])
        pointing = ("Communication", "Composition", "DocumentReference", "ServiceRequest")
        assert sorted(url for url in proxy.urls if not url.startswith(pointing)) == [
            f"Encounter?patient={fresh_id}&date=ge2024-06-14&_count=1000",
            f"Patient/{fresh_id}",
            f"Procedure?patient={fresh_id}&date=ge2024-06-14&_count=1000",
            f"QuestionnaireResponse?patient={fresh_id}&questionnaire={STATEMENT_FORM}&_count=200",
        ]


def test_the_refusal_of_role_searches_is_remembered(hapi: str) -> None:
    """They are asked as long as no role of the server is known."""
    with Proxy(hapi, rule=refuses_hapi_form) as proxy, Service() as service:
        call = referral("nobody", fhirServer=proxy.base_url)
        for _ in range(2):
            service.answer(call)
        proxy.forget()
        service.answer(call)
        assert not any("_has:" in url for url in proxy.urls)
