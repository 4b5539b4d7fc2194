"""The applications that are compared: bare endpoints, ours, and ours with a strict validation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import FastAPI
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from cds_service import app as service
from cds_service.hooks.cds_hooks import HookAnswer, HookCall, to_json
from cds_service.settings.settings import Settings, read_settings
from cds_service.strict_json import BodyLimits, parse_object
from cds_service.web.routes import ReferralChecker

PATH: Final = "/cds-services/imsr-order-sign"
_SETTINGS: Final = {
    "IMSR_MODE": "development",
    "IMSR_TODAY": "2026-06-15",
    "IMSR_DEADLINE_SECONDS": "60",
    "IMSR_MAX_BODY_BYTES": "67108864",
    "IMSR_MAX_ENTRIES": "100000",
}
_THERAPISTS: Final = frozenset({"0400", "0403", "0404", "0700", "8800", "0409"})
_PSYCHOLOGISTS: Final = frozenset({"9401", "9405", "9416"})


def ours() -> FastAPI:
    """The service as it is."""
    return service.create_app(_settings())


def ours_validating() -> FastAPI:
    """The service, with fhir.resources reading every incoming resource first."""
    usual = service._checker  # noqa: SLF001 the one seam where the checker is made

    def checker(*parts: Any) -> "_Validating":
        return _Validating(usual(*parts))

    service._checker = checker  # type: ignore[assignment]  # noqa: SLF001
    try:
        return service.create_app(_settings())
    finally:
        service._checker = usual  # noqa: SLF001


def empty() -> FastAPI:
    """An endpoint that reads the call and says nothing."""
    return _bare(lambda _: {"cards": []})


def naive() -> FastAPI:
    """An endpoint that counts over the dicts: sessions and span by role code, and no questions."""
    return _bare(_naive_answer)


def _settings() -> Settings:
    return read_settings(_SETTINGS)


@dataclass(frozen=True, slots=True)
class _Validating:
    checker: ReferralChecker

    def answer(self, call: HookCall) -> HookAnswer:
        for bundle in (call.prefetch or {}).values():
            for entry in bundle.get("entry", ()) if isinstance(bundle, dict) else ():
                _validate(entry["resource"])
        return self.checker.answer(call)


def _validate(resource: dict[str, Any]) -> None:
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError:
        return


def _bare(say: Callable[[dict[str, Any]], object]) -> FastAPI:
    application = FastAPI(openapi_url=None)
    limits = BodyLimits(size=1 << 26, nesting=64, string=1_000_000, values=10_000_000)

    async def body(request: Request) -> bytes:
        return await request.body()

    def answer(content: bytes) -> Response:
        call: Any = parse_object(content, limits)
        return Response(to_json(say(call)), media_type="application/json")

    async def endpoint(request: Request) -> Response:
        return answer(await body(request))

    application.add_route(PATH, endpoint, methods=["POST"])
    return application


def _naive_answer(call: dict[str, Any]) -> object:
    prefetch = call["prefetch"]
    roles = _roles(prefetch["encounters"])
    days: dict[str, set[str]] = {"therapist": set(), "psychologist": set()}
    for key in ("encounters", "procedures"):
        for entry in prefetch[key].get("entry", ()):
            resource = entry["resource"]
            if resource["resourceType"] in {"Encounter", "Procedure"}:
                days.setdefault(_group(resource, roles), set()).add(_day(resource))
    found = {group: (len(own), _span(own)) for group, own in days.items()}
    return {"cards": [], "extension": {"found": {k: list(v) for k, v in found.items()}}}


def _roles(bundle: dict[str, Any]) -> dict[str, str]:
    return {
        f"PractitionerRole/{resource['id']}": resource["specialty"][0]["coding"][0]["code"]
        for entry in bundle.get("entry", ())
        if (resource := entry["resource"])["resourceType"] == "PractitionerRole"
    }


def _group(resource: dict[str, Any], roles: dict[str, str]) -> str:
    if resource["resourceType"] == "Encounter":
        reference = resource["participant"][0]["individual"]["reference"]
    else:
        reference = resource["performer"][0]["actor"]["reference"]
    code = roles.get(reference, "")
    if code in _THERAPISTS:
        return "therapist"
    return "psychologist" if code in _PSYCHOLOGISTS else "other"


def _day(resource: dict[str, Any]) -> str:
    period = resource.get("period")
    text: str = period["start"] if period else resource["performedDateTime"]
    return text[:10]


def _span(days: set[str]) -> int:
    ordered = sorted(map(date.fromisoformat, days))
    return (ordered[-1] - ordered[0]).days if ordered else 0
