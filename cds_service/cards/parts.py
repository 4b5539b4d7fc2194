"""The parts of a detail: each filled in, or left out where it has nothing to say."""

from collections.abc import Callable, Mapping

from cds_service.cards import phrases
from cds_service.cards.borderline import borderline_tally
from cds_service.cards.context import CardContext
from cds_service.cards.courses import courses
from cds_service.cards.deciding import option_if_all_count, option_if_number_suffices
from cds_service.cards.doubt_lines import doubt_lines
from cds_service.cards.escaping import escaped
from cds_service.cards.flag_texts import asks_for_psychosomatic, ongoing, shows_forecast
from cds_service.cards.layout import layout
from cds_service.cards.not_counted import only_hospital, reasons
from cds_service.cards.notes import notes
from cds_service.cards.pointers import all_are_named, named, open_pointers
from cds_service.cards.rows import cells
from cds_service.domain.assessment import RecordPart
from cds_service.domain.referral import ReferralKind

Values = Mapping[str, str | int]

_WEEKLY_FROM_SESSIONS = 11
"""From so many sessions on it can have been a programme of 12 weekly ones, one of them missed."""


def part_text(name: str, context: CardContext) -> str | None:
    """The text of a part, or None where it is left out."""
    key = _key(name, context)
    if key is None:
        return None
    values = _VALUES[name](context) if name in _VALUES else {}
    return None if values is None else context.wording.say(key, **values)


def _key(name: str, context: CardContext) -> str | None:
    """The text that the part has: its own, or that for a function that does not exist."""
    if name == "table":
        return "parts.table" if context.as_table else "parts.list"
    if name == "do_ask" and asks_for_psychosomatic(context):
        name = "do_ask:plain"  # the note asks it by name
    if name == "not_counted" and only_hospital(context.assessment):
        return "parts.not_counted:c1"
    if _is_able(name, context):
        return f"parts.{name}"
    without = f"without.{name}"
    return without if without in context.wording else None


def _is_able(name: str, context: CardContext) -> bool:
    needed = layout().needs.get(name.partition(":")[0])
    if needed is not None and needed not in context.functions:
        return False
    return name != "forecast" or _earliest(context) is not None


def _earliest(context: CardContext) -> str | None:
    flag = ongoing(context)
    return phrases.day(flag.earliest, context.wording) if flag and flag.earliest else None


def _cells(context: CardContext) -> Values:
    return cells(context.assessment, context.wording)


def _not_counted(context: CardContext) -> Values | None:
    said = reasons(context.assessment, context.wording)
    return {"reasons": said} if said else None


def _note(context: CardContext) -> Values | None:
    said = notes(context)
    return {"notes": said} if said else None


def _doubt(context: CardContext) -> Values | None:
    said = doubt_lines(context.deciding, context.wording)
    return {"doubt_lines": said} if said else None


def _if_counts(context: CardContext) -> Values | None:
    option = option_if_all_count(context.assessment)
    return {"n": len(context.deciding), "option": option} if option else None


def _if_number(context: CardContext) -> Values | None:
    option = option_if_number_suffices(context.assessment)
    if option is None:
        return None
    return {"min_sessions": context.leading.criterion.sessions, "option": option}


def _letter(context: CardContext) -> Values | None:
    said = courses(context.assessment, context.wording)
    return {"courses": said} if said else None


def _pointers(context: CardContext) -> Values | None:
    said = open_pointers(context)
    return {"pointers": said} if said else None


def _ask(context: CardContext) -> Values | None:
    """Not asked for again where the referral names it all (policy 2.6)."""
    return None if all_are_named(context) else {}


def _named(context: CardContext) -> Values | None:
    said = named(context)
    return {"named": said} if said else None


def _window(context: CardContext) -> Values:
    lookback = context.assessment.lookback
    return {
        "from": phrases.day(lookback.first, context.wording),
        "to": phrases.day(lookback.last, context.wording),
    }


def _footer(context: CardContext) -> Values:
    checked = phrases.long_day(context.today, context.wording)
    years = phrases.years(context.assessment.criteria.lookback_years, context.wording)
    return {**_footer_short(context), "checked": checked, "years": years}


