"""The flags of policy 2.8 that a card says in words."""

from collections.abc import Iterator

from cds_service.cards import phrases
from cds_service.cards.card import CardFunction
from cds_service.cards.caveats import caveat_flag
from cds_service.cards.context import CardContext
from cds_service.domain.adding_up import reaches
from cds_service.domain.assessment import Flag, FlagId, Outcome
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, TherapistCategory
from cds_service.domain.criteria import CriterionId
from cds_service.domain.professions import category

_SAID_ELSEWHERE = frozenset({FlagId.ONE_ARM, FlagId.NOT_COUNTED_HOSPITAL})
"""The result cell and the line *Niet meegeteld* say these."""

_ASKS = FlagId.MAYBE_PSYCHOSOMATIC
"""A question that stands beside the row of option 1 (1): not asked of sessions in a hospital."""

_SPARE = frozenset({FlagId.ONGOING, FlagId.EARLIER_IMSR})
_SPARE_UNLESS_MET = _SPARE | {FlagId.MINOR_PART}
"""Left out where a card would be too long."""

_OF_A_MET_CRITERION = frozenset({FlagId.POOLED_ONLY, FlagId.INTERRUPTED})
_OF_A_COUNT_THAT_HELPS = frozenset({FlagId.INTAKE_DECISIVE, FlagId.SECONDARY_CARE_COUNTED})
"""Their sentences say that without the fact there would be too little: not true of a criterion
that has too little already."""


def flag_texts(context: CardContext) -> Iterator[str]:
    """The sentences of the flags that matter to this card, in the order of policy 2.8."""
    ordered = sorted(_shown(context), key=lambda flag: list(FlagId).index(flag.id))
    for flag in ordered:
        yield _say(flag, context)


def _shown(context: CardContext) -> Iterator[Flag]:
    in_summary = caveat_flag(context)
    spare = _spare(context) if context.is_short else frozenset[FlagId]()
    for flag in context.assessment.flags:
        if flag.id is FlagId.PSYCHOSOMATIC_AS_PHYSIO or flag.id in _SAID_ELSEWHERE:
            continue
        if flag == in_summary or flag.id in spare:
            continue
        if flag.id is _ASKS and not _who_can_be_psychosomatic(context):
            continue
        if flag.id is FlagId.ONGOING and shows_forecast(context):
            continue
        if _concerns_outcome(flag, context) and _is_true_of_criterion(flag, context):
            yield flag
    if not context.is_short and _psychosomatic_stands_twice(context):
        yield Flag(FlagId.PSYCHOSOMATIC_AS_PHYSIO)


def _spare(context: CardContext) -> frozenset[FlagId]:
    return _SPARE if context.assessment.outcome is Outcome.MET else _SPARE_UNLESS_MET


def _concerns_outcome(flag: Flag, context: CardContext) -> bool:
    """Where an option is met, the criteria of the other one are not needed."""
    if context.assessment.outcome is not Outcome.MET or flag.criterion is None:
        return True
    return any(
        finding.criterion.id is flag.criterion
        for option in context.assessment.options
        if option.outcome is Outcome.MET
        for finding in option.findings
    )


def _is_true_of_criterion(flag: Flag, context: CardContext) -> bool:
    if flag.criterion is None:
        return True
    outcome = context.assessment.finding(flag.criterion).outcome
    if flag.id in _OF_A_MET_CRITERION:
        return outcome is Outcome.MET
    return outcome is not Outcome.NOT_MET or flag.id not in _OF_A_COUNT_THAT_HELPS


def _psychosomatic_stands_twice(context: CardContext) -> bool:
    """Whether the same sessions stand in the rows of option 1 (1) and of option 2, and may help.

    Not where it is still asked whether they were psychosomatic therapy.
    """
    if context.assessment.outcome is Outcome.NOT_MET:
        return False
    second = set(_certain(context, CriterionId.PSYCHOSOMATIC_THERAPY))
    return any(each in second for each in _certain(context, CriterionId.ALLIED_HEALTH_THERAPY))


