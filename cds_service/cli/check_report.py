"""The report of `imsr-cds check`: the outcome per criterion, the card, and the ledger."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cds_service.cards import Card
from cds_service.cli.card_view import panel
from cds_service.cli.printable_text import printable
from cds_service.domain.assessment import Assessment, CriterionFinding, Flag
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.contacts import Contact
from cds_service.domain.ledger import LedgerEntry, Tally
from cds_service.domain.lookback import DayRange

_WIDE: Final = 120  # columns from which the ledger names practices and entries as well

# headings of the ledger, and the width of the longest word below each
_NARROW_COLUMNS: Final = (
    ("day", 10),
    ("profession", 15),
    ("place", 14),
    ("standing", 11),
    ("why", 12),
)
_COLUMNS: Final = (
    *_NARROW_COLUMNS[:3],
    ("status", 10),
    *_NARROW_COLUMNS[3:],
    ("entry", 20),
)


def _not_known(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported about one referral.

    `why_unreadable` says of an entry of the record (`Encounter/7`) what is wrong with it; empty
    where that is not known.
    """

    assessment: Assessment
    cards: tuple[Card, ...]
    has_ledger: bool
    why_unreadable: Callable[[str], str] = _not_known


def show_report(console: Console, report: Report) -> None:
    """For a reader: what was checked, the outcome per criterion, the card, the ledger."""
    assessment = report.assessment
    console.print(Text(_heading(assessment)))
    console.print(Text(f"Outcome: {_words(assessment.label)}{_because(assessment.causes)}"))
    for option in assessment.options:
        console.print(Text(f"{option.id}: {_words(option.outcome.label)}", style="bold"))
        for finding in option.findings:
            console.print(Padding(Text(_finding(finding)), (0, 0, 0, 2)))
    if assessment.flags:
        flags = ", ".join(_flag(flag) for flag in assessment.flags)
        console.print(Text(f"Flags: {flags}"))
    if not report.cards:
        console.print(Text("No card: the clinician sees nothing.", style="italic"))
    for card in report.cards:
        console.print()
        console.print(panel(card.summary, card.detail, card.indicator.value, card.source_label))
    if report.has_ledger:
        for finding in _findings(assessment):
            console.print()
            console.print(_ledger_table(finding, report, is_wide=console.width >= _WIDE))


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


def _spaced(code: str) -> str:
    """A code in words that a narrow column can break."""
    return _words(code).replace("-", " ")


def _ledger_table(finding: CriterionFinding, report: Report, *, is_wide: bool) -> Table:
    """In a narrow terminal without what `why` says anyway, and without names."""
    title = f"Contacts for {finding.criterion.id.value}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for heading, width in _COLUMNS if is_wide else _NARROW_COLUMNS:
        table.add_column(heading, min_width=width, overflow="fold")
    for entry in _by_day(finding):
        cells = _cells(entry, report) if is_wide else _narrow_cells(entry, report)
        table.add_row(*map(Text, cells))
    return table


def _narrow_cells(entry: LedgerEntry, report: Report) -> tuple[str, ...]:
    contact = entry.contact
    return (
        _days(contact.days),
        _professions(contact),
        _spaced(contact.setting.value),
        _spaced(entry.standing.value),
        _why(entry, report),
    )


def _cells(entry: LedgerEntry, report: Report) -> tuple[str, ...]:
    contact = entry.contact
    return (
        _days(contact.days),
        _professions(contact),
        _place(contact),
        _spaced(contact.status.value),
        _spaced(entry.standing.value),
        _why(entry, report),
        printable(contact.source),
    )


def _professions(contact: Contact) -> str:
    professions = sorted(each.value for each in contact.professions)
    return _spaced(" or ".join(professions)) or "not recorded"


def _place(contact: Contact) -> str:
    """The kind of place, and its name where the record gives one."""
    setting, name = _spaced(contact.setting.value), printable(contact.practice)
    return f"{setting} ({name})" if name else setting


def _by_day(finding: CriterionFinding) -> list[LedgerEntry]:
    """The contacts of a criterion, oldest first; those without a date at the end."""
    return sorted(finding.ledger.entries, key=_first_day)


def _first_day(entry: LedgerEntry) -> date:
    return entry.contact.days.first if entry.contact.days else date.max


def _days(days: DayRange | None) -> str:
    if days is None:
        return "unknown"
    return str(days.first) if days.is_exact else f"{days.first} to {days.last}"


def _why(entry: LedgerEntry, report: Report) -> str:
    why: list[Cause | Reason] = [*sorted(entry.causes)]
    if entry.reason is not None:
        why.append(entry.reason)
    words = ", ".join(_words(each.value) for each in why)
    fault = _fault(entry, report)
    return f"{words}: {fault}" if fault else words


def _fault(entry: LedgerEntry, report: Report) -> str:
    """What is wrong with an entry that could not be read."""
    if Cause.RESOURCE_UNREADABLE not in entry.contact.doubts:
        return ""
    return printable(report.why_unreadable(entry.contact.source))
