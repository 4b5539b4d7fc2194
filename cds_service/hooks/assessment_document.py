"""The full assessment of the referrals of a call: what `POST /assessments` answers.

It is the assessment of :mod:`cds_service.hooks.extension` with the ledger behind it, the readings
that would change the outcome, and the forecast (interface.md, The full assessment). The ledger
names entries of the record by their ids, for one who may read the record anyway, and the practice
of a contact; nobody by name, and nothing that anybody wrote about the patient.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cds_service.assessing import ExplainedAssessment
from cds_service.domain.assessment import Assessment
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact
from cds_service.domain.forecast import Forecast
from cds_service.domain.ledger import LedgerEntry
from cds_service.domain.ledger_rows import ledger_rows
from cds_service.hooks.extension import assessment_json

SCHEMA_OF_DOCUMENT = Path(__file__).parents[1] / "schemas" / "full-assessments.schema.json"
"""The JSON Schema of the document."""

Fault = Callable[[str], str]
"""Says what is wrong with an entry of the record (`Encounter/7`); empty where nobody knows."""


def document_json(
    explained: Iterable[ExplainedAssessment], fault: Fault = lambda _: ""
) -> dict[str, object]:
    """The document: one member of `referrals` for each referral to rehabilitation medicine.

    `fault` is asked about entries that could not be read.
    """
    return {"referrals": [_referral(each, fault) for each in explained]}


def _referral(explained: ExplainedAssessment, fault: Fault) -> dict[str, object]:
    readings = explained.readings
    return _without_empty(
        {
            "assessment": assessment_json(explained.assessment),
            "ledger": list(_ledger(explained.assessment, fault)),
            "readings": [{"id": r.id, "outcome": r.outcome.label} for r in readings.changing],
            "readingsNotTried": list(readings.not_tried),
            "forecast": [_forecast(each) for each in explained.forecasts],
        }
    )


def _forecast(forecast: Forecast) -> dict[str, object]:
    """Sessions that are missing, planned and still to be planned; 0 is left out."""
    numbers = {
        "missing": forecast.missing or None,
        "planned": forecast.planned or None,
        "more": forecast.more or None,
    }
    earliest = forecast.earliest.isoformat() if forecast.earliest else None
    return _without_empty({"criterion": forecast.criterion.value, **numbers, "earliest": earliest})


def _ledger(assessment: Assessment, fault: Fault) -> Iterator[dict[str, object]]:
    """Every contact, oldest first and undated ones last, with what it is worth by criterion."""
    for row in ledger_rows(assessment):
        worths = [_worth(criterion.value, entry) for criterion, entry in row.entries]
        yield _contact(row.contact, worths, fault)


def _contact(contact: Contact, worths: list[dict[str, object]], fault: Fault) -> dict[str, object]:
    days = contact.days
    is_unreadable = Cause.RESOURCE_UNREADABLE in contact.doubts
    return _without_empty(
        {
            "source": contact.source,
            "first": days.first.isoformat() if days else None,
            "last": days.last.isoformat() if days else None,
            "professions": sorted(each.value for each in contact.professions),
            "setting": contact.setting.value,
            "practice": contact.practice,
            "kind": contact.kind.value,
            "status": contact.status.value,
            "sessions": contact.sessions,
            "isCourse": contact.is_course or None,
            "isStated": contact.is_stated or None,
            "fault": fault(contact.source) if is_unreadable else None,
            "criteria": worths,
        }
    )


def _worth(criterion: str, entry: LedgerEntry) -> dict[str, object]:
    return _without_empty(
        {
            "id": criterion,
            "standing": entry.standing.value,
            "because": sorted(cause.value for cause in entry.causes),
            "reason": entry.reason.value if entry.reason else None,
        }
    )


def _without_empty(members: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value not in (None, "", [])}
