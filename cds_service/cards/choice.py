"""Which card a referral gets (policy 2.13, 6)."""

from cds_service.cards.card import CardKind
from cds_service.cards.deciding import DOUBTS, NUMBER_DOUBTS
from cds_service.domain.assessment import Assessment, CriterionFinding, LeadingDoubt, Outcome
from cds_service.domain.causes import Cause
from cds_service.domain.criteria import CriterionId
from cds_service.domain.referral import Indication, ReferralKind

_C1 = CriterionId.ALLIED_HEALTH_THERAPY
_C2 = CriterionId.PSYCHOLOGICAL_CARE
_O2 = CriterionId.PSYCHOSOMATIC_THERAPY


def choose(assessment: Assessment) -> CardKind | None:
    """The card of an assessment; None where no setting may show one."""
    if assessment.outcome is None:
        return _not_applicable(assessment)
    referral = assessment.referral
    if referral.kind is ReferralKind.UNCLEAR and referral.indication is Indication.UNKNOWN:
        return CardKind.KIND_AND_INDICATION_UNCLEAR
    if assessment.outcome is Outcome.MET:
        return _met(assessment)
    if assessment.outcome is Outcome.NOT_MET:
        return _not_met(assessment)
    return _indeterminate(assessment)


def _not_applicable(assessment: Assessment) -> CardKind | None:
    """Nothing at all for a patient who has died or a referral from before the criteria."""
    causes = set(assessment.causes)
    if causes & {Cause.DECEASED, Cause.BEFORE_EFFECTIVE_DATE}:
        return None
    if Cause.MINOR in causes:
        return CardKind.NOT_APPLICABLE_MINOR
    if Cause.ONE_TIME_CONSULT in causes:
        return CardKind.ONE_TIME_CONSULT
    return CardKind.NOT_APPLICABLE_DIAGNOSIS


def _met(assessment: Assessment) -> CardKind:
    first, second = (option.outcome is Outcome.MET for option in assessment.options)
    if first and second:
        return CardKind.MET_BOTH
    return CardKind.MET_OPTION1 if first else CardKind.MET_OPTION2


def _not_met(assessment: Assessment) -> CardKind:
    if _option2_is_nearer(assessment):
        return CardKind.NOT_MET_O2
    c1, c2 = (assessment.finding(c).outcome is Outcome.NOT_MET for c in (_C1, _C2))
    if c1 and c2:
        return CardKind.NOT_MET_BOTH
    return CardKind.NOT_MET_C1 if c1 else CardKind.NOT_MET_C2


def _option2_is_nearer(assessment: Assessment) -> bool:
    """Psychosomatic sessions were found, and nothing at all of option 1 (2)."""
    psychology = assessment.finding(_C2).ledger
    nothing_found = not psychology.has_evidence and not psychology.possible.sessions
    return nothing_found and assessment.finding(_O2).ledger.certain.sessions > 0


def _indeterminate(assessment: Assessment) -> CardKind:
    """The first cause in the order of policy 2.13 gives the card; the others become notes."""
    leading = assessment.leading or LeadingDoubt(assessment.causes)
    causes = frozenset(leading.causes)
    if Cause.RECORD_UNAVAILABLE in causes:
        return CardKind.RECORD_UNAVAILABLE
    if Cause.RECORD_INCOMPLETE in causes:
        return CardKind.RECORD_INCOMPLETE
    if doubts := causes & DOUBTS:
        only_numbers = doubts <= NUMBER_DOUBTS
        return CardKind.NUMBER_UNCLEAR if only_numbers else CardKind.DOUBTFUL_CONTACTS
    return _complete_and_without_doubts(assessment, leading)


def _complete_and_without_doubts(assessment: Assessment, leading: LeadingDoubt) -> CardKind:
    where = frozenset(leading.criteria)
    if Cause.INTERRUPTED in leading.causes:
        return _INTERRUPTED[_nearest(assessment, where)]
    if Cause.DURATION_BORDERLINE in leading.causes:
        return _BORDERLINE[_nearest(assessment, where)]
    if Cause.NOTHING_FOUND in leading.causes:
        return _NOT_FOUND.get(where, CardKind.NOT_FOUND_BOTH)
    if Cause.TRACE_ONLY in leading.causes:
        return _TRACE.get(where, CardKind.TRACE_BOTH)
    if Cause.INDICATION_UNKNOWN in leading.causes:
        return CardKind.INDICATION_UNKNOWN
    return CardKind.AGE_UNKNOWN


_INTERRUPTED = {
    _C1: CardKind.INTERRUPTED_C1,
    _C2: CardKind.INTERRUPTED_C2,
    _O2: CardKind.INTERRUPTED_O2,
}
_BORDERLINE = {
    _C1: CardKind.DURATION_BORDERLINE_C1,
    _C2: CardKind.DURATION_BORDERLINE_C2,
    _O2: CardKind.DURATION_BORDERLINE_O2,
}
_NOT_FOUND = {frozenset({_C1}): CardKind.NOT_FOUND_C1, frozenset({_C2}): CardKind.NOT_FOUND_C2}
_TRACE = {frozenset({_C1}): CardKind.TRACE_C1, frozenset({_C2}): CardKind.TRACE_C2}


def _nearest(assessment: Assessment, where: frozenset[CriterionId]) -> CriterionId:
    """The criterion that a card is about: that of the option which less is lacking of."""
    if _O2 in where and _psychology_is_lacking(assessment.finding(_C2)):
        return _O2
    if _C1 in where:
        return _C1
    return _C2 if _C2 in where else _O2


def _psychology_is_lacking(finding: CriterionFinding) -> bool:
    is_little = {Cause.NOTHING_FOUND, Cause.TRACE_ONLY} & set(finding.causes)
    return finding.outcome is Outcome.NOT_MET or bool(is_little)
