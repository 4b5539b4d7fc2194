"""A4, r2: runs. A pause of so many days between two counted contacts ends one."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import product

from tests.oracle.entries import Days
from tests.oracle.worth import Worth, on_day

Pause = Callable[[Worth, Worth], int]


def longest_pause(one: Worth, other: Worth) -> int:
    """Days between two that are certain; of a course stated by months at its longest (2.6)."""
    return max((other.sure_first - one.sure_last).days, (one.sure_first - other.sure_last).days, 0)


def shortest_pause(one: Worth, other: Worth) -> int:
    """Days between two, with every course as wide as it can be."""
    return max((other.days.first - one.days.last).days, (one.days.first - other.days.last).days, 0)


def runs(items: Sequence[Worth], longest_gap: int, pause: Pause) -> list[list[Worth]]:
    """Contacts joined by pauses that are not longer than `longest_gap` days."""
    left, found = list(items), []
    while left:
        run, added = [], [left.pop(0)]
        while added:
            run += added
            added = [each for each in left if any(pause(each, one) <= longest_gap for one in run)]
            left = [each for each in left if all(each is not one for one in added)]
        found.append(run)
    return found


def possible_runs(items: Sequence[Worth], longest_gap: int) -> Iterator[list[Worth]]:
    """Every run, in every choice of days for the contacts that have no exact day.

    Not every day is tried: the ends of what is open, and the days beside and one gap away from
    those of the others. Between two of these nothing changes.
    """
    vague = [item for item in items if item.is_single and not item.days.is_exact]
    fixed = [item for item in items if not any(item is each for each in vague)]
    hops = len(vague)
    choices = [_days_to_try(item, items, longest_gap, hops) for item in vague]
    for chosen in product(*choices):
        world = [*fixed, *(on_day(item, day) for item, day in zip(vague, chosen, strict=True))]
        yield from runs(world, longest_gap, shortest_pause)


def _days_to_try(item: Worth, items: Sequence[Worth], longest_gap: int, hops: int) -> list[date]:
    ends = {item.days.first, item.days.last}
    near = {day for each in items for day in (each.days.first, each.days.last)}
    steps = {0, 1}
    for hop in range(1, hops + 1):
        steps |= {hop * longest_gap - 1, hop * longest_gap}
    steps |= {-step for step in steps}
    wanted = {day + timedelta(days=step) for day in near for step in steps}
    return sorted(day for day in wanted | ends if item.days.holds(Days.on(day)))
