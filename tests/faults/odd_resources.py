"""Resources that must be told apart, may not be read as they are, or cannot be had (policy 2.4).

Versions, entries of two servers, modifiers, references of odd forms, and roles, places and
admissions that are lost.
"""

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from tests.builders.codes import Json
from tests.faults.spoiling import CONTACTS, DIRECTORY, Fault, Honest, contacts_in, error_reply
from tests.kit.scripted_server import Reply

_ELSEWHERE: Final = "https://elsewhere.example/fhir"
_LONG_ID: Final = "x" * 300
_ODD: Final = (
    "{type}?identifier=urn:of-a-site|unknown",
    "{type}?name=x",
    "#not-there",
    "#",
    "{type}/" + _LONG_ID,
    "{type}/a_b",
    "{type}/a b",
    "{type}/{id}/extra",
    "{type} {id}",
    "{id}",
    "urn:uuid:9a1c2f0e-1111-4222-8333-444455556666",
    "urn:oid:1.2.3.4",
    "urn:of-a-site:{id}",
    "https://elsewhere.example/fhir/{type}/{id}",
    "https://elsewhere.example/{type}.php?id={id}",
    "file:///{type}/{id}",
    "{type}/",
    "/{type}/{id}",
)
_MODIFIERS: Final[tuple[Json, ...]] = (
    {"modifierExtension": [{"url": "https://elsewhere.example/not", "valueBoolean": True}]},
    {"implicitRules": "https://elsewhere.example/rules"},
)


def older_version(honest: Honest, rng: Random) -> Reply | None:
    """Contacts stand there in an older version too, which says something else."""
    if not honest.is_contacts:
        return None
    bundle = honest.copy()
    olds = []
    older, newer = rng.choice(
        [
            ({"versionId": "9"}, {"versionId": "10"}),
            ({"lastUpdated": "2026-01-01T10:00:00Z"}, {"lastUpdated": "2026-01-01T10:30:00+00:00"}),
            (
                {"versionId": "1", "lastUpdated": "2026-01-02T00:00:00Z"},
                {"versionId": "2", "lastUpdated": "2026-01-01T00:00:00Z"},
            ),
        ]
    )
    for entry in list(bundle["entry"]):
        if entry["resource"]["resourceType"] in CONTACTS and rng.random() < 0.7:
            old = copy.deepcopy(entry)
            _say_something_else(old["resource"], rng)
            old["resource"]["meta"] = {**old["resource"].get("meta", {}), **older}
            entry["resource"]["meta"] = {**entry["resource"].get("meta", {}), **newer}
            olds.append(old)
    return _with_further(honest, bundle, olds, rng)


def versions_without_an_order(honest: Honest, rng: Random) -> Reply | None:
    """Contacts stand there twice, differ, and nothing tells which is newer."""
    if not honest.is_contacts:
        return None
    bundle = honest.copy()
    others = []
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] in CONTACTS and rng.random() < 0.5:
            other = copy.deepcopy(entry)
            _say_something_else(other["resource"], rng)
            others.append(other)
    return _with_further(honest, bundle, others, rng)


def entries_of_another_server(honest: Honest, rng: Random) -> Reply | None:
    """Contacts and roles of another server beside ours, with other contents.

    Their ids are those of ours, or are ids that our server does not have.
    """
    if not honest.is_contacts:
        return None
    bundle = honest.copy()
    others = []
    for number, contact in enumerate(contacts_in(honest.copy())):
        _move(contact, rng.randint(-60, 60))
        if rng.random() < 0.5:
            contact["id"] = f"of-another-{number}"
        others.append(_entry(contact, "match", _ELSEWHERE))
    for key, other in _roles_of_others(honest, rng):
        others.append(_entry({**other, "id": key.partition("/")[2]}, "include", _ELSEWHERE))
    return _with_further(honest, bundle, others, rng)


