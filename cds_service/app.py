"""The only place where the parts are put together."""

import gc
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from cds_service.cds_hooks import Hook, HookCall
from cds_service.check_referral import ReferralCheck
from cds_service.criteria_files import load_criteria
from cds_service.event_log import log_event
from cds_service.fhir_access import ClientCertificate, FetchLimits, FhirAccess
from cds_service.settings import Settings, refuse_unsafe_start
from cds_service.web import Clinic, ReferralChecker, http_interface
from fhir_mappings.queries import TemplateForm, prefetch_templates
from fhir_mappings.terminology import load_terminology

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def create_app(settings: Settings) -> FastAPI:
    """The service, ready to be served.

    Raises InvalidSettingsError, InvalidCriteriaError or InvalidTerminologyError where it could
    not be served safely: rule files and code tables are read here, before the first call.
    """
    refuse_unsafe_start(settings)
    access = _fhir_access(settings)
    today = calendar(settings)
    clinic = Clinic(_checker(settings, access), _templates(settings), today)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        _start(settings, clinic)
        yield
        access.close()

    return http_interface(settings, clinic, lifespan)


def calendar(settings: Settings) -> Callable[[], date]:
    """What tells which day it is in Amsterdam, or was set for a test (policy B2)."""
    fixed = settings.today
    if fixed is not None:
        return lambda: fixed
    return lambda: datetime.now(_AMSTERDAM).date()


def _checker(settings: Settings, access: FhirAccess) -> ReferralChecker:
    return ReferralCheck(
        criteria=load_criteria(settings.criteria_dir),
        terms=load_terminology(settings.terminology_dir),
        access=access,
        allowed=settings.allowed_servers,
        settings=settings,
    )


def _fhir_access(settings: Settings) -> FhirAccess:
    limits = FetchLimits(
        call_bytes=settings.max_fetched_bytes,
        pages=settings.max_pages,
        directory_seconds=settings.role_cache_seconds,
        directory_entries=settings.role_cache_size,
        circuit_failures=settings.circuit_failures,
        circuit_pause_seconds=settings.circuit_pause_seconds,
    )
    ca_file = None if settings.ca_file is None else str(settings.ca_file)
    return FhirAccess(
        limits,
        extra_ca=ca_file,
        client=_client_certificate(settings),
        networks=settings.fhir_networks,
    )


def _client_certificate(settings: Settings) -> ClientCertificate | None:
    if settings.client_cert is None:
        return None
    key = settings.client_key
    return ClientCertificate(str(settings.client_cert), None if key is None else str(key))


def _templates(settings: Settings) -> Callable[[date], Mapping[str, str]]:
    form, margin = TemplateForm(settings.prefetch), settings.window_margin_days
    return lambda today: prefetch_templates(today, form=form, margin_days=margin)


def _start(settings: Settings, clinic: Clinic) -> None:
    """Answer one call in silence and set aside what is loaded by then.

    The first call would be slow, and each full pass of the garbage collector over rule files and
    code tables costs a warm service about 100 ms.
    """
    clinic.checker.answer(_first_call(clinic.today()))
    gc.collect()
    gc.freeze()
    log_event("started", {"mode": settings.mode.value, "unrecognised": settings.unrecognised})


def _first_call(today: date) -> HookCall:
    """A referral of nobody, with an empty record: no FHIR server is asked."""
    order = {
        "resourceType": "ServiceRequest",
        "id": "warm-up",
        "intent": "order",
        "subject": {"reference": "Patient/nobody"},
        "code": {"text": "iMSR"},
    }
    nothing = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    return HookCall(
        hook=Hook.ORDER_SIGN,
        patient_id="nobody",
        draft_orders={"resourceType": "Bundle", "entry": [{"resource": order}]},
        selections=None,
        today=today,
        prefetch={
            "patient": {"resourceType": "Patient", "id": "nobody", "birthDate": "1980"},
            "encounters": nothing,
            "procedures": nothing,
        },
    )
