"""Every contact of the ledger once: a row of the table, and with it a mark of the timeline."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cds_service.cards import phrases
from cds_service.cards.deciding import DecidingContact
from cds_service.cards.doubt_lines import doubt
from cds_service.cards.escaping import one_line
from cds_service.domain.assessment import Assessment
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, Profession
from cds_service.domain.criteria import CriterionId
from cds_service.domain.ledger import Standing
from cds_service.domain.ledger_rows import LedgerRow, criterion_of, ledger_rows
from cds_service.domain.lookback import DayRange
from cds_service.domain.professions import PSYCHOSOMATIC_KIND_OF, category
from cds_service.page.texts import Texts


class Symbol(StrEnum):
    """The mark of a contact; the value is the id of its shape in the picture."""

    COUNTED = "c"
    POSSIBLE = "p"
    OTHER_REASON = "r"  # possible, but for a reason other than pain
    NOT_COUNTED = "x"
    STATED = "s"
    STATED_POSSIBLE = "q"


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact: what its row says, and how and where it is marked.

    `criterion` is the band that it stands in; None for care that no criterion asks for.
    `also_counts` where it counts for option 1 (1) and is shown under option 2.
    """

    row: LedgerRow
    criterion: CriterionId | None
    symbol: Symbol
    when: str
    discipline: str
    standing: str
    why: str
    also_counts: bool = False

    @property
    def contact(self) -> Contact:
        """The contact itself."""
        return self.row.contact

    @property
    def days(self) -> DayRange | None:
        """The days on which it was or can have been; None where the record has no date."""
        return self.row.contact.days


def contact_lines(
    assessment: Assessment, texts: Texts, *, without: CriterionId | None = None
) -> tuple[ContactLine, ...]:
    """The lines of all contacts, oldest first; `without` those that stand under one criterion."""
    lines = (_line(row, assessment, texts) for row in ledger_rows(assessment))
    return tuple(line for line in lines if without is None or line.criterion is not without)


def _line(row: LedgerRow, assessment: Assessment, texts: Texts) -> ContactLine:
    criterion = criterion_of(row, assessment.criteria)
    standing = row.standing
    return ContactLine(
        row=row,
        criterion=criterion,
        symbol=_symbol(row, standing, criterion),
        when=when(row.contact, texts),
        discipline=discipline(row.contact.professions, texts),
        standing=texts.page.say(f"standing.{standing}"),
        why=", ".join(_why(row, standing, criterion, texts)),
        also_counts=_counts_twice(row, criterion),
    )


def _symbol(row: LedgerRow, standing: Standing, criterion: CriterionId | None) -> Symbol:
    is_stated = row.contact.is_stated
    if standing is Standing.CERTAIN:
        return Symbol.STATED if is_stated else Symbol.COUNTED
    if standing is Standing.NOT_COUNTED or criterion is None:
        return Symbol.NOT_COUNTED
    if is_stated:
        return Symbol.STATED_POSSIBLE
    is_other = Cause.REASON_TO_CONFIRM in row.entry_of(criterion).causes
    return Symbol.OTHER_REASON if is_other else Symbol.POSSIBLE


def _counts_twice(row: LedgerRow, criterion: CriterionId | None) -> bool:
    if criterion is not CriterionId.PSYCHOSOMATIC_THERAPY:
        return False
    in_option_1 = row.entry_of(CriterionId.ALLIED_HEALTH_THERAPY)
    return in_option_1.standing is Standing.CERTAIN


def when(contact: Contact, texts: Texts) -> str:
    """The day, the period, or that there is no date."""
    days = contact.days
    if days is None:
        return texts.page.say("table.undated")
    first = phrases.day(days.first, texts.cards)
    if days.is_exact:
        return first
    return texts.page.say("table.period", first=first, last=phrases.day(days.last, texts.cards))


@lru_cache(maxsize=1024)
def discipline(professions: frozenset[Profession], texts: Texts) -> str:
    """The disciplines that a contact can have been of, in words."""
    if not professions:
        return texts.page.say("unknown_profession")
    names = dict.fromkeys(
        texts.cards.say(f"disciplines.{_name(each, texts)}") for each in sorted(professions)
    )
    return texts.cards.say("forms.or").join(names)


def _name(profession: Profession, texts: Texts) -> str:
    is_psychosomatic = profession in PSYCHOSOMATIC_KIND_OF
    if is_psychosomatic and f"disciplines.{profession}" in texts.cards:
        return str(profession)
    return str(category(profession))


def _why(
    row: LedgerRow, standing: Standing, criterion: CriterionId | None, texts: Texts
) -> Iterator[str]:
    if standing is Standing.NOT_COUNTED:
        yield _reason(row, criterion, texts)
    else:
        parts = [
            phrases.part(name, texts.cards)
            for name, entry in row.entries
            if entry.standing is standing
        ]
        yield phrases.listed(parts, texts.cards)
    if standing is Standing.POSSIBLE and criterion is not None:
        yield from _doubts(row, criterion, texts)
    contact = row.contact
    if contact.is_stated:
        yield texts.page.say("table.stated")
    if contact.sessions is not None:
        yield texts.page.say("table.times", n=contact.sessions)
    elif contact.is_course and standing is Standing.CERTAIN:
        yield texts.page.say("table.number_unknown")


def _reason(row: LedgerRow, criterion: CriterionId | None, texts: Texts) -> str:
    entry = row.entries[0][1] if criterion is None else row.entry_of(criterion)
    return texts.page.say(f"reasons.{entry.reason}") if entry.reason else ""


def _doubts(row: LedgerRow, criterion: CriterionId, texts: Texts) -> Iterator[str]:
    """What is unclear, and the practice where that can be asked (policy 2.7)."""
    entry = row.entry_of(criterion)
    is_profession = Cause.PROFESSION_TO_CONFIRM in entry.causes
    asked = frozenset({criterion}) if is_profession else frozenset[CriterionId]()
    if said := doubt(DecidingContact(row.contact, entry.causes, asked), texts.cards):
        yield said
    if practice := one_line(row.contact.practice):
        yield practice


def practice_of(contact: Contact, texts: Texts) -> str:
    """The practice; where it is unknown the therapist; where that is unknown too, just that."""
    if name := one_line(contact.practice):
        return name
    if name := one_line(contact.practitioner_name):
        return texts.cards.say("forms.practitioner", name=name)
    return texts.cards.say("forms.place_unknown")
