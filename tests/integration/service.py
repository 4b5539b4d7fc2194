"""The whole service in development mode, watched at its requests to FHIR servers.

Each instance starts cold: it knows no server, no role and no connection.
"""

from datetime import date
from functools import cache
from types import TracebackType
from typing import Any, Final, Self

from cds_service.agreements import Anybody
from cds_service.cds_hooks import Hook
from cds_service.check_referral import ReferralCheck
from cds_service.criteria_files import CriteriaFiles, load_criteria
from cds_service.domain.assessment import Assessment
from cds_service.fhir_access import Deadline, FetchCounts, FhirAccess, FhirSession
from cds_service.hook_requests import read_call
from cds_service.settings import read_settings
from cds_service.web import Clinic, http_interface
from fhir_mappings.queries import TemplateForm, prefetch_templates
from fhir_mappings.terminology import Terminology, load_terminology
from tests.contract.checked_client import CheckedClient, assessments
from tests.integration.records import TODAY, Json

PATIENT_ENOUGH: Final = "30"  # seconds; a loaded machine must not decide what a test shows


class WatchedAccess(FhirAccess):
    """Keeps the session of each hook call, which knows what it has cost."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[FhirSession] = []

    def session(self, base_url: str, *, token: str | None, deadline: Deadline) -> FhirSession:
        """The session of a call, as always."""
        made = super().session(base_url, token=token, deadline=deadline)
        self.sessions.append(made)
        return made


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
        self._today = date.fromisoformat(today)
        self.access = WatchedAccess()
        criteria, terms = _rules()
        self._check = ReferralCheck(criteria, terms, self.access, self._settings)
        clinic = Clinic(
            self._check,
            lambda day, form: prefetch_templates(day, form=TemplateForm(form)),
            lambda: self._today,
            Anybody(self._settings.agreement),
        )
        self._client = CheckedClient(http_interface(self._settings, clinic))

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
        read = read_call(
            call,
            hook=Hook(call["hook"]),
            today=self._today,
            agreement=self._settings.agreement,
            most_entries=self._settings.max_entries,
        )
        (assessment,) = self._check.assess(read)
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


@cache
def _rules() -> tuple[CriteriaFiles, Terminology]:
    return load_criteria(None), load_terminology(None)


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
