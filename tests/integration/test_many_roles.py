"""More practitioners and roles than HAPI includes in one page: each contact gets its role."""

from datetime import date, timedelta
from typing import Final

import pytest
import requests

from cds_service.domain.contacts import Profession
from cds_service.domain.criteria import CriterionId
from tests.integration.proxy import Proxy
from tests.integration.records import (
    PHYSIOTHERAPIST,
    TODAY,
    CareGiver,
    Json,
    Names,
    encounter,
    load,
    organization,
    record,
    referral,
    role,
)
from tests.integration.service import Service, sessions, verdict

pytestmark = pytest.mark.hapi

PRACTITIONERS: Final = 1_100
FIRST_DAY: Final = date(2024, 7, 1)
DAYS: Final = 550


@pytest.fixture(scope="module")
def crowded(hapi: str) -> str:
    """The stem of two patients on HAPI; each saw 1,100 physiotherapists, two on each day."""
    stem = f"crowd-{TODAY}"
    people = [f"{stem}-{number}" for number in range(PRACTITIONERS)]
    load(hapi, [organization(stem, "F1"), *map(_person, people)])
    load(
        hapi,
        (role(each, PHYSIOTHERAPIST, practitioner=each, organization=stem) for each in people),
    )
    ways: tuple[Names, Names] = ("practitioner", "role")
    for named in ways:
        patient: Json = {"resourceType": "Patient", "id": f"{stem}-{named}"}
        load(hapi, [{**patient, "birthDate": "1980-05-17"}, *_visits(stem, people, named)])
    return stem


def _person(practitioner_id: str) -> Json:
    return {"resourceType": "Practitioner", "id": practitioner_id}


def _visits(stem: str, people: list[str], named: Names) -> list[Json]:
    kind = "PractitionerRole" if named == "role" else "Practitioner"
    return [
        encounter(
            f"{each}-{named}",
            f"{stem}-{named}",
            (FIRST_DAY + timedelta(days=number % DAYS)).isoformat(),
            f"{kind}/{each}",
        )
        for number, each in enumerate(people)
    ]


@pytest.mark.parametrize("way", ["first call", "known as HAPI", "plain form"])
@pytest.mark.parametrize("named", ["practitioner", "role"])
def test_every_one_of_1100_contacts_gets_its_role(
    hapi: str, crowded: str, named: str, way: str
) -> None:
    with Proxy(hapi, hides_hapi=way == "plain form") as proxy, Service() as service:
        if way == "known as HAPI":
            service.answer(referral("nobody", fhirServer=proxy.base_url))
        call = referral(f"{crowded}-{named}", fhirServer=proxy.base_url)
        counted = service.ledger(call).ledger
    assert counted is not None
    ledger = counted.of(CriterionId.ALLIED_HEALTH_THERAPY)
    found = [entry.contact for entry in ledger.entries]
    assert len(found) == 1_100
    assert {each.professions for each in found} == {frozenset({Profession.PHYSIOTHERAPIST})}
    assert {each.doubts for each in found} == {frozenset()}
    assert ledger.certain.sessions == 550


def test_hapi_cuts_includes_without_a_word_and_we_ask_for_the_rest(
    small_hapi: str, fresh_id: str
) -> None:
    """A client prefetches with includes; HAPI includes six resources, and fourteen are needed."""
    own = [CareGiver(f"{fresh_id}-{number}", PHYSIOTHERAPIST) for number in range(5)]
    made = record(fresh_id, physiotherapy=1, poh_ggz=6)
    visits = [
        encounter(each.id, fresh_id, f"2025-0{number + 4}-01", f"Practitioner/{each.id}")
        for number, each in enumerate(own)
    ]
    load(small_hapi, [*made.resources, *(each for giver in own for each in giver.resources)])
    load(small_hapi, visits)
    with Service(IMSR_PREFETCH="full") as service:
        url = service.templates()["encounters"].replace("{{context.patientId}}", fresh_id)
        page = requests.get(f"{small_hapi}/{url}", timeout=60).json()
        included = [entry for entry in page["entry"] if entry["search"]["mode"] == "include"]
        assert len(included) == 6
        assert not any(
            entry["resource"]["resourceType"] == "OperationOutcome" for entry in included
        )
        call = referral(fresh_id, fhirServer=small_hapi, prefetch={"encounters": page})
        said = service.assessment(call)
    assert verdict(said) == ("met", [])
    assert sessions(said)["allied-health-therapy"] == {"certain": 6, "possible": 6, "required": 6}
