"""Plain faults of a FHIR server: of connection, status and body, of pages and entries.

A fault is such that it can be seen, or cannot make an outcome stronger. A server that leaves out a
contact and says nothing cannot be found out by anybody, and is not among them.
"""

import copy
import gzip
from random import Random
from typing import Any, Final

from tests.builders.codes import Json
from tests.faults.spoiling import DIRECTORY, FHIR, Fault, Honest, error_reply
from tests.kit.scripted_server import Reply

_BOMB: Final = gzip.compress(b'{"resourceType": "Bundle", "x": "' + b"0" * 40_000_000)
_DEEP: Final = b'{"resourceType": "Bundle", "x": ' + b"[" * 50_000


# the connection


def slow_start(honest: Honest, rng: Random) -> Reply:
    return honest.reply(honest.resource, delay=rng.choice([0.2, 1.0, 30.0]))


def slow_bytes(honest: Honest, rng: Random) -> Reply:
    return honest.reply(honest.resource, drip=rng.choice([0.001, 0.05, 1.0]))


def cut_body(honest: Honest, rng: Random) -> Reply:
    cut = rng.randrange(len(honest.body))
    return Reply(
        body=honest.body[:cut],
        headers={**FHIR, **honest.headers},
        missing=len(honest.body) - cut,
    )


def hangs_up(_: Honest, __: Random) -> Reply:
    return Reply(hangs_up=True)


# the status


def too_many_requests(honest: Honest, rng: Random) -> Reply:
    after = rng.choice(["0", "1", "120", "Wed, 21 Oct 2015 07:28:00 GMT", "soon", "-1"])
    return error_reply(honest, 429, **{"Retry-After": after})


def server_error(honest: Honest, rng: Random) -> Reply:
    return error_reply(honest, rng.choice([500, 500, 501, 502, 503, 504, 599]))


def refusal(honest: Honest, rng: Random) -> Reply:
    return error_reply(honest, rng.choice([400, 401, 403, 405, 406, 412, 422]))


def not_found(honest: Honest, rng: Random) -> Reply | None:
    """Of what a contact refers to, 404 would be an answer: the server does not have it.

    So it is of a search for roles or places: the server does not know that type.
    """
    is_reference = not honest.is_bundle and not honest.address.startswith("Patient/")
    return (
        None
        if is_reference or honest.kind in DIRECTORY
        else error_reply(honest, rng.choice([404, 410]))
    )


def odd_status(honest: Honest, rng: Random) -> Reply:
    status = rng.choice([201, 202, 203, 206, 226, 299])
    return honest.reply(honest.resource, status=status)


def redirect(honest: Honest, rng: Random) -> Reply:
    target = rng.choice(
        [
            "http://169.254.169.254/latest/",
            "https://elsewhere.example/fhir",
            "//elsewhere.example",
            "http://[::1",
            "",
            f"{honest.base_url}/{honest.address}",
        ]
    )
    return Reply(status=rng.choice([301, 302, 303, 307, 308]), headers={"Location": target})


# the body


def html(honest: Honest, _: Random) -> Reply:
    page = b"<html><body>Please log in</body></html>"
    return Reply(body=page, headers={**honest.headers, "Content-Type": "text/html"})


def wrong_content_type(honest: Honest, rng: Random) -> Reply:
    kind = rng.choice(["text/html", "application/fhir+xml", "text/plain", "image/png"])
    return Reply(body=honest.body, headers={**honest.headers, "Content-Type": kind})


