"""Adding up: how many sessions at least and at most, over how many days at least and at most."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import combinations, product

from cds_service.domain.lookback import DayRange
from tests.oracle.worth import UNBOUNDED, Worth, may_run

Slot = tuple[str, str]


def every_day(days: DayRange) -> Iterable[date]:
    """Each day of a range."""
    return (days.first + timedelta(days=number) for number in range(days.days + 1))


def slot(discipline: str, day: date) -> Slot:
    """What can hold one session (C1)."""
    return discipline, day.isoformat()


def most_slots(items: Sequence[Worth], taken: Sequence[Worth] = ()) -> int:
    """The most sessions that single contacts can be: a largest matching of contacts and slots.

    `taken` are stated courses whose own number counts in their period, so nothing else there does.
    """
    choices = [sorted(_slots_of(item, taken)) for item in items]
    holder: dict[Slot, int] = {}

    def place(number: int, seen: set[Slot]) -> bool:
        for each in choices[number]:
            if each in seen:
                continue
            seen.add(each)
            if each not in holder or place(holder[each], seen):
                holder[each] = number
                return True
        return False

    return sum(place(number, set()) for number in range(len(items)))


def _slots_of(item: Worth, taken: Sequence[Worth]) -> set[Slot]:
    return {
        slot(discipline, day)
        for discipline in item.disciplines
        for day in every_day(item.days)
        if not any(discipline in other.disciplines and _holds(other, day) for other in taken)
    }


def _holds(course: Worth, day: date) -> bool:
    return course.days.first <= day <= course.days.last


def most_sessions(items: Sequence[Worth]) -> int:
    """The most sessions that all these can be; of stated and found the larger, never both."""
    stated = [item for item in items if item.is_stated]
    courses = [item for item in items if item.is_series and not item.is_stated]
    singles = [item for item in items if not item.is_series and not item.is_stated]
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
    numbers = [0]
    if items:
        numbers = [
            _sessions_of_one_world(
                {id(item): name for item, name in zip(items, names, strict=True)},
                singles,
                courses,
            )
            for names in worlds
        ]
    return min(numbers)


def _is_course(item: Worth) -> bool:
    """B11: what may run on is one contact on its start day, as far as is known."""
    return (item.is_series and not may_run(item.contact)) or item.is_stated


def _sessions_of_one_world(
    name: dict[int, str], singles: Sequence[Worth], courses: Sequence[Worth]
) -> int:
    found = {slot(name[id(item)], item.days.first) for item in singles}
    missing = [
        (course, name[id(course)], max(0, course.least - _inside(course, name, singles)))
        for course in courses
    ]
    # courses that overlap can share their sessions, those that do not cannot
    added = max(
        sum(number for _, _, number in chosen)
        for size in range(len(missing) + 1)
        for chosen in combinations(missing, size)
        if all(not _can_share(one, other) for one, other in combinations(chosen, 2))
    )
    return len(found) + added


def _inside(course: Worth, name: dict[int, str], singles: Sequence[Worth]) -> int:
    return len(
        {
            slot(name[id(item)], item.days.first)
            for item in singles
            if _holds(course, item.days.first) and name[id(item)] == name[id(course)]
        }
    )


def _can_share(one: tuple[Worth, str, int], other: tuple[Worth, str, int]) -> bool:
    overlap = one[0].days.overlap(other[0].days) is not None
    return overlap and one[1] == other[1]


def least_days(items: Sequence[Worth]) -> int:
    """From the first to the last certain day; a running course is only sure of its start."""
    if not items:
        return 0
    firsts = [item.days.first for item in items]
    lasts = [
        item.contact.days.last
        if item.contact.has_open_end and item.contact.days is not None
        else item.days.last
        for item in items
    ]
    return max((max(lasts) - min(firsts)).days, 0)


def most_days(items: Sequence[Worth]) -> int:
    """Between two different contacts, or within one course: one contact has one day only."""
    spans = [0]
    for one in items:
        if one.is_series or one.is_stated:
            spans.append(one.days.days)
        others = [other for other in items if other.contact is not one.contact]
        spans.extend((other.days.last - one.days.first).days for other in others)
    return max(spans)
