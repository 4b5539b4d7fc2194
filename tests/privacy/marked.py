"""A call and a record in which every name, id, number, token and address bears a mark."""

from collections.abc import Mapping
from typing import Any

from tests.contract.calls import access, encounters, order, patient, prefetch, roles, searchset

Json = dict[str, Any]

MARK = "mark7f3a"
BSN = "999911120"
TOKEN = f"token-{MARK}"
MARKS = (MARK, BSN)
PATIENT = f"pat-1-{MARK}"

_PERSON: Json = {
    "identifier": [{"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": BSN}],
    "name": [{"family": f"Jansen-{MARK}", "given": [f"Anna-{MARK}"]}],
    "telecom": [{"system": "email", "value": f"anna@{MARK}.example.nl"}],
    "address": [{"line": [f"{MARK}straat 1"], "postalCode": MARK}],
    "text": {"status": "generated", "div": f"<div>{MARK} {BSN}</div>"},
}
_ANY: Json = {
    "identifier": [{"system": "https://example.nl", "value": f"{MARK}-{BSN}"}],
    "text": {"status": "generated", "div": f"<div>{MARK} {BSN}</div>"},
}


def marked(value: Any) -> Any:
    """The same with a mark on every id and reference, and marked names beside them.

    The id of the draft stays as it is: it is the only one that an answer may hold.
    """
    if isinstance(value, list):
        return [marked(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: _member(name, inner) for name, inner in value.items()}
    if value.get("resourceType") == "ServiceRequest":
        made["id"] = value["id"]
    if "id" in value and "resourceType" in value:
        made |= _PERSON if value["resourceType"] in {"Patient", "Practitioner"} else _ANY
    return made


def _member(name: str, value: Any) -> Any:
    if name in {"id", "reference"} and isinstance(value, str):
        return f"{value}-{MARK}"
    return marked(value)


def marked_order(**elements: Any) -> Json:
    """Our referral, with marked texts where a referrer writes."""
    draft: Json = marked(order(**elements))
    return {
        **draft,
        "note": [{"text": f"Mevrouw {MARK}, BSN {BSN}"}],
        "requester": {"reference": f"Practitioner/{MARK}", "display": f"Dr. {MARK}"},
    }


def marked_record() -> list[Json]:
    """What a FHIR server holds."""
    return [marked(each) for each in (patient(), *encounters(), *roles())]


def marked_prefetch() -> Json:
    """The same, sent along."""
    made: Json = marked(prefetch())
    return made


def call(**members: object) -> Json:
    """A good call; a member that is None is left out."""
    body: Json = {
        "hook": "order-sign",
        "hookInstance": f"instance-{MARK}-{BSN}",
        "context": {
            "userId": f"Practitioner/user-{MARK}",
            "patientId": PATIENT,
            "encounterId": f"encounter-{MARK}",
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": marked_order()}]},
        },
        "prefetch": marked_prefetch(),
        "extension": {"nl.example": {"name": MARK, "bsn": BSN}},
        **members,
    }
    return {name: value for name, value in body.items() if value is not None}


def with_context(**members: object) -> Json:
    """A good call with another context."""
    body = call()
    return {**body, "context": {**body["context"], **members}}


def by_server(server: str, **authorization: object) -> Json:
    """A call whose record is to be fetched."""
    given = access(server, access_token=TOKEN, subject=f"sub-{MARK}", **authorization)
    return call(prefetch=None, **given)


def further_page(url: str) -> Json:
    """A call whose prefetched encounters go on at another address."""
    link = [{"relation": "next", "url": url}]
    page = searchset(marked(encounters()), marked(roles()), link=link)
    return call(prefetch={**marked_prefetch(), "encounters": page})


def marks_in(text: str | bytes) -> list[str]:
    """The marks that a text holds."""
    inner = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return [mark for mark in (*MARKS, TOKEN) if mark in inner]


def headers(token: str, **more: str) -> Mapping[str, str]:
    """The headers of a call with marks where a header may hold anything."""
    return {
        "content-type": "application/json",
        "authorization": f"Bearer {token}",
        "user-agent": f"ehr {MARK}",
        "cookie": f"session={MARK}",
        "baggage": f"patient={MARK}",
        "x-request-id": f"{MARK}-{BSN}",
        **more,
    }