def _certain(context: CardContext, criterion: CriterionId) -> Iterator[Contact]:
    return (entry.contact for entry in context.assessment.finding(criterion).ledger.certain_entries)


def _say(flag: Flag, context: CardContext) -> str:
    wording = context.wording
    values: dict[str, str | int] = {
        name: value
        for name, value in (
            ("sessions", flag.sessions),
            ("weeks", flag.weeks),
            ("days", flag.days),
            ("required", flag.required),
        )
        if value is not None
    }
    if flag.id is _ASKS and flag.sessions:
        in_row = context.assessment.finding(CriterionId.ALLIED_HEALTH_THERAPY).ledger.possible
        values["sessions"] = min(flag.sessions, in_row.sessions)
    if flag.criterion:
        values["part"] = phrases.part(flag.criterion, wording)
    if flag.earliest:
        values["earliest"] = phrases.day(flag.earliest, wording)
    if flag.id in _IN_PART and flag.criterion:
        values["n"] = flag.sessions or 0
        values["k"] = context.assessment.finding(flag.criterion).ledger.certain.sessions
    return wording.say(f"flags.{_key(flag, context)}", **values)


def _key(flag: Flag, context: CardContext) -> str:
    if flag.id is _ASKS:
        who = _who_can_be_psychosomatic(context)
        return f"{flag.id}:{who[0]}" if len(who) == 1 else flag.id.value
    if flag.id in _IN_PART and flag.criterion:
        certain = context.assessment.finding(flag.criterion).ledger.certain.sessions
        return f"{flag.id}:all" if certain <= (flag.sessions or 0) else flag.id.value
    can_forecast = CardFunction.FORECAST in context.functions and flag.earliest is not None
    return "ongoing:forecast" if flag.id is FlagId.ONGOING and can_forecast else flag.id.value


_IN_PART = frozenset({FlagId.SECONDARY_CARE_COUNTED, FlagId.MINOR_PART})
"""Their sentences say how many of how many; nothing of a part where it is all."""


def asks_for_psychosomatic(context: CardContext) -> bool:
    """Whether the note asks if somebody was a psychosomatic therapist."""
    is_possible = any(flag.id is _ASKS for flag in context.assessment.flags)
    return is_possible and bool(_who_can_be_psychosomatic(context))


def _who_can_be_psychosomatic(context: CardContext) -> list[TherapistCategory]:
    """Whom of option 1 (1) a psychosomatic therapist can have been."""
    ledger = context.assessment.finding(CriterionId.ALLIED_HEALTH_THERAPY).ledger
    option_2 = context.assessment.finding(CriterionId.PSYCHOSOMATIC_THERAPY).criterion
    if not reaches(ledger.possible, option_2, days=option_2.possible_from):
        return []  # only with sessions in a hospital, which do not stand in that row
    entries = ledger.certain_entries + ledger.possible_entries
    found = {category(each) for entry in entries for each in entry.contact.professions}
    return [each for each in _CAN_BE if each in found]


_CAN_BE = (TherapistCategory.PHYSIOTHERAPIST, TherapistCategory.EXERCISE_THERAPIST)


def ongoing(context: CardContext) -> Flag | None:
    """Treatment that may go on, where only the duration falls short of what the card is about."""
    for flag in context.assessment.flags:
        is_here = flag.id is FlagId.ONGOING and flag.criterion in context.about
        if is_here and flag.criterion and _only_duration_is_short(flag.criterion, context):
            return flag
    return None


def shows_forecast(context: CardContext) -> bool:
    """Whether the card has its own sentence about treatment that goes on."""
    kinds = ("not_met", "duration_borderline")
    return context.kind.startswith(kinds) and ongoing(context) is not None


def _only_duration_is_short(criterion: CriterionId, context: CardContext) -> bool:
    finding = context.assessment.finding(criterion)
    has_number = finding.ledger.certain.sessions >= finding.criterion.sessions
    return has_number or Cause.DURATION_BORDERLINE in finding.causes
