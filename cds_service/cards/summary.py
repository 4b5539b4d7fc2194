"""The summary: one plain sentence under 140 characters (policy 2.13, 6 and 7)."""

from collections.abc import Callable, Iterator, Mapping

from cds_service.cards import phrases
from cds_service.cards.borderline import borderline_tally
from cds_service.cards.card import CardKind
from cds_service.cards.caveats import caveat
from cds_service.cards.context import CardContext
from cds_service.cards.doubt_lines import leading_question
from cds_service.cards.pointers import all_are_named, newest_pointers
from cds_service.domain.adding_up import fewest_sessions
from cds_service.domain.assessment import Assessment, CriterionFinding, FlagId, Outcome
from cds_service.domain.causes import Cause, Reason
from cds_service.domain.criteria import CriterionId
from cds_service.domain.runs import longest_pause

LONGEST = 139
"""CDS Hooks asks for fewer than 140 characters; counted in UTF-16 units, the stricter way."""

Values = dict[str, str | int]
_C1 = CriterionId.ALLIED_HEALTH_THERAPY
_C2 = CriterionId.PSYCHOLOGICAL_CARE


def summary(context: CardContext) -> str:
    """Outcome, deciding number, way on; nothing that comes from FHIR data as text."""
    key, values = deciding_facts(context)
    text = ""
    for way, said in _ways(key, values, context):
        text = context.wording.say(f"summary.{way}", **said).replace("**", "")
        if _length(text) <= LONGEST:
            break
    return _within(_after_question(text, context.lead), LONGEST)


def deciding_facts(context: CardContext) -> tuple[str, Values]:
    """What a summary is about: the key of its text, and the numbers and words in it."""
    key, values = _choice(context)
    shared = {"lead": context.lead, **_numbers(context), **_lookback(context)}
    return key, {**shared, **values}


def _after_question(text: str, lead: str) -> str:
    """A sentence of its own where the summary opens with a question."""
    place = len(lead) + 1
    if not (lead.endswith("?") and text.startswith(lead)):
        return text
    return text[:place] + text[place : place + 1].upper() + text[place + 1 :]


def _ways(key: str, values: Values, context: CardContext) -> Iterator[tuple[str, Values]]:
    """The text, then what says it shorter: the newest pointer alone, or without the last words."""
    yield key, values
    if "pointers" in values:
        yield key, {**values, "pointers": newest_pointers(context, most=1)}
    if f"summary.{key}:short" in context.wording:
        yield f"{key}:short", values


def _choice(context: CardContext) -> tuple[str, Values]:
    """Which text of its kind the card opens with, and what only that text needs."""
    choose = _CHOICES.get(context.kind)
    return choose(context) if choose else (context.kind.value, {})


def _met(context: CardContext) -> tuple[str, Values]:
    """A *met* that hangs on something disputable says on what (policy P3)."""
    option = option_met(context)
    if said := caveat(context):
        return "met_caveat", {"option": option, "caveat": said}
    key = "stated" if _rests_on_statement(context.assessment) else "record"
    return "met", {"option": option, "basis": context.wording.say(f"forms.basis.{key}")}


def option_met(context: CardContext) -> str:
    """The option, or both, that a *met* is met by."""
    return context.wording.say(f"forms.option.{_OPTIONS[context.kind]}")


_OPTIONS = {
    CardKind.MET_OPTION1: "first",
    CardKind.MET_OPTION2: "second",
    CardKind.MET_BOTH: "both",
}


def _rests_on_statement(assessment: Assessment) -> bool:
    """Whether stated care counts for an option that is met."""
    stated = {flag.criterion for flag in assessment.flags if flag.id is FlagId.ATTESTED}
    return any(
        finding.criterion.id in stated
        for option in assessment.options
        if option.outcome is Outcome.MET
        for finding in option.findings
    )


def _not_met(context: CardContext) -> tuple[str, Values]:
    """Both shortfalls where the other criterion was not found (policy 2.13, 7)."""
    kind, own = context.kind.value, context.leading
    other = context.assessment.finding(_C2 if own.criterion.id is _C1 else _C1)
    hospital = _left_out(own, Reason.NOT_PRIMARY_CARE)
    if hospital and not own.ledger.certain.sessions:
        return f"{kind}:hospital", {"n": hospital}
    if Cause.NOTHING_FOUND in other.causes and not other.ledger.possible.sessions:
        return f"{kind}:other_not_found", {}
    if pointers := newest_pointers(context):
        return f"{kind}:pointer", {"pointers": pointers}
    return kind, {}


