"""From an assessment to what the clinician reads."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID, uuid4

from cds_service.cards import phrases
from cds_service.cards.card import Card, CardFunction, Indicator
from cds_service.cards.choice import choose
from cds_service.cards.context import CardContext
from cds_service.cards.deciding import deciding_contacts
from cds_service.cards.detail import detail
from cds_service.cards.escaping import escaped
from cds_service.cards.layout import layout
from cds_service.cards.summary import summary
from cds_service.cards.wording import Wording, wording
from cds_service.domain.assessment import Assessment
from cds_service.domain.referral import ReferralKind

SIGNING = "order-sign"


def present(  # noqa: PLR0913 - one call per referral; all but the first are named
    assessment: Assessment,
    *,
    hook: str,
    language: str,
    today: date,
    as_table: bool = True,
    show_not_applicable: bool = False,
    orders: Sequence[str] = (),
    functions: frozenset[CardFunction] = frozenset(),
    new_uuid: Callable[[], UUID] = uuid4,
) -> tuple[Card, ...]:
    """The card of one referral, or none.

    `hook` decides the indicator: a warning only at `order-sign`. `language` is `nl` or `en`;
    `today` the day of the check. `as_table` is false for a client that shows no tables,
    `show_not_applicable` true for a site that wants a card where the criteria do not apply,
    `orders` are the displays of the orders that it is about, where several of a call get a card.
    `functions` are those that exist: a card promises no others. `new_uuid` makes the card's id.

    Example: of a *not met* at `order-sign` one card with the indicator `warning`, at `order-select`
    the same card with `info`; of a child none.
    """
    kind = choose(assessment)
    if kind is None or (layout().cards[kind].is_silent and not show_not_applicable):
        return ()
    context = CardContext(
        assessment=assessment,
        kind=kind,
        wording=wording(language),
        today=today,
        functions=functions,
        deciding=deciding_contacts(assessment),
        as_table=as_table,
        orders=tuple(map(escaped, orders)),
    )
    return (_card(context, hook, new_uuid),)


def _card(context: CardContext, hook: str, new_uuid: Callable[[], UUID]) -> Card:
    return Card(
        summary=summary(context),
        detail=detail(context),
        indicator=_indicator(context, hook),
        uuid=str(new_uuid()),
        source_label=_source_label(context.assessment, context.wording),
        kind=context.kind,
    )


def _indicator(context: CardContext, hook: str) -> Indicator:
    """Only what is shown at signing can warn, and never where iMSR may not be meant (policy D9)."""
    if hook != SIGNING or context.assessment.referral.kind is ReferralKind.UNCLEAR:
        return Indicator.INFO
    return layout().cards[context.kind].at_signing


def _source_label(assessment: Assessment, texts: Wording) -> str:
    """The criteria by their date; with `before_effective_date` there is no card."""
    return texts.say("source", effective=phrases.day(assessment.criteria.effective_from, texts))
