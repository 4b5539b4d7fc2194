"""The cells of the table: what was found for a criterion, and with which result."""

from collections.abc import Iterator
from dataclasses import replace

from cds_service.cards import phrases
from cds_service.cards.borderline import borderline_tally
from cds_service.cards.wording import Wording
from cds_service.domain.assessment import (
    Assessment,
    CriterionFinding,
    Flag,
    FlagId,
    Outcome,
)
from cds_service.domain.causes import Cause
from cds_service.domain.criteria import Threshold
from cds_service.domain.ledger import CriterionLedger, LedgerEntry, Tally
from cds_service.domain.runs import longest_pause


def cells(assessment: Assessment, wording: Wording) -> dict[str, str]:
    """`c1_found`, `c1_need`, `c1_result` and so on: the nine cells of the table."""
    return dict(_cells(assessment, wording))


def _cells(assessment: Assessment, wording: Wording) -> Iterator[tuple[str, str]]:
    for option in assessment.options:
        is_needed = not (assessment.outcome is Outcome.MET and option.outcome is not Outcome.MET)
        for finding in option.findings:
            name = phrases.SHORT[finding.criterion.id]
            is_partial = is_needed and assessment.completeness.care_is_incomplete
            yield f"{name}_found", found(finding, wording, is_partial=is_partial)
            yield f"{name}_need", phrases.need(finding.criterion, wording)
            result = result_of(finding, assessment.flags) if is_needed else "not_needed"
            yield f"{name}_result", _say_result(result, finding, wording)


def found(finding: CriterionFinding, wording: Wording, *, is_partial: bool) -> str:
    """What was found; `is_partial` where contacts can be missing and the row is needed."""
    if finding.outcome is Outcome.MET:
        return _certain(finding.ledger, wording)
    if is_partial:
        return _so_far(finding.ledger, wording)
    ledger = finding.ledger
    if Cause.INTERRUPTED in finding.causes:
        ledger = replace(ledger, run=ledger.run and Tally())  # the text to copy names each series
    return _range(ledger, wording) if _is_more_possible(ledger) else _certain(ledger, wording)


def _certain(ledger: CriterionLedger, wording: Wording) -> str:
    if not ledger.certain.sessions and not ledger.has_evidence:
        return wording.say("forms.found.none")
    entries = ledger.certain_entries
    said = phrases.count(
        ledger.certain, wording, number_is_unknown=_has_course_without_number(entries)
    )
    return _with_run(said, ledger, wording) + _stated(entries, wording)


def _with_run(said: str, ledger: CriterionLedger, wording: Wording) -> str:
    """The best series stands beside the whole where a long pause splits it (policy A4)."""
    if ledger.run is None:
        return said
    pause = longest_pause(ledger.certain_entries) // phrases.DAYS_IN_A_WEEK
    if ledger.run.sessions <= 1:
        return wording.say("forms.found.with_pause", found=said, weeks=pause)
    run = phrases.count(ledger.run, wording)
    return wording.say("forms.found.with_run", found=said, weeks=pause, run=run)


def _stated(entries: list[LedgerEntry], wording: Wording) -> str:
    """Behind the count: that the referrer stated it, wholly or in part."""
    stated = [entry.contact.is_stated for entry in entries]
    if not any(stated):
        return ""
    return wording.say("forms.found.stated" if all(stated) else "forms.found.stated_part")


def _so_far(ledger: CriterionLedger, wording: Wording) -> str:
    """Missing data is never shown as absence: at least so much."""
    if ledger.certain.sessions:
        said = _certain(ledger, wording)
        is_said = _has_course_without_number(ledger.certain_entries)
        return said if is_said else wording.say("forms.found.at_least", found=said)
    if ledger.possible.sessions:
        return _range(ledger, wording)
    return wording.say("forms.found.zero" if ledger.has_evidence else "forms.found.at_least_none")


def _is_more_possible(ledger: CriterionLedger) -> bool:
    """Whether more can count than certainly does, beyond the open number of certain courses."""
    if not ledger.possible_entries and ledger.possible.is_unbounded:
        return False  # "at least" says it
    certain, possible = ledger.certain, ledger.possible
    return bool(possible.sessions) and (
        possible.is_unbounded
        or possible.sessions > certain.sessions
        or possible.days > certain.days
    )


def _range(ledger: CriterionLedger, wording: Wording) -> str:
    counting = ledger.certain_entries + ledger.possible_entries
    possible = phrases.count(
        ledger.possible, wording, number_is_unknown=_has_course_without_number(counting)
    )
    if not ledger.certain.sessions:
        return wording.say("forms.found.range_zero", possible=possible)
    return wording.say("forms.found.range", found=_certain(ledger, wording), possible=possible)


def _has_course_without_number(entries: list[LedgerEntry]) -> bool:
    return any(Cause.COURSE_WITHOUT_NUMBER in entry.causes for entry in entries)


def result_of(finding: CriterionFinding, flags: tuple[Flag, ...]) -> str:
    """The result of a row that is needed, by its key among `forms.result`."""
    if finding.outcome is Outcome.MET:
        return _met(finding, flags)
    if finding.outcome is Outcome.NOT_MET:
        return _shortfall(finding)
    causes = frozenset(finding.causes)
    if causes <= _LITTLE:
        return "unknown"
    if causes - _LITTLE == {Cause.DURATION_BORDERLINE}:
        return "borderline"
    return "interrupted" if causes - _LITTLE == {Cause.INTERRUPTED} else "unsure"


_LITTLE = frozenset({Cause.NOTHING_FOUND, Cause.TRACE_ONLY})


def _met(finding: CriterionFinding, flags: tuple[Flag, ...]) -> str:
    """Which of number and duration made it, where one was enough (flag `one_arm`)."""
    for flag in flags:
        if flag.id is FlagId.ONE_ARM and flag.criterion is finding.criterion.id:
            return "yes_number" if flag.arm == "sessions" else "yes_duration"
    return "yes"


def _shortfall(finding: CriterionFinding) -> str:
    criterion, certain = finding.criterion, finding.ledger.certain
    if not certain.sessions:
        return "no" if finding.ledger.possible.sessions else "not_found"
    if criterion.threshold is Threshold.ANY:
        return "no_any" if certain.sessions < criterion.sessions else "no_any_duration"
    number_is_short = certain.sessions < criterion.sessions
    duration_is_short = certain.days < min(criterion.possible_from, criterion.days)
    if number_is_short and duration_is_short:
        return "no_both"
    if number_is_short:
        return "no_number"
    return "no_duration" if duration_is_short else "no"


def _say_result(key: str, finding: CriterionFinding, wording: Wording) -> str:
    criterion, certain = finding.criterion, finding.ledger.certain
    return wording.say(
        f"forms.result.{key}",
        k=max(0, criterion.sessions - certain.sessions),
        d=max(0, criterion.days - certain.days),
        days=borderline_tally(finding).tally.days,
        min_days=criterion.days,
        min_weeks=phrases.minimum_weeks(criterion),
    )