def unknown_modifier(honest: Honest, rng: Random) -> Reply | None:
    """A modifier that nobody knows, on contacts, on who gave them, and on roles.

    Contacts with one that say nothing true are among them.
    """
    if not honest.is_bundle:
        return _modified_role(honest, rng)
    if not honest.is_contacts:
        return None
    bundle = honest.copy()
    untrue = []
    for number, contact in enumerate(contacts_in(honest.copy())):
        if rng.random() < 0.5:
            contact["id"] = f"untrue-{number}"
            _move(contact, rng.randint(-90, 90))
            _modify(contact, rng)
            untrue.append(_entry(contact, "match", honest.base_url))
    for contact in contacts_in(bundle):
        if rng.random() < 0.3:
            _modify(contact, rng)
    return _with_further(honest, bundle, untrue, rng)


def odd_references(honest: Honest, rng: Random) -> Reply | None:
    """Contacts refer to people and places in forms that lead nowhere."""
    if not honest.is_contacts:
        return None
    bundle = honest.copy()
    for contact in contacts_in(bundle):
        for place in _references_in(contact):
            resource_type, _, own_id = str(place.get("reference", "")).partition("/")
            if own_id and resource_type in DIRECTORY | {"Encounter"} and rng.random() < 0.4:
                odd = rng.choice(_ODD)
                place["reference"] = odd.format(type=resource_type, id=own_id)
    return honest.reply(bundle)


def full_url_without_id(honest: Honest, rng: Random) -> Reply | None:
    """Contacts have no id of their own, only the address of their entry."""
    if not honest.is_contacts:
        return None
    bundle = honest.copy()
    for contact in contacts_in(bundle):
        if rng.random() < 0.7:
            del contact["id"]
    return honest.reply(bundle)


def contained_with_a_hash(honest: Honest, rng: Random) -> Reply | None:
    """Roles, places and organisations are contained, and their ids begin with the `#` too."""
    if not honest.is_contacts:
        return None
    bundle = honest.copy()
    for contact in contacts_in(bundle):
        for place in list(_references_in(contact)):
            found = honest.held.get(str(place.get("reference")))
            is_kind = found is not None and found["resourceType"] != "Practitioner"
            if found is not None and is_kind and found["resourceType"] in DIRECTORY:
                own_id = f"#{found['resourceType']}-{rng.choice([1, 2])}-{found['id']}"
                contact.setdefault("contained", []).append({**found, "id": own_id})
                place["reference"] = own_id
    return honest.reply(bundle)


def lost_part_of(honest: Honest, rng: Random) -> Reply | None:
    """What a visit, a department or a room is a part of cannot be had."""
    if honest.kind in {"Encounter", "Organization", "Location"} and not honest.is_bundle:
        return error_reply(honest, rng.choice([400, 401, 403, 500, 503]))
    if not (honest.is_contacts or honest.kind in {"Organization", "Location"}):
        return None
    bundle = honest.copy()
    for entry in bundle.get("entry", []):
        resource = entry["resource"]
        whole = resource["resourceType"]
        if whole in {"Encounter", "Organization", "Location"} and rng.random() < 0.5:
            resource["partOf"] = {"reference": f"{_ELSEWHERE}/{whole}/whole"}
    return honest.reply(bundle)


