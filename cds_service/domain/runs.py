"""Runs: contacts without a long gap between one and the next (policy A4).

The clock starts again at each contact; a course lasts from its first to its last day. Where a site
or the policy ends a treatment after a gap, number and duration are those of one run.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from operator import itemgetter

from cds_service.domain.ledger import LedgerEntry
from cds_service.domain.lookback import DayRange


@dataclass(frozen=True, slots=True)
class BridgedRun:
    """Contacts that can make one run, and the most days it can last."""

    entries: list[LedgerEntry]
    days: int


def unbroken(entries: Sequence[LedgerEntry], longest_gap: int) -> list[list[LedgerEntry]]:
    """The runs of contacts whose days are known, by date.

    On 6 and 20 January and 1 June there are two, of 14 days and of 0. Of a course stated by months
    a gap is measured at its longest, to the days that are certain.
    """
    if _is_one_run(entries, longest_gap):
        return [list(entries)]
    return _split(((*entry.surely, entry) for entry in entries), longest_gap)


def _is_one_run(entries: Sequence[LedgerEntry], longest_gap: int) -> bool:
    """Whether that is seen at once, as for most records: by single days alone."""
    if any(entry.is_course or entry.lengthens for entry in entries):
        return len(entries) == 1
    days = sorted({entry.days.first for entry in entries if entry.days})
    return all((later - day).days <= longest_gap for day, later in pairwise(days))


def _split(
    timed: Iterable[tuple[date, date, LedgerEntry]], longest_gap: int
) -> list[list[LedgerEntry]]:
    runs: list[list[LedgerEntry]] = []
    until = date.min
    for first, last, entry in sorted(timed, key=itemgetter(0, 1)):
        if not runs or (first - until).days > longest_gap:
            runs.append([])
            until = last
        runs[-1].append(entry)
        until = max(until, last)
    return runs


def longest_pause(entries: Iterable[LedgerEntry]) -> int:
    """The most days between one contact and the next; 0 where there are not two."""
    pause, until = 0, None
    for first, last in sorted(entry.surely for entry in entries):
        if until is not None:
            pause = max(pause, (first - until).days)
        until = last if until is None else max(until, last)
    return pause


def bridged(entries: Sequence[LedgerEntry], longest_gap: int) -> Iterator[BridgedRun]:
    """What can be one run if contacts without a full date fall where they bridge most.

    Each run starts where a run of dated contacts starts and takes in as many later ones as the
    undated contacts can reach; those left over lengthen it at its ends. Never less than can be;
    it can be more, where one undated contact would have to lie in two gaps.
    """
    vague = [e for e in entries if e.days and not (e.is_course or e.lengthens or e.days.is_exact)]
    if not vague:
        for run in _dated(entries, longest_gap):
            yield BridgedRun(run, (_last(run) - _first(run)).days)
        return
    dated = _dated([e for e in entries if e not in vague], longest_gap)
    ranges = [entry.days for entry in vague if entry.days]
    yield BridgedRun(vague, longest_gap * (len(vague) - 1))  # by themselves, far from all others
    for start in range(len(dated)):
        yield _from(dated[start:], vague, ranges, longest_gap)


def _dated(entries: Sequence[LedgerEntry], longest_gap: int) -> list[list[LedgerEntry]]:
    """The runs that contacts can make, with every course as wide as it can be."""
    if _is_one_run(entries, longest_gap):
        return [list(entries)] if entries else []
    timed = ((e.days.first, e.days.last, e) for e in entries if e.days)
    return _split(timed, longest_gap)


def _from(
    runs: Sequence[list[LedgerEntry]],
    vague: list[LedgerEntry],
    ranges: Sequence[DayRange],
    longest_gap: int,
) -> BridgedRun:
    taken, left = list(runs[0]), len(vague)
    for run in runs[1:]:
        needed = _needed(_last(taken), _first(run), ranges, longest_gap)
        if needed is None or needed > left:
            break
        taken += run
        left -= needed
    near = _near(vague, taken, longest_gap)
    left = min(left, len(near))
    return BridgedRun(taken + near, (_last(taken) - _first(taken)).days + left * longest_gap)


def _needed(day: date, goal: date, ranges: Sequence[DayRange], longest_gap: int) -> int | None:
    """How many undated contacts bridge from one day to another; None where they cannot.

    Each next one lies as far on as it can, on a day that it may have been.
    """
    gap = timedelta(days=longest_gap)
    left, number = list(ranges), 0
    while goal - day > gap:
        reach = day + gap
        fits = [days for days in left if days.first <= reach and days.last > day]
        if not fits:
            return None
        best = max(fits, key=lambda days: (min(days.last, reach), -days.last.toordinal()))
        left.remove(best)
        day = min(best.last, reach)
        number += 1
    return number


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
