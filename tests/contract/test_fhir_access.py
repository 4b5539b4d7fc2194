"""F: access to a FHIR server with the token that was passed along."""
# ruff: noqa: N802 - a test is named after its item

import logging
from time import monotonic

import pytest

from cds_service.observing.event_log import JsonLines
from tests.contract.calls import EHR, PATIENT, TOKEN, Json, access, order_sign, record, without
from tests.contract.checked_client import assessments, causes, expressions, outcomes
from tests.contract.fhir_server import FhirServer, running
from tests.contract.services import Checker, service, shell


def asking(server: str, **authorization: object) -> Json:
    """A call without prefetch, with a token."""
    return {**without(order_sign(), "prefetch"), **access(server, **authorization)}


def anonymous(server: str) -> Json:
    """A call without prefetch and without a token."""
    return without(asking(server), "fhirAuthorization")


def test_F1_without_a_token_only_anonymous_servers_are_asked() -> None:
    with running(FhirServer(record())) as server:
        assert outcomes(service().call(anonymous(server.base))) == ["met"]
        listed = service(IMSR_FHIR_SERVERS=f"{server.base}#anonymous")
        assert outcomes(listed.call(anonymous(server.base))) == ["met"]
        server.hits.clear()
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        assert guarded.call(anonymous(server.base)).status_code == 412
        assert server.hits == []


def test_F2_every_request_carries_the_token() -> None:
    with running(FhirServer(record())) as server:
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        assert outcomes(guarded.call(asking(server.base))) == ["met"]
        assert {hit.authorization for hit in server.hits} == {f"Bearer {TOKEN}"}


def test_F2_an_anonymous_server_never_gets_it() -> None:
    with running(FhirServer(record())) as server:
        assert outcomes(service().call(asking(server.base))) == ["met"]
        assert {hit.authorization for hit in server.hits} == {""}


@pytest.mark.parametrize("name", ["access_token", "token_type", "scope", "subject"])
@pytest.mark.parametrize("value", [None, 5, ["x"]])
def test_F3_what_an_authorization_needs(name: str, value: object) -> None:
    authorization = {**access()["fhirAuthorization"], name: value}
    for each in (authorization, without(authorization, name)):
        answer = shell().call({**order_sign(), "fhirServer": EHR, "fhirAuthorization": each})
        assert answer.status_code == 400
        assert expressions(answer) == [f"fhirAuthorization.{name}"]


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"token_type": "bearer"}, 200),
        ({"token_type": "BEARER"}, 200),
        ({"token_type": "DPoP"}, 400),
        ({"token_type": ""}, 400),
        ({"expires_in": None}, 200),
        ({"expires_in": "300"}, 200),
        ({"expires_in": "-5"}, 200),
        ({"expires_in": "300.5"}, 400),
        ({"expires_in": " 300"}, 400),
        ({"expires_in": "\u0663"}, 400),
        ({"expires_in": "soon"}, 400),
        ({"expires_in": "9" * 13}, 400),
        ({"expires_in": 300.5}, 400),
        ({"expires_in": True}, 400),
        ({"scope": ""}, 200),
        ({"subject": ""}, 400),
        ({"access_token": ""}, 400),
        ({"access_token": "a b"}, 400),
        ({"access_token": "a\r\nX-More: b"}, 400),
        ({"access_token": "é"}, 400),
        ({"patient": PATIENT}, 200),
        ({"patient": f"Patient/{PATIENT}"}, 200),
        ({"patient": 5}, 400),
    ],
)
def test_F3_the_forms_of_an_authorization(members: Json, status: int) -> None:
    assert shell().call({**order_sign(), **access(**members)}).status_code == status


@pytest.mark.parametrize("authorization", [[], "token", 5])
def test_F3_an_authorization_is_an_object(authorization: object) -> None:
    body = {**order_sign(), "fhirServer": EHR, "fhirAuthorization": authorization}
    assert shell().call(body).status_code == 400


def test_F3_a_token_for_another_patient_is_no_access() -> None:
    checker = Checker()
    shell(checker).call({**order_sign(), **access(patient="somebody-else")})
    assert checker.call.fhir_server is None
    assert checker.call.authorization is None
    with running(FhirServer(record())) as server:
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        answer = guarded.call(asking(server.base, patient="somebody-else"))
        assert answer.status_code == 412
        assert server.hits == []


