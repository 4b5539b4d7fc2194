"""Adding up: how many sessions, over how many days; at least, and at most (policy 2.0, 2.3, 2.6).

A session is one discipline on one day. Where the record leaves open which session a contact is,
the certain tally takes the fewest that explain every contact, and the possible tally takes no
fewer than they can be: so neither a stated "met" nor a stated "not met" can be wrong, whatever
the truth is. Both are bounds: the certain number may be too low and the possible one too high.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from heapq import nlargest, nsmallest
from itertools import accumulate, combinations
from typing import NamedTuple, TypeAlias

from cds_service.domain.causes import Cause
from cds_service.domain.criteria import (
    ReadingKey,
    ReferralCriteria,
    Threshold,
    TreatmentCriterion,
)
from cds_service.domain.days_inside import DaysInside
from cds_service.domain.ledger import LedgerEntry, Standing, Tally
from cds_service.domain.lookback import DayRange
from cds_service.domain.runs import BridgedRun, bridged, unbroken

Entries: TypeAlias = Sequence[LedgerEntry]
Pool: TypeAlias = frozenset[str]


def reaches(tally: Tally, criterion: TreatmentCriterion, *, days: int | None = None) -> bool:
    """Whether a tally reaches the thresholds; `days` instead of the required ones where given.

    Six sessions over 84 days reach a criterion of both (`all`), six over 14 days one of either
    (`any`).
    """
    if not tally.sessions and not tally.is_unbounded:
        return False  # the text asks for treatment: at least one session
    enough_sessions = tally.is_unbounded or tally.sessions >= criterion.sessions
    enough_days = tally.days >= (criterion.days if days is None else days)
    if criterion.threshold is Threshold.ALL:
        return enough_sessions and enough_days
    return enough_sessions or enough_days


class Tallies(NamedTuple):
    """What certain, or possible, contacts add up to: all of them, and the best run (policy A4).

    Where a site ends a treatment at a longer gap, both are the best run. `named` is the best run
    where there are several.
    """

    together: Tally
    in_one_run: Tally
    named: Tally | None = None


def certain_tallies(
    entries: Entries, criterion: TreatmentCriterion, criteria: ReferralCriteria
) -> Tallies:
    """The fewest sessions and days that the record proves, in the best group of contacts.

    Example: sessions on 3 and 10 March and one in "March" are two sessions over 7 days.
    """
    certain = [as_known(e) for e in entries if e.standing is Standing.CERTAIN or e.lengthens]
    gap = longest_gap(criterion, criteria)
    groups = list(_groups(certain, criteria, may_belong=False))
    together = _best([_certain(group) for group in groups], criterion)
    if gap is None:
        return Tallies(together, together)
    runs = unbroken(certain, gap)
    if len(runs) <= 1 and len(groups) <= 1:
        return Tallies(together, together)
    tallies = [_certain(run) for run in runs]
    named = _best(tallies, criterion) if len(runs) > 1 else None
    if len(groups) != 1 or criteria.reading(ReadingKey.POOLING) != "criterion":
        tallies = [_certain(run) for group in groups for run in unbroken(group, gap)]
    in_one_run = _best(tallies, criterion)
    if named and named.first is None:
        named = None  # of months that cross no day is certain
    return Tallies(together if _is_doubtful(criteria) else in_one_run, in_one_run, named)


def possible_tallies(
    entries: Entries,
    criterion: TreatmentCriterion,
    criteria: ReferralCriteria,
    certain: Tallies,
) -> Tallies:
    """The most sessions and days that the record can mean, in the best group of contacts.

    Runs are not looked for where they say nothing more: where a certain one reaches enough, or all
    possible contacts together too little.

    Example: sessions on 3 and 10 March and one in "March" can be three sessions over 28 days.
    """
    gap = longest_gap(criterion, criteria)
    groups = list(_groups(entries, criteria, may_belong=True))
    together = _best([_possible(group) for group in groups], criterion)
    is_doubtful = _is_doubtful(criteria)
    is_open = not reaches(certain.in_one_run, criterion) and reaches(
        together, criterion, days=criterion.least_possible
    )
    if gap is None or (is_doubtful and not is_open):
        return Tallies(together, together)
    tallies = [_possible_run(run) for group in groups for run in bridged(group, gap)]
    in_one_run = _best(tallies, criterion)
    return Tallies(together if is_doubtful else in_one_run, in_one_run)


def _possible_run(run: BridgedRun) -> Tally:
    tally = _possible(run.entries)
    return tally if tally.days <= run.days else replace(tally, days=run.days)


def longest_gap(criterion: TreatmentCriterion, criteria: ReferralCriteria) -> int | None:
    """The longest gap inside a run, in days; None where gaps do not matter (policy A4)."""
    value = criteria.reading(ReadingKey.LONGEST_GAP_DAYS)
    if value == "none":
        return None
    return criterion.pause - 1 if _is_doubtful(criteria) else int(value)


def _is_doubtful(criteria: ReferralCriteria) -> bool:
    """Whether what is reached across a longer gap is doubtful, and not excluded."""
    return criteria.reading(ReadingKey.LONGEST_GAP_DAYS) == "83-doubtful"


def _best(tallies: Sequence[Tally], criterion: TreatmentCriterion) -> Tally:
    """The tally that reaches most: the required days, else the borderline ones, else the most.

    Of equal ones the latest: that care can still be running. So the order of groups says nothing.
    """
    if len(tallies) == 1:
        return tallies[0]

    def worth(tally: Tally) -> tuple[bool, bool, bool, int, int, date, bool]:
        return (
            reaches(tally, criterion),
            reaches(tally, criterion, days=criterion.possible_from),
            tally.is_unbounded,
            tally.sessions,
            tally.days,
            tally.last or date.min,
            tally.first is not None,
        )

    return max(tallies, key=worth, default=Tally())


def _certain(entries: Entries) -> Tally:
    counting = _that_count(entries)
    if not counting:
        return Tally()
    sessions = fewest_sessions(counting)
    ranges = [entry.surely for entry in entries]
    first, last = min(each[0] for each in ranges), max(each[1] for each in ranges)
    if first > last:  # a course stated by months may have lasted a day
        return Tally(sessions, last=last)
    return Tally(sessions, (last - first).days, first, last)


def _possible(entries: Entries) -> Tally:
    """Where nothing bounds the number, the least that it can be stands in its place."""
    counting = _that_count(entries)
    if not counting:
        return Tally()
    most = most_sessions(counting)
    return Tally(
        sessions=fewest_sessions(counting) if most is None else most,
        days=longest_span(entries),
        is_unbounded=most is None,
    )


def _that_count(entries: Entries) -> Entries:
    """Without those that only lengthen: stated care beside found care that is more (2.6)."""
    if any(entry.lengthens for entry in entries):
        return [entry for entry in entries if not entry.lengthens]
    return entries


def as_known(entry: LedgerEntry) -> LedgerEntry:
    """What may be a running course is certainly one contact on its first day (policy B11)."""
    if not entry.is_course or entry.contact.is_course or entry.contact.days is None:
        return entry
    return entry._replace(days=entry.contact.days, is_course=False, most=1)


def longest_span(entries: Entries) -> int:
    """The most days that can lie between the first and the last contact.

    A contact without a full date is one contact on one day, so it runs from or to another
    contact, never from itself to itself (policy B7); a course has a first and a last session.
    """
    ranges = [days_of(entry) for entry in entries]
    firsts = nsmallest(2, range(len(ranges)), key=lambda i: ranges[i].first)
    lasts = nlargest(2, range(len(ranges)), key=lambda i: ranges[i].last)
    between = [
        (ranges[last].last - ranges[first].first).days
        for first in firsts
        for last in lasts
        if first != last
    ]
    courses = [days_of(entry).days for entry in entries if entry.is_course]
    return max((0, *between, *courses))


def days_of(entry: LedgerEntry) -> DayRange:
    """The days inside the lookback of a contact that can count or lengthens the duration."""
    if entry.days is None:
        raise ValueError("a contact that can count lies inside the lookback")
    return entry.days


# Who must reach the thresholds together (policy A3), and without which pause (A4)


def pool_of(criteria: ReferralCriteria) -> Callable[[LedgerEntry], Pool]:
    """Whom the reading `pooling` keeps apart: nobody, disciplines, or therapists."""
    return _POOLS[criteria.reading(ReadingKey.POOLING)]


def _therapist(entry: LedgerEntry) -> Pool:
    contact = entry.contact
    return frozenset({contact.practitioner or f"unmapped:{contact.source}"})


_POOLS: dict[str, Callable[[LedgerEntry], Pool]] = {
    "criterion": lambda _: frozenset(),
    "discipline": lambda entry: entry.disciplines,
    "therapist": _therapist,
}


def _groups(entries: Entries, criteria: ReferralCriteria, *, may_belong: bool) -> Iterator[Entries]:
    """The contacts that must reach the thresholds together: of one discipline, or one therapist.

    With `may_belong` also those that only may be of it: of several disciplines one is, and a
    contact of an unmapped role may be anybody's (policy 2.10, `pooling`).
    """
    if criteria.reading(ReadingKey.POOLING) == "criterion":
        yield entries
        return
    pool = pool_of(criteria)
    keyed = [(entry, pool(entry)) for entry in entries]
    for name in {name for _, names in keyed for name in names}:
        yield [
            entry
            for entry, names in keyed
            if names == {name} or (may_belong and (name in names or _may_be_anybodys(entry, names)))
        ]


def _may_be_anybodys(entry: LedgerEntry, names: Pool) -> bool:
    return any(name.startswith("unmapped:") for name in (*entry.disciplines, *names))


# Sessions: a bound from below and a bound from above


def most_sessions(entries: Iterable[LedgerEntry]) -> int | None:
    """No more sessions than this; None where nothing bounds them.

    Each contact is a session of its own unless its discipline is known, and its day, or every day
    that it can have been on, is taken. A course adds its number, a stated one what is more than
    was found of it (policy 2.6).
    """
    sure: set[tuple[frozenset[str], date]] = set()
    open_ones: Counter[tuple[frozenset[str], date]] = Counter()
    undated: list[tuple[frozenset[str], DayRange]] = []
    courses: list[LedgerEntry] = []
    for entry in entries:
        if entry.most is None:
            return None
        days = days_of(entry)
        if entry.is_course:
            courses.append(entry)
        elif days.first != days.last:
            undated.append((entry.disciplines, days))
        elif len(entry.disciplines) == 1:
            sure.add((entry.disciplines, days.first))
        else:
            open_ones[entry.disciplines, days.first] += 1
    singles = len(sure) + (_beside_the_sure(open_ones, sure) if open_ones else 0)
    if undated:
        singles += _on_free_days(undated, sure)
    if not courses:
        return singles
    by_discipline: dict[frozenset[str], list[DayRange]] = defaultdict(list)
    for names, when in (*((names, DayRange.on(day)) for names, day in sure), *undated):
        by_discipline[names].append(when)
    found = {names: DaysInside(ranges) for names, ranges in by_discipline.items()}
    return singles + sum(_added_at_most(each, found.get(each.disciplines)) for each in courses)


def _beside_the_sure(
    open_ones: Mapping[tuple[frozenset[str], date], int],
    sure: Iterable[tuple[frozenset[str], date]],
) -> int:
    """How many contacts of an open discipline can be sessions beside those that are known.

    On one day two who may each be a physiotherapist or an occupational therapist are two sessions
    at most, and one where the physiotherapist was there that day already.
    """
    known: dict[date, set[str]] = defaultdict(set)
    for names, day in sure:
        known[day] |= names
    most: Counter[date] = Counter()
    free: dict[date, set[str]] = defaultdict(set)
    for (names, day), number in open_ones.items():
        left = names - known[day]
        most[day] += min(number, len(left))
        free[day] |= left
    return sum(min(number, len(free[day])) for day, number in most.items())


def _on_free_days(
    undated: Iterable[tuple[frozenset[str], DayRange]],
    sure: Iterable[tuple[frozenset[str], date]],
) -> int:
    """How many contacts without a full date can be sessions beside those of a known day.

    One whose profession is open too can always be one: that is a bound, and costs nothing.
    """
    ranges: dict[frozenset[str], list[DayRange]] = defaultdict(list)
    for names, days in undated:
        ranges[names].append(days)
    taken: dict[frozenset[str], list[date]] = defaultdict(list)
    for names, day in sure:
        taken[names].append(day)
    return sum(
        len(own) if len(names) > 1 else _spread(own, taken.get(names, ()))
        for names, own in ranges.items()
    )


def _spread(ranges: Iterable[DayRange], taken: Iterable[date]) -> int:
    """How many of these ranges can have a day of their own that is not taken.

    The range that ends soonest takes its first free day: the others can use any other day longer.
    """
    onward = {day.toordinal(): day.toordinal() + 1 for day in taken}
    placed = 0
    for days in sorted(ranges, key=lambda each: (each.last, each.first)):
        first = start = days.first.toordinal()
        while first in onward:
            first = onward[first]
        free = first <= days.last.toordinal()
        while start < first:  # who comes later finds the way in one step
            onward[start], start = first, onward[start]
        if free:
            onward[first] = first + 1
            placed += 1
    return placed


def _added_at_most(course: LedgerEntry, found: DaysInside | None) -> int:
    """What a course adds to the `found` sessions of its disciplines, as far as they are left.

    Each of them is one of one statement only.
    """
    most = course.most or 0
    if found is None or not course.contact.is_stated:
        return most
    return most - found.take(*course.surely, most)


def fewest_sessions(entries: Iterable[LedgerEntry]) -> int:
    """No fewer sessions than this, if all of these contacts count.

    A physiotherapist on Monday and, on that day, somebody who is a physiotherapist or an exercise
    therapist are at least one session. A session that stands in the record by itself and one of a
    course can be the same one, so a course adds only what the others cannot explain.
    """
    by_day: dict[date, list[LedgerEntry]] = defaultdict(list)
    courses: list[LedgerEntry] = []
    for entry in entries:
        if entry.is_course:
            courses.append(entry)
        else:
            by_day[days_of(entry).first].append(entry)
    singles = sum(
        1 if len(own) == 1 else _fewest_on_a_day({entry.disciplines for entry in own})
        for own in by_day.values()
    )
    return singles + _added_at_least(courses, by_day) if courses else singles


def _fewest_on_a_day(sets: Collection[frozenset[str]]) -> int:
    """The fewest disciplines that explain every contact of one day; `sets` differ."""
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


def _added_at_least(courses: Sequence[LedgerEntry], by_day: dict[date, list[LedgerEntry]]) -> int:
    """What courses add to sessions on days of their own: only what those cannot explain.

    Courses are taken by their last day, and a missing session is put on that day: so it serves
    as many later courses as it can, which makes the sum the smallest.
    """
    alone = _SessionsByDiscipline(
        (day, names)
        for day, own in by_day.items()
        for names in _not_told({entry.disciplines for entry in own})
    )
    added = _AddedByDiscipline()
    for course in sorted(courses, key=lambda each: days_of(each).last):
        days, names = days_of(course), course.disciplines
        inside = alone.at_least(names, days) + added.since(names, days.first)
        if inside < course.least:
            added.add(names, days.last, course.least - inside)
    return added.together


def _not_told(sets: Collection[frozenset[str]]) -> list[frozenset[str]]:
    """One day's disciplines without those that others explain: it cannot be fewer by them."""
    known = frozenset().union(*(names for names in sets if len(names) == 1))
    return [names for names in sets if len(names) == 1 or names.isdisjoint(known)]


