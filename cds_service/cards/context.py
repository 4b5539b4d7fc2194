"""Everything that the parts of one card are filled from."""

from dataclasses import dataclass, field
from datetime import date

from cds_service.cards.card import CardFunction, CardKind
from cds_service.cards.deciding import DecidingContact
from cds_service.cards.wording import Wording
from cds_service.domain.assessment import Assessment, CriterionFinding
from cds_service.domain.criteria import CriterionId

_C1 = CriterionId.ALLIED_HEALTH_THERAPY
_C2 = CriterionId.PSYCHOLOGICAL_CARE
_O2 = CriterionId.PSYCHOSOMATIC_THERAPY

_ABOUT: dict[CardKind, tuple[CriterionId, ...]] = {
    CardKind.NOT_MET_C1: (_C1,),
    CardKind.NOT_MET_C2: (_C2,),
    CardKind.NOT_MET_BOTH: (_C1, _C2),
    CardKind.NOT_MET_O2: (_O2,),
    CardKind.DURATION_BORDERLINE_C1: (_C1,),
    CardKind.DURATION_BORDERLINE_C2: (_C2,),
    CardKind.DURATION_BORDERLINE_O2: (_O2,),
    CardKind.NOT_FOUND_C1: (_C1,),
    CardKind.NOT_FOUND_C2: (_C2,),
    CardKind.NOT_FOUND_BOTH: (_C1, _C2),
}
"""The criteria that the summary of a card is about."""


@dataclass(frozen=True, slots=True)
class CardContext:
    """One assessment on its way to a card.

    `today` is the day of the check; `functions` are those that exist; `order` is the display of
    the draft, escaped, or empty where the card need not say which order it means.
    """

    assessment: Assessment
    kind: CardKind
    wording: Wording
    today: date
    functions: frozenset[CardFunction] = frozenset()
    deciding: tuple[DecidingContact, ...] = field(default=())
    as_table: bool = True
    order: str = ""

    @property
    def about(self) -> tuple[CriterionId, ...]:
        """The criteria that the summary is about; none where it is about all of them."""
        return _ABOUT.get(self.kind, ())

    @property
    def leading(self) -> CriterionFinding:
        """The finding whose numbers the summary and the card's own parts give."""
        return self.assessment.finding(self.about[0] if self.about else _C1)

    def findings(self) -> tuple[CriterionFinding, ...]:
        """The findings of every criterion, in the order of the table."""
        return tuple(f for option in self.assessment.options for f in option.findings)
