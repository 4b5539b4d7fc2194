"""The outcome of each criterion and option, from their two tallies (policy 2.0)."""

from cds_service.domain.adding_up import reaches
from cds_service.domain.assessment import Completeness, CriterionFinding, OptionFinding, Outcome
from cds_service.domain.causes import Cause
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.ledger import CriterionLedger, Ledger


def find_options(
    ledger: Ledger, completeness: Completeness, criteria: ReferralCriteria
) -> tuple[OptionFinding, ...]:
    """Every option with the findings of its criteria; *all of* is the smallest of them."""
    options = []
    for option in criteria.options:
        findings = tuple(
            find(ledger.of(criterion.id), completeness) for criterion in option.criteria
        )
        outcome = min(finding.outcome for finding in findings)
        options.append(OptionFinding(option.id, outcome, findings))
    return tuple(options)


def find(part: CriterionLedger, completeness: Completeness) -> CriterionFinding:
    """One criterion: met, then doubt, then a gap, then nothing or a trace found, then not met.

    Stated care can only add. So where a search for it failed there is no "not met", and all else
    stays as it is (policy 2.6, stated care that could not be retrieved).

    Example: with six sessions of which two have an unknown status, over 90 days, it is
    *indeterminate*, `status_unknown`; with four certain ones and no doubtful ones it is *not met*.
    """
    if reaches(part.in_one_run, part.criterion):
        return CriterionFinding(part, Outcome.MET)
    if completeness.is_unavailable:
        return _indeterminate(part, {Cause.RECORD_UNAVAILABLE})
    if reaches(part.possible, part.criterion, days=part.criterion.least_possible):
        return _indeterminate(part, _doubts(part, completeness))
    unseen = _why_unseen(part, completeness)
    if unseen is not None:
        return _indeterminate(part, {unseen})
    return CriterionFinding(part, Outcome.NOT_MET)


def _why_unseen(part: CriterionLedger, completeness: Completeness) -> Cause | None:
    """Why care that is not among the contacts may have been given; None where nothing says so."""
    if completeness.care_is_incomplete:
        return Cause.RECORD_INCOMPLETE
    if _nothing_is_known(part):
        return _why_nothing(part)
    return Cause.RECORD_INCOMPLETE if completeness.statements_are_missing else None


def _indeterminate(part: CriterionLedger, causes: set[Cause]) -> CriterionFinding:
    return CriterionFinding(part, Outcome.INDETERMINATE, tuple(sorted(causes)))


def _doubts(part: CriterionLedger, completeness: Completeness) -> set[Cause]:
    """Everything that leaves this criterion open."""
    causes = set(part.doubts)
    is_one_run = reaches(
        part.possibly_in_one_run, part.criterion, days=part.criterion.least_possible
    )
    if not is_one_run:
        causes.add(Cause.INTERRUPTED)
    if not reaches(part.possibly_in_one_run if is_one_run else part.possible, part.criterion):
        causes.add(Cause.DURATION_BORDERLINE)
    if completeness.care_is_incomplete:
        causes.add(Cause.RECORD_INCOMPLETE)
    elif _nothing_is_known(part):
        causes.add(_why_nothing(part))
    return causes


def _nothing_is_known(part: CriterionLedger) -> bool:
    """Policy A2: no evidence or only a trace, where absence from a record proves nothing."""
    is_little = part.evidence < part.criterion.evidence_sessions
    return part.criterion.nothing_found_is_unknown and is_little


def _why_nothing(part: CriterionLedger) -> Cause:
    """Nothing found is said only of a record that was read completely (policy 2.6)."""
    if Cause.RECORD_INCOMPLETE in part.doubts:
        return Cause.RECORD_INCOMPLETE
    return Cause.TRACE_ONLY if part.has_evidence else Cause.NOTHING_FOUND
