"""What a fault is given, the honest answer, and what it gives: the answer that is sent instead."""

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs

from tests.builders.codes import Json
from tests.kit.scripted_server import Reply

FHIR: Final = {"Content-Type": "application/fhir+json;charset=utf-8"}
CONTACTS: Final = frozenset({"Encounter", "Procedure"})
DIRECTORY: Final = frozenset({"PractitionerRole", "Practitioner", "Organization", "Location"})


@dataclass(frozen=True, slots=True)
class Honest:
    """The answer that a fault spoils."""

    address: str  # what was asked, relative to the base
    times: int  # how often it was asked before
    base_url: str
    resource: Json
    headers: dict[str, str]
    earlier_page: Json | None  # another page of the same server, if one was sent
    held: Mapping[str, Json] = field(default_factory=dict)  # all that the server has: `Type/id`
    unknown_types: frozenset[str] = frozenset()  # types that the server does not know

    @property
    def kind(self) -> str:
        """The resource type that was asked for."""
        return re.split("[/?]", self.address)[0]

    @property
    def is_bundle(self) -> bool:
        return self.resource.get("resourceType") == "Bundle"

    @property
    def is_contacts(self) -> bool:
        """Whether it is a page of Encounters or Procedures."""
        return self.is_bundle and any(
            entry["resource"]["resourceType"] in {"Encounter", "Procedure"}
            for entry in self.resource.get("entry", [])
        )

    @property
    def is_first_page(self) -> bool:
        """Whether no page came before this one."""
        offset = parse_qs(self.address).get("_offset", ["0"])[0]
        return offset == "0" and "_getpages" not in self.address

    def copy(self) -> Json:
        """The answer, to be changed."""
        return copy.deepcopy(self.resource)

    @property
    def body(self) -> bytes:
        return json.dumps(self.resource).encode()

    def reply(self, resource: Any, **members: Any) -> Reply:
        return Reply(
            body=json.dumps(resource).encode(), headers={**FHIR, **self.headers}, **members
        )


Fault = Callable[[Honest, Random], Reply | None]
"""None: it cannot be done to this answer."""


def error_reply(honest: Honest, status: int, **headers: str) -> Reply:
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "exception"}],
    }
    return Reply(
        status=status,
        body=json.dumps(outcome).encode(),
        headers={**FHIR, **honest.headers, **headers},
    )


def contacts_in(bundle: Json) -> Iterator[Json]:
    """The Encounters and Procedures of a Bundle."""
    for entry in bundle.get("entry", []):
        if entry["resource"]["resourceType"] in CONTACTS:
            yield entry["resource"]


def with_fewer_contacts(bundle: Json, rng: Random) -> Json:
    """The Bundle without some of its contacts, at least one."""
    entries = bundle["entry"]
    places = [n for n, e in enumerate(entries) if e["resource"]["resourceType"] in CONTACTS]
    left_out = set(rng.sample(places, rng.randint(1, len(places))))
    kept = [entry for n, entry in enumerate(entries) if n not in left_out]
    fewer = {**bundle, "entry": kept}
    fewer.pop("total", None)
    return fewer
