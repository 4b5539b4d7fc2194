"""Runs: contacts without a long gap between one and the next (policy A4).

The clock starts again at each contact; a course lasts from its first to its last day. Where a site
or the policy ends a treatment after a gap, number and duration are those of one run.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import itemgetter

from cds_service.domain.ledger import LedgerEntry


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
    undated contacts can reach; those left over lengthen it at its ends. Never less than can be. It
    can be more, where one undated contact would have to lie in two places and others cannot be
    told to be too few for both.
    """
    vague = [e for e in entries if e.days and not (e.is_course or e.lengthens or e.days.is_exact)]
    dated = _dated([e for e in entries if e not in vague] if vague else entries, longest_gap)
    if not vague:
        yield from (BridgedRun(run, _last(run) - _first(run)) for run in dated)
        return
    for run in _dated(vague, longest_gap):  # by themselves, far from all others
        yield BridgedRun(run, min(longest_gap * (len(run) - 1), _last(run) - _first(run)))
    for start in range(len(dated)):
        yield _from(dated[start:], vague, longest_gap)


def _dated(entries: Sequence[LedgerEntry], longest_gap: int) -> list[list[LedgerEntry]]:
    """The runs that contacts can make, with every course as wide as it can be."""
    if _is_one_run(entries, longest_gap):
        return [list(entries)] if entries else []
    timed = ((e.days.first, e.days.last, e) for e in entries if e.days)
    return _split(timed, longest_gap)


def _from(
    runs: Sequence[list[LedgerEntry]], vague: list[LedgerEntry], longest_gap: int
) -> BridgedRun:
    spans = [_span(entry) for entry in vague]
    taken, bridging = list(runs[0]), 0
    usable: set[int] = set()
    for run in runs[1:]:
        goal = _first(run) - longest_gap
        reached = _reached(_last(taken), spans, longest_gap, most=len(spans) - bridging)
        steps = next((steps for steps, day in enumerate(reached) if day >= goal), None)
        between = usable | _inside(spans, _last(taken), _first(run))
        if steps is None or bridging + steps > len(between):
            break
        usable, bridging = between, bridging + steps
        taken += run
    return _lengthened(taken, vague, longest_gap, bridging=bridging, usable=usable)


def _lengthened(
    taken: list[LedgerEntry],
    vague: list[LedgerEntry],
    longest_gap: int,
    *,
    bridging: int,
    usable: set[int],
) -> BridgedRun:
    """A run with those left over at its ends: `bridging` of the `usable` ones lie inside it."""
    spans = [_span(entry) for entry in vague]
    start, end = _first(taken), _last(taken)
    left = len(spans) - bridging
    later = _reached(end, spans, longest_gap, most=left)
    mirrored = [(-last, -first) for first, last in spans]
    earlier = _reached(-start, mirrored, longest_gap, most=left)
    at_ends = _inside(spans, end, later[-1] + 1) | _inside(spans, -earlier[-1] - 1, start)
    left = min(left, len(usable | at_ends) - bridging)
    near = [
        entry
        for entry, (first, last) in zip(vague, spans, strict=True)
        if last >= -earlier[-1] and first <= later[-1]
    ]
    most = max(
        day + earlier[min(left - at, len(earlier) - 1)] for at, day in enumerate(later[: left + 1])
    )
    return BridgedRun(taken + near, most)


def _inside(spans: Sequence[tuple[int, int]], after: int, before: int) -> set[int]:
    """Which of them can lie between two days, both left out."""
    return {at for at, (first, last) in enumerate(spans) if after < last and first < before}


def _reached(
    day: int, spans: Sequence[tuple[int, int]], longest_gap: int, *, most: int
) -> list[int]:
    """How far none, one, two and more undated contacts lead on from a day, at most.

    Each next one lies as far on as one of them can. The same one may be taken twice: how many
    there are is looked at by those who ask.
    """
    reached = [day]
    while len(reached) <= most:
        furthest = day + longest_gap
        ahead = [min(last, furthest) for first, last in spans if first <= furthest and last > day]
        if not ahead:
            break
        day = max(ahead)
        reached.append(day)
    return reached


def _span(entry: LedgerEntry) -> tuple[int, int]:
    days = entry.days
    if days is None:
        raise ValueError("a contact that can count lies inside the lookback")
    return days.first.toordinal(), days.last.toordinal()


def _first(run: Sequence[LedgerEntry]) -> int:
    return min(_span(entry)[0] for entry in run)


def _last(run: Sequence[LedgerEntry]) -> int:
    return max(_span(entry)[1] for entry in run)
