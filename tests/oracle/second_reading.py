"""The policy read a second time: a record in, outcome and causes per criterion and on top out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tests.oracle.entries import Case, Days, Entry
from tests.oracle.readings import (
    C1,
    C2,
    CRITERIA,
    DEFAULTS,
    EFFECTIVE_FROM,
    LOOKBACK_YEARS,
    MINIMUM_AGE,
    OPTIONS,
    POSSIBLE_FROM,
    SESSIONS,
    Readings,
)
from tests.oracle.runs import longest_pause, possible_runs, runs
from tests.oracle.totals import (
    least_days,
    least_sessions,
    most_days,
    most_sessions,
    most_slots,
)
from tests.oracle.worth import (
    UNBOUNDED,
    Circumstances,
    Worth,
    evidence,
    sources_without_status,
    worth,
)

ORDER = ("not_met", "indeterminate", "met")
NO_RUN = 12 * 7 - 1
"""A pause of more days than this ends a run."""


@dataclass(frozen=True)
class Run:
    """The best run of the certain contacts, where there are several."""

    sessions: int
    days: int
    first: date
    last: date


@dataclass(frozen=True)
class Part:
    """How one criterion is judged."""

    outcome: str
    causes: frozenset[str]
    certain: tuple[int, int]  # sessions, days
    possible: tuple[int | None, int]  # None: without an upper bound
    evidence: int
    run: Run | None = None


@dataclass(frozen=True)
class Answered:
    """How the whole referral is judged; without parts where the rules do not apply."""

    outcome: str
    causes: frozenset[str]
    parts: dict[str, Part]


def second_reading(entries: Iterable[Entry], case: Case, r: Readings = DEFAULTS) -> Answered:
    """Judge a referral by the text of the policy."""
    reasons = _not_applicable(case)
    if reasons:
        return Answered("not_applicable", frozenset(reasons), {})
    entries = list(dict.fromkeys(entries))  # the same resource twice is one contact
    window = the_window(case.day, r)
    c = Circumstances(
        window,
        case.day,
        r,
        sources_without_status(entries, window, is_complete=not case.missing.is_care),
    )
    parts = {criterion: judge(entries, criterion, c, case) for criterion in CRITERIA}
    options = [[parts[criterion] for criterion in option] for option in OPTIONS]
    outcomes = [min((part.outcome for part in option), key=ORDER.index) for option in options]
    outcome = max(outcomes, key=ORDER.index)
    unknown = _unknown(case)
    if unknown and outcome != "met":
        outcome = "indeterminate"
    causes: set[str] = set()
    if outcome == "indeterminate":
        causes |= unknown
        for option, its_outcome in zip(options, outcomes, strict=True):
            if its_outcome == "indeterminate":
                causes |= {cause for part in option for cause in part.causes}
        if "record_unavailable" in causes:
            causes = {"record_unavailable"}
    return Answered(outcome, frozenset(causes), parts)


def years_before(day: date, years: int) -> date:
    """B3, B5: 29-02-2028 minus 2 years is 28-02-2026."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return (
        date(day.year - years, day.month, 28) if is_leap_day else day.replace(year=day.year - years)
    )


def is_grown_up(born: date, day: date) -> bool:
    """D1, B5: who is born on 29 February is 18 on 1 March."""
    is_leap_day = (born.month, born.day) == (2, 29)
    year = born.year + MINIMUM_AGE
    return day >= (date(year, 3, 1) if is_leap_day else born.replace(year=year))


def the_window(day: date, r: Readings) -> Days:
    """B3 and B4."""
    first, last = years_before(day, LOOKBACK_YEARS), day
    if r["window-start"] == "exclusive":
        first = date.fromordinal(first.toordinal() + 1)
    if r["window-end"] == "exclusive":
        last = date.fromordinal(last.toordinal() - 1)
    return Days(first, last)


