"""From the ledger to the assessment: Kleene's logic over criteria, options and outcome."""

from collections.abc import Iterable
from dataclasses import replace

from cds_service.domain.applicability import applicability
from cds_service.domain.assessment import (
    Assessment,
    Completeness,
    OptionFinding,
    Outcome,
)
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact
from cds_service.domain.counting import count
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.findings import find_options
from cds_service.domain.flags import flags
from cds_service.domain.leading import leading_doubt, undecided
from cds_service.domain.ledger import Ledger
from cds_service.domain.referral import Person, Referral
from cds_service.domain.time_check import Check, no_check


def assess_contacts(
    contacts: Iterable[Contact],
    referral: Referral,
    criteria: ReferralCriteria,
    *,
    person: Person,
    completeness: Completeness,
) -> Assessment:
    """What these contacts of a person show about one referral: counted, then assessed."""
    return assess(
        count(
            contacts,
            criteria,
            criteria.lookback(referral.date),
            is_complete=not completeness.care_is_incomplete,
        ),
        referral=referral,
        person=person,
        completeness=completeness,
        criteria=criteria,
    )


def assess(  # noqa: PLR0913 - what is known of one referral
    ledger: Ledger,
    *,
    referral: Referral,
    person: Person,
    completeness: Completeness,
    criteria: ReferralCriteria,
    check: Check = no_check,
) -> Assessment:
    """What the record shows about one referral.

    Applicability comes first: where the criteria certainly do not apply there are no options;
    where that is unknown only the top outcome is weakened, and a "met" stays met (policy 2.0).
    `check` is called while flags are looked for; what it raises ends the assessment.

    Example: 13 sessions of physiotherapy over 84 days and none of psychological care in a whole
    record are *indeterminate*, `nothing_found`: option 1 hangs on its second part, and that
    nothing was found is no proof that nothing was given (policy A2).
    """
    applies = applicability(referral, person, criteria)
    blank = Assessment(
        referral=referral,
        criteria=criteria,
        lookback=ledger.lookback,
        outcome=None,
        causes=tuple(sorted(applies.against)),
        completeness=completeness,
    )
    if applies.against:
        return blank
    options = find_options(ledger, completeness, criteria)
    outcome, causes = top(options, completeness, applies.unknown)
    is_open = outcome is Outcome.INDETERMINATE
    judged = replace(
        blank,
        leading=leading_doubt(options, completeness, applies.unknown) if is_open else None,
        outcome=outcome,
        causes=causes,
        options=options,
        unknown=applies.unknown,
        ages=applies.ages,
        ledger=ledger,
    )
    return replace(judged, flags=flags(judged, person, check))


def top(
    options: tuple[OptionFinding, ...], completeness: Completeness, unknown: frozenset[Cause]
) -> tuple[Outcome, tuple[Cause, ...]]:
    """The outcome of all options together, and why it is not certain.

    `unknown` is what is not known of the applicability: it weakens all but a "met" (policy 2.0).
    """
    outcome = max(option.outcome for option in options)
    if outcome is Outcome.MET:
        return outcome, ()
    if completeness.is_unavailable:
        return Outcome.INDETERMINATE, (Cause.RECORD_UNAVAILABLE,)
    if unknown:
        outcome = Outcome.INDETERMINATE
    causes = {cause for finding in undecided(options) for cause in finding.causes}
    return outcome, tuple(sorted(causes | unknown))
