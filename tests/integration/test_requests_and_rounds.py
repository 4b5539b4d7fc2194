"""What a call costs on HAPI: requests, and rounds, the waits one after another.

The plan is one round: Patient, Encounters, Procedures and statements, and as long as no role of
the server is remembered the four role searches that only HAPI understands. Before the first answer
of a server it is not known as HAPI, so that call needs a second round for the roles.
"""

from collections.abc import Iterator
from typing import Final
from uuid import uuid4

import pytest

from tests.integration.ehr import prefetched
from tests.integration.proxy import Proxy
from tests.integration.records import (
    STATEMENT_FORM,
    Json,
    Names,
    Record,
    load,
    record,
    referral,
)
from tests.integration.service import Service, verdict

pytestmark = pytest.mark.hapi

HOOKS: Final = ("order-select", "order-sign")
Patients = dict[tuple[str, str], str]
WAYS: Final[tuple[Names, Names]] = ("practitioner", "role")


@pytest.fixture(scope="module")
def patients(hapi: str) -> Patients:
    """Two patients of the same practices for each way to name who gave the care, and two whose
    contacts name a location.
    """
    stem = f"cost{uuid4().hex[:8]}"
    made: Patients = {}
    for way in WAYS:
        first = record(f"{stem}-{way}", named=way)
        load(hapi, first.resources)
        load(hapi, _same_practices(first).resources)
        made |= {(way, "first"): first.id, (way, "second"): f"{first.id}-2"}
    placed = _placed(record(f"{stem}-place", named="role"))
    load(hapi, placed.resources)
    return {**made, ("place", "first"): placed.id}


def _same_practices(first: Record) -> Record:
    other = f"{first.id}-2"
    subject = {"reference": f"Patient/{other}"}
    return Record(
        other,
        tuple({**each, "id": f"{each['id']}-2", "subject": subject} for each in first.encounters),
    )


def _placed(made: Record) -> Record:
    """As R4 nl-core places contacts: at a location that a practice manages."""
    locations = tuple(
        {
            "resourceType": "Location",
            "id": f"{made.id}-{each}",
            "managingOrganization": {"reference": f"Organization/{made.id}-{each}"},
        }
        for each in ("fysio", "poh")
    )
    return Record(
        made.id,
        tuple({**each, "location": [{"location": _location_of(each)}]} for each in made.encounters),
        (*made.others, *locations),
    )


def _location_of(contact: Json) -> Json:
    """The physiotherapist and the POH-GGZ each work at one place."""
    (participant,) = contact["participant"]
    own_id = participant["individual"]["reference"].partition("/")[2]
    return {"reference": f"Location/{own_id}"}


@pytest.fixture
def proxy(hapi: str) -> Iterator[Proxy]:
    """HAPI, with every request counted."""
    with Proxy(hapi) as proxy:
        yield proxy


@pytest.fixture
def service() -> Iterator[Service]:
    """The service, which knows nothing yet."""
    with Service() as service:
        yield service


def cost_of(
    service: Service, proxy: Proxy, patient: str, hook: str, prefetch: Json | None = None
) -> tuple[int, int]:
    """Requests, as the proxy saw them, and rounds of one call that finds the criteria met."""
    proxy.forget()
    call = referral(patient, hook=hook, fhirServer=proxy.base_url, prefetch=prefetch)
    said = service.assessment(call)
    assert verdict(said) == ("met", [])
    assert service.cost.requests == len(proxy.urls)
    return service.cost.requests, service.cost.rounds


def make_known_as_hapi(service: Service, proxy: Proxy) -> None:
    """A call for somebody whom the server does not know brings no role."""
    service.answer(referral("nobody", fhirServer=proxy.base_url))


def record_queries(patient: str) -> list[str]:
    """The eight queries of every call on HAPI: the record, and what points beside it."""
    return [
        (
            f"Communication?patient={patient}&sent=ge2024-06-14&_elements=contained,status,category,"
            "topic,subject,sent,received,sender&_count=200"
        ),
        (
            f"Composition?patient={patient}&date=ge2024-06-14&_elements=contained,status,type,category,"
            "subject,date,author,title&_count=200"
        ),
        (
            f"DocumentReference?patient={patient}&date=ge2024-06-14&_elements=contained,status,"
            "docStatus,type,category,subject,date,author,description&_count=200"
        ),
        (
            f"ServiceRequest?patient={patient}&authored=ge2024-06-14&_elements=contained,status,intent,"
            "code,orderDetail,subject,authoredOn,performer,performerType,doNotPerform&_count=200"
        ),
        f"Encounter?patient={patient}&date=ge2024-06-14&_count=500&_offset=0&_total=accurate",
        f"Patient/{patient}",
        f"Procedure?patient={patient}&date=ge2024-06-14&_count=500&_offset=0&_total=accurate",
        f"QuestionnaireResponse?patient={patient}&questionnaire={STATEMENT_FORM}&_count=200",
    ]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hook", HOOKS)
