"""What a criterion would be if a fact were another: the count is done again, and compared.

Where the contacts that count all the same meet the criterion by themselves there is nothing to
compare, because more contacts never make less of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from cds_service.domain.adding_up import certain_tallies, reaches
from cds_service.domain.assessment import Assessment, CriterionFinding, Outcome
from cds_service.domain.causes import Reason
from cds_service.domain.contacts import ContactStatus, Profession
from cds_service.domain.counting import count_again
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.findings import find
from cds_service.domain.ledger import LedgerEntry, SeenContacts
from cds_service.domain.professions import PSYCHOSOMATIC_KIND_OF
from cds_service.domain.worth import certain_as_read, see_all


def hangs_on_reading(
    finding: CriterionFinding, assessment: Assessment, criteria: ReferralCriteria
) -> bool:
    """Whether the criterion would have another outcome if it were read as these criteria are.

    For a reading of the circumstances of contacts, or of `pooling`.
    """
    if _is_met_by(certain_as_read(finding.ledger, criteria), finding, criteria):
        return False
    return _has_other_outcome(finding, assessment, finding.ledger.seen, criteria)


def hangs_on(
    entries: Sequence[LedgerEntry], finding: CriterionFinding, assessment: Assessment
) -> bool:
    """Whether the criterion would have another outcome without these contacts."""
    gone = {id(entry.contact) for entry in entries}
    certain = [entry for entry in finding.ledger.certain_entries if id(entry.contact) not in gone]
    if _is_met_by(certain, finding, assessment.criteria):
        return False
    seen = tuple(
        each._replace(contacts=kept)
        for each in finding.ledger.seen
        if (kept := [one for one in each.contacts if id(one) not in gone])
    )
    return _has_other_outcome(finding, assessment, seen, assessment.criteria)


def hangs_on_status(
    finding: CriterionFinding, assessment: Assessment, criteria: ReferralCriteria
) -> bool:
    """Whether the criterion would have another outcome under another reading of statuses.

    What all criteria see alike is then seen again.
    """
    contacts = [contact for each in finding.ledger.seen for contact in each.contacts]
    seen = see_all(contacts, assessment.lookback, criteria)
    return _has_other_outcome(finding, assessment, seen, criteria)


def _has_other_outcome(
    finding: CriterionFinding,
    assessment: Assessment,
    seen: tuple[SeenContacts, ...],
    criteria: ReferralCriteria,
) -> bool:
    """Whether a full count of these contacts, by these criteria, gives another outcome."""
    part = count_again(finding.criterion.id, seen, criteria)
    return find(part, assessment.completeness).outcome is not finding.outcome


def _is_met_by(
    certain: Sequence[LedgerEntry], finding: CriterionFinding, criteria: ReferralCriteria
) -> bool:
    """Whether a criterion that is met is met by some of its contacts alone."""
    if finding.outcome is not Outcome.MET:
        return False
    tallies = certain_tallies(certain, finding.criterion, criteria)
    return reaches(tallies.in_one_run, finding.criterion)


_MAY_BE_PSYCHOSOMATIC: dict[Profession, Profession] = {
    kind: each
    for each, kind in PSYCHOSOMATIC_KIND_OF.items()
    if kind in {Profession.PHYSIOTHERAPIST, Profession.EXERCISE_THERAPIST}
}
"""Whom the flag `maybe_psychosomatic` asks about: no register knows occupational therapists."""


def met_if_psychosomatic(finding: CriterionFinding, assessment: Assessment) -> list[LedgerEntry]:
    """The contacts of physio- and exercise therapists who, were they psychosomatic, meet option 2.

    None where they would not.
    """
    given = finding.ledger.seen
    supposed = tuple(_supposed(each) for each in given)
    changed = {
        id(one)
        for old, new in zip(given, supposed, strict=True)
        if new is not old
        for one in new.contacts
    }
    if not changed:
        return []
    part = count_again(finding.criterion.id, supposed, assessment.criteria)
    if find(part, assessment.completeness).outcome is not Outcome.MET:
        return []
    return [entry for entry in part.certain_entries if id(entry.contact) in changed]


def _supposed(seen: SeenContacts) -> SeenContacts:
    """The same contact, supposed to be with a psychosomatic therapist where it may have been.

    Who states care chooses between the two, so there is nothing to ask.
    """
    sort = seen.circumstances
    is_told = seen.reason is not None or sort.is_stated
    if is_told or not sort.professions & _MAY_BE_PSYCHOSOMATIC.keys():
        return seen
    supposed = frozenset(_MAY_BE_PSYCHOSOMATIC.get(each, each) for each in sort.professions)
    return seen._replace(circumstances=sort._replace(professions=supposed))


def days_if_planned_care_is_given(finding: CriterionFinding, assessment: Assessment) -> list[date]:
    """The days after the referral on which a criterion would count what is planned by now."""
    supposed = tuple(
        contact.but(status=ContactStatus.TOOK_PLACE)
        for judged in finding.ledger.left_out
        if judged.entry.reason is Reason.PLANNED
        for contact in judged.seen.contacts
        if contact.days
    )
    if not supposed:
        return []
    referral = assessment.referral.date
    later = replace(assessment.lookback, first=referral + timedelta(days=1), last=date.max)
    seen = see_all(supposed, later, assessment.criteria)
    part = count_again(finding.criterion.id, seen, assessment.criteria)
    return sorted(entry.days.first for entry in part.certain_entries if entry.days)