def _not_found(context: CardContext) -> tuple[str, Values]:
    kind = context.kind.value
    if all_are_named(context):
        return f"{kind}:named", {}
    unsure = ":unsure" if _is_unsure(context) else ""
    if pointers := newest_pointers(context):
        return f"{kind}:pointer{unsure}", {"pointers": pointers}
    for name, reason in _ELSEWHERE.items() if _C1 in context.about else ():
        if number := _left_out(context.assessment.finding(_C1), reason):
            return f"{kind}:{name}", {"n": number}
    return f"{kind}{unsure}", {}


def _is_unsure(context: CardContext) -> bool:
    """Whether doubtful contacts may be what was not found: too few, but not nothing."""
    findings = map(context.assessment.finding, context.about)
    return any(finding.ledger.possible_entries for finding in findings)


_ELSEWHERE = {
    "rehabilitation": Reason.REHABILITATION_PROGRAMME,
    "hospital": Reason.NOT_PRIMARY_CARE,
}


def _left_out(finding: CriterionFinding, reason: Reason) -> int:
    """Sessions that a criterion leaves out for a reason, one per discipline and day."""
    return fewest_sessions(finding.ledger.left_out_for(reason))


def _trace(context: CardContext) -> tuple[str, Values]:
    kind = context.kind.value
    first, *others = (context.assessment.finding(each).ledger.evidence for each in context.about)
    values: Values = {"n": first, "k": others[0] if others else 0}
    if pointers := newest_pointers(context):
        return f"{kind}:pointer", {**values, "pointers": pointers}
    return kind, values


def _interrupted(context: CardContext) -> tuple[str, Values]:
    """What is reached only across a pause: certain contacts, or else all that may count."""
    ledger = context.leading.ledger
    entries = ledger.certain_entries
    tally = ledger.certain
    if longest_pause(entries) < context.leading.criterion.pause:
        entries, tally = entries + ledger.possible_entries, ledger.possible
    who = context.wording.say(f"forms.who.{phrases.SHORT[context.leading.criterion.id]}")
    weeks = longest_pause(entries) // phrases.DAYS_IN_A_WEEK
    key = "interrupted_two" if tally.sessions == _TWO else "interrupted"
    return key, {"who": who, "n": tally.sessions, "weeks": weeks}


_TWO = 2


def _borderline(context: CardContext) -> tuple[str, Values]:
    """Number and days of what is 77 to 83 days long; `perhaps` where it is not all certain."""
    tally, is_doubtful = borderline_tally(context.leading)
    kind = context.kind.value
    key = f"{kind}:doubtful" if is_doubtful else kind
    return key, {"n": tally.sessions, "days": tally.days}


def _doubtful(context: CardContext) -> tuple[str, Values]:
    """Whom the largest group of doubtful contacts was with, and what is asked of it."""
    asked = leading_question(context.deciding, context.wording)
    key = "doubtful_contacts"
    if asked.cause is Cause.REASON_TO_CONFIRM:
        key = f"{key}:reason"
    return f"{key}:several" if asked.more else key, {
        "contacts": asked.contacts,
        "question": asked.question,
        "n": asked.number,
        "more": asked.more,
    }


def _age(context: CardContext) -> tuple[str, Values]:
    ages = context.possible_ages
    return ("age_unknown:ages", ages) if ages else ("age_unknown", {})


_CHOICES: Mapping[CardKind, Callable[[CardContext], tuple[str, Values]]] = {
    **dict.fromkeys(_OPTIONS, _met),
    **dict.fromkeys((CardKind.NOT_MET_C1, CardKind.NOT_MET_C2), _not_met),
    **dict.fromkeys(
        (CardKind.NOT_FOUND_C1, CardKind.NOT_FOUND_C2, CardKind.NOT_FOUND_BOTH), _not_found
    ),
    **dict.fromkeys((CardKind.TRACE_C1, CardKind.TRACE_C2, CardKind.TRACE_BOTH), _trace),
    **dict.fromkeys(
        (CardKind.INTERRUPTED_C1, CardKind.INTERRUPTED_C2, CardKind.INTERRUPTED_O2), _interrupted
    ),
    **dict.fromkeys(
        (
            CardKind.DURATION_BORDERLINE_C1,
            CardKind.DURATION_BORDERLINE_C2,
            CardKind.DURATION_BORDERLINE_O2,
        ),
        _borderline,
    ),
    CardKind.DOUBTFUL_CONTACTS: _doubtful,
    CardKind.AGE_UNKNOWN: _age,
}


def _numbers(context: CardContext) -> Values:
    """The numbers of what the card is about, and how many contacts decide."""
    values: Values = {"n": len(context.deciding)}
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


def _lookback(context: CardContext) -> Values:
    return {"years": phrases.years(context.assessment.criteria.lookback_years, context.wording)}


def _within(text: str, longest: int) -> str:
    """The text itself; cut at a word where a site's own numbers make it too long."""
    if _length(text) <= longest:
        return text
    while _length(text) >= longest:
        text = text.rpartition(" ")[0] or text[:-1]
    return text + "…"


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
