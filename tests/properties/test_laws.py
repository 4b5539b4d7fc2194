"""The laws of the criteria, each on random records with awkward days, for every judge."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kit.effort import examples
from tests.oracle.entries import Case, Days, Entry, Kind, Missing, Place, Reason, Status, Who, Whose
from tests.oracle.readings import C1, C2, CRITERIA, O2, Readings, but
from tests.oracle.second_reading import Answered, Part
from tests.properties.judges import JUDGES, Judge
from tests.properties.resolutions import resolved
from tests.properties.strategies import (
    COMMON,
    cases,
    entries,
    missing_parts,
    month_of,
    numbered,
    odd_entries,
    plain_entries,
    records,
    referral_days,
    with_statuses,
    years_before,
)

ORDER = ("not_met", "indeterminate", "met")
GAPS = (
    Missing(encounters=True),
    Missing(procedures=True),
    Missing(encounters=True, procedures=True),
)
NO_PAUSE = 83

law = settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
pytestmark = pytest.mark.parametrize("judge", JUDGES.values(), ids=JUDGES)


def outcomes(answered: Answered) -> list[str]:
    return [answered.parts[criterion].outcome for criterion in CRITERIA]


def said(answered: Answered) -> object:
    """Everything that is said, but for the list of contacts."""
    return (
        answered.outcome,
        answered.causes,
        [(p.outcome, p.causes, p.certain, p.possible) for p in answered.parts.values()],
    )


def met(answered: Answered) -> set[str]:
    names = {name for name, part in answered.parts.items() if part.outcome == "met"}
    return names | {"outcome"} if answered.outcome == "met" else names


def is_worse(before: str, after: str) -> bool:
    return ORDER.index(after) < ORDER.index(before)


@law
@given(st.data())
def test_further_care(judge: Judge, data: st.DataObject) -> None:
    """A further contact that took place never turns met into anything else, nor lowers a tally."""
    day = data.draw(referral_days)
    record = with_statuses(data.draw(records(day)))
    further = replace(data.draw(plain_entries(day)), source="Encounter/further")
    less, more = judge(record, Case(day)), judge([*record, further], Case(day))
    for criterion in CRITERIA:
        before, after = less.parts[criterion], more.parts[criterion]
        assert after.certain[0] >= before.certain[0]
        assert after.certain[1] >= before.certain[1]
        assert after.possible[1] >= before.possible[1]
        assert _most(after) >= _most(before)
    assert met(less) <= met(more)


def _most(part: Part) -> float:
    return float("inf") if part.possible[0] is None else part.possible[0]


NO_CARE: st.SearchStrategy[dict[str, object]] = st.sampled_from(
    (
        {"status": Status.VOID},
        {"status": Status.PLANNED, "days": None},
        {"status": Status.PLANNED, "days": "the day of the referral"},
        {"kind": Kind.NOTE},
        {"kind": Kind.CANCELLED},
        {"whose": Whose.SOMEBODY_ELSE},
    )
)


@law
@given(st.data())
def test_no_care(judge: Judge, data: st.DataObject) -> None:
    """A cancelled, erroneous or still planned contact, a memo, another patient's change nothing."""
    day = data.draw(referral_days)
    record = with_statuses(data.draw(records(day)))
    facts: dict[str, object] = data.draw(NO_CARE)
    if facts.get("days") is not None:
        facts = {**facts, "days": Days.on(day)}
    nothing = replace(data.draw(entries(day)), source="Encounter/nothing", **facts)  # type: ignore[arg-type]
    assert said(judge([*record, nothing], Case(day))) == said(judge(record, Case(day)))


