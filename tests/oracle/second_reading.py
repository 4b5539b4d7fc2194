"""The policy read a second time: contacts in, outcome and causes per criterion and on top out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact
from cds_service.domain.criteria import (
    CriterionId,
    ReferralCriteria,
    Threshold,
    TreatmentCriterion,
)
from cds_service.domain.lookback import DayRange, birthday, years_earlier
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from tests.oracle.totals import (
    least_days,
    least_sessions,
    most_days,
    most_sessions,
    most_slots,
)
from tests.oracle.who_and_where import K, Readings
from tests.oracle.worth import UNBOUNDED, Worth, is_evidence, worth

LONG_AGO = date(1900, 1, 1)
ORDER = ("not_met", "indeterminate", "met")


@dataclass(frozen=True)
class Part:
    """How one criterion is judged."""

    outcome: str
    causes: frozenset[Cause]
    certain: tuple[int, int]  # sessions, days
    possible: tuple[int | None, int]  # None: without an upper bound
    has_evidence: bool


@dataclass(frozen=True)
class Answered:
    """How the whole referral is judged; without parts where the rules do not apply."""

    outcome: str
    causes: frozenset[Cause]
    parts: dict[CriterionId, Part]


def second_reading(
    contacts: Sequence[Contact],
    referral: Referral,
    person: Person,
    completeness: Completeness,
    criteria: ReferralCriteria,
) -> Answered:
    """Judge a referral by the text of the policy."""
    reasons = _not_applicable(referral, person, criteria)
    if reasons:
        return Answered("not_applicable", frozenset(reasons), {})
    contacts = list(dict.fromkeys(contacts))  # the same resource twice is one contact
    r = {reading.key: reading.value for reading in criteria.readings}
    window = the_window(referral.date, criteria.lookback_years, r)
    parts = {
        each.id: judge(contacts, each, r, window, completeness) for each in criteria.criteria()
    }
    options = [[parts[each.id] for each in option.criteria] for option in criteria.options]
    outcomes = [min((part.outcome for part in option), key=ORDER.index) for option in options]
    outcome = max(outcomes, key=ORDER.index)
    unknown = _unknown(referral, person, completeness, criteria)
    if unknown and outcome != "met":
        outcome = "indeterminate"
    causes: set[Cause] = set()
    if outcome == "indeterminate":
        causes |= unknown
        for option, its_outcome in zip(options, outcomes, strict=True):
            if its_outcome == "indeterminate":
                causes |= {cause for part in option for cause in part.causes}
        if Cause.RECORD_UNAVAILABLE in causes:
            causes = {Cause.RECORD_UNAVAILABLE}
    return Answered(outcome, frozenset(causes), parts)


def the_window(referral_date: date, years: int, r: Readings) -> DayRange:
    """B3 to B5."""
    first, last = years_earlier(referral_date, years), referral_date
    if r[K.WINDOW_START] == "exclusive":
        first = date.fromordinal(first.toordinal() + 1)
    if r[K.WINDOW_END] == "exclusive":
        last = date.fromordinal(last.toordinal() - 1)
    return DayRange(first, last)


def judge(
    contacts: Sequence[Contact],
    criterion: TreatmentCriterion,
    r: Readings,
    window: DayRange,
    completeness: Completeness,
) -> Part:
    """The five steps of 2.0."""
    items = [each for each in (worth(c, criterion.id, r, window) for c in contacts) if each]
    items = _without_redundant(items, r)
    certain = [item for item in items if item.is_certain]
    sure = (least_sessions(certain), least_days(certain))
    maybe = (most_sessions(items), most_days(items))
    found = any(is_evidence(each, criterion.id, r, window) for each in contacts)
    gap = completeness.is_unavailable or bool(completeness.gaps - {RecordPart.PATIENT})

    missing = {Cause.RECORD_INCOMPLETE} if gap else set[Cause]()
    nothing_counts = criterion.nothing_found_is_unknown and r[K.NOTHING_FOUND] == "indeterminate"
    if not gap and not found and nothing_counts:
        # 2.11: nothing found is said of a record that was read completely
        is_lost = any(Cause.RECORD_INCOMPLETE in item.causes for item in items)
        missing = {Cause.RECORD_INCOMPLETE if is_lost else Cause.NOTHING_FOUND}

    steps = _Steps(criterion, r)
    bar = int(r[K.MIN_DAYS])
    outcome, because = "not_met", set[Cause]()
    if steps.certainly(certain, bar):
        outcome = "met"
    elif steps.possibly(items, criterion.possible_from):
        outcome, because = "indeterminate", _doubts(items) | missing
        if not steps.possibly(items, bar):
            because.add(Cause.DURATION_BORDERLINE)
    elif missing:
        outcome, because = "indeterminate", missing
    if because and completeness.is_unavailable:
        because = {Cause.RECORD_UNAVAILABLE}
    bounded = None if maybe[0] >= UNBOUNDED else maybe[0]
    return Part(outcome, frozenset(because), sure, (bounded, maybe[1]), found)


@dataclass(frozen=True)
class _Steps:
    """Whether the thresholds are reached; by the whole tally, or by one pool or run alone."""

    criterion: TreatmentCriterion
    r: Readings

    def certainly(self, items: list[Worth], days: int) -> bool:
        return any(
            _enough(self.criterion, self.r, least_sessions(run), least_days(run), days)
            for run in _groups(items, self.r, certainly=True)
        )

    def possibly(self, items: list[Worth], days: int) -> bool:
        return any(
            _enough(self.criterion, self.r, most_sessions(run), most_days(run), days)
            for run in _groups(items, self.r, certainly=False)
        )


def _doubts(items: list[Worth]) -> set[Cause]:
    """The causes of the contacts; and of their sum, where certain ones alone leave it open.

    Which of two disciplines it was, or whether the sessions of a course are those found beside it.
    """
    causes = {cause for item in items for cause in item.causes}
    certain = [item for item in items if item.is_certain]
    if not causes and most_sessions(certain) > least_sessions(certain):
        has_course = any(item.is_series or item.is_stated for item in certain)
        causes.add(Cause.NUMBER_UNCLEAR if has_course else Cause.PROFESSION_TO_CONFIRM)
    return causes


def _singles(items: Sequence[Worth]) -> list[Worth]:
    return [item for item in items if not item.is_series and not item.is_stated]


def _enough(
    criterion: TreatmentCriterion, r: Readings, sessions: int, days: int, needed: int
) -> bool:
    threshold = criterion.threshold
    if criterion.id is CriterionId.PSYCHOLOGICAL_CARE:
        threshold = Threshold(r[K.PSYCHOLOGICAL_CARE_THRESHOLD])
    arms = (sessions >= criterion.sessions, days >= needed)
    return sessions >= 1 and (all(arms) if threshold is Threshold.ALL else any(arms))


def _without_redundant(items: list[Worth], r: Readings) -> list[Worth]:
    """C21, C3 and stated care: a doubtful contact that can add nothing is not counted."""
    if r[K.POOLING] == "therapist":
        return items  # there it can be a session of its own, or somebody else's
    sure = [item for item in items if item.is_certain]
    return [item for item in items if item.is_certain or not _adds_nothing(item, sure, items)]


def _adds_nothing(item: Worth, sure: list[Worth], items: list[Worth]) -> bool:
    # a vague day of which the window leaves one is that day, or outside
    if item.is_series or not item.days.is_exact or item.contact.days is None:
        return False
    for other in sure:
        is_known = len(item.disciplines) == 1  # else the two can be of different ones
        same = is_known and other.disciplines == item.disciplines
        if not other.is_series and other.days == item.days and same:
            return True
        is_clear = other.is_stated and other.least == other.most
        if is_clear and other.disciplines == item.disciplines:
            inside = [
                each
                for each in _singles(items)
                if each.disciplines == item.disciplines and other.days.contains(each.days)
            ]
            if item in inside and most_slots(inside) <= other.least:
                return True
    return False


def _groups(items: list[Worth], r: Readings, *, certainly: bool) -> list[list[Worth]]:
    """A3 and A4: who, and which run without a longer gap, must reach the thresholds alone."""
    groups = _pools(items, r[K.POOLING], certainly=certainly)
    if r[K.LONGEST_GAP_DAYS] == "none":
        return groups
    longest = int(r[K.LONGEST_GAP_DAYS])
    return [run for group in groups for run in _runs_of_all_worlds(group, longest)]


def _pools(items: list[Worth], pooling: str, *, certainly: bool) -> list[list[Worth]]:
    if pooling == "criterion":
        return [items]
    if pooling == "discipline":
        keys = {key for item in items for key in item.disciplines}
        return [[i for i in items if _belongs(i, key, i.disciplines, certainly)] for key in keys]
    # nobody is named: certainly with no other contact, possibly with any
    persons = {_who(item) for item in items}
    return [
        [
            item
            for item in items
            if _belongs(item, key, frozenset({_who(item)}), certainly)
            or (not item.contact.practitioner and not certainly)
        ]
        for key in persons
    ]


def _who(item: Worth) -> str:
    return item.contact.practitioner or f"nobody named: {item.contact.source}"


def _belongs(item: Worth, key: str, keys: frozenset[str], certainly: bool) -> bool:  # noqa: FBT001
    if certainly:
        return keys == {key}
    return key in keys or not item.contact.professions


def _runs_of_all_worlds(group: list[Worth], longest: int) -> list[list[Worth]]:
    """Every run, in every coarse choice of days for the contacts without an exact day."""
    known = [item.days for item in group if item.is_series or item.days.is_exact]
    choices = [_coarse_days(item, known, longest) for item in group]
    runs: list[list[Worth]] = []
    for days in product(*choices):
        world = [replace(item, days=on) for item, on in zip(group, days, strict=True)]
        runs.extend(_runs(world, longest))
    return runs


def _coarse_days(item: Worth, known: list[DayRange], longest: int) -> list[DayRange]:
    if item.is_series or item.is_stated or item.days.is_exact:
        return [item.days]
    wanted = {item.days.first.toordinal(), item.days.last.toordinal()}
    for days in known:
        for near in (days.first.toordinal(), days.last.toordinal()):
            wanted |= {near + step for step in (-longest, -1, 1, longest)}
    inside = range(item.days.first.toordinal(), item.days.last.toordinal() + 1)
    return [DayRange.on(date.fromordinal(each)) for each in sorted(wanted) if each in inside]


def _runs(world: list[Worth], longest: int) -> list[list[Worth]]:
    runs: list[list[Worth]] = []
    until = LONG_AGO
    for item in sorted(world, key=lambda each: each.days.first):
        if not runs or (item.days.first - until).days > longest:
            runs.append([])
        runs[-1].append(item)
        until = max(until, item.days.last)
    return runs


def _not_applicable(referral: Referral, person: Person, criteria: ReferralCriteria) -> set[Cause]:
    """2.5: everything that is true."""
    reasons = set()
    if referral.date < criteria.effective_from:
        reasons.add(Cause.BEFORE_EFFECTIVE_DATE)
    if person.is_deceased:
        reasons.add(Cause.DECEASED)
    if person.born and birthday(person.born.first, criteria.minimum_age) > referral.date:
        reasons.add(Cause.MINOR)
    if referral.kind is ReferralKind.ONE_TIME_CONSULT:
        reasons.add(Cause.ONE_TIME_CONSULT)
    if referral.indication is Indication.OTHER:
        reasons.add(Cause.OTHER_INDICATION)
    return reasons


def _unknown(
    referral: Referral, person: Person, completeness: Completeness, criteria: ReferralCriteria
) -> set[Cause]:
    """D3 and D6."""
    unknown = set()
    adult = person.born and birthday(person.born.last, criteria.minimum_age) <= referral.date
    if not adult or RecordPart.PATIENT in completeness.gaps:
        unknown.add(Cause.AGE_UNKNOWN)
    if referral.indication is Indication.UNKNOWN:
        unknown.add(Cause.INDICATION_UNKNOWN)
    return unknown
