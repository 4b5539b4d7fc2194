"""How many sessions a set of contacts holds: at least, and at most (policy 2.3, 2.6, B12).

One session is one discipline on one calendar day. Where the record leaves something open, the
certain tally takes the fewest sessions that the record can mean and the possible tally the most,
so that neither a stated "met" nor a stated "not met" can be wrong whatever the truth is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import combinations

from cds_service.domain.ledger import LedgerEntry
from cds_service.domain.lookback import DayRange


def fewest_sessions(entries: Sequence[LedgerEntry]) -> int:
    """The least number of sessions that certain contacts can mean.

    A session that stands in the record by itself and one of a course can be the same one; where
    stated and found care overlap, the larger number counts (policy 2.6).
    """
    by_day: dict[date, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if not entry.is_course:
            by_day[_days(entry).first].append(entry)
    singles = sum(_fewest_on_a_day([e.session_unit for e in own]) for own in by_day.values())
    courses = [entry for entry in entries if entry.is_course]
    return singles + _fewest_of_courses(courses, by_day) if courses else singles


def _fewest_on_a_day(sets: Sequence[frozenset[str]]) -> int:
    """The fewest disciplines that explain every contact of one day."""
    if len(sets) <= 1:
        return len(sets)
    known = {next(iter(names)) for names in sets if len(names) == 1}
    unsure = [names for names in sets if len(names) > 1 and not names & known]
    if not unsure:
        return len(known)
    names = sorted(frozenset().union(*unsure))
    for size in range(1, len(names) + 1):
        for chosen in combinations(names, size):
            if all(each & set(chosen) for each in unsure):
                return len(known) + size
    return len(known) + len(unsure)


def _fewest_of_courses(
    courses: Sequence[LedgerEntry], by_day: dict[date, list[LedgerEntry]]
) -> int:
    """What courses add to sessions on days of their own: only what those cannot explain.

    Courses are taken by their last day, and a missing session is put on that day: so it serves
    as many later courses as it can, which makes the sum the smallest.
    """
    added: list[tuple[LedgerEntry, int]] = []
    for course in sorted(courses, key=lambda each: _days(each).last):
        days = _days(course)
        inside = sum(
            _fewest_on_a_day([e.session_unit for e in _not_told(own) if _can_be_of(e, course)])
            for day, own in by_day.items()
            if days.first <= day <= days.last
        ) + sum(
            number
            for earlier, number in added
            if _days(earlier).last >= days.first and _can_be_of(earlier, course)
        )
        if inside < course.least:
            added.append((course, course.least - inside))
    return sum(number for _, number in added)


def _not_told(own: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """One day's contacts without those that another one explains: it cannot be fewer by them."""
    known = [entry.session_unit for entry in own if len(entry.session_unit) == 1]
    return [
        entry
        for entry in own
        if len(entry.session_unit) == 1 or not any(names <= entry.session_unit for names in known)
    ]


def _can_be_of(entry: LedgerEntry, course: LedgerEntry) -> bool:
    """Whether a session can be one of a course: by the unit of counting.

    What is stated can always have been found as well, in the same discipline (policy 2.6).
    """
    is_stated = entry.contact.is_stated or course.contact.is_stated
    is_same_care = is_stated and entry.disciplines & course.disciplines
    return bool(is_same_care or entry.session_unit & course.session_unit)


def most_sessions(entries: Sequence[LedgerEntry]) -> int | None:
    """The greatest number of sessions that contacts can mean; None where nothing bounds it."""
    if any(entry.most is None for entry in entries):
        return None
    singles = [entry for entry in entries if not entry.is_course]
    found = _most_of_singles(singles, _occupied(singles))
    return found + sum(_added_by_course(e, singles, found) for e in entries if e.is_course)


def _occupied(singles: Iterable[LedgerEntry]) -> dict[frozenset[str], set[date]]:
    """The days on which a discipline certainly has its session already."""
    occupied: dict[frozenset[str], set[date]] = defaultdict(set)
    for entry in singles:
        days, unit = _days(entry), entry.session_unit
        if days.is_exact and len(unit) == 1:
            occupied[unit].add(days.first)
    return occupied