@law
@given(st.data())
def test_order_and_repeats(judge: Judge, data: st.DataObject) -> None:
    """Permuting or duplicating resources changes nothing."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    shuffled = data.draw(st.permutations([*record, *record[: len(record) // 2]]))
    assert said(judge(shuffled, Case(day))) == said(judge(record, Case(day)))


@law
@given(st.data())
def test_moving_all_dates(judge: Judge, data: st.DataObject) -> None:
    """Moving every date and the referral by the same number of days changes nothing."""
    day = date(2026, 6, 15)  # up to 28 February 2028 no lookback holds a 29 February
    record = data.draw(records(day))
    days = timedelta(days=data.draw(st.integers(1, 623)))
    here = judge(record, Case(day))
    there = judge([_moved(each, days) for each in record], Case(day + days))
    assert said(there) == said(here)


def _moved(entry: Entry, by: timedelta) -> Entry:
    def moved(days: Days | None) -> Days | None:
        return days and Days(days.first + by, days.last + by)

    return replace(
        entry,
        days=moved(entry.days),
        first_on=moved(entry.first_on),
        last_on=moved(entry.last_on),
    )


@law
@given(st.data())
def test_missing_data(judge: Judge, data: st.DataObject) -> None:
    """Missing data never gives not_met, and never takes a met away.

    But for C13: that a source records no statuses is concluded from a complete record only.
    """
    day = data.draw(referral_days)
    record = with_statuses(data.draw(records(day)))
    missing = data.draw(st.sampled_from(GAPS))
    complete, incomplete = judge(record, Case(day)), judge(record, Case(day, missing=missing))
    assert "not_met" not in outcomes(incomplete)
    assert incomplete.outcome != "not_met"
    assert met(incomplete) == met(complete)


@settings(law, max_examples=examples(200))
@given(st.data())
def test_doubt_is_sound(judge: Judge, data: st.DataObject) -> None:
    """Whatever the possible contacts turn out to be, a stated met or not_met stays true."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    told = judge(record, Case(day))
    world = data.draw(resolved(record, Days(years_before(day, 2), day)))
    others_count = data.draw(st.sampled_from(("counts", "not")))
    strict = but("other-psych-professions", others_count)
    generous: Readings = {**strict, "min-days": "77", "longest-gap-days": "none"}
    as_84, as_77 = judge(world, Case(day), strict), judge(world, Case(day), generous)
    for stated, hard, easy in zip(outcomes(told), outcomes(as_84), outcomes(as_77), strict=True):
        if stated == "met":
            assert (hard, easy) == ("met", "met")
        if stated == "not_met":
            assert hard != "met"
            assert easy != "met"


@law
@given(st.data())
def test_all_and_any(judge: Judge, data: st.DataObject) -> None:
    """A criterion with `all` is never easier than with `any`."""
    day = data.draw(referral_days)
    record, case = data.draw(records(day)), Case(day)
    hard = judge(record, case, but("psychological-care-threshold", "all")).parts[C2]
    easy = judge(record, case).parts[C2]
    assert not is_worse(hard.outcome, easy.outcome)


@law
@given(st.data())
def test_fewer_than_77_days(judge: Judge, data: st.DataObject) -> None:
    """Fewer than 77 possible days decide nothing on the duration arm of a complete record."""
    day = data.draw(referral_days)
    record = with_statuses(data.draw(records(day)))
    for name, part in judge(record, Case(day)).parts.items():
        is_short = part.possible[1] < 77
        if name == C2:
            is_short &= _most(part) < 6
        if is_short and (part.evidence >= 3 or name == O2):
            assert part.outcome == "not_met"


@law
@given(st.data())
def test_without_a_usable_role(judge: Judge, data: st.DataObject) -> None:
    """Removing a contact without a usable role gives no met, and takes none away."""
    day = data.draw(referral_days)
    record = with_statuses(data.draw(records(day)))
    nobody = replace(
        data.draw(odd_entries(day)), source="Encounter/nobody", who=frozenset(), names_poh_ggz=False
    )
    with_it, without = judge([*record, nobody], Case(day)), judge(record, Case(day))
    assert met(with_it) == met(without)


@law
@given(day=referral_days, missing=missing_parts)
def test_an_empty_record(judge: Judge, day: date, missing: Missing) -> None:
    """An empty record never meets, and is never not_met on c1 or c2."""
    answered = judge((), Case(day, missing=missing))
    assert "met" not in outcomes(answered)
    assert answered.outcome == "indeterminate"
    assert answered.parts[C1].outcome == "indeterminate"
    assert answered.parts[C2].outcome == "indeterminate"


@law
@given(st.data())
def test_a_record_with_a_trace(judge: Judge, data: st.DataObject) -> None:
    """A record with at most two sessions of it is never not_met on c1 or c2."""
    day = data.draw(referral_days)
    two = data.draw(st.lists(plain_entries(day), max_size=2))
    beside = data.draw(st.lists(entries(day), max_size=4))
    facts = data.draw(
        st.sampled_from(
            (
                {"status": Status.VOID},
                {"status": Status.PLANNED},
                {"kind": Kind.NOTE},
                {"place": Place.REHABILITATION},
                {"who": frozenset[Who]()},
                {"whose": Whose.UNCLEAR},
                {"is_unreadable": True},
            )
        )
    )
    nothing = [replace(each, **facts) for each in beside]  # type: ignore[arg-type]
    answered = judge(with_statuses(numbered([*two, *nothing])), Case(day))
    assert answered.parts[C1].outcome != "not_met"
    assert answered.parts[C2].outcome != "not_met"