def no_json(honest: Honest, rng: Random) -> Reply:
    half = honest.body[: len(honest.body) // 2]
    body = rng.choice([b"", b"null", b"[]", b'"x"', b"{}", half, b"\xff\xfe", honest.body + b"}"])
    return Reply(body=body, headers={**FHIR, **honest.headers})


def deep(honest: Honest, _: Random) -> Reply:
    return Reply(body=_DEEP, headers={**FHIR, **honest.headers})


def gzip_bomb(honest: Honest, _: Random) -> Reply:
    zipped = {**FHIR, **honest.headers, "Content-Encoding": "gzip"}
    return Reply(body=_BOMB, headers=zipped)


def broken_gzip(honest: Honest, rng: Random) -> Reply:
    packed = gzip.compress(honest.body)
    body = rng.choice([packed[: len(packed) // 2], b"\0" + packed, honest.body])
    return Reply(body=body, headers={**FHIR, **honest.headers, "Content-Encoding": "gzip"})


def operation_outcome(honest: Honest, rng: Random) -> Reply:
    severity = rng.choice(["error", "fatal", "warning"])
    issue = [{"severity": severity, "code": "processing"}]
    return honest.reply({"resourceType": "OperationOutcome", "issue": issue})


def other_resource(honest: Honest, rng: Random) -> Reply:
    resource = rng.choice(
        [
            {"resourceType": "Patient", "id": "somebody-else", "birthDate": "2020-01-01"},
            {"resourceType": "Bundle", "type": "collection", "entry": []},
            {"resourceType": "CapabilityStatement"},
            {"resourceType": "\ud800"},
        ]
    )
    return honest.reply(resource)


# the pages of a search


def endless_pages(honest: Honest, rng: Random) -> Reply | None:
    if not honest.is_bundle:
        return None
    further = f"{honest.base_url}/{honest.address}&page={rng.random()}"
    return honest.reply(_with_next(honest.resource, further))


def page_loop(honest: Honest, _: Random) -> Reply | None:
    if not honest.is_bundle:
        return None
    return honest.reply(_with_next(honest.resource, f"{honest.base_url}/{honest.address}"))


def foreign_next(honest: Honest, rng: Random) -> Reply | None:
    if not honest.is_bundle:
        return None
    url = rng.choice(
        [
            "https://elsewhere.example/fhir?page=2",
            "http://169.254.169.254/",
            "http://user@127.0.0.1/fhir?page=2",
            "file:///etc/passwd",
            "http://[",
            "",
            None,
            7,
        ]
    )
    return honest.reply(_with_next(honest.resource, url))


def stale_page(honest: Honest, _: Random) -> Reply | None:
    """A page that came before, again: what should stand here is not seen."""
    if not honest.is_contacts or honest.earlier_page is None:
        return None
    return honest.reply({**honest.resource, "entry": honest.earlier_page["entry"]})


def larger_total(honest: Honest, rng: Random) -> Reply | None:
    """Some matches are left out, but counted."""
    entries = honest.resource.get("entry", [])
    if not honest.is_contacts or "_total=accurate" not in honest.address:
        return None
    kept = entries[: rng.randrange(len(entries))]
    return honest.reply({**honest.resource, "entry": kept})


def _with_next(bundle: Json, url: object) -> Json:
    links = [each for each in bundle.get("link", []) if each["relation"] != "next"]
    link: Json = {"relation": "next"} if url is None else {"relation": "next", "url": url}
    return {**bundle, "link": [*links, link]}


# the resources on a page


def wrong_patient_on_a_page(honest: Honest, _: Random) -> Reply | None:
    """One page of several holds the contacts of somebody else."""
    if not honest.is_contacts:
        return None
    bundle = copy.deepcopy(honest.resource)
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] in {"Encounter", "Procedure"}:
            entry["resource"]["subject"] = {"reference": "Patient/somebody-else"}
    return honest.reply(bundle)


def more_of_another_patient(honest: Honest, _: Random) -> Reply | None:
    """The right record, and the same contacts once more for somebody else."""
    if not honest.is_contacts:
        return None
    bundle = copy.deepcopy(honest.resource)
    others = copy.deepcopy(bundle["entry"])
    for number, entry in enumerate(others):
        entry["resource"]["id"] = f"other-{number}"
        entry["resource"]["subject"] = {"reference": "Patient/somebody-else"}
        entry["fullUrl"] = f"{honest.base_url}/Encounter/other-{number}"
    bundle["entry"] += [
        each for each in others if each["resource"]["resourceType"] in {"Encounter", "Procedure"}
    ]
    bundle.pop("total", None)
    return honest.reply(bundle)


def duplicates(honest: Honest, rng: Random) -> Reply | None:
    if not honest.is_bundle or not honest.resource.get("entry"):
        return None
    entries = [*honest.resource["entry"], *honest.resource["entry"]]
    rng.shuffle(entries)
    return honest.reply({**honest.resource, "entry": entries})


def error_beside_matches(honest: Honest, rng: Random) -> Reply | None:
    """Some matches, and an OperationOutcome that says that there are more."""
    if not honest.is_contacts:
        return None
    entries = honest.resource["entry"]
    kept = entries[: rng.randrange(len(entries) + 1)]
    issue = [{"severity": rng.choice(["error", "fatal"]), "code": "timeout"}]
    outcome = {"resourceType": "OperationOutcome", "issue": issue}
    found = {"resource": outcome, "search": {"mode": "outcome"}}
    bundle = {**honest.resource, "entry": [*kept, found]}
    bundle.pop("total", None)
    return honest.reply(bundle)


def broken_entries(honest: Honest, rng: Random) -> Reply | None:
    """Some entries hold nothing that can be read."""
    if not honest.is_contacts:
        return None
    bundle = copy.deepcopy(honest.resource)
    broken: list[Any] = [
        {"resource": None},
        {"resource": "x"},
        {"resource": []},
        {"resource": {}},
        {"resource": {"resourceType": "Encounter"}},
        {},
        None,
        "x",
        7,
        [],
    ]
    for place, entry in enumerate(bundle["entry"]):
        if rng.random() < 0.5:
            kind = entry["resource"]["resourceType"]
            spoiled = copy.deepcopy(rng.choice(broken))
            if isinstance(spoiled, dict) and isinstance(spoiled.get("resource"), dict):
                spoiled["resource"] and spoiled["resource"].update(resourceType=kind)
            bundle["entry"][place] = spoiled
    bundle.pop("total", None)
    return honest.reply(bundle)


def broken_contacts(honest: Honest, rng: Random) -> Reply | None:
    """Members of some contacts are of a wrong type or hold nonsense."""
    if not honest.is_contacts:
        return None
    bundle = copy.deepcopy(honest.resource)
    names = ["status", "period", "performedPeriod", "performedDateTime", "subject", "participant"]
    names += ["performer", "class", "location", "serviceProvider", "id"]
    nonsense: list[Any] = [None, 7, "x", [], {}, [None], {"start": 7}, {"reference": 7}, True]
    for entry in bundle["entry"]:
        contact = entry["resource"]
        for name in names:
            is_contact = contact["resourceType"] in {"Encounter", "Procedure"}
            if is_contact and name in contact and rng.random() < 0.2:
                contact[name] = copy.deepcopy(rng.choice(nonsense))
    return honest.reply(bundle)


def broken_bundle(honest: Honest, rng: Random) -> Reply | None:
    """Members of the Bundle itself, and of its entries, are of a wrong type."""
    if not honest.is_bundle:
        return None
    bundle = copy.deepcopy(honest.resource)
    odd: list[Any] = [None, 7, "x", [], {}, [[]], {"mode": []}, True, -1, 1e300]
    for name in ("id", "meta", "timestamp", "total"):
        if rng.random() < 0.3:
            bundle[name] = rng.choice(odd)
    for entry in bundle.get("entry", []):
        for name in ("search", "fullUrl", "request", "response"):
            if rng.random() < 0.2:
                entry[name] = rng.choice(odd)
        if rng.random() < 0.1:
            entry["search"] = {"mode": rng.choice(odd)}
    return honest.reply(bundle)


def missing_includes(honest: Honest, _: Random) -> Reply | None:
    """What should come along does not; each can be read for itself."""
    if not honest.is_bundle:
        return None
    matches = [
        each for each in honest.resource.get("entry", []) if each["search"]["mode"] != "include"
    ]
    return honest.reply({**honest.resource, "entry": matches})


def lost_roles(honest: Honest, rng: Random) -> Reply | None:
    """Roles, people, places and organisations cannot be had."""
    if honest.kind not in DIRECTORY:
        return None
    return error_reply(honest, rng.choice([400, 401, 403, 500, 503]))


PLAIN_FAULTS: Final[tuple[Fault, ...]] = (
    slow_start,
    slow_bytes,
    cut_body,
    hangs_up,
    too_many_requests,
    server_error,
    refusal,
    not_found,
    odd_status,
    redirect,
    html,
    wrong_content_type,
    no_json,
    deep,
    gzip_bomb,
    broken_gzip,
    operation_outcome,
    other_resource,
    endless_pages,
    page_loop,
    foreign_next,
    stale_page,
    larger_total,
    wrong_patient_on_a_page,
    more_of_another_patient,
    duplicates,
    error_beside_matches,
    broken_bundle,
    broken_entries,
    broken_contacts,
    missing_includes,
    lost_roles,
)
