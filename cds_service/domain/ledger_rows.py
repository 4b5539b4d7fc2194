"""The ledger by contact: each contact once, with what it is worth for every criterion."""

from datetime import date
from typing import NamedTuple

from cds_service.domain.assessment import Assessment
from cds_service.domain.contacts import CareSetting, Circumstances, Contact
from cds_service.domain.criteria import CriterionId, ReferralCriteria
from cds_service.domain.ledger import LedgerEntry, Standing
from cds_service.domain.professions import Service, left_open, serving


class LedgerRow(NamedTuple):
    """A contact, and what each criterion makes of it, in the order of the criteria."""

    contact: Contact
    entries: tuple[tuple[CriterionId, LedgerEntry], ...]

    @property
    def standing(self) -> Standing:
        """The best that it is worth for any criterion."""
        standings = {entry.standing for _, entry in self.entries}
        return next(each for each in Standing if each in standings)

    def entry_of(self, criterion: CriterionId) -> LedgerEntry:
        """What one criterion makes of it; a KeyError where it was not asked."""
        return dict(self.entries)[criterion]


def ledger_rows(assessment: Assessment) -> tuple[LedgerRow, ...]:
    """Every contact, oldest first and undated ones last; none where the criteria do not apply."""
    found: dict[int, list[tuple[CriterionId, LedgerEntry]]] = {}
    for finding in assessment.findings:
        for entry in finding.ledger.entries:
            found.setdefault(id(entry.contact), []).append((finding.criterion.id, entry))
    rows = (LedgerRow(entries[0][1].contact, tuple(entries)) for entries in found.values())
    return tuple(sorted(rows, key=_place))


def _place(row: LedgerRow) -> tuple[date, str]:
    contact = row.contact
    return (contact.days.first if contact.days else date.max, contact.source)


_NEAREST_FIRST = (
    CriterionId.PSYCHOSOMATIC_THERAPY,
    CriterionId.ALLIED_HEALTH_THERAPY,
    CriterionId.PSYCHOLOGICAL_CARE,
)
"""Psychosomatic therapy counts for option 2 and for option 1 (1): it is named where option 2 is."""


def criterion_of(row: LedgerRow, criteria: ReferralCriteria) -> CriterionId | None:
    """The criterion that a contact is shown under: that for which it is worth most.

    Of one that counts for none it is the criterion whose care it was, or can have been by its
    place; None for care that no criterion asks for. A contact of which nothing is known, and that
    can be of any of them, is shown under option 1 (1).
    """
    best = row.standing
    if best is not Standing.NOT_COUNTED:
        worth = {name for name, entry in row.entries if entry.standing is best}
        is_of_anybody = not row.contact.professions
        order = tuple(name for name, _ in row.entries) if is_of_anybody else _NEAREST_FIRST
        return next(name for name in order if name in worth)
    circumstances = row.contact.circumstances
    return next(
        (name for name in _NEAREST_FIRST if _is_care_of(circumstances, name, criteria)), None
    )


def _is_care_of(
    circumstances: Circumstances, criterion: CriterionId, criteria: ReferralCriteria
) -> bool:
    if circumstances.professions:
        return serving(circumstances, criterion, criteria)[0] is not Service.NO
    is_known = circumstances.setting not in {CareSetting.UNKNOWN, CareSetting.PRIMARY_CARE}
    return (
        is_known
        and criterion is not CriterionId.PSYCHOSOMATIC_THERAPY
        and criterion in left_open(circumstances.setting)
    )
