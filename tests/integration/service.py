"""The whole service in development mode, watched at its requests to FHIR servers.

Each instance starts cold: it knows no server, no role and no connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import TracebackType
from typing import Any, Final, Self
from unittest.mock import patch

from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment
from cds_service.fhir_access import FetchCounts, FhirAccess, FhirSession
from cds_service.hooks.cds_hooks import AssessedReferral, HookCall
from cds_service.hooks.order_hooks import ReferralCheck
from cds_service.settings.settings import read_settings
from fhir_mappings.terminology.tables import load_terminology
from tests.contract.checked_client import CheckedClient, assessments
from tests.integration.records import TODAY, Json

PATIENT_ENOUGH: Final = "30"  # seconds; a loaded machine must not decide what a test shows

_load_criteria = cache(load_criteria)
_load_terminology = cache(load_terminology)


class WatchedAccess(FhirAccess):
    """Keeps the session of each hook call, which knows what it has cost, and what came of it."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.sessions: list[FhirSession] = []
        self.judged: tuple[Assessment, ...] = ()

    def session(self, *args: Any, **named: Any) -> FhirSession:
        """The session of a call, as always."""
        made = super().session(*args, **named)
        self.sessions.append(made)
        return made


class _WatchedCheck(ReferralCheck):
    def assess(self, call: HookCall) -> tuple[AssessedReferral, ...]:
        judged = super().assess(call)
        assert isinstance(self.access, WatchedAccess)
        self.access.judged = tuple(referral.assessment for referral in judged)
        return judged


class Service:
    """The service on 15 June 2026, or on another day; each answer is held to the contract."""

    def __init__(self, *, today: str = TODAY, **environ: str) -> None:
        self._settings = read_settings(
            {
                "IMSR_MODE": "development",
                "IMSR_TODAY": today,
                "IMSR_DEADLINE_SECONDS": PATIENT_ENOUGH,
                **environ,
            }
        )
        made: list[WatchedAccess] = []
        with _watched(made):
            app: FastAPI = create_app(self._settings)
        (self.access,) = made
        self._client = CheckedClient(app)

    def answer(self, call: Json) -> Json:
        """The answer to a hook call."""
        response = self._client.call(call)
        assert response.status_code == 200, response.text
        body: Json = response.json()
        return body

    def assessment(self, call: Json) -> Json:
        """What is said about the only referral of a call."""
        (assessment,) = assessments(self._client.call(call))
        return assessment

    def ledger(self, call: Json) -> Assessment:
        """The same before it becomes JSON: with every contact."""
        self.answer(call)
        (assessment,) = self.access.judged
        return assessment

    def templates(self) -> dict[str, str]:
        """The prefetch templates that discovery offers."""
        found: list[dict[str, Any]] = self._client.get("/cds-services").json()["services"]
        templates: dict[str, str] = found[0]["prefetch"]
        return templates

    @property
    def deadline(self) -> float:
        """The seconds that a call may take."""
        return self._settings.deadline_seconds

    @property
    def cost(self) -> FetchCounts:
        """What the last call has cost."""
        return self.access.sessions[-1].counts

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.access.close()


@contextmanager
def _watched(made: list[WatchedAccess]) -> Iterator[None]:
    """What `create_app` uses: the rules are read once for all tests, the rest is watched."""

    def access(*args: Any, **named: Any) -> WatchedAccess:
        made.append(WatchedAccess(*args, **named))
        return made[-1]

    with (
        patch("cds_service.settings.site_access.FhirAccess", access),
        patch("cds_service.app.ReferralCheck", _WatchedCheck),
        patch("cds_service.app.load_criteria", _load_criteria),
        patch("cds_service.app.load_terminology", _load_terminology),
    ):
        yield


def sessions(assessment: Json) -> dict[str, Json]:
    """The sessions of each criterion."""
    return {
        criterion["id"]: criterion["sessions"]
        for option in assessment["options"]
        for criterion in option["criteria"]
    }


def verdict(assessment: Json) -> tuple[str, list[str]]:
    """The outcome and its causes."""
    return assessment["outcome"], assessment.get("because", [])
