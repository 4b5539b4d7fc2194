"""The only place where the parts are put together."""

import gc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import anyio
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.routing import BaseRoute

from cds_service.criteria_files import load_criteria
from cds_service.fhir_access import FhirAccess
from cds_service.hooks.assumed_referral import assumed_referral
from cds_service.hooks.cds_hooks import Hook, HookCall
from cds_service.hooks.exchange import AnsweredCall
from cds_service.hooks.margins import margin_days
from cds_service.hooks.order_hooks import ReferralCheck
from cds_service.observing.event_log import log_event
from cds_service.observing.metrics import Metrics
from cds_service.settings.client_options import Anybody, Callers
from cds_service.settings.settings import Settings, refuse_unsafe_start
from cds_service.settings.site_access import fhir_access
from cds_service.web.routes import Collaborators, http_interface
from fhir_mappings.queries import TemplateForm, patient_view_templates, prefetch_templates
from fhir_mappings.terminology.tables import load_terminology

if TYPE_CHECKING:  # what it takes is imported where it is needed
    from cds_service.store import Store

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_OTHER_THREADS = 8  # discovery, readiness, metrics, audit rows
_REFRESH_SECONDS = 1.0
_AT_ONCE_BYTES = 65_536  # computed in a few milliseconds; a thread would cost half as much again
_COLLECT_AFTER = (50_000, 20, 100)
"""A large call makes some hundred thousand objects and hardly any cycle: at 700, the default, the
collector walks through them hundreds of times."""


def create_app(settings: Settings, metrics: Metrics | None = None) -> FastAPI:
    """The service, ready to be served; `metrics` where it shares them with other processes.

    Raises InvalidSettingsError, InvalidClientsError, InvalidCriteriaError or
    InvalidTerminologyError where it could not be served safely: rule files, code tables and
    clients are read here, and the store is opened, before the first call.
    """
    refuse_unsafe_start(settings)
    access = fhir_access(settings)
    checker = _checker(settings, access)
    metrics = metrics or Metrics()
    metrics.watch_circuits(lambda: access.open_circuits)
    has_store = settings.store is not None
    bookkeeping = _with_store(settings, metrics) if has_store else _Bookkeeping(_anybody(settings))
    collaborators = _collaborators(settings, checker, bookkeeping, metrics)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        _make_room(settings.max_calls)
        _start(settings, collaborators)
        async with _kept_up_to_date(metrics):
            yield
        access.close()
        bookkeeping.close()

    return http_interface(settings, collaborators, lifespan)


def calendar(settings: Settings) -> Callable[[], date]:
    """What tells which day it is in Amsterdam, or was set for a test (policy B2)."""
    fixed = settings.today
    if fixed is not None:
        return lambda: fixed
    return lambda: datetime.now(_AMSTERDAM).date()


@dataclass(frozen=True, slots=True)
class _Bookkeeping:
    """Who may call, and what is written down of it. By default nothing is written down."""

    callers: Callers
    keep: Callable[[AnsweredCall], None] | None = None
    refuse_unwell: Callable[[], None] | None = None  # raises StoreUnavailableError
    close: Callable[[], None] = lambda: None
    pages: Callable[[ReferralCheck, Callable[[], date]], Sequence[BaseRoute]] = lambda *_: ()


def _anybody(settings: Settings) -> Callers:
    if not settings.is_development:
        raise ValueError("production is not served without clients and a store")
    return Anybody(settings.client_options)


def _with_store(settings: Settings, metrics: Metrics) -> _Bookkeeping:
    """Trusted clients, in development mode anybody; used tokens and audit rows in the store.

    What this takes is imported here: databases, their migrations and cryptography are a third of
    the memory and of the start, and development mode usually needs none of them.
    """
    from cds_service.clients import Authentication, token_check  # noqa: PLC0415
    from cds_service.hooks.audit import Audit  # noqa: PLC0415
    from cds_service.store import (  # noqa: PLC0415
        Answers,
        Pseudonyms,
        SeenTokens,
        open_store,
        read_audit_key,
    )

    store = open_store(settings.store or "")
    pseudonyms = Pseudonyms(read_audit_key(settings.audit_key, settings.audit_key_file))
    audit = Audit(Answers(store), pseudonyms, row_lost=metrics.audit_row_lost)
    if settings.trusted_clients is None or settings.is_development:
        callers = _anybody(settings)
    else:
        check = token_check(settings.trusted_clients, settings)
        callers = Authentication(check, SeenTokens(store), settings.client_options)
    pages = partial(_pages, settings, store)
    return _Bookkeeping(callers, audit.keep, store.refuse_unwell, store.close, pages)


