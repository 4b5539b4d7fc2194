"""The doubtful contacts that the outcome hangs on, and what follows if they count."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from cds_service.domain.adding_up import reaches
from cds_service.domain.assessment import Assessment, CriterionFinding, OptionFinding, Outcome
from cds_service.domain.causes import DOUBTS_OF_A_CONTACT, Cause
from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import CriterionId, Threshold
from cds_service.domain.ledger import LedgerEntry

DOUBTS = frozenset(DOUBTS_OF_A_CONTACT)
NUMBER_DOUBTS = frozenset({Cause.COURSE_WITHOUT_NUMBER, Cause.NUMBER_UNCLEAR})
_OF_THE_CONTACT = DOUBTS | {Cause.RECORD_INCOMPLETE}  # a role or place that could not be retrieved
_UNSETTLED = NUMBER_DOUBTS | {Cause.DATE_IMPRECISE}
"""Doubts that stay when a contact counts: its number or its day is still not known."""


@dataclass(frozen=True, slots=True)
class DecidingContact:
    """A contact, what is unclear about it, and for which criteria its profession is."""

    contact: Contact
    causes: frozenset[Cause]
    profession_for: frozenset[CriterionId] = frozenset()

    def joined(self, other: "DecidingContact") -> "DecidingContact":
        """The same contact, as two criteria see it."""
        return replace(
            self,
            causes=self.causes | other.causes,
            profession_for=self.profession_for | other.profession_for,
        )


def deciding_contacts(assessment: Assessment) -> tuple[DecidingContact, ...]:
    """The contacts that decide, by date; those without any date come last."""
    found: dict[Contact, DecidingContact] = {}
    for option in assessment.options:
        if option.outcome is not Outcome.INDETERMINATE:
            continue
        for finding in option.findings:
            for deciding in _of_finding(finding):
                known = found.get(deciding.contact)
                found[deciding.contact] = known.joined(deciding) if known else deciding
    return tuple(sorted(found.values(), key=_by_date))


def _by_date(deciding: DecidingContact) -> tuple[date, date, str]:
    days = deciding.contact.days
    return (
        days.first if days else date.max,
        days.last if days else date.max,
        deciding.contact.source,
    )


def _of_finding(finding: CriterionFinding) -> Iterator[DecidingContact]:
    if finding.outcome is not Outcome.INDETERMINATE:
        return
    causes = frozenset(finding.causes) & _OF_THE_CONTACT
    entries = [e for e in _counting(finding) if e.causes & causes]
    if entries:
        for entry in entries:
            yield _deciding(entry, entry.causes, finding)
    elif causes & DOUBTS:
        # every contact is certain, but not how many sessions they are together
        for entry in _counting(finding):
            if entry.is_course or _is_of_several(entry):
                yield _deciding(entry, causes & DOUBTS, finding)


def _is_of_several(entry: LedgerEntry) -> bool:
    """Whether the record leaves open which discipline the contact was a session of."""
    return len(entry.disciplines) > 1


def too_few_contacts(finding: CriterionFinding) -> list[DecidingContact]:
    """The doubtful contacts of a criterion of which nothing, or a trace, was found for certain.

    Even if they count it is too little, so they decide nothing; who they were can be asked.
    """
    if not _HARDLY_FOUND & set(finding.causes):
        return []
    return [_deciding(e, e.causes, finding) for e in finding.ledger.possible_entries if e.causes]


_HARDLY_FOUND = frozenset({Cause.NOTHING_FOUND, Cause.TRACE_ONLY})


def _counting(finding: CriterionFinding) -> list[LedgerEntry]:
    return finding.ledger.certain_entries + finding.ledger.possible_entries


def _deciding(
    entry: LedgerEntry, causes: frozenset[Cause], finding: CriterionFinding
) -> DecidingContact:
    is_profession = Cause.PROFESSION_TO_CONFIRM in causes
    criteria = {finding.criterion.id} if is_profession else set()
    return DecidingContact(entry.contact, causes, frozenset(criteria))


def option_if_all_count(assessment: Assessment) -> int | None:
    """The option, 1 or 2, that is met if every deciding contact counts; None if not certainly.

    Not said where a number or a day would still be open, nor where one contact would have to
    count for two criteria of the option: it was with one therapist.
    """
    return _first_option(assessment, _is_met_if_all_count)


def option_if_number_suffices(assessment: Assessment) -> int | None:
    """The option that is met if a course without a number held the required number."""
    return _first_option(assessment, _is_met_if_number_suffices)


def _first_option(
    assessment: Assessment, would_be_met: Callable[[OptionFinding], bool]
) -> int | None:
    for number, option in enumerate(assessment.options, start=1):
        if option.outcome is Outcome.INDETERMINATE and would_be_met(option):
            return number
    return None


def _is_met_if_all_count(option: OptionFinding) -> bool:
    undecided = _undecided(option)
    contacts = [d.contact for finding in undecided for d in _of_finding(finding)]
    return (
        bool(contacts)
        and len(contacts) == len(set(contacts))
        and all(_reaches_if_all_count(finding) for finding in undecided)
        and all(f.outcome is not Outcome.NOT_MET for f in option.findings)
    )


def _reaches_if_all_count(finding: CriterionFinding) -> bool:
    is_settled = all(not d.causes & _UNSETTLED for d in _of_finding(finding))
    return is_settled and reaches(finding.ledger.possible, finding.criterion)


def _is_met_if_number_suffices(option: OptionFinding) -> bool:
    undecided = _undecided(option)
    if len(undecided) != 1 or any(f.outcome is Outcome.NOT_MET for f in option.findings):
        return False
    ledger = undecided[0].ledger
    if not any(_can_hold(d.contact, ledger.criterion.sessions) for d in _of_finding(undecided[0])):
        return False
    number_is_all = ledger.criterion.threshold is Threshold.ANY
    return number_is_all or ledger.certain.days >= ledger.criterion.days


def _can_hold(contact: Contact, sessions: int) -> bool:
    return contact.sessions is None or contact.sessions >= sessions


def _undecided(option: OptionFinding) -> list[CriterionFinding]:
    return [f for f in option.findings if f.outcome is Outcome.INDETERMINATE]
