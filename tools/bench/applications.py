"""Our service as it is measured: as it is, with a strict validation, and as in production.

    python -m tools.bench.applications ours 7      # on the listening socket with descriptor 7

`ours_production` finds the settings of its site in the JSON file that BENCH_SITE names.
"""

import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from cds_service import app as service
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from cds_service.settings.settings import read_settings
from cds_service.web.routes import ReferralChecker

PATH: Final = "/cds-services/imsr-order-sign"
_SETTINGS: Final = {
    "IMSR_MODE": "development",
    "IMSR_TODAY": "2026-06-15",
    "IMSR_DEADLINE_SECONDS": "60",
    "IMSR_MAX_BODY_BYTES": "67108864",
    "IMSR_MAX_ENTRIES": "100000",
    "IMSR_MAX_VALUES": "10000000",
}


def ours() -> FastAPI:
    """The service in development mode, with limits that let every measured call in."""
    return service.create_app(read_settings(_SETTINGS))


def ours_within_limits() -> FastAPI:
    """The service in development mode with its default limits."""
    return service.create_app(
        read_settings({"IMSR_MODE": "development", "IMSR_TODAY": "2026-06-15"})
    )


def ours_production() -> FastAPI:
    """The service in production: tokens, store and audit rows, in a prepared site."""
    return service.create_app(read_settings(json.loads(Path(os.environ["BENCH_SITE"]).read_text())))


def ours_validating() -> FastAPI:
    """The service, with fhir.resources reading every incoming resource first."""
    usual = service._checker  # noqa: SLF001 the one seam where the checker is made

    def checker(*parts: Any) -> "_Validating":
        return _Validating(usual(*parts))

    service._checker = checker  # type: ignore[assignment]  # noqa: SLF001
    try:
        return ours()
    finally:
        service._checker = usual  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class _Validating:
    checker: ReferralChecker

    def answer(self, call: HookCall) -> HookAnswer:
        for bundle in (call.prefetch or {}).values():
            for entry in bundle.get("entry", ()) if isinstance(bundle, dict) else ():
                _validate(entry["resource"])
        return self.checker.answer(call)


def _validate(resource: dict[str, Any]) -> None:
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415 - 60 MB, needed only here
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError:
        return


_APPLICATIONS: Final[dict[str, Callable[[], FastAPI]]] = {
    make.__name__: make for make in (ours, ours_within_limits, ours_production, ours_validating)
}


if __name__ == "__main__":
    config = uvicorn.Config(_APPLICATIONS[sys.argv[1]](), log_level="critical", access_log=False)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[2]))])
