"""OperationOutcome: what an error answer says, in FHIR (conformance E2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

IssueCode = Literal[
    "invalid",  # malformed
    "required",  # a needed member is missing
    "value",  # a member has a value that it may not have
    "not-found",
    "not-supported",
    "too-long",
    "incomplete",  # data that the answer needs could not be retrieved
    "throttled",
    "login",
    "transient",
    "timeout",
    "exception",
]
"""The codes of value set `issue-type` that we use."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that went wrong. Neither text nor path ever holds a value of the call."""

    code: IssueCode
    text: str
    expression: str = ""  # the field concerned; empty where there is none


def operation_outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """An R4 OperationOutcome of severity error, as JSON."""
    # imported with the first one: 9 MB, and a tenth of the time that the service takes to start
    from fhir.resources.R4B.operationoutcome import OperationOutcome  # noqa: PLC0415

    outcome = OperationOutcome(issue=[_issue(issue) for issue in issues])
    members: dict[str, Any] = outcome.model_dump(mode="json")
    return members


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "severity": "error",
        "code": issue.code,
        "diagnostics": issue.text,
        "expression": [issue.expression] if issue.expression else None,
    }
