"""Runs of contacts without a longer gap than a site allows (policy A4, reading `longest-gap-days`).

The clock starts again at each contact. A contact without a full date is one contact on one day: it
can bridge a gap that two gaps of the allowed length make, and no longer one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cds_service.domain.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class BridgedRun:
    """Contacts that can make one run, and the most days it can last."""

    entries: list[LedgerEntry]
    days: int


def unbroken(entries: Sequence[LedgerEntry], longest_gap: int) -> Iterator[list[LedgerEntry]]:
    """The runs of contacts whose days are known."""
    run: list[LedgerEntry] = []
    until = date.min
    for days, entry in sorted(
        ((entry.days, entry) for entry in entries if entry.days), key=lambda pair: pair[0].first
    ):
        if run and days.first > until + timedelta(days=longest_gap):
            yield run
            run = []
        run.append(entry)
        until = max(until, days.last)
    if run:
        yield run


def longest_pause(entries: Iterable[LedgerEntry]) -> int:
    """The most days between one contact and the next; 0 where there are not two."""
    pause, until = 0, None
    for days in sorted((e.days for e in entries if e.days), key=lambda days: days.first):
        if until is not None:
            pause = max(pause, (days.first - until).days)
        until = days.last if until is None else max(until, days.last)
    return pause


def bridged(entries: Sequence[LedgerEntry], longest_gap: int) -> Iterator[BridgedRun]:
    """What can be one run if contacts without a full date fall where they bridge most.

    Each run starts where a run of dated contacts starts and takes in as many later ones as the
    undated contacts can reach; those left over lengthen it at its ends.
    """
    vague = [e for e in entries if e.days and not (e.is_course or e.days.is_exact)]
    dated = list(unbroken([e for e in entries if e not in vague], longest_gap))
    if vague:  # by themselves, far from all others
        yield BridgedRun(vague, longest_gap * (len(vague) - 1))
    for start in range(len(dated)):
        yield _from(dated[start:], vague, longest_gap)


def _from(
    runs: Sequence[list[LedgerEntry]], vague: list[LedgerEntry], longest_gap: int
) -> BridgedRun:
    taken, left = list(runs[0]), len(vague)
    for run in runs[1:]:
        gap = (_first(run) - _last(taken)).days
        needed = -(-gap // longest_gap) - 1
        if needed > left:
            break
        taken += run
        left -= needed
    near = _near(vague, taken, longest_gap)
    left = min(left, len(near))
    return BridgedRun(taken + near, (_last(taken) - _first(taken)).days + left * longest_gap)


def _near(
    vague: list[LedgerEntry], taken: Sequence[LedgerEntry], longest_gap: int
) -> list[LedgerEntry]:
    """The undated contacts that can be as near to a run as all of them together reach."""
    reach = timedelta(days=len(vague) * longest_gap)
    first, last = _first(taken), _last(taken)
    return [
        entry
        for entry in vague
        if entry.days and entry.days.last >= first - reach and entry.days.first <= last + reach
    ]


def _first(run: Sequence[LedgerEntry]) -> date:
    return min(entry.days.first for entry in run if entry.days)


def _last(run: Sequence[LedgerEntry]) -> date:
    return max(entry.days.last for entry in run if entry.days)