@law
@given(st.data())
def test_unknown_age_or_indication(judge: Judge, data: st.DataObject) -> None:
    """Unknown age or indication never changes a criterion or an option."""
    day = data.draw(referral_days)
    record, missing = data.draw(records(day)), data.draw(missing_parts)
    known = judge(record, Case(day, missing=missing))
    indication = data.draw(st.sampled_from(("pain", "unknown")))
    unknown = judge(record, Case(day, born=None, indication=indication, missing=missing))
    assert unknown.parts == known.parts
    assert (unknown.outcome == "met") == (known.outcome == "met")


@law
@given(st.data())
def test_because(judge: Judge, data: st.DataObject) -> None:
    """`because` is empty exactly when the outcome is met or not_met."""
    day = data.draw(referral_days)
    answered = judge(data.draw(records(day)), data.draw(cases(day)))
    decided = ("met", "not_met")
    assert (not answered.causes) == (answered.outcome in decided)
    for part in answered.parts.values():
        assert (not part.causes) == (part.outcome in decided)


@law
@given(st.data())
def test_outside_the_lookback(judge: Judge, data: st.DataObject) -> None:
    """Nothing that lies outside the lookback matters."""
    day = data.draw(referral_days)
    record = with_statuses(data.draw(records(day)))
    outside = replace(
        data.draw(entries(day)),
        source="Encounter/outside",
        days=data.draw(st.sampled_from(_outside(Days(years_before(day, 2), day)))),
        has_no_end=False,
        status=Status.TOOK_PLACE,
    )
    assert said(judge([*record, outside], Case(day))) == said(judge(record, Case(day)))


def _outside(window: Days) -> Sequence[Days]:
    before, after = window.first - timedelta(days=1), window.last + timedelta(days=1)
    return (
        Days.on(before),
        Days.on(after),
        Days(before - timedelta(days=400), before),
        Days(after, after + timedelta(days=400)),
        month_of(before.replace(day=1) - timedelta(days=1)),
    )


@law
@given(st.data())
def test_options_are_kleenes_logic(judge: Judge, data: st.DataObject) -> None:
    """The outcome is the best of the options, an option the least of its criteria."""
    day = data.draw(referral_days)
    answered = judge(data.draw(records(day)), Case(day, missing=data.draw(missing_parts)))
    if answered.causes & {"age_unknown"}:
        return
    c1, c2, o2 = (ORDER.index(each) for each in outcomes(answered))
    assert ORDER.index(answered.outcome) == max(min(c1, c2), o2)


MORE_COUNTS = (
    ("asynchronous", "counts"),
    ("status-unknown", "counts"),
    ("status-open", "counts"),
    ("screening", "counts"),
    ("abroad", "counts"),
    ("hospital-allied-health", "counts"),
    ("other-psych-professions", "counts"),
    ("other-reason", "counts"),
    ("longest-gap-days", "none"),
    ("longest-gap-days", "84"),
    ("min-days", "77"),
    ("min-days", "83"),
)