class _SessionsByDiscipline:
    """Sessions on days of their own, asked for by what a course can be."""

    def __init__(self, sessions: Iterable[tuple[date, frozenset[str]]]) -> None:
        self._by_name: dict[str, dict[date, set[frozenset[str]]]] = defaultdict(dict)
        for day, names in sessions:
            for name in names:
                self._by_name[name].setdefault(day, set()).add(names)
        self._known: dict[frozenset[str], tuple[list[date], list[int]]] = {}

    def at_least(self, names: frozenset[str], days: DayRange) -> int:
        """The fewest sessions on these days that can be of these disciplines."""
        if names not in self._known:
            self._known[names] = self._summed(names)
        all_days, sums = self._known[names]
        first, last = bisect_left(all_days, days.first), bisect_right(all_days, days.last)
        return sums[last] - sums[first]

    def _summed(self, names: frozenset[str]) -> tuple[list[date], list[int]]:
        """Their days, and how many there are at least before each day and in the end."""
        on: dict[date, set[frozenset[str]]] = defaultdict(set)
        for name in names:
            for day, sets in self._by_name.get(name, {}).items():
                on[day] |= sets
        days = sorted(on)
        fewest = (_fewest_on_a_day(on[day]) for day in days)
        return days, [0, *accumulate(fewest)]


