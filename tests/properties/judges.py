"""Who judges a record: the laws hold for each of them."""

from collections.abc import Sequence
from typing import Protocol

from tests.oracle.agreement import domain
from tests.oracle.entries import Case, Entry
from tests.oracle.readings import DEFAULTS, Readings
from tests.oracle.second_reading import Answered, second_reading


class Judge(Protocol):
    """Judges a record for a referral under a set of readings."""

    def __call__(
        self, entries: Sequence[Entry], case: Case, r: Readings = DEFAULTS
    ) -> Answered: ...


JUDGES: dict[str, Judge] = {"second reading": second_reading, "domain": domain}
