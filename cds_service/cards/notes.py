"""The line *Let op*: the other causes first, then the decisive flags; at most three sentences."""

from collections.abc import Iterator

from cds_service.cards import phrases
from cds_service.cards.borderline import borderline_tally
from cds_service.cards.card import CardKind
from cds_service.cards.context import CardContext
from cds_service.cards.deciding import too_few_contacts
from cds_service.cards.doubt_lines import leading_question
from cds_service.cards.flag_texts import flag_texts
from cds_service.domain.assessment import CriterionFinding, Outcome
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import CriterionId
from cds_service.domain.runs import longest_pause

MOST_NOTES = 3


def notes(context: CardContext) -> str:
    """The sentences of the note; empty where there is nothing to say."""
    said = dict.fromkeys((*_causes(context), *flag_texts(context)))
    return " ".join(list(said)[:MOST_NOTES])


def _causes(context: CardContext) -> Iterator[str]:
    say = context.wording.say
    assessment = context.assessment
    if assessment.outcome is not Outcome.MET:
        yield from _interrupted(context)
    is_met = assessment.outcome is Outcome.MET
    if is_met and assessment.completeness.care_is_incomplete:
        yield say("also.record_incomplete")
    yield from _without_consequence(context)
    if not is_met:
        yield from _borderline(context)
        yield from _little_found(context)
    if Cause.INDICATION_UNKNOWN in assessment.unknown and not _leads(context, "indication"):
        yield say("also.indication_unknown")
    if Cause.AGE_UNKNOWN in assessment.unknown and not _leads(context, "age"):
        ages = context.possible_ages
        yield say("also.age_unknown:ages", **ages) if ages else say("also.age_unknown")


def _leads(context: CardContext, what: str) -> bool:
    """Whether the card itself is the one about this unknown."""
    return context.kind is CardKind(f"{what}_unknown")


def _without_consequence(context: CardContext) -> Iterator[str]:
    """Doubtful contacts that change nothing, where the outcome is certain."""
    doubtful = _doubtful_contacts(context)
    deciding = {each.contact for each in context.deciding}
    unreadable = {c for c in doubtful if Cause.RESOURCE_UNREADABLE in c.doubts}
    others = doubtful - unreadable
    if others and context.assessment.outcome is Outcome.NOT_MET:
        yield context.wording.say("also.doubt_not_decisive", n=len(others))
    if idle := unreadable - deciding:
        yield context.wording.say("also.unreadable", n=len(idle))
    if context.assessment.outcome is Outcome.INDETERMINATE:
        yield from _too_few(context)


def _too_few(context: CardContext) -> Iterator[str]:
    """What the table calls possible and no other line explains: whom to ask about it."""
    known = {each.contact for each in context.deciding}
    for finding in context.assessment.findings:
        contacts = [
            each
            for each in too_few_contacts(finding)
            if each.contact not in known and Cause.RESOURCE_UNREADABLE not in each.causes
        ]
        if contacts:
            asked = leading_question(contacts, context.wording)
            key = "also.too_few:several" if asked.more else "also.too_few"
            yield context.wording.say(
                key, contacts=asked.contacts, question=asked.question, n=len(contacts)
            )


def _doubtful_contacts(context: CardContext) -> set[Contact]:
    """The possible contacts of the criteria that are not met."""
    return {
        entry.contact
        for finding in context.assessment.findings
        if finding.outcome is not Outcome.MET
        for entry in finding.ledger.possible_entries
    }


def _borderline(context: CardContext) -> Iterator[str]:
    """Each borderline duration that the card is not about; the same days are said once."""
    said = {_span(context.leading)} if _is_borderline_card(context) else set()
    for finding in context.assessment.findings:
        if Cause.DURATION_BORDERLINE in finding.causes and _span(finding) not in said:
            said.add(_span(finding))
            yield context.wording.say(
                "also.duration_borderline",
                part=phrases.part(finding.criterion.id, context.wording),
                days=borderline_tally(finding).tally.days,
                min_days=finding.criterion.days,
            )


def _is_borderline_card(context: CardContext) -> bool:
    return context.kind.startswith("duration_borderline")


def _span(finding: CriterionFinding) -> tuple[int, int]:
    return finding.ledger.possible.days, finding.ledger.possible.sessions


def _little_found(context: CardContext) -> Iterator[str]:
    """What was not found at all, or in a trace only, unless the summary says so."""
    for criterion in (CriterionId.ALLIED_HEALTH_THERAPY, CriterionId.PSYCHOLOGICAL_CARE):
        finding = context.assessment.finding(criterion)
        if criterion in context.about:
            continue
        is_nothing = Cause.NOTHING_FOUND in finding.causes and not finding.ledger.possible.sessions
        if is_nothing and context.kind not in _SAY_BOTH:
            yield context.wording.say(f"also.nothing_found_{phrases.SHORT[criterion]}")
        if Cause.TRACE_ONLY in finding.causes:
            yield context.wording.say(f"also.trace_{phrases.SHORT[criterion]}")


_SAY_BOTH = frozenset({CardKind.NOT_MET_C1, CardKind.NOT_MET_C2})
"""Their summaries name what was not found of the other criterion (policy 2.13, 7)."""


def _interrupted(context: CardContext) -> Iterator[str]:
    """What is reached only across a pause, unless the card is about that."""
    about = context.about if context.kind.startswith("interrupted") else ()
    said = {_span(context.leading)} if about else set()
    for finding in context.assessment.findings:
        criterion = finding.criterion
        if Cause.INTERRUPTED in finding.causes and _span(finding) not in said:
            said.add(_span(finding))
            ledger = finding.ledger
            pause = longest_pause(ledger.certain_entries + ledger.possible_entries)
            yield context.wording.say(
                "also.interrupted",
                part=phrases.part(criterion.id, context.wording),
                weeks=pause // phrases.DAYS_IN_A_WEEK,
            )
