"""What a *met* hangs on where it is disputable: the first of them stands in the summary (P3)."""

from collections.abc import Iterator

from cds_service.cards.context import CardContext
from cds_service.domain.assessment import CriterionFinding, Flag, FlagId, Outcome

_IN_ORDER = (
    FlagId.POOLED_ONLY,
    FlagId.OTHER_REASON,
    FlagId.STATUS_NOT_RECORDED,
    FlagId.SETTING_UNKNOWN,
    FlagId.SECONDARY_CARE_COUNTED,
    FlagId.INTAKE_DECISIVE,
    FlagId.REMOTE_DECISIVE,
)
"""The readings that others dispute, the most disputable first."""


def caveat(context: CardContext) -> str:
    """The caveat in words; empty where a *met* hangs on nothing disputable."""
    flag = caveat_flag(context)
    if flag is not None:
        return context.wording.say(f"caveats.{_key(flag, context)}", n=flag.sessions or 0)
    return context.wording.say("caveats.attested_part") if _is_partly_stated(context) else ""


def _key(flag: Flag, context: CardContext) -> str:
    """Nothing is said of a part where it is all."""
    if flag.id is not FlagId.SECONDARY_CARE_COUNTED or flag.criterion is None:
        return flag.id.value
    all_of_it = context.assessment.finding(flag.criterion).ledger.certain.sessions
    return f"{flag.id}:all" if all_of_it <= (flag.sessions or 0) else flag.id.value


def caveat_flag(context: CardContext) -> Flag | None:
    """The flag that the caveat names, so that the notes need not name it again."""
    if context.assessment.outcome is not Outcome.MET:
        return None
    criteria = {finding.criterion.id for finding in _met_findings(context)}
    flags = [flag for flag in context.assessment.flags if flag.criterion in criteria]
    return next((flag for name in _IN_ORDER for flag in flags if flag.id is name), None)


def _met_findings(context: CardContext) -> Iterator[CriterionFinding]:
    """The criteria of the options that are met."""
    for option in context.assessment.options:
        if option.outcome is Outcome.MET:
            yield from option.findings


def _is_partly_stated(context: CardContext) -> bool:
    """Whether some of what counts was stated and some was found."""
    entries = [e for finding in _met_findings(context) for e in finding.ledger.certain_entries]
    stated = [entry.contact.is_stated for entry in entries]
    return any(stated) and not all(stated)
