"""The strict second look: every resource read by fhir.resources, with the models of FHIR R4B.

The service reads only what it needs, and leniently. This says what else is wrong with a record,
for those who can mend its source. For the resources that we read, R4B and R4 are the same.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cds_service.cli.check_incoming import Incoming, Received

_KINDS: dict[type, str] = {
    str: "must be a string",
    float: "must be a number",
    bool: "must be true or false",
    list: "must be a list",
    dict: "must be an object",
}
_WORDS = {
    "missing": "is required",
    "model_field_validation.missing": "is required",
    "extra_forbidden": "is no element of FHIR R4 here",
    "string_type": _KINDS[str],
    "list_type": _KINDS[list],
    "dict_type": _KINDS[dict],
    "json_invalid": _KINDS[dict],
    "int_parsing": _KINDS[float],
    "bool_parsing": _KINDS[bool],
}
_PATTERNS = {
    r"^[A-Za-z0-9\-.]+$": "must be letters, digits, - and . only",
    r"^[^\s]+(\s[^\s]+)*$": "must be a code: not empty, and no blanks round it",
}
_INDEX = re.compile(r"\[\d+\]")
_MOST_OF_ONE = 3  # faults that explain why a resource could not be read


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one resource."""

    resource: str  # `Type/id`, or where it was
    element: str  # path from the type: `Encounter.period.start`
    what: str

    @property
    def kind(self) -> str:
        """Which fault it is, whatever the resource and the place in its lists."""
        return f"{_INDEX.sub('', self.element)} {self.what}"


@dataclass(frozen=True, slots=True)
class StrictLook:
    """What came of it: how many resources were read, and every fault in them."""

    resources: int
    faults: tuple[Fault, ...]

    @property
    def faulty(self) -> int:
        """How many resources have a fault."""
        return len({fault.resource for fault in self.faults})

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """Each kind of fault and how often it occurs, the most frequent first."""
        return tuple(Counter(fault.kind for fault in self.faults).most_common())


def look_at(received: Sequence[Received], after_each: Callable[[], None]) -> StrictLook:
    """Reads each resource strictly."""
    faults: list[Fault] = []
    for each in received:
        faults += faults_of(each)
        after_each()
    return StrictLook(len(received), tuple(faults))


def why_unreadable(name: str, incoming: Incoming) -> str:
    """The first faults of a resource that our reader could not read; empty where none is found."""
    received = incoming.named(name)
    faults = () if received is None else faults_of(received)[:_MOST_OF_ONE]
    return "; ".join(f"{fault.element.partition('.')[2]} {fault.what}".strip() for fault in faults)


def faults_of(received: Received) -> tuple[Fault, ...]:
    """Every fault of one resource."""
    name, resource = received.name, received.resource
    if not isinstance(resource, Mapping):
        return (Fault(name, "resource", _KINDS[dict]),)
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        return (Fault(name, "resourceType", "must be a string"),)
    try:
        model = get_fhir_model_class(kind)
    except (ValueError, LookupError):
        return (Fault(name, "resourceType", "is no resource type of FHIR R4"),)
    return tuple(Fault(name, *each) for each in dict.fromkeys(_faults(model, kind, resource)))


def _faults(model: Any, kind: str, resource: Mapping[str, object]) -> list[tuple[str, str]]:
    try:
        read = model.model_validate(resource)
        written = json.loads(read.model_dump_json())
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=True)
        return [(_element(kind, each), _what(each)) for each in errors]
    except Exception as error:  # noqa: BLE001 - its models raise what they like for odd values
        return [(kind, f"cannot be read by fhir.resources ({type(error).__name__})")]
    return list(_of_another_type(kind, resource, written))


def _of_another_type(path: str, value: object, written: object) -> Iterator[tuple[str, str]]:
    """What the models quietly turned into another type: `"yes"` into true, 3 into a day of 1970."""
    if isinstance(value, Mapping) and isinstance(written, Mapping):
        for name in value.keys() & written.keys():
            yield from _of_another_type(f"{path}.{name}", value[name], written[name])
    elif isinstance(value, list) and isinstance(written, list):
        for number, (one, other) in enumerate(zip(value, written, strict=False)):
            yield from _of_another_type(f"{path}[{number}]", one, other)
    elif value is not None and _type_of(value) is not _type_of(written):
        yield path, _KINDS.get(_type_of(written), "has the wrong type")


def _type_of(value: object) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _element(kind: str, error: ErrorDetails) -> str:
    path = kind
    for part in error["loc"]:
        if part != "root":  # an artefact of the models, no element
            path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path


def _what(error: ErrorDetails) -> str:
    """The fault in our words, where we have them; a value of the record is never repeated."""
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "model_validation_format":
        return f"must be an object of type {context.get('model_class', '')}".rstrip()
    if error["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(str(context.get("pattern")), "has a form that FHIR does not allow")
    if error["type"] == "list_type" and isinstance(error["input"], list):
        return "must hold no null"
    message = error["msg"].removeprefix("Value error, ")
    if message.endswith("does not match spec regex."):
        return f"is no {message.split(maxsplit=1)[0]} as FHIR writes it"
    return _WORDS.get(error["type"], message)
