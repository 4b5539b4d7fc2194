"""Found, needed and short, for number and duration of one criterion; and its verdict as a word."""

from collections.abc import Iterator
from typing import NamedTuple

from cds_service.cards import phrases
from cds_service.cards.rows import result_of
from cds_service.domain.assessment import Assessment, CriterionFinding, Outcome
from cds_service.domain.causes import Cause
from cds_service.page.texts import Texts

NOTHING = "\u2013"
NOT_KNOWN = "?"
AT_LEAST = "\u2265\u00a0"

_SHORTFALL_IS_KNOWN = frozenset({"no", "unsure"})
"""Of what was not found nobody knows how much is short; what is not needed is not short."""

_NUMBER_IS_UNKNOWN = frozenset({Cause.COURSE_WITHOUT_NUMBER, Cause.NUMBER_UNCLEAR})


class NumberCells(NamedTuple):
    """One row of the small table beside a band."""

    name: str
    found: str
    needed: str
    short: str


def verdict(finding: CriterionFinding, assessment: Assessment) -> str:
    """`yes`, `no`, `not_found`, `unsure`, `unknown` or `not_needed`: a key of the wording."""
    if finding.outcome is Outcome.MET:
        return "yes"
    if assessment.outcome is Outcome.MET:
        return "not_needed"
    result = result_of(finding, assessment.flags)
    if finding.outcome is Outcome.NOT_MET:
        return "not_found" if result == "not_found" else "no"
    return "unknown" if result == "unknown" else "unsure"


def is_partial(finding: CriterionFinding, assessment: Assessment) -> bool:
    """Whether more can be there than was received: then no shortfall is known."""
    return finding.outcome is not Outcome.MET and assessment.completeness.care_is_incomplete


def number_cells(
    finding: CriterionFinding, assessment: Assessment, texts: Texts
) -> Iterator[NumberCells]:
    """Two rows: sessions, and weeks. What was found is rounded down, what is short rounded up."""
    criterion, certain = finding.criterion, finding.ledger.certain
    is_least = is_partial(finding, assessment)
    causes = (entry.causes for entry in finding.ledger.certain_entries)
    is_more = is_least or any(each & _NUMBER_IS_UNKNOWN for each in causes)
    is_known = verdict(finding, assessment) in _SHORTFALL_IS_KNOWN and not is_least
    say = texts.page.say
    missing = max(0, criterion.sessions - certain.sessions)
    yield NumberCells(
        say("picture.number"),
        _found(str(certain.sessions), is_least=is_more),
        str(criterion.sessions),
        _short(str(missing), missing, verdict(finding, assessment), is_known=is_known),
    )
    days = max(0, criterion.days - certain.days)
    yield NumberCells(
        say("picture.weeks"),
        _found(phrases.weeks(certain.days, texts.cards), is_least=is_least),
        str(phrases.minimum_weeks(criterion)),
        _short(_weeks_up(days, texts), days, verdict(finding, assessment), is_known=is_known),
    )


def _found(number: str, *, is_least: bool) -> str:
    return AT_LEAST + number if is_least else number


def _short(said: str, number: int, judged: str, *, is_known: bool) -> str:
    if not number or judged in {"yes", "not_needed"}:
        return NOTHING
    return said if is_known else NOT_KNOWN


def _weeks_up(days: int, texts: Texts) -> str:
    tenths = -(-days * 10 // phrases.DAYS_IN_A_WEEK)
    return f"{tenths // 10}{texts.cards.say('forms.decimal')}{tenths % 10}"