def test_F4_a_token_serves_one_call() -> None:
    with running(FhirServer(record())) as server:
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        assert outcomes(guarded.call(asking(server.base))) == ["met"]
        server.hits.clear()
        assert guarded.call(anonymous(server.base)).status_code == 412
        assert server.hits == []


def test_F5_the_token_is_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with running(FhirServer(record(), statuses={"Procedure": 500})) as server:
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        answers = [
            guarded.call(asking(server.base)),
            guarded.call(asking(server.base, scope=None)),
            guarded.call(asking("https://unlisted.example.nl/fhir")),
        ]
    form = JsonLines()
    logged = "\n".join(form.format(each) for each in caplog.records) + caplog.text
    for text in (logged, *(answer.text for answer in answers)):
        assert TOKEN not in text
    assert f"Patient/{PATIENT}" not in logged
    assert f"patient={PATIENT}" not in logged


FULL = "user/Encounter.{0} user/Procedure.{0} user/Patient.{1} user/PractitionerRole.{0} "
REST = "user/Organization.{1} user/Location.{1} user/Practitioner.{1} user/Condition.{0}"


@pytest.mark.parametrize(
    "scope",
    [
        "user/*.read",
        "user/*.*",
        "user/*.rs",
        "system/*.cruds",
        (FULL + REST).format("read", "read"),
        "launch openid fhirUser nonsense " + (FULL + REST).format("rs", "r"),
    ],
)
def test_F6_both_syntaxes_of_scopes(scope: str) -> None:
    with running(FhirServer(record())) as server:
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        assert outcomes(guarded.call(asking(server.base, scope=scope))) == ["met"]


OTHERS = "user/Encounter.rs user/Patient.r user/PractitionerRole.rs user/Organization.rs"


@pytest.mark.parametrize(
    "scope",
    [
        "user/Encounter.read user/Patient.read user/PractitionerRole.read user/Organization.read",
        OTHERS,
        f"{OTHERS} user/Procedure.r",
        f"{OTHERS} user/Procedure.cud",
        f"{OTHERS} user/Procedure.write",
    ],
)
def test_F6_nothing_is_asked_beyond_the_scope(scope: str) -> None:
    with running(FhirServer(record())) as server:
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        (assessment,) = assessments(guarded.call(asking(server.base, scope=scope)))
        assert "Procedure" not in server.types
        assert "Encounter" in server.types
        assert assessment["outcome"] == "met"
        assert assessment["options"][1]["criteria"][0]["because"] == ["record_incomplete"]


@pytest.mark.parametrize("expires_in", [0, -5, "0", "-5"])
def test_F7_an_expired_token_is_not_used(expires_in: int | str) -> None:
    with running(FhirServer(record())) as server:
        guarded = service(IMSR_FHIR_SERVERS=server.base)
        answer = guarded.call(asking(server.base, expires_in=expires_in))
        assert causes(answer) == ["record_unavailable"]
        assert server.hits == []


@pytest.mark.parametrize(
    "server",
    ["https://foreign.example.org/fhir", "https://169.254.169.254/latest", "https://10.0.0.8/fhir"],
)
def test_F8_an_unlisted_server_is_a_gap(server: str) -> None:
    assert causes(service().call(asking(server))) == ["record_unavailable"]


def test_F8_an_unlisted_server_is_not_asked() -> None:
    """The port is another one than the listed server has."""
    with running(FhirServer(record())) as listed, running(FhirServer(record())) as other:
        guarded = service(IMSR_FHIR_SERVERS=f"{listed.base}/tenant-a")
        body = asking(f"{listed.base}/tenant-a/../tenant-b")
        assert guarded.call(body).status_code in {200, 400}
        assert listed.hits == []
        assert other.hits == []


def test_F8_a_redirect_elsewhere_is_not_followed() -> None:
    with running(FhirServer(record())) as elsewhere:
        server = FhirServer(record(), redirect_to=elsewhere.base)
        with running(server):
            assert causes(service().call(anonymous(server.base))) == ["record_unavailable"]
            assert elsewhere.hits == []


def test_F10_a_slow_server_does_not_hold_the_answer() -> None:
    with running(FhirServer(record(), seconds=3.0)) as server:
        client = service(IMSR_DEADLINE_SECONDS="0.5")
        started = monotonic()
        assert causes(client.call(anonymous(server.base))) == ["record_unavailable"]
        assert monotonic() - started < 2.0


def test_F10_a_server_that_is_not_there_is_a_gap() -> None:
    with running(FhirServer()) as server:
        gone = server.base
    assert causes(service().call(anonymous(gone))) == ["record_unavailable"]