def test_known_as_hapi_and_no_role_remembered_is_one_round_of_twelve(
    service: Service, proxy: Proxy, patients: Patients, way: str, hook: str
) -> None:
    make_known_as_hapi(service, proxy)
    patient = patients[way, "first"]
    assert cost_of(service, proxy, patient, hook) == (12, 1)
    along = (
        "&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization"
        "&_count=500&_offset=0"
    )
    people = "practitioner:Practitioner._has"
    chains = [
        f"PractitionerRole?_has:Encounter:participant:patient={patient}{along}",
        f"PractitionerRole?_has:Procedure:performer:patient={patient}{along}",
        f"PractitionerRole?{people}:Encounter:participant:patient={patient}{along}",
        f"PractitionerRole?{people}:Procedure:performer:patient={patient}{along}",
    ]
    assert sorted(proxy.urls) == sorted([*record_queries(patient), *chains])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hook", HOOKS)
def test_remembered_roles_leave_one_round_of_eight(
    service: Service, proxy: Proxy, patients: Patients, way: str, hook: str
) -> None:
    """Also for another patient of the same practices."""
    make_known_as_hapi(service, proxy)
    cost_of(service, proxy, patients[way, "first"], hook)
    for patient in (patients[way, "first"], patients[way, "second"]):
        assert cost_of(service, proxy, patient, hook) == (8, 1)
        assert sorted(proxy.urls) == sorted(record_queries(patient))


@pytest.mark.parametrize(("way", "expected"), [("practitioner", (11, 2)), ("role", (9, 2))])
@pytest.mark.parametrize("hook", HOOKS)
def test_the_very_first_call_to_a_server_is_two_rounds(
    service: Service,
    proxy: Proxy,
    patients: Patients,
    *,
    way: str,
    expected: tuple[int, int],
    hook: str,
) -> None:
    assert cost_of(service, proxy, patients[way, "first"], hook) == expected
    assert cost_of(service, proxy, patients[way, "first"], hook) == (8, 1)


@pytest.mark.parametrize(("way", "expected"), [("practitioner", (11, 2)), ("role", (9, 2))])
def test_people_who_are_not_among_the_remembered_ones_cost_a_second_round(
    service: Service,
    proxy: Proxy,
    patients: Patients,
    way: Names,
    expected: tuple[int, int],
) -> None:
    other_way = "role" if way == "practitioner" else "practitioner"
    make_known_as_hapi(service, proxy)
    cost_of(service, proxy, patients[other_way, "first"], "order-sign")
    assert cost_of(service, proxy, patients[way, "first"], "order-sign") == expected


def test_locations_cost_a_second_round_once(
    service: Service, proxy: Proxy, patients: Patients
) -> None:
    """No search by roles brings them along; their organisations come with them."""
    make_known_as_hapi(service, proxy)
    patient = patients["place", "first"]
    assert cost_of(service, proxy, patient, "order-sign") == (13, 2)
    assert cost_of(service, proxy, patient, "order-sign") == (8, 1)


@pytest.mark.parametrize(("way", "expected"), [("practitioner", (13, 3)), ("role", (14, 3))])
def test_a_server_that_is_not_hapi_is_asked_hop_by_hop(
    hapi: str, patients: Patients, way: str, expected: tuple[int, int]
) -> None:
    with Proxy(hapi, hides_hapi=True) as proxy, Service() as service:
        assert cost_of(service, proxy, patients[way, "first"], "order-sign") == expected
        assert cost_of(service, proxy, patients[way, "first"], "order-sign") == (8, 1)


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize(
    ("form", "first_of_all", "known_as_hapi"),
    [("portable", (6, 2), (1, 1)), ("full", (2, 1), (2, 1))],
)
def test_a_whole_prefetch_costs_what_the_templates_cannot_name(
    proxy: Proxy,
    patients: Patients,
    *,
    form: str,
    first_of_all: tuple[int, int],
    known_as_hapi: tuple[int, int],
    hook: str,
) -> None:
    """The portable templates bring no roles, the full ones no practitioner behind a role; the
    second call finds them remembered.
    """
    patient = patients["role", "first"]
    for expected in (first_of_all, known_as_hapi):
        with Service(IMSR_PREFETCH=form) as service:
            if expected is known_as_hapi:
                make_known_as_hapi(service, proxy)
            prefetch = prefetched(proxy.base_url, service.templates(), patient)
            assert cost_of(service, proxy, patient, hook, prefetch=prefetch) == expected
            assert cost_of(service, proxy, patient, hook, prefetch=prefetch) == (0, 0)
