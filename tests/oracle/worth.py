"""What one contact is worth for one criterion, by policy 2.0 to 2.4 and 2.6."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from tests.oracle.entries import Days, Entry, Kind, Reason, Resource, Status, Whose
from tests.oracle.readings import C1, Readings
from tests.oracle.who_and_where import (
    ANSWER_OF,
    NO,
    YES,
    Answer,
    Told,
    disciplines,
    is_filed_under_another,
    is_place_of_evidence,
    one_profession,
    where_counts,
    who_counts,
)

UNBOUNDED = 10**6


@dataclass(frozen=True)
class Circumstances:
    """What holds for the whole record: the window, the readings, which sources know statuses."""

    window: Days
    day: date  # of the referral
    r: Readings
    without_status: frozenset[Resource] = frozenset()


@dataclass(frozen=True)
class Worth:
    """A contact that counts or may count, ready to be added up."""

    entry: Entry
    is_certain: bool
    causes: frozenset[str]
    disciplines: frozenset[str]
    days: Days  # inside the window; of a course: the widest
    sure_first: date  # of a course: the last day on which it may have begun
    sure_last: date  # the first day on which it may have ended
    narrow: Days | None  # of a course stated by months: the days that lie in it in any case
    is_series: bool  # a course, or what may be one: its sessions can lie on all its days
    least: int = 1  # sessions
    most: int = 1

    @property
    def is_stated(self) -> bool:
        return self.entry.is_stated

    @property
    def is_single(self) -> bool:
        return not self.is_series and not self.is_stated


def sources_without_status(
    entries: Sequence[Entry], window: Days, *, is_complete: bool
) -> frozenset[Resource]:
    """C13, r2: all of a sort have status unknown, three or more of them inside the window."""
    without = set()
    for resource in (Resource.ENCOUNTER, Resource.PROCEDURE):
        ours = [
            each
            for each in entries
            if each.resource is resource
            and each.whose is Whose.PATIENT
            and not is_quite_unreadable(each)
        ]
        inside = [each for each in ours if each.days and window.holds(each.days)]
        all_unknown = all(each.status is Status.UNKNOWN for each in ours)
        if is_complete and all_unknown and len(inside) >= 3:
            without.add(resource)
    return frozenset(without)


def is_quite_unreadable(entry: Entry) -> bool:
    """C20: nothing of it could be read. (With an unknown modifier, day and profession remain.)"""
    names_nobody = not (entry.who or entry.names_poh_ggz)
    return entry.is_unreadable and entry.days is None and names_nobody


def worth(entry: Entry, criterion: str, c: Circumstances) -> Worth | None:
    """None: not counted."""
    days = days_inside(entry, c.window)
    if entry.whose is Whose.SOMEBODY_ELSE or days is None:
        return None
    if entry.is_stated and c.r["stated-care"] == "not":
        return None
    answers = [
        (Answer.MAYBE, {"resource_unreadable"}) if entry.is_unreadable else YES,
        (Answer.MAYBE, {"record_incomplete"}) if entry.is_lost else YES,
        (Answer.MAYBE, {"patient_unclear"}) if entry.whose is Whose.UNCLEAR else YES,
        (Answer.MAYBE, {"number_unclear"}) if entry.is_said_by_patient else YES,
        _status(entry, c),
        _kind(entry, c.r),
        who_counts(entry, criterion, c.r),
        where_counts(entry, criterion, c.r),
        _reason(entry, criterion, c.r),
        _day(entry, c.window),
    ]
    weakest = min(answer for answer, _ in answers)
    if weakest is Answer.NO:
        return None
    least, most, unclear = _number(entry, c.window)
    causes = {cause for _, told in answers for cause in told} | unclear
    if is_quite_unreadable(entry):
        causes = {"resource_unreadable"}
    sure_first, sure_last, narrow = _sure_days(entry, c.window, days)
    return Worth(
        entry=entry,
        is_certain=weakest is Answer.YES,
        causes=frozenset(causes),
        disciplines=disciplines(entry, criterion, c.r),
        days=days,
        sure_first=sure_first,
        sure_last=sure_last,
        narrow=narrow,
        is_series=entry.is_course or may_run(entry),
        least=least,
        most=most,
    )


def days_inside(entry: Entry, window: Days) -> Days | None:
    """On which days of the window it can have been."""
    if entry.days is None:
        return window
    if may_run(entry):
        return Days(entry.days.first, date.max).overlap(window)
    return entry.days.overlap(window)


def _sure_days(entry: Entry, window: Days, days: Days) -> tuple[date, date, Days | None]:
    """The days of a course that are certain; where its months cross there are none."""
    if may_run(entry):
        return days.first, days.first, days  # only its start is known
    if entry.first_on is None or entry.last_on is None:
        return days.first, days.last, days
    first = max(entry.first_on.last, window.first)
    last = min(entry.last_on.first, window.last)
    return first, last, Days(first, last) if first <= last else None


def may_run(entry: Entry) -> bool:
    """B11: open, and without an end."""
    return entry.has_no_end and entry.status is Status.OPEN


def _with(answer: Answer, cause: str) -> Told:
    return answer, {cause} if answer is Answer.MAYBE else set()


def _status(entry: Entry, c: Circumstances) -> Told:
    if entry.status is Status.VOID:
        return NO
    if entry.status is Status.PLANNED:
        # C12a: nobody closed the appointment; on the day of the referral it is still planned
        is_past = entry.days is not None and entry.days.last < c.day
        return _with(ANSWER_OF[c.r["status-open"]], "status_open") if is_past else NO
    if entry.status is Status.OPEN:
        return _with(ANSWER_OF[c.r["status-open"]], "status_open")
    if entry.status is Status.UNKNOWN:
        reading = c.r["status-unknown"]
        if reading == "by-source":
            # what counts then are the contacts that are certainly of this patient
            is_theirs = entry.whose is Whose.PATIENT
            is_counted = is_theirs and entry.resource in c.without_status
            reading = "counts" if is_counted else "possible"
        return _with(ANSWER_OF[reading], "status_unknown")
    return YES


def _kind(entry: Entry, r: Readings) -> Told:
    if entry.kind in (Kind.NOTE, Kind.CANCELLED):
        return NO
    if entry.kind is Kind.UNCLEAR:
        return Answer.MAYBE, {"kind_unclear"}
    if entry.kind is Kind.ASYNCHRONOUS:
        return _with(ANSWER_OF[r["asynchronous"]], "asynchronous_contact")
    keys = {Kind.INTAKE: "intake", Kind.SCREENING: "screening", Kind.REMOTE: "remote"}
    return (ANSWER_OF[r[keys[entry.kind]]] if entry.kind in keys else Answer.YES), set()


def _reason(entry: Entry, criterion: str, r: Readings) -> Told:
    """A8, r2."""
    if criterion == C1 and entry.reason is Reason.SOMETHING_ELSE:
        return _with(ANSWER_OF[r["other-reason"]], "reason_to_confirm")
    return YES


def _day(entry: Entry, window: Days) -> Told:
    """B7: without a full date it is possible; a course has a range of days by nature."""
    if entry.days is None:
        return Answer.MAYBE, {"date_imprecise"}
    if entry.first_on and entry.last_on:
        return _months(entry.first_on, entry.last_on, window)
    if may_run(entry):
        # B11: only its start is known; outside the window that proves nothing
        return YES if window.holds(entry.days) else (Answer.MAYBE, set())
    return YES if entry.is_course or entry.days.is_exact else (Answer.MAYBE, {"date_imprecise"})


def _months(first_on: Days, last_on: Days, window: Days) -> Told:
    """2.6, r2: certain as far as every possible day agrees."""
    is_vague = not (first_on.is_exact and last_on.is_exact)
    is_inside_anyway = first_on.last <= window.last and last_on.first >= window.first
    answer = Answer.YES if is_inside_anyway else Answer.MAYBE
    return answer, {"date_imprecise"} if is_vague else set()


def _number(entry: Entry, window: Days) -> tuple[int, int, set[str]]:
    """B11, B12 and 2.6: least and most sessions of one entry, and why they differ."""
    if may_run(entry):
        return 1, UNBOUNDED, {"course_without_number"}
    if not entry.is_course:
        return 1, 1, set()
    if entry.number is None:
        return 1, UNBOUNDED, {"number_unclear" if entry.is_stated else "course_without_number"}
    if entry.days is not None and window.holds(entry.days):
        return entry.number, entry.number, set()
    return 1, entry.number, {"number_unclear"}


def evidence(entries: Sequence[Entry], criterion: str, c: Circumstances) -> int:
    """A2: how many sessions of this care were certainly found, one per discipline and day.

    A course, and stated care, are as many as needed. Where a day or a discipline is not told, the
    fewest that it can be.
    """
    ours = [each for each in entries if _is_evidence(each, criterion, c)]
    if any(each.is_course or may_run(each) for each in ours):
        return UNBOUNDED
    choices = [sorted(disciplines(each, criterion, c.r)) for each in ours]
    return min(_fewest_days(list(zip(names, ours, strict=True))) for names in product(*choices))


def _fewest_days(told: list[tuple[str, Entry]]) -> int:
    """The fewest days on which all contacts of each discipline can have been."""
    number, latest = 0, dict[str, date]()
    spans = [(each.days.last, each.days.first, name) for name, each in told if each.days]
    for last, first, name in sorted(spans):
        if latest.get(name, date.min) < first:
            latest[name] = last
            number += 1
    return number


def _is_evidence(entry: Entry, criterion: str, c: Circumstances) -> bool:
    took_place = entry.status in (Status.TOOK_PLACE, Status.UNKNOWN, Status.OPEN)
    is_none = entry.kind in (Kind.NOTE, Kind.CANCELLED)
    if not took_place or is_none or entry.is_unreadable:
        return False
    if entry.whose is not Whose.PATIENT or is_filed_under_another(entry):
        return False
    if entry.is_stated and (c.r["stated-care"] == "not" or entry.is_said_by_patient):
        return False
    answers = {one_profession(each, entry, criterion, c.r) for each in entry.who}
    is_theirs = answers == {Answer.YES}
    return is_theirs and is_place_of_evidence(entry, criterion, c.r) and _is_inside(entry, c.window)


def _is_inside(entry: Entry, window: Days) -> bool:
    """Certainly in the window; a course overlaps it, one without an end starts in it."""
    if entry.days is None:
        return False
    if entry.first_on and entry.last_on:
        return entry.first_on.last <= window.last and entry.last_on.first >= window.first
    if entry.is_course:
        return entry.days.overlap(window) is not None
    return window.holds(entry.days)


def on_day(item: Worth, day: date) -> Worth:
    """The same contact, if it was on that day."""
    return replace(item, days=Days.on(day), sure_first=day, sure_last=day, narrow=Days.on(day))