def _footer_short(context: CardContext) -> Values:
    criteria = context.assessment.criteria
    effective = phrases.long_day(criteria.effective_from, context.wording)
    return {"effective": effective, "rev": criteria.revision}


def _kind_question(context: CardContext) -> Values | None:
    """Whether a one-time consult is meant: first of all where the order leaves it open (D9)."""
    return {} if context.assessment.referral.kind is ReferralKind.UNCLEAR else None


def _minimum_age(context: CardContext) -> Values:
    return {"min_age": context.assessment.criteria.minimum_age}


def _consult(context: CardContext) -> Values | None:
    """Not where it is asked whether a consult is meant, nor where the referral names care."""
    if all_are_named(context):
        return None
    return None if context.assessment.referral.kind is ReferralKind.UNCLEAR else {}


def _deviation(context: CardContext) -> Values | None:
    """The site's own readings in plain words; one without words by its name."""
    deviations = context.assessment.criteria.deviations
    said = (
        context.wording.say(f"readings.{name}")
        if f"readings.{name}" in context.wording
        else escaped(name)
        for name in deviations
    )
    return {"deviation": "; ".join(said)} if deviations else None


def _conditions(context: CardContext) -> Values:
    needs = {
        f"{phrases.SHORT[criterion.id]}_need": phrases.need(criterion, context.wording)
        for criterion in context.assessment.criteria.criteria()
    }
    return {**_window(context), **needs}


def _borderline_dates(context: CardContext) -> Values | None:
    tally, _ = borderline_tally(context.leading)
    if tally.first is None or tally.last is None:
        return None
    return {
        "first": phrases.day(tally.first, context.wording),
        "last": phrases.day(tally.last, context.wording),
    }


def _borderline_weekly(context: CardContext) -> Values | None:
    criterion = context.leading.criterion
    if borderline_tally(context.leading).tally.sessions < _WEEKLY_FROM_SESSIONS:
        return None
    return {
        "min_weeks": phrases.minimum_weeks(criterion),
        "possible_from": criterion.possible_from,
    }


def _forecast(context: CardContext) -> Values | None:
    return {"earliest": _earliest(context) or ""} if shows_forecast(context) else None


def _missing(context: CardContext) -> Values | None:
    """What could not be retrieved; where every search was answered, a role or a place was lost."""
    gaps = context.assessment.completeness.gaps
    if _is_only_elsewhere(context):
        return None
    names = [part.value for part in RecordPart if part in gaps and part is not RecordPart.PATIENT]
    said = [context.wording.say(f"forms.data.{name}") for name in names or ["details"]]
    return {"missing_data": phrases.listed(said, context.wording)}


def _retry(context: CardContext) -> Values | None:
    return None if _is_only_elsewhere(context) else {}


def _is_only_elsewhere(context: CardContext) -> bool:
    """Whether all that is missing is what may stand under another Patient."""
    known = context.assessment.completeness
    return known.is_recorded_elsewhere and not known.gaps - {RecordPart.PATIENT}


def _elsewhere(context: CardContext) -> Values | None:
    return {} if context.assessment.completeness.is_recorded_elsewhere else None


_VALUES: Mapping[str, Callable[[CardContext], Values | None]] = {
    "table": _cells,
    "not_counted": _not_counted,
    "note": _note,
    "doubt": _doubt,
    "if_counts": _if_counts,
    "if_number": _if_number,
    "offer_letter": _letter,
    "pointers": _pointers,
    "do_ask": _ask,
    "do_elsewhere": _ask,
    "do_named": _named,
    "do_none": _ask,
    "do_consult": _consult,
    "kind_question": _kind_question,
    "do_age": _minimum_age,
    "kind_conditions": _conditions,
    "do_number": _window,
    "footer": _footer,
    "footer_short": _footer_short,
    "footer_deviation": _deviation,
    "conditions": _conditions,
    "borderline_dates": _borderline_dates,
    "borderline_weekly": _borderline_weekly,
    "forecast": _forecast,
    "partial_what": _missing,
    "do_retry": _retry,
    "other_record": _elsewhere,
    "do_other_record": _elsewhere,
}
"""What a part is filled from; a part that is not named here is a fixed text."""
