"""Adding up: how many sessions at least and at most, over how many days at least and at most."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import combinations, product

from tests.oracle.entries import Days
from tests.oracle.worth import UNBOUNDED, Worth, may_run

Slot = tuple[str, date]
"""C1: what can hold one session, a discipline on a day."""


def every_day(days: Days) -> Iterable[date]:
    """Each day of a range."""
    return (days.first + timedelta(days=number) for number in range(days.span + 1))


def most_slots(items: Sequence[Worth], taken: Sequence[Worth] = ()) -> int:
    """The most sessions that single contacts can be: a largest matching of contacts and slots.

    `taken` are stated courses whose own number counts in their period, so nothing else there does.
    """
    choices = [sorted(_slots_of(item, taken)) for item in items]
    holder: dict[Slot, int] = {}

    def place(number: int, seen: set[Slot]) -> bool:
        for slot in choices[number]:
            if slot in seen:
                continue
            seen.add(slot)
            if slot not in holder or place(holder[slot], seen):
                holder[slot] = number
                return True
        return False

    return sum(place(number, set()) for number in range(len(items)))


def _slots_of(item: Worth, taken: Sequence[Worth]) -> set[Slot]:
    return {
        (discipline, day)
        for discipline in item.disciplines
        for day in every_day(item.days)
        if not any(discipline in other.disciplines and _lies_in(other, day) for other in taken)
    }


def _lies_in(course: Worth, day: date) -> bool:
    """On whichever days a course stated by months began and ended (2.6, r2: the narrowest)."""
    return course.narrow is not None and course.narrow.first <= day <= course.narrow.last


def _may_lie_in(course: Worth, day: date) -> bool:
    """On some of them (the widest)."""
    return course.days.first <= day <= course.days.last


def most_sessions(items: Sequence[Worth]) -> int:
    """The most sessions that all these can be; of stated and found the larger, never both."""
    stated = [item for item in items if item.is_stated]
    courses = [item for item in items if item.is_series and not item.is_stated]
    singles = [item for item in items if item.is_single]
    best = 0
    for chosen in product((True, False), repeat=len(stated)):
        taken = [item for item, is_taken in zip(stated, chosen, strict=True) if is_taken]
        best = max(best, sum(item.most for item in taken) + most_slots(singles, taken))
    return min(best + sum(item.most for item in courses), UNBOUNDED)


def least_sessions(items: Sequence[Worth]) -> int:
    """The least sessions that these certain ones are, whatever their disciplines.

    C1: a session of a course and a single contact of its discipline can be the same one. So a
    course only adds what the single contacts inside it cannot be.
    """
    courses = [item for item in items if _is_course(item)]
    singles = [item for item in items if not _is_course(item)]
    worlds = product(*(sorted(item.disciplines) for item in items))
    if not items:
        return 0
    return min(
        _sessions_of_one_world(
            {id(item): name for item, name in zip(items, names, strict=True)}, singles, courses
        )
        for names in worlds
    )


def _is_course(item: Worth) -> bool:
    """B11: what may run on is one contact on its start day, as far as is known."""
    return (item.is_series and not may_run(item.entry)) or item.is_stated


def _sessions_of_one_world(
    name: dict[int, str], singles: Sequence[Worth], courses: Sequence[Worth]
) -> int:
    slots = {(name[id(item)], item.sure_first) for item in singles}
    missing = [
        (course, max(0, course.least - _inside(course, name, singles))) for course in courses
    ]
    # courses of one discipline that overlap can share their sessions, those that do not cannot
    added = max(
        sum(number for _, number in chosen)
        for size in range(len(missing) + 1)
        for chosen in combinations(missing, size)
        if all(not _can_share(one, other, name) for (one, _), (other, _) in combinations(chosen, 2))
    )
    return len(slots) + added


def _inside(course: Worth, name: dict[int, str], singles: Sequence[Worth]) -> int:
    return len(
        {
            item.sure_first
            for item in singles
            if name[id(item)] == name[id(course)] and _may_lie_in(course, item.sure_first)
        }
    )


def _can_share(one: Worth, other: Worth, name: dict[int, str]) -> bool:
    return name[id(one)] == name[id(other)] and one.days.overlap(other.days) is not None


def least_days(items: Sequence[Worth]) -> int:
    """From the first to the last day that are certain."""
    if not items:
        return 0
    last = max(item.sure_last for item in items)
    first = min(item.sure_first for item in items)
    return max((last - first).days, 0)


def most_days(items: Sequence[Worth]) -> int:
    """Between two different contacts, or within one course: one contact has one day only."""
    spans = [0]
    for one in items:
        if not one.is_single:
            spans.append(one.days.span)
        others = [other for other in items if other.entry is not one.entry]
        spans.extend((other.days.last - one.days.first).days for other in others)
    return max(spans)
