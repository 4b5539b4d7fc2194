"""The calls of a soak: what an EHR sends, and what must be said in answer to each."""

import json
from dataclasses import dataclass
from typing import Any, Final

from tools.bench import records
from tools.soak.scripted_server import CONTACTS

_PATH: Final = "/cds-services/imsr-order-sign"
_PATIENTS: Final = 50
_EXTENSION: Final = "nl.imsr-cds.assessments"
_GAPS: Final = frozenset({"record_incomplete", "record_unavailable", "age_unknown"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it goes over the wire. `outcome` None: no word is said about the order."""

    kind: str
    wire: bytes
    outcome: str | None


def calls(fhir_server: str) -> tuple[Call, ...]:
    """A round of calls, to be sent over and over: half of them leave all to be fetched."""
    made: list[Call] = []
    for number in range(_PATIENTS):
        patient = f"soak-{number}"
        made += [
            Call("fetched", _wire(_fetched(patient, fhir_server)), "met"),
            Call("prefetched", _wire(_prefetched(patient)), "met"),
            Call("fetched", _wire(_fetched(patient, fhir_server)), "met"),
            Call("another order", _wire(_another_order(patient)), None),
        ]
    return tuple(made)


def fault_of(call: Call, body: bytes) -> str:
    """What is wrong with an answer of status 200: `gap`, `wrong`, or nothing.

    A gap is an honest answer about a record that did not come in time.
    """
    answer: dict[str, Any] = json.loads(body)
    said = answer.get("extension", {}).get(_EXTENSION, [])
    if call.outcome is None:
        return "" if answer == {"cards": []} else "wrong"
    if len(said) != 1:
        return "wrong"
    if said[0]["outcome"] == call.outcome and not said[0].get("because"):
        return ""
    return "gap" if _GAPS & set(said[0].get("because", [])) else "wrong"


def _fetched(patient: str, fhir_server: str) -> dict[str, Any]:
    body = {**_of(records.call(0), patient), "fhirServer": fhir_server}
    del body["prefetch"]
    return body


def _prefetched(patient: str) -> dict[str, Any]:
    return _of(records.call(CONTACTS), patient)


def _another_order(patient: str) -> dict[str, Any]:
    return _of(records.call(CONTACTS, is_ours=False), patient)


def _of(body: dict[str, Any], patient: str) -> dict[str, Any]:
    text = json.dumps(body)
    made: dict[str, Any] = json.loads(text.replace(f'{records.PATIENT}"', f'{patient}"'))
    return made


def _wire(body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"POST {_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
