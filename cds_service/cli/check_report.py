"""The report of `imsr-cds check`: the outcome per criterion, the card, and the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cds_service.cards import Card
from cds_service.cli.card_view import panel
from cds_service.cli.printable_text import printable
from cds_service.domain.assessment import Assessment, CriterionFinding, Flag
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.ledger import LedgerEntry, Tally
from cds_service.domain.lookback import DayRange
from cds_service.extension import assessment_json


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported about one patient."""

    assessment: Assessment
    cards: tuple[Card, ...]
    has_ledger: bool


def as_json(report: Report) -> dict[str, Any]:
    """The assessment as answers write it, with the ledger beside it where that is wanted."""
    told: dict[str, Any] = {"assessment": assessment_json(report.assessment)}
    if report.has_ledger:
        told["ledger"] = {
            finding.criterion.id.value: [_entry_json(entry) for entry in _by_day(finding)]
            for finding in _findings(report.assessment)
        }
    return told


def show_report(console: Console, report: Report) -> None:
    """For a reader: what was checked, the outcome per criterion, the card, the ledger."""
    assessment = report.assessment
    console.print(Text(_heading(assessment)))
    console.print(Text(f"Outcome: {_words(assessment.label)}{_because(assessment.causes)}"))
    for option in assessment.options:
        console.print(Text(f"{option.id}: {_words(option.outcome.label)}", style="bold"))
        for finding in option.findings:
            console.print(Text(f"  {_finding(finding)}"))
    if assessment.flags:
        flags = ", ".join(_flag(flag) for flag in assessment.flags)
        console.print(Text(f"Flags: {flags}"))
    for card in report.cards:
        console.print()
        console.print(panel(card.summary, card.detail, card.indicator.value, card.source_label))
    if report.has_ledger:
        for finding in _findings(assessment):
            console.print()
            console.print(_ledger_table(finding))


def _heading(assessment: Assessment) -> str:
    lookback = assessment.lookback
    return (
        f"Criteria {assessment.criteria.name}, revision {assessment.criteria.revision}\n"
        f"Referral of {assessment.referral.date}, lookback {lookback.first} to {lookback.last}"
    )


def _findings(assessment: Assessment) -> Iterator[CriterionFinding]:
    for option in assessment.options:
        yield from option.findings


def _finding(finding: CriterionFinding) -> str:
    criterion, ledger = finding.criterion, finding.ledger
    joint = {"all": "and", "any": "or"}[criterion.threshold.value]
    return (
        f"{criterion.id.value}: {_words(finding.outcome.label)}{_because(finding.causes)}; "
        f"certain {_tally(ledger.certain)}, possible {_tally(ledger.possible)}; "
        f"needed {criterion.sessions} sessions {joint} {criterion.days} days"
    )


def _tally(tally: Tally) -> str:
    number = "any number of" if tally.is_unbounded else str(tally.sessions)
    return f"{number} sessions in {tally.days} days"


def _because(causes: tuple[Cause, ...]) -> str:
    return f" ({', '.join(_words(cause.value) for cause in causes)})" if causes else ""


def _flag(flag: Flag) -> str:
    about = f" of {flag.criterion.value}" if flag.criterion else ""
    return f"{_words(flag.id.value)}{about}"


def _words(code: str) -> str:
    return code.replace("_", " ")


def _ledger_table(finding: CriterionFinding) -> Table:
    table = Table(
        "day",
        "profession",
        "place",
        "status",
        "standing",
        "why",
        title=f"Contacts for {finding.criterion.id.value}",
        title_justify="left",
        box=box.SIMPLE,
    )
    for entry in _by_day(finding):
        contact = entry.contact
        professions = sorted(each.value for each in contact.professions)
        table.add_row(
            _days(contact.days),
            " or ".join(professions) or "not recorded",
            _words(contact.setting.value),
            _words(contact.status.value),
            entry.standing.value,
            _why(entry),
        )
    return table


def _by_day(finding: CriterionFinding) -> list[LedgerEntry]:
    """The contacts of a criterion, oldest first; those without a date at the end."""
    return sorted(finding.ledger.entries, key=_first_day)


def _first_day(entry: LedgerEntry) -> date:
    return entry.contact.days.first if entry.contact.days else date.max


def _days(days: DayRange | None) -> str:
    if days is None:
        return "unknown"
    return str(days.first) if days.is_exact else f"{days.first} to {days.last}"


def _why(entry: LedgerEntry) -> str:
    why: list[Cause | Reason] = [*sorted(entry.causes)]
    if entry.reason is not None:
        why.append(entry.reason)
    return ", ".join(_words(each.value) for each in why)


def _entry_json(entry: LedgerEntry) -> dict[str, Any]:
    contact = entry.contact
    days = contact.days
    members = {
        "source": printable(contact.source),
        "first": days.first.isoformat() if days else None,
        "last": days.last.isoformat() if days else None,
        "professions": sorted(each.value for each in contact.professions),
        "setting": contact.setting.value,
        "kind": contact.kind.value,
        "status": contact.status.value,
        "sessions": contact.sessions,
        "standing": entry.standing.value,
        "because": sorted(each.value for each in entry.causes),
        "reason": entry.reason.value if entry.reason else None,
    }
    return {name: value for name, value in members.items() if value not in (None, [])}
