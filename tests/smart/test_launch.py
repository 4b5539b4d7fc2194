"""A launch that goes well: to the authorization server, back, and the page."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cds_service.errors import InvalidClientsError
from tests.contract.calls import PATIENT, Json, record
from tests.smart.browser import Browser, PageSite
from tests.smart.ehr import ACCESS_TOKEN, CLIENT_ID, NAME, SmartEhr, our_key, pem, running

SENT = {
    "resourceType": "ServiceRequest",
    "id": "sent-1",
    "status": "active",
    "intent": "order",
    "subject": {"reference": f"Patient/{PATIENT}"},
    "code": {"text": "iMSR"},
    "reasonCode": [{"text": "aanhoudende pijn"}],
    "authoredOn": "2026-06-01",
}


def test_a_launch_ends_in_a_page_with_the_assessment(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert NAME in page.text
    assert "13" in page.text


def test_the_request_asks_for_what_the_page_uses_and_no_more(
    ehr: SmartEhr, browser: Browser
) -> None:
    browser.open(ehr)
    address = browser.get(ehr.launch()).headers["location"]
    (scope,) = re.findall(r"[?&]scope=([^&]*)", address)
    assert scope.replace("+", " ").replace("%2F", "/").split() == [
        "launch",
        "openid",
        "fhirUser",
        "patient/Patient.r",
        "patient/Encounter.rs",
        "patient/Procedure.rs",
        "patient/Condition.rs",
        "patient/ServiceRequest.rs",
        "patient/QuestionnaireResponse.rs",
        "patient/DocumentReference.rs",
        "patient/Communication.rs",
        "patient/Composition.rs",
        "user/PractitionerRole.rs",
        "user/Practitioner.rs",
        "user/Organization.rs",
        "user/Location.rs",
        "patient/QuestionnaireResponse.c",
    ]


def test_a_server_that_knows_version_1_only_is_asked_in_version_1(
    ehr: SmartEhr, browser: Browser
) -> None:
    ehr.configuration = {"capabilities": ["launch-ehr", "permission-v1"]}
    address = browser.get(ehr.launch()).headers["location"]
    assert "patient%2FEncounter.read" in address
    assert "patient%2FQuestionnaireResponse.write" in address
    assert "openid" not in address


def test_two_launches_share_no_secret(ehr: SmartEhr, browser: Browser) -> None:
    one, other = (browser.get(ehr.launch()).headers["location"] for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        found = [re.findall(rf"[?&]{name}=([^&]*)", each)[0] for each in (one, other)]
        assert found[0] != found[1]


def test_a_query_of_the_authorization_endpoint_is_kept(ehr: SmartEhr, browser: Browser) -> None:
    ehr.configuration = {"authorization_endpoint": f"{ehr.origin}/auth/authorize?tenant=7"}
    address = browser.get(ehr.launch()).headers["location"]
    assert address.startswith(f"{ehr.origin}/auth/authorize?tenant=7&response_type=code&")


def test_the_cookies_can_be_read_by_nobody_else(ehr: SmartEhr, browser: Browser) -> None:
    begun = browser.get(ehr.launch())
    opened = browser.back(ehr.authorize(begun.headers["location"]))
    for answer, kind in ((begun, "launch"), (opened, "page")):
        cookie = answer.headers["set-cookie"]
        assert re.match(rf"__Host-imsr-{kind}-[0-9a-f]{{16}}=[\w-]{{43}};", cookie)
        for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert attribute in cookie
        assert "Domain" not in cookie


def test_a_page_may_run_nothing_and_be_framed_by_nobody(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", page.text)


def test_static_files_are_served_and_nothing_beside_them(browser: Browser) -> None:
    assert browser.get("/smart/static/page.css").headers["content-type"].startswith("text/css")
    assert browser.get("/smart/static/..%2fcontent.py").status_code == 404
    assert browser.get("/smart/static/content.py").status_code == 404


def test_our_public_key_is_published_without_its_private_half(browser: Browser) -> None:
    (key,) = browser.get("/smart/jwks.json").json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-384", "ES384", "sig")
    assert "d" not in key
    assert jwt.PyJWK(key).key.public_numbers() == our_key("ec").public_key().public_numbers()


@pytest.mark.parametrize("kind", ["rsa", "secret"])
def test_a_site_may_use_rsa_or_a_secret(kind: str, tmp_path: Path) -> None:
    made = SmartEhr(key_kind="rsa" if kind == "rsa" else "ec", uses_secret=kind == "secret")
    with running(made) as ehr:
        browser = Browser(PageSite(tmp_path, ehr).app())
        assert browser.open(ehr).status_code == 200
        keys = browser.get("/smart/jwks.json").json()["keys"]
        assert [key["alg"] for key in keys] == (["RS384"] if kind == "rsa" else [])


def test_a_gp_sees_what_a_referral_of_today_would_show(ehr: SmartEhr, browser: Browser) -> None:
    assert "15-06-2026" in browser.open(ehr).text


def test_a_physician_sees_the_referral_that_was_sent(ehr: SmartEhr, browser: Browser) -> None:
    ehr.resources.append(SENT)
    page = browser.open(ehr, view="physician")
    assert page.status_code == 200
    assert "01-06-2026" in page.text


def test_the_referral_of_the_launch_is_the_one_that_is_shown(
    ehr: SmartEhr, browser: Browser
) -> None:
    ehr.resources += [SENT, {**SENT, "id": "sent-2", "authoredOn": "2026-05-04"}]
    ehr.token = {"fhirContext": [{"reference": "ServiceRequest/sent-2"}]}
    assert "04-05-2026" in browser.open(ehr, view="physician").text


def test_a_referral_that_is_not_saved_yet_is_judged_as_of_today(
    ehr: SmartEhr, browser: Browser
) -> None:
    ehr.token = {"appContext": "ServiceRequest/draft-1"}
    page = browser.open(ehr)
    assert page.status_code == 200
    assert "15-06-2026" in page.text


def test_twenty_launches_over_two_workers_never_mix(
    site: PageSite, ehr: SmartEhr, worker: FastAPI
) -> None:
    """Of two patients in one browser, interleaved, each step at another worker."""
    assert worker is not None
    names = {PATIENT: "Wilhelmina Oudshoorn", "pat-2": "Adriana Koelewijn"}
    ehr.resources = [
        {**each, "id": patient_id, "name": [{"text": name}]}
        for patient_id, name in names.items()
        for each in record()
        if each["resourceType"] == "Patient"
    ]
    workers = [site.app(), site.app()]
    browser = Browser(workers[0])
    begun = [browser.to(workers[number % 2]).sent_on(ehr) for number in range(20)]
    pages: list[tuple[str, str]] = []
    for number, back in enumerate(begun):
        patient_id = PATIENT if number % 3 else "pat-2"
        ehr.token = {"patient": patient_id}
        answer = browser.to(workers[(number + 1) % 2]).back(back)
        pages.append((f"/smart/{answer.headers['location']}", patient_id))
    for number, (address, patient_id) in enumerate(pages):
        text = browser.to(workers[number % 2]).get(address).text
        (other,) = set(names) - {patient_id}
        assert names[patient_id] in text
        assert names[other] not in text


def test_one_answer_that_comes_back_twice_at_once_opens_one_page(
    site: PageSite, ehr: SmartEhr
) -> None:
    browser = Browser(site.app())
    back = browser.sent_on(ehr)
    browsers = [browser.to(site.app()) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        statuses = sorted(threads.map(lambda each: each.back(back).status_code, browsers))
    assert statuses == [303, 400]


def test_nothing_of_a_session_can_be_read_in_the_store(ehr: SmartEhr, site: PageSite) -> None:
    browser = Browser(site.app())
    assert browser.open(ehr).status_code == 200
    stored = site.stored()
    session_id = browser.page.split("/")[3]
    for secret in (ACCESS_TOKEN, PATIENT, "verwijzer", "user-7", ehr.server, session_id, NAME):
        assert secret.encode() not in stored
    for value in browser.cookies.values():
        assert value.encode() not in stored


def test_a_look_into_a_dossier_is_written_down(ehr: SmartEhr, site: PageSite) -> None:
    browser = Browser(site.app())
    assert browser.open(ehr).status_code == 200
    assert b"smart-page" in site.stored()


FAULTS: list[tuple[Json, str]] = [
    ({"key": None}, "launch: must hold either key or secret"),
    ({"secret": "secret.txt"}, "launch: must hold either key or secret"),
    ({"key": "nowhere.pem"}, "launch.key: cannot be read"),
    ({"key": "secret.txt"}, "launch.key: must be a private key in PEM"),
    ({"key": "p256.pem"}, "launch.key: must be of curve P-384"),
    ({"redirect_uri": "https://cds.example.nl/elsewhere"}, "must end in /smart/callback"),
    ({"redirect_uri": "http://cds.example.nl/smart/callback"}, "must be https"),
    ({"client_id": ""}, "launch.client_id"),
    ({"view": "nurse"}, "launch.view"),
    ({"scope": "all"}, "launch.scope: unknown key"),
]


@pytest.mark.parametrize(("changed", "fault"), FAULTS)
def test_a_launch_that_is_wrong_in_the_file_stops_the_start(
    changed: Json, fault: str, ehr: SmartEhr, tmp_path: Path
) -> None:
    (tmp_path / "p256.pem").write_bytes(pem(our_key("p256")))
    site = PageSite(tmp_path, ehr, launch=changed)
    with pytest.raises(InvalidClientsError) as raised:
        site.app()
    assert fault in str(raised.value)
    assert CLIENT_ID not in str(raised.value)


def test_without_a_launch_in_the_file_there_is_no_page(ehr: SmartEhr, site: PageSite) -> None:
    file = site.folder / "clients.yaml"
    entries = yaml.safe_load(file.read_text())
    del entries["clients"][0]["launch"]
    file.write_text(yaml.safe_dump(entries))
    answer = TestClient(site.app()).get(ehr.launch())
    assert answer.status_code == 404
