"""The table of broken requests: what is sent, and the answer that it must get.

Each differs from a good call, whose record shows `met`, in one thing. Where what is broken can
change what the record shows, the answer is a 400 with the path or a doubt; where it cannot, the
answer is that of the good call.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from tests.contract.calls import (
    Json,
    access,
    encounter,
    encounters,
    order,
    order_select,
    order_sign,
    patient,
    prefetch,
    roles,
    searchset,
    weekly,
    with_context,
    without,
)

SIGN = "/cds-services/imsr-order-sign"
SELECT = "/cds-services/imsr-order-select"


@dataclass(frozen=True, slots=True)
class Broken:
    """One request; `answer` is as `asking.said` puts it."""

    name: str
    body: object
    answer: str
    path: str = SIGN
    headers: Mapping[str, str] = field(default_factory=dict)


def raw(old: str, new: str, body: Json | None = None) -> bytes:
    """The text of a good call with one piece of it written otherwise."""
    text = json.dumps(body or order_sign())
    assert text.count(old) >= 1
    return text.replace(old, new, 1).encode("utf-8", "surrogatepass")


def nested(levels: int, inner: str = "1") -> str:
    return "[" * levels + inner + "]" * levels


def member(name: str, value: object) -> Json:
    return {**order_sign(), name: value}


def drafts(value: object) -> Json:
    return with_context(order_sign(), draftOrders=value)


def bundle_of(entries: object) -> Json:
    return {"resourceType": "Bundle", "entry": entries}


def offered(**keys: object) -> Json:
    return order_sign(prefetch={**prefetch(), **keys})


def first_physio(**elements: object) -> Json:
    """The record with 13 physiotherapy contacts, each with other elements."""
    physio = [{**each, **elements} for each in weekly("2025-09-01", 13, "fysio")]
    matches = [*physio, *weekly("2025-06-02", 7, "poh-ggz")]
    return offered(encounters=searchset(matches, roles()))


def page_after(url: object) -> Json:
    page = searchset(encounters(), roles(), link=[{"relation": "next", "url": url}])
    return offered(encounters=page)


def cyclic_roles() -> Json:
    """Roles, places and organisations that refer to one another in circles."""
    changed = deepcopy(roles())
    for each in changed:
        if each["resourceType"] == "Organization":
            each["partOf"] = {"reference": f"Organization/{each['id']}"}
    place = {
        "resourceType": "Location",
        "id": "a",
        "partOf": {"reference": "Location/b"},
        "managingOrganization": {"reference": "Organization/fysio-praktijk"},
    }
    other = {**place, "id": "b", "partOf": {"reference": "Location/a"}}
    return offered(encounters=searchset(encounters(), [*changed, place, other]))


def many(number: int) -> Json:
    entries = [{"resource": {"resourceType": "Basic", "id": str(n)}} for n in range(number)]
    return offered(other={"resourceType": "Bundle", "entry": entries})


MILLION = "x" * 1_000_001
BODIES = [
    Broken("no body", b"", "400"),
    Broken("blanks", b"  \n\t ", "400"),
    Broken("cut off", json.dumps(order_sign()).encode()[:-1], "400"),
    Broken("two objects", b"{}{}", "400"),
    Broken("an array", [order_sign()], "400"),
    Broken("a text", b'"order-sign"', "400"),
    Broken("a number", b"7", "400"),
    Broken("null", b"null", "400"),
    Broken("single quotes", raw('"hook"', "'hook'"), "400"),
    Broken("a comment", b"/* hello */" + json.dumps(order_sign()).encode(), "400"),
    Broken("a comma too many", raw('"hook": "order-sign",', '"hook": "order-sign",,'), "400"),
    Broken("XML", b"<Bundle xmlns='http://hl7.org/fhir'/>", "400"),
    Broken("a form", b"hook=order-sign", "400"),
    Broken("NaN", raw('"hook"', '"x": NaN, "hook"'), "400"),
    Broken("Infinity", raw('"hook"', '"x": -Infinity, "hook"'), "400"),
    Broken("a number beyond all", raw('"hook"', '"x": 1e999, "hook"'), "400"),
    Broken("a number of 5,000 digits", raw('"hook"', f'"x": {"9" * 5000}, "hook"'), "400"),
    Broken("a name that stands twice", raw('"hook"', '"hook": "order-sign", "hook"'), "400"),
    Broken(
        "a patient that stands twice",
        raw('"patientId"', '"patientId": "pat-2", "patientId"'),
        "400",
    ),
    Broken("a status that stands twice", raw('"status"', '"status": "revoked", "status"'), "400"),
    Broken("invalid UTF-8", json.dumps(order_sign()).encode() + b"\xff", "400"),
    Broken("overlong UTF-8", raw("verwijzer", "verwij\udcc0zer"), "400"),
    Broken("UTF-16", json.dumps(order_sign()).encode("utf-16"), "400"),
    Broken("UTF-32", json.dumps(order_sign()).encode("utf-32"), "400"),
    Broken("half a surrogate pair", raw("verwijzer", "\\ud800"), "400"),
    Broken("its other half", raw("verwijzer", "\\udc00x"), "400"),
    Broken("a raw control character", raw("verwijzer", "a\nb"), "400"),
    Broken("a byte order mark", b"\xef\xbb\xbf" + json.dumps(order_sign()).encode(), "200 met"),
    Broken("nested 65 levels", raw('"hook"', f'"x": {nested(64)}, "hook"'), "413"),
    Broken("nested 64 levels", raw('"hook"', f'"x": {nested(63)}, "hook"'), "200 met"),
    Broken("nested 100,000 levels", b"[" * 100_000, "413"),
    Broken("objects nested", b'{"a":' * 100_000, "413"),
    Broken("a million characters", raw("verwijzer", MILLION), "413"),
    Broken("a million escaped characters", raw("verwijzer", "\\u0041" * 170_000), "413"),
    Broken("a name of a million characters", raw('"hook"', f'"{MILLION}": 1, "hook"'), "413"),
    Broken("17 million blanks", b" " * 17_000_000, "413"),
    Broken("two million values", b"[" + b"1," * 2_000_000 + b"1]", "413"),
    Broken("12,001 entries", many(12_001), "413"),
    Broken("10,000 entries of something else", many(10_000), "200 met"),
]

HEADERS = [
    Broken("no media type", order_sign(), "415", headers={"content-type": ""}),
    Broken("another media type", order_sign(), "415", headers={"content-type": "text/json"}),
    Broken(
        "another character set",
        order_sign(),
        "415",
        headers={"content-type": "application/json; charset=latin-1"},
    ),
    Broken("compressed", order_sign(), "415", headers={"content-encoding": "gzip"}),
    Broken("a large header", order_sign(), "431", headers={"x-large": "x" * 40_000}),
    Broken("a broken traceparent", order_sign(), "200 met", headers={"traceparent": "00-zz-1-1"}),
    Broken("a forged origin", order_sign(), "200 met", headers={"origin": "https://evil.example"}),
    Broken("no such service", order_sign(), "404", path="/cds-services/imsr"),
    Broken("a slash too many", order_sign(), "404", path=f"{SIGN}/"),
    Broken("a way round", order_sign(), "404", path="/cds-services/x/..%2fimsr-order-sign"),
    Broken("a NUL in the address", order_sign(), "404", path=f"{SIGN}%00"),
]

MEMBERS = [
    Broken("no hook", without(order_sign(), "hook"), "400 hook"),
    Broken("the hook of another service", order_select(), "400 hook"),
    Broken("the other service", order_sign(), "400 hook", path=SELECT),
    Broken("a hook in capitals", member("hook", "ORDER-SIGN"), "400 hook"),
    Broken("a hook that is a list", member("hook", ["order-sign"]), "400 hook"),
    Broken("a huge instance number", member("hookInstance", 10**400), "400 hookInstance"),
    Broken("no context", member("context", None), "400 context"),
    Broken("a context in a list", member("context", [order_sign()["context"]]), "400 context"),
    Broken("no user", with_context(order_sign(), userId=None), "400 context.userId"),
    Broken("a user of no characters", with_context(order_sign(), userId=""), "400 context.userId"),
    Broken("no patient", with_context(order_sign(), patientId=None), "400 context.patientId"),
    Broken(
        "a patient that is a number",
        with_context(order_sign(), patientId=1),
        "400 context.patientId",
    ),
    Broken(
        "a patient that is a path",
        with_context(order_sign(), patientId="../Patient/2"),
        "400 context.patientId",
    ),
    Broken(
        "a patient that is a query",
        with_context(order_sign(), patientId="pat-1&_count=1"),
        "400 context.patientId",
    ),
    Broken("dots", with_context(order_sign(), patientId=".."), "400 context.patientId"),
    Broken(
        "a patient of 65 characters",
        with_context(order_sign(), patientId="a" * 256),
        "400 context.patientId",
    ),
    Broken(
        "letters that look alike",
        with_context(order_sign(), patientId="pаt-1"),  # noqa: RUF001 - that is the attack
        "400 context.patientId",
    ),
    Broken(
        "selections that are no list",
        order_select(selections="x"),
        "400 context.selections",
        path=SELECT,
    ),
    Broken(
        "a selection that is a number",
        order_select(selections=[1]),
        "400 context.selections[0]",
        path=SELECT,
    ),
    Broken(
        "a thousand selections of nothing",
        order_select(selections=["x"] * 1000),
        "200 nothing",
        path=SELECT,
    ),
    Broken("a server that is a number", member("fhirServer", 7), "400 fhirServer"),
    Broken("a server that is a file", member("fhirServer", "file:///etc/passwd"), "400 fhirServer"),
    Broken(
        "a server with a password",
        member("fhirServer", "https://a:b@ehr.example.nl/fhir"),
        "400 fhirServer",
    ),
    Broken(
        "a server with a line break",
        member("fhirServer", "https://ehr.example.nl/\r\nX: y"),
        "400 fhirServer",
    ),
    Broken("plain http", member("fhirServer", "http://ehr.example.nl/fhir"), "400 fhirServer"),
    Broken(
        "a token without a server",
        {**order_sign(), **without(access(), "fhirServer")},
        "400 fhirServer",
    ),
    Broken(
        "a token with a line break",
        {**order_sign(), **access(access_token="a\r\nHost: b")},
        "400 fhirAuthorization.access_token",
    ),
    Broken(
        "a token that is no bearer token",
        {**order_sign(), **access(token_type="MAC")},
        "400 fhirAuthorization.token_type",
    ),
    Broken(
        "an expiry in words",
        {**order_sign(), **access(expires_in="soon")},
        "400 fhirAuthorization.expires_in",
    ),
    Broken("an expiry of long ago", {**order_sign(), **access(expires_in=-(10**20))}, "200 met"),
    Broken("prefetch that is a list", member("prefetch", [prefetch()]), "400 prefetch"),
    Broken("nothing offered", without(order_sign(), "prefetch"), "412"),
    Broken(
        "keys that nobody asked for", offered(**{"": 1, "__proto__": {}, "x" * 999: []}), "200 met"
    ),
]

ORDERS = [
    Broken("drafts that are a list", drafts([order()]), "400 context.draftOrders"),
    Broken("drafts that are an order", drafts(order()), "400 context.draftOrders.resourceType"),
    Broken("drafts without entries", drafts({"resourceType": "Bundle"}), "200 nothing"),
    Broken(
        "entries in an object",
        drafts(bundle_of({"resource": order()})),
        "400 context.draftOrders.entry",
    ),
    Broken("an entry that is null", drafts(bundle_of([None])), "400 context.draftOrders.entry[0]"),
    Broken(
        "a resource that is a text",
        drafts(bundle_of([{"resource": "x"}])),
        "400 context.draftOrders.entry[0].resource",
    ),
    Broken(
        "a resource without a type",
        drafts(bundle_of([{"resource": {"id": "1"}}])),
        "400 context.draftOrders.entry[0].resource.resourceType",
    ),
    Broken(
        "an order whose id is a list",
        drafts(bundle_of([{"resource": order(id=["1"])}])),
        "400 context.draftOrders.entry[0].resource.id",
    ),
    Broken(
        "a foreign patient",
        order_sign(order(subject={"reference": "Patient/pat-2"})),
        "400 context.draftOrders.entry[0].resource.subject",
    ),
    Broken(
        "a foreign patient by URL",
        order_sign(order(subject={"reference": "https://evil.example/Patient/pat-2"})),
        "400 context.draftOrders.entry[0].resource.subject",
    ),
    Broken(
        "a foreign patient beside our own",
        order_sign(order(), order("draft-2", subject={"reference": "Patient/pat-2"})),
        "400 context.draftOrders.entry[1].resource.subject",
    ),
    Broken(
        "a group as subject",
        order_sign(order(subject={"reference": "Group/pat-1"})),
        "400 context.draftOrders.entry[0].resource.subject",
    ),
    Broken(
        "an order within itself",
        order_sign(
            order(basedOn=[{"reference": "#draft-1"}], contained=[{**order(), "id": "draft-1"}])
        ),
        "200 met",
    ),
    Broken("a date of the year 1", order_sign(order(authoredOn="0001-01-01")), "200 met"),
    Broken("a date of the year 9999", order_sign(order(authoredOn="9999-12-31")), "200 met"),
    Broken("a day that there is not", order_sign(order(authoredOn="2026-02-30")), "200 met"),
]

RECORDS = [
    Broken("a Bundle for the Patient", offered(patient=searchset([patient()])), "200 met"),
    Broken("a patient of somebody else", offered(patient={**patient(), "id": "pat-2"}), "200 met"),
    Broken(
        "a Patient for the encounters",
        offered(encounters=patient()),
        "200 indeterminate: record_incomplete",
    ),
    Broken(
        "an outcome for the encounters",
        offered(encounters={"resourceType": "OperationOutcome", "issue": []}),
        "200 indeterminate: record_incomplete",
    ),
    Broken(
        "a text for the encounters",
        offered(encounters="none"),
        "200 indeterminate: record_incomplete",
    ),
    Broken(
        "entries that are no list",
        offered(encounters={**searchset([]), "entry": "x"}),
        "200 indeterminate: record_incomplete",
    ),
    Broken(
        "encounters of somebody else",
        first_physio(subject={"reference": "Patient/pat-2"}),
        "200 indeterminate: nothing_found",
    ),
    Broken(
        "all encounters of somebody else",
        offered(
            encounters=searchset(
                [encounter("a", "2026-01-05", "fysio", subject={"reference": "Patient/pat-2"})],
                roles(),
            )
        ),
        "200 indeterminate: record_incomplete",
    ),
    Broken(
        "the same encounter twenty times",
        offered(encounters=searchset([encounter("a", "2026-01-05", "fysio")] * 20, roles())),
        "200 indeterminate: nothing_found, trace_only",
    ),
    Broken(
        "encounters of the year 1",
        first_physio(period={"start": "0001-01-01"}),
        "200 indeterminate: date_imprecise, nothing_found",
    ),
    Broken(
        "encounters of the year 9999",
        first_physio(period={"start": "9999-12-31T23:59:59-12:00"}),
        "200 indeterminate: date_imprecise, nothing_found",
    ),
    Broken(
        "encounters from the year 1 to 9999",
        first_physio(period={"start": "0001-01-01", "end": "9999-12-31"}),
        "200 indeterminate: date_imprecise, nothing_found",
    ),
    Broken(
        "encounters that end before they begin",
        first_physio(period={"start": "2026-01-05", "end": "2025-01-05"}),
        "200 indeterminate: date_imprecise, trace_only",
    ),
    Broken(
        "encounters whose time is a number",
        first_physio(period={"start": 20260105}),
        "200 indeterminate: nothing_found, resource_unreadable",
    ),
    Broken(
        "encounters without a time",
        first_physio(period=None),
        "200 indeterminate: date_imprecise, nothing_found",
    ),
    Broken(
        "encounters of an unknown status",
        first_physio(status="perhaps"),
        "200 indeterminate: status_unknown",
    ),
    Broken(
        "encounters whose status is a list",
        first_physio(status=["finished"]),
        "200 indeterminate: nothing_found, resource_unreadable",
    ),
    Broken(
        "participants that are no list",
        first_physio(participant="fysio"),
        "200 indeterminate: nothing_found, resource_unreadable",
    ),
    Broken(
        "participants that refer to the encounter itself",
        first_physio(participant=[{"individual": {"reference": "Encounter/fysio-0"}}]),
        "200 indeterminate: nothing_found, unmapped_role",
    ),
    Broken(
        "a class that is a number",
        first_physio(**{"class": 5}),
        "200 indeterminate: nothing_found, resource_unreadable",
    ),
    Broken(
        "parts of one another", first_physio(partOf={"reference": "Encounter/fysio-0"}), "200 met"
    ),
    Broken("cyclic references", cyclic_roles(), "200 met"),
    Broken(
        "a further page that is itself",
        page_after("https://ehr.example.nl/fhir/Encounter?patient=pat-1"),
        "200 met",
    ),
    Broken("a further page without an address", page_after(None), "200 met"),
    Broken("a further page that is a script", page_after("javascript:alert(1)"), "200 met"),
    Broken(
        "a total that is negative",
        offered(encounters={**searchset(encounters(), roles()), "total": -1}),
        "200 met",
    ),
    Broken(
        "a total that is more than there is",
        offered(encounters={**searchset(encounters(), roles()), "total": 10**30}),
        "200 met",
    ),
    Broken(
        "a birth date of the year 1",
        offered(patient={**patient(), "birthDate": "0001-01-01"}),
        "200 met",
    ),
    Broken(
        "a birth date of the year 9999",
        offered(patient={**patient(), "birthDate": "9999-12-31"}),
        "200 met",
    ),
    Broken(
        "a birth date that is a list",
        offered(patient={**patient(), "birthDate": ["1980"]}),
        "200 met",
    ),
    Broken(
        "a death that is an object",
        offered(patient={**patient(), "deceasedBoolean": {}}),
        "200 met",
    ),
    Broken(
        "a role in every language",
        first_physio(participant=[{"individual": {"display": "fysio\u202eterapeut" * 9000}}]),
        "200 indeterminate: nothing_found, unmapped_role",
    ),
]

TABLE = [*BODIES, *HEADERS, *MEMBERS, *ORDERS, *RECORDS]