class _AddedByDiscipline:
    """What courses have added so far, by their last days, which come in order."""

    def __init__(self) -> None:
        self.together = 0
        self._sums: dict[frozenset[str], tuple[list[date], list[int]]] = {}
        self._with: dict[str, set[frozenset[str]]] = defaultdict(set)

    def add(self, names: frozenset[str], last: date, number: int) -> None:
        """Sessions of these disciplines, put on the last day of a course."""
        days, sums = self._sums.setdefault(names, ([], [0]))
        days.append(last)
        sums.append(sums[-1] + number)
        self.together += number
        for name in names:
            self._with[name].add(names)

    def since(self, names: frozenset[str], first: date) -> int:
        """How many from a day on can be of these disciplines."""
        others = frozenset().union(*(self._with.get(name, ()) for name in names))
        found = (self._sums[each] for each in others)
        return sum(sums[-1] - sums[bisect_left(days, first)] for days, sums in found)


def evidence(entries: Iterable[LedgerEntry], enough: int) -> int:
    """How many sessions of this care were surely found, up to as many as are enough (policy A2).

    One per discipline and day; where a day or a discipline is not told, the fewest that it can
    be. A course and stated care are as many as needed.
    """
    days: set[date] = set()
    spans: set[_Span] = set()
    for entry in entries:
        contact = entry.contact
        if not entry.is_evidence or contact.days is None:
            continue
        if contact.is_course or contact.may_run:
            return enough
        if contact.days.is_exact:
            days.add(contact.days.first)
            if len(days) >= enough:
                return enough
        spans.add((entry.disciplines, contact.days.first, contact.days.last))
    return next((number for number in range(enough) if _suffice(number, spans)), enough)