def judge(entries: Sequence[Entry], criterion: str, c: Circumstances, case: Case) -> Part:
    """The five steps of 2.0."""
    items = [item for item in (worth(each, criterion, c) for each in entries) if item]
    items = _without_redundant(items, c.r)
    certain = [item for item in items if item.is_certain]
    sure = (least_sessions(certain), least_days(certain))
    maybe = (most_sessions(items), most_days(items))
    found = evidence(entries, criterion, c)

    steps = _Steps(criterion, c.r, certain, items)
    missing = _missing(criterion, found, items, c.r, case)
    bar = int(c.r["min-days"])
    outcome, because = "not_met", set[str]()
    if steps.is_met(bar):
        outcome = "met"
    elif steps.is_possible(POSSIBLE_FROM):
        outcome, because = "indeterminate", _doubts(items) | missing
        is_joined = steps.is_possible_in_one_run(POSSIBLE_FROM)
        if not is_joined:
            because.add("interrupted")
        is_long = steps.is_possible_in_one_run if is_joined else steps.is_possible
        if not is_long(bar):
            because.add("duration_borderline")
    elif missing:
        outcome, because = "indeterminate", missing
    elif case.missing.statements:
        outcome, because = "indeterminate", {"record_incomplete"}
    if because and case.missing.everything:
        because = {"record_unavailable"}
    bounded = None if maybe[0] >= UNBOUNDED else maybe[0]
    return Part(
        outcome, frozenset(because), sure, (bounded, maybe[1]), found, _best_run(steps, bar)
    )


def _missing(
    criterion: str, found: int, items: Sequence[Worth], r: Readings, case: Case
) -> set[str]:
    """Steps 3 and 4: data is missing, or nothing or only a trace was found (c1 and c2)."""
    if case.missing.is_care:
        return {"record_incomplete"}
    is_enough = found >= int(r["evidence-sessions"])
    if is_enough or criterion not in (C1, C2) or r["nothing-found"] == "not_met":
        return set()
    if any("record_incomplete" in item.causes for item in items):
        return {"record_incomplete"}  # 2.11: nothing found is said of a record read completely
    return {"trace_only" if found else "nothing_found"}


@dataclass(frozen=True)
class _Steps:
    """Whether the thresholds are reached: over all, or by one run alone (A4)."""

    criterion: str
    r: Readings
    certain: list[Worth]
    items: list[Worth]

    @property
    def gap(self) -> int | None:
        """The longest pause inside a run."""
        reading = self.r["longest-gap-days"]
        return None if reading == "none" else NO_RUN if reading == "83-doubtful" else int(reading)

    def is_met(self, days: int) -> bool:
        """Step 1."""
        return any(
            self.is_enough(least_sessions(run), least_days(run), days)
            for pool in _pools(self.certain, self.r["pooling"], certainly=True)
            for run in self.certain_runs(pool)
        )

    def certain_runs(self, pool: list[Worth]) -> list[list[Worth]]:
        """The runs of a pool of certain contacts; all of it where pauses are ignored."""
        return [pool] if self.gap is None else runs(pool, self.gap, longest_pause)

    def is_possible(self, days: int) -> bool:
        """Step 2; a site that sets a longest gap looks into runs here too."""
        if self.r["longest-gap-days"] in ("84", "42"):
            return self.is_possible_in_one_run(days)
        return any(
            self.is_enough(most_sessions(pool), most_days(pool), days) for pool in self._pools()
        )

    def is_possible_in_one_run(self, days: int) -> bool:
        """Whether some run does, on some days that the dates leave open."""
        if self.gap is None:
            return self.is_possible(days)
        return any(
            self.is_enough(most_sessions(run), most_days(run), days)
            for pool in self._pools()
            for run in possible_runs(pool, self.gap)
        )

    def _pools(self) -> list[list[Worth]]:
        return _pools(self.items, self.r["pooling"], certainly=False)

    def is_enough(self, sessions: int, days: int, needed: int) -> bool:
        """A1: six sessions and so many days, or, for psychological care, one of the two."""
        either = self.criterion == C2 and self.r["psychological-care-threshold"] == "any"
        arms = (sessions >= SESSIONS, days >= needed)
        return sessions >= 1 and (any(arms) if either else all(arms))


