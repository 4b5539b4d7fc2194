"""Everything that the parts of one card are filled from."""

from dataclasses import dataclass, field
from datetime import date

from cds_service.cards.card import CardFunction, CardKind
from cds_service.cards.deciding import DecidingContact
from cds_service.cards.wording import Wording
from cds_service.domain.assessment import Assessment, CriterionFinding
from cds_service.domain.criteria import CriterionId
from cds_service.domain.referral import ReferralKind

_C1 = CriterionId.ALLIED_HEALTH_THERAPY
_C2 = CriterionId.PSYCHOLOGICAL_CARE
_O2 = CriterionId.PSYCHOSOMATIC_THERAPY

_ABOUT: dict[CardKind, tuple[CriterionId, ...]] = {
    CardKind.NOT_MET_C1: (_C1,),
    CardKind.NOT_MET_C2: (_C2,),
    CardKind.NOT_MET_BOTH: (_C1, _C2),
    CardKind.NOT_MET_O2: (_O2,),
    CardKind.INTERRUPTED_C1: (_C1,),
    CardKind.INTERRUPTED_C2: (_C2,),
    CardKind.INTERRUPTED_O2: (_O2,),
    CardKind.DURATION_BORDERLINE_C1: (_C1,),
    CardKind.DURATION_BORDERLINE_C2: (_C2,),
    CardKind.DURATION_BORDERLINE_O2: (_O2,),
    CardKind.NOT_FOUND_C1: (_C1,),
    CardKind.NOT_FOUND_C2: (_C2,),
    CardKind.NOT_FOUND_BOTH: (_C1, _C2),
    CardKind.TRACE_C1: (_C1,),
    CardKind.TRACE_C2: (_C2,),
    CardKind.TRACE_BOTH: (_C1, _C2),
}
"""The criteria that the summary of a card is about."""


@dataclass(frozen=True, slots=True)
class CardContext:
    """One assessment on its way to a card.

    `today` is the day of the check; `functions` are those that exist; `orders` are the displays of
    the drafts that it is about, escaped; none where the card need not say which orders it means.
    `is_short` where only the notes that matter most are said.
    """

    assessment: Assessment
    kind: CardKind
    wording: Wording
    today: date
    functions: frozenset[CardFunction] = frozenset()
    deciding: tuple[DecidingContact, ...] = field(default=())
    as_table: bool = True
    orders: tuple[str, ...] = ()
    is_short: bool = False

    @property
    def about(self) -> tuple[CriterionId, ...]:
        """The criteria that the summary is about; none where it is about all of them."""
        return _ABOUT.get(self.kind, ())

    @property
    def leading(self) -> CriterionFinding:
        """The finding whose numbers the summary and the card's own parts give."""
        return self.assessment.finding(self.about[0] if self.about else _C1)

    @property
    def possible_ages(self) -> dict[str, str | int]:
        """What an incomplete birth date leaves open, for a text; empty where nothing is known."""
        ages = self.assessment.ages
        if ages is None:
            return {}
        youngest, oldest = ages
        minimum = self.assessment.criteria.minimum_age
        return {"youngest": youngest, "oldest": oldest, "min_age": minimum}

    @property
    def lead(self) -> str:
        """How a summary opens: what it is about, or whether that is meant (policy D9)."""
        is_asked = self.assessment.referral.kind is ReferralKind.UNCLEAR
        return self.wording.say("lead.question" if is_asked else "lead.plain")
