"""What replies amount to, as figures and as a table."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tools.soak.client import Reply

OK: Final = 200
SHED: Final = 503


@dataclass(frozen=True, slots=True)
class Figures:
    """One phase: calls offered per second over `seconds`, and what became of them."""

    name: str
    seconds: float
    replies: tuple[Reply, ...]

    @property
    def accepted(self) -> tuple[Reply, ...]:
        """Calls that were answered."""
        return tuple(each for each in self.replies if each.status == OK)

    @property
    def shed(self) -> tuple[Reply, ...]:
        """Calls that were sent away."""
        return tuple(each for each in self.replies if each.status == SHED)

    @property
    def others(self) -> Counter[int]:
        """Any other status; 0 stands for no answer."""
        return Counter(each.status for each in self.replies if each.status not in (OK, SHED))

    @property
    def rate(self) -> float:
        """Answered calls per second."""
        return len(self.accepted) / self.seconds

    def faults(self, fault: str) -> int:
        """How many answers had this fault."""
        return sum(each.fault == fault for each in self.accepted)

    def row(self) -> str:
        """A row of the table."""
        took, away = _waits(self.accepted), _waits(self.shed)
        cells = (
            self.name,
            f"{len(self.replies) / self.seconds:.0f}",
            f"{self.rate:.0f}",
            *(f"{_at(took, part) * 1000:.0f}" for part in (0.5, 0.99, 1)),
            str(self.faults("gap")),
            str(len(self.shed)),
            *(f"{_at(away, part) * 1000:.0f}" if away else "" for part in (0.5, 0.99)),
        )
        return f"| {' | '.join(cells)} |"


HEAD: Final = (
    "| phase | offered /s | answered /s | p50 ms | p99 ms | longest ms | gaps | 503 | p50 | p99 |",
    "|---|---|---|---|---|---|---|---|---|---|",
)


def longest(replies: Sequence[Reply]) -> float:
    """Seconds of the slowest reply."""
    return _at(_waits(replies), 1)


def percentile(replies: Sequence[Reply], part: float) -> float:
    """Seconds within which this part of the replies came."""
    return _at(_waits(replies), part)


def middle(values: Sequence[float]) -> float:
    """The median; 0 of nothing."""
    return statistics.median(values) if values else 0.0


def _waits(replies: Sequence[Reply]) -> list[float]:
    return sorted(each.seconds for each in replies)


def _at(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0