def _collaborators(
    settings: Settings, checker: ReferralCheck, bookkeeping: _Bookkeeping, metrics: Metrics
) -> Collaborators:
    today = calendar(settings)
    return Collaborators(
        checker,
        _templates(settings),
        today,
        bookkeeping.callers,
        bookkeeping.keep,
        _readiness(checker, today, bookkeeping),
        metrics,
        at_once_bytes=_AT_ONCE_BYTES,
        pages=bookkeeping.pages(checker, today),
    )


def _pages(
    settings: Settings, store: "Store", checker: ReferralCheck, today: Callable[[], date]
) -> Sequence[BaseRoute]:
    """The addresses of the page; none where no client has a launch."""
    if settings.trusted_clients is None:
        return ()
    from cds_service.smart.from_settings import launch_clients, launching  # noqa: PLC0415
    from cds_service.smart.reading import PageReader  # noqa: PLC0415
    from cds_service.web.smart import SmartPages, smart_routes  # noqa: PLC0415

    clients = launch_clients(settings)
    if not clients.launches:
        return ()
    pages = SmartPages(
        launching(settings, clients, store),
        PageReader(checker.explain, checker.access),
        today,
        settings.language,
        settings.deadline_seconds,
        most_at_once=max(1, settings.max_calls // 2),
    )
    return tuple(smart_routes(pages))


def _readiness(
    checker: ReferralCheck, today: Callable[[], date], bookkeeping: _Bookkeeping
) -> Callable[[], dict[str, object]]:
    """What the service works with now; a StoreUnavailableError where it could not answer.

    Rule files and code tables were read and checked whole at the start, or there was none. Which
    criteria are in force depends on the day.
    """

    def look() -> dict[str, object]:
        if bookkeeping.refuse_unwell is not None:
            bookkeeping.refuse_unwell()
        criteria = checker.criteria.in_force(today())
        return {
            "criteria": criteria.name,
            "revision": criteria.revision,
            "in_force": criteria.effective_from <= today(),
            "terminology": "loaded",
            "store": "none" if bookkeeping.refuse_unwell is None else "ok",
        }

    return look


def _checker(settings: Settings, access: FhirAccess) -> ReferralCheck:
    return ReferralCheck(
        criteria=load_criteria(settings.criteria_dir),
        terms=load_terminology(settings.terminology_dir),
        access=access,
        settings=settings,
    )


def _templates(settings: Settings) -> Callable[[date, str, Hook], Mapping[str, str]]:
    def of(today: date, form: str, hook: Hook) -> Mapping[str, str]:
        templates = patient_view_templates if hook is Hook.PATIENT_VIEW else prefetch_templates
        return templates(today, form=TemplateForm(form), margin_days=margin_days(hook, settings))

    return of


def _make_room(calls: int) -> None:
    """Threads for calls at work and in the lobby, and for those who look after the service."""
    current_default_thread_limiter().total_tokens = 3 * calls + _OTHER_THREADS


def _start(settings: Settings, collaborators: Collaborators) -> None:
    """Answer one call in silence and set aside what is loaded by then.

    The first call would be slow, and each full pass of the garbage collector over rule files and
    code tables costs a warm service about 100 ms.
    """
    collaborators.checker.answer(_first_call(collaborators.today()))
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    log_event("started", {"mode": settings.mode.value, "unrecognised": settings.unrecognised})


@asynccontextmanager
async def _kept_up_to_date(metrics: Metrics) -> AsyncIterator[None]:
    """Shared metrics are told by other processes, so they must be right also when we are idle."""
    async with anyio.create_task_group() as tasks:
        if metrics.is_shared:
            tasks.start_soon(_refresh, metrics)
        yield
        tasks.cancel_scope.cancel()


async def _refresh(metrics: Metrics) -> None:
    while True:
        metrics.refresh()
        await anyio.sleep(_REFRESH_SECONDS)


def _first_call(today: date) -> HookCall:
    """A referral of nobody, with an empty record: no FHIR server is asked."""
    nothing = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    return HookCall(
        hook=Hook.ORDER_SIGN,
        patient_id="nobody",
        draft_orders=assumed_referral("nobody", today, "warm-up"),
        selections=None,
        today=today,
        prefetch={
            "patient": {"resourceType": "Patient", "id": "nobody", "birthDate": "1980"},
            "encounters": nothing,
            "procedures": nothing,
        },
    )
