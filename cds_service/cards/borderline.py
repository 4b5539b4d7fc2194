"""Which tally of a criterion lasts 77 to 83 days: what a card about that duration names (A5)."""

from typing import NamedTuple

from cds_service.domain.assessment import CriterionFinding
from cds_service.domain.ledger import Tally


class BorderlineTally(NamedTuple):
    """The tally, and whether contacts that are not certain are in it."""

    tally: Tally
    is_doubtful: bool


def borderline_tally(finding: CriterionFinding) -> BorderlineTally:
    """The first with a borderline duration; where none has it, all that is certain.

    In order: all that is certain, the best run of it, all that may count, the best run of that.
    """
    ledger, criterion = finding.ledger, finding.criterion
    tallies = (
        BorderlineTally(ledger.certain, is_doubtful=False),
        BorderlineTally(ledger.run or Tally(), is_doubtful=False),
        BorderlineTally(ledger.possible, is_doubtful=True),
        BorderlineTally(ledger.possibly_in_one_run, is_doubtful=True),
    )
    borderline = range(criterion.possible_from, criterion.days)
    return next((each for each in tallies if each.tally.days in borderline), tallies[0])