@law
@given(st.data())
def test_a_site_that_counts_more_meets_no_less(judge: Judge, data: st.DataObject) -> None:
    """A reading by which more contacts count never takes a met away."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    wider = judge(record, Case(day), but(*data.draw(st.sampled_from(MORE_COUNTS))))
    assert met(judge(record, Case(day))) <= met(wider)


# Runs (A4)


@law
@given(st.data())
def test_runs_further_apart(judge: Judge, data: st.DataObject) -> None:
    """Shifting one run further away from another never turns not_met into met."""
    day = data.draw(referral_days)
    first, apart = years_before(day, 2), data.draw(st.integers(84, 200))
    early = data.draw(_run(first + timedelta(days=150)))
    start = max(each.days.last for each in early if each.days) + timedelta(days=apart)
    late = data.draw(_run(start))
    by = timedelta(days=data.draw(st.integers(1, 150)))
    here = judge(numbered([*early, *late]), Case(day))
    there = judge(numbered([*(_moved(each, -by) for each in early), *late]), Case(day))
    for before, after in zip(outcomes(here), outcomes(there), strict=True):
        assert (before, after) != ("not_met", "met")
        assert (before == "met") == (after == "met")


@st.composite
def _run(draw: st.DrawFn, start: date) -> list[Entry]:
    """Sessions of one profession without a pause of twelve weeks, over at most 200 days."""
    who = draw(st.sampled_from(COMMON))
    days = draw(st.lists(st.integers(1, 50), min_size=1, max_size=4))
    days = [0, *(sum(days[: at + 1]) for at in range(len(days)))]
    return [_session(start + timedelta(days=each), who) for each in days]


def _session(day: date, who: frozenset[Who]) -> Entry:
    return Entry("", Days.on(day), who=who, practitioner="anna", place=Place.FIRST_LINE)


@law
@given(st.data())
def test_a_contact_that_joins_two_runs(judge: Judge, data: st.DataObject) -> None:
    """It never lowers an outcome, but where it makes too little of what was a trace (A2)."""
    day = data.draw(referral_days)
    who = data.draw(st.sampled_from(COMMON))
    start = years_before(day, 2) + timedelta(days=data.draw(st.integers(0, 100)))
    early = [replace(each, who=who) for each in data.draw(_run(start))]
    end = max(each.days.last for each in early if each.days)
    pause = data.draw(st.integers(84, 166))
    late = [replace(each, who=who) for each in data.draw(_run(end + timedelta(days=pause)))]
    between = end + timedelta(days=data.draw(st.integers(pause - NO_PAUSE, NO_PAUSE)))
    record = with_statuses([*numbered([*early, *late]), *data.draw(records(day, most=3))])
    joining = replace(_session(between, who), source="Encounter/joining")
    apart, joined = judge(record, Case(day)), judge([*record, joining], Case(day))
    for name in CRITERIA:
        before, after = apart.parts[name], joined.parts[name]
        if before.evidence >= 3 or name == O2:
            assert not is_worse(before.outcome, after.outcome)


@law
@given(st.data())
def test_met_within_a_run(judge: Judge, data: st.DataObject) -> None:
    """It stays met whatever lies outside it."""
    day = data.draw(referral_days)
    start = years_before(day, 2) + timedelta(days=data.draw(st.integers(0, 600)))
    steps = data.draw(st.lists(st.integers(17, NO_PAUSE), min_size=5, max_size=5))
    days = [start, *(start + timedelta(days=sum(steps[: at + 1])) for at in range(5))]
    days = [each for each in days if each <= day]
    if len(days) < 6:
        return
    who = data.draw(st.sampled_from(COMMON))
    run = numbered([_session(each, who) for each in days])
    alone = judge(run, Case(day))
    beside = [replace(each, source=f"x/{each.source}") for each in data.draw(records(day))]
    assert len(met(alone)) >= 1
    assert met(alone) <= met(judge([*run, *beside], Case(day)))


# Evidence (A2)


LEFT_OUT: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({"place": Place.REHABILITATION}, CRITERIA),
    ({"place": Place.HOSPITAL}, (C1,)),
    ({"place": Place.GGZ}, (C1,)),
    ({"is_admission": True}, (C1,)),
)


@law
@given(st.data())
def test_what_is_left_out_of_the_evidence(judge: Judge, data: st.DataObject) -> None:
    """It never turns indeterminate into not_met: a rehabilitation centre, for c1 a hospital."""
    day = data.draw(referral_days)
    record = with_statuses(data.draw(records(day)))
    facts, criteria = data.draw(st.sampled_from(LEFT_OUT))
    left_out = [
        replace(each, source=f"Encounter/left-out-{number}", **facts)
        for number, each in enumerate(data.draw(st.lists(plain_entries(day), max_size=5)))
    ]
    less, more = judge(record, Case(day)), judge([*record, *left_out], Case(day))
    for name in criteria:
        assert (less.parts[name].outcome, more.parts[name].outcome) != ("indeterminate", "not_met")


@law
@given(st.data())
def test_another_reason_is_evidence_and_no_certain_treatment(
    judge: Judge, data: st.DataObject
) -> None:
    """A8: coded as something else a contact stays evidence, and can only turn met into doubt."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    coded = [replace(each, reason=Reason.SOMETHING_ELSE) for each in record]
    plain = [replace(each, reason=Reason.UNSAID) for each in record]
    before, after = judge(plain, Case(day)).parts[C1], judge(coded, Case(day)).parts[C1]
    assert before.outcome in {after.outcome, "met"}
    assert after.outcome != "not_met" or before.outcome == "not_met"
    assert after.evidence == before.evidence