def _best_run(steps: _Steps, bar: int) -> Run | None:
    """2.0, r2: the run to name, where the certain contacts form more than one."""
    all_runs = steps.certain_runs(steps.certain) if steps.certain else []
    if len(all_runs) < 2:
        return None

    def rank(run: list[Worth]) -> tuple[bool, bool, int, int, date]:
        sessions, days = least_sessions(run), least_days(run)
        return (
            steps.is_enough(sessions, days, bar),
            steps.is_enough(sessions, days, POSSIBLE_FROM),
            sessions,
            days,
            max(item.sure_last for item in run),
        )

    best = max(all_runs, key=rank)
    first, last = min(item.sure_first for item in best), max(item.sure_last for item in best)
    if first > last:
        return None
    return Run(least_sessions(best), least_days(best), first, last)


def _doubts(items: list[Worth]) -> set[str]:
    """The causes of the contacts; and of their sum, where certain ones alone leave it open.

    Which of two disciplines it was, or whether the sessions of a course are those found beside it.
    """
    causes = {cause for item in items for cause in item.causes}
    certain = [item for item in items if item.is_certain]
    if not causes and most_sessions(certain) > least_sessions(certain):
        has_course = any(not item.is_single for item in certain)
        causes.add("number_unclear" if has_course else "profession_to_confirm")
    return causes


def _without_redundant(items: list[Worth], r: Readings) -> list[Worth]:
    """C21, C3 and stated care: a doubtful contact that can add nothing is not counted."""
    if r["pooling"] == "therapist":
        return items  # there it can be somebody else's
    sure = [item for item in items if item.is_certain]
    return [item for item in items if item.is_certain or not _adds_nothing(item, sure, items)]


def _adds_nothing(item: Worth, sure: list[Worth], items: list[Worth]) -> bool:
    # a vague day of which the window leaves one is that day, or outside
    if not item.is_single or item.entry.days is None or len(item.disciplines) != 1:
        return False
    for other in sure:
        if other.disciplines != item.disciplines:
            continue
        if not other.is_series and item.days.is_exact and other.days == item.days:
            return True
        is_clear = other.is_stated and other.least == other.most and other.narrow
        if is_clear and other.narrow:
            inside = [
                each
                for each in items
                if each.is_single
                and each.disciplines == item.disciplines
                and other.narrow.holds(each.days)
            ]
            is_one = any(each is item for each in inside)
            if is_one and most_slots(inside) <= other.least:
                return True
    return False


def _pools(items: list[Worth], pooling: str, *, certainly: bool) -> list[list[Worth]]:
    """A3: who must reach the thresholds alone."""
    if pooling == "criterion":
        return [items]
    if pooling == "discipline":
        names = {name for item in items for name in item.disciplines}
        return [
            [i for i in items if _belongs(i, name, i.disciplines, certainly=certainly)]
            for name in sorted(names)
        ]
    # nobody is named: certainly with no other contact, possibly with any
    persons = {_person(item) for item in items}
    return [
        [
            item
            for item in items
            if _belongs(item, person, frozenset({_person(item)}), certainly=certainly)
            or (not item.entry.practitioner and not certainly)
        ]
        for person in sorted(persons)
    ]


def _person(item: Worth) -> str:
    return item.entry.practitioner or f"nobody named: {item.entry.source}"


def _belongs(item: Worth, name: str, names: frozenset[str], *, certainly: bool) -> bool:
    if certainly:
        return names == {name}
    return name in names or not item.entry.who


def _not_applicable(case: Case) -> set[str]:
    """2.5: everything that is true."""
    reasons = set()
    if case.day < EFFECTIVE_FROM:
        reasons.add("before_effective_date")
    if case.is_deceased:
        reasons.add("deceased")
    if case.born and not is_grown_up(case.born.first, case.day):
        reasons.add("minor")
    if case.is_one_time_consult:
        reasons.add("one_time_consult")
    if case.indication == "other":
        reasons.add("other_indication")
    return reasons


def _unknown(case: Case) -> set[str]:
    """D3 and D6."""
    unknown = set()
    is_adult = case.born is not None and is_grown_up(case.born.last, case.day)
    if not is_adult or case.missing.patient:
        unknown.add("age_unknown")
    if case.indication == "unknown":
        unknown.add("indication_unknown")
    return unknown


def with_born(case: Case, born: Days | None) -> Case:
    """The same referral of a person born then."""
    return replace(case, born=born)
