"""What is still to come of treatment that goes on (policy B10).

Contacts so far count, and the result is not yet known. A forecast names the earliest day on which
a criterion can be met; the day itself meets nothing, a contact on or after it does.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from cds_service.domain.adding_up import as_known, certain_tallies, longest_gap
from cds_service.domain.assessment import Assessment, CriterionFinding, Outcome
from cds_service.domain.contacts import ContactStatus
from cds_service.domain.criteria import CriterionId, Threshold
from cds_service.domain.ledger import LedgerEntry, Standing, Tally
from cds_service.domain.runs import unbroken
from cds_service.domain.what_if import days_if_planned_care_is_given


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a criterion can be met if its treatment goes on.

    `missing` sessions are those that the run which goes on lacks on the day of the referral, and
    `planned` so many contacts of this care are planned after it. `earliest` is None where no day
    is known: what is planned does not make up what is missing, or nothing certain has begun.
    """

    criterion: CriterionId
    missing: int
    planned: int = 0
    earliest: date | None = None

    @property
    def more(self) -> int:
        """Sessions that are missing beside those that are planned."""
        return max(0, self.missing - self.planned)


def forecasts(assessment: Assessment) -> tuple[Forecast, ...]:
    """The forecast of every criterion whose treatment goes on and that is not met."""
    found = (forecast(finding, assessment) for finding in assessment.findings)
    return tuple(each for each in found if each is not None)


def forecast(finding: CriterionFinding, assessment: Assessment) -> Forecast | None:
    """What is to come of one criterion; None where it is met, or nothing shows that care goes on.

    It goes on where a counted or open contact lies in the last 42 days before the referral.
    """
    if finding.outcome is Outcome.MET or not _goes_on(finding, assessment):
        return None
    criterion = finding.criterion
    so_far = _running(finding, assessment)
    missing = max(0, criterion.sessions - so_far.sessions)
    planned = days_if_planned_care_is_given(finding, assessment)
    if so_far.first is None:
        return Forecast(criterion.id, missing, len(planned))
    by_days = so_far.first + timedelta(days=criterion.days)
    by_number = planned[missing - 1] if 0 < missing <= len(planned) else None
    earliest = _earliest(by_days, by_number, missing, criterion.threshold)
    return Forecast(criterion.id, missing, len(planned), earliest)


def _earliest(
    by_days: date, by_number: date | None, missing: int, threshold: Threshold
) -> date | None:
    """The later day where number and duration are both needed, the earlier where one suffices."""
    if threshold is Threshold.ANY:
        return by_days if by_number is None else min(by_days, by_number)
    if not missing:
        return by_days
    return None if by_number is None else max(by_days, by_number)


def _goes_on(finding: CriterionFinding, assessment: Assessment) -> bool:
    recent = assessment.referral.date - timedelta(days=finding.criterion.recent)
    return any(
        entry.days and entry.days.last >= recent
        for entry in finding.ledger.counting
        if entry.standing is Standing.CERTAIN or _is_open(entry)
    )


def _is_open(entry: LedgerEntry) -> bool:
    return entry.standing is Standing.POSSIBLE and entry.contact.status is ContactStatus.OPEN


def _running(finding: CriterionFinding, assessment: Assessment) -> Tally:
    """What the certain contacts add up to that a session after the referral can go on from.

    Number and duration must be reached within one run (policy A4), so what lies before a pause
    of twelve weeks is no part of it. Where gaps are ignored it is all of them.
    """
    certain = [as_known(entry) for entry in finding.ledger.certain_entries]
    gap = longest_gap(finding.criterion, assessment.criteria)
    if certain and gap is not None:
        certain = unbroken(certain, gap)[-1]
        last = max(entry.surely[1] for entry in certain)
        if (assessment.referral.date - last).days >= gap:
            certain = []
    return certain_tallies(certain, finding.criterion, assessment.criteria).together
