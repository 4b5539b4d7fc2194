"""The summary: one plain sentence under 140 characters."""

from cds_service.cards import phrases
from cds_service.cards.context import CardContext
from cds_service.domain.assessment import Assessment, FlagId, Outcome

LONGEST = 139
"""CDS Hooks asks for fewer than 140 characters; counted in UTF-16 units, the stricter way."""


def summary(context: CardContext) -> str:
    """Outcome, deciding number, way on; nothing that comes from FHIR data as text."""
    values = {**_basis(context), **_numbers(context), **_lookback(context)}
    text = context.wording.say(f"summary.{context.kind}", **values)
    return _within(text.replace("**", ""), LONGEST)


def _basis(context: CardContext) -> dict[str, str | int]:
    key = "stated" if _rests_on_statement(context.assessment) else "record"
    return {"basis": context.wording.say(f"forms.basis.{key}")}


def _rests_on_statement(assessment: Assessment) -> bool:
    """Whether stated care counts for an option that is met."""
    stated = {flag.criterion for flag in assessment.flags if flag.id is FlagId.ATTESTED}
    return any(
        finding.criterion.id in stated
        for option in assessment.options
        if option.outcome is Outcome.MET
        for finding in option.findings
    )


def _numbers(context: CardContext) -> dict[str, str | int]:
    """The numbers of what the card is about, and how many contacts decide."""
    values: dict[str, str | int] = {"n": len(context.deciding)}
    if not context.about:
        return values
    for finding in (context.assessment.finding(criterion) for criterion in context.about):
        name = phrases.SHORT[finding.criterion.id]
        values[f"{name}_count"] = phrases.count(finding.ledger.certain, context.wording)
        values[f"{name}_need"] = phrases.need(finding.criterion, context.wording)
    criterion, certain = context.leading.criterion, context.leading.ledger.certain
    return values | {
        "n": certain.sessions,
        "days": certain.days,
        "min_days": criterion.days,
        "min_sessions": criterion.sessions,
        "min_weeks": phrases.minimum_weeks(criterion),
    }


def _lookback(context: CardContext) -> dict[str, str | int]:
    return {"years": context.assessment.criteria.lookback_years}


def _within(text: str, longest: int) -> str:
    """The text itself; cut at a word where a site's own numbers make it too long."""
    if _length(text) <= longest:
        return text
    while _length(text) >= longest:
        text = text.rpartition(" ")[0] or text[:-1]
    return text + "…"


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