def directory_search_with_an_outcome(honest: Honest, rng: Random) -> Reply | None:
    """A search for roles or places gets an outcome, a Bundle of one, or one of another type."""
    if not (honest.kind in DIRECTORY and honest.is_bundle):
        return None
    severity = rng.choice(["information", "warning", "error", "fatal"])
    code = rng.choice(["processing", "informational", "not-supported", "suppressed", "timeout"])
    issue = [{"severity": severity, "code": code}]
    outcome: Json = {"resourceType": "OperationOutcome", "issue": issue}
    entry = {"resource": outcome, "search": {"mode": "outcome"}}
    fewer = [{"resource": each["resource"]} for each in honest.resource.get("entry", [])][1:]
    return honest.reply(
        rng.choice(
            [
                outcome,
                {"resourceType": "Bundle", "type": "searchset", "entry": [entry]},
                {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": outcome}]},
                {"resourceType": "Bundle", "type": "collection", "entry": fewer},
                {"resourceType": "Bundle", "type": "history", "entry": fewer},
                {"resourceType": "Bundle", "type": "batch-response", "entry": fewer},
            ]
        )
    )


def unknown_type(honest: Honest, rng: Random) -> Reply | None:
    """A type of roles or places is unknown to the server: 404 or 410 for whatever asks for it.

    That is an answer, and the complete record is that of a server without them.
    """
    if honest.kind not in honest.unknown_types:
        return None
    return error_reply(honest, rng.choice([404, 410]))


def _with_further(honest: Honest, bundle: Json, entries: list[Json], rng: Random) -> Reply | None:
    """The Bundle with further entries among its own; None if there are none."""
    if not entries:
        return None
    mixed = [*bundle["entry"], *entries]
    rng.shuffle(mixed)
    bundle = {**bundle, "entry": mixed}
    bundle.pop("total", None)
    return honest.reply(bundle)


def _entry(resource: Json, mode: str, base: str) -> Json:
    return {
        "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
        "resource": resource,
        "search": {"mode": mode},
    }


def _say_something_else(contact: Json, rng: Random) -> None:
    """Another day, another state, or nobody who gave it."""
    is_encounter = contact["resourceType"] == "Encounter"
    change = rng.choice(["day", "status", "nobody"])
    if change == "status":
        states = ["finished", "cancelled"] if is_encounter else ["completed", "not-done"]
        contact["status"] = states[contact.get("status") == states[0]]
    elif change == "nobody" and (contact.get("participant") or contact.get("performer")):
        contact.pop("participant", None)
        contact.pop("performer", None)
    else:
        contact["period" if is_encounter else "performedPeriod"] = {
            "start": "2025-11-03",
            "end": "2025-11-03",
        }
        contact.pop("performedDateTime", None)


def _move(contact: Json, days: int) -> None:
    """The contact on other days, where it has any; the time of day is left out."""
    for name in ("period", "performedPeriod"):
        period = contact.get(name)
        if isinstance(period, dict):
            contact[name] = {end: _moved(text, days) for end, text in period.items()}
    if isinstance(contact.get("performedDateTime"), str):
        contact["performedDateTime"] = _moved(contact["performedDateTime"], days)


def _moved(text: Any, days: int) -> Any:
    try:
        return str(date.fromisoformat(text[:10]) + timedelta(days=days))
    except (TypeError, ValueError, OverflowError):
        return text


def _roles_of_others(honest: Honest, rng: Random) -> Iterator[tuple[str, Json]]:
    """For each role that is referred to another one of the server, to stand in its place."""
    roles = [each for key, each in honest.held.items() if key.startswith("PractitionerRole/")]
    for contact in contacts_in(honest.resource):
        for place in _references_in(contact):
            key = str(place.get("reference"))
            if key.startswith("PractitionerRole/") and roles:
                yield key, rng.choice(roles)


def _references_in(contact: Json) -> Iterator[Json]:
    """The references of a contact to people and places, as far as it can be read."""
    for participant in _members(contact.get("participant")):
        yield from _objects(participant.get("individual"), participant.get("actor"))
    for performer in _members(contact.get("performer")):
        yield from _objects(performer.get("actor"), performer.get("onBehalfOf"))
    places = contact.get("location")
    for place in _members(places):
        yield from _objects(place.get("location"))
    yield from _objects(places, contact.get("serviceProvider"), contact.get("partOf"))


def _members(value: Any) -> Iterator[Json]:
    return _objects(*value) if isinstance(value, list) else iter(())


def _objects(*values: Any) -> Iterator[Json]:
    return (value for value in values if isinstance(value, dict))


def _modify(contact: Json, rng: Random) -> None:
    modifier = copy.deepcopy(rng.choice(_MODIFIERS))
    people = [*_members(contact.get("participant") or contact.get("performer"))] or [contact]
    is_theirs = "modifierExtension" in modifier and rng.random() < 0.4
    for one in people if is_theirs else [contact]:
        one.update(modifier)


def _modified_role(honest: Honest, rng: Random) -> Reply | None:
    if honest.resource.get("resourceType") != "PractitionerRole":
        return None
    return honest.reply({**honest.resource, **rng.choice(_MODIFIERS)})


ODD_RESOURCES: Final[tuple[Fault, ...]] = (
    older_version,
    versions_without_an_order,
    entries_of_another_server,
    unknown_modifier,
    odd_references,
    full_url_without_id,
    contained_with_a_hash,
    lost_part_of,
    directory_search_with_an_outcome,
    unknown_type,
)
