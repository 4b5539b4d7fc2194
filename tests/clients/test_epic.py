"""A client as Epic is one: its tokens, its key set, its scopes, its answers and its long ids.

What is written here is public: Epic's pages "CDS Hooks" and "error and warning codes".
"""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from cds_service.fhir_access import Deadline, FhirAccess, Query
from tests.clients.issuing import bearer, signing_key
from tests.clients.key_server import KeyServer, running
from tests.clients.site import ENTRY, Site
from tests.contract.calls import TOKEN, access, order_sign, record, without
from tests.contract.checked_client import outcomes
from tests.contract.fhir_server import FhirServer
from tests.contract.fhir_server import running as running_fhir
from tests.contract.services import service
from tests.kit.scripted_server import ScriptedServer, in_turn, json_reply

KEY_ID = "a1+b2/c3d4E5=="
KEY = signing_key(KEY_ID, "RS384")
ENCRYPTION = {
    "kty": "RSA",
    "use": "enc",
    "kid": "e",
    "alg": "RSA-OAEP-256",
    "n": "AQAB",
    "e": "AQAB",
}


def _token() -> str:
    """Valid for 900 seconds, from 300 before it was issued on (E1)."""
    now = int(time.time())
    return KEY.token(iat=now, exp=now + 900, nbf=now - 300, sub="client-id")


def _entry(**members: object) -> dict[str, Any]:
    entry = {name: value for name, value in ENTRY.items() if name != "jwks"}
    return {**entry, **members}


def test_its_token_is_accepted_as_it_comes(tmp_path: Path) -> None:
    keys = json.dumps({"keys": [ENCRYPTION, KEY.public()]}).encode()
    with running(KeyServer(keys)) as server:
        client = Site(tmp_path, _entry(jwks_uri=server.url)).client()
        now = int(time.time())
        token = KEY.token(
            header={"jku": server.url}, iat=now, exp=now + 900, nbf=now - 300, sub="client-id"
        )
        assert client.call(order_sign(), **bearer(token)).status_code == 200


def test_a_token_that_is_valid_for_longer_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.write_keys(KEY)
    now = int(time.time())
    refused = KEY.token(iat=now, exp=now + 901, nbf=now - 300)
    client = site.client()
    assert client.call(order_sign(), **bearer(refused)).status_code == 401
    assert client.call(order_sign(), **bearer(_token())).status_code == 200


@pytest.mark.parametrize(
    "scope",
    [
        "Encounter.Search (R4) Procedure.Search (R4) Patient.Read (R4)",
        "EPIC.FHIR.R4.ENCOUNTER.SEARCH launch openid fhirUser",
    ],
)
def test_a_list_of_its_own_names_forbids_nothing(scope: str) -> None:
    with running_fhir(FhirServer(record())) as server:
        body = {**without(order_sign(), "prefetch"), **access(server.base, scope=scope)}
        answer = service(IMSR_FHIR_SERVERS=server.base).call(body)
        assert outcomes(answer) == ["met"]
        assert {hit.authorization for hit in server.hits} == {f"Bearer {TOKEN}"}


def test_an_id_of_70_characters_is_the_id_of_a_patient() -> None:
    long = "T" * 70
    body = json.loads(json.dumps(order_sign()).replace("pat-1", long))
    assert outcomes(service().call(body)) == ["met"]


EMPTY = {
    "resourceType": "Bundle",
    "type": "searchset",
    "total": 0,
    "entry": [
        {
            "resource": {
                "resourceType": "OperationOutcome",
                "issue": [
                    {
                        "severity": "warning",
                        "code": "not-found",
                        "details": {"coding": [{"code": "4101"}]},
                    }
                ],
            },
            "search": {"mode": "outcome"},
        }
    ],
}


def test_an_empty_search_with_a_remark_is_an_empty_and_complete_answer() -> None:
    with (
        ScriptedServer(in_turn(json_reply(EMPTY))) as server,
        FhirAccess() as access_to_it,
    ):
        session = access_to_it.session(server.base_url, token=None, deadline=Deadline(5.0))
        asked = {"encounters": Query("encounters", "Encounter?patient=1")}
        result = session.search_all(asked)["encounters"]
        assert result.is_complete
        assert result.pages == (EMPTY,)
