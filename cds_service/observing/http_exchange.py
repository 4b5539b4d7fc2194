"""One HTTP exchange as log, metrics and audit know it, filled in on its way.

They all read it as it is; only the line of the log becomes a mapping, and it is made here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cds_service.domain.assessment import Assessment
from cds_service.domain.causes import Cause
from cds_service.observing.call_measures import CallMeasures

CLIENT_LEFT = "client went away"


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """What a call was answered: an assessment for each referral, and how many cards."""

    assessments: tuple[Assessment, ...] = ()
    cards: int = 0

    def fields(self) -> dict[str, object]:
        """The part of an answer that the log may hold: codes and counts (policy 2.7)."""
        return {
            "cards": self.cards,
            "outcomes": [assessment.label for assessment in self.assessments],
            "because": [cause_codes(assessment.causes) for assessment in self.assessments],
            "criteria": [criteria_name(assessment) for assessment in self.assessments],
            "gaps": [gap_codes(assessment) for assessment in self.assessments],
        }


@dataclass(slots=True)
class HttpExchange:
    """One exchange. None of its fields names a patient, and none is a text that a caller chose.

    `status` None: nothing was answered. `client` None: nobody was asked who calls. `measures`
    None: no call was let in. `summary` None: no referral was assessed, because the call was
    refused or the service failed.
    """

    trace: str  # the W3C trace id
    status: int | str | None = None
    milliseconds: float = 0.0
    client: str | None = None
    hook: str = ""
    refusal: str = ""  # the name of the error
    token: str = ""  # why the token was refused
    measures: CallMeasures | None = field(default=None, repr=False)
    summary: AnswerSummary | None = field(default=None, repr=False)

    @property
    def event(self) -> str:
        """The name of its line in the log."""
        return "call" if self.hook else "http"

    def fields(self) -> dict[str, object]:
        """What its line in the log says; what does not apply is left out."""
        return {
            "trace": self.trace,
            **({} if self.client is None else {"client": self.client}),
            **_without_empty({"hook": self.hook}),
            **({} if self.summary is None else self.summary.fields()),
            **_without_empty({"refusal": self.refusal, "token": self.token}),
            **({} if self.status is None else {"status": self.status}),
            **({} if self.measures is None else self.measures.fields()),
            "milliseconds": self.milliseconds,
        }


def cause_codes(causes: Iterable[Cause]) -> list[str]:
    """Causes as answers write them, sorted."""
    return sorted(cause.value for cause in causes)


def criteria_name(assessment: Assessment) -> str:
    """The criteria that an assessment names; empty before they took effect."""
    criteria = assessment.criteria_in_force
    return criteria.name if criteria else ""


def gap_codes(assessment: Assessment) -> list[str]:
    """The parts of the record that could not be retrieved, sorted."""
    return sorted(part.value for part in assessment.completeness.gaps)


def _without_empty(members: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}
