"""The same record by prefetch and from HAPI: the same assessment.

The EHR of these tests resolves our own templates against the server, portable and full, and hands
on what came, also a first page with a link to the next one.
"""

from collections.abc import Iterator
from typing import Final
from uuid import uuid4

import pytest

from cds_service.demo.patients import DemoPatient
from cds_service.demo.records import demo_resources, order_sign_call
from cds_service.demo.stories import DEMO_PATIENTS
from tests.builders.hook_calls import Hook, HookCallFixture, hook_call
from tests.builders.record_builder import RolesAs
from tests.builders.scenario_rows import TODAY as DAY_OF_ROWS
from tests.builders.scenario_rows import Scenario, read_scenarios
from tests.integration.ehr import prefetched
from tests.integration.proxy import Proxy
from tests.integration.records import Json, load
from tests.integration.service import Service
from tests.scenarios.expectations import expected_of, said_about

pytestmark = pytest.mark.hapi

FORMS: Final = ("portable", "full")
RUN: Final = uuid4().hex[:8]
ON_A_SERVER: Final = [
    row
    for row in read_scenarios()
    if not (row.is_by_prefetch_only or row.flags.partial or row.flags.is_unreachable)
]
EACH_TWELFTH: Final = ON_A_SERVER[::12]
PATIENTS: Final = [pytest.param(each, id=each.key) for each in DEMO_PATIENTS]


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, Service]]:
    """The service on the day of the demo, with either form of templates."""
    with Service(IMSR_PREFETCH="portable") as portable, Service(IMSR_PREFETCH="full") as full:
        yield {"portable": portable, "full": full}


@pytest.fixture(scope="module")
def services_of_rows() -> Iterator[dict[str, Service]]:
    """The same on the day of the table of scenarios."""
    day = DAY_OF_ROWS
    with (
        Service(today=day, IMSR_PREFETCH="portable") as portable,
        Service(today=day, IMSR_PREFETCH="full") as full,
    ):
        yield {"portable": portable, "full": full}


@pytest.fixture(scope="module")
def demo_on_hapi(hapi: str) -> str:
    """HAPI with the demo patients."""
    load(hapi, demo_resources())
    return hapi


@pytest.fixture(scope="module")
def demo_on_small_pages(small_hapi: str) -> str:
    """The HAPI of small pages with the demo patients."""
    load(small_hapi, demo_resources())
    return small_hapi


def with_prefetch(service: Service, call: Json) -> Json:
    """The same call with what the EHR has prefetched; it still says where its server is."""
    patient = call["context"]["patientId"]
    return {**call, "prefetch": prefetched(call["fhirServer"], service.templates(), patient)}


def without_uuids(body: Json) -> Json:
    """An answer without what is new in each."""
    cards = [{name: each[name] for name in each if name != "uuid"} for each in body["cards"]]
    return {**body, "cards": cards}


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_demo_patient(
    demo_on_hapi: str, services: dict[str, Service], patient: DemoPatient
) -> None:
    call = order_sign_call(patient, fhir_server=demo_on_hapi)
    from_hapi = without_uuids(services["portable"].answer(call))
    for form in FORMS:
        service = services[form]
        assert without_uuids(service.answer(with_prefetch(service, call))) == from_hapi
    assert from_hapi["extension"]["nl.imsr-cds.assessments"]


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_demo_patient_with_pages_of_five(
    demo_on_hapi: str,
    demo_on_small_pages: str,
    services: dict[str, Service],
    patient: DemoPatient,
) -> None:
    on_one_page = order_sign_call(patient, fhir_server=demo_on_hapi)
    expected = without_uuids(services["portable"].answer(on_one_page))
    call = order_sign_call(patient, fhir_server=demo_on_small_pages)
    assert without_uuids(services["portable"].answer(call)) == expected
    for form in FORMS:
        service = services[form]
        assert without_uuids(service.answer(with_prefetch(service, call))) == expected


def test_the_ehr_hands_on_first_pages(
    demo_on_small_pages: str, services: dict[str, Service]
) -> None:
    """Else the test above would show nothing about pages."""
    prefetch = prefetched(
        demo_on_small_pages, services["portable"].templates(), DEMO_PATIENTS[0].id
    )
    links = {
        key: [link["relation"] for link in each.get("link", [])] for key, each in prefetch.items()
    }
    assert links["encounters"] == ["self", "next"]
    assert links["procedures"] == ["self"]
    assert len(prefetch["encounters"]["entry"]) == 5


def test_of_a_whole_prefetch_only_what_it_refers_to_is_fetched(
    demo_on_hapi: str, services: dict[str, Service]
) -> None:
    with Proxy(demo_on_hapi) as proxy:
        call = order_sign_call(DEMO_PATIENTS[0], fhir_server=proxy.base_url)
        full = with_prefetch(services["full"], call)
        proxy.forget()
        services["full"].answer(full)
        asked = {url.partition("/")[0].partition("?")[0] for url in proxy.urls}
    assert asked == {"Location", "Practitioner"}


@pytest.fixture(scope="module")
def rows_on_hapi(hapi: str) -> str:
    """HAPI with the record of each twelfth row, in both ways to name roles."""
    ways: tuple[RolesAs, RolesAs] = ("role", "practitioner")
    for roles_as in ways:
        load(
            hapi,
            (
                resource
                for row in EACH_TWELFTH
                for resource in call_of(row, "order-sign", roles_as, hapi).resources
            ),
        )
    return hapi


def call_of(row: Scenario, hook: Hook, roles_as: RolesAs, server: str) -> HookCallFixture:
    """The call of a row, with ids of this run."""
    return hook_call(
        row,
        hook=hook,
        roles_as=roles_as,
        via="server",
        form=ON_A_SERVER.index(row),
        prefix=f"a{RUN}-{row.id.lower()}-{roles_as[0]}-",
        fhir_server=server,
    )


@pytest.mark.parametrize("roles_as", ["role", "practitioner"])
@pytest.mark.parametrize("row", EACH_TWELFTH, ids=lambda row: row.id)
def test_a_row_of_the_table(
    rows_on_hapi: str, services_of_rows: dict[str, Service], row: Scenario, roles_as: RolesAs
) -> None:
    call = call_of(row, "order-select", roles_as, rows_on_hapi).body
    from_hapi = without_uuids(services_of_rows["portable"].answer(call))
    for form in FORMS:
        service = services_of_rows[form]
        assert without_uuids(service.answer(with_prefetch(service, call))) == from_hapi
    assert said_about(row, from_hapi) == expected_of(row)
