"""Which of several causes an indeterminate outcome hangs on most (policy 2.13, 6).

What would keep the outcome open even if every doubtful contact counted comes before the doubtful
contacts: eight unclear contacts of a practice nurse never hide that no physiotherapy was found.
"""

from cds_service.domain.assessment import (
    Completeness,
    CriterionFinding,
    LeadingDoubt,
    OptionFinding,
    Outcome,
)
from cds_service.domain.causes import DOUBTS_OF_A_CONTACT, Cause

_DOUBTS = frozenset(DOUBTS_OF_A_CONTACT)
_STAY_OPEN = frozenset({Cause.INTERRUPTED, Cause.DURATION_BORDERLINE})
"""Causes that a criterion has only if its doubtful contacts do not settle it."""

_REMAINING = (
    Cause.INTERRUPTED,
    Cause.DURATION_BORDERLINE,
    Cause.NOTHING_FOUND,
    Cause.TRACE_ONLY,
)


def leading_doubt(
    options: tuple[OptionFinding, ...], completeness: Completeness, unknown: frozenset[Cause]
) -> LeadingDoubt:
    """What leads where the outcome is indeterminate; `unknown` are age and indication."""
    if completeness.is_unavailable:
        return LeadingDoubt((Cause.RECORD_UNAVAILABLE,))
    open_ones = undecided(options)
    incomplete = [f for f in open_ones if Cause.RECORD_INCOMPLETE in f.causes]
    if incomplete:
        return _about((Cause.RECORD_INCOMPLETE,), incomplete)
    doubtful = [finding for finding in open_ones if _is_settled_by_doubts(finding)]
    would_be_met = any(
        min(_if_all_count(f) for f in option.findings) is Outcome.MET for option in options
    )
    if not would_be_met:
        for cause in _REMAINING:
            concerned = [f for f in open_ones if cause in f.causes and not _is_settled_by_doubts(f)]
            if concerned:
                return _about((cause,), concerned)
    if doubtful:
        causes = {cause for finding in doubtful for cause in finding.causes} & _DOUBTS
        return _about(tuple(sorted(causes)), doubtful)
    return LeadingDoubt(tuple(sorted(unknown))[:1])


def _if_all_count(finding: CriterionFinding) -> Outcome:
    return Outcome.MET if _is_settled_by_doubts(finding) else finding.outcome


def _is_settled_by_doubts(finding: CriterionFinding) -> bool:
    """Whether a criterion that is open is met if every doubtful contact counts."""
    causes = frozenset(finding.causes)
    return bool(causes & _DOUBTS) and not causes & _STAY_OPEN


def _about(causes: tuple[Cause, ...], findings: list[CriterionFinding]) -> LeadingDoubt:
    return LeadingDoubt(causes, tuple(finding.criterion.id for finding in findings))


def undecided(options: tuple[OptionFinding, ...]) -> tuple[CriterionFinding, ...]:
    """The indeterminate criteria of every indeterminate option: what the outcome hangs on."""
    return tuple(
        finding
        for option in options
        if option.outcome is Outcome.INDETERMINATE
        for finding in option.findings
        if finding.outcome is Outcome.INDETERMINATE
    )
