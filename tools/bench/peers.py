"""What we are measured against: a floor, and another Python server for CDS Hooks.

It runs in the environment of the benchmark (`requirements/bench.txt`), so it imports nothing of
ours. The floor is a bare endpoint with orjson and a naive count over dicts: no doubt, no places,
no dates but their first ten characters. HealthChain answers with a handler that does nothing, and
with one that counts in the same naive way.

    python tools/bench/peers.py floor_counting 7      # on the listening socket with descriptor 7
"""

import socket
import sys
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import orjson
import uvicorn
from healthchain.gateway.api import HealthChainAPI
from healthchain.gateway.cds import CDSHooksService
from healthchain.models.requests.cdsrequest import CDSRequest
from healthchain.models.responses.cdsresponse import CDSResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH: Final = "/cds-services/imsr-order-sign"
_THERAPISTS: Final = frozenset({"0400", "0403", "0404", "0700", "8800", "0409"})
_PSYCHOLOGISTS: Final = frozenset({"9401", "9405", "9416"})

Json = dict[str, Any]


def floor_empty() -> Any:
    """An endpoint that reads the call and says nothing."""
    return _floor(lambda _: {"cards": []})


def floor_counting() -> Any:
    """An endpoint that counts over the dicts and asks no questions."""
    return _floor(lambda call: {"cards": [], "extension": {"found": naive_count(call["prefetch"])}})


def healthchain_trivial() -> Any:
    """HealthChain with a handler that answers without cards."""
    return _healthchain(lambda _: [])


def healthchain_counting() -> Any:
    """HealthChain with the naive count, told in one card."""

    def cards(request: CDSRequest) -> list[Json]:
        found = naive_count(request.prefetch or {})
        return [{"summary": str(found)[:140], "indicator": "info", "source": {"label": "naive"}}]

    return _healthchain(cards)


def naive_count(prefetch: Json) -> Json:
    """Days with a contact, and days between the first and the last, per group of role codes."""
    roles = _roles(prefetch["encounters"])
    days: dict[str, set[str]] = {"therapist": set(), "psychologist": set()}
    for key in ("encounters", "procedures"):
        for entry in prefetch[key].get("entry", ()):
            resource = entry["resource"]
            if resource["resourceType"] in {"Encounter", "Procedure"}:
                days.setdefault(_group(resource, roles), set()).add(_day(resource))
    return {group: [len(dates), _span(dates)] for group, dates in days.items()}


def _roles(bundle: Json) -> dict[str, str]:
    return {
        f"PractitionerRole/{resource['id']}": resource["specialty"][0]["coding"][0]["code"]
        for entry in bundle.get("entry", ())
        if (resource := entry["resource"])["resourceType"] == "PractitionerRole"
    }


def _group(resource: Json, roles: dict[str, str]) -> str:
    if resource["resourceType"] == "Encounter":
        reference = resource["participant"][0]["individual"]["reference"]
    else:
        reference = resource["performer"][0]["actor"]["reference"]
    code = roles.get(reference, "")
    if code in _THERAPISTS:
        return "therapist"
    return "psychologist" if code in _PSYCHOLOGISTS else "other"


def _day(resource: Json) -> str:
    period = resource.get("period")
    text: str = period["start"] if period else resource["performedDateTime"]
    return text[:10]


def _span(days: set[str]) -> int:
    ordered = sorted(map(date.fromisoformat, days))
    return (ordered[-1] - ordered[0]).days if ordered else 0


def _floor(answer: Callable[[Json], Json]) -> Any:
    async def endpoint(request: Request) -> Response:
        call: Json = orjson.loads(await request.body())
        return Response(orjson.dumps(answer(call)), media_type="application/json")

    return Starlette(routes=[Route(PATH, endpoint, methods=["POST"])])


def _healthchain(cards: Callable[[CDSRequest], list[Json]]) -> Any:
    service = CDSHooksService(use_events=False)

    @service.hook("order-sign", id="imsr-order-sign")  # type: ignore[untyped-decorator]
    def handle(request: CDSRequest) -> CDSResponse:
        return CDSResponse(cards=cards(request))

    application = HealthChainAPI(enable_events=False)
    application.register_service(service)
    return application


APPLICATIONS: Final[dict[str, Callable[[], Any]]] = {
    make.__name__: make
    for make in (floor_empty, floor_counting, healthchain_trivial, healthchain_counting)
}


if __name__ == "__main__":
    config = uvicorn.Config(
        APPLICATIONS[sys.argv[1]](), log_level="critical", access_log=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[2]))])
