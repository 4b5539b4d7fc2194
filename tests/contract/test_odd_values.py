"""No value in any place of a call makes the service fail (E5), or say what breaks its schema."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import cycle, islice

from tests.contract.calls import (
    ORGANIZATION_TYPE,
    SNOMED,
    Json,
    encounters,
    order,
    order_sign,
    prefetch,
    roles,
    searchset,
)
from tests.contract.services import service

ODD: list[object] = [
    None,
    "",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    "x",
    [None],
    [[]],
    {"reference": 5},
    {"coding": "x"},
    {"start": "2025-01-01", "end": "2020-01-01"},
    "2026-13-45",
    "0001-01-01",
    "9999-12-31T23:59:59-12:00",
    "2025-01-01T25:00:00Z",
    "#",
    "https://[",
    "\u0000",
    10**30,
    {"resourceType": "Bundle", "entry": [None, 5, {"resource": 5}]},
]
Path = tuple[str | int, ...]


def rich_call() -> Json:
    """A call that uses every element that the service reads."""
    organization = {"system": ORGANIZATION_TYPE, "code": "R8"}
    draft = order(
        contained=[
            {"resourceType": "Organization", "id": "c", "type": [{"coding": [organization]}]}
        ],
        performer=[{"reference": "#c", "display": "x", "identifier": {"value": "y"}}],
        performerType={"coding": [{"system": SNOMED, "code": "309360001"}]},
        orderDetail=[{"text": "x"}],
        note=[{"text": "x"}],
        reasonReference=[{"reference": "Condition/1"}],
    )
    encounter = {
        **encounters()[0],
        "type": [{"text": "consult"}],
        "reasonCode": [{"text": "pijn"}],
        "location": [{"location": {"reference": "Location/l"}}],
        "serviceProvider": {"reference": "Organization/fysio-praktijk"},
        "serviceType": {"coding": [{"code": "x"}]},
    }
    procedure = {
        "resourceType": "Procedure",
        "id": "p",
        "status": "completed",
        "subject": {"reference": "Patient/pat-1"},
        "performedPeriod": {"start": "2025-05-01", "end": "2025-06-01"},
        "code": {"coding": [{"system": SNOMED, "code": "91251008"}]},
        "performer": [{"actor": {"reference": "PractitionerRole/fysio"}}],
        "encounter": {"reference": "Encounter/fysio-0"},
    }
    condition = {"resourceType": "Condition", "id": "1", "code": {"text": "pijn"}}
    link = [{"relation": "self", "url": "https://ehr.example.nl/fhir/Encounter?date=ge2024-01-01"}]
    return order_sign(
        draft,
        prefetch={
            **prefetch(),
            "encounters": searchset([encounter], roles(), link=link),
            "procedures": searchset([procedure]),
            "conditions": searchset([condition]),
        },
    )


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place below the top of a JSON value."""
    inner: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, member in inner:
        yield (*path, key)
        yield from places(member, (*path, key))


def changed(body: Json, path: Path, value: object) -> Json:
    """The call with another value in one place."""
    copy = deepcopy(body)
    holder: object = copy
    for key in path[:-1]:
        holder = holder[key]  # type: ignore[index]
    holder[path[-1]] = value  # type: ignore[index]
    return copy


def test_odd_values_in_every_place() -> None:
    """Each place gets four of the values, others than its neighbours; 500 is never answered."""
    client = service()
    body = rich_call()
    values = cycle(ODD)
    for path in places(body):
        for value in islice(values, 4):
            answer = client.post("/cds-services/imsr-order-sign", changed(body, path, value))
            assert answer.status_code in {200, 400, 412}, (path, value)
