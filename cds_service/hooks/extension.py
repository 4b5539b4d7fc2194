"""The machine-readable assessment, exactly as interface.md describes it.

Members with nothing to say are left out: there are no nulls and no empty arrays. Nothing of the
patient is in it beyond outcomes, causes, numbers and dates of the rule, and the draft's own id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date

from cds_service.domain.assessment import Assessment, CriterionFinding, Flag, OptionFinding
from cds_service.domain.causes import Cause
from cds_service.domain.ledger import CriterionLedger, Tally


def assessment_json(assessment: Assessment) -> dict[str, object]:
    """One member of `nl.imsr-cds.assessments`.

    Before the criteria took effect there are none to name: criteria, revision and deviations are
    left out. Where they do not apply the options are left out.
    """
    criteria = assessment.criteria_in_force
    applies = assessment.outcome is not None
    members: dict[str, object] = {
        "referral": assessment.referral.order,  # empty for a draft without an id
        "criteria": criteria.name if criteria else None,
        "revision": criteria.revision if criteria else None,
        "referralDate": assessment.referral.date.isoformat(),
        "lookback": {
            "start": assessment.lookback.first.isoformat(),
            "end": assessment.lookback.last.isoformat(),
        },
        "outcome": assessment.label,
        "because": _because(assessment.causes),
        "options": _options(assessment) if applies else None,
        "flags": [_flag(flag) for flag in assessment.flags],
        "pointers": _pointers(assessment),
        "deviations": list(criteria.deviations) if criteria else None,
    }
    return _without_empty(members)


def _options(assessment: Assessment) -> list[dict[str, object]]:
    is_incomplete = assessment.completeness.care_is_incomplete
    return [_option(option, is_incomplete=is_incomplete) for option in assessment.options]


def _option(option: OptionFinding, *, is_incomplete: bool) -> dict[str, object]:
    findings = option.findings
    return {
        "id": option.id,
        "outcome": option.outcome.label,
        "criteria": [_criterion(finding, is_incomplete=is_incomplete) for finding in findings],
    }


def _criterion(finding: CriterionFinding, *, is_incomplete: bool) -> dict[str, object]:
    members: dict[str, object] = {
        "id": finding.criterion.id.value,
        "outcome": finding.outcome.label,
        "because": _because(finding.causes),
        "threshold": finding.criterion.threshold.value,
        "sessions": _sessions(finding.ledger, is_incomplete=is_incomplete),
        "days": _days(finding.ledger, is_incomplete=is_incomplete),
        "run": _run(finding.ledger.run),
    }
    return _without_empty(members)


def _sessions(ledger: CriterionLedger, *, is_incomplete: bool) -> dict[str, object]:
    """A course without a number, or an incomplete record, leaves the number without a bound."""
    is_unbounded = is_incomplete or ledger.possible.is_unbounded
    possible = None if is_unbounded else ledger.possible.sessions
    return _measure(ledger.certain.sessions, possible, ledger.criterion.sessions)


def _days(ledger: CriterionLedger, *, is_incomplete: bool) -> dict[str, object]:
    """The days of a course are known also where its number is not (policy B12)."""
    possible = None if is_incomplete else ledger.possible.days
    return _measure(ledger.certain.days, possible, ledger.criterion.days)


def _run(run: Tally | None) -> dict[str, object] | None:
    """The best run, where the certain sessions form several; its first and last day are known."""
    if run is None or run.first is None or run.last is None:
        return None
    days = {"start": run.first.isoformat(), "end": run.last.isoformat()}
    return {"sessions": run.sessions, "days": run.days, **days}


def _pointers(assessment: Assessment) -> list[dict[str, object]]:
    """Newest first; nothing of a letter or a referral but its kind, criterion and date."""
    told = (
        (pointer.kind.value, pointer.criterion.value, pointer.date.isoformat())
        for pointer in assessment.pointers
    )
    return [
        dict(zip(("kind", "criterion", "date"), each, strict=True)) for each in dict.fromkeys(told)
    ]


def _measure(certain: int, possible: int | None, required: int) -> dict[str, object]:
    bound: dict[str, object] = {"unbounded": True} if possible is None else {"possible": possible}
    return {"certain": certain, **bound, "required": required}


def _flag(flag: Flag) -> dict[str, object]:
    """Only the fields that are set: those that policy 2.8 names for this flag."""
    members = {field.name: getattr(flag, field.name) for field in fields(flag)}
    return {name: _plain(value) for name, value in members.items() if value is not None}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _because(causes: Iterable[Cause]) -> list[str]:
    return sorted(cause.value for cause in causes)


def _without_empty(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value not in (None, "", [])}