_Span: TypeAlias = tuple[frozenset[str], date, date]


def _suffice(number: int, spans: Iterable[_Span]) -> bool:
    """Whether so many sessions can explain every contact.

    One of them explains the contact that must be soonest, on the last day that it can have been:
    no other day explains more of the rest.
    """
    soonest = min(spans, key=lambda span: (span[2], sorted(span[0])), default=None)
    if soonest is None:
        return True
    names, _, day = soonest
    return number > 0 and any(
        _suffice(number - 1, {each for each in spans if not (name in each[0] and each[1] <= day)})
        for name in names
    )


def doubts(entries: Entries, certain: Tally, possible: Tally) -> frozenset[Cause]:
    """Why more can count than certainly does: the causes of the contacts, and of their sum.

    The entries are those that count or lengthen, which made both tallies.
    Where certain contacts alone leave the number open (two roles of one person on a day that has
    such a session already; a course and sessions in the same period) the sum is doubtful.
    """
    causes = frozenset(cause for entry in entries for cause in entry.causes)
    if causes or possible.sessions <= certain.sessions:
        return causes
    has_course = any(e.is_course for e in entries if e.standing is Standing.CERTAIN)
    return frozenset({Cause.NUMBER_UNCLEAR if has_course else Cause.PROFESSION_TO_CONFIRM})
