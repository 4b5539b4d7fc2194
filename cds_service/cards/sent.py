"""The card of a referral that was sent: for triage and physician of the rehabilitation centre.

It shows the same as the card of the one who refers, and asks for nothing that only the referrer
can do: outcome, discipline, number and period, what is in doubt, what was not counted. Always info.
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

from cds_service.cards import phrases
from cds_service.cards.card import Card, CardKind, Indicator
from cds_service.cards.caveats import caveat, caveat_flag
from cds_service.cards.choice import choose
from cds_service.cards.context import CardContext
from cds_service.cards.courses import courses
from cds_service.cards.deciding import deciding_contacts
from cds_service.cards.detail import unbroken
from cds_service.cards.layout import layout
from cds_service.cards.parts import part_text
from cds_service.cards.summary import option_met
from cds_service.cards.wording import wording
from cds_service.domain.assessment import Assessment, Outcome

_PARTS = ("table", "care", "doubt", "not_counted", "pointers", "note", "footer", "footer_deviation")
_INCOMPLETE = ("partial_what", *_PARTS)
_UNCHECKED = ("unavailable_what", "conditions", "footer_short", "footer_deviation")
_BOTH_UNCLEAR = ("kind_conditions",)


def present_sent(
    assessment: Assessment,
    *,
    language: str,
    today: date,
    as_table: bool = True,
    new_uuid: Callable[[], UUID] = uuid4,
) -> tuple[Card, ...]:
    """The card of a referral that was sent, or none where the criteria do not apply.

    The arguments are those of :func:`cds_service.cards.present`.
    """
    kind = choose(assessment)
    if kind is None or layout().cards[kind].is_silent:
        return ()
    context = CardContext(
        assessment=assessment,
        kind=kind,
        wording=wording(language),
        today=today,
        deciding=deciding_contacts(assessment),
        as_table=as_table,
    )
    effective = phrases.day(assessment.criteria.effective_from, context.wording)
    card = Card(
        summary=_summary(context),
        detail=_detail(context),
        indicator=Indicator.INFO,
        uuid=str(new_uuid()),
        source_label=context.wording.say("source", effective=effective),
        kind=kind,
    )
    return (card,)


def _summary(context: CardContext) -> str:
    values = {"date": _referred(context)}
    key = _KEYS.get(context.kind) or context.assessment.label
    if context.assessment.outcome is Outcome.MET:
        values["option"] = option_met(context)
        if said := _caveat(context):
            key, values["caveat"] = "met_caveat", said
    return context.wording.say(f"sent.summary.{key}", **values)


_KEYS = {
    CardKind.RECORD_UNAVAILABLE: "unavailable",
    CardKind.KIND_AND_INDICATION_UNCLEAR: "unclear",
    CardKind.RECORD_INCOMPLETE: "incomplete",
    CardKind.AGE_UNKNOWN: "age_unknown",
    CardKind.INDICATION_UNKNOWN: "indication_unknown",
}


def _caveat(context: CardContext) -> str:
    """What a *met* hangs on; of care that is stated it is the referrer who stated it."""
    said = caveat(context)
    is_stated = bool(said) and caveat_flag(context) is None
    return context.wording.say("sent.attested_part") if is_stated else said


def _detail(context: CardContext) -> str:
    parts = {
        CardKind.RECORD_UNAVAILABLE: _UNCHECKED,
        CardKind.KIND_AND_INDICATION_UNCLEAR: _BOTH_UNCLEAR,
        CardKind.RECORD_INCOMPLETE: _INCOMPLETE,
    }.get(context.kind, _PARTS)
    about = context.wording.say("sent.about", date=_referred(context))
    texts = (_care(context) if name == "care" else part_text(name, context) for name in parts)
    return unbroken("\n\n".join([about, *(text for text in texts if text)]))


def _care(context: CardContext) -> str:
    said = courses(context.assessment, context.wording)
    return context.wording.say("sent.care", courses=said) if said else ""


def _referred(context: CardContext) -> str:
    return phrases.day(context.assessment.referral.date, context.wording)
