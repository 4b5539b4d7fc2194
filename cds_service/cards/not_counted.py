"""What was not counted, and why: the care that a reader would expect among the numbers."""

from collections.abc import Iterable, Iterator

from cds_service.cards import phrases
from cds_service.cards.wording import Wording
from cds_service.domain.assessment import Assessment
from cds_service.domain.causes import Reason
from cds_service.domain.contacts import Contact, ContactKind, Profession
from cds_service.domain.ledger import LedgerEntry
from cds_service.domain.professions import disciplines

MOST_REASONS = 3

_SHOWN = (
    Reason.NOT_PRIMARY_CARE,
    Reason.REHABILITATION_PROGRAMME,
    Reason.BEFORE_WINDOW,
    Reason.AFTER_REFERRAL,
    Reason.PLANNED,
    Reason.VOID,
    Reason.SCREENING,
    Reason.NOTE,
    Reason.SAME_DAY,
    Reason.OVERLAPS_STATED_CARE,
    Reason.EXCLUDED_BY_READING,
    Reason.OTHER_PATIENT,
)
"""The reasons that a card gives, in this order. Nobody expects a GP visit or a vaccination among
the numbers, so `other_profession` and `other_procedure` are for the ledger alone."""

_RARELY_COUNT = frozenset({Profession.OTHER, Profession.NURSE})

_IN_SESSIONS = frozenset(
    {
        Reason.NOT_PRIMARY_CARE,
        Reason.REHABILITATION_PROGRAMME,
        Reason.BEFORE_WINDOW,
        Reason.AFTER_REFERRAL,
        Reason.OVERLAPS_STATED_CARE,
        Reason.EXCLUDED_BY_READING,
    }
)
"""Where the text says sessions (`behandelingen`): one per discipline and day, not per record."""


def reasons(assessment: Assessment, wording: Wording) -> str:
    """The reasons with their numbers, at most three; empty where there is nothing to say."""
    counts = list(_counts(assessment))
    since = phrases.day(assessment.lookback.first, wording)
    keys: dict[Reason, str] = {}
    if len(counts) == 1:
        keys[Reason.NOT_PRIMARY_CARE] = "not_primary_care:only"
    said = [
        wording.say(f"not_counted.{keys.get(reason, reason)}", n=number, **{"from": since})
        for reason, number in counts[:MOST_REASONS]
    ]
    if rest := sum(number for _, number in counts[MOST_REASONS:]):
        said.append(wording.say("forms.other_reasons", n=rest))
    return ", ".join(said)


def only_hospital(assessment: Assessment) -> bool:
    """Whether all of it was outside the first line, which option 1 (1) alone asks for."""
    return [reason for reason, _ in _counts(assessment)] == [Reason.NOT_PRIMARY_CARE]


def _counts(assessment: Assessment) -> Iterator[tuple[Reason, int]]:
    for reason, found in _by_reason(assessment).items():
        if found:
            yield reason, _sessions(found.values()) if reason in _IN_SESSIONS else len(found)


def _by_reason(assessment: Assessment) -> dict[Reason, dict[int, Contact]]:
    """Every contact once per reason that is given, whichever criteria leave it out."""
    found: dict[Reason, dict[int, Contact]] = {reason: {} for reason in _SHOWN}
    for option in assessment.options:
        for finding in option.findings:
            for entry in finding.ledger.counting:
                reason = _shown_reason(entry)
                if reason in found and _is_expected(entry.contact):
                    found[reason][id(entry.contact)] = entry.contact
            for entry, seen in finding.ledger.left_out:
                reason = _shown_reason(entry)
                if reason in found and _is_expected(entry.contact):
                    found[reason].update((id(contact), contact) for contact in seen.contacts)
    return found


def _shown_reason(entry: LedgerEntry) -> Reason | None:
    """A screening is one wherever it was; it is no session of a rehabilitation centre."""
    is_screening = entry.contact.kind is ContactKind.SCREENING
    if is_screening and entry.reason is Reason.REHABILITATION_PROGRAMME:
        return Reason.SCREENING
    return entry.reason


def _is_expected(contact: Contact) -> bool:
    """Whether somebody of a profession that can count gave it; a bare nurse is rarely one."""
    return not contact.professions <= _RARELY_COUNT


def _sessions(contacts: Iterable[Contact]) -> int:
    singles: set[tuple[object, object]] = set()
    courses = 0
    known: dict[int, frozenset[str]] = {}
    for contact in contacts:
        if contact.is_course:
            courses += contact.sessions or 1
        elif contact.days is None or not contact.days.is_exact:
            singles.add((contact.source, None))
        else:
            names = known.get(id(contact.facts))
            if names is None:
                names = known[id(contact.facts)] = _disciplines(contact)
            singles.add((names, contact.days.first))
    return len(singles) + courses


def _disciplines(contact: Contact) -> frozenset[str]:
    """What makes one session of a day (policy C1)."""
    names = (disciplines(each, contact.setting) for each in contact.professions)
    return frozenset().union(*names)
