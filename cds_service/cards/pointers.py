"""Letters, own referrals and words of the draft on care: named, never counted (policy 2.6)."""

from collections.abc import Iterable

from cds_service.cards import phrases
from cds_service.cards.context import CardContext
from cds_service.cards.wording import Wording
from cds_service.domain.assessment import CriterionFinding, Outcome
from cds_service.domain.criteria import CriterionId
from cds_service.domain.pointers import Pointer, PointerKind

_MOST = 3
_IN_WORDS = frozenset({PointerKind.DRAFT_TEXT})
_OPTION_1 = (CriterionId.ALLIED_HEALTH_THERAPY, CriterionId.PSYCHOLOGICAL_CARE)


def newest_pointers(context: CardContext, *, most: int = 2) -> str:
    """The newest letter and the newest referral on what the card is about; empty without any."""
    newest: dict[PointerKind, Pointer] = {}
    for pointer in context.assessment.pointers:
        if pointer.criterion in context.about and pointer.kind not in _IN_WORDS:
            newest.setdefault(pointer.kind, pointer)
    said = [_say(pointer, context.wording) for pointer in newest.values()][:most]
    return phrases.listed(said, context.wording) if said else ""


def open_pointers(context: CardContext) -> str:
    """The newest letters and referrals on every criterion that is not met, with discipline."""
    short = {finding.criterion.id for finding in _short(context)}
    found = [
        pointer
        for pointer in context.assessment.pointers
        if pointer.criterion in short and pointer.kind not in _IN_WORDS
    ]
    said = dict.fromkeys(_say(each, context.wording, names_discipline=True) for each in found)
    return phrases.listed(list(said)[:_MOST], context.wording) if said else ""


def _short(context: CardContext) -> Iterable[CriterionFinding]:
    findings = context.assessment.findings
    return (finding for finding in findings if finding.outcome is not Outcome.MET)


def _say(pointer: Pointer, wording: Wording, *, names_discipline: bool = False) -> str:
    values = {"first": phrases.day(pointer.date, wording)}
    if not names_discipline or pointer.discipline is None:
        return wording.say(f"forms.pointer.{pointer.kind}", **values)
    discipline = wording.say(f"disciplines.{pointer.discipline}")
    return wording.say(f"forms.pointer.{pointer.kind}_of", discipline=discipline, **values)


def all_are_named(context: CardContext) -> bool:
    """Whether the referral itself names care of everything that the card asks about."""
    asked = set(context.about)
    return bool(asked) and asked <= _named(context)


def named(context: CardContext) -> str:
    """What the referral itself names of what is not shown as met; empty where nothing."""
    found = _named(context)
    asked = [each for each in _OPTION_1 if each in found] or sorted(found)
    said = [context.wording.say(f"forms.named.{phrases.SHORT[each]}") for each in asked]
    return phrases.listed(said, context.wording) if said else ""


def _named(context: CardContext) -> set[CriterionId]:
    """The criteria that are not met and whose care words of the draft name."""
    pointers = context.assessment.pointers
    return {each.criterion for each in pointers if each.kind is PointerKind.DRAFT_TEXT}
