"""One record in many shapes: pages, repeats, any order, every way to write a reference."""

import json
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Final

from fhir_mappings.reading.bundles import SearchAnswer, joined, read_answer
from fhir_mappings.reading.record import PatientRecord
from tests.builders.codes import Json
from tests.builders.hook_calls import EHR, searchset
from tests.builders.record_builder import Record

NUMBERS: Final = "https://ehr.example.nl/nummers"
_BY_IDENTIFIER: Final = ("Practitioner/", "Organization/", "Location/", "PractitionerRole/")


def gathered(
    built: Record, shape: Random, *, lost: Sequence[str] = (), by_identifier: bool = True
) -> PatientRecord:
    """What is read of a record that came in some shape; `lost` could not be had."""
    write = _spelling(shape, by_identifier=by_identifier)
    supporting = [
        write(_numbered(each))
        for each in built.supporting
        if f"{each['resourceType']}/{each['id']}" not in lost
    ]
    encounters = _answer("Encounter", map(write, built.encounters), supporting, shape)
    procedures = _answer("Procedure", map(write, built.procedures), supporting, shape)
    statements = _answer("QuestionnaireResponse", map(write, built.statements), (), shape)
    return PatientRecord(
        built.patient["id"],
        EHR,
        built.patient,
        encounters.matches,
        procedures.matches,
        statements.matches,
        {**encounters.included, **procedures.included},
        frozenset(lost),
        aliases={**encounters.aliases, **procedures.aliases},
    )


def _answer(
    resource_type: str, matches: Iterable[Json], included: Sequence[Json], shape: Random
) -> SearchAnswer:
    """A search whose matches and included resources lie on pages, some of them twice."""
    found, brought = _some_twice(list(matches), shape), _some_twice(list(included), shape)
    size = shape.choice((1, 2, 3, 100))
    pages = [found[start : start + size] for start in range(0, len(found), size)] or [[]]
    bundles = [searchset(page, ()) for page in pages]
    for resource in brought:
        bundle = shape.choice(bundles)
        bundle.setdefault("entry", []).extend(searchset((), (resource,))["entry"])
    for bundle in bundles:
        shape.shuffle(bundle.get("entry", []))
    return joined(read_answer(json.loads(json.dumps(each)), resource_type) for each in bundles)


def _some_twice(resources: list[Json], shape: Random) -> list[Json]:
    again = [each for each in resources if shape.random() < 1 / 4]
    found = [*resources, *again]
    shape.shuffle(found)
    return found


def _numbered(resource: Json) -> Json:
    """The resource with a number of its own, by which it can be referred to."""
    number = f"{resource['resourceType']}-{resource['id']}"
    return {**resource, "identifier": [{"system": NUMBERS, "value": number}]}


def _spelling(shape: Random, *, by_identifier: bool) -> Callable[[Json], Json]:
    """Rewrites every reference of a resource to another resource, each in some way."""

    def write(value: object) -> object:
        if isinstance(value, list):
            return [write(each) for each in value]
        if not isinstance(value, dict):
            return value
        changed = {name: write(member) for name, member in value.items()}
        reference = changed.get("reference")
        if isinstance(reference, str) and "/" in reference and "://" not in reference:
            return _spelled(changed, reference, shape, by_identifier=by_identifier)
        return changed

    def resource(value: Json) -> Json:
        written = write(value)
        assert isinstance(written, dict)
        return written

    return resource


def _spelled(value: Json, reference: str, shape: Random, *, by_identifier: bool) -> Json:
    ways: list[Json] = [
        {"reference": reference},
        {"reference": f"{EHR}/{reference}"},
        {"reference": f"{reference}/_history/3"},
        {"reference": f"{EHR}/{reference}/_history/12"},
    ]
    if by_identifier and reference.startswith(_BY_IDENTIFIER):
        number = reference.replace("/", "-")
        ways.append({"identifier": {"system": NUMBERS, "value": number}})
    rest = {name: member for name, member in value.items() if name != "reference"}
    return {**rest, **shape.choice(ways)}