def _most_of_singles(
    singles: Sequence[LedgerEntry], occupied: dict[frozenset[str], set[date]]
) -> int:
    unsure: dict[date, list[frozenset[str]]] = defaultdict(list)
    vague: dict[frozenset[str], list[DayRange]] = defaultdict(list)
    for entry in singles:
        days, unit = _days(entry), entry.session_unit
        if not days.is_exact:
            vague[unit].append(days)
        elif len(unit) > 1:
            unsure[days.first].append(unit)
    return (
        sum(len(days) for days in occupied.values())
        + sum(_most_on_a_day(day, sets, occupied) for day, sets in unsure.items())
        + sum(
            sum(_placed(ranges, partial(_room, names, unsure=unsure, occupied=occupied)))
            for names, ranges in vague.items()
        )
    )


def _room(
    names: frozenset[str],
    day: date,
    *,
    unsure: dict[date, list[frozenset[str]]],
    occupied: dict[frozenset[str], set[date]],
) -> int:
    """How many more sessions of these alternatives one day can hold."""
    free = sum(day not in occupied.get(frozenset({name}), ()) for name in names)
    same = [other for other in unsure.get(day, ()) if other <= names]
    return free - _most_on_a_day(day, same, occupied) if same else free


def _most_on_a_day(
    day: date, sets: Sequence[frozenset[str]], occupied: dict[frozenset[str], set[date]]
) -> int:
    """How many of one day's contacts can each be a discipline of their own (a matching)."""
    taken: dict[str, int] = {}
    free = [{n for n in names if day not in occupied.get(frozenset({n}), ())} for names in sets]

    def place(contact: int, tried: set[str]) -> bool:
        for name in free[contact] - tried:
            tried.add(name)
            if name not in taken or place(taken[name], tried):
                taken[name] = contact
                return True
        return False

    return sum(place(contact, set()) for contact in range(len(sets)))


def _placed(ranges: Sequence[DayRange], room: Callable[[date], int]) -> Iterator[int]:
    """How many contacts without a full date fall on each day, so that as many as can have room.

    Day by day, the contact that must be placed soonest goes first.
    """
    waiting = sorted(ranges, key=lambda days: days.first, reverse=True)
    open_now: list[date] = []
    day = waiting[-1].first if waiting else date.min
    while waiting or open_now:
        if not open_now:
            day = max(day, waiting[-1].first)
        while waiting and waiting[-1].first <= day:
            heappush(open_now, waiting.pop().last)
        while open_now and open_now[0] < day:
            heappop(open_now)
        placed = min(len(open_now), room(day))
        for _ in range(placed):
            heappop(open_now)
        yield placed
        day += timedelta(days=1)


def _added_by_course(course: LedgerEntry, singles: Sequence[LedgerEntry], found: int) -> int:
    """A course adds its number; a stated one counts instead of what was found of it (policy 2.6).

    `found` is the most that the single contacts are together.
    """
    most = course.most or 0
    if not course.contact.is_stated:
        return most
    others = [other for entry in singles if (other := _beside(entry, course))]
    return max(0, most + _most_of_singles(others, _occupied(others)) - found)


def _beside(entry: LedgerEntry, course: LedgerEntry) -> LedgerEntry | None:
    """What a contact can be beside stated care that holds all of its discipline and period."""
    is_inside = not entry.contact.is_stated and _days(course).contains(_days(entry))
    if not is_inside or len(course.disciplines) > 1:
        return entry
    left = entry.disciplines - course.disciplines
    if not left:
        return None
    is_by_discipline = entry.session_unit == entry.disciplines
    return entry._replace(
        disciplines=left, session_unit=left if is_by_discipline else entry.session_unit
    )


def _days(entry: LedgerEntry) -> DayRange:
    if entry.days is None:
        raise ValueError("a contact that can count lies inside the lookback")
    return entry.days
